// SPDX-License-Identifier: Apache-2.0
// Options that the commands of a project share, with dbt's names, and what they mean.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "cli/command.h"
#include "project/commands.h"
#include "project/project.h"

namespace tarn::cli {

Option value_option(std::string name, std::string value_name, std::string help);
Option flag_option(std::string name, std::string help);
// A flag with `--no-NAME`.
Option switch_option(std::string name, std::string help);
// The same, on unless taken back; `help` says what `--no-NAME` does.
Option default_option(std::string name, std::string help);
Option list_option(std::string name, std::string value_name, std::string help, char letter = 0);
std::vector<Option> operator+(std::vector<Option> a, const std::vector<Option>& b);

// Forms of what is told.
enum class LogForms { Text, TextAndJson };

// --project-dir, --profiles-dir, --target, --vars, … and what dbt takes with every command.
std::vector<Option> project_options(LogForms forms = LogForms::Text);
// --select, --exclude, --selector, --state, …
std::vector<Option> select_options();
// --defer, --favor-state, --defer-state
std::vector<Option> defer_options();
// Adds the others that dbt takes with every command; they change nothing.
void complete_options(Command& command);
// Takes variables in place of the option.
Option with_variable(Option option, std::vector<std::string> variables);

// REQUIRES: the command declares project_options(). `command` is dbt's word for it.
Result<project::LoadOptions> load_options(const Invocation& call, const char* command);
// Whether warnings are told: neither --quiet nor a --log-level above them.
bool tells_warnings(const Invocation& call);
// REQUIRES: the command declares select_options().
Result<project::SelectOptions> selection(const Invocation& call);
project::DeferFlags defer_flags(const Invocation& call);
// Loads the project; --indirect-selection counts where the command declares it.
Result<std::unique_ptr<project::Project>> open_project(const Invocation& call, const char* command);

// Prints findings (but notes, and with --quiet only errors) and the number of errors; gives that
// number.
std::size_t show_findings(const Invocation& call, const std::vector<Diagnostic>& findings);

}  // namespace tarn::cli
