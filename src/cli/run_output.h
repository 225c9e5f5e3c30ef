// SPDX-License-Identifier: Apache-2.0
// Shows the events of a run on the terminal: lines as people know them from dbt, or one JSON object
// a line (`--log-format json`).
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

struct RunOutputOptions {
  LogFormat format = LogFormat::Text;
  bool quiet = false;  // only errors and what print() says
  bool debug = false;  // texts of log() without `info`, too
};

// Listens as long as it lives. Must not outlive the stream and the terminal.
class RunOutput {
 public:
  RunOutput(EventStream& events, Terminal& terminal, RunOutputOptions options, Clock& clock,
            std::string invocation_id);

 private:
  void started(const run::RunStarted& event);
  void node_started(const run::NodeStarted& event);
  void node_finished(const run::NodeFinished& event);
  void message(const run::Message& event);
  void finished(const run::RunFinished& event);

  void line(const run::Line& line);
  void text(std::string_view text);
  // `data` are members of the JSON object behind `data`.
  void json(std::string_view name, std::string_view level, const std::string& text,
            const std::vector<std::pair<std::string, std::string>>& data);
  std::string time_of_day() const;

  Terminal& terminal_;
  RunOutputOptions options_;
  Clock& clock_;
  std::string invocation_id_;
  std::vector<Subscription> subscriptions_;
};

}  // namespace tarn::cli
