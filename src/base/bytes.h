// SPDX-License-Identifier: Apache-2.0
// Reading and writing numbers in byte strings. `std::string` holds bytes everywhere in Tarn.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

template <typename T>
void append_little_endian(std::string& out, T value) {
  static_assert(std::endian::native == std::endian::little && std::is_trivially_copyable_v<T>);
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  out.append(raw, sizeof(T));
}

template <typename T>
void append_big_endian(std::string& out, T value) {
  char raw[sizeof(T)];
  std::memcpy(raw, &value, sizeof(T));
  for (std::size_t i = sizeof(T); i-- > 0;) out.push_back(raw[i]);
}

// REQUIRES: data.size() >= sizeof(T).
template <typename T>
T load_little_endian(std::string_view data) {
  T value;
  std::memcpy(&value, data.data(), sizeof(T));
  return value;
}

// REQUIRES: data.size() >= sizeof(T).
template <typename T>
T load_big_endian(std::string_view data) {
  char raw[sizeof(T)];
  for (std::size_t i = 0; i < sizeof(T); ++i) raw[i] = data[sizeof(T) - 1 - i];
  T value;
  std::memcpy(&value, raw, sizeof(T));
  return value;
}

// New bytes have no defined value: for buffers that are filled at once.
inline void resize_uninitialized(std::string& out, std::size_t size) {
  // The library of g++ 12 may give the callback a larger size than asked for.
  out.resize_and_overwrite(size, [size](char*, std::size_t) { return size; });
}

// A cursor over bytes from outside. Every read is checked; past the end is ErrorCode::Corrupt.
class ByteReader {
 public:
  explicit ByteReader(std::string_view data) : data_(data) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return data_.size() - position_; }
  bool at_end() const { return position_ == data_.size(); }

  Result<std::string_view> read_bytes(std::size_t size);
  Result<void> skip(std::size_t size);

  template <typename T>
  Result<T> read_little_endian() {
    return load_little_endian<T>(TRY(read_bytes(sizeof(T))));
  }
  template <typename T>
  Result<T> read_big_endian() {
    return load_big_endian<T>(TRY(read_bytes(sizeof(T))));
  }

 private:
  std::string_view data_;
  std::size_t position_ = 0;
};

// Lower-case hexadecimal, two digits a byte, and back (either case; odd length or other characters
// are ErrorCode::InvalidInput).
std::string to_hex(std::string_view bytes);
Result<std::string> from_hex(std::string_view text);

// Standard alphabet with padding, and back.
std::string to_base64(std::string_view bytes);
Result<std::string> from_base64(std::string_view text);

}  // namespace tarn
