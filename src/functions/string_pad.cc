// SPDX-License-Identifier: Apache-2.0
// Texts and bytes made longer, or shorter at their ends.
#include <algorithm>

#include "base/text.h"
#include "functions/lists.h"
#include "functions/text_padding.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

enum class Side : std::uint8_t { Left, Right };

Result<void> check_padding(std::int64_t length, std::string_view padding) {
  if (length < 0 || length > std::numeric_limits<std::int32_t>::max()) {
    return invalid_argument("Target length must be in the range [0..2147483647]");
  }
  if (padding.empty()) return invalid_argument("Padding string must not be empty");
  return ok();
}

template <Side side>
Result<Value> pad_text_to(std::string_view text, std::int64_t length, std::string_view padding) {
  TRY(check_padding(length, padding));
  const auto wanted = static_cast<std::size_t>(length);
  const std::size_t count = count_code_points(text);
  if (count >= wanted) return Value(std::string(utf8_prefix(text, wanted)));
  const std::size_t missing = wanted - count;
  const std::size_t padding_count = count_code_points(padding);
  if (missing / padding_count > kTextSizeMax / padding.size()) return text_too_large();
  std::string filling;
  for (std::size_t i = 0; i < missing / padding_count; ++i) filling += padding;
  filling += utf8_prefix(padding, missing % padding_count);
  return Value(side == Side::Left ? filling + std::string(text) : std::string(text) + filling);
}

template <Side side>
Result<Value> pad_text(Arguments values) {
  return pad_text_to<side>(values[0].as_text(), values[1].as_int(), values[2].as_text());
}

template <Side side>
BoundFunction bind_char_pad(const CallSignature& signature) {
  const types::TypeKind kinds[] = {Char, BigInt, Varchar};
  if (!has_kinds(signature, kinds)) return {};
  return {.call = [length = signature.arguments[0].precision](Arguments values) -> Result<Value> {
    return pad_text_to<side>(padded(values[0].as_text(), length), values[1].as_int(),
                             values[2].as_text());
  }};
}

template <Side side>
Result<Value> pad_bytes(Arguments values) {
  const std::string& bytes = values[0].as_text();
  const std::string& padding = values[2].as_text();
  const std::int64_t length = values[1].as_int();
  if (length < 0 || length > std::numeric_limits<std::int32_t>::max()) {
    return invalid_argument("Target length must be in the range [0..2147483647]");
  }
  if (padding.empty()) return invalid_argument("Padding bytes must not be empty");
  const auto wanted = static_cast<std::size_t>(length);
  if (bytes.size() >= wanted) return Value(bytes.substr(0, wanted));
  if (wanted > kTextSizeMax) return text_too_large();
  std::string filling;
  const std::size_t missing = wanted - bytes.size();
  while (filling.size() + padding.size() <= missing) filling += padding;
  filling.append(padding, 0, missing - filling.size());
  return Value(side == Side::Left ? filling + bytes : bytes + filling);
}

// White space as Java knows it, without the blanks that do not break lines.
bool is_java_space(char32_t c) {
  if (c <= 0x20) return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20);
  return c == 0x1680 || (c >= 0x2000 && c <= 0x2006) || (c >= 0x2008 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x205F || c == 0x3000;
}

// Removes characters for which `is_trimmed` holds.
template <bool left, bool right, typename Predicate>
std::string_view trim_if(std::string_view text, const Predicate& is_trimmed) {
  if constexpr (left) {
    std::size_t begin = 0;
    while (begin < text.size()) {
      std::size_t at = begin;
      if (!is_trimmed(next_code_point(text, at))) break;
      begin = at;
    }
    text.remove_prefix(begin);
  }
  if constexpr (right) {
    while (!text.empty()) {
      std::size_t begin = text.size() - 1;
      while (begin > 0 && text.size() - begin < 4 &&
             (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) {
        --begin;
      }
      std::size_t at = begin;
      if (!is_trimmed(next_code_point(text, at)) || at != text.size()) break;
      text = text.substr(0, begin);
    }
  }
  return text;
}

template <bool left, bool right>
Result<Value> trim_spaces(Arguments values) {
  return Value(std::string(trim_if<left, right>(values[0].as_text(), is_java_space)));
}

template <bool left, bool right>
Result<Value> trim_characters(Arguments values) {
  std::u32string set;
  const std::string& characters = values[1].as_text();
  if (!is_valid_utf8(characters)) {
    return types::named_error("INVALID_CAST_ARGUMENT", {}, "Invalid UTF-8 encoding in characters");
  }
  for (std::size_t at = 0; at < characters.size();) set += next_code_point(characters, at);
  const auto is_trimmed = [&](char32_t c) { return set.find(c) != std::u32string::npos; };
  return Value(std::string(trim_if<left, right>(values[0].as_text(), is_trimmed)));
}

constexpr FunctionEntry kStringPadFunctions[] = {
    {"lpad", takes<pad_text<Side::Left>, Varchar, BigInt, Varchar>},
    {"lpad", takes<pad_bytes<Side::Left>, Varbinary, BigInt, Varbinary>},
    {"lpad", bind_char_pad<Side::Left>},
    {"rpad", takes<pad_text<Side::Right>, Varchar, BigInt, Varchar>},
    {"rpad", takes<pad_bytes<Side::Right>, Varbinary, BigInt, Varbinary>},
    {"rpad", bind_char_pad<Side::Right>},
    {"trim", takes<trim_spaces<true, true>, Varchar>},
    {"trim", takes<trim_spaces<true, true>, Char>},
    {"trim", takes<trim_characters<true, true>, Varchar, CodePoints>},
    {"trim", takes<trim_characters<true, true>, Char, CodePoints>},
    {"ltrim", takes<trim_spaces<true, false>, Varchar>},
    {"ltrim", takes<trim_spaces<true, false>, Char>},
    {"ltrim", takes<trim_characters<true, false>, Varchar, CodePoints>},
    {"ltrim", takes<trim_characters<true, false>, Char, CodePoints>},
    {"rtrim", takes<trim_spaces<false, true>, Varchar>},
    {"rtrim", takes<trim_spaces<false, true>, Char>},
    {"rtrim", takes<trim_characters<false, true>, Varchar, CodePoints>},
    {"rtrim", takes<trim_characters<false, true>, Char, CodePoints>},
};

}  // namespace

FunctionList string_pad_functions() { return kStringPadFunctions; }

}  // namespace tarn::functions
