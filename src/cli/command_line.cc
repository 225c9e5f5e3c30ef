// SPDX-License-Identifier: Apache-2.0
// The only file that includes CLI11.
#include "cli/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdlib>
#include <list>

#include "base/text.h"

namespace tarn::cli {
namespace {

struct Binding {
  const Option* option = nullptr;
  CLI::Option* parsed = nullptr;
};

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& command : all_commands()) names.push_back(command.name);
  return names;
}

CLI::Option* add_option(CLI::App& app, const Option& option, bool positional,
                        std::vector<std::string>& values) {
  std::string name = option.name;
  if (!positional) {
    name = "--" + option.name;
    if (option.letter != 0) name = fmt::format("-{},{}", option.letter, name);
    for (const auto& alias : option.aliases) name += ",--" + alias;
    if (option.has_opposite) name += ",--no-" + option.name + "{false}";
  }
  if (option.arity == Arity::Flag) return app.add_flag(name);
  CLI::Option* added = app.add_option(name, values);
  if (option.arity == Arity::Many) {
    added->expected(1, -1);
    if (option.required) added->required();
  } else {
    added->expected(1)->allow_extra_args(false);
    if (!positional) added->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    if (option.required) added->required();
  }
  return added;
}

std::vector<Binding> bind(CLI::App& app, const Command& command,
                          std::list<std::vector<std::string>>& storage) {
  std::vector<Binding> bindings;
  auto add = [&](const Option& option, bool positional) {
    storage.emplace_back();
    bindings.push_back({&option, add_option(app, option, positional, storage.back())});
  };
  for (const auto& option : command.positionals) add(option, true);
  for (const auto& option : command.options) add(option, false);
  for (const auto& option : global_options()) add(option, false);
  return bindings;
}

Result<void> check_choice(const Option& option, const std::string& value) {
  const auto& choices = option.choices;
  if (choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) {
    return {};
  }
  return invalid_input("--{} takes {}, not `{}`{}", option.name, join(choices, ", "), value,
                       did_you_mean(value, choices));
}

// The words that dbt takes for yes and no.
Result<bool> read_switch(const std::string& variable, std::string_view value) {
  const std::string word = to_lower(trim(value));
  for (const char* yes : {"1", "true", "t", "yes", "y", "on"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"0", "false", "f", "no", "n", "off"}) {
    if (word == no) return false;
  }
  return invalid_input("the variable {} must be true or false, not `{}`", variable, value);
}

// nullptr if it is not set or empty. dbt's variables have a second name, which wins:
// `DBT_ENGINE_STATE` of `DBT_STATE`.
const char* find_variable(const std::string& name) {
  const char* value = nullptr;
  if (name.starts_with("DBT_")) value = std::getenv(("DBT_ENGINE_" + name.substr(4)).c_str());
  if (value == nullptr || *value == '\0') value = std::getenv(name.c_str());
  return value == nullptr || *value == '\0' ? nullptr : value;
}

// What a variable says in place of an option that was not given.
Result<void> collect_variable(const Option& option, Arguments& arguments) {
  for (const auto& variable : option.environment) {
    const char* value = find_variable(variable);
    if (value == nullptr) continue;
    if (option.arity == Arity::Flag) {
      arguments.add(option.name, TRY(read_switch(variable, value)) ? "true" : "false");
      return {};
    }
    TRY(check_choice(option, value));
    if (option.arity == Arity::One) {
      arguments.add(option.name, value);
      return {};
    }
    for (const auto word : split(value, ' ')) {
      if (!word.empty()) arguments.add(option.name, std::string(word));
    }
    return {};
  }
  return {};
}

Result<void> collect(const std::vector<Binding>& bindings, Arguments& arguments) {
  for (const auto& binding : bindings) {
    const Option& option = *binding.option;
    arguments.declare(option);
    if (binding.parsed->count() == 0) {
      TRY(collect_variable(option, arguments));
      continue;
    }
    if (!option.refusal.empty()) {
      return unsupported("--{} is not taken: {}", option.name, option.refusal);
    }
    if (option.arity == Arity::Flag) {
      arguments.add(option.name, binding.parsed->results().back());
      continue;
    }
    for (const auto& value : binding.parsed->results()) {
      TRY(check_choice(option, value));
      arguments.add(option.name, value);
    }
  }
  return {};
}

