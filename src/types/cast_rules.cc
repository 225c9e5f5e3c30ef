// SPDX-License-Identifier: Apache-2.0
// Which explicit casts exist, as a table by source kind.
#include <initializer_list>

#include "types/coercion.h"

namespace tarn::types {
namespace {

using Kind = TypeKind;

bool is_one_of(Kind kind, std::initializer_list<Kind> kinds) {
  for (const Kind candidate : kinds) {
    if (candidate == kind) return true;
  }
  return false;
}

bool casts_from_number(Kind to) { return to >= Kind::Boolean && to <= Kind::Varchar; }

bool casts_from_text(Kind from, Kind to) {
  if (from == Kind::Varchar) {
    if (to >= Kind::Boolean && to <= Kind::IntervalYearToMonth) return true;
    return is_one_of(to, {Kind::Json, Kind::Uuid, Kind::IpAddress, Kind::Color, Kind::JsonPath,
                          Kind::RegularExpression, Kind::CodePoints, Kind::LikePattern});
  }
  return is_one_of(to, {Kind::Varchar, Kind::Char, Kind::Json, Kind::JsonPath,
                        Kind::RegularExpression, Kind::CodePoints, Kind::LikePattern});
}

bool casts_from_time(Kind from, Kind to) {
  switch (from) {
    case Kind::Date:
      return is_one_of(to,
                       {Kind::Date, Kind::Varchar, Kind::Timestamp, Kind::TimestampWithTimeZone});
    case Kind::Time:
      return is_one_of(to, {Kind::Time, Kind::TimeWithTimeZone, Kind::Varchar, Kind::Timestamp,
                            Kind::TimestampWithTimeZone});
    case Kind::TimeWithTimeZone:
      return is_one_of(to, {Kind::Time, Kind::TimeWithTimeZone, Kind::Varchar, Kind::Timestamp,
                            Kind::TimestampWithTimeZone});
    default:  // both timestamps
      return is_one_of(to, {Kind::Date, Kind::Time, Kind::TimeWithTimeZone, Kind::Varchar,
                            Kind::Timestamp, Kind::TimestampWithTimeZone});
  }
}

// To json, with the condition that Trino puts on the parts.
bool casts_to_json(const Type& from) {
  switch (from.kind) {
    case Kind::Unknown:
    case Kind::Boolean:
    case Kind::TinyInt:
    case Kind::SmallInt:
    case Kind::Integer:
    case Kind::BigInt:
    case Kind::Real:
    case Kind::Double:
    case Kind::Decimal:
    case Kind::Varchar:
    case Kind::Date:
    case Kind::Timestamp:
    case Kind::Json:
      return true;
    case Kind::Char:
      return false;
    case Kind::Array:
      return casts_to_json(from.element());
    case Kind::Map: {
      const Kind key = from.key().kind;
      return (key <= Kind::Varchar || is_one_of(key, {Kind::Date, Kind::Timestamp})) &&
             casts_to_json(from.value());
    }
    case Kind::Row:
      for (const TypeField& field : from.fields) {
        if (!casts_to_json(field.type)) return false;
      }
      return true;
    default:
      return false;
  }
}

bool casts_from_json(const Type& to) {
  if (to.is(Kind::Json)) return true;
  if (to.kind >= Kind::Boolean && to.kind <= Kind::Varchar) return true;
  switch (to.kind) {
    case Kind::Array:
      return casts_from_json(to.element());
    case Kind::Map:
      return to.key().kind >= Kind::Boolean && to.key().kind <= Kind::Varchar &&
             casts_from_json(to.value());
    case Kind::Row:
      for (const TypeField& field : to.fields) {
        if (!casts_from_json(field.type)) return false;
      }
      return true;
    default:
      return false;
  }
}

bool casts_parts(const Type& from, const Type& to) {
  if (from.kind != to.kind || from.fields.size() != to.fields.size()) return false;
  for (std::size_t i = 0; i < from.fields.size(); ++i) {
    if (!can_cast(from.fields[i].type, to.fields[i].type)) return false;
  }
  return true;
}

bool is_sketch(Kind kind) {
  return is_one_of(kind, {Kind::HyperLogLog, Kind::P4HyperLogLog, Kind::SetDigest, Kind::QDigest,
                          Kind::TDigest});
}

}  // namespace

bool can_cast(const Type& from, const Type& to) {
  if (from == to || from.is(Kind::Unknown) || can_coerce(from, to)) return true;
  if (to.is(Kind::Json)) return casts_to_json(from);
  if (from.is(Kind::Json)) return casts_from_json(to);
  switch (from.kind) {
    case Kind::Boolean:
    case Kind::TinyInt:
    case Kind::SmallInt:
    case Kind::Integer:
    case Kind::BigInt:
    case Kind::Real:
    case Kind::Double:
    case Kind::Decimal:
      return casts_from_number(to.kind);
    case Kind::Varchar:
    case Kind::Char:
      return casts_from_text(from.kind, to.kind) && !to.is(Kind::IntervalDayToSecond) &&
             !to.is(Kind::IntervalYearToMonth);
    case Kind::Date:
    case Kind::Time:
    case Kind::TimeWithTimeZone:
    case Kind::Timestamp:
    case Kind::TimestampWithTimeZone:
      return casts_from_time(from.kind, to.kind);
    case Kind::IntervalDayToSecond:
    case Kind::IntervalYearToMonth:
    case Kind::Color:
      return to.is(Kind::Varchar);
    case Kind::Uuid:
    case Kind::IpAddress:
      return is_unbounded_varchar(to) || to.is(Kind::Varbinary);
    case Kind::Varbinary:
      return is_one_of(to.kind, {Kind::Uuid, Kind::IpAddress}) || is_sketch(to.kind);
    case Kind::HyperLogLog:
    case Kind::P4HyperLogLog:
    case Kind::SetDigest:
    case Kind::QDigest:
    case Kind::TDigest:
      return to.is(Kind::Varbinary) || (from.is(Kind::HyperLogLog) && to.is(Kind::P4HyperLogLog));
    case Kind::Array:
    case Kind::Map:
    case Kind::Row:
      return casts_parts(from, to);
    default:
      return false;
  }
}

}  // namespace tarn::types
