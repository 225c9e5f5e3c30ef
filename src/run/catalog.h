// SPDX-License-Identifier: Apache-2.0
// catalog.json, version 1: what the warehouse knows of the relations of a project.
#pragma once

#include <string>

#include "base/result.h"
#include "project/project.h"
#include "run/run_results.h"
#include "run/warehouse_adapter.h"

namespace tarn::run {

// Asks information_schema once a database. Relations that are not there are left out.
Result<std::string> write_catalog(const project::Project& project, WarehouseAdapter& adapter,
                                  const RunResultsHead& head);

}  // namespace tarn::run
