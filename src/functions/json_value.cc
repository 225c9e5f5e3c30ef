// SPDX-License-Identifier: Apache-2.0
// Functions over JSON values and JSON texts: json_parse, json_extract, json_array_…. Malformed
// texts mostly give NULL, and only if the malformed part is reached.
#include <utf8proc.h>

#include <cmath>
#include <memory>

#include "base/text.h"
#include "functions/json_cursor.h"
#include "functions/lists.h"
#include "functions/typed_call.h"
#include "types/json_text.h"
#include "types/number_text.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

Result<Value> json_parse(Arguments values) {
  auto canonical = types::canonical_json(values[0].as_text());
  if (!canonical) {
    return invalid_argument("Cannot convert value to JSON: '{}'", values[0].as_text());
  }
  return Value(std::move(*canonical));
}

Result<Value> json_format(Arguments values) { return values[0]; }

Result<Value> is_json_scalar(Arguments values) {
  JsonCursor reader(values[0].as_text());
  const JsonKind kind = reader.kind();
  if (kind == JsonKind::Bad || !reader.skip_value() || !reader.at_end()) {
    return invalid_argument("Invalid JSON value: {}", values[0].as_text());
  }
  return Value(kind != JsonKind::Array && kind != JsonKind::Object);
}

// Names and numbers of a path in the old form: `$.a["b c"][0]`.
class JsonPathReader {
 public:
  explicit JsonPathReader(std::string_view path) : path_(path) {}

  Result<std::vector<std::string>> run() {
    std::vector<std::string> steps;
    if (!accept('$')) return bad();
    while (at_ < path_.size()) {
      if (accept('.')) {
        steps.push_back(TRY(read_name(true)));
        continue;
      }
      if (!accept('[')) return bad();
      steps.push_back(accept('"') ? TRY(read_quoted()) : TRY(read_name(false)));
      if (!accept(']')) return bad();
    }
    return steps;
  }

 private:
  Error bad() const { return invalid_argument("Invalid JSON path: '{}'", path_); }

  bool accept(char c) {
    if (at_ >= path_.size() || path_[at_] != c) return false;
    ++at_;
    return true;
  }

  static bool is_name_letter(char32_t c) {
    if (c == '_') return true;
    if (c > 0xFFFF) return false;  // Java looks at the halves of a surrogate pair
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           category == UTF8PROC_CATEGORY_ND;
  }

  Result<std::string> read_name(bool with_colons) {
    const std::size_t begin = at_;
    while (at_ < path_.size()) {
      std::size_t next = at_;
      const char32_t c = next_code_point(path_, next);
      if (!is_name_letter(c) && !(with_colons && c == ':')) break;
      at_ = next;
    }
    if (at_ == begin) return bad();
    return std::string(path_.substr(begin, at_ - begin));
  }

  Result<std::string> read_quoted() {
    std::string out;
    while (at_ < path_.size()) {
      const char c = path_[at_++];
      if (c == '"') return out;
      if (c == '\\') {
        if (at_ >= path_.size() || (path_[at_] != '"' && path_[at_] != '\\')) return bad();
        out += path_[at_++];
      } else {
        out += c;
      }
    }
    return bad();
  }

  std::string_view path_;
  std::size_t at_ = 0;
};

struct JsonPathStep {
  std::string name;
  std::int64_t index = -1;  // the name as a number
};
using JsonPathSteps = std::vector<JsonPathStep>;

// Keeps the last path of the thread: it is a constant of the statement most often.
Result<std::shared_ptr<const JsonPathSteps>> find_path(const std::string& path) {
  thread_local std::string last_path;
  thread_local std::shared_ptr<const JsonPathSteps> last;
  if (last && last_path == path) return last;
  auto steps = std::make_shared<JsonPathSteps>();
  for (std::string& name : TRY(JsonPathReader(path).run())) {
    JsonPathStep step{std::move(name), -1};
    const auto index = parse_int64(step.name);
    if (index && *index >= 0 && *index <= 2147483647) step.index = *index;
    steps->push_back(std::move(step));
  }
  last_path = path;
  last = std::move(steps);
  return last;
}

// Moves the reader to the value at the path; false if there is none, or the text is malformed
// before it.
bool walk_path(JsonCursor& reader, const JsonPathSteps& steps) {
  std::string key;
  for (const JsonPathStep& step : steps) {
    bool found = false;
    if (reader.kind() == JsonKind::Object) {
      reader.enter();
      while (!found && reader.next_member(key)) {
        found = key == step.name;
        if (!found && !reader.skip_value()) return false;
      }
    } else if (reader.kind() == JsonKind::Array) {
      reader.enter();
      for (std::int64_t i = 0; !found && reader.next_item(); ++i) {
        found = i == step.index;
        if (!found && !reader.skip_value()) return false;
      }
    }
    if (!found) return false;
  }
  return true;
}

Result<Value> json_extract(Arguments values) {
  const auto steps = TRY(find_path(values[1].as_text()));
  JsonCursor reader(values[0].as_text());
  std::string out;
  if (!walk_path(reader, *steps) || !reader.copy_value(out, false)) return Value();
  return Value(std::move(out));
}

// The text of the scalar at the reader, strings without quotes; NULL for null and no scalars.
Value read_scalar(JsonCursor& reader) {
  const JsonKind kind = reader.kind();
  if (kind == JsonKind::String) {
    std::string out;
    return reader.read_string(out) ? Value(std::move(out)) : Value();
  }
  std::string_view raw;
  const bool is_scalar = kind == JsonKind::Number || kind == JsonKind::Boolean;
  return is_scalar && reader.read_raw_scalar(raw) ? Value(std::string(raw)) : Value();
}

