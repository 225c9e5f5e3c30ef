// SPDX-License-Identifier: Apache-2.0
// Maps: made of arrays, entries and texts, joined, and taken apart.
#include <algorithm>

#include "functions/lists.h"
#include "functions/value_index.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;
using Items = std::vector<Value>;
using Arguments = std::span<const Value>;

template <typename... Args>
Error bad_map_argument(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("INVALID_FUNCTION_ARGUMENT", {}, format, std::forward<Args>(args)...);
}

BoundFunction bind_map(const CallSignature& signature) {
  if (signature.arguments.empty()) {
    return {[](Arguments) -> Result<Value> { return Value(Items{}); }};
  }
  return {[key = signature.result.key()](Arguments v) -> Result<Value> {
    const Items& keys = v[0].as_list();
    const Items& values = v[1].as_list();
    if (keys.size() != values.size()) {
      return bad_map_argument("Key and value arrays must be the same length");
    }
    return make_map_value(key, keys, values);
  }};
}

// The last value of a key counts.
BoundFunction bind_map_concat(const CallSignature& signature) {
  return {[key = signature.result.key()](Arguments v) -> Result<Value> {
    ValueIndex keys(key);
    std::vector<const Value*> values;
    for (const Value& argument : v) {
      const Items& map = argument.as_list();
      for (std::size_t i = 0; i + 1 < map.size(); i += 2) {
        const auto added = keys.add(map[i]);
        if (added.is_new) values.push_back(nullptr);
        values[added.index] = &map[i + 1];
      }
    }
    Items out;
    out.reserve(values.size() * 2);
    for (std::size_t i = 0; i < values.size(); ++i) {
      out.push_back(keys.at(i));
      out.push_back(*values[i]);
    }
    return Value(std::move(out));
  }};
}

BoundFunction bind_map_entries(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& map = v[0].as_list();
    Items out;
    for (std::size_t i = 0; i + 1 < map.size(); i += 2) {
      out.push_back(Value(Items{map[i], map[i + 1]}));
    }
    return Value(std::move(out));
  }};
}

template <std::size_t kOffset>
BoundFunction bind_map_side(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& map = v[0].as_list();
    Items out;
    for (std::size_t i = kOffset; i < map.size(); i += 2) out.push_back(map[i]);
    return Value(std::move(out));
  }};
}

BoundFunction bind_map_from_entries(const CallSignature& signature) {
  return {[key = signature.result.key()](Arguments v) -> Result<Value> {
    Items keys;
    Items values;
    for (const Value& entry : v[0].as_list()) {
      if (entry.is_null()) return bad_map_argument("map entry cannot be null");
      keys.push_back(entry.as_list()[0]);
      values.push_back(entry.as_list()[1]);
    }
    return make_map_value(key, keys, values);
  }};
}

Value multimap_value(const ValueIndex& keys, std::vector<Items> values) {
  Items out;
  out.reserve(values.size() * 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.push_back(keys.at(i));
    out.push_back(Value(std::move(values[i])));
  }
  return Value(std::move(out));
}

BoundFunction bind_multimap_from_entries(const CallSignature& signature) {
  return {[key = signature.result.key()](Arguments v) -> Result<Value> {
    ValueIndex keys(key);
    std::vector<Items> values;
    for (const Value& entry : v[0].as_list()) {
      if (entry.is_null()) return bad_map_argument("map entry cannot be null");
      const Items& pair = entry.as_list();
      TRY(check_map_key(key, pair[0]));
      const auto added = keys.add(pair[0]);
      if (added.is_new) values.emplace_back();
      values[added.index].push_back(pair[1]);
    }
    return multimap_value(keys, std::move(values));
  }};
}

// Calls take(key, value) for each entry of the text.
template <typename Take>
Result<void> split_entries(Arguments v, const Take& take) {
  const std::string_view text = v[0].as_text();
  const std::string_view between = v[1].as_text();
  const std::string_view inside = v[2].as_text();
  if (between.empty()) return bad_map_argument("entryDelimiter is empty");
  if (inside.empty()) return bad_map_argument("keyValueDelimiter is empty");
  if (between == inside) {
    return bad_map_argument("entryDelimiter and keyValueDelimiter must not be the same");
  }
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find(between, start), text.size());
    const std::string_view entry = text.substr(start, end - start);
    const std::size_t key_end = entry.find(inside);
    if (key_end == std::string_view::npos ||
        entry.find(inside, key_end + inside.size()) != std::string_view::npos) {
      return bad_map_argument(
          "Key-value delimiter must appear exactly once in each entry. Bad input: '{}'", entry);
    }
    TRY(take(entry.substr(0, key_end), entry.substr(key_end + inside.size())));
    start = end + between.size();
  }
  return ok();
}

BoundFunction bind_split_to_map(const CallSignature& signature) {
  if (signature.arguments.size() != 3) return {};
  return {[](Arguments v) -> Result<Value> {
    Items keys;
    Items values;
    const Type text = types::make_varchar();
    auto take = [&](std::string_view key, std::string_view value) -> Result<void> {
      keys.push_back(Value(std::string(key)));
      values.push_back(Value(std::string(value)));
      return ok();
    };
    TRY(split_entries(v, take));
    return make_map_value(text, keys, values);
  }};
}

BoundFunction bind_split_to_multimap(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    Items pairs;
    auto take = [&](std::string_view key, std::string_view value) -> Result<void> {
      pairs.push_back(Value(std::string(key)));
      pairs.push_back(Value(std::string(value)));
      return ok();
    };
    TRY(split_entries(v, take));
    const Type text = types::make_varchar();
    ValueIndex keys(text);
    std::vector<Items> values;
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
      const auto added = keys.add(pairs[i]);
      if (added.is_new) values.emplace_back();
      values[added.index].push_back(pairs[i + 1]);
    }
    return multimap_value(keys, std::move(values));
  }};
}

constexpr FunctionEntry kMapFunctions[] = {
    {"map", bind_map},
    {"map_concat", bind_map_concat},
    {"map_entries", bind_map_entries},
    {"map_keys", bind_map_side<0>},
    {"map_values", bind_map_side<1>},
    {"map_from_entries", bind_map_from_entries},
    {"multimap_from_entries", bind_multimap_from_entries},
    {"split_to_map", bind_split_to_map},
    {"split_to_multimap", bind_split_to_multimap},
};

}  // namespace

FunctionList map_functions() { return kMapFunctions; }

}  // namespace tarn::functions
