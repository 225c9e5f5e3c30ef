// SPDX-License-Identifier: Apache-2.0
// The commands of a project that need its warehouse.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_text.h"
#include "cli/commands.h"
#include "cli/lake_access.h"
#include "cli/lakehouse_access.h"
#include "cli/project_options.h"
#include "cli/project_warehouse.h"
#include "cli/row_output.h"
#include "cli/run_output.h"
#include "cli/terminal.h"
#include "project/commands.h"
#include "project/compile.h"
#include "project/data.h"
#include "project/microbatch.h"
#include "project/sample.h"
#include "project/version_check.h"
#include "run/catalog.h"
#include "run/lineage.h"
#include "run/lineage_text.h"
#include "run/open_warehouse.h"
#include "run/run_history.h"
#include "run/run_results.h"
#include "run/runner.h"
#include "run/show.h"

namespace tarn::cli {

namespace {

std::vector<Option> run_options() {
  return {
      with_variable(flag_option("store-failures", "keep the rows that tests find in tables"),
                    {"DBT_STORE_FAILURES"}),
      with_variable(value_option("event-time-start", "TIME", "microbatch models: from here"),
                    {"DBT_EVENT_TIME_START"}),
      with_variable(value_option("event-time-end", "TIME", "microbatch models: up to here"),
                    {"DBT_EVENT_TIME_END"}),
      flag_option("as-dbt", "send every statement that dbt would, instead of fewer"),
      flag_option("atomic", "publish all that the run makes in the lake at its end, or nothing"),
      lakehouse_option(),
      lake_option()};
}

std::vector<Option> retry_options() {
  return {with_variable(value_option("state", "PATH", "folder of an earlier manifest.json"),
                        {"DBT_STATE"})};
}

// The first rows of what `seed --show` loaded.
Result<void> show_seeds(const Invocation& call, const project::Project& project,
                        warehouse::Warehouse& warehouse, const run::RunSummary& summary) {
  constexpr std::int64_t kRowsShown = 10;
  run::ShowOptions options;
  options.limit = kRowsShown;
  for (const auto& result : summary.results) {
    if (result.node->type != project::ResourceType::Seed ||
        result.status != run::NodeStatus::Success) {
      continue;
    }
    options.selection.select = {"fqn:" + fmt::format("{}", fmt::join(result.node->fqn, "."))};
    for (const auto& rows : TRY(run::show_rows(project, warehouse, options, &call.cancel))) {
      call.terminal.note(fmt::format("First rows of {}:\n", result.node->relation_name));
      call.terminal.out(rows_table(rows.answer, call.terminal));
    }
  }
  return {};
}

std::string json_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    append_json_text(out, item);
  }
  return out + "]";
}

// What `retry` takes over.
std::vector<std::pair<std::string, std::string>> kept_arguments(const Invocation& call) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const char* name : {"select", "models", "exclude", "resource-type"}) {
    if (call.arguments.given(name)) out.emplace_back(name, json_list(call.arguments.list(name)));
  }
  for (const char* name : {"target", "profile", "vars", "selector", "state", "defer-state",
                           "sample", "warn-error-options"}) {
    if (!declares(call.command, name) || !call.arguments.given(name)) continue;
    std::string text;
    append_json_text(text, call.arguments.text(name));
    out.emplace_back(name, text);
  }
  for (const char* name : {"full-refresh", "empty", "fail-fast", "store-failures", "defer",
                           "favor-state", "warn-error", "atomic"}) {
    if (declares(call.command, name) && call.arguments.flag(name)) out.emplace_back(name, "true");
  }
  return out;
}

// Prints findings; nullptr if there are errors among them.
Result<std::unique_ptr<project::Project>> sound_project(const Invocation& call,
                                                        const char* command) {
  auto project = TRY(open_project(call, command));
  show_findings(call, project->diagnostics.items());
  if (project::exit_code_of(*project) != 0) return std::unique_ptr<project::Project>();
  return project;
}