Error unknown_word(const Command& command, const std::string& word) {
  if (word.size() > 1 && word[0] == '-') {
    std::string bare = word.substr(0, word.find('='));
    std::vector<std::string> names = {"--help"};
    const auto add = [&](const Option& option) {
      names.push_back("--" + option.name);
      if (option.has_opposite) names.push_back("--no-" + option.name);
    };
    for (const auto& option : command.options) add(option);
    for (const auto& option : global_options()) add(option);
    return invalid_input("`tarn {}` has no option `{}`{}", command.name, bare,
                         did_you_mean(bare, names));
  }
  return invalid_input("`tarn {}` takes no further argument `{}`", command.name, word);
}

// CLI11 speaks of options in its own words; the commonest cases get ours.
Error rephrase(const Command& command, const CLI::ParseError& error) {
  std::string text = error.what();
  for (const auto& option : command.positionals) {
    if (text == option.name + " is required") {
      return invalid_input("`tarn {}` needs {}", command.name,
                           option.value_name.empty() ? to_upper(option.name) : option.value_name);
    }
  }
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(text[0]));
  return invalid_input("{}", text);
}

Result<void> parse_into(const Command& command, std::vector<std::string> words,
                        Arguments& arguments) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::list<std::vector<std::string>> storage;
  std::vector<Binding> bindings = bind(app, command, storage);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return rephrase(command, error);
  }
  std::vector<std::string> extras = app.remaining();
  if (!extras.empty()) return unknown_word(command, extras.front());
  return collect(bindings, arguments);
}

bool is_help(const std::string& word) { return word == "--help" || word == "-h"; }

bool is_spelled(const Option& option, std::string_view word) {
  if (word.size() == 2 && word[1] == option.letter) return true;
  if (!word.starts_with("--")) return false;
  word.remove_prefix(2);
  return word == option.name || (option.has_opposite && word == "no-" + option.name) ||
         std::find(option.aliases.begin(), option.aliases.end(), word) != option.aliases.end();
}

// What any command has under this spelling.
const Option* find_option(std::string_view word) {
  for (const auto& option : global_options()) {
    if (is_spelled(option, word)) return &option;
  }
  for (const auto& command : all_commands()) {
    for (const auto& option : command.options) {
      if (is_spelled(option, word)) return &option;
    }
  }
  return nullptr;
}

// The number of words of options before the command, which then mean the same as behind it.
Result<std::size_t> count_leading(const std::vector<std::string>& words) {
  std::size_t at = 0;
  while (at < words.size() && words[at].starts_with('-')) {
    const std::string& word = words[at];
    const std::size_t equals = word.find('=');
    const Option* option = find_option(word.substr(0, equals));
    if (option == nullptr) {
      return invalid_input("no command has an option `{}`", word.substr(0, equals));
    }
    if (option->arity == Arity::Many) {
      return invalid_input("`{}` takes several values: it goes behind the command", word);
    }
    const bool takes_next = option->arity == Arity::One && equals == std::string::npos;
    at += takes_next ? 2 : 1;
  }
  if (at >= words.size()) {
    return invalid_input("there is no command behind `{}`", join(words, " "));
  }
  return at;
}

// The command of the longest name that the words begin with.
const Command* leading_command(const std::vector<std::string>& words, std::size_t& used) {
  if (words.size() >= 2) {
    if (const Command* found = find_command(words[0] + " " + words[1])) {
      used = 2;
      return found;
    }
  }
  used = 1;
  return find_command(words[0]);
}

}  // namespace

Result<ParsedLine> parse_command_line(const std::vector<std::string>& words) {
  ParsedLine line;
  if (words.empty()) return line;
  if (words[0] == "--version" || words[0] == "-V") {
    line.version = true;
    return line;
  }
  if (is_help(words[0]) || (words[0] == "help" && words.size() == 1)) {
    line.help = true;
    return line;
  }
  bool asks_help = words[0] == "help";
  std::vector<std::string> rest(words.begin() + (asks_help ? 1 : 0), words.end());
  const auto leading = static_cast<std::ptrdiff_t>(TRY(count_leading(rest)));
  std::rotate(rest.begin(), rest.begin() + leading, rest.end());
  std::size_t used = 0;
  line.command = leading_command(rest, used);
  if (line.command == nullptr) {
    return invalid_input("there is no command `{}`{}", rest[0],
                         did_you_mean(rest[0], command_names()));
  }
  rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(used));
  // What stands behind the command has the last word.
  std::rotate(rest.begin(), rest.end() - leading, rest.end());
  auto options_end = std::find(rest.begin(), rest.end(), "--");
  if (asks_help || std::any_of(rest.begin(), options_end, is_help)) {
    line.help = true;
    return line;
  }
  TRY(parse_into(*line.command, std::move(rest), line.arguments));
  return line;
}

}  // namespace tarn::cli
