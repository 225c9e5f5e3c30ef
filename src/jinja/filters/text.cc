// SPDX-License-Identifier: Apache-2.0
// Filters on text.
#include "base/text.h"

#include <algorithm>

#include "jinja/builtins.h"
#include "jinja/methods.h"
#include "jinja/text_wrap.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

// soft_str: Markup stays Markup, everything else becomes text.
Result<Value> soft_text(Runtime& runtime, const Value& value) {
  if (value.is_text()) return value;
  return Value(TRY(to_text(runtime, value)));
}

Value like(const Value& model, std::string_view text) {
  return Value(text, model.is_markup() ? Flavor::Markup : Flavor::Plain);
}

template <std::string (*map)(std::string_view)>
Result<Value> mapped(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  const Value text = TRY(soft_text(runtime, subject));
  return like(text, map(text.text()));
}

// Every part after white space, `-` or an opening bracket starts with a capital.
std::string title_parts(std::string_view text) {
  std::string out;
  std::size_t start = 0;
  const auto is_break = [](char32_t c) {
    return is_space(c) || c == '-' || c == '(' || c == '{' || c == '[' || c == '<';
  };
  const auto flush = [&](std::size_t end) {
    const std::string_view part = text.substr(start, end - start);
    if (part.empty()) return;
    std::size_t first = 0;
    next_code_point(part, first);
    out += upper_text(part.substr(0, first));
    out += lower_text(part.substr(first));
  };
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t at = offset;
    if (!is_break(next_code_point(text, offset))) continue;
    flush(at);
    out += text.substr(at, offset - at);
    start = offset;
  }
  flush(text.size());
  return out;
}

Result<Value> trim(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  const Value text = TRY(soft_text(runtime, subject));
  return call_method(runtime, text, "strip", {{&arguments[0], 1}, {}});
}

Result<Value> center(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  const Value text = TRY(soft_text(runtime, subject));
  return call_method(runtime, text, "center", {{&arguments[0], 1}, {}});
}

Result<Value> replace(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  const bool escapes = runtime.autoescape();
  const auto as_text = [&](const Value& value) -> Result<Value> {
    if (escapes) return soft_text(runtime, value);
    return Value(TRY(to_text(runtime, value)));
  };
  Value text = TRY(as_text(subject));
  if (escapes && (arguments[0].is_markup() || (arguments[1].is_markup() && !text.is_markup()))) {
    text = Value::markup(TRY(escape_value(runtime, subject)));
  }
  const Value parts[] = {TRY(as_text(arguments[0])), TRY(as_text(arguments[1])),
                         arguments[2].is_none() ? Value(-1) : arguments[2]};
  return call_method(runtime, text, "replace", {parts, {}});
}

Result<Value> string(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  return soft_text(runtime, subject);
}

Result<Value> format(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  if (!arguments.positional.empty() && !arguments.named.empty()) {
    return fail(kFilterArgumentError,
                "can't handle positional and keyword arguments at the same time");
  }
  const Value text = TRY(soft_text(runtime, subject));
  if (arguments.named.empty()) {
    std::vector<Value> items(arguments.positional.begin(), arguments.positional.end());
    return format_percent(runtime, text, Value::tuple(std::move(items)));
  }
  auto dict = make_ref<Dict>();
  for (const auto& named : arguments.named) dict->set(named.name, named.value);
  return format_percent(runtime, text, Value(dict));
}

Result<Value> indent(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  if (subject.is_undefined()) return undefined_error(subject);
  if (subject.is_list()) {
    return fail(kAttributeError, "'list' object has no attribute 'splitlines'");
  }
  if (!subject.is_text()) {
    return type_error("unsupported operand type(s) for +=: '{}' and 'str'", type_name(subject));
  }
  std::string indention;
  if (arguments[0].is_text()) {
    indention = arguments[0].text();
  } else {
    const std::int64_t width = TRY(int_argument(arguments[0]));
    TRY(check_size(runtime, static_cast<std::size_t>(std::max<std::int64_t>(width, 0))));
    indention.assign(static_cast<std::size_t>(std::max<std::int64_t>(width, 0)), ' ');
  }
  const bool first = TRY(truth(runtime, arguments[1]));
  const bool blank = TRY(truth(runtime, arguments[2]));
  const Value text = like(subject, std::string(subject.text()) + "\n");
  const Value lines = TRY(call_method(runtime, text, "splitlines", {}));
  std::string out;
  for (std::size_t i = 0; i < lines.items().size(); ++i) {
    const std::string_view line = lines.items()[i].text();
    if (i > 0) {
      out += "\n";
      if (blank || !line.empty()) out += indention;
    } else if (first) {
      out += indention;
    }
    out += line;
    TRY(check_size(runtime, out.size()));
  }
  return like(subject, out);
}

