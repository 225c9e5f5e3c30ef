// SPDX-License-Identifier: Apache-2.0
// Rows of nodes and of queries in the project's language, without building anything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "project/commands.h"
#include "warehouse/warehouse.h"

namespace tarn::run {

struct ShowOptions {
  project::SelectOptions selection;
  project::DeferFlags deferral;
  std::string inline_sql;  // instead of a selection
  std::int64_t limit = 5;  // negative: all rows
};

struct ShownRows {
  std::string name;
  warehouse::Answer answer;
};

// One entry a selected node.
Result<std::vector<ShownRows>> show_rows(const project::Project& project,
                                         warehouse::Warehouse& warehouse,
                                         const ShowOptions& options, const Cancel* cancel);

}  // namespace tarn::run
