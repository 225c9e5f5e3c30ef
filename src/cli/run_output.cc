// SPDX-License-Identifier: Apache-2.0
#include "cli/run_output.h"

#include <fmt/format.h>

#include <ctime>

#include "base/json_text.h"
#include "project/data.h"
#include "run/run_results.h"

namespace tarn::cli {

namespace {

constexpr std::size_t kLineWidth = 80;

Style style_of(run::Tone tone) {
  switch (tone) {
    case run::Tone::Good:
      return Style::Green;
    case run::Tone::Bad:
      return Style::Red;
    case run::Tone::Doubtful:
      return Style::Yellow;
    case run::Tone::Plain:
      break;
  }
  return Style::Plain;
}

std::string level_name(run::Message::Level level) {
  switch (level) {
    case run::Message::Level::Debug:
      return "debug";
    case run::Message::Level::Info:
      return "info";
    case run::Message::Level::Warning:
      return "warn";
    case run::Message::Level::Error:
      break;
  }
  return "error";
}

bool is_told_again(const run::NodeResult& result) {
  return run::is_failure(result.status) || result.status == run::NodeStatus::Warn;
}

}  // namespace

RunOutput::RunOutput(EventStream& events, Terminal& terminal, RunOutputOptions options,
                     Clock& clock, std::string invocation_id)
    : terminal_(terminal),
      options_(options),
      clock_(clock),
      invocation_id_(std::move(invocation_id)) {
  subscriptions_.push_back(
      events.subscribe<run::RunStarted>([this](const auto& event) { started(event); }));
  subscriptions_.push_back(
      events.subscribe<run::NodeStarted>([this](const auto& event) { node_started(event); }));
  subscriptions_.push_back(
      events.subscribe<run::NodeFinished>([this](const auto& event) { node_finished(event); }));
  subscriptions_.push_back(
      events.subscribe<run::Message>([this](const auto& event) { message(event); }));
  subscriptions_.push_back(
      events.subscribe<run::RunFinished>([this](const auto& event) { finished(event); }));
}

void RunOutput::started(const run::RunStarted& event) {
  const std::size_t count = event.plan->nodes.size();
  const std::string said =
      fmt::format("{} {}, {} {}, target {}", count, count == 1 ? "node" : "nodes", event.threads,
                  event.threads == 1 ? "thread" : "threads", event.target);
  json("MainReportVersion", "info", said,
       {{"command", std::string(run::to_string(event.command))}});
  if (count == 0) {
    text("Nothing to do. Try checking the selection and the project's nodes with `tarn ls`.");
  } else {
    text(said);
    text("");
  }
}

void RunOutput::node_started(const run::NodeStarted& event) {
  const auto shown = run::started_line(event);
  json("LogStartLine", "info", shown.text, {{"unique_id", std::string(event.node->unique_id)}});
  line(shown);
}

void RunOutput::node_finished(const run::NodeFinished& event) {
  if (event.index == 0) return;  // a hook: told only if it fails
  const auto shown = run::finished_line(event);
  const auto& result = *event.result;
  json("LogModelResult", run::is_failure(result.status) ? "error" : "info", shown.text,
       {{"unique_id", std::string(result.node->unique_id)},
        {"status", std::string(run::to_string(result.status))},
        {"message", result.message},
        {"execution_time", fmt::format("{:.6f}", result.seconds)}});
  if (options_.quiet && !run::is_failure(result.status)) return;
  line(shown);
}

void RunOutput::message(const run::Message& event) {
  if (event.level == run::Message::Level::Debug && !options_.debug) return;
  json("JinjaLog", level_name(event.level), event.text,
       {{"unique_id", event.node == nullptr ? "" : std::string(event.node->unique_id)}});
  if (options_.format == LogFormat::Json) return;
  if (event.level == run::Message::Level::Warning) {
    terminal_.warning(event.text);
  } else if (!options_.quiet) {
    text(event.text);
  }
}

void RunOutput::finished(const run::RunFinished& event) {
  const auto& summary = *event.summary;
  const std::string totals = run::totals_text(summary);
  json("StatsLine", "info", totals, {{"seconds", fmt::format("{:.6f}", summary.seconds)}});
  if (options_.format == LogFormat::Json || summary.results.empty()) return;
  if (!options_.quiet) {
    text("");
    text(run::finished_text(summary));
  }
  for (const auto& result : summary.results) {
    if (!is_told_again(result)) continue;
    terminal_.note("\n");
    const bool failed = run::is_failure(result.status);
    if (result.message.find(" in ") == std::string::npos || !failed ||
        result.status == run::NodeStatus::Fail) {
      terminal_.note(
          terminal_.paint(failed ? "Failure" : "Warning", failed ? Style::Red : Style::Yellow));
      terminal_.note(fmt::format(" in {} {} ({})\n  {}\n", project::to_string(result.node->type),
                                 result.node->name, result.node->original_path, result.message));
    } else {
      terminal_.note(result.message + "\n");
    }
    if (result.compiled) {
      terminal_.note(
          fmt::format("  compiled code below target/compiled/{}\n", result.node->package_name));
    }
  }
  if (!options_.quiet) {
    text("");
    text("Done. " + totals);
  }
}

void RunOutput::line(const run::Line& line) {
  if (options_.format == LogFormat::Json) return;
  if (options_.quiet && line.tone != run::Tone::Bad) return;
  const std::string laid = run::layout_line(line, kLineWidth);
  const std::size_t status = laid.rfind('[');
  text(laid.substr(0, status + 1) + terminal_.paint(line.status, style_of(line.tone)) + "]");
}

void RunOutput::text(std::string_view text) {
  if (options_.format == LogFormat::Json) return;
  if (options_.quiet) return terminal_.note(fmt::format("{}\n", text));
  terminal_.note(text.empty() ? "\n" : fmt::format("{}  {}\n", time_of_day(), text));
}

void RunOutput::json(std::string_view name, std::string_view level, const std::string& text,
                     const std::vector<std::pair<std::string, std::string>>& data) {
  if (options_.format != LogFormat::Json) return;
  std::string out = "{\"info\":{\"name\":";
  const auto add_text = [&](std::string_view value) { append_json_text(out, value); };
  add_text(name);
  out += ",\"level\":";
  add_text(level);
  out += ",\"msg\":";
  add_text(text);
  out += ",\"ts\":";
  add_text(run::artifact_time(clock_.now_micros()));
  out += ",\"invocation_id\":";
  add_text(invocation_id_);
  out += "},\"data\":{";
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (i > 0) out += ',';
    add_text(data[i].first);
    out += ':';
    add_text(data[i].second);
  }
  out += "}}\n";
  terminal_.out(out);
}

std::string RunOutput::time_of_day() const {
  const std::time_t now = clock_.now_micros() / 1'000'000;
  std::tm local{};
  localtime_r(&now, &local);
  return fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
}

}  // namespace tarn::cli
