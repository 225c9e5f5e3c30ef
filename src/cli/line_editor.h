// SPDX-License-Identifier: Apache-2.0
// A line of input from a terminal, with editing, history, search (Ctrl-R), pasting and completion
// by Tab; without a terminal plain lines. What is pasted or recalled may have several lines, which
// are shown in one, with a sign for each line feed. Knows UTF-8.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/line_history.h"

namespace tarn::cli {

class LineEditor {
 public:
  // Completions of the word before the cursor. `before`: the text of the line before the word. A
  // completion that ends with a point goes on; after others a blank is put.
  using Complete =
      std::function<std::vector<std::string>(std::string_view word, std::string_view before)>;

  explicit LineEditor(std::string history_file) : history_(std::move(history_file)) {}

  void set_complete(Complete complete) { complete_ = std::move(complete); }
  // Asked when a signal has come: whether reading ends.
  void set_stop(std::function<bool()> stop) { stop_ = std::move(stop); }

  // What the user did.
  enum class End { Line, EndOfInput, Interrupted };
  struct Input {
    End end = End::Line;
    std::string line;
  };
  Input read(const std::string& prompt);
  void add_history(const std::string& entry) { history_.add(entry); }

 private:
  Input read_plain();
  Input edit(const std::string& prompt);

  LineHistory history_;
  Complete complete_;
  std::function<bool()> stop_;
};

}  // namespace tarn::cli