Result<Value> json_extract_scalar(Arguments values) {
  const auto steps = TRY(find_path(values[1].as_text()));
  JsonCursor reader(values[0].as_text());
  return walk_path(reader, *steps) ? read_scalar(reader) : Value();
}

// The number of items or members; NULL where the text is malformed.
Value count_parts(JsonCursor& reader) {
  std::int64_t count = 0;
  std::string key;
  const bool is_object = reader.kind() == JsonKind::Object;
  reader.enter();
  while (is_object ? reader.next_member(key) : reader.next_item()) {
    if (!reader.skip_value()) break;
    ++count;
  }
  return reader.failed() ? Value() : Value(count);
}

Result<Value> json_size(Arguments values) {
  const auto steps = TRY(find_path(values[1].as_text()));
  JsonCursor reader(values[0].as_text());
  if (!walk_path(reader, *steps)) return Value();
  const JsonKind kind = reader.kind();
  if (kind == JsonKind::Array || kind == JsonKind::Object) return count_parts(reader);
  return reader.skip_value() ? Value(0) : Value();
}

Result<Value> json_array_length(Arguments values) {
  JsonCursor reader(values[0].as_text());
  return reader.kind() == JsonKind::Array ? count_parts(reader) : Value();
}

Result<Value> json_array_get(Arguments values) {
  std::int64_t index = values[1].as_int();
  JsonCursor reader(values[0].as_text());
  if (reader.kind() != JsonKind::Array) return Value();
  if (index < 0) {
    JsonCursor counting = reader;
    const Value count = count_parts(counting);
    if (count.is_null() || index < -count.as_int()) return Value();
    index += count.as_int();
  }
  reader.enter();
  for (std::int64_t i = 0; reader.next_item(); ++i) {
    if (i == index) {
      const JsonKind kind = reader.kind();
      if (kind != JsonKind::Array && kind != JsonKind::Object) return read_scalar(reader);
      std::string out;
      return reader.copy_value(out, true) ? Value(std::move(out)) : Value();
    }
    if (!reader.skip_value()) break;
  }
  return Value();
}

// Calls `matches` at each item until it holds; it leaves the reader where it is, or behind it.
template <typename Matches>
Value any_item(const std::string& text, const Matches& matches) {
  JsonCursor reader(text);
  if (reader.kind() != JsonKind::Array) return Value();
  reader.enter();
  while (reader.next_item()) {
    JsonCursor item = reader;
    if (!reader.skip_value()) return Value();
    if (matches(item)) return Value(true);
  }
  return reader.failed() ? Value() : Value(false);
}

Result<Value> contains_boolean(Arguments values) {
  const std::string_view wanted = values[1].as_bool() ? "true" : "false";
  return any_item(values[0].as_text(), [&](JsonCursor& item) {
    std::string_view raw;
    return item.kind() == JsonKind::Boolean && item.read_raw_scalar(raw) && raw == wanted;
  });
}

Result<Value> contains_integer(Arguments values) {
  const std::int64_t wanted = values[1].as_int();
  return any_item(values[0].as_text(), [&](JsonCursor& item) {
    std::string_view raw;
    return item.kind() == JsonKind::Number && item.read_raw_scalar(raw) && !is_json_floating(raw) &&
           parse_int64(raw) == wanted;
  });
}

Result<Value> contains_double(Arguments values) {
  const double wanted = values[1].as_double();
  if (!std::isfinite(wanted)) return Value(false);
  return any_item(values[0].as_text(), [&](JsonCursor& item) {
    std::string_view raw;
    return item.kind() == JsonKind::Number && item.read_raw_scalar(raw) && is_json_floating(raw) &&
           types::parse_java_double(raw) == wanted;
  });
}

Result<Value> contains_text(Arguments values) {
  const std::string& wanted = values[1].as_text();
  std::string text;
  return any_item(values[0].as_text(), [&](JsonCursor& item) {
    return item.kind() == JsonKind::String && item.read_string(text) && text == wanted;
  });
}

constexpr FunctionEntry kJsonValueFunctions[] = {
    {"is_json_scalar", takes<is_json_scalar, Varchar>},
    {"is_json_scalar", takes<is_json_scalar, Json>},
    {"json_array_contains", takes<contains_boolean, Varchar, Boolean>},
    {"json_array_contains", takes<contains_boolean, Json, Boolean>},
    {"json_array_contains", takes<contains_integer, Varchar, BigInt>},
    {"json_array_contains", takes<contains_integer, Json, BigInt>},
    {"json_array_contains", takes<contains_double, Varchar, Double>},
    {"json_array_contains", takes<contains_double, Json, Double>},
    {"json_array_contains", takes<contains_text, Varchar, Varchar>},
    {"json_array_contains", takes<contains_text, Json, Varchar>},
    {"json_array_get", takes<json_array_get, Varchar, BigInt>},
    {"json_array_get", takes<json_array_get, Json, BigInt>},
    {"json_array_length", takes<json_array_length, Varchar>},
    {"json_array_length", takes<json_array_length, Json>},
    {"json_extract", takes<json_extract, Varchar, JsonPath>},
    {"json_extract", takes<json_extract, Json, JsonPath>},
    {"json_extract_scalar", takes<json_extract_scalar, Varchar, JsonPath>},
    {"json_extract_scalar", takes<json_extract_scalar, Json, JsonPath>},
    {"json_format", takes<json_format, Json>},
    {"json_parse", takes<json_parse, Varchar>},
    {"json_size", takes<json_size, Varchar, JsonPath>},
    {"json_size", takes<json_size, Json, JsonPath>},
};

}  // namespace

FunctionList json_value_functions() { return kJsonValueFunctions; }

}  // namespace tarn::functions
