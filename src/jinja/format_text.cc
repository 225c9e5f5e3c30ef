// SPDX-License-Identifier: Apache-2.0
// `%` formatting, str.format and format().
#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "jinja/bigint.h"
#include "jinja/format_spec.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

Result<std::string> format_value(Runtime& runtime, const Value& value, std::string_view spec_text) {
  if (value.is_object()) {
    auto text = TRY(value.object()->format(runtime, spec_text));
    if (text) return *std::move(text);
  }
  if (spec_text.empty()) return to_text(runtime, value);
  if (is_numeric_value(value)) {
    const auto spec = TRY(parse_format_spec(spec_text));
    if (value.kind() == Kind::Float) return format_float(value.as_float(), spec);
    constexpr std::string_view kFloatTypes = "eEfFgG%";
    if (spec.type != '\0' && kFloatTypes.find(spec.type) != std::string_view::npos) {
      return format_float(TRY(to_double(value)), spec);
    }
    return format_integer(value, spec);
  }
  if (value.is_text()) {
    auto spec = TRY(parse_format_spec(spec_text));
    if (spec.type != '\0' && spec.type != 's') {
      return value_error("Unknown format code '{}' for object of type 'str'", spec.type);
    }
    if (spec.sign != '\0') return value_error("Sign not allowed in string format specifier");
    if (spec.align == '=') {
      return value_error("'=' alignment not allowed in string format specifier");
    }
    if (spec.grouping != '\0') return value_error("Cannot specify '{}' with 's'.", spec.grouping);
    std::string_view text = value.text();
    if (spec.precision >= 0) text = utf8_prefix(text, static_cast<std::size_t>(spec.precision));
    return pad_text(std::string(text), spec, '<');
  }
  return type_error("unsupported format string passed to {}.__format__", type_name(value));
}

namespace {

class PercentFormatter {
 public:
  PercentFormatter(Runtime& runtime, const Value& format, const Value& arguments)
      : runtime_(runtime),
        format_(format.text()),
        markup_(format.is_markup()),
        arguments_(arguments) {}

  Result<Value> run() {
    while (position_ < format_.size()) {
      const std::size_t mark = format_.find('%', position_);
      out_ += format_.substr(position_, mark - position_);
      if (mark == std::string_view::npos) break;
      position_ = mark + 1;
      TRY(directive());
      TRY(check_size(runtime_, out_.size()));
    }
    const bool all_used = arguments_.is_tuple() ? used_ >= arguments_.items().size() : used_ > 0;
    if (!all_used && !is_mapping_like()) {
      return type_error("not all arguments converted during string formatting");
    }
    return Value(out_, markup_ ? Flavor::Markup : Flavor::Plain);
  }

 private:
  struct Directive {
    bool minus = false, plus = false, space = false, zero = false, alternate = false;
    std::int64_t width = 0;
    int precision = -1;
  };

  // What Python takes for a mapping here: anything that can be subscripted but is no text or tuple.
  bool is_mapping_like() const {
    return arguments_.is_dict() || arguments_.is_list() || arguments_.is_undefined() ||
           (arguments_.is_object() &&
            (arguments_.object()->is_mapping() || arguments_.object()->is_sequence()));
  }

  char peek() const { return position_ < format_.size() ? format_[position_] : '\0'; }

  Result<Value> next_argument() {
    if (keyed_) return std::exchange(keyed_, std::nullopt).value();
    if (arguments_.is_tuple()) {
      if (used_ >= arguments_.items().size()) {
        return type_error("not enough arguments for format string");
      }
      return arguments_.items()[used_++];
    }
    if (used_++ > 0) return type_error("not enough arguments for format string");
    return arguments_;
  }

  Result<std::int64_t> star_or_number() {
    if (peek() == '*') {
      ++position_;
      const Value value = TRY(next_argument());
      if (!value.is_int64()) return type_error("* wants int");
      return std::clamp<std::int64_t>(value.as_int(), -1'000'000, 1'000'000);
    }
    std::int64_t number = 0;
    while (peek() >= '0' && peek() <= '9') {
      number = number * 10 + (format_[position_++] - '0');
      if (number > 1'000'000) return value_error("width too big");
    }
    return number;
  }

