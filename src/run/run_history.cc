// SPDX-License-Identifier: Apache-2.0
#include "run/run_history.h"

#include <fmt/format.h>

#include "base/file.h"
#include "catalog/write_owner.h"
#include "project/files.h"

namespace tarn::run {

namespace {

constexpr std::int64_t kRunsKept = 500;
constexpr int kBusyTimeoutMs = 3'000;

constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS runs (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL "
    "UNIQUE, command TEXT NOT NULL, arguments TEXT NOT NULL, target TEXT NOT NULL, started_micros "
    "INTEGER NOT NULL, finished_micros INTEGER, status TEXT NOT NULL, owner_host TEXT NOT NULL, "
    "owner_process INTEGER NOT NULL, owner_started INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS node_results (run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE "
    "CASCADE, number INTEGER NOT NULL, unique_id TEXT NOT NULL, status TEXT NOT NULL, message TEXT "
    "NOT NULL, seconds REAL NOT NULL, rows_affected INTEGER, failures INTEGER, rows_read INTEGER "
    "NOT NULL, rows_written INTEGER NOT NULL, files_written INTEGER NOT NULL, bytes_written "
    "INTEGER NOT NULL, PRIMARY KEY (run_id, number)) WITHOUT ROWID";

std::string history_file(const std::string& folder) {
  return project::join_path(folder, "runs.db");
}

sqlite::OpenOptions open_options(sqlite::OpenMode mode) {
  // One file, which can be copied.
  return {.mode = mode, .busy_timeout_ms = kBusyTimeoutMs, .write_ahead_log = false};
}

std::optional<std::int64_t> optional_int(const sqlite::Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.int_at(column);
}

// A run that says it is running while its process is gone.
bool is_dead(const sqlite::Statement& row) {
  iceberg::WriteOwner owner;
  owner.host = std::string(row.text_at(7));
  owner.process_id = row.int_at(8);
  owner.started = row.int_at(9);
  return catalog::look_at_owner(owner) == catalog::OwnerState::Dead;
}

RunRecord run_of(const sqlite::Statement& row) {
  RunRecord run;
  run.id = row.text_at(0);
  run.command = row.text_at(1);
  run.arguments = row.text_at(2);
  run.target = row.text_at(3);
  run.started_micros = row.int_at(4);
  run.finished_micros = optional_int(row, 5);
  run.status = row.text_at(6);
  if (run.status == "running" && is_dead(row)) run.status = "killed";
  return run;
}

NodeRecord record_of(const NodeResult& result) {
  return {.unique_id = std::string(result.node->unique_id),
          .status = std::string(to_string(result.status)),
          .message = result.message,
          .seconds = result.seconds,
          .rows_affected = result.response.rows_affected,
          .failures = result.failures,
          .work = result.work};
}

}  // namespace

Result<RunHistory> RunHistory::open_to_read(const std::string& folder) {
  const std::string file = history_file(folder);
  if (!path_exists(file)) return not_found("no run has been kept in {}", file);
  return RunHistory(TRY(sqlite::Database::open(file, open_options(sqlite::OpenMode::ReadOnly))));
}

Result<RunHistory> RunHistory::open_to_write(const std::string& folder) {
  TRY(make_directories(folder));
  RunHistory out(TRY(sqlite::Database::open(history_file(folder),
                                            open_options(sqlite::OpenMode::CreateIfMissing))));
  if (!TRY(out.database_.has_table("node_results"))) TRY(out.database_.execute(kTables));
  TRY(out.database_.execute("PRAGMA foreign_keys = ON"));
  return out;
}

Result<void> RunHistory::begin(const RunRecord& run, std::int64_t runs_max) {
  const auto owner = catalog::current_owner();
  auto transaction = TRY(sqlite::Transaction::begin(database_));
  TRY(
      database_.run("INSERT INTO runs (id, command, arguments, target, started_micros, status, "
                    "owner_host, owner_process, owner_started) VALUES (?, ?, ?, ?, ?, 'running', "
                    "?, ?, ?)",
                    run.id, run.command, run.arguments, run.target, run.started_micros, owner.host,
                    owner.process_id, owner.started));
  TRY(database_.run("DELETE FROM runs WHERE number <= (SELECT max(number) FROM runs) - ?",
                    runs_max));
  return transaction.commit();
}

Result<void> RunHistory::finish(const std::string& id, std::int64_t finished_micros,
                                const std::string& status, const std::vector<NodeRecord>& nodes) {
  auto transaction = TRY(sqlite::Transaction::begin(database_));
  TRY(database_.run("UPDATE runs SET finished_micros = ?, status = ? WHERE id = ?", finished_micros,
                    status, id));
  std::int64_t number = 0;
  // Others may have pushed the run out meanwhile.
  if (database_.changes() == 0) return transaction.commit();
  for (const NodeRecord& node : nodes) {
    TRY(database_.run("INSERT INTO node_results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", id,
                      ++number, node.unique_id, node.status, node.message, node.seconds,
                      node.rows_affected, node.failures, node.work.rows_read,
                      node.work.rows_written, node.work.files_written, node.work.bytes_written));
  }
  return transaction.commit();
}

Result<std::vector<RunRecord>> RunHistory::read_runs(const std::string& condition,
                                                     const std::string& value, std::int64_t limit) {
  // One row for each status of a run's nodes; one without a status for a run that has none.
  auto rows = TRY(database_.prepare(
      "WITH wanted AS (SELECT * FROM runs WHERE " + condition +
      " ORDER BY number DESC LIMIT ?) SELECT id, command, arguments, target, started_micros, "
      "finished_micros, wanted.status, owner_host, owner_process, owner_started, "
      "node_results.status, count(*) FROM wanted LEFT JOIN node_results ON run_id = id GROUP BY "
      "wanted.number, node_results.status ORDER BY wanted.number DESC"));
  TRY(rows.bind_all(value, limit));
  std::vector<RunRecord> out;
  while (TRY(rows.step())) {
    if (out.empty() || out.back().id != rows.text_at(0)) out.push_back(run_of(rows));
    if (!rows.is_null(10)) out.back().counts[std::string(rows.text_at(10))] = rows.int_at(11);
  }
  return out;
}

Result<std::vector<RunRecord>> RunHistory::list(std::int64_t limit) {
  return read_runs("id >= ?", "", limit);
}

Result<RunRecord> RunHistory::find(const std::string& id) {
  // Ids are hexadecimal digits and dashes.
  if (id.find_first_not_of("0123456789abcdef-") != std::string::npos) {
    return invalid_input("`{}` is no id of a run", id);
  }
  auto found = TRY(read_runs("id GLOB ? || '*'", id, id.empty() ? 1 : 2));
  if (found.empty()) return not_found("there is no run `{}`", id);
  if (found.size() > 1) return invalid_input("several runs begin with `{}`", id);
  return std::move(found.front());
}

Result<std::vector<NodeRecord>> RunHistory::nodes(const std::string& id) {
  auto rows = TRY(database_.prepare(
      "SELECT unique_id, status, message, seconds, rows_affected, failures, rows_read, "
      "rows_written, files_written, bytes_written FROM node_results WHERE run_id = ? ORDER BY "
      "number"));
  TRY(rows.bind_text(1, id));
  std::vector<NodeRecord> out;
  while (TRY(rows.step())) {
    NodeRecord& node = out.emplace_back();
    node.unique_id = rows.text_at(0);
    node.status = rows.text_at(1);
    node.message = rows.text_at(2);
    node.seconds = rows.double_at(3);
    node.rows_affected = optional_int(rows, 4);
    node.failures = optional_int(rows, 5);
    node.work = {.rows_read = rows.int_at(6),
                 .rows_written = rows.int_at(7),
                 .files_written = rows.int_at(8),
                 .bytes_written = rows.int_at(9)};
  }
  return out;
}

HistoryWriter::HistoryWriter(EventStream& events, Clock& clock, std::string folder,
                             std::string arguments)
    : events_(events), clock_(clock), folder_(std::move(folder)), arguments_(std::move(arguments)) {
  subscriptions_.push_back(
      events.subscribe<RunStarted>([this](const RunStarted& event) { started(event); }));
  subscriptions_.push_back(events.subscribe<RunFinished>(
      [this](const RunFinished& event) { finished(*event.summary); }));
}

HistoryWriter::~HistoryWriter() {
  subscriptions_.clear();
  if (history_) finish("error", {});
}

void HistoryWriter::started(const RunStarted& event) {
  auto opened = RunHistory::open_to_write(folder_);
  if (!opened) return give_up(opened.error());
  id_ = event.invocation_id;
  RunRecord run;
  run.id = id_;
  run.command = to_string(event.command);
  run.arguments = arguments_;
  run.target = event.target;
  run.started_micros = event.started_micros;
  auto begun = opened->begin(run, kRunsKept);
  if (!begun) return give_up(begun.error());
  history_.emplace(std::move(*opened));
}

void HistoryWriter::finished(const RunSummary& summary) {
  if (!history_) return;
  std::vector<NodeRecord> nodes;
  for (const NodeResult& result : summary.results) nodes.push_back(record_of(result));
  finish(summary.cancelled ? "cancelled" : exit_code_of(summary) == 0 ? "success" : "error", nodes);
}

void HistoryWriter::finish(const std::string& status, const std::vector<NodeRecord>& nodes) {
  auto kept = history_->finish(id_, clock_.now_micros(), status, nodes);
  history_.reset();
  if (!kept) give_up(kept.error());
}

void HistoryWriter::give_up(const Error& error) {
  events_.emit(Message{Message::Level::Debug, nullptr,
                       fmt::format("this run is not in the history: {}", describe(error))});
}

}  // namespace tarn::run
