// SPDX-License-Identifier: Apache-2.0
// Arrays: items by position, parts and joins of arrays, looking for items.
#include <algorithm>
#include <random>

#include "functions/lists.h"
#include "functions/value_index.h"
#include "types/compare.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;
using Items = std::vector<Value>;
using Arguments = std::span<const Value>;

constexpr std::int64_t kRepeatMax = 10'000;

template <typename... Args>
Error bad_array_argument(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("INVALID_FUNCTION_ARGUMENT", {}, format, std::forward<Args>(args)...);
}

bool takes_array(const CallSignature& signature) {
  return !signature.arguments.empty() && signature.arguments[0].is(TypeKind::Array);
}

Items copy_items(const Items& items, std::size_t from, std::size_t to) {
  using Distance = Items::difference_type;
  return Items(items.begin() + static_cast<Distance>(from),
               items.begin() + static_cast<Distance>(to));
}

BoundFunction bind_cardinality(const CallSignature& signature) {
  if (signature.arguments[0].is(TypeKind::Array)) {
    return {[](Arguments v) -> Result<Value> {
      return Value(static_cast<std::int64_t>(v[0].as_list().size()));
    }};
  }
  if (signature.arguments[0].is(TypeKind::Map)) {
    return {[](Arguments v) -> Result<Value> {
      return Value(static_cast<std::int64_t>(v[0].as_list().size() / 2));
    }};
  }
  return {};
}

Result<Value> subscript_array(const Items& items, std::int64_t position) {
  if (position == 0) return bad_array_argument("SQL array indices start at 1");
  if (position < 0) return bad_array_argument("Array subscript is negative: {}", position);
  if (position > static_cast<std::int64_t>(items.size())) {
    return bad_array_argument("Array subscript must be less than or equal to array length: {} > {}",
                              position, items.size());
  }
  return items[static_cast<std::size_t>(position - 1)];
}

BoundFunction bind_subscript(const CallSignature& signature) {
  if (takes_array(signature)) {
    return {[](Arguments v) { return subscript_array(v[0].as_list(), v[1].as_int()); }};
  }
  if (!signature.arguments[0].is(TypeKind::Map)) return {};
  return {[key = signature.arguments[0].key()](Arguments v) -> Result<Value> {
    const Value* found = find_in_map(key, v[0].as_list(), v[1]);
    if (found == nullptr) {
      return bad_array_argument("Key not present in map: {}", describe_value(key, v[1]));
    }
    return *found;
  }};
}

BoundFunction bind_element_at(const CallSignature& signature) {
  if (takes_array(signature)) {
    return {[](Arguments v) -> Result<Value> {
      const Items& items = v[0].as_list();
      const auto size = static_cast<std::int64_t>(items.size());
      const std::int64_t position = v[1].as_int();
      if (position == 0) return bad_array_argument("SQL array indices start at 1");
      if (position > size || position < -size) return Value();
      return items[static_cast<std::size_t>(position > 0 ? position - 1 : size + position)];
    }};
  }
  if (!signature.arguments[0].is(TypeKind::Map)) return {};
  return {[key = signature.arguments[0].key()](Arguments v) -> Result<Value> {
    const Value* found = find_in_map(key, v[0].as_list(), v[1]);
    return found == nullptr ? Value() : *found;
  }};
}

BoundFunction bind_array_first(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& items = v[0].as_list();
    return items.empty() ? Value() : items.front();
  }};
}

BoundFunction bind_array_last(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& items = v[0].as_list();
    return items.empty() ? Value() : items.back();
  }};
}

// Arrays and single items of them, in any mixture. A NULL item gives NULL, as Trino has it.
BoundFunction bind_array_concat(const CallSignature& signature) {
  if (!signature.result.is(TypeKind::Array)) return {};
  std::vector<bool> is_item;
  for (const Type& argument : signature.arguments) {
    is_item.push_back(argument != signature.result && argument == signature.result.element());
    if (!is_item.back() && !argument.is(TypeKind::Array)) return {};
  }
  return {[is_item](Arguments v) -> Result<Value> {
    Items out;
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (is_item[i]) {
        out.push_back(v[i]);
        continue;
      }
      const Items& items = v[i].as_list();
      out.insert(out.end(), items.begin(), items.end());
    }
    return Value(std::move(out));
  }};
}

BoundFunction bind_array_reverse(const CallSignature& signature) {
  if (!takes_array(signature)) return {};
  return {[](Arguments v) -> Result<Value> {
    Items out = v[0].as_list();
    std::reverse(out.begin(), out.end());
    return Value(std::move(out));
  }};
}

Result<Value> slice_array(const Items& items, std::int64_t start, std::int64_t length) {
  const auto size = static_cast<std::int64_t>(items.size());
  if (length < 0) return bad_array_argument("length must be greater than or equal to 0");
  if (start == 0) return bad_array_argument("SQL array indices start at 1");
  if (start < 0) start += size + 1;
  if (start < 1 || start > size || length == 0) return Value(Items{});
  const std::int64_t count = std::min(length, size - start + 1);
  return Value(copy_items(items, static_cast<std::size_t>(start - 1),
                          static_cast<std::size_t>(start - 1 + count)));
}

