// SPDX-License-Identifier: Apache-2.0
#include "catalog/sql_catalog.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/uuid.h"
#include "catalog/sql_names.h"

namespace tarn::catalog {

namespace {

// As the columns are declared; SQLite would take longer texts, other programs might not.
constexpr std::size_t kNameCharactersMax = 255;

std::string_view to_text(EntryKind kind) { return kind == EntryKind::Table ? "table" : "view"; }

std::string list_in_backticks(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "`" : ", `") + name + "`";
  return text;
}

Result<void> check_catalog_name(SqlConnection& connection, const SqlCatalogOptions& options,
                                const std::string& database) {
  if (options.allow_new_name) return {};
  const auto names = TRY(list_catalog_names(connection));
  if (names.empty() || std::find(names.begin(), names.end(), options.catalog_name) != names.end()) {
    return {};
  }
  return invalid_input(
      "the {} holds no catalog named `{}`, but {}: set `catalog_name` to the one that is meant",
      database, options.catalog_name, list_in_backticks(names));
}

// A folder's name for a table or a namespace: what is not plain becomes `_`.
std::string folder_name(std::string_view name) {
  std::string folder;
  for (const char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '_' || c == '-' || (c == '.' && !folder.empty());
    folder.push_back(plain ? c : '_');
  }
  return folder;
}

Result<void> check_text(std::string_view text, std::string_view what) {
  if (text.empty()) return invalid_input("a {} cannot be empty", what);
  if (text.find('\0') != std::string_view::npos || !is_valid_utf8(text)) {
    return invalid_input("a {} must be UTF-8 text without zero bytes", what);
  }
  if (count_code_points(text) > kNameCharactersMax) {
    return invalid_input("{} `{}…` is longer than {} characters", what, utf8_prefix(text, 40),
                         kNameCharactersMax);
  }
  return {};
}

}  // namespace

Result<void> check_namespace(const iceberg::Namespace& space) {
  if (space.levels.empty()) return invalid_input("a namespace has at least one level");
  for (const auto& level : space.levels) {
    TRY(check_text(level, "namespace"));
    if (level.find('.') != std::string::npos) {
      return invalid_input("namespace `{}` has a dot, which a SQL catalog cannot store", level);
    }
  }
  return check_text(to_string(space), "namespace");
}

SqlCatalog::SqlCatalog(std::unique_ptr<SqlDatabase> database, std::shared_ptr<storage::Store> store,
                       SqlCatalogOptions options, const CatalogSchema& schema)
    : database_(std::move(database)),
      store_(std::move(store)),
      options_(std::move(options)),
      schema_(schema),
      sql_(schema) {}

Result<std::unique_ptr<SqlCatalog>> SqlCatalog::open(SqlConnector connector,
                                                     std::shared_ptr<storage::Store> store,
                                                     SqlCatalogOptions options) {
  if (options.catalog_name.empty()) options.catalog_name = options.name;
  TRY(check_text(options.catalog_name, "catalog name"));
  while (options.warehouse.ends_with('/')) options.warehouse.pop_back();
  if (options.warehouse.empty()) {
    return invalid_input("catalog `{}` has no warehouse location", options.name);
  }
  auto database = TRY(SqlDatabase::open(std::move(connector)));
  CatalogSchema schema;
  TRY(with_context(database->with_connection([&](SqlConnection& connection) -> Result<void> {
    schema = TRY(prepare_catalog_tables(connection, options.setup, options.add_type_column));
    return check_catalog_name(connection, options, database->description());
  }),
                   fmt::format("while opening catalog `{}`", options.name)));
  return std::unique_ptr<SqlCatalog>(
      new SqlCatalog(std::move(database), std::move(store), std::move(options), schema));
}

