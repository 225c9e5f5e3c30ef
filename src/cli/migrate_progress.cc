// SPDX-License-Identifier: Apache-2.0
#include "cli/migrate_progress.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "base/time.h"

namespace tarn::cli {
namespace {

constexpr std::int64_t kPlainLineMicros = 5 * kMicrosPerSecond;

std::int64_t rate(std::int64_t amount, std::int64_t micros) {
  return micros <= 0 ? 0 : amount * kMicrosPerSecond / micros;
}

}  // namespace

std::string count_rows(std::int64_t rows) {
  return human_count(rows) + (rows == 1 ? " row" : " rows");
}

std::string failure_line(const migrate::TableFailure& failure) {
  return fmt::format("{}: failed: {}\n", migrate::show_name(failure.source),
                     mask_secrets(describe(failure.error)));
}

std::string show_duration(std::int64_t micros) {
  const std::int64_t seconds = micros / kMicrosPerSecond;
  if (seconds < 10) return fmt::format("{:.1f} s", static_cast<double>(micros) / 1e6);
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

MigrateProgress::MigrateProgress(Terminal& terminal, const std::vector<migrate::TablePlan>& plans,
                                 Clock& clock)
    : terminal_(terminal), plans_(plans), clock_(clock), started_(clock.now_micros()) {
  for (const auto& plan : plans) {
    if (plan.action == migrate::TableAction::Skip) continue;
    if (!plan.source.row_estimate || !plan.where.empty()) {
      expected_rows_ = 0;
      return;
    }
    expected_rows_ += *plan.source.row_estimate;
  }
}

void MigrateProgress::listen(EventStream& events) {
  subscriptions_.push_back(events.subscribe<migrate::TableStarted>(
      [this](const migrate::TableStarted& event) { on_started(event); }));
  subscriptions_.push_back(events.subscribe<migrate::TableProgressed>(
      [this](const migrate::TableProgressed& event) { on_progress(event); }));
  subscriptions_.push_back(events.subscribe<migrate::TablePhaseChanged>(
      [this](const migrate::TablePhaseChanged& event) { on_phase(event); }));
  subscriptions_.push_back(events.subscribe<migrate::TableFinished>(
      [this](const migrate::TableFinished& event) { on_finished(event); }));
  subscriptions_.push_back(events.subscribe<migrate::TableFailed>(
      [this](const migrate::TableFailed& event) { on_failed(event); }));
}

MigrateProgress::~MigrateProgress() {
  subscriptions_.clear();
  erase();
}

void MigrateProgress::erase() {
  if (is_drawn_) terminal_.note("\r\033[K");
  is_drawn_ = false;
}

void MigrateProgress::draw(const std::string& line) {
  const auto width = static_cast<std::size_t>(std::max(terminal_.options().width - 1, 20));
  terminal_.note("\r\033[K" + std::string(utf8_prefix(line, width)));
  is_drawn_ = true;
}

std::string MigrateProgress::progress_line(std::int64_t rows, std::uint64_t bytes,
                                           std::int64_t now) const {
  const auto& plan = plans_[table_];
  std::string line = migrate::show_name(plan.source.id) + "  " + human_count(rows);
  const bool is_known = plan.source.row_estimate && plan.where.empty();
  if (is_known && *plan.source.row_estimate > 0) {
    const double share = static_cast<double>(rows) / static_cast<double>(*plan.source.row_estimate);
    line += fmt::format(" of about {} rows  {:.0f} %", human_count(*plan.source.row_estimate),
                        std::min(share * 100, 100.0));
  } else {
    line += " rows";
  }
  const std::int64_t spent = now - table_start_;
  line += fmt::format("  {} read  {} rows/s", human_bytes(bytes), human_count(rate(rows, spent)));
  const std::int64_t all = rows_before_ + rows;
  if (expected_rows_ > all && all > 0 && now > started_) {
    const double left = static_cast<double>(expected_rows_ - all) *
                        static_cast<double>(now - started_) / static_cast<double>(all);
    line += "  " + show_duration(static_cast<std::int64_t>(left)) + " left";
    if (plans_.size() > 1) line += " in all";
  }
  if (plans_.size() > 1) line += fmt::format("  table {} of {}", table_ + 1, plans_.size());
  return line;
}

void MigrateProgress::on_started(const migrate::TableStarted& event) {
  table_ = event.table;
  table_start_ = last_line_ = clock_.now_micros();
  if (terminal_.options().interactive_err) return draw(progress_line(0, 0, table_start_));
  terminal_.note(fmt::format("{}: started\n", migrate::show_name(event.plan->source.id)));
}

void MigrateProgress::on_progress(const migrate::TableProgressed& event) {
  const std::int64_t now = clock_.now_micros();
  if (terminal_.options().interactive_err) {
    return draw(progress_line(event.rows, event.bytes, now));
  }
  if (now - last_line_ < kPlainLineMicros) return;
  last_line_ = now;
  terminal_.note(progress_line(event.rows, event.bytes, now) + "\n");
}

void MigrateProgress::on_phase(const migrate::TablePhaseChanged& event) {
  if (!terminal_.options().interactive_err) return;
  const char* what = event.phase == migrate::TablePhase::Verifying    ? "verifying"
                     : event.phase == migrate::TablePhase::Committing ? "committing"
                                                                      : "writing";
  draw(fmt::format("{}  {}", migrate::show_name(plans_[event.table].source.id), what));
}

void MigrateProgress::on_finished(const migrate::TableFinished& event) {
  erase();
  const auto& report = *event.report;
  rows_before_ += report.rows;
  terminal_.note(fmt::format(
      "{}: {} in {} ({} rows/s){}\n", migrate::show_name(report.plan->source.id),
      count_rows(report.rows), show_duration(report.micros),
      human_count(rate(report.rows, report.micros)), report.is_verified ? ", verified" : ""));
}

void MigrateProgress::on_failed(const migrate::TableFailed& event) {
  erase();
  if (plans_.size() > 1) terminal_.note(failure_line(*event.failure));  // else it is the summary
}

}  // namespace tarn::cli
