// SPDX-License-Identifier: Apache-2.0
// Comparison operators of all types, greatest and least.
#include "types/compare.h"

#include "functions/call_error.h"
#include "functions/lists.h"
#include "functions/value_index.h"
#include "types/nested.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

bool is_float(const Type& type) { return type.is(TypeKind::Real) || type.is(TypeKind::Double); }

// Equal types up to lengths and names: the analysis has coerced both sides.
bool takes_pair(const CallSignature& signature) {
  return signature.arguments.size() == 2 &&
         signature.arguments[0].kind == signature.arguments[1].kind;
}

Value truth(std::optional<bool> value) { return value ? Value(*value) : Value(); }

BoundFunction bind_equal(const CallSignature& signature) {
  if (!takes_pair(signature)) return {};
  return {[type = signature.arguments[0]](Arguments v) -> Result<Value> {
    return truth(types::equals(type, v[0], v[1]));
  }};
}

BoundFunction bind_not_equal(const CallSignature& signature) {
  if (!takes_pair(signature)) return {};
  return {[type = signature.arguments[0]](Arguments v) -> Result<Value> {
    const auto equal = types::equals(type, v[0], v[1]);
    return equal ? Value(!*equal) : Value();
  }};
}

BoundFunction bind_distinct(const CallSignature& signature) {
  if (signature.arguments.size() != 2) return {};
  const Type& left = signature.arguments[0];
  const Type& type = left.is(TypeKind::Unknown) ? signature.arguments[1] : left;
  return {[type](Arguments v) -> Result<Value> {
            return Value(!types::is_identical(type, v[0], v[1]));
          },
          true};
}

template <bool or_equal>
BoundFunction bind_less(const CallSignature& signature) {
  if (!takes_pair(signature)) return {};
  const Type& type = signature.arguments[0];
  if (is_float(type)) {
    return {[](Arguments v) -> Result<Value> {
      const double a = v[0].as_double();
      const double b = v[1].as_double();
      return Value(or_equal ? a <= b : a < b);
    }};
  }
  if (types::is_nested(type)) {
    return {[type](Arguments v) -> Result<Value> {
      const int order = TRY(compare_ordered(type, v[0], v[1], NanOrder::Last));
      return Value(or_equal ? order <= 0 : order < 0);
    }};
  }
  return {[type](Arguments v) -> Result<Value> {
    const int order = types::order(type, v[0], v[1]);
    return Value(or_equal ? order <= 0 : order < 0);
  }};
}

// NaN loses against every number in both.
template <bool greatest>
BoundFunction bind_extreme(const CallSignature& signature) {
  if (signature.arguments.empty()) return {};
  return {[type = signature.result](Arguments v) -> Result<Value> {
    const Value* best = &v[0];
    for (const Value& value : v.subspan(1)) {
      const int order =
          TRY(compare_ordered(type, value, *best, greatest ? NanOrder::First : NanOrder::Last));
      if (greatest ? order > 0 : order < 0) best = &value;
    }
    return *best;
  }};
}

constexpr FunctionEntry kComparison[] = {
    {"$equal", bind_equal},
    {"$not_equal", bind_not_equal},
    {"$is_distinct_from", bind_distinct},
    {"$less_than", bind_less<false>},
    {"$less_than_or_equal", bind_less<true>},
    {"greatest", bind_extreme<true>},
    {"least", bind_extreme<false>},
};

}  // namespace

FunctionList comparison_functions() { return kComparison; }

}  // namespace tarn::functions
