// SPDX-License-Identifier: Apache-2.0
// The standard SQL catalog over SQLite or Postgres: the database that PyIceberg's SqlCatalog and
// Java's JdbcCatalog (Trino, Spark) open, too. A commit of several tables is one database
// transaction of compare-and-swap updates on `metadata_location`.
//
// Metadata files are written, durably, before the swap. A commit that certainly failed removes its
// own; one of unknown outcome looks what became of it, and removes nothing unless it can prove that
// it did not land.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/metadata_cache.h"
#include "catalog/sql_connection.h"
#include "catalog/sql_database.h"
#include "catalog/sql_statements.h"
#include "catalog/staging.h"
#include "iceberg/catalog.h"
#include "iceberg/write_intent.h"
#include "storage/store.h"

namespace tarn::catalog {

struct SqlCatalogOptions {
  std::string name;          // as `tarn.yml` calls it
  std::string catalog_name;  // the value in the database's rows; `name` when empty
  std::string warehouse;     // location below which new tables go
  CatalogSetup setup = CatalogSetup::MustExist;
  // A catalog in a database that so far holds only catalogs of other names.
  bool allow_new_name = false;
  // Makes a database of an old program (V0) hold views.
  bool add_type_column = false;
  Clock* clock = &system_clock();
  Random* random = &system_random();
};

class SqlCatalog final : public iceberg::Catalog {
 public:
  // InvalidInput when the database holds only catalogs of other names: the message lists them.
  static Result<std::unique_ptr<SqlCatalog>> open(SqlConnector connector,
                                                  std::shared_ptr<storage::Store> store,
                                                  SqlCatalogOptions options);

  const std::string& name() const override { return options_.name; }
  // For what else lives beside the catalog, such as write intents.
  SqlDatabase& database() { return *database_; }
  const std::string& catalog_name() const { return options_.catalog_name; }
  storage::Store& store() { return *store_; }

  Result<std::vector<iceberg::Namespace>> list_namespaces(
      const std::optional<iceberg::Namespace>& parent) override;
  Result<std::vector<iceberg::Namespace>> list_all_namespaces() override;
  Result<void> create_namespace(const iceberg::Namespace& space,
                                const std::map<std::string, std::string>& properties) override;
  Result<void> drop_namespace(const iceberg::Namespace& space) override;
  Result<bool> namespace_exists(const iceberg::Namespace& space) override;
  Result<std::map<std::string, std::string>> load_namespace_properties(
      const iceberg::Namespace& space) override;
  Result<void> update_namespace_properties(const iceberg::Namespace& space,
                                           const std::map<std::string, std::string>& updates,
                                           const std::vector<std::string>& removals) override;

  Result<std::vector<iceberg::TableIdentifier>> list_tables(
      const iceberg::Namespace& space) override;
  Result<bool> table_exists(const iceberg::TableIdentifier& table) override;
  Result<iceberg::LoadedTable> load_table(const iceberg::TableIdentifier& table) override;
  Result<iceberg::LoadedTable> create_table(const iceberg::TableIdentifier& table,
                                            const iceberg::TableCreation& creation) override;
  Result<iceberg::LoadedTable> stage_table(const iceberg::TableIdentifier& table,
                                           const iceberg::TableCreation& creation) override;
  Result<iceberg::LoadedTable> register_table(const iceberg::TableIdentifier& table,
                                              const std::string& metadata_location) override;
  Result<void> drop_table(const iceberg::TableIdentifier& table, iceberg::DropMode mode) override;
  Result<void> rename_table(const iceberg::TableIdentifier& from,
                            const iceberg::TableIdentifier& to) override;

  Result<std::vector<iceberg::LoadedTable>> commit(
      std::span<const iceberg::TableChange> changes) override;
  bool commits_several_tables() const override { return true; }

  Result<std::vector<iceberg::TableIdentifier>> list_views(
      const iceberg::Namespace& space) override;
  Result<iceberg::LoadedView> load_view(const iceberg::TableIdentifier& view) override;
  Result<iceberg::LoadedView> create_view(
      const iceberg::TableIdentifier& view, const iceberg::ViewDefinition& definition,
      const std::map<std::string, std::string>& properties) override;
  Result<iceberg::LoadedView> replace_view(const iceberg::LoadedView& base,
                                           const iceberg::ViewDefinition& definition) override;
  // The same for any change of a view, such as of its properties.
  Result<iceberg::LoadedView> replace_view_metadata(const iceberg::LoadedView& base,
                                                    iceberg::ViewMetadata next);
  Result<void> drop_view(const iceberg::TableIdentifier& view) override;
  Result<void> rename_view(const iceberg::TableIdentifier& from,
                           const iceberg::TableIdentifier& to) override;

  // Staging (staging.h): from here on all changes of tables and views by this object are seen by
  // its own users only, until they are published together or discarded. Files are written as
  // always, under write intents that stay open. Schemas are created at once; they cannot be
  // dropped meanwhile. REQUIRES: not staging; `intents` are those of this catalog and outlive it.
  void begin_staging(iceberg::WriteIntents& intents);
  bool is_staging() const { return staging() != nullptr; }
  // All in one transaction of the database, or nothing. Ends the staging.
  //   Conflict        others have changed a table or a view that is to be published
  //   UnknownOutcome  it may have landed: no file was deleted
  //   anything else   certainly nothing was published
  Result<void> publish_staged();
  // Removes the files that were written. What cannot be removed now is left to the clean-up of
  // dead writes.
  void discard_staged();
  // Of SqlWriteIntents: true if the intent must stay open, since its files are not published yet.
  bool keeps_intent(const std::string& id);

