// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "base/text.h"
#include "cli/command_line.h"

namespace tarn::cli {
namespace {

std::vector<std::string> first_words() {
  std::vector<std::string> words;
  for (const auto& command : all_commands()) {
    if (command.hidden) continue;
    std::string first(split(command.name, ' ').front());
    if (words.empty() || words.back() != first) words.push_back(first);
  }
  words.push_back("help");
  return words;
}

std::vector<std::string> option_words(const Command& command) {
  std::vector<std::string> words;
  for (const auto& option : command.options) {
    if (!option.is_idle && option.refusal.empty()) words.push_back("--" + shown_name(option));
  }
  for (const auto& option : global_options()) words.push_back("--" + option.name);
  words.push_back("--help");
  return words;
}

// Second words of `tarn config show`.
std::vector<std::string> second_words(std::string_view first) {
  std::vector<std::string> words;
  for (const auto& command : all_commands()) {
    auto parts = split(command.name, ' ');
    if (parts.size() == 2 && parts[0] == first) words.emplace_back(parts[1]);
  }
  return words;
}

std::string bash_script() {
  std::string cases;
  std::string choices;
  for (const auto& command : all_commands()) {
    std::string pattern = replace_all(command.name, " ", "\\ ");
    auto words = option_words(command);
    cases += fmt::format("    {}) words=\"{}\" ;;\n", pattern, join(words, " "));
    for (const auto& option : command.options) {
      if (option.choices.empty()) continue;
      choices += fmt::format("    {}:--{}) words=\"{}\" ;;\n", pattern, option.name,
                             join(option.choices, " "));
    }
  }
  std::string seconds;
  for (const auto& first : first_words()) {
    auto words = second_words(first);
    if (!words.empty()) {
      seconds += fmt::format("    {}) words=\"{}\" ;;\n", first, join(words, " "));
    }
  }
  return fmt::format(
      R"bash(# bash completion for tarn: source <(tarn completion bash)
_tarn() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} words=
  local command=${{COMP_WORDS[1]}}
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "{0} --help --version" -- "$word"))
    return
  fi
  case "$command" in
{1}    *) ;;
  esac
  if [ -n "$words" ]; then
    if [ "$COMP_CWORD" = 2 ]; then COMPREPLY=($(compgen -W "$words" -- "$word")); return; fi
    command="$command ${{COMP_WORDS[2]}}"
    words=
  fi
  case "$command:$before" in
{3}    *) ;;
  esac
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$word")); return; fi
  case "$command" in
{2}    *) ;;
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$(tarn __complete "$command" 2>/dev/null)" -- "$word")
                  $(compgen -f -- "$word")) ;;
  esac
}}
complete -o filenames -F _tarn tarn
)bash",
      join(first_words(), " "), seconds, cases, choices);
}

std::string zsh_script() {
  return "#compdef tarn\n# zsh completion for tarn: source <(tarn completion zsh)\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         bash_script();
}

std::string fish_quoted(std::string_view text) {
  return "'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}

std::string fish_script() {
  std::string out = "# fish completion for tarn: tarn completion fish | source\n";
  for (const auto& command : all_commands()) {
    if (command.hidden) continue;
    auto parts = split(command.name, ' ');
    if (parts.size() == 1) {
      out += fmt::format("complete -c tarn -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                         fish_quoted(command.summary));
    } else {
      out += fmt::format("complete -c tarn -n '__fish_seen_subcommand_from {}' -f -a {} -d {}\n",
                         parts[0], parts[1], fish_quoted(command.summary));
    }
    for (const auto& option : command.options) {
      if (option.is_idle || !option.refusal.empty()) continue;
      out += fmt::format("complete -c tarn -n '__fish_seen_subcommand_from {}' -l {}", parts.back(),
                         shown_name(option));
      if (option.letter != 0) out += fmt::format(" -s {}", option.letter);
      if (option.arity != Arity::Flag) out += " -r";
      if (!option.choices.empty()) {
        out += " -f -a " + fish_quoted(join(option.choices, " "));
      }
      out += " -d " + fish_quoted(option.help) + "\n";
    }
  }
  return out;
}

}  // namespace

Result<std::string> completion_script(const std::string& shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  if (shell == "fish") return fish_script();
  return invalid_input("completion is for bash, zsh or fish, not `{}`", shell);
}

}  // namespace tarn::cli
