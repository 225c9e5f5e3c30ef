// SPDX-License-Identifier: Apache-2.0
// The project's way to a warehouse: each worker thread has a session of its own, as each of dbt's
// threads has a connection, so that what a hook sets stays for later nodes of that thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/cancel.h"
#include "project/adapter.h"
#include "run/query_comment.h"
#include "warehouse/warehouse.h"

namespace tarn::run {

struct AdapterOptions {
  QueryComment* comment = nullptr;  // of every statement
  // False: values of `?` become part of the statement instead of EXECUTE IMMEDIATE … USING.
  bool prepares_statements = true;
  const Cancel* cancel = nullptr;
};

// As profile and project want it.
AdapterOptions adapter_options(const project::Project& project, QueryComment& comment,
                               const Cancel* cancel);

// Thread-safe. Must not outlive the warehouse.
class WarehouseAdapter final : public project::Adapter {
 public:
  WarehouseAdapter(warehouse::Warehouse& warehouse, AdapterOptions options)
      : warehouse_(warehouse), options_(std::move(options)) {}

  Result<project::StatementResult> execute(const project::Statement& statement) override;

  // The rows as the warehouse gives them. At most `rows_max` (0: all).
  Result<warehouse::Answer> query(const std::string& sql, std::string_view node_id,
                                  std::size_t rows_max = 0);
  warehouse::Kind kind() const { return warehouse_.kind(); }
  warehouse::Warehouse& warehouse() { return warehouse_; }
  // The statement of the calling thread that failed last, without its comment: errors have places
  // in it. The next call knows nothing of it.
  std::string take_failed_statement();
  void keep_failed(const std::string& sql);
  // The session of the calling thread; opened at its first use.
  Result<warehouse::Connection*> connection();

 private:
  warehouse::Warehouse& warehouse_;
  AdapterOptions options_;
  std::mutex mutex_;  // guards the maps
  std::map<std::thread::id, std::unique_ptr<warehouse::Connection>> connections_;
  std::map<std::thread::id, std::string> failed_;
};

// `MERGE (3 rows)`, `CREATE TABLE`, `SUCCESS`.
std::string response_message(const warehouse::Answer& answer);

}  // namespace tarn::run
