// SPDX-License-Identifier: Apache-2.0
// JSON values as trees, as SQL/JSON paths see them: scalars have SQL types (integer, bigint,
// decimal, double, boolean, varchar).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "types/value.h"

namespace tarn::functions {

struct JsonItem;
using JsonItemPtr = std::shared_ptr<const JsonItem>;

struct JsonItem {
  enum class Kind : std::uint8_t { Null, Scalar, Array, Object };
  Kind kind = Kind::Null;
  types::TypedValue scalar;
  std::vector<JsonItemPtr> items;
  std::vector<std::pair<std::string, JsonItemPtr>> members;  // the last of equal keys only
};

JsonItemPtr make_json_scalar(types::Type type, types::Value value);
JsonItemPtr make_json_array(std::vector<JsonItemPtr> items);

// Null if the text is no JSON.
JsonItemPtr parse_json_item(std::string_view text);
// What a value becomes in JSON_OBJECT and for PASSING: numbers, texts and booleans as they are,
// others by their text. REQUIRES: no NULL. NOT_SUPPORTED for types without a text.
Result<JsonItemPtr> to_json_item(const types::Type& type, const types::Value& value);

void append_json_item(std::string& out, const JsonItem& item);

}  // namespace tarn::functions
