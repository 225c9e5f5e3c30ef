// SPDX-License-Identifier: Apache-2.0
// SQL/JSON paths (ISO 9075-2, 9.39) in lax and strict mode: parsing and evaluation. Not the older
// paths of json_extract.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "functions/json_item.h"

namespace tarn::functions {

struct JsonPathNode;
using JsonPathNodePtr = std::unique_ptr<JsonPathNode>;

struct JsonPathNode {
  enum class Kind : std::uint8_t {
    Context,     // $
    Variable,    // $name
    Current,     // @
    Last,        // last
    Literal,     // `item`
    Member,      // base . name; of all members without name
    Descendant,  // base .. name
    Subscript,   // base, then pairs: from, to (null for one index)
    Items,       // base [*]
    Filter,      // base, predicate
    Method,      // base . name()
    Negative,    // - operand
    Positive,    // + operand
    Arithmetic,  // left, right; `name` is the function: $add, …
    // Predicates.
    And,
    Or,
    Not,
    IsUnknown,
    Exists,
    Compare,     // left, right; `name` is ==, <>, <, >, <=, >=
    StartsWith,  // whole, begin
  };
  Kind kind = Kind::Context;
  std::string name;
  bool has_name = false;
  JsonItemPtr item;
  std::vector<JsonPathNodePtr> children;
};

struct SqlJsonPath {
  bool lax = true;
  JsonPathNodePtr root;
};

// INVALID_PATH, or NOT_SUPPORTED for like_regex, datetime() and keyvalue().
Result<SqlJsonPath> parse_json_path(std::string_view text);

using JsonPathVariables = std::vector<std::pair<std::string, JsonItemPtr>>;

// The items that the path finds. PATH_EVALUATION_ERROR if it fails.
Result<std::vector<JsonItemPtr>> evaluate_json_path(const SqlJsonPath& path,
                                                    const JsonItemPtr& context,
                                                    const JsonPathVariables& variables);

}  // namespace tarn::functions
