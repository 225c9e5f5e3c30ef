// SPDX-License-Identifier: Apache-2.0
// Arithmetic and order.
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <numeric>

#include "jinja/bigint.h"
#include "jinja/methods.h"
#include "jinja/runtime.h"

namespace tarn::jinja {

namespace {

std::string_view symbol_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::Add:
      return "+";
    case BinaryOp::Subtract:
      return "-";
    case BinaryOp::Multiply:
      return "*";
    case BinaryOp::Divide:
      return "/";
    case BinaryOp::FloorDivide:
      return "//";
    case BinaryOp::Modulo:
      return "%";
    case BinaryOp::Power:
      return "**";
  }
  return "?";
}

Error unsupported_operands(BinaryOp op, const Value& a, const Value& b) {
  return type_error("unsupported operand type(s) for {}: '{}' and '{}'",
                    op == BinaryOp::Power ? "** or pow()" : symbol_of(op), type_name(a),
                    type_name(b));
}

BigInt to_big(const Value& value) {
  return value.kind() == Kind::BigInt ? value.big_int() : BigInt(value.as_int());
}

bool is_whole(const Value& value) { return value.is_int64() || value.kind() == Kind::BigInt; }

Result<Value> float_power(double a, double b) {
  if (a == 0 && b < 0) {
    return fail(kZeroDivisionError, "0.0 cannot be raised to a negative power");
  }
  if (a < 0 && std::isfinite(a) && std::isfinite(b) && b != std::trunc(b)) {
    return unsupported("complex numbers in templates");
  }
  const double result = std::pow(a, b);
  if (std::isinf(result) && std::isfinite(a) && std::isfinite(b)) {
    return fail(kOverflowError, "(34, 'Numerical result out of range')");
  }
  return Value(result);
}

Result<Value> float_operation(BinaryOp op, double a, double b) {
  switch (op) {
    case BinaryOp::Add:
      return Value(a + b);
    case BinaryOp::Subtract:
      return Value(a - b);
    case BinaryOp::Multiply:
      return Value(a * b);
    case BinaryOp::Divide:
      if (b == 0) return fail(kZeroDivisionError, "float division by zero");
      return Value(a / b);
    case BinaryOp::FloorDivide:
    case BinaryOp::Modulo: {
      if (b == 0) {
        return fail(kZeroDivisionError, "{}",
                    op == BinaryOp::Modulo ? "float modulo" : "float floor division by zero");
      }
      double remainder = std::fmod(a, b);
      double quotient = (a - remainder) / b;
      if (remainder != 0) {
        if ((b < 0) != (remainder < 0)) {
          remainder += b;
          quotient -= 1;
        }
      } else {
        remainder = std::copysign(0.0, b);
      }
      if (op == BinaryOp::Modulo) return Value(remainder);
      if (quotient == 0) return Value(std::copysign(0.0, a / b));
      double whole = std::floor(quotient);
      if (quotient - whole > 0.5) whole += 1;
      return Value(whole);
    }
    case BinaryOp::Power:
      return float_power(a, b);
  }
  return internal("unknown operator");
}

Result<Value> big_operation(BinaryOp op, const Value& left, const Value& right) {
  const BigInt a = to_big(left);
  const BigInt b = to_big(right);
  switch (op) {
    case BinaryOp::Add:
      return Value::integer(a + b);
    case BinaryOp::Subtract:
      return Value::integer(a - b);
    case BinaryOp::Multiply:
      return Value::integer(TRY(a.multiply(b)));
    case BinaryOp::Divide: {
      if (b.is_zero()) return fail(kZeroDivisionError, "division by zero");
      const double x = a.to_double();
      const double y = b.to_double();
      if (std::isinf(x) || std::isinf(y)) {
        return fail(kOverflowError, "integer division result too large for a float");
      }
      return Value(x / y);
    }
    case BinaryOp::FloorDivide:
    case BinaryOp::Modulo: {
      if (b.is_zero()) {
        return fail(kZeroDivisionError, "integer division or modulo by zero");
      }
      auto division = a.divide(b);
      return Value::integer(op == BinaryOp::Modulo ? std::move(division.remainder)
                                                   : std::move(division.quotient));
    }
    case BinaryOp::Power: {
      if (b.is_negative()) return float_power(TRY(to_double(left)), TRY(to_double(right)));
      const auto exponent = b.to_int64();
      if (!exponent) return fail(kLimitError, "integer has too many digits");
      return Value::integer(TRY(a.power(static_cast<std::uint64_t>(*exponent))));
    }
  }
  return internal("unknown operator");
}

