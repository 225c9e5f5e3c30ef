// SPDX-License-Identifier: Apache-2.0
// Arithmetic operators of integers, reals, doubles and decimals.
#include <cmath>
#include <limits>

#include "functions/call_error.h"
#include "functions/decimal_arithmetic.h"
#include "functions/interval.h"
#include "functions/lists.h"
#include "types/type_text.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

enum class Sign : std::uint8_t { Add, Subtract, Multiply, Divide, Modulus };

// Both operands and the result are of one kind.
bool is_plain_arithmetic(const CallSignature& signature) {
  for (const Type& type : signature.arguments) {
    if (type.kind != signature.result.kind) return false;
  }
  return true;
}

struct IntegerBounds {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  bool contain(std::int64_t value) const { return value >= min && value <= max; }
};

IntegerBounds bounds_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::TinyInt:
      return {-128, 127};
    case TypeKind::SmallInt:
      return {-32768, 32767};
    case TypeKind::Integer:
      return {-2147483648LL, 2147483647};
    default:
      return {};
  }
}

template <Sign sign>
Result<Value> compute_integers(TypeKind kind, IntegerBounds bounds, std::int64_t a,
                               std::int64_t b) {
  constexpr const char* kNames[] = {"addition", "subtraction", "multiplication", "division"};
  constexpr const char* kSigns[] = {"+", "-", "*", "/"};
  std::int64_t out = 0;
  bool overflow = false;
  if constexpr (sign == Sign::Modulus) {
    if (b == 0) return division_by_zero();
    return Value(b == -1 ? std::int64_t{0} : a % b);
  } else if constexpr (sign == Sign::Divide) {
    if (b == 0) return division_by_zero();
    overflow = b == -1 && a == std::numeric_limits<std::int64_t>::min();
    if (!overflow) out = a / b;
  } else if constexpr (sign == Sign::Add) {
    overflow = __builtin_add_overflow(a, b, &out);
  } else if constexpr (sign == Sign::Subtract) {
    overflow = __builtin_sub_overflow(a, b, &out);
  } else {
    overflow = __builtin_mul_overflow(a, b, &out);
  }
  if (overflow || !bounds.contain(out)) {
    return out_of_range("{} {} overflow: {} {} {}", types::base_name(kind),
                        kNames[static_cast<int>(sign)], a, kSigns[static_cast<int>(sign)], b);
  }
  return Value(out);
}

template <Sign sign, typename T>
Value compute_floats(T a, T b) {
  T out = 0;
  if constexpr (sign == Sign::Add) {
    out = a + b;
  } else if constexpr (sign == Sign::Subtract) {
    out = a - b;
  } else if constexpr (sign == Sign::Multiply) {
    out = a * b;
  } else if constexpr (sign == Sign::Divide) {
    out = a / b;
  } else {
    out = std::fmod(a, b);
  }
  return Value(static_cast<double>(out));
}

template <Sign sign>
Result<Value> compute_decimals(Int128 a, int scale_a, Int128 b, int scale_b) {
  std::optional<Int128> out;
  if constexpr (sign == Sign::Add) {
    out = add_decimals(a, scale_a, b, scale_b);
  } else if constexpr (sign == Sign::Subtract) {
    out = subtract_decimals(a, scale_a, b, scale_b);
  } else if constexpr (sign == Sign::Multiply) {
    out = multiply_decimals(a, b);
  } else {
    if (b == 0) return division_by_zero();
    if constexpr (sign == Sign::Divide) {
      out = divide_decimals(a, scale_a, b, scale_b);
    } else {
      out = modulo_decimals(a, scale_a, b, scale_b);
    }
  }
  if (!out) return out_of_range("Decimal overflow");
  return Value(*out);
}

template <Sign sign>
BoundFunction bind_binary(const CallSignature& signature) {
  if (signature.arguments.size() != 2 || !is_plain_arithmetic(signature)) return {};
  switch (signature.result.kind) {
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return {[kind = signature.result.kind,
               bounds = bounds_of(signature.result.kind)](Arguments v) -> Result<Value> {
        return compute_integers<sign>(kind, bounds, v[0].as_int(), v[1].as_int());
      }};
    case TypeKind::Real:
      return {[](Arguments v) -> Result<Value> {
        return compute_floats<sign>(static_cast<float>(v[0].as_double()),
                                    static_cast<float>(v[1].as_double()));
      }};
    case TypeKind::Double:
      return {[](Arguments v) -> Result<Value> {
        return compute_floats<sign>(v[0].as_double(), v[1].as_double());
      }};
    case TypeKind::Decimal:
      return {[a = signature.arguments[0].scale,
               b = signature.arguments[1].scale](Arguments v) -> Result<Value> {
        return compute_decimals<sign>(v[0].as_decimal(), a, v[1].as_decimal(), b);
      }};
    default:
      return {};
  }
}

BoundFunction bind_negate(const CallSignature& signature) {
  if (!is_plain_arithmetic(signature)) return {};
  switch (signature.result.kind) {
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return {[kind = signature.result.kind,
               min = bounds_of(signature.result.kind).min](Arguments v) -> Result<Value> {
        if (v[0].as_int() == min) {
          return out_of_range("{} negation overflow: {}", types::base_name(kind), min);
        }
        return Value(-v[0].as_int());
      }};
    case TypeKind::Real:
    case TypeKind::Double:
      return {[](Arguments v) -> Result<Value> { return Value(-v[0].as_double()); }};
    case TypeKind::Decimal:
      return {[](Arguments v) -> Result<Value> { return Value(-v[0].as_decimal()); }};
    case TypeKind::IntervalDayToSecond:
      return {[](Arguments v) -> Result<Value> {
        return Value(static_cast<std::int64_t>(-static_cast<std::uint64_t>(v[0].as_int())));
      }};
    case TypeKind::IntervalYearToMonth:
      return {[](Arguments v) -> Result<Value> { return month_interval(-v[0].as_int()); }};
    default:
      return {};
  }
}

constexpr FunctionEntry kArithmeticOperators[] = {
    {"$add", bind_binary<Sign::Add>},
    {"$subtract", bind_binary<Sign::Subtract>},
    {"$multiply", bind_binary<Sign::Multiply>},
    {"$divide", bind_binary<Sign::Divide>},
    {"$modulus", bind_binary<Sign::Modulus>},
    {"mod", bind_binary<Sign::Modulus>},
    {"$negate", bind_negate},
};

}  // namespace

FunctionList arithmetic_functions() { return kArithmeticOperators; }

}  // namespace tarn::functions
