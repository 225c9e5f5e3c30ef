// SPDX-License-Identifier: Apache-2.0
// What a migration is doing, on the terminal: one line that is drawn again and again, or plain
// lines now and then.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/event.h"
#include "cli/terminal.h"
#include "migrate/migration.h"

namespace tarn::cli {

class MigrateProgress {
 public:
  MigrateProgress(Terminal& terminal, const std::vector<migrate::TablePlan>& plans, Clock& clock);
  // Listens to the stream from here on; at most once.
  void listen(EventStream& events);
  ~MigrateProgress();
  MigrateProgress(const MigrateProgress&) = delete;
  MigrateProgress& operator=(const MigrateProgress&) = delete;

 private:
  void on_started(const migrate::TableStarted& event);
  void on_progress(const migrate::TableProgressed& event);
  void on_phase(const migrate::TablePhaseChanged& event);
  void on_finished(const migrate::TableFinished& event);
  void on_failed(const migrate::TableFailed& event);
  void draw(const std::string& line);
  void erase();
  std::string progress_line(std::int64_t rows, std::uint64_t bytes, std::int64_t now) const;

  Terminal& terminal_;
  const std::vector<migrate::TablePlan>& plans_;
  Clock& clock_;
  std::vector<Subscription> subscriptions_;
  std::size_t table_ = 0;
  std::int64_t started_ = 0;  // the run
  std::int64_t table_start_ = 0;
  std::int64_t last_line_ = 0;      // plain lines
  std::int64_t rows_before_ = 0;    // of finished tables
  std::int64_t expected_rows_ = 0;  // of all tables; 0: unknown
  bool is_drawn_ = false;
};

// `12s`, `3:05`, `1:02:03`.
std::string show_duration(std::int64_t micros);
// `public.t: failed: …`
std::string failure_line(const migrate::TableFailure& failure);
// `1 row`, `2,000 rows`.
std::string count_rows(std::int64_t rows);

}  // namespace tarn::cli
