// SPDX-License-Identifier: Apache-2.0
#include "cli/run_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/json_text.h"
#include "base/text.h"
#include "project/data.h"
#include "run/run_results.h"

namespace tarn::cli {

namespace {

constexpr double kDrawnAfterSeconds = 1;
constexpr double kPlainEverySeconds = 10;
constexpr std::size_t kNodesDrawnMax = 6;

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

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return "debug";
    case LogLevel::Info:
      return "info";
    case LogLevel::Warning:
      return "warn";
    case LogLevel::Error:
    case LogLevel::None:
      break;
  }
  return "error";
}

LogLevel level_of(run::Message::Level level) {
  switch (level) {
    case run::Message::Level::Debug:
      return LogLevel::Debug;
    case run::Message::Level::Info:
    case run::Message::Level::Print:
      return LogLevel::Info;
    case run::Message::Level::Warning:
      return LogLevel::Warning;
    case run::Message::Level::Error:
      break;
  }
  return LogLevel::Error;
}

LogLevel level_of(run::NodeStatus status) {
  if (run::is_failure(status)) return LogLevel::Error;
  return status == run::NodeStatus::Warn ? LogLevel::Warning : LogLevel::Info;
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
      events.subscribe<run::RunProgressed>([this](const auto& event) { progressed(event); }));
  subscriptions_.push_back(
      events.subscribe<run::Message>([this](const auto& event) { message(event); }));
  subscriptions_.push_back(
      events.subscribe<run::RunFinished>([this](const auto& event) { finished(event); }));
}

RunOutput::~RunOutput() {
  subscriptions_.clear();
  erase();
}

