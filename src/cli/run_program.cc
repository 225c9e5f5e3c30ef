// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>

#include "cli/command_line.h"
#include "cli/lakehouse_access.h"
#include "cli/terminal.h"
#include "cli/version.h"

namespace tarn::cli {
namespace {

constexpr int kExitUsage = 2;

Cancel& interrupted() {
  static Cancel cancel;
  return cancel;
}

// The first Ctrl-C asks the work to stop, the second leaves at once.
void on_interrupt(int) {
  if (interrupted().requested()) _exit(kExitUsage);
  interrupted().request();
}

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

int show(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

int run_command(const ParsedLine& line) {
  std::string color = line.arguments.text("color");
  if (declares(*line.command, "use-colors") && !line.arguments.given("color")) {
    if (const auto wanted = line.arguments.choice("use-colors"))
      color = *wanted ? "always" : "never";
  }
  Terminal terminal(stdout, stderr, detect_terminal(color));
  Result<int> result = line.command->run({*line.command, line.arguments, terminal, interrupted()});
  // A full disk must not look like an answer; a reader who has left wants none.
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!written && errno != EPIPE && result) {
    terminal.error(unavailable("standard output cannot be written: {}", std::strerror(errno)));
    return line.command->error_code;
  }
  if (result) return *result;
  terminal.error(result.error());
  const Error& error = result.error();
  const bool usage = error.code == ErrorCode::Cancelled || error.kind == kUsageError;
  return usage ? kExitUsage : line.command->error_code;
}

int run_guarded(const std::vector<std::string>& words) {
  Result<ParsedLine> line = parse_command_line(words);
  if (!line) {
    Terminal terminal(stdout, stderr, detect_terminal("auto"));
    terminal.error(line.error());
    terminal.note("`tarn --help` lists the commands and their options\n");
    return kExitUsage;
  }
  if (line->version) return show(version_text());
  if (line->help) {
    return show(line->command == nullptr ? program_help() : command_help(*line->command));
  }
  if (line->command == nullptr) return show(short_help());
  return run_command(*line);
}

}  // namespace

int run_program(const std::vector<std::string>& words) {
  catch_signals();
  try {
    return run_guarded(words);
  } catch (const std::exception& error) {
    fmt::print(stderr, "tarn: bug: unexpected exception: {}\n", error.what());
    return kExitUsage;
  }
}

}  // namespace tarn::cli
