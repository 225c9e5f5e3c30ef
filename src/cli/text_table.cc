// SPDX-License-Identifier: Apache-2.0
#include "cli/text_table.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"

namespace tarn::cli {
namespace {

std::string visible(const std::string& text) {
  std::string result;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result += c;
    }
  }
  return result;
}

std::string padded(const std::string& text, std::size_t width, Align align, bool last) {
  std::size_t have = display_width(text);
  std::string fill(width > have ? width - have : 0, ' ');
  if (align == Align::Right) return fill + text;
  return last ? text : text + fill;
}

}  // namespace

std::string format_table(const TextTable& table, const Terminal& terminal) {
  std::vector<std::size_t> widths;
  for (const auto& column : table.columns) widths.push_back(display_width(column.title));
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : table.rows) {
    auto& line = cells.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.push_back(row[i] ? visible(*row[i]) : table.absent);
      widths[i] = std::max(widths[i], display_width(line.back()));
    }
  }
  std::string out;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    bool last = i + 1 == table.columns.size();
    const auto& column = table.columns[i];
    out += terminal.paint(padded(column.title, widths[i], column.align, last), Style::Bold);
    out += last ? "\n" : "  ";
  }
  for (std::size_t r = 0; r < cells.size(); ++r) {
    for (std::size_t i = 0; i < cells[r].size(); ++i) {
      bool last = i + 1 == cells[r].size();
      std::string cell = padded(cells[r][i], widths[i], table.columns[i].align, last);
      out += table.rows[r][i] ? cell : terminal.paint(cell, Style::Dim);
      out += last ? "\n" : "  ";
    }
  }
  return out;
}

}  // namespace tarn::cli
