// SPDX-License-Identifier: Apache-2.0
// str(x) and repr(x) of every value.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "jinja/bigint.h"
#include "jinja/methods.h"
#include "jinja/runtime.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

std::string float_repr(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific)
                       .ptr;
  std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  std::string out;
  if (text.starts_with('-')) {
    out.push_back('-');
    text.remove_prefix(1);
  }
  const std::size_t mark = text.find('e');
  const int exponent = static_cast<int>(
      parse_int64(text[mark + 1] == '+' ? text.substr(mark + 2) : text.substr(mark + 1))
          .value_or(0));
  std::string digits(text.substr(0, 1));
  if (mark > 2) digits += text.substr(2, mark - 2);
  if (exponent < -4 || exponent >= 16) {
    out += digits[0];
    if (digits.size() > 1) out += "." + digits.substr(1);
    return out + fmt::format("e{}{:02}", exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  if (exponent < 0) {
    return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return out + digits + std::string(whole - digits.size(), '0') + ".0";
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

namespace {

void append_text_repr(std::string_view text, std::string& out) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char mark = has_single && !has_double ? '"' : '\'';
  out.push_back(mark);
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t start = offset;
    const char32_t c = next_code_point(text, offset);
    if (c == static_cast<char32_t>(mark) || c == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(c));
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_printable(c)) {
      out += text.substr(start, offset - start);
    } else {
      const auto number = static_cast<std::uint32_t>(c);
      out += number < 0x100     ? fmt::format("\\x{:02x}", number)
             : number < 0x10000 ? fmt::format("\\u{:04x}", number)
                                : fmt::format("\\U{:08x}", number);
    }
  }
  out.push_back(mark);
}

Result<void> append_big_int(const BigInt& value, std::string& out) {
  if (value.bit_length() > kIntegerDigitsMax * 10 / 3 + 4) {
    return value_error("Exceeds the limit ({} digits) for integer string conversion",
                       kIntegerDigitsMax);
  }
  out += value.to_string();
  return {};
}

// Prints containers; a container within itself is `[...]`.
class Printer {
 public:
  Printer(Runtime& runtime, std::string& out) : runtime_(runtime), out_(out) {}

  Result<void> text(const Value& value) {
    switch (value.kind()) {
      case Kind::Undefined:
        return {};
      case Kind::Text:
        out_ += value.text();
        return {};
      case Kind::Object: {
        out_ += TRY(value.object()->to_text(runtime_));
        return {};
      }
      default:
        return repr(value);
    }
  }

  Result<void> repr(const Value& value) {
    switch (value.kind()) {
      case Kind::Undefined:
        out_ += "Undefined";
        return {};
      case Kind::None:
        out_ += "None";
        return {};
      case Kind::Bool:
        out_ += value.as_bool() ? "True" : "False";
        return {};
      case Kind::Int:
        fmt::format_to(std::back_inserter(out_), "{}", value.as_int());
        return {};
      case Kind::BigInt:
        return append_big_int(value.big_int(), out_);
      case Kind::Float:
        out_ += float_repr(value.as_float());
        return {};
      case Kind::Text:
        if (value.is_markup()) out_ += "Markup(";
        append_text_repr(value.text(), out_);
        if (value.is_markup()) out_ += ")";
        return {};
      case Kind::Object:
        return object(*value.object());
      default:
        return container(value);
    }
  }

 private:
  Result<void> container(const Value& value) {
    const void* identity = value.is_dict()  ? static_cast<const void*>(&value.dict_items())
                           : value.is_set() ? static_cast<const void*>(&value.set_items())
                                            : static_cast<const void*>(&value.items());
    const bool curly = value.is_dict() || value.is_set();
    const char open = curly ? '{' : value.is_list() ? '[' : '(';
    const char close = curly ? '}' : value.is_list() ? ']' : ')';
    if (std::find(stack_.begin(), stack_.end(), identity) != stack_.end()) {
      out_ += open;
      out_ += "...";
      out_ += close;
      return {};
    }
    if (stack_.size() >= kNestingMax) return fail(kLimitError, "value is nested too deeply");
    if (value.is_set() && value.set_items().empty()) {
      out_ += "set()";
      return {};
    }
    stack_.push_back(identity);
    out_ += open;
    if (curly) {
      TRY(table(value));
    } else {
      TRY(items(value.items()));
      if (value.is_tuple() && value.items().size() == 1) out_ += ",";
    }
    out_ += close;
    stack_.pop_back();
    return check_size(runtime_, out_.size());
  }

  // Host objects may print what they hold with a Printer of their own.
  Result<void> object(const Object& object) {
    thread_local int nesting = 0;
    if (nesting >= kNestingMax) return fail(kLimitError, "value is nested too deeply");
    ++nesting;
    auto text = object.to_repr(runtime_);
    --nesting;
    out_ += TRY(std::move(text));
    return {};
  }

  Result<void> items(const std::vector<Value>& values) {
    TRY(runtime_.charge(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ", ";
      TRY(repr(values[i]));
    }
    return {};
  }

  Result<void> table(const Value& value) {
    const Table& table = value.is_dict() ? static_cast<const Table&>(value.dict_items())
                                         : static_cast<const Table&>(value.set_items());
    TRY(runtime_.charge(table.size()));
    bool first = true;
    for (const auto& entry : table.entries()) {
      if (!entry.live) continue;
      if (!first) out_ += ", ";
      first = false;
      TRY(repr(entry.key));
      if (!value.is_dict()) continue;
      out_ += ": ";
      TRY(repr(entry.value));
    }
    return {};
  }

  Runtime& runtime_;
  std::string& out_;
  std::vector<const void*> stack_;
};

}  // namespace

Result<void> append_text(Runtime& runtime, const Value& value, std::string& out) {
  if (value.is_text()) {
    out += value.text();
    return {};
  }
  return Printer(runtime, out).text(value);
}

Result<void> append_repr(Runtime& runtime, const Value& value, std::string& out) {
  return Printer(runtime, out).repr(value);
}

Result<std::string> to_text(Runtime& runtime, const Value& value) {
  std::string out;
  TRY(append_text(runtime, value, out));
  return out;
}

Result<std::string> to_repr(Runtime& runtime, const Value& value) {
  std::string out;
  TRY(append_repr(runtime, value, out));
  return out;
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '"':
        out += "&#34;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

Result<std::string> escape_value(Runtime& runtime, const Value& value) {
  auto text = TRY(to_text(runtime, value));
  if (value.is_markup()) return text;
  return escape_html(text);
}

}  // namespace tarn::jinja
