// SPDX-License-Identifier: Apache-2.0
// Where a command writes: data to standard output, everything else to standard error; colour and
// redrawing only on a terminal.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::cli {

enum class Style { Plain, Bold, Dim, Red, Green, Yellow, Cyan };

struct TerminalOptions {
  bool color_out = false;
  bool color_err = false;
  bool interactive_err = false;  // standard error is a terminal: progress may be redrawn
  bool interactive_out = false;
  int width = 100;  // columns
};

struct WindowSize {
  int columns = 80;
  int rows = 24;
};
// Of the terminal that is standard output; what cannot be known is as in `otherwise`.
WindowSize window_size(WindowSize otherwise = {});

class Terminal {
 public:
  Terminal(std::FILE* out, std::FILE* err, TerminalOptions options)
      : out_(out), err_(err), options_(options) {}

  // Data. A closed pipe ends the program quietly.
  void out(std::string_view text);
  // Data that was kept back until now, so that what follows on standard error comes after it.
  void flush();
  // Notes and progress.
  void note(std::string_view text);
  // `error: …` in red, with the place, the excerpt and the context.
  void error(const Error& error);
  void warning(std::string_view text);

  // For data; for notes, whose stream may be another.
  std::string paint(std::string_view text, Style style) const;
  std::string paint_note(std::string_view text, Style style) const;
  const TerminalOptions& options() const { return options_; }

 private:
  std::FILE* out_;
  std::FILE* err_;
  TerminalOptions options_;
};

// Decides from `choice` (auto, always, never), NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, TERM and
// whether the streams are terminals.
TerminalOptions detect_terminal(std::string_view color_choice);

}  // namespace tarn::cli
