// SPDX-License-Identifier: Apache-2.0
// Reading Avro binary data. Errors stick: after the first one every read gives zero, nothing or the
// end of a list, and the caller looks at status() after each row. So the hot path has no branches
// on results.
//
// Typed reads go by the writer's type and accept what can be promoted without loss (int as long,
// float as double, string as bytes) and unions with the wanted type in any order of branches. To
// resolve fields by their ids:
//
//   decoder.read_record(type, [&](const TypeField& field) {
//     switch (field.id) {
//       case 100: file.path = decoder.read_text(*field.type); break;
//       case 140: file.sort_order = decoder.read_optional_long(*field.type); break;
//       default: decoder.skip(*field.type);
//     }
//   });
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "avro/layout.h"
#include "avro/value.h"
#include "base/result.h"

namespace tarn::avro {

class Decoder {
 public:
  // The bytes must outlive the decoder and the views it gives.
  explicit Decoder(std::string_view data)
      : begin_(data.data()),
        next_(data.data()),
        end_(data.data() + data.size()),
        free_values_left_(kFreeValues + 64 * data.size()) {}

  // Raw reads.
  bool read_bool();
  std::int64_t read_long();
  std::int32_t read_int();
  float read_float() { return read_number<float>(); }
  double read_double() { return read_number<double>(); }
  std::string_view read_bytes();
  std::string_view read_fixed(std::size_t size);

  // Typed reads of values that must not be null; the optional forms give nullopt for null.
  bool read_bool(const Type& type);
  std::int64_t read_long(const Type& type);      // int, long, enum (index)
  std::int32_t read_int(const Type& type);       // int, long in range, enum
  double read_double(const Type& type);          // float, double
  std::string_view read_text(const Type& type);  // string, bytes, fixed
  std::optional<bool> read_optional_bool(const Type& type);
  std::optional<std::int64_t> read_optional_long(const Type& type);
  std::optional<std::int32_t> read_optional_int(const Type& type);
  std::optional<double> read_optional_double(const Type& type);
  std::optional<std::string_view> read_optional_text(const Type& type);

  // Calls each(field) for every field in the order of the writer; it must read or skip the field.
  // False for null.
  template <typename Each>
  bool read_record(const Type& type, Each&& each) {
    const Type* record = enter(type, Kind::Record);
    if (record == nullptr || !enter_level()) return false;
    for (const auto& field : record->fields) each(field);
    --depth_;
    return true;
  }

  // Calls each(element type) for every element. False for null.
  template <typename Each>
  bool read_array(const Type& type, Each&& each) {
    const Type* array = enter(type, Kind::Array);
    if (array == nullptr || !enter_level()) return false;
    const Type& element = *array->element;
    while (const ItemBlock block = begin_items(element.size_min)) {
      for (std::uint64_t i = 0; i < block.count && !failed(); ++i) each(element);
      end_items(block);
    }
    --depth_;
    return true;
  }

  // Calls each(key, value type) for every entry. False for null.
  template <typename Each>
  bool read_map(const Type& type, Each&& each) {
    const Type* map = enter(type, Kind::Map);
    if (map == nullptr || !enter_level()) return false;
    while (const ItemBlock block = begin_items(1)) {
      for (std::uint64_t i = 0; i < block.count && !failed(); ++i) {
        const std::string_view key = read_bytes();
        each(key, *map->element);
      }
      end_items(block);
    }
    --depth_;
    return true;
  }

  // The type of the value that follows: of a union the branch, else the type itself; null (the
  // pointer) for null and after an error.
  const Type* read_branch(const Type& type);

  void skip(const Type& type);
  Value read_value(const Type& type);

  // Reports data that is wrong in the eyes of the caller. `what` must be a literal.
  void fail(const char* what);

  bool failed() const { return failure_ != nullptr; }
  bool at_end() const { return next_ == end_; }
  std::size_t position() const { return static_cast<std::size_t>(next_ - begin_); }
  // ErrorCode::Corrupt if a read has failed.
  Result<void> status() const;

 private:
  // Values that take no bytes are cheap to write and dear to read: so many are allowed.
  static constexpr std::uint64_t kFreeValues = 1'000'000;
  static constexpr int kDepthMax = 128;

  // A block of an array or map; the last one has no items.
  struct ItemBlock {
    std::uint64_t count = 0;
    const char* end = nullptr;  // null if the block does not say
    explicit operator bool() const { return count > 0; }
  };

  template <typename T>
  T read_number() {
    static_assert(std::endian::native == std::endian::little);
    T value{};
    const auto bytes = read_fixed(sizeof(T));
    if (bytes.size() == sizeof(T)) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }

  std::size_t remaining() const { return static_cast<std::size_t>(end_ - next_); }
  std::int64_t read_long_slowly();
  // The branch if it is of the wanted kind; an error if it is of another one.
  const Type* enter(const Type& type, Kind wanted);
  bool enter_level();
  ItemBlock begin_items(std::uint64_t item_size_min);
  void end_items(const ItemBlock& block) {
    if (block.end != nullptr && block.end != next_) fail("a block of items of another size");
  }
  void charge(std::uint64_t free_values);
  void require(bool present);
  void skip_branch(const Type& type);
  Value read_branch_value(const Type& type);

  const char* begin_;
  const char* next_;
  const char* end_;
  std::uint64_t free_values_left_;
  int depth_ = 0;
  const char* failure_ = nullptr;
  std::size_t failed_at_ = 0;
};

inline std::int64_t Decoder::read_long() {
  if (remaining() < 10) return read_long_slowly();
  std::uint64_t bits = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(*next_++);
    bits |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
  }
  fail("a number of more than 10 bytes");
  return 0;
}

inline std::string_view Decoder::read_fixed(std::size_t size) {
  if (size > remaining()) {
    fail("a value reaches past the end of its block");
    return {};
  }
  const std::string_view bytes(next_, size);
  next_ += size;
  return bytes;
}

inline std::string_view Decoder::read_bytes() {
  const std::int64_t size = read_long();
  if (size < 0) {
    fail("a negative size");
    return {};
  }
  return read_fixed(static_cast<std::size_t>(size));
}

inline const Type* Decoder::read_branch(const Type& type) {
  if (type.kind != Kind::Union) return type.kind == Kind::Null || failed() ? nullptr : &type;
  const auto index = static_cast<std::uint64_t>(read_long());
  if (index >= type.branches.size() || failed()) {
    fail("an index past the branches of a union");
    return nullptr;
  }
  const Type* branch = type.branches[index];
  return branch->kind == Kind::Null ? nullptr : branch;
}

}  // namespace tarn::avro
