// SPDX-License-Identifier: Apache-2.0
// The warehouse that a project's target names, for commands.
#pragma once

#include <memory>
#include <mutex>

#include "cli/command.h"
#include "project/project.h"
#include "run/open_warehouse.h"
#include "run/query_comment.h"
#include "run/warehouse_adapter.h"

namespace tarn::cli {

// By --lakehouse, --lake and the folder of the project, for commands that declare the two.
lakehouse::OpenOptions lakehouse_options(const Invocation& call, const project::Project& project);

// Findings in tarn.yml are shown.
Result<std::unique_ptr<warehouse::Warehouse>> warehouse_of(const Invocation& call,
                                                           const project::Project& project);

// Opens the warehouse when the first statement is sent, so that what asks nothing needs none.
// Thread-safe. Must not outlive `call` and `project`.
class LazyAdapter final : public project::Adapter {
 public:
  LazyAdapter(const Invocation& call, const project::Project& project)
      : call_(call), project_(project) {}

  Result<project::StatementResult> execute(const project::Statement& statement) override;

 private:
  const Invocation& call_;
  const project::Project& project_;
  std::mutex mutex_;  // guards the opening
  std::unique_ptr<warehouse::Warehouse> warehouse_;
  std::unique_ptr<run::QueryComment> comment_;
  std::unique_ptr<run::WarehouseAdapter> adapter_;
};

}  // namespace tarn::cli
