// SPDX-License-Identifier: Apache-2.0
// The interface to a catalog: namespaces, tables, views, and the atomic swap that makes a commit.
// Implementations are in the folder `catalog`; the meaning of error codes is part of the contract.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "iceberg/table_metadata.h"
#include "iceberg/table_requirement.h"
#include "iceberg/table_update.h"
#include "iceberg/view_metadata.h"

namespace tarn::iceberg {

// Levels from the outside in; at least one.
struct Namespace {
  std::vector<std::string> levels;

  auto operator<=>(const Namespace&) const = default;
};
// Levels joined by dots, for messages and for catalogs that store it so.
std::string to_string(const Namespace& space);

struct TableIdentifier {
  Namespace space;
  std::string name;

  auto operator<=>(const TableIdentifier&) const = default;
};
std::string to_string(const TableIdentifier& table);

// One state of a table. Shared and immutable, so that caches and statements may hold it.
struct LoadedTable {
  TableIdentifier identifier;
  std::shared_ptr<const TableMetadata> metadata;
  std::string metadata_location;              // "" for a staged table
  std::map<std::string, std::string> config;  // from REST catalogs; empty otherwise
};

struct LoadedView {
  TableIdentifier identifier;
  std::shared_ptr<const ViewMetadata> metadata;
  std::string metadata_location;
};

// What create_table() and stage_table() take. Field ids in the schema are only names here: the
// catalog assigns them anew, and spec and order follow. Use the returned schema.
struct TableCreation {
  Schema schema;
  PartitionSpec spec;
  SortOrder sort_order;
  std::optional<std::string> location;  // the catalog's default when missing
  std::map<std::string, std::string> properties;
};

// One table's part of a commit.
struct TableChange {
  TableIdentifier table;
  std::vector<TableRequirement> requirements;
  std::vector<TableUpdate> updates;
  // Of the write intent that covers the commit, as part of the metadata file's name; "": none.
  std::string write_id;
};

enum class DropMode {
  Unregister,  // only the catalog's entry goes
  Purge,       // its files too, as far as `gc.enabled` allows
};

// Thread-safe. Every call may do I/O; nothing is cached between calls unless the implementation can
// prove it current. Common codes: NotFound (namespace, table or view; the message says which),
// AlreadyExists, Denied, Unavailable (nothing happened), Unsupported, Corrupt.
class Catalog {
 public:
  virtual ~Catalog() = default;

  // The name from `tarn.yml`.
  virtual const std::string& name() const = 0;

  // Children of `parent`; top-level namespaces for nullopt.
  virtual Result<std::vector<Namespace>> list_namespaces(
      const std::optional<Namespace>& parent = std::nullopt) = 0;
  // Of every level, sorted. Here level by level; Corrupt beyond 64 of them.
  virtual Result<std::vector<Namespace>> list_all_namespaces();
  virtual Result<void> create_namespace(const Namespace& space,
                                        const std::map<std::string, std::string>& properties) = 0;
  // A namespace that is not empty is ErrorCode::Conflict.
  virtual Result<void> drop_namespace(const Namespace& space) = 0;
  virtual Result<bool> namespace_exists(const Namespace& space) = 0;
  virtual Result<std::map<std::string, std::string>> load_namespace_properties(
      const Namespace& space) = 0;
  virtual Result<void> update_namespace_properties(
      const Namespace& space, const std::map<std::string, std::string>& updates,
      const std::vector<std::string>& removals) = 0;

  // Tables only, without views.
  virtual Result<std::vector<TableIdentifier>> list_tables(const Namespace& space) = 0;
  virtual Result<bool> table_exists(const TableIdentifier& table) = 0;
  // The present state. A view of that name is NotFound.
  virtual Result<LoadedTable> load_table(const TableIdentifier& table) = 0;
  virtual Result<LoadedTable> create_table(const TableIdentifier& table,
                                           const TableCreation& creation) = 0;
  // Metadata of a table that does not exist yet and is not stored: write its files, then commit()
  // with require_not_exists() and updates_for_create(). Stores nothing.
  virtual Result<LoadedTable> stage_table(const TableIdentifier& table,
                                          const TableCreation& creation) = 0;
  virtual Result<LoadedTable> register_table(const TableIdentifier& table,
                                             const std::string& metadata_location) = 0;
  virtual Result<void> drop_table(const TableIdentifier& table, DropMode mode) = 0;
  virtual Result<void> rename_table(const TableIdentifier& from, const TableIdentifier& to) = 0;

  // Checks the requirements against the present state, applies the updates and swaps the pointers
  // of all tables, in one atomic step: all or none. Returns the new states in order. A catalog that
  // cannot do several tables at once fails with Unsupported before anything is written.
  //   Conflict        a requirement does not hold, or somebody else committed: certainly nothing
  //                   happened; load again, rebase, retry
  //   AlreadyExists   require_not_exists() and the table is there; likewise
  //   UnknownOutcome  the swap was sent and its answer never came: it may have landed. Load and
  //                   look; never delete a file that the commit wrote
  //   anything else   certainly nothing happened; retrying will not help, except for Unavailable
  // A lost swap whose requirements still hold is retried inside.
  virtual Result<std::vector<LoadedTable>> commit(std::span<const TableChange> changes) = 0;
  // Whether commit() takes more than one table.
  virtual bool commits_several_tables() const = 0;

  virtual Result<std::vector<TableIdentifier>> list_views(const Namespace& space) = 0;
  virtual Result<LoadedView> load_view(const TableIdentifier& view) = 0;
  virtual Result<LoadedView> create_view(const TableIdentifier& view,
                                         const ViewDefinition& definition,
                                         const std::map<std::string, std::string>& properties) = 0;
  // Conflict when it changed since `base` was loaded.
  virtual Result<LoadedView> replace_view(const LoadedView& base,
                                          const ViewDefinition& definition) = 0;
  virtual Result<void> drop_view(const TableIdentifier& view) = 0;
  virtual Result<void> rename_view(const TableIdentifier& from, const TableIdentifier& to) = 0;
};

}  // namespace tarn::iceberg
