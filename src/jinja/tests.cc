// SPDX-License-Identifier: Apache-2.0
// Tests: `x is defined`, `x is divisibleby 3`, ….
#include <algorithm>

#include "base/text.h"
#include "jinja/builtins.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

using Arguments1 = const std::vector<Value>&;

Result<Value> has_remainder(Runtime& runtime, const Value& value, const Value& divisor,
                            int wanted) {
  const Value rest = TRY(binary(runtime, BinaryOp::Modulo, value, divisor));
  return Value(TRY(equals(rest, Value(wanted))));
}

Result<Value> is_odd(Runtime& runtime, const Value& value, Arguments1) {
  return has_remainder(runtime, value, Value(2), 1);
}
Result<Value> is_even(Runtime& runtime, const Value& value, Arguments1) {
  return has_remainder(runtime, value, Value(2), 0);
}
Result<Value> is_divisible_by(Runtime& runtime, const Value& value, Arguments1 arguments) {
  return has_remainder(runtime, value, arguments[0], 0);
}
Result<Value> is_defined(Runtime&, const Value& value, Arguments1) {
  return Value(!value.is_undefined());
}
Result<Value> is_undefined(Runtime&, const Value& value, Arguments1) {
  return Value(value.is_undefined());
}
Result<Value> is_none(Runtime&, const Value& value, Arguments1) { return Value(value.is_none()); }
Result<Value> is_boolean(Runtime&, const Value& value, Arguments1) {
  return Value(value.is_bool());
}
Result<Value> is_true(Runtime&, const Value& value, Arguments1) {
  return Value(value.is_bool() && value.as_bool());
}
Result<Value> is_false(Runtime&, const Value& value, Arguments1) {
  return Value(value.is_bool() && !value.as_bool());
}
Result<Value> is_integer(Runtime&, const Value& value, Arguments1) {
  return Value(value.kind() == Kind::Int || value.kind() == Kind::BigInt);
}
Result<Value> is_float(Runtime&, const Value& value, Arguments1) {
  return Value(value.kind() == Kind::Float);
}
Result<Value> is_number(Runtime&, const Value& value, Arguments1) {
  return Value(is_numeric_value(value));
}
Result<Value> is_string(Runtime&, const Value& value, Arguments1) { return Value(value.is_text()); }
Result<Value> is_mapping(Runtime&, const Value& value, Arguments1) {
  return Value(value.is_dict() || (value.is_object() && value.object()->is_mapping()));
}
Result<Value> is_callable_test(Runtime&, const Value& value, Arguments1) {
  return Value(is_callable(value));
}
Result<Value> is_escaped(Runtime&, const Value& value, Arguments1) {
  return Value(value.is_markup());
}

Result<Value> is_sequence(Runtime&, const Value& value, Arguments1) {
  switch (value.kind()) {
    case Kind::Text:
    case Kind::List:
    case Kind::Tuple:
    case Kind::Dict:
    case Kind::Undefined:
      return Value(true);
    case Kind::Object:
      return Value(value.object()->is_sequence() || value.object()->is_mapping());
    default:
      return Value(false);
  }
}

Result<Value> is_iterable(Runtime& runtime, const Value& value, Arguments1) {
  switch (value.kind()) {
    case Kind::Text:
    case Kind::List:
    case Kind::Tuple:
    case Kind::Dict:
    case Kind::Set:
    case Kind::Undefined:
      return Value(true);
    case Kind::Object:
      if (const auto iteration = Iteration::over(runtime, value); !iteration) {
        if (iteration.error().kind != kTypeError) return iteration.error();
        return Value(false);
      }
      return Value(true);
    default:
      return Value(false);
  }
}

template <bool (*wanted)(char32_t), bool (*refused)(char32_t)>
Result<Value> is_cased(Runtime& runtime, const Value& value, Arguments1) {
  const std::string text = TRY(to_text(runtime, value));
  std::size_t offset = 0;
  bool found = false;
  while (offset < text.size()) {
    const char32_t c = next_code_point(text, offset);
    if (refused(c) || is_title(c)) return Value(false);
    found = found || wanted(c);
  }
  return Value(found);
}

