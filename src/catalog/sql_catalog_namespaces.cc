// SPDX-License-Identifier: Apache-2.0
// Namespaces of the SQL catalog. One exists when it has properties, holds a table or a view, or has
// a namespace below it that does.
#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "base/text.h"
#include "catalog/sql_catalog.h"
#include "catalog/sql_names.h"

namespace tarn::catalog {

namespace {

// Marks a namespace without other properties; no property that a user could set.
constexpr std::string_view kExistsProperty = "exists";
constexpr std::size_t kPropertyValueCharactersMax = 1'000;

Result<void> check_property(const std::string& key, const std::string& value) {
  if (key == kExistsProperty) return invalid_input("namespace property `exists` is reserved");
  if (key.empty() || count_code_points(key) > 255) {
    return invalid_input("the key of a namespace property has 1 to 255 characters");
  }
  if (count_code_points(value) > kPropertyValueCharactersMax) {
    return invalid_input("namespace property `{}` has more than {} characters", key,
                         kPropertyValueCharactersMax);
  }
  return {};
}

std::string dotted_prefix(const iceberg::Namespace& space) { return to_string(space) + "."; }

iceberg::Namespace parse_namespace(std::string_view text, std::size_t levels_max) {
  iceberg::Namespace space;
  for (const auto level : split(text, '.')) {
    if (space.levels.size() == levels_max) break;
    space.levels.emplace_back(level);
  }
  return space;
}

}  // namespace

Result<bool> SqlCatalog::namespace_exists(const iceberg::Namespace& space) {
  if (!check_namespace(space)) return false;
  const std::string name = to_string(space);
  const std::string prefix = dotted_prefix(space);
  const std::string length = std::to_string(count_code_points(prefix));
  const auto& catalog = options_.catalog_name;
  const auto result = TRY(database_->query(
      sql_.namespace_exists, {catalog, name, length, prefix, catalog, name, length, prefix}));
  return !result.rows.empty();
}

Result<std::vector<iceberg::Namespace>> SqlCatalog::list_namespaces(
    const std::optional<iceberg::Namespace>& parent) {
  std::string prefix;
  std::size_t levels = 1;
  if (parent) {
    TRY(check_namespace(*parent));
    TRY(need_namespace(*parent));
    prefix = dotted_prefix(*parent);
    levels = parent->levels.size() + 1;
  }
  const std::string length = std::to_string(count_code_points(prefix));
  const auto& catalog = options_.catalog_name;
  const auto result = TRY(
      database_->query(sql_.list_namespaces, {catalog, length, prefix, catalog, length, prefix}));
  std::set<iceberg::Namespace> spaces;
  for (const auto& row : result.rows) {
    if (row[0] && !row[0]->empty()) spaces.insert(parse_namespace(*row[0], levels));
  }
  return std::vector<iceberg::Namespace>(spaces.begin(), spaces.end());
}

Result<std::vector<iceberg::Namespace>> SqlCatalog::list_all_namespaces() {
  const auto& catalog = options_.catalog_name;
  const auto result =
      TRY(database_->query(sql_.list_namespaces, {catalog, "0", "", catalog, "0", ""}));
  std::set<iceberg::Namespace> spaces;
  for (const auto& row : result.rows) {
    if (!row[0] || row[0]->empty()) continue;
    auto space = parse_namespace(*row[0], std::numeric_limits<std::size_t>::max());
    // Those around it are there, too.
    for (; !space.levels.empty(); space.levels.pop_back()) spaces.insert(space);
  }
  return std::vector<iceberg::Namespace>(spaces.begin(), spaces.end());
}

Result<void> SqlCatalog::create_namespace(const iceberg::Namespace& space,
                                          const std::map<std::string, std::string>& properties) {
  TRY(check_namespace(space));
  for (const auto& [key, value] : properties) TRY(check_property(key, value));
  const auto taken = [&space] {
    return already_exists("namespace `{}` already exists", to_string(space));
  };
  if (TRY(namespace_exists(space))) return taken();
  auto result = database_->transact([&](SqlConnection& connection) -> Result<void> {
    const auto insert = [&](std::string_view key, const std::string& value) -> Result<void> {
      TRY(run_sql(connection, sql_.insert_property,
                  {options_.catalog_name, to_string(space), std::string(key), value}));
      return {};
    };
    TRY(insert(kExistsProperty, "true"));
    for (const auto& [key, value] : properties) TRY(insert(key, value));
    return {};
  });
  if (!result && result.error().code == ErrorCode::AlreadyExists) return taken();
  return result;
}

Result<void> SqlCatalog::drop_namespace(const iceberg::Namespace& space) {
  TRY(check_namespace(space));
  TRY(need_namespace(space));
  if (is_staging()) {
    return unsupported("namespace `{}` cannot be dropped by a run that is published as a whole",
                       to_string(space));
  }
  if (!TRY(list_namespaces(space)).empty()) {
    return conflict("namespace `{}` is not empty: it has namespaces below it", to_string(space));
  }
  return database_->transact([&](SqlConnection& connection) -> Result<void> {
    const auto count =
        TRY(run_sql(connection, sql_.count_entries, {options_.catalog_name, to_string(space)}));
    if (count.rows.at(0).at(0) != "0") {
      return conflict("namespace `{}` is not empty: it holds {} tables and views", to_string(space),
                      *count.rows[0][0]);
    }
    TRY(run_sql(connection, sql_.delete_properties, {options_.catalog_name, to_string(space)}));
    return {};
  });
}

Result<std::map<std::string, std::string>> SqlCatalog::load_namespace_properties(
    const iceberg::Namespace& space) {
  TRY(check_namespace(space));
  const auto result =
      TRY(database_->query(sql_.load_properties, {options_.catalog_name, to_string(space)}));
  if (result.rows.empty()) TRY(need_namespace(space));
  std::map<std::string, std::string> properties;
  for (const auto& row : result.rows) {
    if (row[0] && *row[0] != kExistsProperty) properties[*row[0]] = row[1].value_or("");
  }
  return properties;
}

Result<void> SqlCatalog::update_namespace_properties(
    const iceberg::Namespace& space, const std::map<std::string, std::string>& updates,
    const std::vector<std::string>& removals) {
  TRY(check_namespace(space));
  for (const auto& [key, value] : updates) TRY(check_property(key, value));
  for (const auto& key : removals) {
    TRY(check_property(key, ""));
    if (updates.contains(key)) {
      return invalid_input("namespace property `{}` is both set and removed", key);
    }
  }
  TRY(need_namespace(space));
  return database_->transact([&](SqlConnection& connection) -> Result<void> {
    const auto remove = [&](const std::string& key) {
      return run_sql(connection, sql_.delete_property,
                     {options_.catalog_name, to_string(space), key});
    };
    // A namespace made by other programs may live by its properties alone.
    const std::string exists(kExistsProperty);
    TRY(remove(exists));
    TRY(run_sql(connection, sql_.insert_property,
                {options_.catalog_name, to_string(space), exists, "true"}));
    for (const auto& key : removals) TRY(remove(key));
    for (const auto& [key, value] : updates) {
      TRY(remove(key));
      TRY(run_sql(connection, sql_.insert_property,
                  {options_.catalog_name, to_string(space), key, value}));
    }
    return {};
  });
}

}  // namespace tarn::catalog
