// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/text.h"

namespace tarn::cli {
namespace {

std::string_view style_code(Style style) {
  switch (style) {
    case Style::Plain:
      return "";
    case Style::Bold:
      return "1";
    case Style::Dim:
      return "2";
    case Style::Red:
      return "31;1";
    case Style::Green:
      return "32";
    case Style::Yellow:
      return "33";
    case Style::Cyan:
      return "36";
  }
  return "";
}

std::string painted(std::string_view text, Style style) {
  return fmt::format("\033[{}m{}\033[0m", style_code(style), text);
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

bool wants_color(std::string_view choice, int descriptor) {
  if (choice == "always") return true;
  if (choice == "never") return false;
  if (is_set("FORCE_COLOR") || is_set("CLICOLOR_FORCE")) return true;
  if (std::getenv("NO_COLOR") != nullptr) return false;
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::string_view(term) == "dumb") return false;
  return isatty(descriptor) == 1;
}

}  // namespace

void Terminal::out(std::string_view text) {
  std::size_t written = std::fwrite(text.data(), 1, text.size(), out_);
  if (written < text.size() && errno == EPIPE) std::_Exit(0);
}

void Terminal::flush() {
  if (std::fflush(out_) != 0 && errno == EPIPE) std::_Exit(0);
}

void Terminal::note(std::string_view text) {
  // Where both go to one place, they keep their order.
  std::fflush(out_);
  std::fwrite(text.data(), 1, text.size(), err_);
  std::fflush(err_);
}

void Terminal::error(const Error& error) {
  std::string label = options_.color_err ? painted("error:", Style::Red) : "error:";
  std::string text = fmt::format("{} {}\n", label, mask_secrets(error.message));
  for (const auto& line : error.context) text += fmt::format("  {}\n", mask_secrets(line));
  note(text);
}

void Terminal::warning(std::string_view text) {
  std::string label = options_.color_err ? painted("warning:", Style::Yellow) : "warning:";
  note(fmt::format("{} {}\n", label, mask_secrets(text)));
}

std::string Terminal::paint(std::string_view text, Style style) const {
  if (!options_.color_out || style == Style::Plain) return std::string(text);
  return painted(text, style);
}

std::string Terminal::paint_note(std::string_view text, Style style) const {
  if (!options_.color_err || style == Style::Plain) return std::string(text);
  return painted(text, style);
}

WindowSize window_size(WindowSize otherwise) {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return otherwise;
  if (size.ws_col > 0) otherwise.columns = size.ws_col;
  if (size.ws_row > 0) otherwise.rows = size.ws_row;
  return otherwise;
}

TerminalOptions detect_terminal(std::string_view color_choice) {
  TerminalOptions options;
  options.color_out = wants_color(color_choice, STDOUT_FILENO);
  options.color_err = wants_color(color_choice, STDERR_FILENO);
  options.interactive_out = isatty(STDOUT_FILENO) == 1;
  options.interactive_err = isatty(STDERR_FILENO) == 1;
  options.width = window_size({.columns = options.width}).columns;
  return options;
}

}  // namespace tarn::cli
