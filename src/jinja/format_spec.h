// SPDX-License-Identifier: Apache-2.0
// The mini-language of Python's format():
// `[[fill]align][sign][z][#][0][width][grouping][.p][type]`; private to the folder.
#pragma once

#include <string>
#include <string_view>

#include "jinja/value.h"

namespace tarn::jinja {

struct FormatSpec {
  std::string fill = " ";  // one code point
  char align = '\0';       // < > = ^
  char sign = '\0';        // + - space
  bool alternate = false;
  bool zero = false;
  std::size_t width = 0;
  char grouping = '\0';  // , or _
  int precision = -1;
  char type = '\0';
};

// Widths and precisions are bounded: kind `value` past that.
Result<FormatSpec> parse_format_spec(std::string_view text);
// Digits of a finite or infinite double by type e, E, f, F, g, G, n, % without sign of positives.
std::string format_double(double magnitude, char type, int precision, bool alternate);
std::string pad_text(const std::string& text, const FormatSpec& spec, char default_align);
Result<std::string> format_integer(const Value& value, const FormatSpec& spec);
Result<std::string> format_float(double value, const FormatSpec& spec);

}  // namespace tarn::jinja
