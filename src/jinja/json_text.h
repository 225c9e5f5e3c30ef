// SPDX-License-Identifier: Apache-2.0
// JSON as Python's json module writes and reads it: `, ` and `: `, only ASCII, NaN and Infinity,
// integers of any size.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jinja/runtime.h"

namespace tarn::jinja {

struct JsonStyle {
  bool sort_keys = false;
  std::optional<std::string> indent;  // blanks per level
};

// Kind `type` for values that JSON cannot hold.
Result<std::string> write_json_text(Runtime& runtime, const Value& value, const JsonStyle& style);
// Kind `value` with the place for bad JSON.
Result<Value> parse_json_text(std::string_view text);

}  // namespace tarn::jinja
