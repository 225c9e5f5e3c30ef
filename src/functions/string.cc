// SPDX-License-Identifier: Apache-2.0
// Functions over texts: length, parts, search, replacement, letters.
#include <utf8proc.h>

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "functions/lists.h"
#include "functions/text_padding.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

Result<Value> text_length(Arguments values) {
  return Value(static_cast<std::int64_t>(count_code_points(values[0].as_text())));
}

BoundFunction bind_char_length(const CallSignature& signature) {
  if (signature.arguments.size() != 1 || !signature.arguments[0].is(Char)) return {};
  return {.call = [length = signature.arguments[0].precision](Arguments) -> Result<Value> {
    return Value(std::int64_t{length});
  }};
}

Result<Value> byte_length(Arguments values) {
  return Value(static_cast<std::int64_t>(values[0].as_text().size()));
}

// Positions count from 1, negative ones from the end; 0 and those before the begin give nothing.
std::string_view text_part(std::string_view text, std::int64_t start, std::int64_t length) {
  if (start == 0 || length <= 0 || text.empty()) return {};
  if (start < 0) {
    const auto count = static_cast<std::int64_t>(count_code_points(text));
    if (start < -count) return {};
    start += count + 1;
  }
  text.remove_prefix(utf8_prefix(text, static_cast<std::size_t>(start - 1)).size());
  return utf8_prefix(text, static_cast<std::size_t>(length));
}

std::string_view byte_part(std::string_view bytes, std::int64_t start, std::int64_t length) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (start == 0 || length <= 0 || start > size || start < -size) return {};
  if (start < 0) start += size + 1;
  return bytes.substr(static_cast<std::size_t>(start - 1), static_cast<std::size_t>(length));
}

std::int64_t length_argument(Arguments values) {
  return values.size() > 2 ? values[2].as_int() : std::numeric_limits<std::int64_t>::max();
}

Result<Value> substr(Arguments values) {
  return Value(
      std::string(text_part(values[0].as_text(), values[1].as_int(), length_argument(values))));
}

Result<Value> byte_substr(Arguments values) {
  return Value(
      std::string(byte_part(values[0].as_text(), values[1].as_int(), length_argument(values))));
}

BoundFunction bind_char_substr(const CallSignature& signature) {
  if (!signature.arguments[0].is(Char)) return {};
  return {.call = [length = signature.arguments[0].precision](Arguments values) -> Result<Value> {
    const std::string text = padded(values[0].as_text(), length);
    return Value(std::string(text_part(text, values[1].as_int(), length_argument(values))));
  }};
}