// Python's `is`: scalars that it shares are the same.
Result<Value> is_same_as(Runtime&, const Value& value, Arguments1 arguments) {
  const Value& other = arguments[0];
  if (value.kind() != other.kind()) return Value(false);
  if (value.is_undefined()) return Value(value.same(other));
  if (value.kind() == Kind::Text) return Value(value.text() == other.text());
  if (value.is_tuple() && value.items().empty() && other.items().empty()) return Value(true);
  return Value(value.same(other));
}

Result<Value> is_equal(Runtime&, const Value& value, Arguments1 arguments) {
  return Value(TRY(equals(value, arguments[0])));
}
Result<Value> is_not_equal(Runtime&, const Value& value, Arguments1 arguments) {
  return Value(!TRY(equals(value, arguments[0])));
}
Result<Value> is_less(Runtime& runtime, const Value& value, Arguments1 arguments) {
  return Value(TRY(compare(runtime, value, arguments[0], "<")) == -1);
}
Result<Value> is_greater(Runtime& runtime, const Value& value, Arguments1 arguments) {
  return Value(TRY(compare(runtime, value, arguments[0], ">")) == 1);
}
Result<Value> is_at_most(Runtime& runtime, const Value& value, Arguments1 arguments) {
  const int order = TRY(compare(runtime, value, arguments[0], "<="));
  return Value(order == -1 || order == 0);
}
Result<Value> is_at_least(Runtime& runtime, const Value& value, Arguments1 arguments) {
  const int order = TRY(compare(runtime, value, arguments[0], ">="));
  return Value(order == 1 || order == 0);
}
Result<Value> is_in(Runtime& runtime, const Value& value, Arguments1 arguments) {
  return Value(TRY(contains(runtime, arguments[0], value)));
}
Result<Value> is_filter(Runtime& runtime, const Value& value, Arguments1) {
  TRY(hash_of(value));
  return Value(value.is_text() && runtime.environment().find_filter(value.text()) != nullptr);
}
Result<Value> is_test(Runtime& runtime, const Value& value, Arguments1) {
  TRY(hash_of(value));
  return Value(value.is_text() && runtime.environment().find_test(value.text()) != nullptr);
}

void add_test(Environment& environment, std::initializer_list<std::string_view> names,
              std::vector<Signature::Parameter> parameters, FilterBody body) {
  for (const auto& name : names) {
    Signature signature("test_" + std::string(name), parameters);
    environment.add_test(name,
                         [signature, body](Runtime& runtime, const Value& subject,
                                           const Arguments& arguments) -> Result<Value> {
                           return body(runtime, subject, TRY(signature.bind(arguments)));
                         });
  }
}

}  // namespace

void add_tests(Environment& environment) {
  const auto plain = [&](std::string_view name, FilterBody body) {
    add_test(environment, {name}, {}, body);
  };
  const auto with_other = [&](std::initializer_list<std::string_view> names, FilterBody body) {
    add_test(environment, names, {{"b", std::nullopt}}, body);
  };
  plain("odd", is_odd);
  plain("even", is_even);
  add_test(environment, {"divisibleby"}, {{"num", std::nullopt}}, is_divisible_by);
  plain("defined", is_defined);
  plain("undefined", is_undefined);
  plain("filter", is_filter);
  plain("test", is_test);
  plain("none", is_none);
  plain("boolean", is_boolean);
  plain("false", is_false);
  plain("true", is_true);
  plain("integer", is_integer);
  plain("float", is_float);
  plain("lower", is_cased<is_lower, is_upper>);
  plain("upper", is_cased<is_upper, is_lower>);
  plain("string", is_string);
  plain("mapping", is_mapping);
  plain("number", is_number);
  plain("sequence", is_sequence);
  plain("iterable", is_iterable);
  plain("callable", is_callable_test);
  add_test(environment, {"sameas"}, {{"other", std::nullopt}}, is_same_as);
  plain("escaped", is_escaped);
  add_test(environment, {"in"}, {{"seq", std::nullopt}}, is_in);
  with_other({"==", "eq", "equalto"}, is_equal);
  with_other({"!=", "ne"}, is_not_equal);
  with_other({">", "gt", "greaterthan"}, is_greater);
  with_other({"ge", ">="}, is_at_least);
  with_other({"<", "lt", "lessthan"}, is_less);
  with_other({"<=", "le"}, is_at_most);
}

}  // namespace tarn::jinja
