// SPDX-License-Identifier: Apache-2.0
// Methods of plain values (`x.upper()`, `d.items()`), and the argument checks of built-in
// functions; private to the folder.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "jinja/object.h"
#include "jinja/runtime.h"

namespace tarn::jinja {

using Method = Result<Value> (*)(Runtime&, const Value&, const Arguments&);

// nullptr: values of this kind have no such method.
Method find_method(const Value& value, std::string_view name);
Method find_text_method(std::string_view name);
Method find_list_method(std::string_view name);
Method find_tuple_method(std::string_view name);
Method find_dict_method(std::string_view name);
Method find_set_method(std::string_view name);
Method find_number_method(const Value& value, std::string_view name);
// Names such as `__class__` that Python has and the sandbox refuses.
bool is_hidden_attribute(const Value& value, std::string_view name);

// For functions that take no named arguments: `f expected at least 1 argument, got 0`.
Result<void> expect_arguments(std::string_view function, const Arguments& arguments,
                              std::size_t least, std::size_t most);
// The text of an argument; kind `type` with the given words otherwise.
Result<std::string_view> text_argument(const Value& value, std::string_view function, int position);
// An int (or bool) argument: `'str' object cannot be interpreted as an integer`.
Result<std::int64_t> int_argument(const Value& value);

// `%` formatting: `"%s of %d" % (a, 1)`.
Result<Value> format_percent(Runtime& runtime, const Value& format, const Value& arguments);
// str.format.
Result<Value> format_braces(Runtime& runtime, const Value& format, const Arguments& arguments);
// `format(value, spec)`.
Result<std::string> format_value(Runtime& runtime, const Value& value, std::string_view spec);
// repr(float), and `%f`, `%e`, `%g` forms.
std::string float_repr(double value);

// `&`, `<`, `>`, quotes become entities, unless the value is Markup already.
Result<std::string> escape_value(Runtime& runtime, const Value& value);
std::string escape_html(std::string_view text);

// `int(text, base)`; nullopt if it is not one.
std::optional<Value> parse_int_text(std::string_view text, int base);
std::optional<double> parse_float_text(std::string_view text);
// int(x) of a float; kinds `overflow`, `value` for inf and nan.
Result<Value> int_from_double(double value);
// Any number as a double; kind `overflow`.
Result<double> to_double(const Value& value);
bool is_numeric_value(const Value& value);  // bool, int, float

// A generator that asks a function for each value; the function gives false at the end.
Value make_generator(std::function<Result<bool>(Runtime&, Value&)> next);
// `a.b.0` as the steps of a path; a value that is no text is one step, none is no step.
std::vector<Value> attribute_path(const Value& attribute);
// Follows a path by items and attributes; where it ends in nothing, `missing` if that is not none.
Result<Value> follow_path(Runtime& runtime, Value item, const std::vector<Value>& path,
                          const Value& missing);
// Text in lower case, other values as they are.
Value ignore_case(const Value& value);

// The pairs of a mapping; kind `attribute` for what has no `items`.
Result<std::vector<Value>> mapping_pairs(Runtime& runtime, const Value& subject);

// Checks that a text of `bytes` bytes may be made.
Result<void> check_size(const Runtime& runtime, std::size_t bytes);
Result<Value> slice_value(Runtime& runtime, const Value& object, const Value& start,
                          const Value& stop, const Value& step);
// Which of `size` positions a slice takes.
struct SliceRange {
  std::int64_t start = 0, stop = 0, step = 1;
  std::int64_t count = 0;
};
Result<SliceRange> slice_range(std::size_t size, const Value& start, const Value& stop,
                               const Value& step);
// `sorted`, stable.
Result<void> sort_values(Runtime& runtime, std::vector<Value>& items, std::vector<Value> keys,
                         bool reverse);

}  // namespace tarn::jinja
