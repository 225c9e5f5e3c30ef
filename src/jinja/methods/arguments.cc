// SPDX-License-Identifier: Apache-2.0
// Argument checks, the look-up of methods, hidden attributes.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/text.h"
#include "jinja/bigint.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

Result<void> expect_arguments(std::string_view function, const Arguments& arguments,
                              std::size_t least, std::size_t most) {
  const std::size_t given = arguments.positional.size();
  if (!arguments.named.empty()) return type_error("{}() takes no keyword arguments", function);
  if (most == 0 && given > 0)
    return type_error("{}() takes no arguments ({} given)", function, given);
  if (least == most && given != least) {
    return type_error("{}() takes exactly {} argument{} ({} given)", function, least,
                      least == 1 ? "" : "s", given);
  }
  if (given < least) {
    return type_error("{} expected at least {} argument{}, got {}", function, least,
                      least == 1 ? "" : "s", given);
  }
  if (given > most) {
    return type_error("{} expected at most {} argument{}, got {}", function, most,
                      most == 1 ? "" : "s", given);
  }
  return {};
}

Result<std::string_view> text_argument(const Value& value, std::string_view function,
                                       int position) {
  if (value.is_text()) return value.text();
  return type_error("{}() argument {} must be str, not {}", function, position, type_name(value));
}

Result<std::int64_t> int_argument(const Value& value) {
  if (value.is_int64()) return value.as_int();
  if (value.kind() == Kind::BigInt) {
    return value.big_int().is_negative() ? INT64_MIN / 4 : INT64_MAX / 4;
  }
  return type_error("'{}' object cannot be interpreted as an integer", type_name(value));
}

Result<Value> int_from_double(double value) {
  if (std::isinf(value)) return fail(kOverflowError, "cannot convert float infinity to integer");
  if (std::isnan(value)) return value_error("cannot convert float NaN to integer");
  return Value::integer(BigInt::from_double(value));
}

namespace {

// Digits of any script as ASCII, surrounding space gone; nullopt for other characters.
std::optional<std::string> plain_digits(std::string_view text) {
  text = strip_spaces(text, true, true);
  std::string out;
  std::size_t offset = 0;
  while (offset < text.size()) {
    const char32_t c = next_code_point(text, offset);
    if (c < 0x80) {
      out.push_back(static_cast<char>(c));
    } else if (const int digit = decimal_value(c); digit >= 0) {
      out.push_back(static_cast<char>('0' + digit));
    } else {
      return std::nullopt;
    }
  }
  return out;
}

// Removes the underscores that may stand between digits.
bool remove_underscores(std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out.push_back(text[i]);
      continue;
    }
    const bool between = i > 0 && i + 1 < text.size() &&
                         std::isalnum(static_cast<unsigned char>(text[i - 1])) != 0 &&
                         std::isalnum(static_cast<unsigned char>(text[i + 1])) != 0;
    if (!between) return false;
  }
  text = std::move(out);
  return true;
}

}  // namespace

std::optional<Value> parse_int_text(std::string_view text, int base) {
  auto digits = plain_digits(text);
  if (!digits) return std::nullopt;
  bool negative = false;
  std::size_t start = 0;
  if (!digits->empty() && ((*digits)[0] == '-' || (*digits)[0] == '+')) {
    negative = (*digits)[0] == '-';
    start = 1;
  }
  std::string body = digits->substr(start);
  if (body.size() > 2 && body[0] == '0') {
    const char kind = static_cast<char>(body[1] | 0x20);
    const int named = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
    if (named != 0 && (base == named || base == 0)) {
      base = named;
      body.erase(0, body[2] == '_' ? 3 : 2);
    }
  }
  if (base == 0) {
    base = 10;
    const bool leading_zero = body.size() > 1 && body[0] == '0';
    if (leading_zero && body.find_first_not_of("0_") != std::string::npos) return std::nullopt;
  }
  if (base < 2 || base > 36 || !remove_underscores(body) || body.empty()) return std::nullopt;
  if (body.size() > kIntegerDigitsMax) return std::nullopt;
  for (const char c : body) {
    const char lower = static_cast<char>(c | 0x20);
    const int digit = c >= '0' && c <= '9'           ? c - '0'
                      : lower >= 'a' && lower <= 'z' ? lower - 'a' + 10
                                                     : 99;
    if (digit >= base) return std::nullopt;
  }
  BigInt number = BigInt::from_digits(body, static_cast<unsigned>(base));
  return Value::integer(negative ? number.negated() : std::move(number));
}