BoundFunction bind_slice(const CallSignature&) {
  return {[](Arguments v) { return slice_array(v[0].as_list(), v[1].as_int(), v[2].as_int()); }};
}

BoundFunction bind_trim_array(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& items = v[0].as_list();
    const std::int64_t count = v[1].as_int();
    if (count < 0) return bad_array_argument("size must not be negative: {}", count);
    if (count > static_cast<std::int64_t>(items.size())) {
      return bad_array_argument("size must not exceed array cardinality {}: {}", items.size(),
                                count);
    }
    return Value(copy_items(items, 0, items.size() - static_cast<std::size_t>(count)));
  }};
}

BoundFunction bind_repeat(const CallSignature&) {
  auto call = [](Arguments v) -> Result<Value> {
    if (v[1].is_null()) return Value();
    const std::int64_t count = v[1].as_int();
    if (count < 0) {
      return bad_array_argument(
          "count argument of repeat function must be greater than or equal to 0");
    }
    if (count > kRepeatMax) {
      return bad_array_argument(
          "count argument of repeat function must be less than or equal to {}", kRepeatMax);
    }
    return Value(Items(static_cast<std::size_t>(count), v[0]));
  };
  return {.call = call, .sees_nulls = true};
}

BoundFunction bind_flatten(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    Items out;
    for (const Value& inner : v[0].as_list()) {
      if (inner.is_null()) continue;
      const Items& items = inner.as_list();
      out.insert(out.end(), items.begin(), items.end());
    }
    return Value(std::move(out));
  }};
}

BoundFunction bind_shuffle(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    thread_local std::mt19937_64 generator{std::random_device{}()};
    Items out = v[0].as_list();
    std::shuffle(out.begin(), out.end(), generator);
    return Value(std::move(out));
  }};
}

Error no_null_parts(std::string_view function) {
  return types::named_error(
      "NOT_SUPPORTED", {}, "{} does not support arrays with elements that are null or contain null",
      function);
}

BoundFunction bind_array_contains(const CallSignature& signature) {
  if (!takes_array(signature)) return {};
  return {[element = signature.arguments[1]](Arguments v) -> Result<Value> {
    bool saw_null = false;
    for (const Value& item : v[0].as_list()) {
      if (item.is_null()) {
        saw_null = true;
        continue;
      }
      const auto equal = types::equals(element, item, v[1]);
      if (!equal) return no_null_parts("contains");
      if (*equal) return Value(true);
    }
    return saw_null ? Value() : Value(false);
  }};
}

BoundFunction bind_contains_sequence(const CallSignature& signature) {
  if (!takes_array(signature)) return {};
  return {[element = signature.arguments[0].element()](Arguments v) -> Result<Value> {
    const Items& items = v[0].as_list();
    const Items& wanted = v[1].as_list();
    auto found = std::search(
        items.begin(), items.end(), wanted.begin(), wanted.end(),
        [&](const Value& a, const Value& b) { return types::is_identical(element, a, b); });
    return Value(wanted.empty() || found != items.end());
  }};
}

BoundFunction bind_array_position(const CallSignature& signature) {
  return {[element = signature.arguments[1]](Arguments v) -> Result<Value> {
    const Items& items = v[0].as_list();
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].is_null()) continue;
      const auto equal = types::equals(element, items[i], v[1]);
      if (!equal) return no_null_parts("array_position");
      if (*equal) return Value(static_cast<std::int64_t>(i + 1));
    }
    return Value(0);
  }};
}

BoundFunction bind_array_remove(const CallSignature& signature) {
  return {[element = signature.arguments[1]](Arguments v) -> Result<Value> {
    Items out;
    for (const Value& item : v[0].as_list()) {
      if (!item.is_null()) {
        const auto equal = types::equals(element, item, v[1]);
        if (!equal) return no_null_parts("array_remove");
        if (*equal) continue;
      }
      out.push_back(item);
    }
    return Value(std::move(out));
  }};
}

constexpr FunctionEntry kArrayAccessFunctions[] = {
    {"cardinality", bind_cardinality},
    {"$subscript", bind_subscript},
    {"element_at", bind_element_at},
    {"array_first", bind_array_first},
    {"array_last", bind_array_last},
    {"concat", bind_array_concat},
    {"reverse", bind_array_reverse},
    {"slice", bind_slice},
    {"trim_array", bind_trim_array},
    {"repeat", bind_repeat},
    {"flatten", bind_flatten},
    {"shuffle", bind_shuffle},
    {"contains", bind_array_contains},
    {"contains_sequence", bind_contains_sequence},
    {"array_position", bind_array_position},
    {"array_remove", bind_array_remove},
};

}  // namespace

FunctionList array_access_functions() { return kArrayAccessFunctions; }

}  // namespace tarn::functions
