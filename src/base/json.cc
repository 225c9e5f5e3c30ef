// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <array>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace tarn {

namespace {

namespace json = boost::json;

constexpr std::size_t kDepthMax = 256;
constexpr std::size_t kTextSizeMax = std::size_t{1} << 30;

// Builds values as Boost's own parser does, but reads doubles from their text: Boost 1.81 may be
// off in the last place.
class JsonHandler {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  json::value release() { return stack_.release(); }

  bool on_document_begin(json::error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return true; }
  bool on_object_end(std::size_t count, json::error_code&) {
    stack_.push_object(count);
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t count, json::error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(json::string_view part, json::error_code&) {
    number_ += std::string_view(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t value, json::string_view, json::error_code&) {
    number_.clear();
    stack_.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, json::string_view, json::error_code&) {
    number_.clear();
    stack_.push_uint64(value);
    return true;
  }
  bool on_double(double value, json::string_view part, json::error_code& error) {
    number_ += std::string_view(part.data(), part.size());
    value = parse_double(number_).value_or(value);
    number_.clear();
    if (!std::isfinite(value)) {
      error = json::error::exponent_overflow;
      return false;
    }
    stack_.push_double(value);
    return true;
  }
  bool on_bool(bool value, json::error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(json::error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  json::value_stack stack_;
  std::string number_;
};

void write_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out.push_back('\\');
    switch (c) {
      case '"':
      case '\\':
        out.push_back(static_cast<char>(c));
        break;
      case '\b':
        out.push_back('b');
        break;
      case '\f':
        out.push_back('f');
        break;
      case '\n':
        out.push_back('n');
        break;
      case '\r':
        out.push_back('r');
        break;
      case '\t':
        out.push_back('t');
        break;
      default:
        out.append("u00");
        out.push_back(kHex[c >> 4]);
        out.push_back(kHex[c & 15]);
    }
  }
  out.append(text, plain);
  out.push_back('"');
}

template <typename T>
void write_integer(std::string& out, T value) {
  std::array<char, 24> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), result.ptr);
}

void write_double(std::string& out, double value) {
  if (!std::isfinite(value)) {  // JSON has no word for these
    out += "null";
    return;
  }
  const std::string text = shortest_double(value);
  out += text;
  if (text.find_first_of(".e") == std::string::npos) out += ".0";
}

// Without indentation the text is compact; with it, `depth` counts the levels around the value.
class JsonWriter {
 public:
  JsonWriter(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void write(const json::value& value) {
    switch (value.kind()) {
      case json::kind::null:
        out_ += "null";
        break;
      case json::kind::bool_:
        out_ += value.get_bool() ? "true" : "false";
        break;
      case json::kind::int64:
        write_integer(out_, value.get_int64());
        break;
      case json::kind::uint64:
        write_integer(out_, value.get_uint64());
        break;
      case json::kind::double_:
        write_double(out_, value.get_double());
        break;
      case json::kind::string:
        write_string(out_, {value.get_string().data(), value.get_string().size()});
        break;
      case json::kind::array:
        write_array(value.get_array());
        break;
      case json::kind::object:
        write_object(value.get_object());
        break;
    }
  }

 private:
  void write_array(const json::array& array) {
    begin('[');
    bool first = true;
    for (const auto& item : array) {
      next_item(first);
      write(item);
    }
    end(']', array.empty());
  }

  void write_object(const json::object& object) {
    begin('{');
    bool first = true;
    for (const auto& item : object) {
      next_item(first);
      write_string(out_, {item.key().data(), item.key().size()});
      out_ += pretty_ ? ": " : ":";
      write(item.value());
    }
    end('}', object.empty());
  }

  void begin(char bracket) {
    out_.push_back(bracket);
    ++depth_;
  }
  void next_item(bool& first) {
    if (!first) out_.push_back(',');
    first = false;
    new_line();
  }
  void end(char bracket, bool empty) {
    --depth_;
    if (!empty) new_line();
    out_.push_back(bracket);
  }
  void new_line() {
    if (!pretty_) return;
    out_.push_back('\n');
    out_.append(depth_ * 2, ' ');
  }

  std::string& out_;
  bool pretty_;
  std::size_t depth_ = 0;
};

}  // namespace

Result<boost::json::value> parse_json(std::string_view text) {
  if (text.size() > kTextSizeMax) return corrupt("JSON of {} bytes is too large", text.size());
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::basic_parser<JsonHandler> parser(options);
  json::error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used < text.size()) error = json::error::extra_data;
  if (error) return corrupt("bad JSON at offset {}: {}", used, error.message());
  return parser.handler().release();
}

std::string write_json(const boost::json::value& value) {
  std::string out;
  JsonWriter(out, false).write(value);
  return out;
}

std::string write_json_pretty(const boost::json::value& value) {
  std::string out;
  JsonWriter(out, true).write(value);
  return out;
}

}  // namespace tarn
