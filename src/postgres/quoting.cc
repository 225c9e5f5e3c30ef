// SPDX-License-Identifier: Apache-2.0
#include "postgres/quoting.h"

#include "base/check.h"
#include "base/text.h"

namespace tarn::postgres {

std::string quote_identifier(std::string_view name) {
  VERIFY(name.find('\0') == std::string_view::npos);
  return quote(name, '"');
}

std::string quote_qualified(std::string_view schema, std::string_view name) {
  if (schema.empty()) return quote_identifier(name);
  return quote_identifier(schema) + "." + quote_identifier(name);
}

std::string quote_literal(std::string_view text) {
  VERIFY(text.find('\0') == std::string_view::npos);
  if (text.find('\\') == std::string_view::npos) return quote(text, '\'');
  return " E" + quote(replace_all(text, "\\", "\\\\"), '\'');
}

}  // namespace tarn::postgres
