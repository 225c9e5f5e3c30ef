// SPDX-License-Identifier: Apache-2.0
// Bytes as text and back, and numbers as bytes.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/bytes.h"
#include "base/text.h"
#include "functions/lists.h"
#include "functions/text_padding.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

Result<Value> to_hex_text(Arguments values) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const std::string& bytes = values[0].as_text();
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    out += kDigits[static_cast<unsigned char>(byte) >> 4];
    out += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return Value(std::move(out));
}

Result<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') return (c | 0x20) - 'a' + 10;
  const int code = static_cast<signed char>(c);
  return invalid_argument("not a hexadecimal digit: \"{}\" = {}", code < 0 ? '?' : c, code);
}

Result<Value> from_hex_text(Arguments values) {
  const std::string& text = values[0].as_text();
  if (text.size() % 2 != 0) return invalid_argument("invalid input length {}", text.size());
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = TRY(hex_digit(text[i]));
    out += static_cast<char>(high << 4 | TRY(hex_digit(text[i + 1])));
  }
  return Value(std::move(out));
}

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// Groups of bits as letters, filled up with `=` to whole groups.
std::string encode_bits(std::string_view bytes, std::string_view alphabet, int bits,
                        std::size_t group) {
  std::string out;
  std::uint32_t buffer = 0;
  int held = 0;
  for (const char byte : bytes) {
    buffer = buffer << 8 | static_cast<unsigned char>(byte);
    held += 8;
    while (held >= bits) {
      held -= bits;
      out += alphabet[(buffer >> held) & ((1u << bits) - 1)];
    }
  }
  if (held > 0) out += alphabet[(buffer << (bits - held)) & ((1u << bits) - 1)];
  while (out.size() % group != 0) out += '=';
  return out;
}

template <const std::string_view& alphabet>
Result<Value> to_base64_text(Arguments values) {
  return Value(encode_bits(values[0].as_text(), alphabet, 6, 4));
}

Result<Value> to_base32_text(Arguments values) {
  return Value(encode_bits(values[0].as_text(), kBase32, 5, 8));
}

// Each letter gives `bits` bits; what is left at the end does not count.
Result<std::string> decode_bits(std::string_view text, std::string_view alphabet, int bits) {
  std::array<std::int8_t, 256> digits;
  digits.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  std::string out;
  std::uint32_t buffer = 0;
  int held = 0;
  for (const char letter : text) {
    const int digit = digits[static_cast<unsigned char>(letter)];
    if (digit < 0) {
      return bits == 5
                 ? invalid_argument("Unrecognized character: {}", letter)
                 : invalid_argument("Illegal base64 character {:x}",
                                    static_cast<unsigned>(static_cast<unsigned char>(letter)));
    }
    buffer = buffer << bits | static_cast<std::uint32_t>(digit);
    held += bits;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(buffer >> held & 0xFF);
  }
  return out;
}

// As java.util.Base64 reads: padding may be missing, but not be wrong.
template <const std::string_view& alphabet>
Result<Value> from_base64_text(Arguments values) {
  std::string_view text = values[0].as_text();
  if (text.size() == 1) {
    return invalid_argument("Input byte[] should at least have 2 bytes for base64 bytes");
  }
  if (const std::size_t end = text.find('='); end != std::string_view::npos) {
    const std::string_view padding = text.substr(end);
    text = text.substr(0, end);
    const std::size_t rest = end % 4;
    TRY(decode_bits(text, alphabet, 6));
    if (rest < 2 || (rest == 2 && !padding.starts_with("=="))) {
      return invalid_argument("Input byte array has wrong 4-byte ending unit");
    }
    if (padding.size() != 4 - rest) {
      return invalid_argument("Input byte array has incorrect ending byte at {}", end + 4 - rest);
    }
  }
  std::string out = TRY(decode_bits(text, alphabet, 6));
  if (text.size() % 4 == 1) {
    return invalid_argument("Last unit does not have enough valid bits");
  }
  return Value(std::move(out));
}

Result<Value> from_base32_text(Arguments values) {
  std::string_view text = values[0].as_text();
  while (text.ends_with('=')) text.remove_suffix(1);
  const std::size_t rest = text.size() % 8;
  if (rest == 1 || rest == 3 || rest == 6) {
    return invalid_argument("Invalid input length {}", text.size());
  }
  return Value(TRY(decode_bits(text, kBase32, 5)));
}

template <typename T>
Result<Value> to_big_endian(Arguments values) {
  std::string out;
  append_big_endian(out, static_cast<T>(values[0].as_int()));
  return Value(std::move(out));
}

template <typename T>
Result<Value> from_big_endian(Arguments values) {
  const std::string& bytes = values[0].as_text();
  if (bytes.size() != sizeof(T)) {
    return invalid_argument("expected {}-byte input, but got instead: {}", sizeof(T), bytes.size());
  }
  return Value(static_cast<std::int64_t>(load_big_endian<T>(bytes)));
}

// Every NaN becomes the one that Java has.
template <typename Float, typename Bits>
Result<Value> to_ieee754(Arguments values) {
  auto number = static_cast<Float>(values[0].as_double());
  if (std::isnan(number)) number = std::numeric_limits<Float>::quiet_NaN();
  std::string out;
  append_big_endian(out, std::bit_cast<Bits>(number));
  return Value(std::move(out));
}