std::size_t threads_of(const project::Project& project) {
  const std::int64_t wanted =
      project.options.threads > 0 ? project.options.threads : project.profile.threads;
  return static_cast<std::size_t>(std::max<std::int64_t>(1, wanted));
}

Result<RunOutputOptions> output_options(const Invocation& call) {
  const auto& arguments = call.arguments;
  RunOutputOptions out;
  if (arguments.text("log-format") == "json") out.format = LogFormat::Json;
  const std::string& level = arguments.text("log-level");
  out.level = level == "debug"   ? LogLevel::Debug
              : level == "warn"  ? LogLevel::Warning
              : level == "error" ? LogLevel::Error
              : level == "none"  ? LogLevel::None
                                 : LogLevel::Info;
  if (arguments.flag("debug")) out.level = LogLevel::Debug;
  if (arguments.flag("quiet")) out.level = std::max(out.level, LogLevel::Error);
  out.shows_prints = arguments.flag("print");
  if (arguments.given("printer-width")) {
    out.line_width = static_cast<std::size_t>(TRY(arguments.number("printer-width", 1, 1000)));
  }
  return out;
}

// For the history: a JSON object.
std::string arguments_json(const std::vector<std::pair<std::string, std::string>>& arguments) {
  std::string out = "{";
  for (const auto& [name, value] : arguments) {
    if (out.size() > 1) out += ',';
    append_json_text(out, name);
    out += ':' + value;
  }
  return out + "}";
}

Result<int> execute(const Invocation& call, const project::Project& project,
                    run::RunOptions options) {
  options.threads = threads_of(project);
  const auto& flags = project.root().file.flags;
  options.fail_fast = call.arguments.choice("fail-fast").value_or(flags.get("fail_fast").truthy());
  const auto writes = flags.get("write_json");
  options.write_json =
      call.arguments.choice("write-json").value_or(writes.is_null() || writes.truthy());
  options.as_dbt = call.arguments.flag("as-dbt");
  options.atomic = options.atomic || call.arguments.flag("atomic");
  if (const auto time = call.arguments.optional("event-time-start")) {
    options.event_time_start = TRY(project::parse_event_time(*time));
  }
  if (const auto time = call.arguments.optional("event-time-end")) {
    options.event_time_end = TRY(project::parse_event_time(*time));
  }
  const auto warehouse = TRY(warehouse_of(call, project));
  EventStream events;
  const RunOutput output(events, call.terminal, TRY(output_options(call)), system_clock(),
                         project.options.invocation_id);
  std::optional<run::HistoryWriter> history;
  if (options.write_json) {
    history.emplace(events, system_clock(), project.target_folder(),
                    arguments_json(options.arguments));
  }
  const auto summary =
      TRY(run::run_project(project, *warehouse, options, events, system_clock(), &call.cancel));
  if (summary.cancelled) return 2;
  if (declares(call.command, "show") && call.arguments.flag("show")) {
    TRY(show_seeds(call, project, *warehouse, summary));
  }
  return run::exit_code_of(summary);
}

Result<int> execute_selected(const Invocation& call, run::Command command) {
  const std::string name(run::to_string(command));
  const auto project = TRY(sound_project(call, name.c_str()));
  if (project == nullptr) return 2;
  run::RunOptions options;
  if (command == run::Command::Freshness) options.freshness_file = call.arguments.text("output");
  options.command = command;
  options.selection = TRY(selection(call));
  options.deferral = defer_flags(call);
  options.arguments = kept_arguments(call);
  return execute(call, *project, std::move(options));
}

// What is given now counts before what the repeated run had.
void override_deferral(const Invocation& call, run::RunOptions& options) {
  const auto& arguments = call.arguments;
  auto& flags = options.deferral;
  flags.defer = arguments.choice("defer").value_or(flags.defer);
  flags.favor_state = arguments.choice("favor-state").value_or(flags.favor_state);
  if (arguments.given("defer-state")) flags.state = arguments.text("defer-state");
  if (arguments.given("state")) options.selection.state = arguments.text("state");
}

