// SPDX-License-Identifier: Apache-2.0
// runs, runs show: what ran in a project, from the history in its target folder.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/inspect.h"
#include "cli/lake_access.h"
#include "cli/project_options.h"
#include "cli/text_table.h"
#include "run/run_history.h"
#include "run/run_results.h"

namespace tarn::cli {

namespace {

namespace json = boost::json;

constexpr std::size_t kShortIdLength = 8;

std::vector<Option> folder_options() {
  return {
      value_option("project-dir", "PATH", "folder of dbt_project.yml (default: the current one)"),
      value_option("target-path", "PATH", "folder of what was written (default: target)"),
      output_option()};
}

Result<run::RunHistory> open_history(const Invocation& call) {
  project::LoadOptions load;
  if (auto folder = call.arguments.optional("project-dir")) load.project_dir = *folder;
  load.target_path = call.arguments.text("target-path");
  const std::string folder =
      TRY(project::find_target_folder(load, project::disk_files(), project::system_environment()));
  return run::RunHistory::open_to_read(folder);
}

std::optional<double> seconds_of(const run::RunRecord& run) {
  if (!run.finished_micros) return std::nullopt;
  return static_cast<double>(*run.finished_micros - run.started_micros) / 1e6;
}

json::value arguments_of(const run::RunRecord& run) {
  auto parsed = parse_json(run.arguments);
  return parsed ? std::move(*parsed) : json::value(json::object());
}

// `--select a b --full-refresh`, as it would be typed.
std::string arguments_text(const run::RunRecord& run) {
  std::string out;
  const json::value arguments = arguments_of(run);
  if (!arguments.is_object()) return out;
  for (const auto& [name, value] : arguments.as_object()) {
    out += (out.empty() ? "--" : " --") + std::string(name);
    if (value.is_string()) out += " " + std::string(value.as_string());
    if (!value.is_array()) continue;
    for (const auto& item : value.as_array()) {
      if (item.is_string()) out += " " + std::string(item.as_string());
    }
  }
  return out;
}

std::string counts_text(const run::RunRecord& run) {
  std::vector<std::string> parts;
  for (const auto& [status, count] : run.counts)
    parts.push_back(fmt::format("{} {}", count, status));
  return join(parts, ", ");
}

json::object run_json(const run::RunRecord& run) {
  json::object counts;
  for (const auto& [status, count] : run.counts) counts[status] = count;
  const auto seconds = seconds_of(run);
  return {
      {"invocation_id", run.id},
      {"command", run.command},
      {"args", arguments_of(run)},
      {"target", run.target},
      {"started_at", run::artifact_time(run.started_micros)},
      {"finished_at", run.finished_micros ? json::value(run::artifact_time(*run.finished_micros))
                                          : json::value(nullptr)},
      {"seconds", seconds ? json::value(*seconds) : json::value(nullptr)},
      {"status", run.status},
      {"nodes", std::move(counts)}};
}

json::value or_null(const std::optional<std::int64_t>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::object node_json(const run::NodeRecord& node) {
  return {{"unique_id", node.unique_id},
          {"status", node.status},
          {"message", node.message},
          {"seconds", node.seconds},
          {"rows_affected", or_null(node.rows_affected)},
          {"failures", or_null(node.failures)},
          {"rows_read", node.work.rows_read},
          {"rows_written", node.work.rows_written},
          {"files_written", node.work.files_written},
          {"bytes_written", node.work.bytes_written}};
}

Result<int> list_runs(const Invocation& call) {
  const std::int64_t limit = TRY(call.arguments.number("limit", 1, 1'000'000));
  auto history = open_history(call);
  if (!history && history.error().code == ErrorCode::NotFound && !wants_json(call)) {
    call.terminal.note("no run has been kept yet\n");
    return 0;
  }
  std::vector<run::RunRecord> runs;
  if (history) {
    runs = TRY(history->list(limit));
  } else if (history.error().code != ErrorCode::NotFound) {
    return std::move(history).error();
  }
  if (wants_json(call)) {
    json::array array;
    for (const auto& run : runs) array.push_back(run_json(run));
    print_json(call, array);
    return 0;
  }
  TextTable table{{{"run"},
                   {"started"},
                   {"command"},
                   {"seconds", Align::Right},
                   {"status"},
                   {"nodes"},
                   {"target"}},
                  {}};
  for (const auto& run : runs) {
    const auto seconds = seconds_of(run);
    table.add({run.id.substr(0, kShortIdLength), show_time(run.started_micros / 1'000),
               std::string(trim(run.command + " " + arguments_text(run))),
               seconds ? std::optional(fmt::format("{:.1f}", *seconds)) : std::nullopt, run.status,
               counts_text(run), run.target});
  }
  call.terminal.out(format_table(table, call.terminal));
  return 0;
}

Result<int> show_run(const Invocation& call) {
  auto history = TRY(open_history(call));
  const auto run = TRY(history.find(call.arguments.text("run")));
  const auto nodes = TRY(history.nodes(run.id));
  if (wants_json(call)) {
    json::object object = run_json(run);
    json::array array;
    for (const auto& node : nodes) array.push_back(node_json(node));
    object["results"] = std::move(array);
    print_json(call, object);
    return 0;
  }
  const auto seconds = seconds_of(run);
  call.terminal.out(fmt::format(
      "run       {}\ncommand   {} {}\ntarget    {}\nstarted   {}\nseconds   {}\nstatus    {}\n\n",
      run.id, run.command, arguments_text(run), run.target, show_time(run.started_micros / 1'000),
      seconds ? fmt::format("{:.1f}", *seconds) : "-", run.status));
  TextTable table{{{"node"},
                   {"status"},
                   {"seconds", Align::Right},
                   {"rows", Align::Right},
                   {"read", Align::Right},
                   {"written", Align::Right},
                   {"files", Align::Right},
                   {"size", Align::Right},
                   {"message"}},
                  {}};
  for (const auto& node : nodes) {
    const auto rows = node.rows_affected ? node.rows_affected : node.failures;
    const auto line = node.message.substr(0, node.message.find('\n'));
    table.add({node.unique_id, node.status, fmt::format("{:.2f}", node.seconds),
               rows ? std::optional(human_count(*rows)) : std::nullopt,
               human_count(node.work.rows_read), human_count(node.work.rows_written),
               std::to_string(node.work.files_written),
               human_bytes(static_cast<std::uint64_t>(node.work.bytes_written)), line});
  }
  call.terminal.out(format_table(table, call.terminal));
  return 0;
}

}  // namespace

std::vector<Command> runs_commands() {
  Option limit = value_option("limit", "N", "runs at most");
  limit.default_text = "20";
  Command list;
  list.name = "runs";
  list.summary = "What ran in this project, newest first";
  list.description =
      "The last 500 runs are kept in `runs.db` in the target folder. Status `killed`: the run "
      "never "
      "came to its end.";
  list.options = folder_options() + std::vector<Option>{limit};
  list.run = list_runs;
  list.examples = {"tarn runs", "tarn runs --limit 100 --output json"};
  list.group = "The project";
  Command show;
  show.name = "runs show";
  show.summary = "The nodes of one run: status, time, rows, files";
  show.options = folder_options();
  show.positionals = {{.name = "run",
                       .arity = Arity::One,
                       .value_name = "RUN",
                       .help = "its id or the first characters of it (default: the last run)"}};
  show.run = show_run;
  show.examples = {"tarn runs show", "tarn runs show 5f3a --output json"};
  show.group = "The project";
  return {list, show};
}

}  // namespace tarn::cli