std::optional<double> parse_float_text(std::string_view text) {
  auto digits = plain_digits(text);
  if (!digits || digits->empty() || !remove_underscores(*digits)) return std::nullopt;
  const std::string lower = to_lower(*digits);
  const std::string_view unsigned_text =
      lower[0] == '-' || lower[0] == '+' ? std::string_view(lower).substr(1) : lower;
  if (unsigned_text == "inf" || unsigned_text == "infinity") {
    return lower[0] == '-' ? -HUGE_VAL : HUGE_VAL;
  }
  if (unsigned_text == "nan") return std::nan("");
  if (unsigned_text.empty() ||
      unsigned_text.find_first_not_of("0123456789.e+-") != std::string_view::npos) {
    return std::nullopt;
  }
  char* end = nullptr;
  const double number = std::strtod(lower.c_str(), &end);
  if (end != lower.c_str() + lower.size()) return std::nullopt;
  return number;
}

Method find_method(const Value& value, std::string_view name) {
  switch (value.kind()) {
    case Kind::Text:
      return find_text_method(name);
    case Kind::List:
      return find_list_method(name);
    case Kind::Tuple:
      return find_tuple_method(name);
    case Kind::Dict:
      return find_dict_method(name);
    case Kind::Set:
      return find_set_method(name);
    case Kind::Bool:
    case Kind::Int:
    case Kind::BigInt:
    case Kind::Float:
      return find_number_method(value, name);
    default:
      return nullptr;
  }
}

bool is_hidden_attribute(const Value& value, std::string_view name) {
  static constexpr std::string_view kEverywhere[] = {
      "__class__",   "__delattr__", "__dir__",           "__doc__",         "__eq__",
      "__format__",  "__ge__",      "__getattribute__",  "__getstate__",    "__gt__",
      "__hash__",    "__init__",    "__init_subclass__", "__le__",          "__lt__",
      "__ne__",      "__new__",     "__reduce__",        "__reduce_ex__",   "__repr__",
      "__setattr__", "__sizeof__",  "__str__",           "__subclasshook__"};
  static constexpr std::string_view kContainers[] = {"__contains__", "__getitem__", "__iter__",
                                                     "__len__"};
  static constexpr std::string_view kSequences[] = {"__add__", "__mul__", "__rmul__",
                                                    "__getnewargs__"};
  static constexpr std::string_view kMutable[] = {
      "__setitem__", "__delitem__", "__reversed__", "__class_getitem__",
      "__ior__",     "__iadd__",    "__imul__"};
  static constexpr std::string_view kNumbers[] = {
      "__abs__",  "__add__",     "__bool__",      "__divmod__", "__float__",   "__floordiv__",
      "__int__",  "__mod__",     "__mul__",       "__neg__",    "__pos__",     "__pow__",
      "__radd__", "__rdivmod__", "__rfloordiv__", "__rmod__",   "__rmul__",    "__round__",
      "__rpow__", "__rsub__",    "__rtruediv__",  "__sub__",    "__truediv__", "__trunc__",
      "__and__",  "__or__",      "__xor__",       "__index__",  "__invert__",  "__ceil__",
      "__floor__"};
  const auto in = [name](const auto& names) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
  };
  if (in(kEverywhere)) return true;
  switch (value.kind()) {
    case Kind::Text:
      return in(kContainers) || in(kSequences) || name == "__mod__" || name == "__rmod__" ||
             (value.is_markup() && (name == "__html__" || name == "__radd__"));
    case Kind::Tuple:
      return in(kContainers) || in(kSequences);
    case Kind::List:
      return in(kContainers) || in(kSequences) || in(kMutable);
    case Kind::Dict:
      return in(kContainers) || in(kMutable) || name == "__or__" || name == "__ror__";
    case Kind::Set:
      return in(kContainers) || name == "__and__" || name == "__or__" || name == "__sub__";
    case Kind::Bool:
    case Kind::Int:
    case Kind::BigInt:
    case Kind::Float:
      return in(kNumbers);
    case Kind::None:
      return name == "__bool__";
    case Kind::Object:
      return value.object()->is_callable() &&
             (name == "__call__" || name == "__name__" || name == "__self__" ||
              name == "__globals__" || name == "__code__");
    default:
      return false;
  }
}

}  // namespace tarn::jinja
