// SPDX-License-Identifier: Apache-2.0
#include "postgres/copy_decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/bytes.h"

namespace tarn::postgres {
namespace {

constexpr std::string_view kCopySignature("PGCOPY\n\xff\r\n\0", 11);
constexpr std::size_t kCopyHeaderSize = 19;
constexpr std::uint32_t kCopyHeaderExtensionMax = 1 << 20;

std::int32_t load_length(const char* data) {
  std::uint32_t value;
  std::memcpy(&value, data, 4);
  return static_cast<std::int32_t>(__builtin_bswap32(value));
}

std::int16_t load_count(const char* data) {
  std::uint16_t value;
  std::memcpy(&value, data, 2);
  return static_cast<std::int16_t>(__builtin_bswap16(value));
}

}  // namespace

CopyDecoder::CopyDecoder(std::vector<ColumnPlan> columns, CopyLimits limits)
    : columns_(std::move(columns)),
      limits_(limits),
      contexts_(columns_.size()),
      fields_(columns_.size()) {}

RowBatch CopyDecoder::make_batch() const {
  RowBatch batch(columns_);
  for (ColumnBuffer& column : batch.columns) column.reserve(limits_.batch_rows_max);
  return batch;
}

// Goes on where `scan` stands; on Complete its size is that of the row.
CopyDecoder::ScanResult CopyDecoder::scan_row(std::string_view data, RowScan& scan) {
  if (!scan.has_count) {
    scan.size = 2;
    if (data.size() < 2) return ScanResult::Incomplete;
    const int count = load_count(data.data());
    scan.has_count = true;
    scan.is_trailer = count == -1;
    if (scan.is_trailer) return ScanResult::Complete;
    if (count < 0 || static_cast<std::size_t>(count) != columns_.size()) return ScanResult::Bad;
  }
  const std::size_t count = columns_.size();
  std::size_t size = scan.size;
  std::size_t seen = scan.fields_seen;
  ScanResult result = ScanResult::Complete;
  for (; seen < count; ++seen) {
    if (data.size() < size + 4) {
      result = ScanResult::Incomplete;
      break;
    }
    const std::int32_t length = load_length(data.data() + size);
    fields_[seen] = {size + 4, length};
    size += 4 + static_cast<std::size_t>(std::max(length, 0));
    if (length < -1 || size > limits_.row_bytes_max) {
      result = ScanResult::Bad;
      break;
    }
  }
  scan.size = size;
  scan.fields_seen = seen;
  if (result != ScanResult::Complete) return result;
  return data.size() < scan.size ? ScanResult::Incomplete : ScanResult::Complete;
}

Error CopyDecoder::describe_bad_row(std::string_view data, const RowScan& scan) const {
  if (scan.size > limits_.row_bytes_max) {
    return corrupt("row {} of the COPY stream is larger than {} bytes", row_count_ + 1,
                   limits_.row_bytes_max);
  }
  if (scan.fields_seen == 0 && data.size() >= 2 &&
      static_cast<std::size_t>(load_count(data.data())) != columns_.size()) {
    return corrupt("row {} of the COPY stream has {} columns instead of {}", row_count_ + 1,
                   load_count(data.data()), columns_.size());
  }
  return corrupt("row {} of the COPY stream has a negative length", row_count_ + 1);
}

Result<std::size_t> CopyDecoder::decode_header(std::string_view chunk) {
  std::size_t wanted = kCopyHeaderSize;
  std::size_t used = 0;
  while (true) {
    const std::size_t take = std::min(wanted - carry_.size(), chunk.size() - used);
    carry_.append(chunk.substr(used, take));
    used += take;
    const std::string_view signature = std::string_view(carry_).substr(0, kCopySignature.size());
    if (signature != kCopySignature.substr(0, signature.size())) {
      return corrupt("the stream is no binary COPY");
    }
    if (carry_.size() < wanted) return used;
    if (wanted > kCopyHeaderSize) break;
    // Upper bits of the flags must be understood; bit 16 would mean OIDs before each row.
    if ((load_length(carry_.data() + 11) & static_cast<std::int32_t>(0xffff0000)) != 0) {
      return unsupported("the binary COPY has flags that are not known");
    }
    const auto extension = static_cast<std::uint32_t>(load_length(carry_.data() + 15));
    if (extension > kCopyHeaderExtensionMax) return corrupt("bad header of the binary COPY");
    if (extension == 0) break;
    wanted += extension;
  }
  carry_.clear();
  state_ = State::Rows;
  return used;
}

// Completes the row of which the beginning is in `carry_`, taking no byte too many.
Result<std::size_t> CopyDecoder::decode_cut_row(std::string_view chunk, RowBatch& batch) {
  std::size_t used = 0;
  while (true) {
    const ScanResult result = scan_row(carry_, carry_scan_);
    if (result == ScanResult::Bad) return describe_bad_row(carry_, carry_scan_);
    if (result == ScanResult::Complete) break;
    // Up to the end of what is known, and the next length if fields are missing.
    std::size_t wanted = carry_scan_.size;
    if (carry_scan_.has_count && carry_scan_.fields_seen < columns_.size()) wanted += 4;
    const std::size_t take = std::min(wanted - carry_.size(), chunk.size() - used);
    if (take == 0) return used;
    carry_.append(chunk.substr(used, take));
    used += take;
  }
  if (carry_scan_.is_trailer) {
    state_ = State::Done;
  } else if (!decode_row(carry_.data(), batch)) {
    return take_error();
  }
  carry_.clear();
  carry_scan_ = {};
  return used;
}

bool CopyDecoder::decode_row(const char* data, RowBatch& batch) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Field field = fields_[i];
    ColumnBuffer& column = batch.columns[i];
    if (field.length < 0) {
      column.append_null();
    } else if (!decode_field(columns_[i], data + field.offset,
                             static_cast<std::uint32_t>(field.length), column, contexts_[i]))
        [[unlikely]] {
      return false;
    }
  }
  ++batch.row_count;
  ++row_count_;
  return true;
}

Error CopyDecoder::take_error() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!contexts_[i].error) continue;
    return std::move(*contexts_[i].error)
        .with_context(fmt::format("in column `{}` of row {}", columns_[i].name, row_count_ + 1));
  }
  return internal("no error");
}

Result<std::size_t> CopyDecoder::decode(std::string_view chunk, RowBatch& batch) {
  if (!contexts_.empty() && contexts_[0].heap != &batch.heap) {
    for (FieldContext& context : contexts_) context.heap = &batch.heap;
  }
  std::size_t used = 0;
  if (state_ == State::Header) used = TRY(decode_header(chunk));
  while (used < chunk.size() && state_ == State::Rows && !is_full(batch)) {
    const std::string_view rest = chunk.substr(used);
    if (!carry_.empty()) {
      used += TRY(decode_cut_row(rest, batch));
      continue;
    }
    RowScan scan;
    switch (scan_row(rest, scan)) {
      case ScanResult::Bad:
        return describe_bad_row(rest, scan);
      case ScanResult::Incomplete:
        carry_.assign(rest);
        carry_scan_ = scan;
        return chunk.size();
      case ScanResult::Complete:
        break;
    }
    if (scan.is_trailer) {
      state_ = State::Done;
    } else if (!decode_row(rest.data(), batch)) {
      return take_error();
    }
    used += scan.size;
  }
  if (state_ == State::Done && used < chunk.size()) {
    return corrupt("the COPY stream goes on after its end");
  }
  return used;
}

Result<void> CopyDecoder::finish() const {
  if (state_ != State::Done) return corrupt("the COPY stream ended too early");
  return ok();
}

}  // namespace tarn::postgres
