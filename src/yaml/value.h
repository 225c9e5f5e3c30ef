// SPDX-License-Identifier: Apache-2.0
// A loaded YAML document: plain structs in an arena, every value with its place. Texts are views
// into the arena, so values live as long as their Document and are immutable after loading.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::yaml {

enum class Kind : std::uint8_t {
  Null,
  Bool,      // `boolean`
  Int,       // `integer`, or `text` (decimal digits) where `is_big`
  Float,     // `real`
  Text,      // `text`
  Date,      // `integer`: days since 1970-01-01
  DateTime,  // `integer`: microseconds of the written local time; `offset_seconds` if it has one
  Bytes,     // `text`
  Set,       // `items`
  List,      // `items`
  Pair,      // `items`, two of them: members of `!!omap` and `!!pairs`
  Map,       // `entries`
};

// How a scalar was written; `Plain` for collections.
enum class ScalarStyle : std::uint8_t { Plain, Quoted, Block };

struct Entry;

// An alias is the same Value as its anchor, so the graph is shared (and, after `safe_load`, may
// even contain itself: see Document::recursive).
struct Value {
  Kind kind = Kind::Null;
  ScalarStyle style = ScalarStyle::Plain;
  bool boolean = false;
  bool is_big = false;
  std::optional<std::int32_t> offset_seconds;
  std::uint32_t line = 1;    // from 1
  std::uint32_t column = 1;  // from 1, in characters
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;
  std::span<Value* const> items;
  std::span<const Entry> entries;  // order of first insertion, keys unique as in Python

  bool is_null() const { return kind == Kind::Null; }
  bool is_text() const { return kind == Kind::Text; }
  bool is_map() const { return kind == Kind::Map; }
  bool is_list() const { return kind == Kind::List; }
  // The value of a text key; nullptr if this is no map or has no such key.
  const Value* find(std::string_view key) const;
};

struct Entry {
  Value* key = nullptr;
  Value* value = nullptr;
};

// A key that occurs twice in one map. The last one wins.
struct Duplicate {
  std::string key;  // as Python prints it: `a`, `True`, `None`, `8`
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

// Owns the arena. Movable; values keep their addresses.
struct Document {
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena;
  Value* root = nullptr;  // never null after loading
  std::vector<Duplicate> duplicates;
  bool recursive = false;  // some value contains itself (LoadMode::Plain only)
};

// True if Python takes the two as one key: `1`, `1.0` and `true` are equal.
bool keys_equal(const Value& a, const Value& b);

// What Python's str() gives for a scalar: `True`, `None`, `1.0`, `2020-01-01 10:00:00+02:00`.
std::string to_python_text(const Value& scalar);
// Python's repr of a float: `1000.0`, `1e+20`, `inf`, `nan`.
std::string to_python_text(double value);

}  // namespace tarn::yaml