std::string reversed(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t end = text.size();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    next_code_point(text, at);
    end -= at - begin;
    std::copy(text.begin() + static_cast<std::ptrdiff_t>(begin),
              text.begin() + static_cast<std::ptrdiff_t>(at),
              out.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return out;
}

Result<Value> reverse_text(Arguments values) { return Value(reversed(values[0].as_text())); }

BoundFunction bind_char_reverse(const CallSignature& signature) {
  if (!signature.arguments[0].is(Char)) return {};
  return {.call = [length = signature.arguments[0].precision](Arguments values) -> Result<Value> {
    return Value(unpadded(reversed(padded(values[0].as_text(), length))));
  }};
}

Result<Value> reverse_bytes(Arguments values) {
  const std::string& bytes = values[0].as_text();
  return Value(std::string(bytes.rbegin(), bytes.rend()));
}

Result<Value> lower(Arguments values) { return Value(utf8_lower(values[0].as_text())); }
Result<Value> upper(Arguments values) { return Value(utf8_upper(values[0].as_text())); }

// Texts and bytes; a call of one argument is refused as Trino does.
Result<Value> concat(Arguments values) {
  std::size_t size = 0;
  for (const Value& value : values) size += value.as_text().size();
  std::string out;
  out.reserve(size);
  for (const Value& value : values) out += value.as_text();
  return Value(std::move(out));
}

BoundFunction bind_concat(const CallSignature& signature) {
  const auto& arguments = signature.arguments;
  const bool texts = std::all_of(arguments.begin(), arguments.end(),
                                 [](const types::Type& type) { return type.is(Varchar); });
  const bool bytes = std::all_of(arguments.begin(), arguments.end(),
                                 [](const types::Type& type) { return type.is(Varbinary); });
  if (!texts && !bytes) return {};
  if (arguments.size() < 2) {
    return {.call = [](Arguments) -> Result<Value> {
              return invalid_argument("There must be two or more concatenation arguments");
            },
            .sees_nulls = true};
  }
  return {.call = concat};
}

BoundFunction bind_char_concat(const CallSignature& signature) {
  const types::TypeKind kinds[] = {Char, Char};
  if (!has_kinds(signature, kinds)) return {};
  return {.call = [length = signature.arguments[0].precision](Arguments values) -> Result<Value> {
    const std::string& right = values[1].as_text();
    if (right.empty()) return values[0];
    return Value(padded(values[0].as_text(), length) + right);
  }};
}

Result<Value> remove_text(Arguments values) {
  const std::string& search = values[1].as_text();
  if (search.empty()) return values[0];
  return Value(replace_all(values[0].as_text(), search, ""));
}

// An empty text to search for stands before each character and at the end.
Result<Value> replace_text(Arguments values) {
  const std::string& text = values[0].as_text();
  const std::string& search = values[1].as_text();
  const std::string& by = values[2].as_text();
  const std::size_t matches_max = (search.empty() ? text.size() : text.size() / search.size()) + 1;
  if (by.size() > kTextSizeMax / matches_max) return text_too_large();
  if (!search.empty()) return Value(replace_all(text, search, by));
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    next_code_point(text, at);
    out += by;
    out.append(text, begin, at - begin);
  }
  return Value(out + by);
}

std::int64_t position_of(std::string_view text, std::size_t offset) {
  return static_cast<std::int64_t>(count_code_points(text.substr(0, offset))) + 1;
}

Result<Value> strpos(Arguments values) {
  const std::string& text = values[0].as_text();
  const std::size_t at = text.find(values[1].as_text());
  return at == std::string::npos ? Value(0) : Value(position_of(text, at));
}

Result<Value> position(Arguments values) {
  const Value swapped[] = {values[1], values[0]};
  return strpos(swapped);
}

// The nth occurrence, for a negative n from the end. Occurrences may overlap.
Result<Value> strpos_instance(Arguments values) {
  const std::string& text = values[0].as_text();
  const std::string& search = values[1].as_text();
  std::int64_t instance = values[2].as_int();
  if (instance == 0) {
    return invalid_argument("'instance' must be a positive or negative number.");
  }
  if (search.empty()) return Value(1);
  std::size_t at = std::string::npos;
  if (instance > 0) {
    for (std::size_t from = 0; instance > 0; --instance) {
      at = text.find(search, from);
      if (at == std::string::npos) return Value(0);
      from = at + 1;
    }
  } else {
    for (std::size_t from = text.size(); instance < 0; ++instance) {
      at = text.rfind(search, from);
      if (at == std::string::npos || (at == 0 && instance < -1)) return Value(0);
      from = at - 1;
    }
  }
  return Value(position_of(text, at));
}

Result<Value> starts_with(Arguments values) {
  return Value(values[0].as_text().starts_with(values[1].as_text()));
}

// Characters of the second text become those at the same place in the third, or nothing.
Result<Value> translate(Arguments values) {
  const std::string& from = values[1].as_text();
  const std::string& to = values[2].as_text();
  std::unordered_map<char32_t, std::string_view> map;
  std::size_t to_at = 0;
  for (std::size_t at = 0; at < from.size();) {
    const char32_t letter = next_code_point(from, at);
    const std::size_t begin = to_at;
    if (to_at < to.size()) next_code_point(to, to_at);
    map.try_emplace(letter, std::string_view(to).substr(begin, to_at - begin));
  }
  const std::string& text = values[0].as_text();
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const auto found = map.find(next_code_point(text, at));
    out += found == map.end() ? std::string_view(text).substr(begin, at - begin) : found->second;
  }
  return Value(std::move(out));
}

