// SPDX-License-Identifier: Apache-2.0
#include "avro/decoder.h"

#include <algorithm>
#include <limits>
#include <string>

namespace tarn::avro {

namespace {

constexpr std::int64_t kInt32Min = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kInt32Max = std::numeric_limits<std::int32_t>::max();

}  // namespace

void Decoder::fail(const char* what) {
  if (failed()) return;
  failure_ = what;
  failed_at_ = position();
  next_ = end_;
}

Result<void> Decoder::status() const {
  if (!failed()) return {};
  return corrupt("damaged Avro data: {} at offset {}", failure_, failed_at_);
}

std::int64_t Decoder::read_long_slowly() {
  std::uint64_t bits = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (next_ == end_) {
      fail("a number reaches past the end of its block");
      return 0;
    }
    const auto byte = static_cast<unsigned char>(*next_++);
    bits |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
  }
  fail("a number of more than 10 bytes");
  return 0;
}

std::int32_t Decoder::read_int() {
  const std::int64_t value = read_long();
  if (value < kInt32Min || value > kInt32Max) {
    fail("an int out of range");
    return 0;
  }
  return static_cast<std::int32_t>(value);
}

bool Decoder::read_bool() {
  const auto byte = read_fixed(1);
  if (byte.empty()) return false;
  if (byte[0] != '\0' && byte[0] != '\1') fail("a boolean that is neither 0 nor 1");
  return byte[0] == '\1';
}

void Decoder::require(bool present) {
  if (!present) fail("a required value is null");
}

std::optional<bool> Decoder::read_optional_bool(const Type& type) {
  if (enter(type, Kind::Boolean) == nullptr) return std::nullopt;
  return read_bool();
}

std::optional<std::int64_t> Decoder::read_optional_long(const Type& type) {
  const Type* branch = read_branch(type);
  if (branch == nullptr) return std::nullopt;
  switch (branch->kind) {
    case Kind::Long:
      return read_long();
    case Kind::Int:
      return read_int();
    case Kind::Enum: {
      const std::int64_t index = read_long();
      if (index < 0 || index >= static_cast<std::int64_t>(branch->symbols.size())) {
        fail("an index past the symbols of an enum");
      }
      return index;
    }
    default:
      fail("a number was expected");
      return std::nullopt;
  }
}

std::optional<std::int32_t> Decoder::read_optional_int(const Type& type) {
  const auto value = read_optional_long(type);
  if (!value) return std::nullopt;
  if (*value < kInt32Min || *value > kInt32Max) {
    fail("an int out of range");
    return std::nullopt;
  }
  return static_cast<std::int32_t>(*value);
}

std::optional<double> Decoder::read_optional_double(const Type& type) {
  const Type* branch = read_branch(type);
  if (branch == nullptr) return std::nullopt;
  if (branch->kind == Kind::Double) return read_double();
  if (branch->kind == Kind::Float) return static_cast<double>(read_float());
  fail("a floating-point number was expected");
  return std::nullopt;
}

std::optional<std::string_view> Decoder::read_optional_text(const Type& type) {
  const Type* branch = read_branch(type);
  if (branch == nullptr) return std::nullopt;
  if (branch->kind == Kind::String || branch->kind == Kind::Bytes) return read_bytes();
  if (branch->kind == Kind::Fixed) return read_fixed(static_cast<std::size_t>(branch->size));
  fail("a text was expected");
  return std::nullopt;
}

bool Decoder::read_bool(const Type& type) {
  const auto value = read_optional_bool(type);
  require(value.has_value());
  return value.value_or(false);
}

std::int64_t Decoder::read_long(const Type& type) {
  if (type.kind == Kind::Long) return read_long();
  const auto value = read_optional_long(type);
  require(value.has_value());
  return value.value_or(0);
}

std::int32_t Decoder::read_int(const Type& type) {
  if (type.kind == Kind::Int) return read_int();
  const auto value = read_optional_int(type);
  require(value.has_value());
  return value.value_or(0);
}

double Decoder::read_double(const Type& type) {
  const auto value = read_optional_double(type);
  require(value.has_value());
  return value.value_or(0);
}

std::string_view Decoder::read_text(const Type& type) {
  const auto value = read_optional_text(type);
  require(value.has_value());
  return value.value_or(std::string_view());
}

const Type* Decoder::enter(const Type& type, Kind wanted) {
  const Type* branch = read_branch(type);
  if (branch != nullptr && branch->kind != wanted) {
    fail("a value of another type was expected");
    return nullptr;
  }
  return branch;
}

