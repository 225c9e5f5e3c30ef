// SPDX-License-Identifier: Apache-2.0
#include "jinja/json_text.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "base/json_text.h"
#include "base/text.h"
#include "jinja/bigint.h"
#include "jinja/methods.h"

namespace tarn::jinja {

namespace {

std::string json_float(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return float_repr(value);
}

class JsonWriter {
 public:
  JsonWriter(Runtime& runtime, const JsonStyle& style) : runtime_(runtime), style_(style) {}
  std::string take() { return std::move(out_); }

  Result<void> write(const Value& value, int depth) {
    if (depth > kNestingMax) return value_error("Circular reference detected");
    TRY(runtime_.charge(1));
    switch (value.kind()) {
      case Kind::None:
        out_ += "null";
        return {};
      case Kind::Bool:
        out_ += value.as_bool() ? "true" : "false";
        return {};
      case Kind::Int:
      case Kind::BigInt:
        return append_repr(runtime_, value, out_);
      case Kind::Float:
        out_ += json_float(value.as_float());
        return {};
      case Kind::Text:
        append_json_text(out_, value.text(), JsonEscapes::Ascii);
        return check_size(runtime_, out_.size());
      case Kind::List:
      case Kind::Tuple:
        return write_items(value.items(), depth);
      case Kind::Dict:
        return write_dict(value.dict_items(), depth);
      case Kind::Undefined:
      case Kind::Set:
      case Kind::Object:
        break;
    }
    return type_error("Object of type {} is not JSON serializable", type_name(value));
  }

 private:
  void separate(bool first, int depth) {
    if (!style_.indent) {
      if (!first) out_ += ", ";
      return;
    }
    if (!first) out_ += ",";
    line(depth);
  }
  void line(int depth) {
    out_ += "\n";
    for (int i = 0; i < depth; ++i) out_ += *style_.indent;
  }

  Result<void> write_items(const std::vector<Value>& items, int depth) {
    if (items.empty()) {
      out_ += "[]";
      return {};
    }
    out_ += "[";
    for (std::size_t i = 0; i < items.size(); ++i) {
      separate(i == 0, depth + 1);
      TRY(write(items[i], depth + 1));
    }
    if (style_.indent) line(depth);
    out_ += "]";
    return {};
  }

  Result<std::string> key_text(const Value& key) {
    if (key.is_text()) return std::string(key.text());
    if (key.is_none()) return "null";
    if (key.is_bool()) return key.as_bool() ? "true" : "false";
    if (key.kind() == Kind::Float) return json_float(key.as_float());
    if (key.is_int64() || key.kind() == Kind::BigInt) return to_text(runtime_, key);
    return type_error("keys must be str, int, float, bool or None, not {}", type_name(key));
  }

  Result<void> write_dict(const Dict& dict, int depth) {
    if (dict.empty()) {
      out_ += "{}";
      return {};
    }
    std::vector<const Table::Entry*> entries;
    for (const auto& entry : dict.entries()) {
      if (entry.live) entries.push_back(&entry);
    }
    if (style_.sort_keys) {
      std::vector<Value> keys;
      std::vector<Value> order;
      for (std::size_t i = 0; i < entries.size(); ++i) {
        keys.push_back(entries[i]->key);
        order.push_back(Value(i));
      }
      TRY(sort_values(runtime_, order, std::move(keys), false));
      std::vector<const Table::Entry*> sorted;
      for (const auto& index : order) {
        sorted.push_back(entries[static_cast<std::size_t>(index.as_int())]);
      }
      entries = std::move(sorted);
    }
    out_ += "{";
    for (std::size_t i = 0; i < entries.size(); ++i) {
      separate(i == 0, depth + 1);
      append_json_text(out_, TRY(key_text(entries[i]->key)), JsonEscapes::Ascii);
      out_ += ": ";
      TRY(write(entries[i]->value, depth + 1));
    }
    if (style_.indent) line(depth);
    out_ += "}";
    return {};
  }

  Runtime& runtime_;
  const JsonStyle& style_;
  std::string out_;
};

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  Result<Value> read() {
    auto value = TRY(read_value(0));
    skip();
    if (at_ < text_.size()) return bad("Extra data");
    return value;
  }

