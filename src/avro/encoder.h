// SPDX-License-Identifier: Apache-2.0
// Writing Avro binary data. The caller follows its schema; nothing is checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "avro/layout.h"
#include "avro/value.h"
#include "base/bytes.h"
#include "base/result.h"

namespace tarn::avro {

class Encoder {
 public:
  void write_bool(bool value) { out_.push_back(value ? '\1' : '\0'); }
  // int and long have the same form.
  void write_long(std::int64_t value) {
    auto bits = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
    while (bits >= 0x80) {
      out_.push_back(static_cast<char>(bits | 0x80));
      bits >>= 7;
    }
    out_.push_back(static_cast<char>(bits));
  }
  void write_float(float value) { append_little_endian(out_, value); }
  void write_double(double value) { append_little_endian(out_, value); }
  // string and bytes have the same form.
  void write_text(std::string_view value) {
    write_long(static_cast<std::int64_t>(value.size()));
    out_.append(value);
  }
  void write_fixed(std::string_view value) { out_.append(value); }
  // For a type made by optional_type(): before the value, or alone for null.
  void write_present() { out_.push_back('\2'); }
  void write_absent() { out_.push_back('\0'); }
  void write_branch(std::size_t index) { write_long(static_cast<std::int64_t>(index)); }
  // Arrays and maps: begin, then so many elements (or keys and values), then end.
  void begin_items(std::size_t count) {
    if (count > 0) write_long(static_cast<std::int64_t>(count));
  }
  void end_items() { out_.push_back('\0'); }

  // ErrorCode::InvalidInput if the value is not of the type; the output is then cut short.
  Result<void> write_value(const Type& type, const Value& value);

  const std::string& data() const { return out_; }
  std::size_t size() const { return out_.size(); }
  void clear() { out_.clear(); }

 private:
  std::string out_;
};

}  // namespace tarn::avro
