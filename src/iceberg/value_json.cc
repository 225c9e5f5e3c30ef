// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>
#include <cmath>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "iceberg/type.h"
#include "iceberg/value.h"

namespace tarn::iceberg {

namespace {

namespace json = boost::json;

json::value float_to_json(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

// The double whose shortest text is that of the float: 0.1, not 0.10000000149011612.
double shortest_as_double(float value) {
  if (!std::isfinite(value)) return static_cast<double>(value);
  return parse_double(fmt::format("{}", value)).value_or(static_cast<double>(value));
}

Error bad_json_value(const json::value& value, const Type& type) {
  return corrupt("{} is not a value of type `{}`", json::serialize(value), to_string(type));
}

Result<double> float_from_json(const json::value& value, const Type& type) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  if (value.is_string()) {
    const std::string_view text = value.get_string();
    if (text == "NaN") return std::nan("");
    if (text == "Infinity") return HUGE_VAL;
    if (text == "-Infinity") return -HUGE_VAL;
  }
  return bad_json_value(value, type);
}

Result<Value> text_from_json(std::string_view text, const Type& type) {
  switch (type.kind) {
    case TypeKind::String:
      return string_value(std::string(text));
    case TypeKind::Fixed: {
      std::string bytes = TRY(from_hex(text));
      if (bytes.size() != static_cast<std::size_t>(type.length)) {
        return corrupt("`{}` is not a value of type `{}`", text, to_string(type));
      }
      return fixed_value(std::move(bytes));
    }
    case TypeKind::Binary:
      return binary_value(TRY(from_hex(text)));
    case TypeKind::Uuid:
    case TypeKind::Decimal:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampTzNs:
      return cast_value(string_value(std::string(text)), type);
    default:
      return corrupt("`{}` is not a value of type `{}`", text, to_string(type));
  }
}

}  // namespace

boost::json::value to_json(const Value& value) {
  if (value.is_null()) return nullptr;
  switch (value.kind) {
    case TypeKind::Boolean:
      return value.as_bool();
    case TypeKind::Int:
    case TypeKind::Long:
      return value.as_int();
    case TypeKind::Float:
      return float_to_json(shortest_as_double(value.as_float()));
    case TypeKind::Double:
      return float_to_json(value.as_double());
    case TypeKind::String:
      return json::string(value.as_bytes());
    case TypeKind::Decimal:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampTzNs:
    case TypeKind::Uuid:
      return json::string(describe(value));
    default:
      return json::string(to_hex(value.as_bytes()));
  }
}

Result<Value> value_from_json(const boost::json::value& value, const Type& type) {
  if (value.is_null()) return Value{};
  switch (type.kind) {
    case TypeKind::Boolean:
      if (value.is_bool()) return boolean_value(value.get_bool());
      break;
    case TypeKind::Int:
      if (value.is_int64() && value.get_int64() >= INT32_MIN && value.get_int64() <= INT32_MAX) {
        return int_value(static_cast<std::int32_t>(value.get_int64()));
      }
      break;
    case TypeKind::Long:
      if (value.is_int64()) return long_value(value.get_int64());
      break;
    case TypeKind::Float:
      return float_value(static_cast<float>(TRY(float_from_json(value, type))));
    case TypeKind::Double:
      return double_value(TRY(float_from_json(value, type)));
    default: {
      if (!value.is_string()) break;
      auto result = text_from_json(std::string_view(value.get_string()), type);
      if (!result) break;
      return result;
    }
  }
  return bad_json_value(value, type);
}

}  // namespace tarn::iceberg