 private:
  Error bad(std::string_view what) const {
    const auto span = make_text_span(text_, at_, 0);
    return value_error("{}: line {} column {} (char {})", what, span.line, span.column,
                       count_code_points(text_.substr(0, at_)));
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }
  bool word(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  Result<Value> read_value(int depth) {
    if (depth > kNestingMax) return fail(kLimitError, "JSON is nested too deeply");
    skip();
    switch (peek()) {
      case '"':
        return Value(TRY(read_string()));
      case '[':
        return read_list(depth);
      case '{':
        return read_object(depth);
      default:
        break;
    }
    if (word("null")) return Value::none();
    if (word("true")) return Value(true);
    if (word("false")) return Value(false);
    if (word("NaN")) return Value(std::nan(""));
    if (word("Infinity")) return Value(HUGE_VAL);
    if (word("-Infinity")) return Value(-HUGE_VAL);
    return read_number();
  }

  Result<Value> read_number() {
    const std::size_t start = at_;
    std::size_t end = at_;
    const auto digits = [&] {
      const std::size_t from = end;
      while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
      return end > from;
    };
    if (peek() == '-') ++end;
    const std::size_t whole = end;
    if (!digits()) return bad("Expecting value");
    if (text_[whole] == '0') end = whole + 1;
    bool real = false;
    if (end < text_.size() && text_[end] == '.') {
      const std::size_t point = end++;
      if (digits()) {
        real = true;
      } else {
        end = point;
      }
    }
    if (end < text_.size() && (text_[end] | 0x20) == 'e') {
      const std::size_t mark = end++;
      if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
      if (digits()) {
        real = true;
      } else {
        end = mark;
      }
    }
    const std::string number(text_.substr(start, end - start));
    at_ = end;
    if (real) return Value(std::strtod(number.c_str(), nullptr));
    const auto parsed = parse_int_text(number, 10);
    if (!parsed) return value_error("Exceeds the limit for integer string conversion");
    return *parsed;
  }

  Result<std::uint32_t> read_hex() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = peek();
      const char lower = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9') {
        value = value * 16 + static_cast<std::uint32_t>(c - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        value = value * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
      } else {
        return bad("Invalid \\uXXXX escape");
      }
      ++at_;
    }
    return value;
  }

  Result<void> read_escape(std::string& out) {
    const char c = peek();
    ++at_;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        out.push_back(c);
        return {};
      case 'n':
        out.push_back('\n');
        return {};
      case 't':
        out.push_back('\t');
        return {};
      case 'r':
        out.push_back('\r');
        return {};
      case 'b':
        out.push_back('\b');
        return {};
      case 'f':
        out.push_back('\f');
        return {};
      case 'u':
        break;
      default:
        --at_;
        return bad("Invalid \\escape");
    }
    std::uint32_t point = TRY(read_hex());
    if (point >= 0xD800 && point < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      const std::size_t before = at_;
      at_ += 2;
      const std::uint32_t low = TRY(read_hex());
      if (low >= 0xDC00 && low < 0xE000) {
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      } else {
        at_ = before;
      }
    }
    append_utf8(out, static_cast<char32_t>(point));
    return {};
  }

  Result<std::string> read_string() {
    ++at_;
    std::string out;
    while (true) {
      if (at_ >= text_.size()) return bad("Unterminated string");
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return out;
      }
      if (static_cast<unsigned char>(c) < 0x20) return bad("Invalid control character at");
      ++at_;
      if (c == '\\') {
        TRY(read_escape(out));
      } else {
        out.push_back(c);
      }
    }
  }

  Result<Value> read_list(int depth) {
    ++at_;
    std::vector<Value> items;
    skip();
    if (peek() == ']') {
      ++at_;
      return Value::list({});
    }
    while (true) {
      items.push_back(TRY(read_value(depth + 1)));
      skip();
      if (peek() == ']') break;
      if (peek() != ',') return bad("Expecting ',' delimiter");
      ++at_;
    }
    ++at_;
    return Value::list(std::move(items));
  }

  Result<Value> read_object(int depth) {
    ++at_;
    auto dict = make_ref<Dict>();
    skip();
    if (peek() == '}') {
      ++at_;
      return Value(dict);
    }
    while (true) {
      skip();
      if (peek() != '"') return bad("Expecting property name enclosed in double quotes");
      const std::string key = TRY(read_string());
      skip();
      if (peek() != ':') return bad("Expecting ':' delimiter");
      ++at_;
      dict->set(key, TRY(read_value(depth + 1)));
      skip();
      if (peek() == '}') break;
      if (peek() != ',') return bad("Expecting ',' delimiter");
      ++at_;
    }
    ++at_;
    return Value(dict);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::string> write_json_text(Runtime& runtime, const Value& value, const JsonStyle& style) {
  JsonWriter writer(runtime, style);
  TRY(writer.write(value, 0));
  return writer.take();
}

Result<Value> parse_json_text(std::string_view text) { return JsonReader(text).read(); }

}  // namespace tarn::jinja
