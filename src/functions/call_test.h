// SPDX-License-Identifier: Apache-2.0
// Calls of functions written as texts, for tests: `check_call("$add(date, interval day to second)
// -> date", {"2024-01-01", …})`. Include in tests only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/testing.h"
#include "functions/registry.h"
#include "types/error_name.h"
#include "types/value_text.h"

namespace tarn::functions {

// What a call gives: the result as CAST to varchar prints it, `NULL`, or the name of the error.
// Arguments are texts that are cast to their types; nullopt is NULL.
inline std::string call_text(std::string_view signature_text,
                             const std::vector<std::optional<std::string>>& arguments) {
  const CallSignature signature = CHECK_OK(parse_call_signature(signature_text));
  REQUIRE(signature.arguments.size() == arguments.size());
  const BoundFunction bound = CHECK_OK(bind_function(signature));
  std::vector<types::Value> values;
  bool any_null = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    any_null = any_null || !arguments[i];
    if (!arguments[i]) {
      values.emplace_back();
    } else if (signature.arguments[i].is(types::TypeKind::IntervalDayToSecond) ||
               signature.arguments[i].is(types::TypeKind::IntervalYearToMonth)) {
      values.emplace_back(std::int64_t{std::stoll(*arguments[i])});  // milliseconds or months
    } else if (signature.arguments[i].is(types::TypeKind::Json)) {
      values.emplace_back(*arguments[i]);
    } else {
      values.push_back(
          CHECK_OK(types::cast_from_text(signature.arguments[i], *arguments[i], signature.zone)));
    }
  }
  if (any_null && !bound.sees_nulls) return "NULL";
  const auto result = bound.call(values);
  if (!result) return types::split_error(result.error()).name;
  return result->is_null() ? "NULL" : types::cast_to_text(signature.result, *result);
}

struct CallCase {
  std::string_view signature;
  std::vector<std::optional<std::string>> arguments;
  std::string_view expected;
};

inline void check_calls(const std::vector<CallCase>& cases) {
  for (const CallCase& c : cases) {
    CAPTURE(c.signature);
    CAPTURE(c.arguments.empty() ? std::string() : c.arguments[0].value_or("NULL"));
    CHECK(call_text(c.signature, c.arguments) == c.expected);
  }
}

}  // namespace tarn::functions
