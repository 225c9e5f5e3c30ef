// SPDX-License-Identifier: Apache-2.0
// The runs of a project in a small SQLite database in its target folder, `runs.db`: what ran when,
// how it ended, and each node's rows, time and bytes. The last runs are kept. Several processes may
// write at once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/event.h"
#include "base/result.h"
#include "run/events.h"
#include "sqlite/database.h"

namespace tarn::run {

struct RunRecord {
  std::string id;  // of the invocation
  std::string command;
  std::string arguments;  // JSON object, as in run_results.json
  std::string target;
  std::int64_t started_micros = 0;
  std::optional<std::int64_t> finished_micros;
  // `running`, `success`, `error`, `cancelled`; `killed`: it never came to its end.
  std::string status;
  std::map<std::string, std::int64_t> counts;  // of nodes, by status
};

struct NodeRecord {
  std::string unique_id;
  std::string status;
  std::string message;
  double seconds = 0;
  std::optional<std::int64_t> rows_affected;
  std::optional<std::int64_t> failures;
  warehouse::Work work;
};

// One thread at a time.
class RunHistory {
 public:
  // `folder` is the target folder. NotFound: no run has been kept there.
  static Result<RunHistory> open_to_read(const std::string& folder);
  // Makes folder and database where they are missing. Denied and Unavailable are to be expected.
  static Result<RunHistory> open_to_write(const std::string& folder);

  // Its status is `running` until finish(). Older runs beyond `runs_max` are forgotten.
  Result<void> begin(const RunRecord& run, std::int64_t runs_max);
  Result<void> finish(const std::string& id, std::int64_t finished_micros,
                      const std::string& status, const std::vector<NodeRecord>& nodes);

  // Newest first.
  Result<std::vector<RunRecord>> list(std::int64_t limit);
  // By the id or its first characters; "": the newest. NotFound; InvalidInput if several fit.
  Result<RunRecord> find(const std::string& id);
  // In the order in which they ended.
  Result<std::vector<NodeRecord>> nodes(const std::string& id);

 private:
  explicit RunHistory(sqlite::Database database) : database_(std::move(database)) {}
  Result<std::vector<RunRecord>> read_runs(const std::string& condition, const std::string& value,
                                           std::int64_t limit);

  sqlite::Database database_;
};

// Keeps a run while it listens. A history that cannot be written is told once, as a Message of
// level Debug, and never fails the run.
class HistoryWriter {
 public:
  HistoryWriter(EventStream& events, Clock& clock, std::string folder, std::string arguments);
  ~HistoryWriter();  // a run that has not finished by then has failed
  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;

 private:
  void started(const RunStarted& event);
  void finished(const RunSummary& summary);
  void finish(const std::string& status, const std::vector<NodeRecord>& nodes);
  void give_up(const Error& error);

  EventStream& events_;
  Clock& clock_;
  std::string folder_;
  std::string arguments_;
  std::string id_;
  std::optional<RunHistory> history_;
  std::vector<Subscription> subscriptions_;
};

}  // namespace tarn::run