 private:
  // A row of `iceberg_tables`.
  struct Entry {
    std::string location;
    std::optional<EntryKind> kind;  // nullopt: of a kind that this program does not know
  };
  // One pointer that a transaction moves from `old_location` ("" = a new row) to `new_location`.
  struct Swap {
    iceberg::TableIdentifier identifier;
    EntryKind kind = EntryKind::Table;
    std::string old_location;
    std::string new_location;
  };
  enum class SwapOutcome { Landed, Lost };
  // One table's part of a commit.
  struct Pending {
    iceberg::LoadedTable base;  // without metadata for a table that is created
    iceberg::LoadedTable next;
    bool changed = true;
  };

  SqlCatalog(std::unique_ptr<SqlDatabase> database, std::shared_ptr<storage::Store> store,
             SqlCatalogOptions options, const CatalogSchema& schema);

  std::int64_t now_ms();
  Result<std::optional<Entry>> find_entry(const iceberg::TableIdentifier& identifier);
  Result<std::optional<Entry>> find_stored_entry(const iceberg::TableIdentifier& identifier);
  // The entry of this kind; NotFound otherwise.
  Result<Entry> need_entry(const iceberg::TableIdentifier& identifier, EntryKind kind);
  // NotFound unless the namespace is there; AlreadyExists if the name is taken.
  Result<void> check_new_name(const iceberg::TableIdentifier& identifier);
  Result<void> need_namespace(const iceberg::Namespace& space);
  Result<std::vector<iceberg::TableIdentifier>> list_entries(const iceberg::Namespace& space,
                                                             EntryKind kind);
  Result<void> rename_entry(const iceberg::TableIdentifier& from,
                            const iceberg::TableIdentifier& to, EntryKind kind);
  Result<std::string> new_location(const iceberg::TableIdentifier& identifier,
                                   const std::optional<std::string>& wanted);
  Result<bool> location_is_taken(const std::string& location);
  Result<std::shared_ptr<const iceberg::TableMetadata>> read_metadata(
      const iceberg::TableIdentifier& table, const std::string& location);
  Result<void> delete_entry(const iceberg::TableIdentifier& identifier, EntryKind kind,
                            const std::string& location);

  // Moves all pointers in one transaction. Lost: certainly none has moved, because another commit
  // came first. UnknownOutcome after looking in vain; other errors: certainly none has moved.
  Result<SwapOutcome> swap_pointers(const std::vector<Swap>& swaps);
  Result<void> run_swaps(SqlConnection& connection, const std::vector<Swap>& swaps);
  Result<SwapOutcome> look_after_lost_answer(const std::vector<Swap>& swaps,
                                             const SqlDatabase::Token& token, Error error);
  Result<bool> has_landed(const Swap& swap);

  // sql_catalog_staging.cc
  std::shared_ptr<Staging> staging() const;
  std::shared_ptr<Staging> end_staging();
  // REQUIRES: the staging's mutex is held.
  Result<std::optional<StagedEntry>> staged_entry(Staging& staging,
                                                  const iceberg::TableIdentifier& identifier);
  Result<SwapOutcome> stage_swaps(Staging& staging, const std::vector<Swap>& swaps);
  Result<void> stage_rename(Staging& staging, const iceberg::TableIdentifier& from,
                            const iceberg::TableIdentifier& to);
  Result<void> stage_delete(Staging& staging, const iceberg::TableIdentifier& identifier,
                            const std::string& location);
  // The id for the name of a metadata file that no other intent covers; "" outside of staging.
  Result<std::string> begin_staged_write(const iceberg::TableIdentifier& identifier,
                                         const std::string& location, const std::string& folder);
  Result<std::set<std::string>> staged_locations(Staging& staging);
  Result<void> run_publication(SqlConnection& connection, const Staging& staging,
                               const std::vector<std::string>& landing_intents);
  void remove_staged_files(Staging& staging, const std::vector<iceberg::WriteIntent>& intents);

  Result<Pending> prepare_change(const iceberg::TableChange& change);
  // What became of writing a metadata file: after a failure nothing points to it.
  Result<void> settle_write(const std::string& location, Result<void> written);
  Result<void> write_changes(const std::vector<Pending>& pending);
  void discard_changes(const std::vector<Pending>& pending, std::size_t count);
  void remove_old_metadata(const Pending& pending);
  // Stores a new metadata file and the row that points to it.
  Result<void> insert_new(const iceberg::TableIdentifier& identifier, EntryKind kind,
                          const std::string& location);

  std::unique_ptr<SqlDatabase> database_;
  std::shared_ptr<storage::Store> store_;
  SqlCatalogOptions options_;
  CatalogSchema schema_;
  SqlStatements sql_;
  MetadataCache<iceberg::TableMetadata> tables_;
  MetadataCache<iceberg::ViewMetadata> views_;
  mutable std::mutex staging_mutex_;
  std::shared_ptr<Staging> staging_;
};

}  // namespace tarn::catalog
