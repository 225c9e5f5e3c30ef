// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>
#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "base/text.h"
#include "types/datetime_text.h"
#include "types/number_text.h"
#include "types/type_text.h"
#include "types/value_text.h"
#include "types/wire.h"

namespace tarn::types {
namespace {

Error mismatch(const Type& type, const boost::json::value& json) {
  return corrupt("result value of type {} cannot be a JSON {}", to_string(type),
                 std::string_view(boost::json::to_string(json.kind())));
}

Result<double> decode_number(const Type& type, const boost::json::value& json) {
  if (const auto* number = json.if_double()) return *number;
  if (const auto* number = json.if_int64()) return static_cast<double>(*number);
  if (const auto* number = json.if_uint64()) return static_cast<double>(*number);
  if (const auto* text = json.if_string()) {
    if (const auto number = parse_java_double(*text)) return *number;
  }
  return mismatch(type, json);
}

Result<Value> decode_list(const Type& type, const boost::json::value& json) {
  const auto* items = json.if_array();
  if (items == nullptr) return mismatch(type, json);
  const bool row = type.is(TypeKind::Row);
  if (row && items->size() != type.fields.size()) return mismatch(type, json);
  std::vector<Value> values;
  values.reserve(items->size());
  for (std::size_t i = 0; i < items->size(); ++i) {
    const Type& part = row ? type.fields[i].type : type.element();
    values.push_back(TRY(decode_wire_json(part, (*items)[i])));
  }
  return Value(std::move(values));
}

Result<Value> decode_key(const Type& type, std::string_view text) {
  switch (type.kind) {
    case TypeKind::Array:
    case TypeKind::Row:
    case TypeKind::Map:
      return unsupported("maps with keys of type {} cannot be read from a result", to_string(type));
    case TypeKind::Boolean:
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
    case TypeKind::Real:
    case TypeKind::Double:
      return cast_from_text(type, text, TimeZone());
    default:
      return decode_wire_json(type, boost::json::value(boost::json::string(text)));
  }
}

Result<Value> decode_map(const Type& type, const boost::json::value& json) {
  const auto* object = json.if_object();
  if (object == nullptr) return mismatch(type, json);
  std::vector<Value> values;
  values.reserve(object->size() * 2);
  for (const auto& member : *object) {
    values.push_back(TRY(decode_key(type.key(), member.key())));
    values.push_back(TRY(decode_wire_json(type.value(), member.value())));
  }
  return Value(std::move(values));
}

// `[-]D HH:MM:SS.mmm` and `[-]Y-M` are literals with their sign in front.
Result<Value> decode_interval(const Type& type, std::string_view text) {
  const bool months = type.is(TypeKind::IntervalYearToMonth);
  return Value(TRY(parse_interval_text(text, months ? IntervalField::Year : IntervalField::Day,
                                       months ? IntervalField::Month : IntervalField::Second)));
}

Result<Value> decode_text(const Type& type, std::string_view text) {
  switch (type.kind) {
    case TypeKind::Varbinary:
    case TypeKind::HyperLogLog:
    case TypeKind::P4HyperLogLog:
    case TypeKind::SetDigest:
    case TypeKind::QDigest:
    case TypeKind::TDigest:
      return Value(TRY(from_base64(text)));
    case TypeKind::Json:
    case TypeKind::Varchar:
      return Value(std::string(text));
    case TypeKind::Decimal:
      // Not checked against the precision: Trino's round(decimal(2,2)) can answer 1.00.
      return Value(TRY(parse_exact_decimal(text, type.scale)));
    case TypeKind::IntervalDayToSecond:
    case TypeKind::IntervalYearToMonth:
      return decode_interval(type, text);
    case TypeKind::Geometry:
    case TypeKind::SphericalGeography:
    case TypeKind::KdbTree:
    case TypeKind::Color:
    case TypeKind::ObjectId:
      return Value(std::string(text));
    default:
      return cast_from_text(type, text, TimeZone());
  }
}

}  // namespace

Result<Value> decode_wire_json(const Type& type, const boost::json::value& json) {
  if (json.is_null()) return Value();
  switch (type.kind) {
    case TypeKind::Boolean:
      if (!json.is_bool()) return mismatch(type, json);
      return Value(json.get_bool());
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
      if (!json.is_int64()) return mismatch(type, json);
      return Value(std::int64_t{json.get_int64()});
    case TypeKind::Real:
      return Value(static_cast<double>(static_cast<float>(TRY(decode_number(type, json)))));
    case TypeKind::Double:
      return Value(TRY(decode_number(type, json)));
    case TypeKind::Array:
    case TypeKind::Row:
      return decode_list(type, json);
    case TypeKind::Map:
      return decode_map(type, json);
    case TypeKind::Unknown:
      return mismatch(type, json);
    default: {
      const auto* text = json.if_string();
      if (text == nullptr) return mismatch(type, json);
      Result<Value> value = decode_text(type, *text);
      if (!value && value.error().code == ErrorCode::InvalidInput) {
        return corrupt("bad {} in a result: {}", to_string(type), value.error().message);
      }
      return value;
    }
  }
}

}  // namespace tarn::types