std::int64_t SqlCatalog::now_ms() { return options_.clock->now_micros() / 1'000; }

Result<std::optional<SqlCatalog::Entry>> SqlCatalog::find_entry(
    const iceberg::TableIdentifier& identifier) {
  if (const auto staging = this->staging()) {
    std::lock_guard lock(staging->mutex);
    if (const auto found = staging->names.find(identifier); found != staging->names.end()) {
      const auto& now = found->second.now;
      if (!now) return std::optional<Entry>();
      return std::optional(Entry{now->location, now->kind});
    }
  }
  return find_stored_entry(identifier);
}

Result<std::optional<SqlCatalog::Entry>> SqlCatalog::find_stored_entry(
    const iceberg::TableIdentifier& identifier) {
  const auto result = TRY(database_->query(
      sql_.find_entry, {options_.catalog_name, to_string(identifier.space), identifier.name}));
  if (result.rows.empty()) return std::optional<Entry>();
  const auto& row = result.rows.front();
  if (!row[0]) return corrupt("catalog entry `{}` has no metadata location", to_string(identifier));
  Entry entry{*row[0], std::nullopt};
  if (!row[1] || *row[1] == "TABLE") entry.kind = EntryKind::Table;
  if (row[1] == "VIEW") entry.kind = EntryKind::View;
  return std::optional<Entry>(std::move(entry));
}

Result<SqlCatalog::Entry> SqlCatalog::need_entry(const iceberg::TableIdentifier& identifier,
                                                 EntryKind kind) {
  auto entry = TRY(find_entry(identifier));
  if (entry && entry->kind == kind) return std::move(*entry);
  if (entry && entry->kind) {
    return not_found("{} `{}` does not exist: it is a {}", to_text(kind), to_string(identifier),
                     to_text(*entry->kind));
  }
  if (!TRY(namespace_exists(identifier.space))) {
    return not_found("namespace `{}` does not exist", to_string(identifier.space));
  }
  return not_found("{} `{}` does not exist", to_text(kind), to_string(identifier));
}

Result<void> SqlCatalog::need_namespace(const iceberg::Namespace& space) {
  if (TRY(namespace_exists(space))) return {};
  return not_found("namespace `{}` does not exist", to_string(space));
}

Result<void> SqlCatalog::check_new_name(const iceberg::TableIdentifier& identifier) {
  TRY(check_namespace(identifier.space));
  TRY(check_text(identifier.name, "name"));
  TRY(need_namespace(identifier.space));
  const auto entry = TRY(find_entry(identifier));
  if (!entry) return {};
  return already_exists("{} `{}` already exists", to_text(entry->kind.value_or(EntryKind::Table)),
                        to_string(identifier));
}

Result<std::vector<iceberg::TableIdentifier>> SqlCatalog::list_entries(
    const iceberg::Namespace& space, EntryKind kind) {
  TRY(check_namespace(space));
  const auto& sql = kind == EntryKind::Table ? sql_.list_tables : sql_.list_views;
  const auto result = TRY(database_->query(sql, {options_.catalog_name, to_string(space)}));
  if (result.rows.empty()) TRY(need_namespace(space));
  std::vector<iceberg::TableIdentifier> entries;
  for (const auto& row : result.rows) entries.push_back({space, row[0].value_or("")});
  if (const auto staging = this->staging()) {
    std::lock_guard lock(staging->mutex);
    std::erase_if(entries, [&](const auto& entry) { return staging->names.contains(entry); });
    for (const auto& [identifier, name] : staging->names) {
      if (identifier.space == space && name.now && name.now->kind == kind) {
        entries.push_back(identifier);
      }
    }
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

Result<void> SqlCatalog::rename_entry(const iceberg::TableIdentifier& from,
                                      const iceberg::TableIdentifier& to, EntryKind kind) {
  TRY(need_entry(from, kind));
  if (from == to) return {};
  TRY(check_new_name(to));
  if (const auto staging = this->staging()) return stage_rename(*staging, from, to);
  const auto& sql = kind == EntryKind::Table ? sql_.rename_table : sql_.rename_view;
  auto result = database_->transact([&](SqlConnection& connection) -> Result<void> {
    const auto renamed = TRY(run_sql(
        connection, sql,
        {to_string(to.space), to.name, options_.catalog_name, to_string(from.space), from.name}));
    if (renamed.affected_rows == 1) return {};
    return not_found("{} `{}` does not exist", to_text(kind), to_string(from));
  });
  if (!result && result.error().code == ErrorCode::AlreadyExists) {
    return already_exists("{} `{}` already exists", to_text(kind), to_string(to));
  }
  return result;
}

Result<bool> SqlCatalog::location_is_taken(const std::string& location) {
  const std::string folder = location + "/";
  const auto named = TRY(
      database_->query(sql_.find_location, {std::to_string(count_code_points(folder)), folder}));
  if (!named.rows.empty()) return true;
  // Leftovers of a table that was dropped without its files must not mix with a new table's.
  bool found = false;
  auto listed = store_->list(location, [&found](const storage::ObjectInfo&) -> Result<void> {
    found = true;
    return cancelled("one is enough");
  });
  if (!found) TRY(std::move(listed));
  return found;
}

Result<std::string> SqlCatalog::new_location(const iceberg::TableIdentifier& identifier,
                                             const std::optional<std::string>& wanted) {
  if (wanted) {
    std::string location = *wanted;
    while (location.size() > 1 && location.ends_with('/')) location.pop_back();
    if (location.empty()) return invalid_input("a table's location cannot be empty");
    return location;
  }
  const auto properties = TRY(load_namespace_properties(identifier.space));
  std::string location;
  if (const auto given = properties.find("location"); given != properties.end()) {
    location = given->second;
  } else {
    location = options_.warehouse;
    for (const auto& level : identifier.space.levels) {
      location = storage::join_location(location, folder_name(level));
    }
  }
  location = storage::join_location(location, folder_name(identifier.name));
  if (!TRY(location_is_taken(location))) return location;
  // The former table of this name may live there under a new one.
  return location + "-" + replace_all(to_string(make_uuid4(*options_.random)), "-", "");
}

}  // namespace tarn::catalog
