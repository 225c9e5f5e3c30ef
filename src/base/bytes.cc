// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <array>

namespace tarn {

Result<std::string_view> ByteReader::read_bytes(std::size_t size) {
  if (size > remaining()) {
    return corrupt("{} bytes wanted at offset {}, but only {} are left", size, position_,
                   remaining());
  }
  const auto bytes = data_.substr(position_, size);
  position_ += size;
  return bytes;
}

Result<void> ByteReader::skip(std::size_t size) {
  TRY(read_bytes(size));
  return {};
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out(bytes.size() * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out[2 * i] = kDigits[byte >> 4];
    out[2 * i + 1] = kDigits[byte & 15];
  }
  return out;
}

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<signed char, 256> make_base64_values() {
  std::array<signed char, 256> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < kBase64Digits.size(); ++i) {
    values[static_cast<unsigned char>(kBase64Digits[i])] = static_cast<signed char>(i);
  }
  return values;
}

}  // namespace

Result<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return invalid_input("odd number of hexadecimal digits");
  std::string out(text.size() / 2, '\0');
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) {
      return invalid_input("not a hexadecimal digit at offset {}", 2 * i + (high < 0 ? 0 : 1));
    }
    out[i] = static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  const auto at = [&](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[index]));
  };
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    out.push_back(kBase64Digits[group >> 18]);
    out.push_back(kBase64Digits[group >> 12 & 63]);
    out.push_back(kBase64Digits[group >> 6 & 63]);
    out.push_back(kBase64Digits[group & 63]);
  }
  if (i == bytes.size()) return out;
  const bool two = bytes.size() - i == 2;
  const std::uint32_t group = at(i) << 16 | (two ? at(i + 1) << 8 : 0);
  out.push_back(kBase64Digits[group >> 18]);
  out.push_back(kBase64Digits[group >> 12 & 63]);
  out.push_back(two ? kBase64Digits[group >> 6 & 63] : '=');
  out.push_back('=');
  return out;
}

Result<std::string> from_base64(std::string_view text) {
  static constexpr auto kValues = make_base64_values();
  if (text.size() % 4 != 0) return invalid_input("base64 text is not a multiple of 4 characters");
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const auto digits = text.substr(0, text.size() - padding);
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int value = kValues[static_cast<unsigned char>(digits[i])];
    if (value < 0) return invalid_input("not a base64 character at offset {}", i);
    group = group << 6 | static_cast<std::uint32_t>(value);
    if (i % 4 == 3) {
      out.push_back(static_cast<char>(group >> 16));
      out.push_back(static_cast<char>(group >> 8));
      out.push_back(static_cast<char>(group));
      group = 0;
    }
  }
  if (padding == 2) out.push_back(static_cast<char>(group >> 4));
  if (padding == 1) {
    out.push_back(static_cast<char>(group >> 10));
    out.push_back(static_cast<char>(group >> 2));
  }
  return out;
}

}  // namespace tarn