  Result<void> key() {
    std::size_t depth = 1;
    const std::size_t start = ++position_;
    while (position_ < format_.size() && depth > 0) {
      depth += peek() == '(' ? 1 : 0;
      depth -= peek() == ')' ? 1 : 0;
      ++position_;
    }
    if (depth > 0) return value_error("incomplete format key");
    if (!is_mapping_like()) return type_error("format requires a mapping");
    const Value name(format_.substr(start, position_ - start - 1));
    if (arguments_.is_dict()) {
      const auto* entry = TRY(arguments_.dict_items().find(name));
      if (entry == nullptr) {
        return fail(kKeyError, "{}", TRY(to_repr(runtime_, name)));
      }
      keyed_ = entry->value;
    } else if (arguments_.is_list()) {
      return type_error("list indices must be integers or slices, not str");
    } else {
      keyed_ = TRY(get_item(runtime_, arguments_, name));
    }
    used_ = 1;
    return {};
  }

  Result<void> directive() {
    Directive d;
    if (peek() == '(') TRY(key());
    while (true) {
      const char c = peek();
      if (c == '-') {
        d.minus = true;
      } else if (c == '+') {
        d.plus = true;
      } else if (c == ' ') {
        d.space = true;
      } else if (c == '0') {
        d.zero = true;
      } else if (c == '#') {
        d.alternate = true;
      } else {
        break;
      }
      ++position_;
    }
    d.width = TRY(star_or_number());
    if (d.width < 0) {
      d.minus = true;
      d.width = -d.width;
    }
    if (peek() == '.') {
      ++position_;
      d.precision = static_cast<int>(std::clamp<std::int64_t>(TRY(star_or_number()), 0, 10'000));
    }
    while (peek() == 'h' || peek() == 'l' || peek() == 'L') ++position_;
    if (position_ >= format_.size()) return value_error("incomplete format");
    const std::size_t at = position_;
    const char32_t type = next_code_point(format_, position_);
    if (type == '%') {
      keyed_.reset();
      out_ += '%';
      return {};
    }
    const Value argument = TRY(next_argument());
    constexpr std::string_view kTypes = "diouxXeEfFgGcrsa";
    if (type >= 0x80 || kTypes.find(static_cast<char>(type)) == std::string_view::npos) {
      return value_error("unsupported format character '{}' (0x{:x}) at index {}",
                         format_.substr(at, position_ - at), static_cast<std::uint32_t>(type),
                         count_code_points(format_.substr(0, at)));
    }
    return convert(d, static_cast<char>(type), argument);
  }

  Result<void> convert(const Directive& d, char type, const Value& value) {
    FormatSpec spec;
    spec.width = static_cast<std::size_t>(d.width);
    spec.align = d.minus ? '<' : '\0';
    spec.sign = d.plus ? '+' : d.space ? ' ' : '\0';
    spec.alternate = d.alternate;
    spec.zero = d.zero && !d.minus;
    if (spec.zero && type != 's' && type != 'r' && type != 'a' && type != 'c') spec.fill = "0";
    switch (type) {
      case 's':
      case 'r':
      case 'a':
        return text(d, type, value, spec);
      case 'c':
        return character(value, spec);
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o':
        return integer(d, type, value, spec);
      default:
        return real(d, type, value, spec);
    }
  }

  Result<void> text(const Directive& d, char type, const Value& value, FormatSpec spec) {
    std::string shown = type == 's' ? TRY(to_text(runtime_, value)) : TRY(to_repr(runtime_, value));
    if (type == 'a') shown = ascii(shown);
    if (markup_ && !(type == 's' && value.is_markup())) shown = escape_html(shown);
    if (d.precision >= 0) {
      shown = utf8_prefix(shown, static_cast<std::size_t>(d.precision));
    }
    spec.zero = false;
    out_ += pad_text(shown, spec, '>');
    return {};
  }

  static std::string ascii(const std::string& text) {
    std::string out;
    std::size_t offset = 0;
    while (offset < text.size()) {
      const auto c = static_cast<std::uint32_t>(next_code_point(text, offset));
      if (c < 0x80) {
        out.push_back(static_cast<char>(c));
      } else {
        out += c < 0x100     ? fmt::format("\\x{:02x}", c)
               : c < 0x10000 ? fmt::format("\\u{:04x}", c)
                             : fmt::format("\\U{:08x}", c);
      }
    }
    return out;
  }

  Result<void> character(const Value& value, const FormatSpec& spec) {
    std::string shown;
    if (value.is_text() && value.text_object().code_points() == 1) {
      shown = value.text();
    } else if (value.is_int64()) {
      if (value.as_int() < 0 || value.as_int() > 0x10FFFF) {
        return fail(kOverflowError, "%c arg not in range(0x110000)");
      }
      append_utf8(shown, static_cast<char32_t>(value.as_int()));
    } else {
      return type_error("%c requires int or char");
    }
    out_ += pad_text(markup_ ? escape_html(shown) : shown, spec, '>');
    return {};
  }

  Result<void> integer(const Directive& d, char type, const Value& value, FormatSpec spec) {
    Value number = value;
    if (value.is_undefined()) {
      if (type == 'd' || type == 'i' || type == 'u') return undefined_error(value);
    }
    if (value.kind() == Kind::Float && (type == 'd' || type == 'i' || type == 'u')) {
      number = TRY(int_from_double(value.as_float()));
    } else if (!value.is_int64() && value.kind() != Kind::BigInt) {
      if (type == 'd' || type == 'i' || type == 'u') {
        return type_error("%{} format: a real number is required, not {}", type, type_name(value));
      }
      return type_error("%{} format: an integer is required, not {}", type, type_name(value));
    }
    spec.type = type == 'i' || type == 'u' ? 'd' : type;
    if (d.precision >= 0) {
      FormatSpec digits;
      digits.type = spec.type;
      digits.zero = true;
      digits.fill = "0";
      const bool negative = (number.is_int64() && number.as_int() < 0) ||
                            (number.kind() == Kind::BigInt && number.big_int().is_negative());
      digits.width = static_cast<std::size_t>(d.precision) + (negative ? 1 : 0);
      digits.sign = spec.sign;
      if (spec.sign != '\0' && !negative) ++digits.width;
      spec.zero = false;
      spec.fill = " ";
      out_ += pad_text(TRY(format_integer(number, digits)), spec, '>');
      return {};
    }
    out_ += TRY(format_integer(number, spec));
    return {};
  }

  Result<void> real(const Directive& d, char type, const Value& value, FormatSpec spec) {
    if (value.is_undefined()) return undefined_error(value);
    if (!is_numeric_value(value)) {
      return type_error("must be real number, not {}", type_name(value));
    }
    spec.type = type;
    spec.precision = d.precision < 0 ? 6 : d.precision;
    out_ += TRY(format_float(TRY(to_double(value)), spec));
    return {};
  }

  Runtime& runtime_;
  std::string_view format_;
  bool markup_;
  const Value& arguments_;
  std::size_t position_ = 0;
  std::size_t used_ = 0;
  std::optional<Value> keyed_;
  std::string out_;
};

class BraceFormatter {
 public:
  BraceFormatter(Runtime& runtime, const Arguments& arguments, bool markup)
      : runtime_(runtime), arguments_(arguments), markup_(markup) {}

  Result<std::string> run(std::string_view format, int depth) {
    if (depth > 2) return value_error("Max string recursion exceeded");
    std::string out;
    std::size_t i = 0;
    while (i < format.size()) {
      const char c = format[i];
      if (c != '{' && c != '}') {
        out.push_back(c);
        ++i;
        continue;
      }
      if (i + 1 < format.size() && format[i + 1] == c) {
        out.push_back(c);
        i += 2;
        continue;
      }
      if (c == '}') return value_error("Single '}}' encountered in format string");
      const std::size_t end = TRY(field_end(format, i + 1));
      out += TRY(field(format.substr(i + 1, end - i - 1), depth));
      TRY(check_size(runtime_, out.size()));
      i = end + 1;
    }
    return out;
  }

 private:
  static Result<std::size_t> field_end(std::string_view format, std::size_t start) {
    if (start >= format.size()) return value_error("Single '{{' encountered in format string");
    std::size_t depth = 1;
    for (std::size_t i = start; i < format.size(); ++i) {
      if (format[i] == '{') ++depth;
      if (format[i] == '}' && --depth == 0) return i;
    }
    return value_error("expected '}}' before end of string");
  }

  Result<std::string> field(std::string_view text, int depth) {
    std::size_t name_end = 0;
    int brackets = 0;
    while (name_end < text.size()) {
      const char c = text[name_end];
      if (c == '[') ++brackets;
      if (c == ']') --brackets;
      if (brackets <= 0 && (c == '!' || c == ':')) break;
      ++name_end;
    }
    const Value value = TRY(lookup(text.substr(0, name_end)));
    std::string_view rest = text.substr(name_end);
    char conversion = '\0';
    if (rest.starts_with('!')) {
      if (rest.size() < 2)
        return value_error("end of string while looking for conversion specifier");
      conversion = rest[1];
      rest.remove_prefix(2);
      if (!rest.empty() && rest[0] != ':') {
        return value_error("expected ':' after conversion specifier");
      }
    }
    std::string spec;
    if (rest.starts_with(':')) spec = TRY(run(rest.substr(1), depth + 1));
    if (conversion == '\0') {
      if (!markup_) return format_value(runtime_, value, spec);
      if (value.is_markup()) return std::string(value.text());
      return escape_html(TRY(format_value(runtime_, value, spec)));
    }
    std::string shown;
    if (conversion == 'r' || conversion == 'a') {
      shown = TRY(to_repr(runtime_, value));
    } else if (conversion == 's') {
      shown = TRY(to_text(runtime_, value));
    } else {
      return value_error("Unknown conversion specifier '{}'", conversion);
    }
    shown = TRY(format_value(runtime_, Value(shown), spec));
    return markup_ ? escape_html(shown) : shown;
  }

  Result<Value> lookup(std::string_view name) {
    std::size_t first_end = 0;
    while (first_end < name.size() && name[first_end] != '.' && name[first_end] != '[') {
      ++first_end;
    }
    Value value = TRY(first(name.substr(0, first_end)));
    std::size_t at = first_end;
    while (at < name.size()) {
      if (name[at] == '.') {
        std::size_t end = ++at;
        while (end < name.size() && name[end] != '.' && name[end] != '[') ++end;
        if (end == at) return value_error("Empty attribute in format string");
        value = TRY(get_attribute(runtime_, value, name.substr(at, end - at)));
        at = end;
      } else if (name[at] == '[') {
        const std::size_t end = name.find(']', at);
        if (end == std::string_view::npos) return value_error("Missing ']' in format string");
        const std::string_view key = name.substr(at + 1, end - at - 1);
        const auto index = parse_int64(key);
        value = TRY(get_item(runtime_, value, index ? Value(*index) : Value(key)));
        at = end + 1;
      } else {
        return value_error("Only '.' or '[' may follow ']' in format field specifier");
      }
    }
    return value;
  }

  Result<Value> first(std::string_view name) {
    const bool digits =
        !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
    if (name.empty() || digits) {
      std::size_t index = next_index_;
      if (name.empty()) {
        if (manual_) {
          return value_error(
              "cannot switch from manual field specification to automatic field numbering");
        }
        automatic_ = true;
        ++next_index_;
      } else {
        if (automatic_) {
          return value_error(
              "cannot switch from automatic field numbering to manual field specification");
        }
        manual_ = true;
        index = static_cast<std::size_t>(parse_int64(name).value_or(INT64_MAX));
      }
      if (index >= arguments_.positional.size()) {
        return fail(kIndexError, "Replacement index {} out of range for positional args tuple",
                    index);
      }
      return arguments_.positional[index];
    }
    for (const auto& named : arguments_.named) {
      if (named.name == name) return named.value;
    }
    return fail(kKeyError, "'{}'", name);
  }

  Runtime& runtime_;
  const Arguments& arguments_;
  bool markup_;
  std::size_t next_index_ = 0;
  bool automatic_ = false;
  bool manual_ = false;
};

}  // namespace

Result<Value> format_percent(Runtime& runtime, const Value& format, const Value& arguments) {
  return PercentFormatter(runtime, format, arguments).run();
}

Result<Value> format_braces(Runtime& runtime, const Value& format, const Arguments& arguments) {
  BraceFormatter formatter(runtime, arguments, format.is_markup());
  return Value(TRY(formatter.run(format.text(), 0)),
               format.is_markup() ? Flavor::Markup : Flavor::Plain);
}

}  // namespace tarn::jinja