Result<Value> normalize(Arguments values) {
  const std::string& form = values[1].as_text();
  int options = 0;
  if (form == "NFD" || form == "NFKD") {
    options = UTF8PROC_DECOMPOSE;
  } else if (form == "NFC" || form == "NFKC") {
    options = UTF8PROC_COMPOSE;
  } else {
    return invalid_argument("Normalization form must be one of [NFD, NFC, NFKD, NFKC]");
  }
  if (form.size() == 4) options |= UTF8PROC_COMPAT;
  const std::string& text = values[0].as_text();
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                 static_cast<utf8proc_option_t>(options | UTF8PROC_STABLE));
  if (size < 0) return invalid_argument("Invalid UTF-8 encoding");
  std::string out(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
  std::free(mapped);
  return Value(std::move(out));
}

Result<Value> chr(Arguments values) {
  const std::int64_t code = values[0].as_int();
  if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
    return invalid_argument("Not a valid Unicode code point: {}", code);
  }
  std::string out;
  append_utf8(out, static_cast<char32_t>(code));
  return Value(std::move(out));
}

Result<Value> codepoint(Arguments values) {
  const std::string& text = values[0].as_text();
  std::size_t at = 0;
  const char32_t code = text.empty() ? 0 : next_code_point(text, at);
  if (text.empty() || at != text.size()) {
    return invalid_argument("Input string must be a single character string");
  }
  return Value(static_cast<std::int64_t>(code));
}

constexpr FunctionEntry kStringFunctions[] = {
    {"chr", takes<chr, BigInt>},
    {"codepoint", takes<codepoint, Varchar>},
    {"concat", bind_concat},
    {"concat", bind_char_concat},
    {"length", takes<text_length, Varchar>},
    {"length", bind_char_length},
    {"length", takes<byte_length, Varbinary>},
    {"lower", takes<lower, Varchar>},
    {"lower", takes<lower, Char>},
    {"normalize", takes<normalize, Varchar, Varchar>},
    {"position", takes<position, Varchar, Varchar>},
    {"replace", takes<remove_text, Varchar, Varchar>},
    {"replace", takes<replace_text, Varchar, Varchar, Varchar>},
    {"reverse", takes<reverse_text, Varchar>},
    {"reverse", bind_char_reverse},
    {"reverse", takes<reverse_bytes, Varbinary>},
    {"starts_with", takes<starts_with, Varchar, Varchar>},
    {"strpos", takes<strpos, Varchar, Varchar>},
    {"strpos", takes<strpos_instance, Varchar, Varchar, BigInt>},
    {"substr", takes<substr, Varchar, BigInt>},
    {"substr", takes<substr, Varchar, BigInt, BigInt>},
    {"substr", takes<byte_substr, Varbinary, BigInt>},
    {"substr", takes<byte_substr, Varbinary, BigInt, BigInt>},
    {"substr", bind_char_substr},
    {"substring", takes<substr, Varchar, BigInt>},
    {"substring", takes<substr, Varchar, BigInt, BigInt>},
    {"substring", takes<byte_substr, Varbinary, BigInt>},
    {"substring", takes<byte_substr, Varbinary, BigInt, BigInt>},
    {"substring", bind_char_substr},
    {"translate", takes<translate, Varchar, Varchar, Varchar>},
    {"upper", takes<upper, Varchar>},
    {"upper", takes<upper, Char>},
};

}  // namespace

FunctionList string_functions() { return kStringFunctions; }

}  // namespace tarn::functions
