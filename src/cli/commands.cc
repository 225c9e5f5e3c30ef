// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <iterator>

#include "catalog/open_lake.h"
#include "cli/command_line.h"
#include "cli/lake_access.h"
#include "cli/lake_command_list.h"
#include "cli/terminal.h"
#include "cli/version.h"

namespace tarn::cli {
namespace {

Result<int> run_completion(const Invocation& call) {
  call.terminal.out(TRY(completion_script(call.arguments.text("shell"))));
  return 0;
}

Result<int> run_reference(const Invocation& call) {
  call.terminal.out(commands_reference());
  return 0;
}

// Names for the completion of arguments; silent when there is no lake.
Result<int> run_complete(const Invocation& call) {
  const Command* command = find_command(call.arguments.text("command"));
  auto lake = catalog::open_lake();
  if (command == nullptr || command->positionals.empty() || !lake) return 0;
  const std::string& kind = command->positionals[0].name;
  bool tables = kind == "table" || kind == "name";
  if (!tables && kind != "schema") return 0;
  std::string words;
  for (const auto& space : TRY(lake->catalog->list_all_namespaces())) {
    if (!tables) words += show_name(space) + "\n";
    if (!tables) continue;
    for (const auto& table : TRY(lake->catalog->list_tables(space))) {
      words += show_name(table) + "\n";
    }
  }
  call.terminal.out(words);
  return 0;
}

}  // namespace

std::vector<Command> lake_commands() {
  std::vector<Command> all;
  for (auto family : {list_commands, inspect_commands, change_commands, maintenance_commands}) {
    auto list = family();
    std::move(list.begin(), list.end(), std::back_inserter(all));
  }
  return all;
}

std::string version_text() {
  return std::string("tarn ") + kVersion + " (DuckDB 1.5.5, Iceberg format 1 to 3)\n";
}

std::vector<Command> program_commands() {
  return {
      Command{
          .name = "completion",
          .summary = "Print a completion script for a shell",
          .examples = {"source <(tarn completion bash)", "tarn completion fish | source"},
          .positionals = {{.name = "shell",
                           .arity = Arity::One,
                           .value_name = "SHELL",
                           .help = "the shell",
                           .choices = {"bash", "zsh", "fish"},
                           .required = true}},
          .run = run_completion,
          .group = "The program",
      },
      Command{
          .name = "reference",
          .summary = "Print the reference of all commands as Markdown",
          .run = run_reference,
          .group = "The program",
      },
      Command{
          .name = "__complete",
          .summary = "Print words that complete the argument of a command",
          .positionals = {{.name = "command", .arity = Arity::One, .help = "the command"}},
          .run = run_complete,
          .hidden = true,
      },
  };
}

std::span<const Command> all_commands() {
  static const std::vector<Command> commands = [] {
    std::vector<Command> all;
    for (auto family : {lakehouse_commands, query_commands, lake_commands, project_commands,
                        run_commands, runs_commands, program_commands}) {
      auto list = family();
      std::move(list.begin(), list.end(), std::back_inserter(all));
    }
    return all;
  }();
  return commands;
}

std::span<const Option> global_options() {
  static const std::vector<Option> options = {
      {.name = "color",
       .arity = Arity::One,
       .value_name = "WHEN",
       .help = "colour the output",
       .default_text = "auto",
       .choices = {"auto", "always", "never"}},
  };
  return options;
}

const Command* find_command(std::string_view name) {
  if (name == "list") name = "ls";  // as in dbt
  for (const auto& command : all_commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace tarn::cli
