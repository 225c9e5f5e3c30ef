// SPDX-License-Identifier: Apache-2.0
#include "yaml/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"

namespace tarn::yaml {

namespace {

constexpr std::size_t kDigitsMax = 4300;  // Python's limit for decimal integers in text

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A cursor for the small patterns below.
struct Pattern {
  std::string_view text;
  std::size_t at = 0;

  bool at_end() const { return at == text.size(); }
  bool take(char c) {
    if (at < text.size() && text[at] == c) return ++at, true;
    return false;
  }
  bool take_any(std::string_view set) {
    if (at < text.size() && set.find(text[at]) != std::string_view::npos) return ++at, true;
    return false;
  }
  template <typename Test>
  std::size_t take_while(Test test) {
    const std::size_t begin = at;
    while (at < text.size() && test(text[at])) ++at;
    return at - begin;
  }
  // Between `low` and `high` digits, greedy.
  bool take_digits(std::size_t low, std::size_t high) {
    std::size_t count = 0;
    while (count < high && at < text.size() && is_digit(text[at])) ++at, ++count;
    return count >= low;
  }
};

bool is_digit_or_underscore(char c) { return is_digit(c) || c == '_'; }

bool is_exponent_or_end(Pattern p) {
  if (p.at_end()) return true;
  return p.take_any("eE") && p.take_any("-+") && p.take_while(is_digit) > 0 && p.at_end();
}

// `(?::[0-5]?[0-9])+`
bool take_sixty_parts(Pattern& p) {
  std::size_t count = 0;
  while (p.take(':')) {
    const std::size_t begin = p.at;
    p.take_digits(0, 2);
    const std::size_t digits = p.at - begin;
    if (digits == 0 || (digits == 2 && p.text[begin] > '5')) return false;
    ++count;
  }
  return count > 0;
}

bool is_float(std::string_view text) {
  Pattern p{text};
  if (p.text == ".nan" || p.text == ".NaN" || p.text == ".NAN") return true;
  const bool sign = p.take_any("-+");
  const std::string_view rest = text.substr(p.at);
  if (rest == ".inf" || rest == ".Inf" || rest == ".INF") return true;
  if (!rest.empty() && rest[0] == '.') {
    if (sign) return false;
    p.take('.');
    if (p.take_while(is_digit) == 0) return false;
    p.take_while(is_digit_or_underscore);
    return is_exponent_or_end(p);
  }
  if (rest.empty() || !is_digit(rest[0])) return false;
  p.take_while(is_digit_or_underscore);
  if (p.take('.')) {
    p.take_while(is_digit_or_underscore);
    return is_exponent_or_end(p);
  }
  if (!take_sixty_parts(p) || !p.take('.')) return false;
  p.take_while(is_digit_or_underscore);
  return p.at_end();
}

bool is_int(std::string_view text) {
  Pattern p{text};
  p.take_any("-+");
  if (p.at_end() || !is_digit(text[p.at])) return false;
  if (p.take('0')) {
    if (p.at_end()) return true;
    if (p.take('b')) {
      return p.take_while([](char c) { return c == '0' || c == '1' || c == '_'; }) > 0 &&
             p.at_end();
    }
    if (p.take('x')) {
      return p.take_while([](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '_';
      }) > 0 &&
             p.at_end();
    }
    p.take_while([](char c) { return (c >= '0' && c <= '7') || c == '_'; });
    return p.at_end();
  }
  p.take_while(is_digit_or_underscore);
  return p.at_end() || (take_sixty_parts(p) && p.at_end());
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

struct Timestamp {
  std::int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
  bool has_time = false;
  std::optional<std::int32_t> offset_seconds;
};

std::int64_t number_at(std::string_view text, std::size_t begin, std::size_t end) {
  std::int64_t value = 0;
  std::from_chars(text.data() + begin, text.data() + end, value);
  return value;
}

// The constructor's pattern; the resolver's is the same but for dates, which need two digits each.
bool match_timestamp(std::string_view text, Timestamp& out) {
  Pattern p{text};
  const auto number = [&](std::size_t low, std::size_t high, std::int64_t& value) {
    const std::size_t begin = p.at;
    if (!p.take_digits(low, high)) return false;
    value = number_at(text, begin, p.at);
    return true;
  };
  if (!number(4, 4, out.year) || !p.take('-') || !number(1, 2, out.month) || !p.take('-') ||
      !number(1, 2, out.day)) {
    return false;
  }
  if (p.at_end()) return true;
  if (!p.take_any("Tt") && p.take_while(is_blank) == 0) return false;
  out.has_time = true;
  if (!number(1, 2, out.hour) || !p.take(':') || !number(2, 2, out.minute) || !p.take(':') ||
      !number(2, 2, out.second)) {
    return false;
  }
  if (p.take('.')) {
    const std::size_t begin = p.at;
    const std::size_t count = p.take_while(is_digit);
    for (std::size_t i = 0; i < 6; ++i) {
      out.micros = out.micros * 10 + (i < count ? text[begin + i] - '0' : 0);
    }
  }
  if (p.at_end()) return true;
  p.take_while(is_blank);
  if (p.take('Z')) {
    out.offset_seconds = 0;
    return p.at_end();
  }
  const bool minus = p.at < text.size() && text[p.at] == '-';
  if (!p.take_any("-+")) return false;
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  if (!number(1, 2, hours)) return false;
  if (p.take(':') && !number(2, 2, minutes)) return false;
  const auto seconds = static_cast<std::int32_t>(hours * 3600 + minutes * 60);
  out.offset_seconds = minus ? -seconds : seconds;
  return p.at_end();
}

bool is_timestamp(std::string_view text) {
  if (text.size() < 8 || text[4] != '-') return false;
  Timestamp parts;
  if (!match_timestamp(text, parts)) return false;
  return parts.has_time || text.size() == 10;
}

// Digits of `base` → decimal text. REQUIRES: valid digits.
std::string to_decimal(std::string_view digits, std::uint32_t base) {
  std::vector<std::uint32_t> words;  // base 10^9, least first
  for (const char c : digits) {
    const auto digit = static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 32) - 'a' + 10);
    std::uint64_t carry = digit;
    for (auto& word : words) {
      carry += std::uint64_t{word} * base;
      word = static_cast<std::uint32_t>(carry % 1'000'000'000);
      carry /= 1'000'000'000;
    }
    if (carry != 0) words.push_back(static_cast<std::uint32_t>(carry));
  }
  if (words.empty()) return "0";
  std::string out = std::to_string(words.back());
  for (std::size_t i = words.size() - 1; i-- > 0;) {
    const std::string part = std::to_string(words[i]);
    out.append(9 - part.size(), '0').append(part);
  }
  return out;
}

Error bad_int(std::string_view text, int base) {
  return invalid_input("invalid literal for int() with base {}: `{}`", base, text);
}

Result<void> set_int(std::string_view digits, int base, bool minus,
                     std::pmr::memory_resource& arena, Value& value) {
  const auto valid = [&](char c) {
    if (base <= 10) return c >= '0' && c < '0' + base;
    return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
  };
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), valid)) {
    return bad_int(digits, base);
  }
  value.kind = Kind::Int;
  std::string text = minus ? "-" : "";
  text += digits;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value.integer, base);
  if (parsed.ec == std::errc{}) return ok();
  if (digits.size() > kDigitsMax) {
    return invalid_input("exceeds the limit ({} digits) for an integer", kDigitsMax);
  }
  std::string decimal = to_decimal(digits, static_cast<std::uint32_t>(base));
  if (minus) decimal.insert(0, 1, '-');
  value.is_big = true;
  value.text = copy_text(arena, decimal);
  return ok();
}

