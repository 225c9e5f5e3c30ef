// SPDX-License-Identifier: Apache-2.0
// What a session keeps from statement to statement, and one statement that runs in it. Internal to
// the engine.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analyzer.h"
#include "base/cancel.h"
#include "engine/catalog_access.h"
#include "engine/query.h"
#include "engine/session.h"
#include "sql/tree/statement.h"

namespace tarn::engine {

// START TRANSACTION … COMMIT.
struct OpenTransaction {
  bool read_only = false;
  bool aborted = false;
  // Tables created in it, by `catalog.schema.table`.
  std::map<std::string, iceberg::LoadedTable> created;
};

class StatementRun;

// An answer whose rows are still to be read.
class OpenAnswer {
 public:
  virtual ~OpenAnswer() = default;
  virtual void stop() = 0;
};

struct SessionState {
  SessionState(CatalogSet& the_catalogs, SessionOptions the_options, duckdb::Connection connection)
      : catalogs(the_catalogs),
        options(std::move(the_options)),
        connection(std::move(connection)) {}

  CatalogSet& catalogs;
  SessionOptions options;
  duckdb::Connection connection;
  std::map<std::string, std::string> properties;  // set by SET SESSION
  std::map<std::string, std::string> prepared;    // name → statement
  std::map<std::string, GivenTable> given;        // `system.given.<name>`
  std::optional<OpenTransaction> transaction;
  OpenAnswer* open_answer = nullptr;
  std::string query_id;
};

// One statement. Lives until its rows have been read. It opens a transaction of the engine when it
// first touches a table, and ends it, unless START TRANSACTION has opened one.
class StatementRun : public analysis::TableLookup {
 public:
  StatementRun(SessionState& session, const Cancel* cancel);
  ~StatementRun() override;
  StatementRun(const StatementRun&) = delete;
  StatementRun& operator=(const StatementRun&) = delete;

  SessionState& session() { return session_; }
  const Cancel* cancel() const { return cancel_; }
  duckdb::Connection& connection() { return session_.connection; }
  CatalogSet& catalogs() { return session_.catalogs; }
  const SessionValues& values() const { return values_; }
  analysis::AnalyzerOptions& options() { return options_; }
  QueryContext query_context();

  // TableLookup.
  Result<analysis::TableInfoPtr> find_table(
      const analysis::TableId& id, const std::optional<analysis::TableVersion>& version) override;

  // CATALOG_NOT_FOUND.
  Result<CatalogAccess*> access(const std::string& catalog);
  // CATALOG_NOT_FOUND, SCHEMA_NOT_FOUND; nullptr if the table is not there.
  Result<RelationPtr> find_relation(const analysis::TableId& id);
  // The handle, or nullptr for the system catalog. CATALOG_NOT_FOUND.
  Result<const CatalogHandle*> handle(const std::string& catalog);

  Result<analysis::TableId> resolve(const sql::QualifiedName& name);
  // `schema` or `catalog.schema`; without a name the session's. MISSING_SCHEMA_NAME and such.
  struct SchemaId {
    std::string catalog;
    std::string schema;
  };
  Result<SchemaId> resolve_schema(const std::optional<sql::QualifiedName>& name);

  // The value of a constant expression; `?` is filled in.
  Result<types::TypedValue> constant(const sql::Expression& expression);
  // Properties of WITH (…), evaluated.
  Result<std::vector<std::pair<std::string, std::optional<types::TypedValue>>>> constants(
      const std::vector<sql::Property>& properties);

  // Opens the engine's transaction if none is open.
  Result<void> begin();
  // Ends what begin() opened; a commit may fail. Inside START TRANSACTION nothing happens.
  Result<void> commit();
  void rollback();

  // READ_ONLY_VIOLATION in a read-only transaction.
  Result<void> check_write(const std::string& catalog);
  // For statements that cannot be part of a transaction: AUTOCOMMIT_WRITE_CONFLICT.
  Result<void> check_autocommit(const std::string& catalog);

  // A property of the session, or `fallback`.
  std::string property(const std::string& name, std::string fallback) const;

  // Whether a query of the statement has asked for that table.
  bool was_read(const analysis::TableId& id) const {
    return read_.contains(analysis::to_string(id));
  }
  // All of them, as `catalog.schema.table`.
  const std::set<std::string>& read_tables() const { return read_; }
  // Until the statement has ended.
  void keep(const KeepAlive& things) { alive_.insert(alive_.end(), things.begin(), things.end()); }

 private:
  SessionState& session_;
  const Cancel* cancel_;
  SessionValues values_;
  analysis::AnalyzerOptions options_;
  std::map<std::string, std::unique_ptr<CatalogAccess>> accesses_;
  KeepAlive alive_;
  std::set<std::string> read_;
  bool owns_transaction_ = false;
};

// Runs a parsed statement; `text` is where its places are.
Result<Answer> dispatch(const std::shared_ptr<StatementRun>& run, const sql::Statement& statement,
                        std::string_view text);

// The rows of `answer` read through `run`, whose transaction ends with them.
Answer keep_running(Answer answer, std::shared_ptr<StatementRun> run);

}  // namespace tarn::engine
