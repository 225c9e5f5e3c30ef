// SPDX-License-Identifier: Apache-2.0
#include "cli/pager.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "base/text.h"

namespace tarn::cli {
namespace {

bool is_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0;
  const char* path = std::getenv("PATH");
  if (path == nullptr) return false;
  for (const auto folder : split(path, ':')) {
    const std::string file = std::string(folder.empty() ? "." : folder) + '/' + name;
    if (::access(file.c_str(), X_OK) == 0) return true;
  }
  return false;
}

// "" if there is none.
std::string pager_command() {
  const char* given = std::getenv("PAGER");
  const std::string command = given != nullptr ? given : "less -RSX";
  const std::string program(trim(std::string_view(command).substr(0, command.find(' '))));
  // Anything that is no plain name is for the shell to judge.
  const bool is_plain = program.find_first_of("$`'\"|&;()<>*=") == std::string::npos;
  if (program.empty() || (is_plain && !is_program(program))) return "";
  return command;
}

// Without the codes of colours.
std::size_t shown_width(std::string_view line) {
  std::string plain;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\x1b') {
      plain += line[i];
      continue;
    }
    while (i < line.size() && line[i] != 'm') ++i;
  }
  return display_width(plain);
}

}  // namespace

Pager::Pager(Terminal& terminal) : terminal_(terminal) {}

Pager::~Pager() {
  if (pipe_ != nullptr) {
    ::pclose(pipe_);
    sigaction(SIGINT, &interrupt_before_, nullptr);
  } else {
    terminal_.out(kept_);
  }
}

// Whether all that is kept has room, two lines for what comes after it left free.
bool Pager::fits(std::string_view text) {
  const WindowSize size = window_size();
  kept_ += text;
  for (;;) {
    const std::size_t end = kept_.find('\n', line_start_);
    if (end == std::string::npos) break;
    const std::string_view line = std::string_view(kept_).substr(line_start_, end - line_start_);
    if (shown_width(line) > static_cast<std::size_t>(size.columns)) return false;
    line_start_ = end + 1;
    ++lines_;
    if (lines_ + 2 > static_cast<std::size_t>(size.rows)) return false;
  }
  return true;
}

void Pager::write(std::string_view text) {
  if (pipe_ != nullptr) {
    std::fwrite(text.data(), 1, text.size(), pipe_);  // fails when the user has left
    return;
  }
  if (is_plain_) return terminal_.out(text);
  if (fits(text)) return;
  const std::string command = pager_command();
  std::fflush(stdout);
  if (!command.empty()) pipe_ = ::popen(command.c_str(), "w");
  is_plain_ = pipe_ == nullptr;
  if (pipe_ != nullptr) {
    // Ctrl-C is the pager's, which ends a search by it.
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGINT, &ignore, &interrupt_before_);
  }
  const std::string all = std::exchange(kept_, std::string());
  write(all);
}

}  // namespace tarn::cli
