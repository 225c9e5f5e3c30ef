// SPDX-License-Identifier: Apache-2.0
#include "engine/session.h"

#include "base/text.h"
#include "engine/session_state.h"
#include "sql/parser.h"
#include "types/error_name.h"

namespace tarn::engine {

namespace {

// Rows that hold the statement's transaction open until they have been read.
class RunningRows final : public RowReader, public OpenAnswer {
 public:
  RunningRows(std::unique_ptr<RowReader> rows, std::shared_ptr<StatementRun> run)
      : rows_(std::move(rows)), run_(std::move(run)) {
    run_->session().open_answer = this;
  }
  ~RunningRows() override { stop(); }

  Result<std::vector<Row>> next() override {
    if (!rows_) {
      if (!stopped_) return std::vector<Row>();
      return cancelled("another statement of the session has ended this answer");
    }
    auto batch = rows_->next();
    if (!batch) {
      if (auto& open = run_->session().transaction) open->aborted = true;
      finish();
      return batch;
    }
    if (batch->empty()) {
      rows_.reset();
      auto committed = run_->commit();
      finish();
      if (!committed) return std::move(committed).error();
    }
    return batch;
  }

  void stop() override {
    if (run_ == nullptr) return;
    stopped_ = true;
    finish();
  }

 private:
  void finish() {
    rows_.reset();
    if (run_ == nullptr) return;
    run_->rollback();
    if (run_->session().open_answer == this) run_->session().open_answer = nullptr;
    run_.reset();
  }

  std::unique_ptr<RowReader> rows_;
  std::shared_ptr<StatementRun> run_;
  bool stopped_ = false;
};

bool ends_transaction(const sql::Statement& statement) {
  return statement.kind == sql::StatementKind::EndTransaction;
}

class OpenSession final : public Session {
 public:
  OpenSession(CatalogSet& catalogs, SessionOptions options, duckdb::Connection connection)
      : state_(catalogs, std::move(options), std::move(connection)) {}
  ~OpenSession() override {
    if (state_.open_answer != nullptr) state_.open_answer->stop();
    if (state_.transaction) {
      auto done = state_.connection.execute("ROLLBACK");
      (void)done;
    }
  }

  Result<Answer> execute(std::string_view sql, const Cancel* cancel) override {
    if (state_.open_answer != nullptr) state_.open_answer->stop();
    auto parsed = sql::parse_statement(sql);
    if (!parsed) return abort(named(std::move(parsed).error()));
    const sql::Statement& statement = **parsed;
    if (state_.transaction && state_.transaction->aborted && !ends_transaction(statement)) {
      return types::named_error("TRANSACTION_ALREADY_ABORTED", {},
                                "Current transaction is aborted, commands ignored until end of "
                                "transaction block");
    }
    auto run = std::make_shared<StatementRun>(state_, cancel);
    auto answer = dispatch(run, statement, sql);
    if (!answer) {
      run->rollback();
      return abort(std::move(answer).error());
    }
    return answer;
  }

  const SessionOptions& options() const override { return state_.options; }
  std::shared_ptr<const duckdb::WorkCounters> work() override {
    return duckdb::work_counters(state_.connection);
  }

  void give_table(std::string name, GivenTable table) override {
    state_.given[std::move(name)] = std::move(table);
  }
  void take_back_table(const std::string& name) override { state_.given.erase(name); }

 private:
  static Error named(Error error) {
    const auto name = error.code == ErrorCode::Unsupported ? "NOT_SUPPORTED" : "SYNTAX_ERROR";
    const TextSpan where = error.where.value_or(TextSpan{});
    return types::with_name(std::move(error), name, where);
  }

  Error abort(Error error) {
    if (state_.transaction) state_.transaction->aborted = true;
    return error;
  }

  SessionState state_;
};

}  // namespace

Answer keep_running(Answer answer, std::shared_ptr<StatementRun> run) {
  if (!answer.rows) return answer;
  answer.rows = std::make_unique<RunningRows>(std::move(answer.rows), std::move(run));
  return answer;
}

Result<std::unique_ptr<Session>> Session::open(CatalogSet& catalogs, SessionOptions options) {
  if (options.catalog) options.catalog = to_lower(*options.catalog);
  if (options.schema) options.schema = to_lower(*options.schema);
  auto connection = TRY(catalogs.instance().connect());
  return std::unique_ptr<Session>(
      std::make_unique<OpenSession>(catalogs, std::move(options), std::move(connection)));
}

}  // namespace tarn::engine
