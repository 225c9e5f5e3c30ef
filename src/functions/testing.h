// SPDX-License-Identifier: Apache-2.0
// Calls of functions with arguments and answers as texts. Include in tests only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/testing.h"
#include "functions/registry.h"
#include "functions/value_index.h"
#include "types/error_name.h"
#include "types/number_text.h"
#include "types/value_text.h"

namespace tarn::functions {

inline constexpr std::string_view kNullArgument = "<null>";

// What CAST(text AS type) gives; bytes are given as hexadecimal digits.
inline types::Value test_argument(const types::Type& type, std::string_view text) {
  using types::TypeKind;
  if (text == kNullArgument) return types::Value();
  if (type.is(TypeKind::Varbinary)) return types::Value(CHECK_OK(from_hex(text)));
  if (type.kind >= TypeKind::RegularExpression || type.is(TypeKind::Json)) {
    return types::Value(std::string(text));
  }
  return CHECK_OK(types::cast_from_text(type, text, {}));
}

// The answer as text: bytes as hexadecimal digits, doubles as Java writes them, char(n) with its
// blanks; `!` and Trino's name for an error.
inline std::string test_answer(std::string_view signature, std::vector<types::Value> values) {
  const CallSignature parsed = CHECK_OK(parse_call_signature(signature));
  const auto function = bind_function(parsed);
  if (!function) return "!" + types::split_error(function.error()).name;
  for (const types::Value& value : values) {
    if (value.is_null() && !function->sees_nulls) return "null";
  }
  const auto answer = function->call(values);
  if (!answer) return "!" + types::split_error(answer.error()).name;
  if (parsed.result.is(types::TypeKind::Varbinary) && !answer->is_null()) {
    return to_hex(answer->as_text());
  }
  if (parsed.result.is(types::TypeKind::Double) && !answer->is_null()) {
    std::string text;
    types::append_java_double(text, answer->as_double());
    return text;
  }
  return describe_value(parsed.result, *answer);
}

inline std::string test_answer_of_texts(std::string_view signature,
                                        const std::vector<std::string_view>& arguments) {
  const CallSignature parsed = CHECK_OK(parse_call_signature(signature));
  std::vector<types::Value> values;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    values.push_back(test_argument(parsed.arguments.at(i), arguments[i]));
  }
  return test_answer(signature, std::move(values));
}

struct TextCall {
  std::string_view signature;
  std::vector<std::string_view> arguments;
  std::string_view expected;
};

template <std::size_t count>
void check_text_calls(const TextCall (&cases)[count]) {
  for (const TextCall& one : cases) {
    CAPTURE(one.signature);
    CAPTURE(one.expected);
    CHECK(test_answer_of_texts(one.signature, one.arguments) == one.expected);
  }
}

}  // namespace tarn::functions