Result<Value> integer_operation(BinaryOp op, const Value& left, const Value& right) {
  if (!left.is_int64() || !right.is_int64()) return big_operation(op, left, right);
  const std::int64_t a = left.as_int();
  const std::int64_t b = right.as_int();
  std::int64_t result = 0;
  switch (op) {
    case BinaryOp::Add:
      if (!__builtin_add_overflow(a, b, &result)) return Value(result);
      break;
    case BinaryOp::Subtract:
      if (!__builtin_sub_overflow(a, b, &result)) return Value(result);
      break;
    case BinaryOp::Multiply:
      if (!__builtin_mul_overflow(a, b, &result)) return Value(result);
      break;
    case BinaryOp::Divide:
      if (b == 0) return fail(kZeroDivisionError, "division by zero");
      return Value(static_cast<double>(static_cast<long double>(a) / static_cast<long double>(b)));
    case BinaryOp::FloorDivide:
    case BinaryOp::Modulo: {
      if (b == 0) {
        return fail(kZeroDivisionError, "integer {} by zero",
                    op == BinaryOp::Modulo ? "modulo" : "division or modulo");
      }
      if (b == -1) break;
      std::int64_t quotient = a / b;
      std::int64_t remainder = a % b;
      if (remainder != 0 && (remainder < 0) != (b < 0)) {
        --quotient;
        remainder += b;
      }
      return Value(op == BinaryOp::Modulo ? remainder : quotient);
    }
    case BinaryOp::Power:
      break;
  }
  return big_operation(op, left, right);
}

Result<Value> repeat_sequence(Runtime& runtime, const Value& sequence, std::int64_t count) {
  const auto times = static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
  const std::uint64_t size = sequence.is_text() ? sequence.text().size() : sequence.items().size();
  std::uint64_t total = 0;
  if (__builtin_mul_overflow(size, times, &total)) total = UINT64_MAX / 2;
  if (sequence.is_text()) {
    TRY(check_size(runtime, total));
    TRY(runtime.charge(total / 64));
    std::string text;
    text.reserve(total);
    if (size > 0) {
      for (std::uint64_t i = 0; i < times; ++i) text += sequence.text();
    }
    return Value(text, sequence.is_markup() ? Flavor::Markup : Flavor::Plain);
  }
  TRY(runtime.charge(total));
  TRY(check_size(runtime, total > SIZE_MAX / 64 ? SIZE_MAX : total * sizeof(Value)));
  std::vector<Value> items;
  items.reserve(total);
  for (std::uint64_t i = 0; i < times && size > 0; ++i) {
    items.insert(items.end(), sequence.items().begin(), sequence.items().end());
  }
  return sequence.is_list() ? Value::list(std::move(items)) : Value::tuple(std::move(items));
}

bool can_repeat(const Value& value) {
  return value.is_text() || value.is_list() || value.is_tuple();
}

