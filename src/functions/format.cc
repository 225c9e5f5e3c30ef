// SPDX-License-Identifier: Apache-2.0
// format(): values of any type by a format string of Java.
#include "base/time.h"
#include "functions/call_error.h"
#include "functions/cast.h"
#include "functions/java_format.h"
#include "functions/lists.h"
#include "types/value_text.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

constexpr std::int64_t kPicosPerNano = 1'000;

// Nanoseconds, half up.
types::Timestamp to_nanos(types::Timestamp time) {
  const std::int64_t nanos = (time.picos + kPicosPerNano / 2) / kPicosPerNano;
  time.micros += nanos / 1000;
  time.picos = static_cast<std::int32_t>(nanos % 1000 * kPicosPerNano);
  return time;
}

Result<FormatArgument> argument_of(const Type& type, const Caster& to_text, const Value& value) {
  if (value.is_null()) return FormatArgument();
  switch (type.kind) {
    case TypeKind::Boolean:
      return FormatArgument(value.as_bool());
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      return FormatArgument(value.as_int());
    case TypeKind::Real:
      return FormatArgument(FormatReal{static_cast<float>(value.as_double())});
    case TypeKind::Double:
      return FormatArgument(value.as_double());
    case TypeKind::Decimal:
      return FormatArgument(FormatDecimal{value.as_decimal(), type.scale});
    case TypeKind::Date:
      return FormatArgument(FormatDate{value.as_int()});
    case TypeKind::Time: {
      const std::int64_t nanos = (value.as_int() + kPicosPerNano / 2) / kPicosPerNano;
      if (nanos == kMicrosPerDay * 1000) return invalid_argument("time rounds up to 24:00");
      return FormatArgument(FormatTime{nanos});
    }
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      return FormatArgument(FormatTimestamp{to_nanos(value.as_timestamp()),
                                            type.is(TypeKind::TimestampWithTimeZone)});
    case TypeKind::Json:
      return FormatArgument(value.as_text());
    default:
      return FormatArgument(TRY(to_text(value)).as_text());
  }
}

// The text of types that have no Java class of their own.
Caster text_caster(const Type& type) {
  if (type.is(TypeKind::Json)) return [](const Value& value) -> Result<Value> { return value; };
  return make_caster(type, types::make_varchar(), {});
}

BoundFunction bind_java_format(const CallSignature& signature) {
  if (signature.arguments.size() != 2 || !signature.arguments[1].is(TypeKind::Row)) return {};
  const Type& row = signature.arguments[1];
  std::vector<Caster> casters;
  for (const types::TypeField& field : row.fields) {
    casters.push_back(text_caster(field.type));
    if (!casters.back()) return {};
  }
  return {[row, casters = std::move(casters)](Arguments v) -> Result<Value> {
    std::vector<FormatArgument> arguments;
    const std::vector<Value>& values = v[1].as_list();
    for (std::size_t i = 0; i < values.size(); ++i) {
      arguments.push_back(TRY(argument_of(row.fields[i].type, casters[i], values[i])));
    }
    return Value(TRY(format_java(v[0].as_text(), arguments)));
  }};
}

constexpr FunctionEntry kFormat[] = {{"format", bind_java_format}};

}  // namespace

FunctionList format_functions() { return kFormat; }

}  // namespace tarn::functions
