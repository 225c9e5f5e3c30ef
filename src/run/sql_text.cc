// SPDX-License-Identifier: Apache-2.0
#include "run/sql_text.h"

#include "base/text.h"

namespace tarn::run {

std::string quoted_name(std::string_view name) { return quote(name, '"'); }

std::string quoted_list(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    if (!out.empty()) out += ", ";
    out += quoted_name(name);
  }
  return out;
}

std::string text_literal(std::string_view text) { return quote(text, '\''); }

}  // namespace tarn::run