Result<Value> concatenate(Runtime& runtime, const Value& a, const Value& b) {
  if (a.is_text()) {
    if (!b.is_text()) {
      return type_error("can only concatenate str (not \"{}\") to str", type_name(b));
    }
    TRY(check_size(runtime, a.text().size() + b.text().size()));
    if (a.is_markup() || b.is_markup()) {
      return Value::markup(TRY(escape_value(runtime, a)) + TRY(escape_value(runtime, b)));
    }
    auto text = Text::make_uninitialized(a.text().size() + b.text().size());
    std::copy(a.text().begin(), a.text().end(), text->bytes());
    std::copy(b.text().begin(), b.text().end(), text->bytes() + a.text().size());
    return Value(std::move(text));
  }
  const std::string_view name = a.is_list() ? "list" : "tuple";
  if (a.kind() != b.kind()) {
    return type_error("can only concatenate {} (not \"{}\") to {}", name, type_name(b), name);
  }
  TRY(runtime.charge(a.items().size() + b.items().size()));
  std::vector<Value> items;
  items.reserve(a.items().size() + b.items().size());
  items.insert(items.end(), a.items().begin(), a.items().end());
  items.insert(items.end(), b.items().begin(), b.items().end());
  return a.is_list() ? Value::list(std::move(items)) : Value::tuple(std::move(items));
}

Result<Value> set_difference(const Value& a, const Value& b) {
  auto result = make_ref<Set>();
  for (const auto& entry : a.set_items().entries()) {
    if (!entry.live || TRY(b.set_items().find(entry.key)) != nullptr) continue;
    TRY(result->set(entry.key, Value()));
  }
  return Value(std::move(result));
}

Result<std::optional<Value>> object_operation(Runtime& runtime, BinaryOp op, const Value& a,
                                              const Value& b) {
  if (a.is_object()) {
    auto result = TRY(a.object()->binary(runtime, symbol_of(op), b, false));
    if (result) return result;
  }
  if (b.is_object()) return b.object()->binary(runtime, symbol_of(op), a, true);
  return std::optional<Value>();
}

}  // namespace

bool is_numeric_value(const Value& value) {
  return value.is_int64() || value.kind() == Kind::BigInt || value.kind() == Kind::Float;
}

Result<double> to_double(const Value& value) {
  if (value.kind() == Kind::Float) return value.as_float();
  if (value.is_int64()) return static_cast<double>(value.as_int());
  const double number = value.big_int().to_double();
  if (std::isinf(number)) return fail(kOverflowError, "int too large to convert to float");
  return number;
}

Result<void> check_size(const Runtime& runtime, std::size_t bytes) {
  if (bytes > runtime.limits().text_bytes_max) {
    return fail(kLimitError, "the template makes more than {} bytes of text",
                runtime.limits().text_bytes_max);
  }
  return {};
}

Result<Value> binary(Runtime& runtime, BinaryOp op, const Value& a, const Value& b) {
  if (is_numeric_value(a) && is_numeric_value(b)) {
    if (is_whole(a) && is_whole(b)) return integer_operation(op, a, b);
    return float_operation(op, TRY(to_double(a)), TRY(to_double(b)));
  }
  if (a.is_undefined()) return undefined_error(a);
  if (op == BinaryOp::Modulo && a.is_text()) return format_percent(runtime, a, b);
  if (b.is_undefined()) return undefined_error(b);
  if (a.is_object() || b.is_object()) {
    auto result = TRY(object_operation(runtime, op, a, b));
    if (result) return *std::move(result);
  }
  if (op == BinaryOp::Add && can_repeat(a)) return concatenate(runtime, a, b);
  if (op == BinaryOp::Multiply && (can_repeat(a) || can_repeat(b))) {
    const Value& sequence = can_repeat(a) ? a : b;
    const Value& count = can_repeat(a) ? b : a;
    if (count.is_int64()) return repeat_sequence(runtime, sequence, count.as_int());
    if (count.kind() == Kind::BigInt) {
      return fail(kOverflowError, "cannot fit 'int' into an index-sized integer");
    }
    return type_error("can't multiply sequence by non-int of type '{}'", type_name(count));
  }
  if (op == BinaryOp::Subtract && a.is_set() && b.is_set()) return set_difference(a, b);
  return unsupported_operands(op, a, b);
}

