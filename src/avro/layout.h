// SPDX-License-Identifier: Apache-2.0
// A schema made ready for decoding: references are pointers, and each type knows the least size of
// its values.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "avro/schema.h"

namespace tarn::avro {

struct Type;

struct TypeField {
  std::int32_t id = -1;  // -1 without a field-id
  std::string name;
  const Type* type = nullptr;
};

// Immutable; lives as long as its Layout.
struct Type {
  Kind kind = Kind::Null;  // never Reference
  Logical logical = Logical::None;
  std::optional<bool> adjust_to_utc;
  std::int32_t size = 0;  // bytes of a fixed
  std::int32_t precision = 0;
  std::int32_t scale = 0;
  std::string name;
  std::vector<TypeField> fields;         // record
  std::vector<const Type*> branches;     // union
  const Type* element = nullptr;         // array: the element; map: the value
  std::vector<std::string> symbols;      // enum
  std::uint64_t size_min = 0;            // least bytes of an encoded value (a lower bound)
  std::optional<std::uint64_t> size_is;  // bytes of every encoded value, if all have the same

  // The field with this id, or null.
  const TypeField* find(std::int32_t field_id) const;
  bool has_null() const;
  // For a union of null and one other type: that type; else the type itself.
  const Type& without_null() const;
};

class Layout {
 public:
  // ErrorCode::Corrupt for references to nothing, unions in unions and the like.
  static Result<Layout> make(const Schema& schema);
  const Type& root() const { return *root_; }

 private:
  friend class LayoutBuilder;
  Layout() = default;
  std::deque<Type> types_;
  const Type* root_ = nullptr;
};

// Schema texts repeat from file to file: this keeps their layouts. Thread-safe.
class LayoutCache {
 public:
  Result<std::shared_ptr<const Layout>> get(std::string_view schema_json);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Layout>> layouts_;
};

}  // namespace tarn::avro
