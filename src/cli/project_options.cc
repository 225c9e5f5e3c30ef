// SPDX-License-Identifier: Apache-2.0
#include "cli/project_options.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "base/clock.h"
#include "base/uuid.h"
#include "cli/lakehouse_access.h"
#include "cli/terminal.h"
#include "project/sample.h"

namespace tarn::cli {

Option value_option(std::string name, std::string value_name, std::string help) {
  return {.name = std::move(name),
          .arity = Arity::One,
          .value_name = std::move(value_name),
          .help = std::move(help)};
}

Option flag_option(std::string name, std::string help) {
  return {.name = std::move(name), .arity = Arity::Flag, .help = std::move(help)};
}

Option switch_option(std::string name, std::string help) {
  Option out = flag_option(std::move(name), std::move(help));
  out.has_opposite = true;
  return out;
}

Option default_option(std::string name, std::string help) {
  Option out = switch_option(std::move(name), std::move(help));
  out.default_text = "true";
  return out;
}

Option list_option(std::string name, std::string value_name, std::string help, char letter) {
  return {.name = std::move(name),
          .letter = letter,
          .arity = Arity::Many,
          .value_name = std::move(value_name),
          .help = std::move(help)};
}

Option with_variable(Option option, std::vector<std::string> variables) {
  option.environment = std::move(variables);
  return option;
}

namespace {

Option with_letter(Option option, char letter) {
  option.letter = letter;
  return option;
}

Option with_aliases(Option option, std::vector<std::string> aliases) {
  option.aliases = std::move(aliases);
  return option;
}

Option with_choices(Option option, std::vector<std::string> choices) {
  option.choices = std::move(choices);
  return option;
}

// What a command tells, and how.
std::vector<Option> log_options(LogForms forms) {
  Option format = with_choices(value_option("log-format", "FORM", "lines of text, or JSON"),
                               {"text", "default", "debug"});
  if (forms == LogForms::TextAndJson) format.choices.push_back("json");
  format.default_text = "text";
  Option level = with_choices(value_option("log-level", "LEVEL", "what is told"),
                              {"debug", "info", "warn", "error", "none"});
  level.default_text = "info";
  return {with_variable(std::move(format), {"DBT_LOG_FORMAT"}),
          with_variable(std::move(level), {"DBT_LOG_LEVEL"}),
          with_letter(with_variable(switch_option("quiet", "only errors, and what print() says"),
                                    {"DBT_QUIET"}),
                      'q'),
          with_letter(with_variable(switch_option("debug", "also what macros log"), {"DBT_DEBUG"}),
                      'd'),
          with_variable(default_option("print", "not what print() says"), {"DBT_PRINT"}),
          with_variable(switch_option("use-colors", "colours, as --color always or never"),
                        {"DBT_USE_COLORS"}),
          with_variable(value_option("printer-width", "N", "columns of lines with a status"),
                        {"DBT_PRINTER_WIDTH"})};
}

// Of dbt: what has no meaning here.
std::vector<Option> idle_options() {
  std::vector<Option> out;
  for (const char* name : {"cache-selected-only", "populate-cache", "log-cache-events",
                           "static-parser", "use-experimental-parser", "show-all-deprecations",
                           "send-anonymous-usage-stats", "use-colors-file"}) {
    out.push_back(switch_option(name, ""));
  }
  out.push_back(with_choices(value_option("log-format-file", "FORM", ""),
                             {"text", "default", "debug", "json"}));
  out.push_back(with_choices(value_option("log-level-file", "LEVEL", ""),
                             {"debug", "info", "warn", "error", "none"}));
  out.push_back(value_option("log-path", "PATH", ""));
  out.push_back(flag_option("no-upload-to-artifacts-ingest-api", ""));
  for (Option& option : out) option.is_idle = true;
  Option upload = flag_option("upload-to-artifacts-ingest-api", "");
  upload.refusal = "artifacts are files in the target folder, nothing is sent to dbt Cloud";
  out.push_back(std::move(upload));
  Option timing = with_letter(value_option("record-timing-info", "PATH", ""), 'r');
  timing.refusal = "it is a profile of dbt's own code; `tarn runs show` tells the times of nodes";
  out.push_back(std::move(timing));
  return out;
}

}  // namespace

std::vector<Option> project_options(LogForms forms) {
  std::vector<Option> out = {
      with_variable(value_option("project-dir", "PATH",
                                 "folder of dbt_project.yml (default: the current one)"),
                    {"DBT_PROJECT_DIR"}),
      with_variable(value_option("profiles-dir", "PATH", "folder of profiles.yml"),
                    {"DBT_PROFILES_DIR"}),
      with_variable(value_option("profile", "NAME", "profile instead of the project's"),
                    {"DBT_PROFILE"}),
      with_letter(with_variable(value_option("target", "NAME",
                                             "target of the profile; `local` runs in this process"),
                                {"TARN_TARGET", "DBT_TARGET"}),
                  't'),
      with_variable(
          value_option("target-path", "PATH", "folder for what is written (default: target)"),
          {"DBT_TARGET_PATH"}),
      value_option("vars", "YAML", "values of variables"),
      value_option("threads", "N", "nodes at a time"),
      with_letter(with_variable(flag_option("full-refresh", "treat incremental models as tables"),
                                {"DBT_FULL_REFRESH"}),
                  'f'),
      with_variable(switch_option("empty", "read no rows of refs and sources"), {"DBT_EMPTY"}),
      with_variable(flag_option("warn-error", "take warnings as errors"), {"DBT_WARN_ERROR"}),
      with_variable(value_option("warn-error-options", "YAML",
                                 "which warnings are errors: a mapping of error, warn, silence"),
                    {"DBT_WARN_ERROR_OPTIONS"}),
      with_letter(
          with_variable(switch_option("fail-fast", "stop at the first failure"), {"DBT_FAIL_FAST"}),
          'x'),
      with_variable(default_option("write-json", "do not write manifest.json"), {"DBT_WRITE_JSON"}),
      with_variable(default_option("partial-parse", "parse all files anew"), {"DBT_PARTIAL_PARSE"}),
      with_variable(default_option("version-check", "do not heed require-dbt-version"),
                    {"DBT_VERSION_CHECK"})};
  return out + log_options(forms) + idle_options();
}

std::vector<Option> select_options() {
  return {
      list_option("select", "SPEC", "nodes to take", 's'),
      with_aliases(list_option("models", "SPEC", "the same as --select", 'm'), {"model"}),
      list_option("exclude", "SPEC", "nodes to leave out"),
      value_option("selector", "NAME", "a selector of selectors.yml"),
      with_aliases(with_variable(list_option("resource-type", "TYPE", "only these types"),
                                 {"DBT_RESOURCE_TYPES"}),
                   {"resource-types"}),
      with_aliases(with_variable(list_option("exclude-resource-type", "TYPE", "not these types"),
                                 {"DBT_EXCLUDE_RESOURCE_TYPES"}),
                   {"exclude-resource-types"}),
      with_variable(
          value_option("indirect-selection", "MODE", "eager, cautious, buildable or empty"),
          {"DBT_INDIRECT_SELECTION"}),
      with_variable(value_option("state", "PATH", "folder of an earlier manifest.json"),
                    {"DBT_STATE"})};
}

std::vector<Option> defer_options() {
  return {
      with_variable(switch_option("defer", "take from --state what is not built here"),
                    {"DBT_DEFER"}),
      with_variable(switch_option("favor-state", "with --defer: all that is not selected"),
                    {"DBT_FAVOR_STATE"}),
      with_variable(value_option("defer-state", "PATH", "folder for --defer (default: --state)"),
                    {"DBT_DEFER_STATE"})};
}

void complete_options(Command& command) {
  std::vector<Option> all = {switch_option("defer", ""), switch_option("favor-state", ""),
                             value_option("defer-state", "PATH", ""),
                             value_option("state", "PATH", ""),
                             value_option("indirect-selection", "MODE", "")};
  if (command.name == "show") all.push_back(switch_option("introspect", ""));
  for (Option& option : all) {
    if (declares(command, option.name)) continue;
    option.is_idle = true;
    command.options.push_back(std::move(option));
  }
}

std::vector<Option> operator+(std::vector<Option> a, const std::vector<Option>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Result<project::LoadOptions> load_options(const Invocation& call, const char* command) {
  const auto& arguments = call.arguments;
  project::LoadOptions out;
  if (auto folder = arguments.optional("project-dir")) out.project_dir = *folder;
  out.profiles_dir = arguments.text("profiles-dir");
  out.profile = arguments.text("profile");
  out.target = arguments.text("target");
  out.target_path = arguments.text("target-path");
  out.vars = arguments.text("vars");
  if (arguments.given("threads")) out.threads = TRY(arguments.number("threads", 1, 1024));
  out.full_refresh = arguments.flag("full-refresh");
  out.empty = arguments.flag("empty");
  out.checks_version = arguments.flag("version-check");
  if (const auto text = arguments.optional("warn-error-options")) {
    out.warnings = TRY(project::parse_warn_options(*text));
  }
  out.warnings.warn_error = arguments.flag("warn-error");
  if (out.warnings.warn_error && arguments.given("warn-error-options")) {
    return invalid_input("--warn-error is not allowed together with --warn-error-options");
  }
  if (declares(call.command, "store-failures")) {
    out.store_failures = arguments.flag("store-failures");
  }
  out.parse_threads = std::max(1U, std::thread::hardware_concurrency());
  out.now_micros = system_clock().now_micros();
  out.invocation_id = to_string(make_uuid4(system_random()));
  out.command = command;
  if (declares(call.command, "sample") && arguments.given("sample")) {
    const auto window = TRY(project::parse_sample(arguments.text("sample"), out.now_micros));
    out.sample_start = window.start;
    out.sample_end = window.end;
  }
  if (const char* home = std::getenv("HOME")) out.home = home;
  return out;
}

project::DeferFlags defer_flags(const Invocation& call) {
  return {.defer = call.arguments.flag("defer"),
          .favor_state = call.arguments.flag("favor-state"),
          .state = call.arguments.text("defer-state")};
}

Result<project::SelectOptions> selection(const Invocation& call) {
  const auto& arguments = call.arguments;
  project::SelectOptions out;
  out.select = arguments.list("select");
  out.exclude = arguments.list("exclude");
  out.selector = arguments.text("selector");
  out.resource_types = arguments.list("resource-type");
  out.exclude_resource_types = arguments.list("exclude-resource-type");
  out.state = arguments.text("state");
  const auto& models = arguments.list("models");
  if (models.empty()) return out;
  if (call.command.name != "ls") {  // there it is a parameter of its own
    out.select.insert(out.select.end(), models.begin(), models.end());
    return out;
  }
  if (!out.select.empty()) {
    return invalid_input("`models` and `select` are mutually exclusive arguments");
  }
  if (!out.resource_types.empty()) {
    return invalid_input("`models` and `resource-type` are mutually exclusive arguments");
  }
  out.select = models;
  out.resource_types = {"model"};
  return out;
}

Result<std::unique_ptr<project::Project>> open_project(const Invocation& call,
                                                       const char* command) {
  auto options = TRY(load_options(call, command));
  if (declares(call.command, "indirect-selection")) {
    const std::string& mode = call.arguments.text("indirect-selection");
    if (!mode.empty()) options.indirect = TRY(project::parse_indirect_selection(mode));
  }
  return project::load_project(std::move(options), project::disk_files(),
                               project::system_environment());
}

bool tells_warnings(const Invocation& call) {
  const std::string& level = call.arguments.text("log-level");
  return !call.arguments.flag("quiet") && level != "error" && level != "none";
}

std::size_t show_findings(const Invocation& call, const std::vector<Diagnostic>& findings) {
  std::size_t errors = 0;
  for (const auto& finding : findings) {
    if (finding.severity == Severity::Note) continue;
    if (finding.severity == Severity::Error) ++errors;
    if (finding.severity == Severity::Warning && !tells_warnings(call)) continue;
    call.terminal.note(format_diagnostic(finding));
  }
  if (errors > 1) call.terminal.note(fmt::format("{} errors\n", errors));
  return errors;
}

}  // namespace tarn::cli