template <typename Float, typename Bits>
Result<Value> from_ieee754(Arguments values) {
  const std::string& bytes = values[0].as_text();
  if (bytes.size() != sizeof(Bits)) {
    return invalid_argument("Input floating-point value must be exactly {} bytes long",
                            sizeof(Bits));
  }
  return Value(static_cast<double>(std::bit_cast<Float>(load_big_endian<Bits>(bytes))));
}

Result<Value> to_utf8(Arguments values) { return values[0]; }

BoundFunction bind_char_to_utf8(const CallSignature& signature) {
  if (signature.arguments.size() != 1 || !signature.arguments[0].is(Char)) return {};
  return {.call = [length = signature.arguments[0].precision](Arguments values) -> Result<Value> {
    return Value(padded(values[0].as_text(), length));
  }};
}

// The bytes of the character at `at`, negative if they are none: then that many bytes belong
// together and are replaced by one character.
int sequence_size(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC0 || first >= 0xFE) return -1;
  const int size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : first < 0xFC ? 5 : 6;
  char32_t code = first & (0xFFu >> (size + 1));
  for (int i = 1; i < size; ++i) {
    if (at + static_cast<std::size_t>(i) >= bytes.size()) return -i;
    const unsigned next = byte(static_cast<std::size_t>(i));
    if ((next & 0xC0) != 0x80) return -i;
    code = code << 6 | (next & 0x3Fu);
  }
  const bool overlong = code < (size == 2 ? 0x80u : size == 3 ? 0x800u : 0x10000u);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return size > 4 || overlong || surrogate || code > 0x10FFFF ? -size : size;
}

std::string fixed_utf8(std::string_view bytes, std::string_view replacement) {
  if (is_valid_utf8(bytes)) return std::string(bytes);
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const int size = sequence_size(bytes, at);
    const auto count = static_cast<std::size_t>(std::abs(size));
    out += size > 0 ? bytes.substr(at, count) : replacement;
    at += count;
  }
  return out;
}

Result<Value> from_utf8(Arguments values) {
  return Value(fixed_utf8(values[0].as_text(), "\xEF\xBF\xBD"));
}

Result<Value> from_utf8_by_text(Arguments values) {
  const std::string& replacement = values[1].as_text();
  if (count_code_points(replacement) > 1) {
    return invalid_argument("Replacement character string must empty or a single character");
  }
  if (!is_valid_utf8(replacement)) return invalid_argument("Invalid replacement character");
  return Value(fixed_utf8(values[0].as_text(), replacement));
}

Result<Value> from_utf8_by_code(Arguments values) {
  const std::int64_t code = values[1].as_int();
  if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
    return invalid_argument("Invalid replacement character");
  }
  std::string replacement;
  append_utf8(replacement, static_cast<char32_t>(code));
  return Value(fixed_utf8(values[0].as_text(), replacement));
}

constexpr PlainFunction kToBase64 = to_base64_text<kBase64>;
constexpr PlainFunction kToBase64Url = to_base64_text<kBase64Url>;
constexpr PlainFunction kFromBase64 = from_base64_text<kBase64>;
constexpr PlainFunction kFromBase64Url = from_base64_text<kBase64Url>;
constexpr PlainFunction kToIeee32 = to_ieee754<float, std::uint32_t>;
constexpr PlainFunction kToIeee64 = to_ieee754<double, std::uint64_t>;
constexpr PlainFunction kFromIeee32 = from_ieee754<float, std::uint32_t>;
constexpr PlainFunction kFromIeee64 = from_ieee754<double, std::uint64_t>;

constexpr FunctionEntry kBinaryFunctions[] = {
    {"from_base32", takes<from_base32_text, Varchar>},
    {"from_base32", takes<from_base32_text, Varbinary>},
    {"from_base64", takes<kFromBase64, Varchar>},
    {"from_base64", takes<kFromBase64, Varbinary>},
    {"from_base64url", takes<kFromBase64Url, Varchar>},
    {"from_base64url", takes<kFromBase64Url, Varbinary>},
    {"from_big_endian_32", takes<from_big_endian<std::int32_t>, Varbinary>},
    {"from_big_endian_64", takes<from_big_endian<std::int64_t>, Varbinary>},
    {"from_hex", takes<from_hex_text, Varchar>},
    {"from_hex", takes<from_hex_text, Varbinary>},
    {"from_ieee754_32", takes<kFromIeee32, Varbinary>},
    {"from_ieee754_64", takes<kFromIeee64, Varbinary>},
    {"from_utf8", takes<from_utf8, Varbinary>},
    {"from_utf8", takes<from_utf8_by_text, Varbinary, Varchar>},
    {"from_utf8", takes<from_utf8_by_code, Varbinary, BigInt>},
    {"to_base32", takes<to_base32_text, Varbinary>},
    {"to_base64", takes<kToBase64, Varbinary>},
    {"to_base64url", takes<kToBase64Url, Varbinary>},
    {"to_big_endian_32", takes<to_big_endian<std::int32_t>, Integer>},
    {"to_big_endian_64", takes<to_big_endian<std::int64_t>, BigInt>},
    {"to_hex", takes<to_hex_text, Varbinary>},
    {"to_ieee754_32", takes<kToIeee32, Real>},
    {"to_ieee754_64", takes<kToIeee64, Double>},
    {"to_utf8", takes<to_utf8, Varchar>},
    {"to_utf8", bind_char_to_utf8},
};

}  // namespace

FunctionList binary_functions() { return kBinaryFunctions; }

}  // namespace tarn::functions