std::string without_underscores(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c != '_') out.push_back(c);
  }
  return out;
}

Result<void> construct_int(std::string_view text, std::pmr::memory_resource& arena, Value& value) {
  const std::string clean = without_underscores(text);
  std::string_view digits = clean;
  if (digits.empty()) return invalid_input("string index out of range");
  const bool minus = digits[0] == '-';
  if (minus || digits[0] == '+') digits.remove_prefix(1);
  if (digits.empty()) return invalid_input("string index out of range");
  if (digits == "0") return set_int(digits, 10, false, arena, value);
  if (digits.starts_with("0b")) return set_int(digits.substr(2), 2, minus, arena, value);
  if (digits.starts_with("0x")) return set_int(digits.substr(2), 16, minus, arena, value);
  if (digits[0] == '0') return set_int(digits, 8, minus, arena, value);
  if (digits.find(':') == std::string_view::npos) {
    return set_int(trim(digits), 10, minus, arena, value);
  }
  std::int64_t total = 0;
  for (const auto part : split(digits, ':')) {
    const auto number = parse_int64(part);
    if (!number) return bad_int(part, 10);
    if (total > std::numeric_limits<std::int64_t>::max() / 61 - *number) {
      return unsupported("sexagesimal number `{}` is too large", text);
    }
    total = total * 60 + *number;
  }
  value.kind = Kind::Int;
  value.integer = minus ? -total : total;
  return ok();
}

Result<void> construct_float(std::string_view text, Value& value) {
  const std::string clean = to_lower(without_underscores(text));
  std::string_view digits = clean;
  if (digits.empty()) return invalid_input("string index out of range");
  const double sign = digits[0] == '-' ? -1 : 1;
  if (digits[0] == '-' || digits[0] == '+') digits.remove_prefix(1);
  value.kind = Kind::Float;
  const auto number = [&](std::string_view part) -> Result<double> {
    part = trim(part);
    double out = 0;
    const auto end = part.data() + part.size();
    const auto parsed = std::from_chars(part.data(), end, out);
    if (part.empty() || parsed.ptr != end || parsed.ec == std::errc::invalid_argument) {
      return invalid_input("could not convert string to float: `{}`", part);
    }
    if (parsed.ec == std::errc::result_out_of_range)
      out = std::strtod(std::string(part).c_str(), nullptr);
    return out;
  };
  if (digits == ".inf") {
    value.real = sign * std::numeric_limits<double>::infinity();
  } else if (digits == ".nan") {
    value.real = std::numeric_limits<double>::quiet_NaN();
  } else if (digits.find(':') != std::string_view::npos) {
    const auto parts = split(digits, ':');
    double base = 1;
    double total = 0;
    for (std::size_t i = parts.size(); i-- > 0; base *= 60) {
      total += TRY(number(parts[i])) * base;
    }
    value.real = sign * total;
  } else {
    value.real = sign * TRY(number(digits));
  }
  return ok();
}

