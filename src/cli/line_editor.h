// SPDX-License-Identifier: Apache-2.0
// A line of input from a terminal, with editing, history and completion by Tab; without a terminal
// plain lines. Knows UTF-8.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::cli {

class LineEditor {
 public:
  // Completions of the word before the cursor; `word` is that word.
  using Complete = std::function<std::vector<std::string>(std::string_view word)>;

  // The history is read from and added to `history_file`; "": none is kept.
  explicit LineEditor(std::string history_file);

  void set_complete(Complete complete) { complete_ = std::move(complete); }
  // What the user did.
  enum class End { Line, EndOfInput, Interrupted };
  struct Input {
    End end = End::Line;
    std::string line;
  };
  Input read(const std::string& prompt);
  // An entry may have several lines.
  void add_history(const std::string& entry);

 private:
  Input read_plain();
  Input edit(const std::string& prompt);

  std::string history_file_;
  std::vector<std::string> history_;
  Complete complete_;
};

}  // namespace tarn::cli
