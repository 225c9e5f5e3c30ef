// SPDX-License-Identifier: Apache-2.0
// run, build, test, seed, snapshot: the commands that execute nodes of a project.
#include <fmt/format.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/lake_access.h"
#include "cli/lakehouse_access.h"
#include "cli/project_options.h"
#include "cli/run_output.h"
#include "cli/terminal.h"
#include "project/data.h"
#include "run/open_warehouse.h"
#include "run/runner.h"

namespace tarn::cli {

namespace {

std::vector<Option> run_options() {
  Option format = value_option("log-format", "FORM", "lines of text, or JSON");
  format.default_text = "text";
  format.choices = {"text", "json"};
  return {Option{.name = "fail-fast", .letter = 'x', .help = "stop at the first failure"},
          flag_option("store-failures", "keep the rows that tests find in tables"),
          flag_option("as-dbt", "send every statement that dbt would, instead of fewer"),
          format,
          Option{.name = "quiet", .letter = 'q', .help = "only errors"},
          Option{.name = "debug", .letter = 'd', .help = "also what macros log"},
          lakehouse_option(),
          lake_option()};
}

std::string json_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    project::append_json_text(out, item);
  }
  return out + "]";
}

// What `retry` takes over.
std::vector<std::pair<std::string, std::string>> kept_arguments(const Invocation& call) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const char* name : {"select", "models", "exclude", "resource-type"}) {
    if (call.arguments.given(name)) out.emplace_back(name, json_list(call.arguments.list(name)));
  }
  for (const char* name : {"target", "profile", "vars", "selector"}) {
    if (!call.arguments.given(name)) continue;
    std::string text;
    project::append_json_text(text, call.arguments.text(name));
    out.emplace_back(name, text);
  }
  for (const char* name : {"full-refresh", "empty", "fail-fast", "store-failures"}) {
    if (call.arguments.flag(name)) out.emplace_back(name, "true");
  }
  return out;
}

lakehouse::OpenOptions lakehouse_options(const Invocation& call, const project::Project& project) {
  lakehouse::OpenOptions out;
  out.lakehouse = call.arguments.text("lakehouse");
  out.lake_folder = call.arguments.text("lake");
  out.start_folder = project.options.project_dir;
  return out;
}

Result<int> execute(const Invocation& call, run::Command command) {
  const std::string name(run::to_string(command));
  const auto project = TRY(open_project(call, name.c_str()));
  if (show_findings(call, project->diagnostics.items()) > 0) return 2;
  if (project::exit_code_of(*project) != 0) return 2;

  run::RunOptions options;
  options.command = command;
  options.selection = TRY(selection(call));
  options.threads = static_cast<std::size_t>(std::max<std::int64_t>(
      1, project->options.threads > 0 ? project->options.threads : project->profile.threads));
  options.fail_fast = call.arguments.flag("fail-fast");
  options.warn_error = call.arguments.flag("warn-error");
  options.write_json = !call.arguments.flag("no-write-json");
  options.as_dbt = call.arguments.flag("as-dbt");
  options.arguments = kept_arguments(call);

  Diagnostics findings;
  auto opened = run::open_warehouse(project->profile, lakehouse_options(call, *project), findings);
  show_findings(call, findings.items());
  const auto warehouse = TRY(std::move(opened));

  EventStream events;
  const RunOutput output(
      events, call.terminal,
      {.format = call.arguments.text("log-format") == "json" ? LogFormat::Json : LogFormat::Text,
       .quiet = call.arguments.flag("quiet"),
       .debug = call.arguments.flag("debug")},
      system_clock(), project->options.invocation_id);
  const auto summary =
      TRY(run::run_project(*project, *warehouse, options, events, system_clock(), &call.cancel));
  if (summary.cancelled) return 2;
  return run::exit_code_of(summary);
}

Command run_command(run::Command command, std::string summary, std::vector<std::string> examples) {
  Command out;
  out.name = std::string(run::to_string(command));
  out.summary = std::move(summary);
  out.description =
      "Exit code 0: all is well, 1: a node failed or was skipped, 2: nothing could be run, or "
      "Ctrl-C.";
  out.options = project_options() + select_options() + run_options();
  out.examples = std::move(examples);
  out.run = [command](const Invocation& call) { return execute(call, command); };
  out.group = "The project";
  return out;
}

}  // namespace

std::vector<Command> run_commands() {
  return {
      run_command(
          run::Command::Run, "Build the models",
          {"tarn run --select dl_customer_consume+", "tarn run --target trino --threads 4"}),
      run_command(run::Command::Snapshot, "Keep the history of source rows", {"tarn snapshot"}),
      run_command(run::Command::Test, "Run the tests", {"tarn test --select dl_customer_consume"}),
      run_command(run::Command::Seed, "Load CSV files as tables", {"tarn seed --full-refresh"}),
      run_command(run::Command::Build, "Seeds, snapshots, models and tests in their order",
                  {"tarn build --select +dl_customer_consume --fail-fast"}),
  };
}

}  // namespace tarn::cli
