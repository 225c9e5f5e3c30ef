// SPDX-License-Identifier: Apache-2.0
// Shows the events of a run on the terminal: lines as people know them from dbt, how far long nodes
// are, or one JSON object a line (`--log-format json`). On a terminal the progress is drawn again
// and again below the lines; elsewhere it is a plain line now and then.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/event.h"
#include "cli/terminal.h"
#include "run/events.h"
#include "run/report.h"

namespace tarn::cli {

enum class LogFormat { Text, Json };
enum class LogLevel { Debug, Info, Warning, Error, None };

struct RunOutputOptions {
  LogFormat format = LogFormat::Text;
  LogLevel level = LogLevel::Info;
  std::size_t line_width = 80;
  bool shows_prints = true;  // what print() of templates says, at any level
};

// Listens as long as it lives. Must not outlive the stream and the terminal.
class RunOutput {
 public:
  RunOutput(EventStream& events, Terminal& terminal, RunOutputOptions options, Clock& clock,
            std::string invocation_id);
  ~RunOutput();
  RunOutput(const RunOutput&) = delete;
  RunOutput& operator=(const RunOutput&) = delete;

 private:
  using Data = std::vector<std::pair<std::string, std::string>>;

  void started(const run::RunStarted& event);
  void node_started(const run::NodeStarted& event);
  void node_finished(const run::NodeFinished& event);
  void progressed(const run::RunProgressed& event);
  void message(const run::Message& event);
  void finished(const run::RunFinished& event);
  void show_failure(const run::NodeResult& result);

  void draw(const run::RunProgressed& event);
  // Takes what is drawn off the terminal.
  void erase();
  bool shows(LogLevel level) const { return level >= options_.level; }
  void line(const run::Line& line, LogLevel level);
  // With the time of day in front.
  void text(std::string_view text, LogLevel level = LogLevel::Info);
  void note(std::string_view text);
  // `data` are members of the JSON object behind `data`.
  void json(std::string_view name, LogLevel level, const std::string& text, const Data& data);
  std::string time_of_day() const;

  Terminal& terminal_;
  RunOutputOptions options_;
  Clock& clock_;
  std::string invocation_id_;
  std::size_t lines_drawn_ = 0;
  std::map<const project::Node*, double> next_plain_;  // seconds after which a node is told again
  std::vector<Subscription> subscriptions_;
};

}  // namespace tarn::cli
