// SPDX-License-Identifier: Apache-2.0
// From the words of the command line to a command that runs.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"

namespace tarn::cli {

struct ParsedLine {
  const Command* command = nullptr;  // nullptr: only the program was named
  Arguments arguments;
  bool help = false;
  bool version = false;
};

// `words` without the program's name. Errors are ErrorCode::InvalidInput with a suggestion where a
// command or an option is misspelled.
Result<ParsedLine> parse_command_line(const std::vector<std::string>& words);

// Help of the whole program or of one command.
std::string program_help();
std::string short_help();
std::string command_help(const Command& command);

// A script for bash, zsh or fish that completes commands, options and choices.
Result<std::string> completion_script(const std::string& shell);

// The reference of all commands in Markdown, for docs/commands.md.
std::string commands_reference();

// Parses, runs, prints errors. Returns the exit code.
int run_program(const std::vector<std::string>& words);

}  // namespace tarn::cli
