// SPDX-License-Identifier: Apache-2.0
// Texts cut at delimiters and joined with them.
#include <algorithm>

#include "base/text.h"
#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

Result<Value> split_at(const std::string& text, const std::string& delimiter, std::int64_t limit) {
  if (limit <= 0) return invalid_argument("Limit must be positive");
  if (limit > std::numeric_limits<std::int32_t>::max()) {
    return invalid_argument("Limit is too large");
  }
  if (delimiter.empty()) return invalid_argument("The delimiter may not be the empty string");
  std::vector<Value> parts;
  std::size_t at = 0;
  while (static_cast<std::int64_t>(parts.size()) < limit - 1) {
    const std::size_t found = text.find(delimiter, at);
    if (found == std::string::npos) break;
    parts.emplace_back(text.substr(at, found - at));
    at = found + delimiter.size();
  }
  parts.emplace_back(text.substr(at));
  return Value(std::move(parts));
}

Result<Value> split_text(Arguments values) {
  return split_at(values[0].as_text(), values[1].as_text(),
                  std::numeric_limits<std::int32_t>::max());
}

Result<Value> split_limited(Arguments values) {
  return split_at(values[0].as_text(), values[1].as_text(), values[2].as_int());
}

Result<Value> split_part(Arguments values) {
  const std::string_view text = values[0].as_text();
  const std::string& delimiter = values[1].as_text();
  const std::int64_t index = values[2].as_int();
  if (index <= 0) return invalid_argument("Index must be greater than zero");
  if (delimiter.empty()) {
    const std::string_view before = utf8_prefix(text, static_cast<std::size_t>(index - 1));
    if (before.size() == text.size()) return Value();
    return Value(std::string(utf8_prefix(text.substr(before.size()), 1)));
  }
  std::size_t at = 0;
  for (std::int64_t i = 1;; ++i) {
    const std::size_t found = text.find(delimiter, at);
    if (i == index) {
      return Value(std::string(text.substr(at, found == std::string::npos ? found : found - at)));
    }
    if (found == std::string::npos) return Value();
    at = found + delimiter.size();
  }
}

// NULL parts are left out.
Result<Value> join_values(const Value& separator, Arguments parts) {
  if (separator.is_null()) return Value();
  std::string out;
  bool first = true;
  for (const Value& part : parts) {
    if (part.is_null()) continue;
    if (!first) out += separator.as_text();
    first = false;
    out += part.as_text();
  }
  return Value(std::move(out));
}

BoundFunction bind_concat_ws(const CallSignature& signature) {
  const auto& arguments = signature.arguments;
  if (arguments.size() == 2 && arguments[1].is(Array)) {
    return {.call = [](Arguments values) { return join_values(values[0], values[1].as_list()); }};
  }
  const bool texts = std::all_of(arguments.begin(), arguments.end(),
                                 [](const types::Type& type) { return type.is(Varchar); });
  if (!texts) return {};
  if (arguments.size() < 2) {
    return {.call = [](Arguments) -> Result<Value> {
              return invalid_argument("There must be two or more arguments");
            },
            .sees_nulls = true};
  }
  return {.call = [](Arguments values) { return join_values(values[0], values.subspan(1)); },
          .sees_nulls = true};
}

constexpr FunctionEntry kStringSplitFunctions[] = {
    {"concat_ws", bind_concat_ws},
    {"split", takes<split_text, Varchar, Varchar>},
    {"split", takes<split_limited, Varchar, Varchar, BigInt>},
    {"split_part", takes<split_part, Varchar, Varchar, BigInt>},
};

}  // namespace

FunctionList string_split_functions() { return kStringSplitFunctions; }

}  // namespace tarn::functions
