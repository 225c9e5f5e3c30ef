// SPDX-License-Identifier: Apache-2.0
// Avro data as a tree of values: for tests and for files that are small or of any schema. Readers
// of many rows use Decoder's typed reads instead.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tarn::avro {

struct Value {
  struct Null {
    bool operator==(const Null&) const = default;
  };
  // Fields of a record in the order of the schema.
  struct Record {
    std::vector<Value> fields;
    bool operator==(const Record&) const;
  };
  struct Array {
    std::vector<Value> items;
    bool operator==(const Array&) const;
  };
  struct Map {
    std::vector<std::pair<std::string, Value>> items;
    bool operator==(const Map&) const;
  };

  // int and long: int64; float and double: double; bytes, string, fixed and the symbol of an enum:
  // string. A union is the value of its branch.
  std::variant<Null, bool, std::int64_t, double, std::string, Record, Array, Map> data;

  Value() = default;
  template <typename T>
  requires std::is_constructible_v<decltype(data), T&&> &&
      (!std::is_same_v<std::remove_cvref_t<T>, Value>)Value(T&& value)
      : data(std::forward<T>(value)) {}
  bool operator==(const Value&) const = default;

  bool is_null() const { return std::holds_alternative<Null>(data); }
};

inline bool Value::Record::operator==(const Record&) const = default;
inline bool Value::Array::operator==(const Array&) const = default;
inline bool Value::Map::operator==(const Map&) const = default;

// A short text for tests and messages: {1, "a", [null, true], {"k": 2.5}}.
std::string to_string(const Value& value);

}  // namespace tarn::avro
