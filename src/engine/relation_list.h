// SPDX-License-Identifier: Apache-2.0
// Walks over the relations of a catalog, for information_schema, the system catalog and SHOW.
// Internal to the engine.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog_access.h"
#include "engine/computed_table.h"

namespace tarn::engine {

// With information_schema, sorted.
Result<std::vector<std::string>> all_schemas(StatementRun& run, const std::string& catalog);

// Only these names; nullptr: all.
struct RelationBounds {
  const std::vector<std::string>* schemas = nullptr;
  const std::vector<std::string>* tables = nullptr;
  std::optional<RelationKind> only = {};
};

using NameVisit = std::function<Result<void>(const std::string& schema, const ListedRelation&)>;
Result<void> for_each_name(StatementRun& run, const std::string& catalog,
                           const RelationBounds& bounds, const NameVisit& visit);

// As above, with each relation looked up; those that cannot be are left out.
using RelationVisit = std::function<Result<void>(const std::string& schema, const std::string& name,
                                                 const Relation& relation)>;
Result<void> for_each_relation(StatementRun& run, const std::string& catalog,
                               const RelationBounds& bounds, const RelationVisit& visit);

}  // namespace tarn::engine
