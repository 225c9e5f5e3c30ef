// SPDX-License-Identifier: Apache-2.0
// The SQL/JSON functions, as the hidden functions that the analyzer calls:
//
//   $json_exists(varchar, varchar, P, varchar) -> boolean      input, path, PASSING, options
//   $json_value(varchar, varchar, P, varchar, T, T) -> T       and what DEFAULT gives: ON EMPTY,
//                                                              ON ERROR
//   $json_query(varchar, varchar, P, varchar) -> varchar
//   $json_object(row(K, V, …), varchar) -> varchar             keys and values, options
//   $json_array(row(V, …), varchar) -> varchar
//   $json_bytes(varchar, varchar) -> varbinary                 text, encoding
//   $json_text(varbinary, varchar) -> varchar                  and back
//
// P is a row whose fields are named as the parameters, or `unknown` without PASSING. Options are
// words: `empty=null error=default wrapper=conditional quotes=omit nulls=absent json=0,2`; `json`
// lists the fields of the row that are JSON texts.
#include "functions/json_path.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "functions/json_result.h"
#include "functions/lists.h"
#include "functions/typed_call.h"
#include "types/coercion.h"
#include "types/json_text.h"

namespace tarn::functions {

namespace {

using Items = std::vector<JsonItemPtr>;
using types::Value;
using enum types::TypeKind;

using PathPtr = std::shared_ptr<const SqlJsonPath>;

// Keeps the last path of the thread: it is a constant of the statement.
Result<PathPtr> find_sql_json_path(const std::string& text) {
  thread_local std::string last_text;
  thread_local PathPtr last;
  if (last && last_text == text) return last;
  last = std::make_shared<const SqlJsonPath>(TRY(parse_json_path(text)));
  last_text = text;
  return last;
}

bool is_json_field(std::string_view options, std::size_t field) {
  for (const std::string_view index : split(json_option(options, "json"), ',')) {
    if (parse_int64(index) == static_cast<std::int64_t>(field)) return true;
  }
  return false;
}

// A field of a row as JSON; NULL is JSON's null.
Result<JsonItemPtr> field_item(const types::Type& type, const Value& value, bool is_json) {
  if (value.is_null()) return std::make_shared<const JsonItem>();
  if (!is_json) return to_json_item(type, value);
  JsonItemPtr item = parse_json_item(value.as_text());
  if (!item) return json_input_error();
  return item;
}

// What the path finds in the input. Errors of the path's text are not errors of the evaluation:
// `path` is parsed before.
Result<Items> find_items(const SqlJsonPath& path, const CallSignature& signature,
                         Arguments values) {
  JsonItemPtr context = parse_json_item(values[0].as_text());
  if (!context) return json_input_error();
  const std::string& options = values[3].as_text();
  const auto variables = TRY(json_path_variables(signature.arguments[2], values[2], options));
  return evaluate_json_path(path, context, variables);
}

BoundFunction bind_json_exists(const CallSignature& signature) {
  return {.call = [signature](Arguments values) -> Result<Value> {
            const PathPtr path = TRY(find_sql_json_path(values[1].as_text()));
            if (values[0].is_null()) return Value();
            const auto found = find_items(*path, signature, values);
            if (found) return Value(!found->empty());
            if (types::split_error(found.error()).name == "NOT_SUPPORTED") return found.error();
            const std::string_view on_error = json_option(values[3].as_text(), "error");
            if (on_error == "error") return found.error();
            return on_error == "unknown" ? Value() : Value(on_error == "true");
          },
          .sees_nulls = true};
}

JsonBehaviors behaviors_of(std::string_view options) {
  return {json_option(options, "empty"), json_option(options, "error")};
}

BoundFunction bind_json_value(const CallSignature& signature) {
  return {.call = [signature](Arguments values) -> Result<Value> {
            const PathPtr path = TRY(find_sql_json_path(values[1].as_text()));
            if (values[0].is_null()) return Value();
            JsonBehaviors behaviors = behaviors_of(values[3].as_text());
            behaviors.empty_default = &values[4];
            behaviors.error_default = &values[5];
            return json_value_of(find_items(*path, signature, values), signature.result, behaviors);
          },
          .sees_nulls = true};
}

BoundFunction bind_json_query(const CallSignature& signature) {
  return {.call = [signature](Arguments values) -> Result<Value> {
            const PathPtr path = TRY(find_sql_json_path(values[1].as_text()));
            if (values[0].is_null()) return Value();
            const std::string& options = values[3].as_text();
            return json_query_of(find_items(*path, signature, values),
                                 json_option(options, "wrapper"), json_option(options, "quotes"),
                                 behaviors_of(options));
          },
          .sees_nulls = true};
}

Result<Value> json_object(const types::Type& row, Arguments values) {
  const std::string& options = values[1].as_text();
  const bool absent = json_option(options, "nulls") == "absent";
  std::string out = "{";
  std::unordered_set<std::string> keys;
  for (std::size_t i = 0; row.is(Row) && i + 1 < row.fields.size(); i += 2) {
    const Value& key = values[0].as_list()[i];
    const Value& value = values[0].as_list()[i + 1];
    if (key.is_null()) {
      return types::named_error("JSON_OUTPUT_CONVERSION_ERROR", {},
                                "null value passed for JSON object key to JSON_OBJECT function");
    }
    if (value.is_null() && absent) continue;
    if (!keys.insert(key.as_text()).second) {
      return types::named_error("NOT_SUPPORTED", {},
                                "cannot construct a JSON object with duplicate key");
    }
    if (out.size() > 1) out += ',';
    types::append_json_text(out, key.as_text());
    out += ':';
    const bool is_json = is_json_field(options, i + 1);
    append_json_item(out, *TRY(field_item(row.fields[i + 1].type, value, is_json)));
  }
  return Value(out + "}");
}

Result<Value> json_array(const types::Type& row, Arguments values) {
  const std::string& options = values[1].as_text();
  const bool absent = json_option(options, "nulls") == "absent";
  std::string out = "[";
  for (std::size_t i = 0; row.is(Row) && i < row.fields.size(); ++i) {
    const Value& value = values[0].as_list()[i];
    if (value.is_null() && absent) continue;
    if (out.size() > 1) out += ',';
    append_json_item(out, *TRY(field_item(row.fields[i].type, value, is_json_field(options, i))));
  }
  return Value(out + "]");
}

template <Result<Value> (*function)(const types::Type& row, Arguments values)>
BoundFunction bind_constructor(const CallSignature& signature) {
  return {
      .call = [row = signature.arguments.at(0)](Arguments values) { return function(row, values); },
      .sees_nulls = true};
}

// UTF-16 and UTF-32 are little-endian.
Result<Value> json_bytes(Arguments values) {
  const std::string& text = values[0].as_text();
  const std::string& encoding = values[1].as_text();
  if (encoding == "utf8") return values[0];
  const std::size_t unit = encoding == "utf16" ? 2 : 4;
  std::string out;
  const auto append = [&](char32_t code) {
    for (std::size_t i = 0; i < unit; ++i) out += static_cast<char>(code >> (8 * i) & 0xFF);
  };
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = next_code_point(text, at);
    if (unit == 2 && code > 0xFFFF) {
      append(0xD800 + ((code - 0x10000) >> 10));
      append(0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      append(code);
    }
  }
  return Value(std::move(out));
}

Result<Value> json_text(Arguments values) {
  const std::string& bytes = values[0].as_text();
  const std::string& encoding = values[1].as_text();
  if (encoding == "utf8") {
    if (!is_valid_utf8(bytes)) return json_input_error();
    return values[0];
  }
  const std::size_t unit = encoding == "utf16" ? 2 : 4;
  if (bytes.size() % unit != 0) return json_input_error();
  const auto read = [&](std::size_t at) {
    char32_t code = 0;
    for (std::size_t i = unit; i-- > 0;)
      code = code << 8 | static_cast<unsigned char>(bytes[at + i]);
    return code;
  };
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += unit) {
    char32_t code = read(at);
    if (unit == 2 && code >= 0xD800 && code < 0xDC00 && at + 4 <= bytes.size()) {
      at += unit;
      code = 0x10000 + ((code - 0xD800) << 10) + (read(at) - 0xDC00);
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return json_input_error();
    append_utf8(out, code);
  }
  return Value(std::move(out));
}

constexpr FunctionEntry kJsonPathFunctions[] = {
    {"$json_array", bind_constructor<json_array>},
    {"$json_bytes", takes<json_bytes, Varchar, Varchar>},
    {"$json_exists", bind_json_exists},
    {"$json_object", bind_constructor<json_object>},
    {"$json_query", bind_json_query},
    {"$json_text", takes<json_text, Varbinary, Varchar>},
    {"$json_value", bind_json_value},
};

}  // namespace

std::string_view json_option(std::string_view options, std::string_view name) {
  for (const std::string_view word : split(options, ' ')) {
    if (word.starts_with(name) && word.substr(name.size()).starts_with('=')) {
      return word.substr(name.size() + 1);
    }
  }
  return {};
}

Error json_input_error() {
  return types::named_error("JSON_INPUT_CONVERSION_ERROR", {}, "conversion to JSON failed: ");
}

Result<JsonPathVariables> json_path_variables(const types::Type& row, const Value& values,
                                              std::string_view options) {
  JsonPathVariables out;
  if (!row.is(Row) || values.is_null()) return out;
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    const types::TypeField& field = row.fields[i];
    out.emplace_back(field.name.value_or(""),
                     TRY(field_item(field.type, values.as_list()[i], is_json_field(options, i))));
  }
  return out;
}

FunctionList json_path_functions() { return kJsonPathFunctions; }

}  // namespace tarn::functions
