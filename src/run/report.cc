// SPDX-License-Identifier: Apache-2.0
#include "run/report.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "base/text.h"
#include "project/config.h"
#include "project/project.h"

namespace tarn::run {

namespace {

using project::Node;
using project::ResourceType;

std::string_view materialization_of(const Node& node) {
  return project::config_value(node.type, node.config, "materialized").text();
}

std::string relation_label(const Node& node) {
  return fmt::format("{}.{}", node.schema, node.alias);
}

bool is_test_node(const Node& node) {
  return node.type == ResourceType::Test || node.type == ResourceType::UnitTest;
}

// What a clone is a view of.
std::string clone_label(const Node& node) {
  return fmt::format("{} {}", project::to_string(node.type), relation_label(node));
}

// `created sql table model shop.orders`, behind OK; with `failed` behind ERROR.
std::string action_text(Command command, const Node& node, bool failed) {
  if (command == Command::Clone) {
    return fmt::format("{} {}", failed ? "cloning" : "cloned", clone_label(node));
  }
  switch (node.type) {
    case ResourceType::Snapshot:
      return fmt::format("{} {}", failed ? "snapshotting" : "snapshotted", relation_label(node));
    case ResourceType::Seed:
      return fmt::format("{} {}", failed ? "loading" : "loaded", node_label(node));
    case ResourceType::Model:
      return fmt::format("{} {}", failed ? "creating" : "created", node_label(node));
    default:
      return node_label(node);
  }
}

std::string plural(std::size_t count, std::string_view noun) {
  if (count == 1) return fmt::format("1 {}", noun);
  if (noun.ends_with("s") || noun.ends_with("y")) {
    const bool ends_in_y = noun.ends_with("y");
    return fmt::format("{} {}{}", count, ends_in_y ? noun.substr(0, noun.size() - 1) : noun,
                       ends_in_y ? "ies" : "");
  }
  return fmt::format("{} {}s", count, noun);
}

std::string join(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) {
    if (!out.empty()) out += ", ";
    out += part;
  }
  return out;
}

// The noun under which a result is counted.
std::string count_noun(const Node& node) {
  switch (node.type) {
    case ResourceType::Model:
      return fmt::format("{} model", materialization_of(node));
    case ResourceType::Test:
      return "data test";
    case ResourceType::UnitTest:
      return "unit test";
    case ResourceType::Operation:
      return "project hook";
    case ResourceType::SavedQuery:
      return "saved query";
    default:
      return std::string(project::to_string(node.type));
  }
}

// `(3 files, 1.2 MB) ` behind what the database said; empty if no file was written.
std::string files_text(const warehouse::Work& work) {
  if (work.files_written == 0) return {};
  return fmt::format("({}, {}) ", plural(static_cast<std::size_t>(work.files_written), "file"),
                     human_bytes(static_cast<std::uint64_t>(work.bytes_written)));
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3'600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3'600, whole / 60 % 60, whole % 60);
}

std::string progress(std::size_t index, std::size_t total) {
  const auto width = fmt::formatted_size("{}", total);
  return fmt::format("{:>{}} of {}", index, width, total);
}

}  // namespace

std::string node_label(const Node& node) {
  switch (node.type) {
    case ResourceType::Model:
      return fmt::format("{} {} model {}", node.language, materialization_of(node),
                         relation_label(node));
    case ResourceType::Snapshot:
      return fmt::format("snapshot {}", relation_label(node));
    case ResourceType::Seed:
      return fmt::format("seed file {}", relation_label(node));
    case ResourceType::Test:
      return fmt::format("test {}", node.name);
    case ResourceType::UnitTest:
      return fmt::format("unit_test {}", node.name);
    case ResourceType::Source:
      return fmt::format("freshness of {}.{}", node.body.get("source_name").text(), node.name);
    case ResourceType::Operation:
      return fmt::format("hook {}", node.name);
    case ResourceType::SavedQuery:
      return fmt::format("saved query {}", node.name);
    default:
      return fmt::format("{} {}", project::to_string(node.type), node.name);
  }
}

Line started_line(const NodeStarted& event) {
  const std::string place = progress(event.index, event.total);
  if (event.command == Command::Clone) {
    return {fmt::format("{} START clone of {}", place, clone_label(*event.node)), "RUN",
            Tone::Plain};
  }
  return {fmt::format("{} START {}", place, node_label(*event.node)), "RUN", Tone::Plain};
}