Result<Value> truncate(Runtime& runtime, const Value& subject,
                       const std::vector<Value>& arguments) {
  const std::int64_t length = TRY(int_argument(arguments[0]));
  const bool kill_words = TRY(truth(runtime, arguments[1]));
  const std::string_view end = TRY(text_argument(arguments[2], "truncate", 3));
  const std::int64_t leeway = arguments[3].is_none() ? 5 : TRY(int_argument(arguments[3]));
  const auto end_length = static_cast<std::int64_t>(count_code_points(end));
  if (length < end_length) {
    return fail("python:AssertionError", "expected length >= {}, got {}", end_length, length);
  }
  if (leeway < 0) return fail("python:AssertionError", "expected leeway >= 0, got {}", leeway);
  const auto size = static_cast<std::int64_t>(TRY(length_of(runtime, subject)));
  if (size <= length + leeway) return subject;
  if (!subject.is_text()) {
    return type_error("can only truncate str, not {}", type_name(subject));
  }
  std::string_view text =
      utf8_prefix(subject.text(), static_cast<std::size_t>(length - end_length));
  if (!kill_words) text = text.substr(0, text.rfind(' '));
  return like(subject, std::string(text) + std::string(end));
}

Result<Value> word_wrap(Runtime& runtime, const Value& subject,
                        const std::vector<Value>& arguments) {
  WrapOptions options;
  options.width = TRY(int_argument(arguments[0]));
  options.break_long_words = TRY(truth(runtime, arguments[1]));
  options.break_on_hyphens = TRY(truth(runtime, arguments[3]));
  const std::string separator = arguments[2].is_none() ? "\n" : TRY(to_text(runtime, arguments[2]));
  if (subject.is_undefined()) return undefined_error(subject);
  if (!subject.is_text()) {
    return fail(kAttributeError, "'{}' object has no attribute 'splitlines'", type_name(subject));
  }
  const Value lines = TRY(call_method(runtime, subject, "splitlines", {}));
  std::string out;
  bool first = true;
  for (const auto& line : lines.items()) {
    const auto wrapped = TRY(wrap_text(line.text(), options));
    std::string joined;
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
      if (i > 0) joined += separator;
      joined += wrapped[i];
    }
    if (!first) out += separator;
    first = false;
    out += joined;
    TRY(runtime.charge(line.text().size()));
  }
  return Value(out);
}

Result<Value> word_count(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  const Value text = TRY(soft_text(runtime, subject));
  std::int64_t words = 0;
  bool in_word = false;
  std::size_t offset = 0;
  while (offset < text.text().size()) {
    const bool word = is_word(next_code_point(text.text(), offset));
    if (word && !in_word) ++words;
    in_word = word;
  }
  return Value(words);
}

}  // namespace

void add_text_filters(Environment& environment) {
  const auto add = [&](std::string_view name, std::vector<Signature::Parameter> parameters,
                       FilterBody body) {
    add_filter(environment, name, std::move(parameters), body);
  };
  add("upper", {}, mapped<upper_text>);
  add("lower", {}, mapped<lower_text>);
  add("capitalize", {}, mapped<capitalize_text>);
  add("title", {}, mapped<title_parts>);
  add("trim", {{"chars", Value::none()}}, trim);
  add("center", {{"width", Value(80)}}, center);
  add("replace", {{"old", std::nullopt}, {"new", std::nullopt}, {"count", Value::none()}}, replace);
  add("string", {}, string);
  environment.add_filter("format", format);
  add("indent", {{"width", Value(4)}, {"first", Value(false)}, {"blank", Value(false)}}, indent);
  add("truncate",
      {{"length", Value(255)},
       {"killwords", Value(false)},
       {"end", Value("...")},
       {"leeway", Value::none()}},
      truncate);
  add("wordwrap",
      {{"width", Value(79)},
       {"break_long_words", Value(true)},
       {"wrapstring", Value::none()},
       {"break_on_hyphens", Value(true)}},
      word_wrap);
  add("wordcount", {}, word_count);
}

}  // namespace tarn::jinja