bool Decoder::enter_level() {
  if (depth_ >= kDepthMax) {
    fail("values nested too deeply");
    return false;
  }
  ++depth_;
  return true;
}

void Decoder::charge(std::uint64_t free_values) {
  if (free_values > free_values_left_) {
    fail("too many values without bytes");
    return;
  }
  free_values_left_ -= free_values;
}

Decoder::ItemBlock Decoder::begin_items(std::uint64_t item_size_min) {
  const std::int64_t count = read_long();
  if (failed() || count == 0) return {};
  ItemBlock block;
  block.count = static_cast<std::uint64_t>(count);
  if (count < 0) {  // the size of the block follows, for those who skip
    block.count = ~block.count + 1;
    const auto size = static_cast<std::uint64_t>(read_long());
    if (size > remaining()) {
      fail("a block of items reaches past the end");
      return {};
    }
    block.end = next_ + size;
  }
  if (item_size_min == 0) {
    charge(block.count);
  } else if (block.count > remaining() / item_size_min) {
    fail("more items than there are bytes");
  }
  return failed() ? ItemBlock() : block;
}

void Decoder::skip(const Type& type) {
  const Type* branch = read_branch(type);
  if (branch != nullptr) skip_branch(*branch);
}

void Decoder::skip_branch(const Type& type) {
  if (type.size_is) {
    if (*type.size_is > remaining()) {
      fail("a value reaches past the end of its block");
    } else {
      next_ += *type.size_is;
    }
    return;
  }
  switch (type.kind) {
    case Kind::Int:
    case Kind::Long:
    case Kind::Enum:
      read_long();
      return;
    case Kind::Bytes:
    case Kind::String:
      read_bytes();
      return;
    case Kind::Record:
      if (!enter_level()) return;
      for (const auto& field : type.fields) {
        if (failed()) break;
        skip(*field.type);
      }
      --depth_;
      return;
    case Kind::Array:
    case Kind::Map: {
      if (!enter_level()) return;
      const bool is_map = type.kind == Kind::Map;
      for (std::int64_t count = read_long(); count != 0 && !failed(); count = read_long()) {
        if (count < 0) {  // the block says how long it is
          read_bytes();
          continue;
        }
        const std::uint64_t least = type.element->size_min + (is_map ? 1 : 0);
        if (least > 0 && static_cast<std::uint64_t>(count) > remaining() / least) {
          fail("more items than there are bytes");
        }
        if (!is_map && type.element->size_is == 0) continue;
        if (least == 0) charge(static_cast<std::uint64_t>(count));
        for (; count > 0 && !failed(); --count) {
          if (is_map) read_bytes();
          skip(*type.element);
        }
      }
      --depth_;
      return;
    }
    default:
      fail("a type that cannot be skipped");
  }
}

Value Decoder::read_value(const Type& type) {
  if (type.size_min == 0) charge(1);
  const Type* branch = read_branch(type);
  if (branch == nullptr || failed()) return {};
  return read_branch_value(*branch);
}

Value Decoder::read_branch_value(const Type& type) {
  switch (type.kind) {
    case Kind::Boolean:
      return read_bool();
    case Kind::Int:
      return std::int64_t{read_int()};
    case Kind::Long:
      return read_long();
    case Kind::Float:
      return static_cast<double>(read_float());
    case Kind::Double:
      return read_double();
    case Kind::Bytes:
    case Kind::String:
    case Kind::Fixed:
      return std::string(read_text(type));
    case Kind::Enum: {
      const std::int64_t index = read_long(type);
      if (failed()) return {};
      return type.symbols[static_cast<std::size_t>(index)];
    }
    case Kind::Record: {
      Value::Record record;
      read_record(type, [&](const TypeField& field) {
        if (!failed()) record.fields.push_back(read_value(*field.type));
      });
      return record;
    }
    case Kind::Array: {
      Value::Array array;
      read_array(type, [&](const Type& element) { array.items.push_back(read_value(element)); });
      return array;
    }
    case Kind::Map: {
      Value::Map map;
      read_map(type, [&](std::string_view key, const Type& value) {
        map.items.emplace_back(std::string(key), read_value(value));
      });
      return map;
    }
    case Kind::Null:
    case Kind::Union:
    case Kind::Reference:
      break;
  }
  return {};
}

}  // namespace tarn::avro
