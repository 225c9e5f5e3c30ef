// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "cli/command_line.h"

namespace tarn::cli {
namespace {

std::string option_label(const Option& option) {
  std::string label = option.letter != 0 ? fmt::format("-{}, ", option.letter) : "    ";
  const std::string name = shown_name(option);
  label += option.has_opposite && name == option.name ? "--[no-]" + name : "--" + name;
  if (option.arity != Arity::Flag) label += " " + option.value_name;
  if (option.arity == Arity::Many) label += "…";
  return label;
}

std::string positional_label(const Option& option) {
  std::string label = option.value_name.empty() ? to_upper(option.name) : option.value_name;
  if (option.arity == Arity::Many) label += "…";
  return option.required ? label : "[" + label + "]";
}

std::string option_text(const Option& option) {
  std::string text = option.help;
  if (!option.choices.empty()) text += ": " + join(option.choices, ", ");
  if (option.arity != Arity::Flag && !option.default_text.empty()) {
    text += fmt::format(" (default {})", option.default_text);
  }
  if (!option.environment.empty()) text += fmt::format(" [{}]", join(option.environment, ", "));
  return text;
}

struct Entry {
  std::string label;
  std::string text;
};

std::string entries(const std::string& title, const std::vector<Entry>& list) {
  if (list.empty()) return "";
  std::size_t width = 0;
  for (const auto& entry : list) width = std::max(width, display_width(entry.label));
  width = std::min<std::size_t>(width, 32);
  std::string out = "\n" + title + ":\n";
  for (const auto& entry : list) {
    std::size_t have = display_width(entry.label);
    out += "  " + entry.label;
    out += have > width ? "\n" + std::string(width + 4, ' ') : std::string(width - have + 2, ' ');
    out += entry.text + "\n";
  }
  return out;
}

std::vector<Entry> option_entries(std::span<const Option> options) {
  std::vector<Entry> list;
  for (const auto& option : options) {
    if (option.is_idle || !option.refusal.empty()) continue;
    list.push_back({option_label(option), option_text(option)});
  }
  return list;
}

// Options that change nothing, by their names alone.
std::string idle_text(std::span<const Option> options) {
  std::string out;
  std::size_t width = 0;
  for (const auto& option : options) {
    if (!option.is_idle) continue;
    const std::string word = std::string(trim_left(option_label(option)));
    const bool starts_line = out.empty() || width + word.size() > 90;
    out += starts_line ? (out.empty() ? "  " : ",\n  ") : ", ";
    width = (starts_line ? 0 : width) + word.size() + 2;
    out += word;
  }
  if (out.empty()) return out;
  constexpr std::string_view kTitle =
      "\nOptions of dbt that change nothing here (there is one parser, no log file, and nothing is "
      "sent to anyone):\n";
  return std::string(kTitle) + out + "\n";
}

std::string usage_line(const Command& command) {
  std::string usage = "tarn " + command.name;
  for (const auto& option : command.positionals) usage += " " + positional_label(option);
  return usage + " [OPTIONS]";
}

std::string examples_text(const Command& command) {
  if (command.examples.empty()) return "";
  std::string out = "\nExamples:\n";
  for (const auto& example : command.examples) out += "  " + example + "\n";
  return out;
}

constexpr std::string_view kProgramSummary =
    "Tarn turns Postgres tables into an Apache Iceberg lakehouse and keeps it current.\n";

constexpr std::string_view kExitCodes =
    "\nExit codes: 0 done, 1 the request failed, 2 usage error or interrupted (Ctrl-C)\n";

}  // namespace

std::string short_help() {
  return std::string(kProgramSummary) +
         "\nExamples:\n"
         "  tarn migrate \"postgres://host/db\" --table sales.orders --into lake.sales\n"
         "  tarn tables                          tables of the lake in ./lake\n"
         "  tarn describe sales.orders           schema, partitions, snapshots, sizes\n"
         "  tarn history sales.orders            who wrote what, when\n"
         "\n`tarn --help` lists all commands, `tarn COMMAND --help` explains one.\n";
}

std::string program_help() {
  std::string out = std::string(kProgramSummary) + "\nusage: tarn COMMAND [ARGUMENTS]\n";
  std::vector<std::string> groups;
  for (const auto& command : all_commands()) {
    if (command.hidden) continue;
    if (std::find(groups.begin(), groups.end(), command.group) == groups.end()) {
      groups.push_back(command.group);
    }
  }
  for (const auto& group : groups) {
    std::vector<Entry> list;
    for (const auto& command : all_commands()) {
      if (command.group == group && !command.hidden)
        list.push_back({command.name, command.summary});
    }
    out += entries(group, list);
  }
  out += entries("Options of every command", option_entries(global_options()));
  out += "\nOptions may also stand before the command, if they take one value or none.\n";
  out += "`tarn COMMAND --help` explains one command; `tarn --version` tells the version.\n";
  return out + std::string(kExitCodes);
}

std::string command_help(const Command& command) {
  std::string out = command.summary + "\n";
  if (!command.description.empty()) out += "\n" + command.description + "\n";
  out += "\nusage: " + usage_line(command) + "\n";
  out += examples_text(command);
  std::vector<Entry> positionals;
  for (const auto& option : command.positionals) {
    positionals.push_back({positional_label(option), option_text(option)});
  }
  out += entries("Arguments", positionals);
  out += entries("Options", option_entries(command.options));
  out += entries("Options of every command", option_entries(global_options()));
  out += idle_text(command.options);
  return out;
}

std::string commands_reference() {
  std::string out = "# Commands\n\nMade by `tarn reference`; do not edit.\n";
  for (const auto& command : all_commands()) {
    if (command.hidden) continue;
    out += fmt::format("\n## tarn {}\n\n```\n{}```\n", command.name, command_help(command));
  }
  return out;
}

}  // namespace tarn::cli
