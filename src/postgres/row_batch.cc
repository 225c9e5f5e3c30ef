// SPDX-License-Identifier: Apache-2.0
#include "postgres/row_batch.h"

#include <algorithm>
#include <new>

namespace tarn::postgres {
namespace {

constexpr std::align_val_t kColumnAlignment{16};

std::uint32_t entry_width(const ColumnPlan& plan) {
  switch (plan.kind) {
    case ColumnKind::Boolean:
      return 1;
    case ColumnKind::Int32:
    case ColumnKind::Float32:
    case ColumnKind::Date:
      return 4;
    case ColumnKind::Int64:
    case ColumnKind::Float64:
    case ColumnKind::Time:
    case ColumnKind::Timestamp:
    case ColumnKind::TimestampTz:
      return 8;
    case ColumnKind::Decimal:
      return decimal_width(plan.precision);
    case ColumnKind::Text:
    case ColumnKind::Bytes:
    case ColumnKind::Uuid:
    case ColumnKind::List:
    case ColumnKind::Map:
      return 16;
    case ColumnKind::Struct:
      return 0;
  }
  return 0;
}

ColumnBuffer make_column(ColumnKind kind) {
  ColumnPlan plan;
  plan.kind = kind;
  return ColumnBuffer(plan);
}

}  // namespace

std::uint32_t decimal_width(int precision) {
  return precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16;
}

char* TextHeap::reserve_block(std::size_t size) {
  bytes_used_ += size;
  if (size >= kBlockSize) {  // a block of its own; the open one stays
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    return blocks_.back().get();
  }
  if (kept_ == nullptr) kept_ = std::make_unique_for_overwrite<char[]>(kBlockSize);
  blocks_.push_back(std::move(kept_));
  char* room = blocks_.back().get();
  next_ = room + size;
  left_ = kBlockSize - size;
  return room;
}

void TextHeap::clear() {
  if (left_ > 0 || next_ != nullptr) {
    // The block that `next_` points into is the youngest of the common size.
    for (auto& block : blocks_) {
      if (next_ >= block.get() && next_ <= block.get() + kBlockSize &&
          next_ + left_ == block.get() + kBlockSize) {
        kept_ = std::move(block);
        break;
      }
    }
  }
  blocks_.clear();
  next_ = nullptr;
  left_ = 0;
  bytes_used_ = 0;
}

void ColumnBuffer::Release::operator()(std::uint8_t* data) const {
  ::operator delete[](data, kColumnAlignment);
}

ColumnBuffer::ColumnBuffer(const ColumnPlan& plan) : kind(plan.kind), width(entry_width(plan)) {
  if (plan.op == DecodeOp::Hstore) {
    ColumnBuffer& pair = children.emplace_back(make_column(ColumnKind::Struct));
    pair.children.push_back(make_column(ColumnKind::Text));
    pair.children.push_back(make_column(ColumnKind::Text));
    return;
  }
  if (plan.op == DecodeOp::IntervalStruct) {
    children.push_back(make_column(ColumnKind::Int32));
    children.push_back(make_column(ColumnKind::Int32));
    children.push_back(make_column(ColumnKind::Int64));
    return;
  }
  for (const ColumnPlan& child : plan.children) children.emplace_back(child);
  if (plan.op == DecodeOp::Range) {
    children.emplace_back(plan.children[0]);
    for (int i = 0; i < 3; ++i) children.push_back(make_column(ColumnKind::Boolean));
  }
}

void ColumnBuffer::reserve(std::size_t entries) {
  if (entries <= capacity_) return;
  const std::size_t bytes = std::max<std::size_t>(entries * width, 1);
  std::unique_ptr<std::uint8_t[], Release> grown(
      static_cast<std::uint8_t*>(::operator new[](bytes, kColumnAlignment)));
  if (size > 0 && width > 0) std::memcpy(grown.get(), data_.get(), size * width);
  data_ = std::move(grown);
  validity.resize((entries + 63) / 64, ~std::uint64_t{0});
  capacity_ = entries;
}

void ColumnBuffer::append_null() {
  ensure_room();
  if (width > 0) std::memset(data_.get() + size * width, 0, width);
  validity[size >> 6] &= ~(std::uint64_t{1} << (size & 63));
  has_nulls = true;
  ++size;
  if (kind == ColumnKind::Struct) {
    for (ColumnBuffer& child : children) child.append_null();
  }
}

void ColumnBuffer::append_struct() {
  ensure_room();
  ++size;
}

void ColumnBuffer::truncate(std::size_t count) {
  if (count >= size) return;
  if (kind == ColumnKind::List || kind == ColumnKind::Map) {
    // The child ends where the last entry that stays ends.
    std::size_t end = 0;
    for (std::size_t i = count; i-- > 0 && end == 0;) {
      const auto entry = at<ListEntry>(i);
      end = entry.offset + entry.length;
    }
    children[0].truncate(end);
  } else {
    for (ColumnBuffer& child : children) child.truncate(count);
  }
  size = count;
  if (!has_nulls) return;
  validity[count >> 6] |= ~std::uint64_t{0} << (count & 63);
  std::fill(validity.begin() + static_cast<std::ptrdiff_t>((count >> 6) + 1), validity.end(),
            ~std::uint64_t{0});
  if (count == 0) has_nulls = false;
}

RowBatch::RowBatch(std::span<const ColumnPlan> plans) {
  for (const ColumnPlan& plan : plans) columns.emplace_back(plan);
}

void RowBatch::clear() {
  row_count = 0;
  for (ColumnBuffer& column : columns) column.truncate(0);
  heap.clear();
}

}  // namespace tarn::postgres
