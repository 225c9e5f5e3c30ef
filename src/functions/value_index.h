// SPDX-License-Identifier: Apache-2.0
// Sets of values and order with Trino's refusals, for functions over arrays, maps and groups.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "types/value.h"

namespace tarn::functions {

// Equal for values that types::is_identical takes as equal. Not stable between versions.
std::uint64_t hash_value(const types::Type& type, const types::Value& value);

// Distinct values of one type, NULL being one of them, in the order in which they came. Keeps
// pointers: the values and the type must outlive it.
class ValueIndex {
 public:
  explicit ValueIndex(const types::Type& type, std::size_t expected = 0);

  struct Added {
    std::size_t index = 0;
    bool is_new = false;
  };
  Added add(const types::Value& value);
  std::optional<std::size_t> find(const types::Value& value) const;

  std::size_t size() const { return values_.size(); }
  const types::Value& at(std::size_t index) const { return *values_[index]; }

 private:
  std::size_t slot_of(const types::Value& value, std::uint64_t hash) const;
  void grow();

  const types::Type& type_;
  std::vector<const types::Value*> values_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint32_t> slots_;  // index + 1; 0 is free; the size is a power of two
};

// Where NaN stands: last in ORDER BY and for the smallest value, first for the largest.
enum class NanOrder : std::uint8_t { First, Last };

// Negative, zero, positive. REQUIRES: an orderable type, no NULL. NULL parts that decide the order
// are Trino's NOT_SUPPORTED.
Result<int> compare_ordered(const types::Type& type, const types::Value& a, const types::Value& b,
                            NanOrder nan);

// For messages: `[1, null]`, `{a=1}`.
std::string describe_value(const types::Type& type, const types::Value& value);

// ErrorCode::InvalidInput (INVALID_FUNCTION_ARGUMENT) for a key that
// is NULL or has NULL parts.
Result<void> check_map_key(const types::Type& type, const types::Value& key);

// A map of these keys and values, one each. ErrorCode::InvalidInput for bad or equal keys.
Result<types::Value> make_map_value(const types::Type& key_type,
                                    const std::vector<types::Value>& keys,
                                    const std::vector<types::Value>& values);

// The value of the key that is `=` in a map, or null: NaN is never found.
const types::Value* find_in_map(const types::Type& key_type, const std::vector<types::Value>& map,
                                const types::Value& key);

}  // namespace tarn::functions