Line finished_line(const NodeFinished& event) {
  const NodeResult& result = *event.result;
  const Node& node = *result.node;
  const std::string place = progress(event.index, event.total);
  const std::string time = fmt::format("{}in {:.2f}s", files_text(result.work), result.seconds);
  const std::string count = fmt::format("{}", result.failures.value_or(0));
  const auto with_time = [&](std::string_view text) { return fmt::format("{} {}", text, time); };
  if (node.type == ResourceType::Source) {
    const std::string word = to_upper(to_string(result.status));
    return {fmt::format("{} {} {}", place, word, node_label(node)), with_time(word),
            is_failure(result.status)           ? Tone::Bad
            : result.status == NodeStatus::Warn ? Tone::Doubtful
                                                : Tone::Good};
  }
  switch (result.status) {
    case NodeStatus::Success: {
      // A clone of what is not there has a message only.
      const std::string& said =
          result.response.message.empty() ? result.message : result.response.message;
      return {fmt::format("{} OK {}", place, action_text(event.command, node, false)),
              with_time(said.empty() ? "OK" : said), Tone::Good};
    }
    case NodeStatus::NoOp:
      return {fmt::format("{} NO-OP {}", place, node_label(node)),
              with_time(result.message.empty() ? "NO-OP" : result.message),
              is_idle(node) ? Tone::Doubtful : Tone::Good};
    case NodeStatus::Pass:
      return {fmt::format("{} PASS {}", place, node.name), with_time("PASS"), Tone::Good};
    case NodeStatus::Warn:
      return {fmt::format("{} WARN {} {}", place, count, node.name),
              with_time(fmt::format("WARN {}", count)), Tone::Doubtful};
    case NodeStatus::Fail:
      return {fmt::format("{} FAIL {} {}", place, count, node.name),
              with_time(fmt::format("FAIL {}", count)), Tone::Bad};
    case NodeStatus::Skipped:
      return {fmt::format("{} SKIP {}", place,
                          is_idle(node)        ? node_label(node)
                          : is_test_node(node) ? fmt::format("test {}", node.name)
                                               : fmt::format("relation {}", relation_label(node))),
              "SKIP", Tone::Doubtful};
    case NodeStatus::PartialSuccess:
      return {fmt::format("{} PARTIAL SUCCESS {}", place, action_text(event.command, node, false)),
              with_time("PARTIAL SUCCESS"), Tone::Bad};
    case NodeStatus::Error:
    case NodeStatus::RuntimeError:
      break;
  }
  return {fmt::format("{} ERROR {}", place, action_text(event.command, node, true)),
          with_time("ERROR"), Tone::Bad};
}

std::string running_text(const RunProgressed::Running& node, std::size_t total) {
  std::string out =
      fmt::format("{} RUNNING {}", progress(node.index, total), node_label(*node.node));
  const auto rows = [&](std::int64_t count, std::string_view what) {
    if (count > 0) out += fmt::format(", {} rows {}", human_count(count), what);
  };
  rows(node.work.rows_read, "read");
  rows(node.work.rows_written, "written");
  if (node.work.files_written > 0) {
    out += ", " + plural(static_cast<std::size_t>(node.work.files_written), "file");
  }
  return out + ", " + duration_text(node.seconds);
}

std::string layout_line(const Line& line, std::size_t width) {
  const std::size_t used = line.text.size() + 1;
  const std::size_t dots = used + 3 < width ? width - used : 3;
  return fmt::format("{} {} [{}]", line.text, std::string(dots, '.'), line.status);
}

std::string found_text(const project::Project& project) {
  std::map<ResourceType, std::size_t> counts;
  for (const Node& node : project.nodes) ++counts[node.type];
  std::vector<std::string> parts;
  for (const auto& [type, count] : counts) {
    const std::string_view noun = type == ResourceType::Test        ? "data test"
                                  : type == ResourceType::UnitTest  ? "unit test"
                                  : type == ResourceType::Operation ? "project hook"
                                                                    : project::to_string(type);
    parts.push_back(plural(count, noun));
  }
  parts.push_back(plural(project.macros.size(), "macro"));
  return "Found " + join(parts);
}

std::string finished_text(const RunSummary& summary) {
  std::map<std::string, std::size_t> counts;
  for (const NodeResult& result : summary.results) ++counts[count_noun(*result.node)];
  std::vector<std::string> parts;
  for (const auto& [noun, count] : counts) parts.push_back(plural(count, noun));
  return fmt::format("Finished running {} in {:.2f} s", join(parts), summary.seconds);
}

std::string totals_text(const RunSummary& summary) {
  std::size_t pass = 0, warn = 0, error = 0, skip = 0, no_op = 0, partial = 0;
  for (const NodeResult& result : summary.results) {
    switch (result.status) {
      case NodeStatus::Success:
      case NodeStatus::Pass:
        ++pass;
        break;
      case NodeStatus::Warn:
        ++warn;
        break;
      case NodeStatus::Skipped:
        ++skip;
        break;
      case NodeStatus::NoOp:
        ++no_op;
        break;
      case NodeStatus::PartialSuccess:
        ++partial;
        break;
      case NodeStatus::Error:
      case NodeStatus::Fail:
      case NodeStatus::RuntimeError:
        ++error;
        break;
    }
  }
  std::string out = fmt::format("PASS={} WARN={} ERROR={} SKIP={} NO-OP={} TOTAL={}", pass, warn,
                                error, skip, no_op, summary.results.size());
  if (partial > 0) out += fmt::format(" PARTIAL={}", partial);
  return out;
}

std::string publication_text(const RunSummary& summary) {
  if (summary.is_published) return "Published together.";
  if (!summary.is_atomic || summary.not_published_because.empty()) return {};
  return fmt::format("Nothing was published, since {}.", summary.not_published_because);
}

std::string next_step_text(const RunSummary& summary) {
  std::size_t open = 0;
  const NodeResult* failed = nullptr;
  for (const NodeResult& result : summary.results) {
    const bool is_hook = result.node->type == ResourceType::Operation;
    if (!is_failure(result.status) && result.status != NodeStatus::Skipped) continue;
    if (!is_hook) ++open;
    if (failed == nullptr && is_failure(result.status)) failed = &result;
  }
  if (open == 0 && !summary.cancelled) return {};
  std::string out;
  if (failed != nullptr && failed->status == NodeStatus::Fail && !failed->compiled_file.empty()) {
    out = fmt::format("The rows that a test found: tarn show --select {}\n", failed->node->name);
  }
  if (open == 0) return out;
  const std::string what = summary.is_atomic ? "the whole selection"
                           : open == 1
                               ? "the node that failed or was skipped"
                               : fmt::format("the {} nodes that failed or were skipped", open);
  return out + fmt::format("Next: tarn retry  (runs {} again)", what);
}

}  // namespace tarn::run