namespace {

constexpr int kUnordered = 2;

int order_of(auto a, auto b) { return a < b ? -1 : a > b ? 1 : 0; }

int compare_numbers(const Value& a, const Value& b) {
  if (a.kind() == Kind::Float || b.kind() == Kind::Float) {
    if (a.kind() == Kind::Float && b.kind() == Kind::Float) {
      if (std::isnan(a.as_float()) || std::isnan(b.as_float())) return kUnordered;
      return order_of(a.as_float(), b.as_float());
    }
    const double number = a.kind() == Kind::Float ? a.as_float() : b.as_float();
    if (std::isnan(number)) return kUnordered;
    const Value& other = a.kind() == Kind::Float ? b : a;
    int order = 0;
    if (std::isinf(number)) {
      order = number > 0 ? 1 : -1;
    } else {
      const double whole = std::floor(number);
      const auto floor_order = BigInt::from_double(whole) <=> to_big(other);
      order = floor_order < 0 ? -1 : floor_order > 0 ? 1 : (number > whole ? 1 : 0);
    }
    return a.kind() == Kind::Float ? order : -order;
  }
  if (a.is_int64() && b.is_int64()) return order_of(a.as_int(), b.as_int());
  const auto order = to_big(a) <=> to_big(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

Result<int> compare_sets(const Value& a, const Value& b) {
  const auto holds_all = [](const Value& outer, const Value& inner) -> Result<bool> {
    for (const auto& entry : inner.set_items().entries()) {
      if (entry.live && TRY(outer.set_items().find(entry.key)) == nullptr) return false;
    }
    return true;
  };
  const bool above = TRY(holds_all(a, b));
  const bool below = TRY(holds_all(b, a));
  if (above && below) return 0;
  return above ? 1 : below ? -1 : kUnordered;
}

Result<int> compare_nested(Runtime& runtime, const Value& a, const Value& b, std::string_view op,
                           int depth) {
  if (depth > kNestingMax) return fail(kLimitError, "value is nested too deeply");
  if (is_numeric_value(a) && is_numeric_value(b)) return compare_numbers(a, b);
  if (a.is_undefined()) return undefined_error(a);
  if (b.is_undefined()) return undefined_error(b);
  if (a.kind() == b.kind()) {
    switch (a.kind()) {
      case Kind::Text:
        return order_of(a.text().compare(b.text()), 0);
      case Kind::List:
      case Kind::Tuple: {
        const auto& left = a.items();
        const auto& right = b.items();
        for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
          TRY(runtime.charge(1));
          if (left[i].same(right[i]) || TRY(equals(left[i], right[i]))) continue;
          return compare_nested(runtime, left[i], right[i], op, depth + 1);
        }
        return order_of(left.size(), right.size());
      }
      case Kind::Set:
        return compare_sets(a, b);
      case Kind::Object:
        if (const auto order = a.object()->compare(*b.object())) return *order;
        break;
      default:
        break;
    }
  }
  return type_error("'{}' not supported between instances of '{}' and '{}'", op, type_name(a),
                    type_name(b));
}

}  // namespace

Result<int> compare(Runtime& runtime, const Value& a, const Value& b, std::string_view op) {
  return compare_nested(runtime, a, b, op, 0);
}

Result<void> sort_values(Runtime& runtime, std::vector<Value>& items, std::vector<Value> keys,
                         bool reverse) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), 0);
  std::optional<Error> failure;
  // A failed comparison must not stop the algorithm halfway: everything is equal from then on.
  const auto less = [&](std::size_t a, std::size_t b) {
    if (failure) return false;
    const auto result = compare(runtime, keys[a], keys[b]);
    if (!result) {
      failure = result.error();
      return false;
    }
    return *result == -1;
  };
  TRY(runtime.charge(items.size() * 8));
  // Insertion and merge steps of stable_sort touch neighbors only, so a partial order (nan) is
  // safe, if without meaning.
  if (reverse) std::reverse(order.begin(), order.end());
  std::stable_sort(order.begin(), order.end(), less);
  if (failure) return *failure;
  if (reverse) std::reverse(order.begin(), order.end());
  std::vector<Value> sorted;
  sorted.reserve(items.size());
  for (const std::size_t index : order) sorted.push_back(items[index]);
  items = std::move(sorted);
  return {};
}

}  // namespace tarn::jinja
