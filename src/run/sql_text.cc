// SPDX-License-Identifier: Apache-2.0
#include "run/sql_text.h"

namespace tarn::run {

namespace {

std::string quote_with(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char letter : text) {
    out += letter;
    if (letter == quote) out += quote;
  }
  return out += quote;
}

}  // namespace

std::string quoted_name(std::string_view name) { return quote_with(name, '"'); }

std::string quoted_list(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    if (!out.empty()) out += ", ";
    out += quoted_name(name);
  }
  return out;
}

std::string text_literal(std::string_view text) { return quote_with(text, '\''); }

}  // namespace tarn::run