Result<int> run_retry(const Invocation& call) {
  auto load = TRY(load_options(call, "retry"));
  const std::string folder =
      TRY(project::find_target_folder(load, project::disk_files(), project::system_environment()));
  const auto text = read_file(project::join_path(folder, "run_results.json"));
  if (!text) {
    return not_found("there is no run to repeat: {}/run_results.json is missing", folder);
  }
  const auto previous = TRY(run::read_run_results(*text));
  const auto command = run::parse_command(previous.command);
  if (!command) {
    return unsupported("the last command was `{}`, which cannot be retried", previous.command);
  }
  run::RunOptions options;
  options.command = *command;
  options.atomic = previous.arguments.contains("atomic");
  options.only.emplace();
  const auto is_open = [](const run::PreviousResult& result) {
    return run::is_failure(result.status) || result.status == run::NodeStatus::Skipped;
  };
  // Of a run that published nothing all is to be done again.
  const bool all =
      options.atomic && std::any_of(previous.results.begin(), previous.results.end(), is_open);
  for (const auto& result : previous.results) {
    if (all || is_open(result)) options.only->push_back(result.unique_id);
  }
  for (const auto& [name, value] : previous.arguments) {
    if (name != "which") options.arguments.emplace_back(name, value);
  }
  if (options.only->empty()) {
    call.terminal.note("Nothing to do: the last run had no failures.\n");
    return 0;
  }
  const auto kept_text = [&](const char* name) {
    auto found = previous.arguments.find(name);
    if (found == previous.arguments.end()) return std::string();
    return run::text_of_json(found->second);
  };
  load.command = previous.command;
  if (load.target.empty()) load.target = kept_text("target");
  if (load.profile.empty()) load.profile = kept_text("profile");
  if (load.vars.empty()) load.vars = kept_text("vars");
  load.full_refresh = load.full_refresh || previous.arguments.contains("full-refresh");
  load.empty = load.empty || previous.arguments.contains("empty");
  load.store_failures = load.store_failures || previous.arguments.contains("store-failures");
  if (load.warnings.is_default()) {
    if (const auto kept = kept_text("warn-error-options"); !kept.empty()) {
      load.warnings = TRY(project::parse_warn_options(kept));
    }
    load.warnings.warn_error = previous.arguments.contains("warn-error");
  }
  if (const auto kept = kept_text("sample"); !kept.empty()) {
    const auto window = TRY(project::parse_sample(kept, load.now_micros));
    load.sample_start = window.start;
    load.sample_end = window.end;
  }
  options.deferral = {.defer = previous.arguments.contains("defer"),
                      .favor_state = previous.arguments.contains("favor-state"),
                      .state = kept_text("defer-state")};
  options.selection.state = kept_text("state");
  override_deferral(call, options);
  const auto project = TRY(
      project::load_project(std::move(load), project::disk_files(), project::system_environment()));
  show_findings(call, project->diagnostics.items());
  if (project::exit_code_of(*project) != 0) return 2;
  return execute(call, *project, std::move(options));
}

