// SPDX-License-Identifier: Apache-2.0
// A table for people: columns padded, numbers to the right, absent values dimmed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/terminal.h"

namespace tarn::cli {

enum class Align { Left, Right };

struct TextTable {
  struct Column {
    std::string title;
    Align align = Align::Left;
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
  std::string absent = "-";  // how absent values show

  void add(std::vector<std::optional<std::string>> row) { rows.push_back(std::move(row)); }
};

// One line a row, a header line in bold; absent values as `absent`. Control characters in cells
// are escaped.
std::string format_table(const TextTable& table, const Terminal& terminal);

}  // namespace tarn::cli
