// SPDX-License-Identifier: Apache-2.0
#include "postgres/nested_decoder.h"

#include <cstring>

#include "postgres/binary_text.h"
#include "postgres/value_loss.h"

namespace tarn::postgres {
namespace {

std::uint32_t load_word(const char* data) {
  std::uint32_t value;
  std::memcpy(&value, data, 4);
  return value;
}

// Walks through the parts of a nested value.
class PartReader {
 public:
  PartReader(const char* data, std::uint32_t size) : next_(data), end_(data + size) {}

  bool at_end() const { return next_ == end_; }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - next_); }
  bool read(std::uint32_t& value) {
    if (remaining() < 4) return false;
    value = __builtin_bswap32(load_word(next_));
    next_ += 4;
    return true;
  }
  bool read_byte(std::uint8_t& value) {
    if (next_ == end_) return false;
    value = static_cast<std::uint8_t>(*next_++);
    return true;
  }
  // A length and as many bytes; `data` is null for NULL.
  bool read_field(const char*& data, std::uint32_t& size) {
    if (!read(size)) return false;
    if (size == UINT32_MAX) {
      data = nullptr;
      return true;
    }
    if (size > remaining()) return false;
    data = next_;
    next_ += size;
    return true;
  }

 private:
  const char* next_;
  const char* end_;
};

bool decode_part(const ColumnPlan& plan, PartReader& reader, const ColumnPlan& whole,
                 ColumnBuffer& out, FieldContext& context) {
  const char* data = nullptr;
  std::uint32_t size = 0;
  if (!reader.read_field(data, size)) return bad_bytes(whole, context);
  if (data != nullptr) return decode_field(plan, data, size, out, context);
  out.append_null();
  return true;
}

}  // namespace

bool decode_array(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                  FieldContext& context) {
  PartReader reader(data, size);
  std::uint32_t dimensions = 0;
  std::uint32_t flags = 0;
  std::uint32_t element_type = 0;
  if (!reader.read(dimensions) || !reader.read(flags) || !reader.read(element_type)) {
    return bad_bytes(plan, context);
  }
  ColumnBuffer& child = out.children[0];
  ListEntry entry{child.size, 0};
  if (dimensions == 0) {
    out.append(entry);
    return reader.at_end() || bad_bytes(plan, context);
  }
  if (dimensions > 6) return bad_bytes(plan, context);
  if (dimensions > 1) {
    return null_or_fail(plan, Loss::ArrayShape, fmt::format("array of {} dimensions", dimensions),
                        out, context);
  }
  std::uint32_t count = 0;
  std::uint32_t lower_bound = 0;
  if (!reader.read(count) || !reader.read(lower_bound) || count > reader.remaining() / 4) {
    return bad_bytes(plan, context);
  }
  if (lower_bound != 1) {
    const auto bound = static_cast<std::int32_t>(lower_bound);
    switch (treat_loss(plan, Loss::ArrayBounds, fmt::format("array from {}", bound), context)) {
      case Treatment::Fail:
        return false;
      case Treatment::Null:
        out.append_null();
        return true;
      case Treatment::Clamp:
        break;
    }
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!decode_part(plan.children[0], reader, plan, child, context)) return false;
  }
  if (!reader.at_end()) return bad_bytes(plan, context);
  entry.length = count;
  out.append(entry);
  return true;
}

bool decode_composite(const ColumnPlan& plan, const char* data, std::uint32_t size,
                      ColumnBuffer& out, FieldContext& context) {
  PartReader reader(data, size);
  std::uint32_t count = 0;
  if (!reader.read(count) || count != plan.children.size()) return bad_bytes(plan, context);
  out.append_struct();
  for (std::size_t i = 0; i < plan.children.size(); ++i) {
    std::uint32_t type = 0;
    if (!reader.read(type)) return bad_bytes(plan, context);
    if (!decode_part(plan.children[i], reader, plan, out.children[i], context)) return false;
  }
  return reader.at_end() || bad_bytes(plan, context);
}

bool decode_range(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                  FieldContext& context) {
  enum : unsigned { kEmpty = 1, kLowerInclusive = 2, kUpperInclusive = 4 };
  enum : unsigned { kLowerMissing = 8 | 32, kUpperMissing = 16 | 64 };
  PartReader reader(data, size);
  std::uint8_t flags = 0;
  if (!reader.read_byte(flags)) return bad_bytes(plan, context);
  out.append_struct();
  for (const unsigned missing : {kLowerMissing, kUpperMissing}) {
    ColumnBuffer& bound = out.children[missing == kLowerMissing ? 0 : 1];
    if ((flags & (kEmpty | missing)) != 0) {
      bound.append_null();
    } else if (!decode_part(plan.children[0], reader, plan, bound, context)) {
      return false;
    }
  }
  for (std::size_t i = 2; i < 5; ++i) out.children[i].ensure_room();
  out.children[2].append(static_cast<std::uint8_t>((flags & kLowerInclusive) != 0));
  out.children[3].append(static_cast<std::uint8_t>((flags & kUpperInclusive) != 0));
  out.children[4].append(static_cast<std::uint8_t>((flags & kEmpty) != 0));
  return reader.at_end() || bad_bytes(plan, context);
}

bool decode_hstore(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                   FieldContext& context) {
  PartReader reader(data, size);
  std::uint32_t count = 0;
  if (!reader.read(count) || count > reader.remaining() / 8) return bad_bytes(plan, context);
  ColumnBuffer& pairs = out.children[0];
  const ListEntry entry{pairs.size, count};
  for (std::uint32_t i = 0; i < count; ++i) {
    pairs.append_struct();
    for (std::size_t part = 0; part < 2; ++part) {
      const char* text = nullptr;
      std::uint32_t text_size = 0;
      if (!reader.read_field(text, text_size) || (part == 0 && text == nullptr)) {
        return bad_bytes(plan, context);
      }
      ColumnBuffer& column = pairs.children[part];
      column.ensure_room();
      if (text == nullptr) {
        column.append_null();
      } else if (!decode_text(plan, text, text_size, column, context)) {
        return false;
      }
    }
  }
  if (!reader.at_end()) return bad_bytes(plan, context);
  out.append(entry);
  return true;
}

bool decode_interval_struct(const ColumnPlan& plan, std::string_view bytes, ColumnBuffer& out,
                            FieldContext& context) {
  IntervalParts interval;
  if (!read_interval(bytes, interval)) return bad_bytes(plan, context);
  if (is_infinite(interval)) {
    const std::string_view text = interval.days < 0 ? "-infinity" : "infinity";
    switch (treat_loss(plan, Loss::InfiniteTime, text, context)) {
      case Treatment::Fail:
        return false;
      case Treatment::Null:
        out.append_null();
        return true;
      case Treatment::Clamp:
        break;  // the parts as they are
    }
  }
  out.append_struct();
  for (ColumnBuffer& child : out.children) child.ensure_room();
  out.children[0].append(interval.months);
  out.children[1].append(interval.days);
  out.children[2].append(interval.micros);
  return true;
}

}  // namespace tarn::postgres
