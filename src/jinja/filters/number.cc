// SPDX-License-Identifier: Apache-2.0
// Filters about numbers.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "jinja/bigint.h"
#include "jinja/builtins.h"
#include "jinja/methods.h"

namespace tarn::jinja {

namespace {

// int(value) and float(value); nullopt where Python raises TypeError or ValueError.
Result<std::optional<Value>> to_int(const Value& value, int base) {
  using Found = std::optional<Value>;
  switch (value.kind()) {
    case Kind::Undefined:
      return undefined_error(value);
    case Kind::Bool:
    case Kind::Int:
      return Found(Value(value.as_int()));
    case Kind::BigInt:
      return Found(value);
    case Kind::Float:
      if (std::isnan(value.as_float())) return Found();
      return Found(TRY(int_from_double(value.as_float())));
    case Kind::Text:
      return parse_int_text(value.text(), base);
    default:
      return Found();
  }
}

Result<std::optional<double>> to_float(const Value& value) {
  if (value.is_undefined()) return undefined_error(value);
  if (value.is_text()) return parse_float_text(value.text());
  if (is_numeric_value(value)) return std::optional<double>(TRY(to_double(value)));
  return std::optional<double>();
}

Result<Value> int_filter(Runtime&, const Value& subject, const std::vector<Value>& arguments) {
  const auto base = static_cast<int>(TRY(int_argument(arguments[1])));
  auto whole = TRY(to_int(subject, base));
  if (whole) return *std::move(whole);
  const auto number = TRY(to_float(subject));
  if (!number || !std::isfinite(*number)) return arguments[0];
  return int_from_double(*number);
}

Result<Value> float_filter(Runtime&, const Value& subject, const std::vector<Value>& arguments) {
  const auto number = TRY(to_float(subject));
  return number ? Value(*number) : arguments[0];
}

Result<Value> absolute(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  switch (subject.kind()) {
    case Kind::Bool:
    case Kind::Int:
      if (subject.as_int() == INT64_MIN) return Value::integer(BigInt(INT64_MIN).negated());
      return Value(std::abs(subject.as_int()));
    case Kind::BigInt:
      return Value::integer(subject.big_int().is_negative() ? subject.big_int().negated()
                                                            : subject.big_int());
    case Kind::Float:
      return Value(std::fabs(subject.as_float()));
    case Kind::Object: {
      auto result = TRY(subject.object()->binary(runtime, "absolute", Value::none(), false));
      if (result) return *std::move(result);
      break;
    }
    default:
      break;
  }
  return type_error("bad operand type for abs(): '{}'", type_name(subject));
}

// round(integer, -n): to even on a tie.
Result<Value> round_integer(const Value& value, std::int64_t precision) {
  const BigInt number = value.kind() == Kind::BigInt ? value.big_int() : BigInt(value.as_int());
  if (precision >= 0) return Value::integer(number);
  const auto unit = TRY(BigInt(10).power(static_cast<std::uint64_t>(-precision)));
  auto division = number.divide(unit);
  const auto twice = division.remainder + division.remainder <=> unit;
  const bool odd = !division.quotient.divide(BigInt(2)).remainder.is_zero();
  if (twice > 0 || (twice == 0 && odd)) division.quotient = division.quotient + BigInt(1);
  return Value::integer(TRY(division.quotient.multiply(unit)));
}

double round_double(double value, std::int64_t precision) {
  if (!std::isfinite(value) || precision > 350) return value;
  if (precision < -350) return std::copysign(0.0, value);
  if (precision >= 0) {
    return std::strtod(fmt::format("{:.{}f}", value, precision).c_str(), nullptr);
  }
  const double unit = std::pow(10.0, static_cast<double>(-precision));
  return std::nearbyint(value / unit) * unit;
}

Result<Value> round(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  const std::int64_t precision = TRY(int_argument(arguments[0]));
  const std::string method = arguments[1].is_text() ? std::string(arguments[1].text()) : "";
  if (method != "common" && method != "ceil" && method != "floor") {
    return fail(kFilterArgumentError, "method must be common, ceil or floor");
  }
  if (!is_numeric_value(subject)) {
    if (method != "common") {
      if (subject.is_undefined()) return undefined_error(subject);
      return binary(runtime, BinaryOp::Multiply, subject, Value(1.0));
    }
    return type_error("type {} doesn't define __round__ method", type_name(subject));
  }
  if (method == "common") {
    if (subject.kind() != Kind::Float) return round_integer(subject, precision);
    return Value(round_double(subject.as_float(), precision));
  }
  const Value unit = TRY(binary(runtime, BinaryOp::Power, Value(10), Value(precision)));
  const Value scaled = TRY(binary(runtime, BinaryOp::Multiply, subject, unit));
  Value whole = scaled;
  if (scaled.kind() == Kind::Float) {
    whole = TRY(int_from_double(method == "ceil" ? std::ceil(scaled.as_float())
                                                 : std::floor(scaled.as_float())));
  }
  return binary(runtime, BinaryOp::Divide, whole, unit);
}

Result<Value> file_size(Runtime& runtime, const Value& subject,
                        const std::vector<Value>& arguments) {
  const auto number = TRY(to_float(subject));
  if (!number) {
    if (subject.is_text()) {
      return value_error("could not convert string to float: {}", TRY(to_repr(runtime, subject)));
    }
    return type_error("float() argument must be a string or a real number, not '{}'",
                      type_name(subject));
  }
  const bool binary_units = TRY(truth(runtime, arguments[0]));
  const double base = binary_units ? 1'024 : 1'000;
  if (*number == 1) return Value("1 Byte");
  if (*number < base) {
    return Value(TRY(to_text(runtime, TRY(int_from_double(*number)))) + " Bytes");
  }
  static constexpr std::array<std::string_view, 8> kBinary = {"KiB", "MiB", "GiB", "TiB",
                                                              "PiB", "EiB", "ZiB", "YiB"};
  static constexpr std::array<std::string_view, 8> kDecimal = {"kB", "MB", "GB", "TB",
                                                               "PB", "EB", "ZB", "YB"};
  const auto& names = binary_units ? kBinary : kDecimal;
  double unit = base;
  for (std::size_t i = 0; i < names.size(); ++i) {
    unit *= base;
    if (*number < unit || i + 1 == names.size()) {
      return Value(fmt::format("{:.1f} {}", base * *number / unit, names[i]));
    }
  }
  return internal("no unit for a size");
}

}  // namespace

void add_number_filters(Environment& environment) {
  add_filter(environment, "int", {{"default", Value(0)}, {"base", Value(10)}}, int_filter);
  add_filter(environment, "float", {{"default", Value(0.0)}}, float_filter);
  add_filter(environment, "abs", {}, absolute);
  add_filter(environment, "round", {{"precision", Value(0)}, {"method", Value("common")}}, round);
  add_filter(environment, "filesizeformat", {{"binary", Value(false)}}, file_size);
}

}  // namespace tarn::jinja