Result<void> construct_timestamp(std::string_view text, Value& value) {
  Timestamp parts;
  if (!match_timestamp(text, parts)) return invalid_input("`{}` is not a timestamp", text);
  const CivilDate date{parts.year, static_cast<int>(parts.month), static_cast<int>(parts.day)};
  if (parts.year < 1) return invalid_input("year {} is out of range", parts.year);
  if (!is_valid_date(date)) {
    if (parts.month < 1 || parts.month > 12) return invalid_input("month must be in 1..12");
    return invalid_input("day is out of range for month");
  }
  if (!parts.has_time) {
    value.kind = Kind::Date;
    value.integer = days_from_civil(date);
    return ok();
  }
  if (parts.hour > 23) return invalid_input("hour must be in 0..23");
  if (parts.minute > 59) return invalid_input("minute must be in 0..59");
  if (parts.second > 59) return invalid_input("second must be in 0..59");
  if (parts.offset_seconds && std::abs(*parts.offset_seconds) >= 86'400) {
    return invalid_input("offset must be strictly between -24 and 24 hours");
  }
  value.kind = Kind::DateTime;
  value.offset_seconds = parts.offset_seconds;
  value.integer = days_from_civil(date) * kMicrosPerDay + parts.hour * kMicrosPerHour +
                  (parts.minute * 60 + parts.second) * kMicrosPerSecond + parts.micros;
  return ok();
}

// As Python's base64.decodebytes: characters outside the alphabet are skipped.
Result<void> construct_binary(std::string_view text, std::pmr::memory_resource& arena,
                              Value& value) {
  std::string clean;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) {
      return invalid_input("failed to convert base64 data into ascii");
    }
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/') clean.push_back(c);
    if (c == '=') {
      if (clean.size() % 4 >= 2) break;
    }
  }
  const std::size_t padding = (4 - clean.size() % 4) % 4;
  const std::size_t written = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
  if (padding == 3 || written < padding) {
    return invalid_input("failed to decode base64 data: incorrect padding");
  }
  clean.append(padding, '=');
  const auto bytes = from_base64(clean);
  if (!bytes) return invalid_input("failed to decode base64 data: {}", bytes.error().message);
  value.kind = Kind::Bytes;
  value.text = copy_text(arena, *bytes);
  return ok();
}

}  // namespace

Tag resolve_plain(std::string_view text) {
  if (text.empty()) return Tag::Null;
  switch (text[0]) {
    case 'y':
    case 'Y':
    case 'n':
    case 'N':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
      if (text.size() <= 5) {
        for (const std::string_view word :
             {"yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False",
              "FALSE", "on", "On", "ON", "off", "Off", "OFF"}) {
          if (text == word) return Tag::Bool;
        }
      }
      if (text == "null" || text == "Null" || text == "NULL") return Tag::Null;
      return Tag::Text;
    case '~':
      return text.size() == 1 ? Tag::Null : Tag::Text;
    case '<':
      return text == "<<" ? Tag::Merge : Tag::Text;
    case '=':
      return text.size() == 1 ? Tag::ValueKey : Tag::Text;
    case '-':
    case '+':
    case '.':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      if (is_float(text)) return Tag::Float;
      if (text[0] == '.') return Tag::Text;
      if (is_int(text)) return Tag::Int;
      if (is_digit(text[0]) && is_timestamp(text)) return Tag::Timestamp;
      return Tag::Text;
    default:
      return Tag::Text;
  }
}

std::string_view copy_text(std::pmr::memory_resource& arena, std::string_view text) {
  if (text.empty()) return {};
  auto* copy = static_cast<char*>(arena.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

Result<void> construct_scalar(Tag tag, std::string_view text, std::pmr::memory_resource& arena,
                              Value& value) {
  switch (tag) {
    case Tag::Null:
      value.kind = Kind::Null;
      return ok();
    case Tag::Bool: {
      const std::string lower = to_lower(text);
      value.kind = Kind::Bool;
      value.boolean = lower == "yes" || lower == "true" || lower == "on";
      if (value.boolean || lower == "no" || lower == "false" || lower == "off") return ok();
      return invalid_input("`{}` is not a boolean", text);
    }
    case Tag::Int:
      return construct_int(text, arena, value);
    case Tag::Float:
      return construct_float(text, value);
    case Tag::Timestamp:
      return construct_timestamp(text, value);
    case Tag::Binary:
      return construct_binary(text, arena, value);
    default:
      value.kind = Kind::Text;
      value.text = text;
      return ok();
  }
}

}  // namespace tarn::yaml
