// SPDX-License-Identifier: Apache-2.0
// One transaction on a lake: the tables it has seen, each pinned to one state, and what it has done
// to them; the commit hands that over. Internal: shows DuckDB's types.
#pragma once

#include <functional>

#include "base/uuid.h"
#include "duckdb/lake.h"
#include "duckdb/lake_state.h"
#include "duckdb/native.h"
#include "iceberg/commit/snapshot_change.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/expression.h"

namespace tarn::duckdb {

class LakeCatalog;
class StatementWrite;
class LakeSchema;
class LakeTable;

// Which state of a table a statement asks for; `text` is the key of caches, "" for the present.
struct TableVersion {
  iceberg::SnapshotChoice choice;
  std::string text;
};

// What a statement did to a table.
struct TableChanges {
  std::vector<iceberg::DataFile> added;
  std::unordered_map<std::string, iceberg::DeletionVector> deleted;  // by normal path
  // For statements that read the table before they change it: the rows that they may have seen.
  std::optional<iceberg::Expression> read_filter;
  iceberg::Isolation isolation = iceberg::Isolation::Serializable;
  bool only_deletes = false;
};

// A table that gets other columns and rows in one step: what it is now, and the changes that make
// the staged table of it.
struct Replacement {
  iceberg::LoadedTable existing;
  std::function<void(iceberg::TableTransaction&)> changes;
};

// Thread-safe: the threads of a statement share it.
class LakeTransaction final : public dk::Transaction {
 public:
  LakeTransaction(dk::TransactionManager& manager, dk::ClientContext& context,
                  LakeCatalog& catalog);
  ~LakeTransaction() override;

  // nullptr if there is no such schema or table.
  LakeSchema* find_schema(const std::string& name);
  LakeTable* find_table(LakeSchema& schema, const std::string& name, const TableVersion& version);
  std::vector<std::reference_wrapper<LakeSchema>> all_schemas();
  std::vector<std::string> table_names(LakeSchema& schema);

  // The state that new files of a table are written for. ErrorCode::NotFound.
  iceberg::LoadedTable writable_table(const iceberg::TableIdentifier& table);
  // The transaction sees this state, unless it has seen the table before: then that.
  iceberg::LoadedTable pin(iceberg::LoadedTable table);
  // See lake_session.h.
  Result<std::optional<std::int64_t>> delete_whole_files(const iceberg::TableIdentifier& table,
                                                         const iceberg::Expression& filter);
  // Takes a staged table as new in this transaction.
  void add_created(iceberg::LoadedTable table);
  // Takes a staged table that replaces one that is there, with all its rows.
  void add_replacing(iceberg::LoadedTable table, Replacement replacement);
  // Begins the write's intent; the id goes into the names of its files.
  std::string begin_write(const iceberg::LoadedTable& table);
  // A rollback removes the statement's unfinished files before anything else.
  void watch(std::weak_ptr<StatementWrite> statement);
  // Adds what a statement did; later statements of the transaction see it.
  void add_changes(const iceberg::TableIdentifier& table, TableChanges changes);
  // Schemas created by CREATE SCHEMA become visible.
  void forget_schema(const std::string& name);

  Result<void> commit();
  void rollback();

 private:
  struct Work {
    iceberg::LoadedTable base;
    bool is_created = false;
    std::optional<Replacement> replacement;
    std::optional<iceberg::Expression> read_filter;  // of all statements
    iceberg::Isolation isolation = iceberg::Isolation::Snapshot;
    bool only_deletes = true;
    std::shared_ptr<const PendingChanges> pending = std::make_shared<const PendingChanges>();
    std::vector<std::string> write_ids;
  };

  Work* find_work(const iceberg::TableIdentifier& table);
  Result<Work*> load_work(const iceberg::TableIdentifier& table);
  Result<iceberg::SnapshotChange> prepare_change(const Work& work, std::vector<std::string>& files);
  Result<void> publish(std::vector<std::string>& files);
  Result<void> publish_replacement(iceberg::TableTransaction& table, const Work& work,
                                   std::vector<std::string>& files);
  void remove_unused_files();
  void remove_files(const std::vector<std::string>& extra);
  void finish_intents();

  LakeCatalog& catalog_;
  std::shared_ptr<Lake> lake_;
  std::mutex mutex_;
  std::map<std::string, dk::unique_ptr<LakeSchema>> schemas_;
  std::map<iceberg::TableIdentifier, Work> works_;
  std::vector<std::weak_ptr<StatementWrite>> statements_;
  // By schema, table and version. Entries outlive the statements that use them: replaced ones wait
  // in `retired_`.
  std::map<std::string, dk::unique_ptr<LakeTable>> tables_;
  std::vector<dk::unique_ptr<LakeTable>> retired_;
  std::vector<dk::unique_ptr<LakeSchema>> retired_schemas_;
};

class LakeTransactionManager final : public dk::TransactionManager {
 public:
  LakeTransactionManager(dk::AttachedDatabase& database, LakeCatalog& catalog)
      : dk::TransactionManager(database), catalog_(catalog) {}

  dk::Transaction& StartTransaction(dk::ClientContext& context) override;
  dk::ErrorData CommitTransaction(dk::ClientContext& context,
                                  dk::Transaction& transaction) override;
  void RollbackTransaction(dk::Transaction& transaction) override;
  void Checkpoint(dk::ClientContext&, bool) override {}

 private:
  LakeCatalog& catalog_;
  std::mutex mutex_;
  dk::reference_map_t<dk::Transaction, dk::unique_ptr<LakeTransaction>> transactions_;
};

}  // namespace tarn::duckdb
