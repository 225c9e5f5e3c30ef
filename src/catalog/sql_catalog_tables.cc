// SPDX-License-Identifier: Apache-2.0
// Tables of the SQL catalog: everything but the commit.
#include <utility>

#include "base/text.h"
#include "base/uuid.h"
#include "catalog/purge.h"
#include "catalog/sql_catalog.h"
#include "catalog/sql_names.h"
#include "iceberg/apply_update.h"
#include "iceberg/metadata_io.h"

namespace tarn::catalog {

namespace {

constexpr std::size_t kLocationCharactersMax = 1'000;
// A drop that also removes files must know the state that it drops.
constexpr int kDropAttemptsMax = 10;

}  // namespace

Result<std::vector<iceberg::TableIdentifier>> SqlCatalog::list_tables(
    const iceberg::Namespace& space) {
  return list_entries(space, EntryKind::Table);
}

Result<bool> SqlCatalog::table_exists(const iceberg::TableIdentifier& table) {
  const auto entry = TRY(find_entry(table));
  return entry && entry->kind == EntryKind::Table;
}

Result<std::shared_ptr<const iceberg::TableMetadata>> SqlCatalog::read_metadata(
    const iceberg::TableIdentifier& table, const std::string& location) {
  if (auto known = tables_.find(table, location)) return known;
  auto metadata = std::make_shared<const iceberg::TableMetadata>(
      TRY(with_context(iceberg::read_table_metadata(*store_, location),
                       fmt::format("while loading table `{}`", to_string(table)))));
  tables_.keep(table, location, metadata);
  return metadata;
}

Result<iceberg::LoadedTable> SqlCatalog::load_table(const iceberg::TableIdentifier& table) {
  const auto entry = TRY(need_entry(table, EntryKind::Table));
  auto metadata = read_metadata(table, entry.location);
  if (!metadata) {
    // The name is there: a caller must not take a lost file for a free name.
    auto error = std::move(metadata).error();
    if (error.code == ErrorCode::NotFound) error.code = ErrorCode::Corrupt;
    return error;
  }
  return iceberg::LoadedTable{table, std::move(*metadata), entry.location, {}};
}

Result<iceberg::LoadedTable> SqlCatalog::stage_table(const iceberg::TableIdentifier& table,
                                                     const iceberg::TableCreation& creation) {
  TRY(check_new_name(table));
  iceberg::NewTable made{.schema = creation.schema,
                         .spec = creation.spec,
                         .sort_order = creation.sort_order,
                         .location = TRY(new_location(table, creation.location)),
                         .uuid = to_string(make_uuid4(*options_.random)),
                         .properties = creation.properties};
  auto metadata = std::make_shared<const iceberg::TableMetadata>(
      TRY(with_context(iceberg::make_table_metadata(std::move(made), now_ms()),
                       fmt::format("while creating table `{}`", to_string(table)))));
  return iceberg::LoadedTable{table, std::move(metadata), "", {}};
}

Result<iceberg::LoadedTable> SqlCatalog::create_table(const iceberg::TableIdentifier& table,
                                                      const iceberg::TableCreation& creation) {
  auto loaded = TRY(stage_table(table, creation));
  const auto write_id = TRY(begin_staged_write(table, loaded.metadata->location,
                                               iceberg::metadata_folder(*loaded.metadata)));
  const auto location =
      iceberg::new_metadata_location(*loaded.metadata, "", *options_.random, write_id);
  TRY(settle_write(location, iceberg::write_table_metadata(*store_, location, *loaded.metadata)));
  TRY(insert_new(table, EntryKind::Table, location));
  tables_.keep(table, location, loaded.metadata);
  loaded.metadata_location = location;
  return loaded;
}

Result<void> SqlCatalog::insert_new(const iceberg::TableIdentifier& identifier, EntryKind kind,
                                    const std::string& location) {
  if (count_code_points(location) > kLocationCharactersMax) {
    static_cast<void>(store_->remove(location));
    return invalid_input("the metadata location of `{}` is longer than {} characters",
                         to_string(identifier), kLocationCharactersMax);
  }
  auto outcome = swap_pointers({{identifier, kind, "", location}});
  if (outcome && *outcome == SwapOutcome::Landed) return {};
  if (!outcome && outcome.error().code == ErrorCode::UnknownOutcome) {
    return std::move(outcome).error();
  }
  static_cast<void>(store_->remove(location));
  if (!outcome) return std::move(outcome).error();
  return already_exists("`{}` already exists", to_string(identifier));
}

Result<iceberg::LoadedTable> SqlCatalog::register_table(const iceberg::TableIdentifier& table,
                                                        const std::string& metadata_location) {
  TRY(check_new_name(table));
  auto metadata = std::make_shared<const iceberg::TableMetadata>(
      TRY(iceberg::read_table_metadata(*store_, metadata_location)));
  auto outcome = TRY(swap_pointers({{table, EntryKind::Table, "", metadata_location}}));
  if (outcome == SwapOutcome::Lost) {
    return already_exists("`{}` already exists", to_string(table));
  }
  tables_.keep(table, metadata_location, metadata);
  return iceberg::LoadedTable{table, std::move(metadata), metadata_location, {}};
}

Result<void> SqlCatalog::delete_entry(const iceberg::TableIdentifier& identifier, EntryKind kind,
                                      const std::string& location) {
  if (const auto staging = this->staging()) return stage_delete(*staging, identifier, location);
  const auto& sql = kind == EntryKind::Table ? sql_.delete_table : sql_.delete_view;
  return database_->transact([&](SqlConnection& connection) -> Result<void> {
    const auto deleted = TRY(
        run_sql(connection, sql,
                {options_.catalog_name, to_string(identifier.space), identifier.name, location}));
    if (deleted.affected_rows == 1) return {};
    return conflict("`{}` changed while it was dropped", to_string(identifier));
  });
}

Result<void> SqlCatalog::drop_table(const iceberg::TableIdentifier& table, iceberg::DropMode mode) {
  for (int attempt = 1;; ++attempt) {
    const auto entry = TRY(need_entry(table, EntryKind::Table));
    std::shared_ptr<const iceberg::TableMetadata> metadata;
    if (mode == iceberg::DropMode::Purge) metadata = TRY(read_metadata(table, entry.location));
    auto deleted = delete_entry(table, EntryKind::Table, entry.location);
    if (!deleted) {
      if (deleted.error().code == ErrorCode::Conflict && attempt < kDropAttemptsMax) continue;
      return deleted;
    }
    tables_.forget(table);
    if (metadata == nullptr) return {};
    if (const auto staging = this->staging()) {
      std::lock_guard lock(staging->mutex);
      staging->purges.push_back({std::move(metadata), entry.location});
      return {};
    }
    return with_context(
        purge_table_files(*store_, *metadata, entry.location),
        fmt::format("table `{}` is dropped, but not all of its files", to_string(table)));
  }
}

Result<void> SqlCatalog::rename_table(const iceberg::TableIdentifier& from,
                                      const iceberg::TableIdentifier& to) {
  TRY(rename_entry(from, to, EntryKind::Table));
  tables_.forget(from);
  return {};
}

}  // namespace tarn::catalog
