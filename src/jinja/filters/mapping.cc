// SPDX-License-Identifier: Apache-2.0
// Filters about mappings, attributes, defaults and types.
#include <algorithm>

#include "base/text.h"
#include "jinja/builtins.h"
#include "jinja/json_text.h"
#include "jinja/methods.h"
#include "jinja/pretty_print.h"

namespace tarn::jinja {

namespace {

Result<Value> default_value(Runtime& runtime, const Value& subject,
                            const std::vector<Value>& arguments) {
  if (subject.is_undefined()) return arguments[0];
  if (TRY(truth(runtime, arguments[1])) && !TRY(truth(runtime, subject))) return arguments[0];
  return subject;
}

Result<Value> dict_sort(Runtime& runtime, const Value& subject,
                        const std::vector<Value>& arguments) {
  const bool case_sensitive = TRY(truth(runtime, arguments[0]));
  const std::string_view by = arguments[1].is_text() ? arguments[1].text() : "";
  if (by != "key" && by != "value") {
    return fail(kFilterArgumentError, "You can only sort by either \"key\" or \"value\"");
  }
  auto pairs = TRY(mapping_pairs(runtime, subject));
  std::vector<Value> keys;
  for (const auto& pair : pairs) {
    const Value& key = pair.items()[by == "key" ? 0 : 1];
    keys.push_back(case_sensitive ? key : ignore_case(key));
  }
  TRY(sort_values(runtime, pairs, std::move(keys), TRY(truth(runtime, arguments[2]))));
  return Value::list(std::move(pairs));
}

Result<Value> items(Runtime&, const Value& subject, const std::vector<Value>&) {
  std::vector<Value> pairs;
  return make_generator([subject, pairs, at = std::size_t{0}, started = false](
                            Runtime& inner, Value& out) mutable -> Result<bool> {
    if (!started) {
      started = true;
      if (subject.is_undefined()) return false;
      const bool mapping =
          subject.is_dict() || (subject.is_object() && subject.object()->is_mapping());
      if (!mapping) return type_error("Can only get item pairs from a mapping.");
      pairs = TRY(mapping_pairs(inner, subject));
    }
    if (at >= pairs.size()) return false;
    out = pairs[at++];
    return true;
  });
}

Result<Value> attribute(Runtime& runtime, const Value& subject,
                        const std::vector<Value>& arguments) {
  if (!arguments[0].is_text()) {
    return type_error("attribute name must be string, not '{}'", type_name(arguments[0]));
  }
  const std::string_view name = arguments[0].text();
  if (subject.is_dict() && find_dict_method(name) == nullptr) {
    if (!is_hidden_attribute(subject, name)) return runtime.undefined_attribute(subject, name);
  }
  if (subject.is_object()) {
    auto found = TRY(subject.object()->get_attribute(runtime, name));
    if (found) return *std::move(found);
    if (!is_hidden_attribute(subject, name)) return runtime.undefined_attribute(subject, name);
  }
  return get_attribute(runtime, subject, name);
}

Result<Value> to_json(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  JsonStyle style;
  style.sort_keys = true;
  if (arguments[0].is_text()) {
    style.indent = arguments[0].text();
  } else if (!arguments[0].is_none()) {
    const std::int64_t width = TRY(int_argument(arguments[0]));
    style.indent =
        std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(width, 0, 64)), ' ');
  }
  const std::string json = TRY(write_json_text(runtime, subject, style));
  std::string out;
  for (const char c : json) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      case '\'':
        out += "\\u0027";
        break;
      default:
        out.push_back(c);
    }
  }
  return Value::markup(out);
}

Result<Value> pretty(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  return Value(TRY(pretty_print(runtime, subject)));
}

// In native environments the text is marked; Render::value converts it. Elsewhere nothing happens.
template <Flavor flavor>
Result<Value> marker(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  if (!runtime.environment().options().native) return subject;
  return Value(TRY(to_text(runtime, subject)), flavor);
}

Result<Value> is_list(Runtime&, const Value& subject, const std::vector<Value>&) {
  return Value(subject.is_list());
}

}  // namespace

Result<std::vector<Value>> mapping_pairs(Runtime& runtime, const Value& subject) {
  const bool mapping = subject.is_dict() || (subject.is_object() && subject.object()->is_mapping());
  if (subject.is_undefined()) return undefined_error(subject);
  if (!mapping) {
    return fail(kAttributeError, "'{}' object has no attribute 'items'", type_name(subject));
  }
  if (subject.is_dict()) {
    return collect(runtime, TRY(call_method(runtime, subject, "items", {})));
  }
  std::vector<Value> pairs;
  for (const auto& key : TRY(collect(runtime, subject))) {
    pairs.push_back(Value::tuple({key, TRY(get_item(runtime, subject, key))}));
  }
  return pairs;
}

void add_mapping_filters(Environment& environment) {
  const auto add = [&](std::string_view name, std::vector<Signature::Parameter> parameters,
                       FilterBody body) {
    add_filter(environment, name, std::move(parameters), body);
  };
  add("default", {{"default_value", Value("")}, {"boolean", Value(false)}}, default_value);
  add("d", {{"default_value", Value("")}, {"boolean", Value(false)}}, default_value);
  add("dictsort",
      {{"case_sensitive", Value(false)}, {"by", Value("key")}, {"reverse", Value(false)}},
      dict_sort);
  add("items", {}, items);
  add("attr", {{"name", std::nullopt}}, attribute);
  add("tojson", {{"indent", Value::none()}}, to_json);
  add("pprint", {}, pretty);
  add("as_text", {}, marker<Flavor::AsText>);
  add("as_native", {}, marker<Flavor::AsNative>);
  add("as_bool", {}, marker<Flavor::AsBool>);
  add("as_number", {}, marker<Flavor::AsNumber>);
  add("is_list", {}, is_list);
}

}  // namespace tarn::jinja