void RunOutput::started(const run::RunStarted& event) {
  const std::size_t count = event.plan->nodes.size();
  const std::string said =
      fmt::format("{} {}, {} {}, target {}", count, count == 1 ? "node" : "nodes", event.threads,
                  event.threads == 1 ? "thread" : "threads", event.target);
  json("MainReportVersion", LogLevel::Info, said,
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
  json("LogStartLine", LogLevel::Info, shown.text,
       {{"unique_id", std::string(event.node->unique_id)}});
  line(shown, LogLevel::Info);
}

void RunOutput::node_finished(const run::NodeFinished& event) {
  next_plain_.erase(event.result->node);
  if (event.index == 0) return;  // a hook: told only if it fails
  const auto shown = run::finished_line(event);
  const auto& result = *event.result;
  const LogLevel level = level_of(result.status);
  json("LogModelResult", level, shown.text,
       {{"unique_id", std::string(result.node->unique_id)},
        {"status", std::string(run::to_string(result.status))},
        {"message", result.message},
        {"execution_time", fmt::format("{:.6f}", result.seconds)},
        {"rows_read", std::to_string(result.work.rows_read)},
        {"rows_written", std::to_string(result.work.rows_written)},
        {"files_written", std::to_string(result.work.files_written)},
        {"bytes_written", std::to_string(result.work.bytes_written)}});
  line(shown, level);
}

void RunOutput::progressed(const run::RunProgressed& event) {
  if (options_.format == LogFormat::Text && terminal_.options().interactive_err) {
    if (shows(LogLevel::Info)) draw(event);
    return;
  }
  for (const auto& node : event.nodes) {
    double& next = next_plain_.try_emplace(node.node, kPlainEverySeconds).first->second;
    if (node.seconds < next) continue;
    next = node.seconds + kPlainEverySeconds;
    const std::string said = run::running_text(node, event.total);
    json("NodeProgress", LogLevel::Info, said,
         {{"unique_id", std::string(node.node->unique_id)},
          {"rows_read", std::to_string(node.work.rows_read)},
          {"rows_written", std::to_string(node.work.rows_written)},
          {"files_written", std::to_string(node.work.files_written)},
          {"bytes_written", std::to_string(node.work.bytes_written)},
          {"seconds", fmt::format("{:.3f}", node.seconds)}});
    text(said);
  }
}

void RunOutput::draw(const run::RunProgressed& event) {
  const auto width = static_cast<std::size_t>(std::max(terminal_.options().width - 1, 20));
  std::vector<std::string> lines;
  std::size_t more = 0;
  for (const auto& node : event.nodes) {
    if (node.seconds < kDrawnAfterSeconds) continue;
    if (lines.size() == kNodesDrawnMax) {
      ++more;
      continue;
    }
    const std::string said = run::running_text(node, event.total);
    lines.push_back(terminal_.paint_note(utf8_prefix(said, width), Style::Dim));
  }
  if (more > 0) lines.push_back(fmt::format("and {} more", more));
  // One write, so that nothing flickers.
  std::string out;
  if (lines_drawn_ > 0) out += fmt::format("\r\033[{}A", lines_drawn_);
  for (const auto& shown : lines) out += "\033[K" + shown + "\n";
  if (lines.size() < lines_drawn_) out += "\033[J";
  lines_drawn_ = lines.size();
  if (!out.empty()) terminal_.note(out);
}

void RunOutput::erase() {
  if (lines_drawn_ == 0) return;
  terminal_.note(fmt::format("\r\033[{}A\033[J", lines_drawn_));
  lines_drawn_ = 0;
}

void RunOutput::message(const run::Message& event) {
  const bool is_print = event.level == run::Message::Level::Print;
  if (is_print && !options_.shows_prints) return;
  const LogLevel level = level_of(event.level);
  json(is_print ? "PrintEvent" : "JinjaLog", is_print ? LogLevel::Error : level, event.text,
       {{"unique_id", event.node == nullptr ? "" : std::string(event.node->unique_id)}});
  if (options_.format == LogFormat::Json) return;
  if (is_print) {
    erase();
    terminal_.out(event.text + "\n");
  } else if (event.level == run::Message::Level::Warning) {
    if (!shows(LogLevel::Warning)) return;
    erase();
    terminal_.warning(event.text);
  } else {
    text(event.text, level);
  }
}

void RunOutput::show_failure(const run::NodeResult& result) {
  const bool failed = run::is_failure(result.status);
  if (!shows(level_of(result.status))) return;
  note("\n");
  // Messages of failures that carry their own head begin with it.
  if (failed && result.status != run::NodeStatus::Fail &&
      result.message.find(" in ") != std::string::npos) {
    note(result.message + "\n");
    return;
  }
  note(terminal_.paint_note(failed ? "Failure" : "Warning", failed ? Style::Red : Style::Yellow));
  note(fmt::format(" in {} {} ({})\n  {}\n", project::to_string(result.node->type),
                   result.node->name, result.node->original_path, result.message));
  if (!result.compiled_file.empty()) note(fmt::format("  compiled: {}\n", result.compiled_file));
}

void RunOutput::finished(const run::RunFinished& event) {
  erase();
  const auto& summary = *event.summary;
  const std::string totals = run::totals_text(summary);
  const std::string published = run::publication_text(summary);
  json("StatsLine", LogLevel::Info, totals,
       {{"seconds", fmt::format("{:.6f}", summary.seconds)}, {"publication", published}});
  if (options_.format == LogFormat::Json || summary.results.empty()) return;
  text("");
  text(run::finished_text(summary));
  for (const auto& result : summary.results) {
    if (is_told_again(result)) show_failure(result);
  }
  const std::string next = run::next_step_text(summary);
  if (!published.empty() || !next.empty()) text("");
  if (!published.empty()) text(published, summary.is_published ? LogLevel::Info : LogLevel::Error);
  for (const auto step : split(next, '\n')) {
    if (!step.empty()) text(step);
  }
  text("");
  text("Done. " + totals);
}

void RunOutput::line(const run::Line& line, LogLevel level) {
  if (options_.format == LogFormat::Json || !shows(level)) return;
  const std::string laid = run::layout_line(line, options_.line_width);
  const std::size_t status = laid.rfind('[');
  text(laid.substr(0, status + 1) + terminal_.paint_note(line.status, style_of(line.tone)) + "]",
       level);
}

void RunOutput::text(std::string_view text, LogLevel level) {
  if (options_.format == LogFormat::Json || !shows(level)) return;
  note(text.empty() ? "\n" : fmt::format("{}  {}\n", time_of_day(), text));
}

void RunOutput::note(std::string_view text) {
  erase();
  terminal_.note(text);
}

void RunOutput::json(std::string_view name, LogLevel level, const std::string& text,
                     const Data& data) {
  if (options_.format != LogFormat::Json || !shows(level)) return;
  std::string out = "{\"info\":{\"name\":";
  const auto add_text = [&](std::string_view value) { append_json_text(out, value); };
  add_text(name);
  out += ",\"level\":";
  add_text(level_name(level));
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
  terminal_.flush();  // others may be waiting for the line
}

std::string RunOutput::time_of_day() const {
  const std::time_t now = clock_.now_micros() / 1'000'000;
  std::tm local{};
  localtime_r(&now, &local);
  return fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
}

}  // namespace tarn::cli
