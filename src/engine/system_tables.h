// SPDX-License-Identifier: Apache-2.0
// Parts of the catalog `system`. Internal to the engine.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/computed_table.h"
#include "engine/given_table.h"
#include "engine/lake_access.h"

namespace tarn::engine {

// What `version()` and the nodes say.
inline constexpr std::string_view kEngineVersion = "476";

// The properties of a lake's tables, schemas, ….
struct PropertyHelp {
  std::string_view kind;  // `table`, `schema`, `materialized view`
  std::string_view name;
  std::string_view fallback;
  std::string_view type;
  std::string_view description;
};
std::span<const PropertyHelp> lake_property_help();

std::optional<ComputedTable> find_jdbc_table(StatementRun& run, const std::string& name);
std::vector<std::string> jdbc_table_names();

// A table of `system.given`.
analysis::TableInfoPtr make_given_info(duckdb::Instance& instance, analysis::TableId id,
                                       GivenTable table);

Result<std::vector<std::string>> show_catalogs(StatementRun& run);

// Whether the rows of a materialized view are those of its definition now.
struct MaterializedState {
  MaterializedDefinition definition;
  bool is_fresh = false;
};
// In materialized_view.cc. REQUIRES: `id` is a materialized view of a lake.
Result<MaterializedState> materialized_state(StatementRun& run, const analysis::TableId& id);

}  // namespace tarn::engine
