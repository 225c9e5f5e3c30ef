// SPDX-License-Identifier: Apache-2.0
// parse, ls, compile, debug, deps, clean, init: what needs no warehouse, or can do without.
#include <fmt/core.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/lake_access.h"
#include "cli/lakehouse_access.h"
#include "cli/project_options.h"
#include "cli/project_warehouse.h"
#include "cli/terminal.h"
#include "http/client.h"
#include "project/commands.h"
#include "project/compile.h"
#include "project/parse_stamp.h"
#include "project/version_check.h"

namespace tarn::cli {

namespace {

constexpr const char* kGroup = "The project";

int show(const Invocation& call, const project::CommandOutput& output) {
  show_findings(call, output.findings);
  for (const auto& text : output.unmatched) {
    if (!tells_warnings(call)) break;
    call.terminal.warning(
        fmt::format("the selection criterion `{}` does not match any enabled nodes", text));
  }
  call.terminal.out(output.out);
  return output.exit_code;
}

Result<int> run_parse(const Invocation& call) {
  const bool writes = call.arguments.flag("write-json");
  if (!writes || !call.arguments.flag("partial-parse")) {
    const auto project = TRY(open_project(call, "parse"));
    return show(call, TRY(project::run_parse(*project, writes)));
  }
  return show(call, TRY(project::run_parse_if_changed(TRY(load_options(call, "parse")),
                                                      project::disk_files(),
                                                      project::system_environment())));
}

Result<int> run_ls(const Invocation& call) {
  const auto project = TRY(open_project(call, "list"));
  project::ListOptions options;
  options.selection = TRY(selection(call));
  options.output = call.arguments.text("output");
  options.output_keys = call.arguments.list("output-keys");
  const auto output = TRY(project::run_list(*project, options));
  if (output.out.empty() && output.exit_code == 0 && tells_warnings(call))
    call.terminal.warning("no nodes selected");
  return show(call, output);
}

Result<int> run_compile(const Invocation& call) {
  const auto project = TRY(open_project(call, "compile"));
  project::CompileOptions options;
  options.selection = TRY(selection(call));
  options.inline_sql = call.arguments.text("inline");
  options.deferral = defer_flags(call);
  options.as_json = call.arguments.text("output") == "json";
  project::NoAdapter nobody;
  LazyAdapter warehouse(call, *project);
  project::Adapter& adapter =
      call.arguments.flag("introspect") ? static_cast<project::Adapter&>(warehouse) : nobody;
  const auto output = TRY(project::run_compile(*project, options, adapter));
  if (output.exit_code == 0 && call.arguments.flag("write-json")) {
    TRY(project::run_parse(*project, true));
  }
  return show(call, output);
}

// What the cluster says, or why it does not.
Result<std::string> ask_cluster(const Invocation& call, const project::Project& project) {
  const auto warehouse = TRY(warehouse_of(call, project));
  run::WarehouseAdapter adapter(*warehouse, {.cancel = &call.cancel});
  const auto answer = TRY(adapter.query("SELECT version()", ""));
  if (answer.rows.empty() || answer.rows[0].empty() || answer.rows[0][0].is_null()) return "ok";
  return fmt::format("ok, version {}", answer.rows[0][0].as_text());
}

Result<int> debug_project(const Invocation& call) {
  const auto project = TRY(open_project(call, "debug"));
  const auto& profile = project->profile;
  std::string out;
  out += fmt::format("project language  dbt {}\n", project::kDbtVersion);
  out +=
      fmt::format("project           {} ({})\n", project->root().name, project->root().file.path);
  out += fmt::format("profile           {}, target {}\n", profile.name, profile.target_name);
  out += fmt::format("runs              {}\n", profile.is_local ? "in this process" : "on Trino");
  out += fmt::format("database          {}\n", profile.database);
  out += fmt::format("schema            {}\n", profile.schema);
  for (const auto& package : project->packages) {
    if (!package->is_root) {
      out += fmt::format("package           {} {}\n", package->name, package->file.version);
    }
  }
  Result<std::string> answer = std::string();
  if (!profile.is_local) {
    answer = ask_cluster(call, *project);
    out += fmt::format("connection        {}\n", answer ? *answer : "failed");
  }
  project::CommandOutput output;
  output.out = std::move(out);
  output.findings = project->diagnostics.items();
  output.exit_code = project::exit_code_of(*project) == 0 && answer ? 0 : 1;
  const int code = show(call, output);
  if (!answer) call.terminal.error(answer.error());
  return code;
}

// The lakehouse where there is a tarn.yml, the project where there is one; the lake in ./lake where
// there is neither.
Result<int> run_debug(const Invocation& call) {
  const std::string folder = call.arguments.optional("project-dir").value_or(".");
  const bool has_project = path_exists(folder + "/dbt_project.yml");
  int code = 0;
  if (!has_project || !TRY(open_lakehouse(call))->config().file.empty()) {
    code = TRY(debug_lakehouse(call));
  }
  if (has_project) code = std::max(code, TRY(debug_project(call)));
  return code;
}

// GET over the network, for the package hub and archives.
Result<std::string> fetch_url(const std::string& url) {
  http::ClientOptions options;
  options.redirects_max = 10;
  const auto client = TRY(http::Client::make(std::move(options)));
  http::Request request;
  request.url = url;
  auto response = TRY(client->send(request));
  if (response.status == 404) return not_found("{} is not there", mask_secrets(url));
  if (!response.is_success()) {
    return unavailable("{} answered with status {}", mask_secrets(url), response.status);
  }
  return std::move(response.body);
}

Result<int> run_deps(const Invocation& call) {
  project::DepsOptions deps;
  deps.upgrade = call.arguments.flag("upgrade");
  deps.fetch = fetch_url;
  return show(call, TRY(project::run_deps(TRY(load_options(call, "deps")), project::disk_files(),
                                          project::system_environment(), deps)));
}

Result<int> run_clean(const Invocation& call) {
  return show(call, TRY(project::run_clean(TRY(load_options(call, "clean")), project::disk_files(),
                                           project::system_environment())));
}

Result<int> run_init(const Invocation& call) {
  const std::string& name = call.arguments.text("name");
  if (call.arguments.flag("lake")) return init_lakehouse(call, name.empty() ? "." : name);
  if (name.empty()) return invalid_input("`tarn init` needs NAME, or --lake");
  return show(call, TRY(project::run_init(name, name)));
}

Command project_command(std::string name, std::string summary, std::vector<Option> options,
                        std::function<Result<int>(const Invocation&)> run) {
  Command out;
  out.name = std::move(name);
  out.summary = std::move(summary);
  out.options = std::move(options);
  out.run = std::move(run);
  out.group = kGroup;
  out.error_code = out.name == "init" ? 1 : 2;
  if (out.name != "init") complete_options(out);
  return out;
}

}  // namespace

std::vector<Command> project_commands() {
  std::vector<Command> out;
  out.push_back(project_command("parse", "Read the project and write target/manifest.json",
                                project_options(), run_parse));
  Option output = value_option("output", "FORM", "what to print of each node");
  output.default_text = "selector";
  output.choices = {"selector", "name", "path", "json"};
  out.push_back(project_command(
      "ls", "List nodes of the project",
      project_options() + select_options() + defer_options() +
          std::vector<Option>{output,
                              list_option("output-keys", "KEY", "members of --output json")},
      run_ls));
  out.back().examples = {"tarn ls --select +orders,config.materialized:incremental"};
  Option code_form = value_option("output", "FORM", "how SQL is printed");
  code_form.default_text = "text";
  code_form.choices = {"text", "json"};
  out.push_back(project_command(
      "compile", "Write the SQL of nodes below target/compiled",
      project_options() + select_options() + defer_options() +
          std::vector<Option>{default_option("introspect", "ask the warehouse nothing"),
                              lakehouse_option(), lake_option(),
                              value_option("inline", "SQL", "compile this instead of nodes"),
                              code_form},
      run_compile));
  out.back().description =
      "The SQL of nodes that --select names is printed, too. Templates that ask the warehouse\n"
      "(run_query, is_incremental, columns of a relation) get an answer.";
  out.push_back(project_command(
      "debug",
      "Test the connections of tarn.yml and of the profile; show the project and its packages",
      project_options() + std::vector<Option>{output_option(), lake_option(), lakehouse_option()},
      run_debug));
  out.push_back(project_command(
      "deps", "Install the packages of packages.yml, at the versions of package-lock.yml",
      project_options() +
          std::vector<Option>{flag_option("upgrade", "take the newest versions that are allowed")},
      run_deps));
  out.push_back(project_command("clean", "Delete the folders of clean-targets", project_options(),
                                run_clean));
  out.push_back(project_command(
      "init", "Make a small project in a new folder, or a tarn.yml",
      {{.name = "lake", .help = "write a commented tarn.yml into the folder (default: this one)"}},
      run_init));
  out.back().examples = {"tarn init my_project", "tarn init --lake"};
  out.back().positionals = {{.name = "name",
                             .arity = Arity::One,
                             .value_name = "NAME",
                             .help = "name of the project and its folder"}};
  return out;
}

}  // namespace tarn::cli
