// SPDX-License-Identifier: Apache-2.0
// Columns of decoded rows in memory, laid out so that an engine can take them without conversion:
// fixed-width values in a row, texts as 16-byte references, validity as bits. Filled by
// copy_decoder.h; not thread-safe.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "postgres/column_plan.h"

namespace tarn::postgres {

// Texts up to 12 bytes are inside, longer ones have their first four bytes here and all of them in
// the batch's heap. The bytes after a short text are zero. (This is also DuckDB's layout.)
struct TextRef {
  static constexpr std::uint32_t kInlineMax = 12;

  std::uint32_t size = 0;
  char head[4] = {};
  union {
    char tail[8] = {};
    const char* data;
  };

  // Points into this reference if the text is short.
  std::string_view view() const& { return {size <= kInlineMax ? head : data, size}; }
  std::string_view view() const&& = delete;
};
static_assert(sizeof(TextRef) == 16);

// An entry of a list or map column: a range of its child column.
struct ListEntry {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Owns the bytes of long texts. Addresses stay valid until `clear`.
class TextHeap {
 public:
  // A copy of the text in the heap.
  const char* add(const char* data, std::size_t size) {
    char* copy = reserve(size);
    std::memcpy(copy, data, size);
    return copy;
  }
  // Room for `size` bytes, to be written by the caller.
  char* reserve(std::size_t size) {
    if (size > left_) return reserve_block(size);
    bytes_used_ += size;
    char* room = next_;
    next_ += size;
    left_ -= size;
    return room;
  }
  std::size_t bytes_used() const { return bytes_used_; }
  // Keeps one block for the next batch.
  void clear();

 private:
  char* reserve_block(std::size_t size);

  static constexpr std::size_t kBlockSize = 256 * 1024;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::unique_ptr<char[]> kept_;  // of an earlier batch
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_used_ = 0;
};

// Bytes of an entry in `data`, by kind:
//   Boolean 1 (0 or 1), Int32 4, Int64 8, Float32 4, Float64 8
//   Decimal 2, 4, 8 or 16 for up to 4, 9, 18, 38 digits: unscaled
//   Text, Bytes 16: TextRef
//   Date 4: days since 1970; Time 8: microseconds of the day
//   Timestamp, TimestampTz 8: microseconds since 1970 (UTC)
//   Uuid 16: bytes in network order
//   List, Map 16: ListEntry; Struct 0
// Entries that are null have zero bytes. Fields of a null struct are null.
struct ColumnBuffer {
  ColumnKind kind = ColumnKind::Text;
  std::uint32_t width = 0;
  std::size_t size = 0;  // entries
  bool has_nulls = false;
  // Bit i set: entry i is not null. Bits of entries that are not there yet are set.
  std::vector<std::uint64_t> validity;
  // List: the element. Map: a struct of key and value. Struct: the fields.
  std::vector<ColumnBuffer> children;

  ColumnBuffer() = default;
  explicit ColumnBuffer(const ColumnPlan& plan);

  const std::uint8_t* data() const { return data_.get(); }
  bool is_valid(std::size_t row) const { return (validity[row >> 6] >> (row & 63)) & 1; }
  template <typename T>
  T at(std::size_t row) const {
    T value;
    std::memcpy(&value, data_.get() + row * sizeof(T), sizeof(T));
    return value;
  }

  // Text and Bytes: valid until the batch is cleared.
  std::string_view text_at(std::size_t row) const {
    return reinterpret_cast<const TextRef*>(data_.get())[row].view();
  }

  void reserve(std::size_t entries);
  // REQUIRES: room was reserved, for all of these.
  template <typename T>
  void append(T value) {
    std::memcpy(data_.get() + size * sizeof(T), &value, sizeof(T));
    ++size;
  }
  void append_null();
  // Marks the next entry of a struct as valid.
  void append_struct();
  void ensure_room() {
    if (size == capacity_) reserve(capacity_ == 0 ? 64 : capacity_ * 2);
  }
  // Forgets all entries from `count` on.
  void truncate(std::size_t count);

 private:
  struct Release {
    void operator()(std::uint8_t* data) const;
  };
  std::unique_ptr<std::uint8_t[], Release> data_;
  std::size_t capacity_ = 0;
};

// Bytes of a decimal of that many digits.
std::uint32_t decimal_width(int precision);

struct RowBatch {
  RowBatch() = default;
  explicit RowBatch(std::span<const ColumnPlan> plans);

  std::size_t row_count = 0;
  std::vector<ColumnBuffer> columns;
  TextHeap heap;

  void clear();
};

}  // namespace tarn::postgres