Result<int> run_show(const Invocation& call) {
  const auto project = TRY(sound_project(call, "show"));
  if (project == nullptr) return 2;
  run::ShowOptions options;
  options.selection = TRY(selection(call));
  options.inline_sql = call.arguments.text("inline");
  options.deferral = defer_flags(call);
  options.limit = TRY(call.arguments.number("limit", -1, 1'000'000'000));
  const auto warehouse = TRY(warehouse_of(call, *project));
  const auto shown = TRY(run::show_rows(*project, *warehouse, options, &call.cancel));
  const bool as_json = call.arguments.text("output") == "json";
  for (const auto& rows : shown) {
    if (!as_json) call.terminal.note(fmt::format("Previewing {}:\n", rows.name));
    call.terminal.out(as_json ? rows_json(rows.name, rows.answer)
                              : rows_table(rows.answer, call.terminal));
  }
  return 0;
}

Result<int> run_macro(const Invocation& call) {
  const auto project = TRY(sound_project(call, "run-operation"));
  if (project == nullptr) return 2;
  const auto warehouse = TRY(warehouse_of(call, *project));
  const auto comment = TRY(run::QueryComment::make(*project));
  run::WarehouseAdapter adapter(*warehouse, run::adapter_options(*project, *comment, &call.cancel));
  std::string arguments = call.arguments.text("args");
  if (arguments.empty()) arguments = "{}";
  const auto output =
      TRY(project::run_operation(*project, call.arguments.text("macro"), arguments, adapter));
  show_findings(call, output.findings);
  call.terminal.out(output.out);
  return output.exit_code;
}

Result<int> generate_docs(const Invocation& call) {
  const auto project = TRY(sound_project(call, "generate"));
  if (project == nullptr) return 2;
  const auto warehouse = TRY(warehouse_of(call, *project));
  const auto comment = TRY(run::QueryComment::make(*project));
  run::WarehouseAdapter adapter(*warehouse, run::adapter_options(*project, *comment, &call.cancel));
  if (call.arguments.flag("compile")) {
    project::CompileOptions options;
    options.selection = TRY(selection(call));
    const auto output = TRY(project::run_compile(*project, options, adapter));
    if (output.exit_code != 0) {
      show_findings(call, output.findings);
      return output.exit_code;
    }
  }
  TRY(project::run_parse(*project, true));
  const run::RunResultsHead head{.dbt_version = std::string(project::kDbtVersion),
                                 .invocation_id = project->options.invocation_id,
                                 .generated_micros = system_clock().now_micros(),
                                 .arguments = {}};
  const std::string file = project::join_path(project->target_folder(), "catalog.json");
  TRY(write_file(file, TRY(run::write_catalog(*project, adapter, head))));
  call.terminal.note(fmt::format("Catalog written to {}\n", file));
  return 0;
}

Command run_command(run::Command command, std::string summary, std::vector<std::string> examples) {
  Command out;
  out.name = command == run::Command::Freshness ? "source freshness"
                                                : std::string(run::to_string(command));
  out.summary = std::move(summary);
  out.description =
      "Exit code 0: all is well, 1: a node failed or was skipped, 2: nothing could be run, or "
      "Ctrl-C.";
  out.options = project_options(LogForms::TextAndJson) + select_options() + defer_options();
  if (command == run::Command::Run || command == run::Command::Build) {
    out.options.push_back(with_variable(
        value_option("sample", "WINDOW",
                     "only rows of this time: `3 days`, or a mapping of start and end"),
        {"DBT_SAMPLE"}));
  }
  if (command == run::Command::Seed || command == run::Command::Build) {
    out.options.push_back(
        flag_option("show", "print the first rows of the seeds that were loaded"));
  }
  if (command == run::Command::Freshness) {
    Option output = value_option("output", "PATH", "the file to write instead of sources.json");
    output.letter = 'o';
    out.options.push_back(std::move(output));
  }
  out.options = out.options + run_options();
  out.examples = std::move(examples);
  out.run = [command](const Invocation& call) { return execute_selected(call, command); };
  out.error_code = 2;
  out.group = "The project";
  return out;
}

Command project_command(std::string name, std::string summary, std::vector<Option> options,
                        std::function<Result<int>(const Invocation&)> run,
                        std::vector<std::string> examples) {
  Command out;
  out.name = std::move(name);
  out.summary = std::move(summary);
  out.options = std::move(options);
  out.run = std::move(run);
  out.examples = std::move(examples);
  out.group = "The project";
  // As in dbt: an error before any node.
  out.error_code = out.name == "show" || out.name == "run-operation" ? 1 : 2;
  complete_options(out);
  return out;
}

Result<int> show_lineage(const Invocation& call) {
  const auto project = TRY(sound_project(call, "compile"));
  if (project == nullptr) return 2;
  const auto warehouse = TRY(warehouse_of(call, *project));
  const auto comment = TRY(run::QueryComment::make(*project));
  run::WarehouseAdapter adapter(*warehouse, run::adapter_options(*project, *comment, &call.cancel));
  const bool columns = call.arguments.flag("columns");
  const auto graph =
      TRY(run::trace_project(*project, adapter, call.arguments.text("model"), columns));
  const std::string& form = call.arguments.text("output");
  call.terminal.out(form == "json"      ? run::lineage_json(graph)
                    : form == "mermaid" ? run::lineage_mermaid(graph, columns)
                    : form == "svg"     ? run::lineage_svg(graph, columns)
                                        : run::lineage_tree(graph, columns));
  return 0;
}

std::vector<Option> warehouse_options() { return {lakehouse_option(), lake_option()}; }

Command show_command() {
  Option output = value_option("output", "FORM", "a table, or JSON");
  output.default_text = "text";
  output.choices = {"text", "json"};
  Option limit = value_option("limit", "N", "rows at most; -1 for all");
  limit.default_text = "5";
  return project_command(
      "show", "Rows of a model, or of a query with refs",
      project_options() + select_options() + defer_options() + warehouse_options() +
          std::vector<Option>{value_option("inline", "SQL", "this query instead of nodes"), limit,
                              output},
      run_show,
      {"tarn show --select dl_customer_consume --limit 10",
       "tarn show --inline \"select count(*) from {{ ref('dl_customer_consume') }}\""});
}

Command lineage_command() {
  Option output = value_option("output", "FORM", "how to show it");
  output.default_text = "tree";
  output.choices = {"tree", "json", "mermaid", "svg"};
  Command out = project_command(
      "lineage", "Where a model's data come from and who reads them",
      project_options() + warehouse_options() +
          std::vector<Option>{flag_option("columns", "column by column, and how each arises"),
                              output},
      show_lineage,
      {"tarn lineage dl_customer_consume --columns",
       "tarn lineage dl_customer_consume --columns --output svg > lineage.svg"});
  out.positionals = {{.name = "model",
                      .arity = Arity::One,
                      .value_name = "MODEL",
                      .help = "name or unique id of a model, snapshot, seed or source",
                      .required = true}};
  return out;
}

Command operation_command() {
  Command out = project_command(
      "run-operation", "Call a macro",
      project_options() + warehouse_options() +
          std::vector<Option>{value_option("args", "YAML", "arguments, a YAML mapping")},
      run_macro, {"tarn run-operation grant_select --args '{role: reporter}'"});
  out.positionals = {{.name = "macro",
                      .arity = Arity::One,
                      .value_name = "MACRO",
                      .help = "`name` or `package.name`",
                      .required = true}};
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
      run_command(run::Command::Clone, "Views of what an earlier run built, in the own schemas",
                  {"tarn clone --state prod-artifacts",
                   "tarn clone --state prod-artifacts --select tag:nightly --full-refresh"}),
      project_command("retry", "Run again what failed or was skipped in the last run",
                      project_options(LogForms::TextAndJson) + retry_options() + defer_options() +
                          run_options(),
                      run_retry, {"tarn retry"}),
      show_command(),
      run_command(run::Command::Freshness, "Check how old the newest rows of sources are",
                  {"tarn source freshness"}),
      operation_command(),
      lineage_command(),
      project_command("docs generate", "Write manifest.json and catalog.json",
                      project_options() + select_options() + warehouse_options() +
                          std::vector<Option>{default_option("compile", "do not compile nodes")},
                      generate_docs, {"tarn docs generate"}),
  };
}

}  // namespace tarn::cli
