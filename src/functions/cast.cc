// SPDX-License-Identifier: Apache-2.0
// CAST between all types: the operator `$cast`, and `$store_cast` for the columns of INSERT, UPDATE
// and MERGE.
#include "functions/cast.h"

#include "base/text.h"
#include "functions/call_error.h"
#include "functions/lists.h"
#include "functions/value_index.h"
#include "types/nested.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

Caster keep_value() {
  return [](const Value& value) -> Result<Value> { return value; };
}

Caster cast_bytes(const Type& to) {
  switch (to.kind) {
    case TypeKind::Varbinary:
      return keep_value();
    case TypeKind::Uuid:
      return [](const Value& value) -> Result<Value> {
        if (value.as_text().size() == 16) return value;
        return bad_cast("Invalid UUID binary length: {}", value.as_text().size());
      };
    case TypeKind::IpAddress:
      return [](const Value& value) -> Result<Value> {
        const std::string& bytes = value.as_text();
        if (bytes.size() == 16) return value;
        if (bytes.size() == 4) return Value(std::string(10, '\0') + "\xff\xff" + bytes);
        return bad_cast("Invalid IP address binary length: {}", bytes.size());
      };
    default:
      return {};
  }
}

// Uuid and ipaddress.
Caster cast_address(const Type& from, const Type& to) {
  if (to.kind == from.kind || to.is(TypeKind::Varbinary)) return keep_value();
  if (!to.is(TypeKind::Varchar)) return {};
  return [from, to](const Value& value) -> Result<Value> {
    std::string text = types::cast_to_text(from, value);
    const std::string shown = text;
    return to_varchar(to, std::move(text), shown);
  };
}

Result<Value> cast_part(const Caster& caster, const Value& value) {
  if (value.is_null()) return Value();
  return caster(value);
}

Caster cast_array(const Type& from, const Type& to, const CastOptions& options) {
  Caster item = make_caster(from.element(), to.element(), options);
  if (!item) return {};
  return [item = std::move(item)](const Value& value) -> Result<Value> {
    std::vector<Value> out;
    out.reserve(value.as_list().size());
    for (const Value& part : value.as_list()) out.push_back(TRY(cast_part(item, part)));
    return Value(std::move(out));
  };
}

Caster cast_row(const Type& from, const Type& to, const CastOptions& options) {
  if (from.fields.size() != to.fields.size()) return {};
  std::vector<Caster> fields;
  for (std::size_t i = 0; i < from.fields.size(); ++i) {
    fields.push_back(make_caster(from.fields[i].type, to.fields[i].type, options));
    if (!fields.back()) return {};
  }
  return [fields = std::move(fields)](const Value& value) -> Result<Value> {
    std::vector<Value> out;
    out.reserve(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      out.push_back(TRY(cast_part(fields[i], value.as_list()[i])));
    }
    return Value(std::move(out));
  };
}

Caster cast_map(const Type& from, const Type& to, const CastOptions& options) {
  Caster key = make_caster(from.key(), to.key(), options);
  Caster item = make_caster(from.value(), to.value(), options);
  if (!key || !item) return {};
  return [key_type = to.key(), key = std::move(key),
          item = std::move(item)](const Value& value) -> Result<Value> {
    const std::vector<Value>& parts = value.as_list();
    std::vector<Value> out;
    out.reserve(parts.size());
    ValueIndex keys(key_type, parts.size() / 2);
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
      out.push_back(TRY(cast_part(key, parts[i])));
      if (out.back().is_null()) return bad_cast("map key is null");
      if (!keys.add(out.back()).is_new) return bad_cast("duplicate keys");
      out.push_back(TRY(cast_part(item, parts[i + 1])));
    }
    return Value(std::move(out));
  };
}

template <bool store>
BoundFunction bind_cast(const CallSignature& signature) {
  if (signature.arguments.size() != 1) return {};
  Caster caster = make_caster(signature.arguments[0], signature.result, {signature.zone, store});
  if (!caster) return {};
  return {[caster = std::move(caster)](std::span<const Value> values) -> Result<Value> {
    return caster(values[0]);
  }};
}

constexpr FunctionEntry kCastFunctions[] = {
    {"$cast", bind_cast<false>},
    {"$store_cast", bind_cast<true>},
};

}  // namespace

Result<Value> to_varchar(const Type& to, std::string text, std::string_view shown) {
  const auto limit = static_cast<std::size_t>(to.precision);
  if (!types::is_unbounded_varchar(to) && text.size() > limit && count_code_points(text) > limit) {
    return bad_cast("Value {} cannot be represented as varchar({})", shown, limit);
  }
  return Value(std::move(text));
}

Caster make_caster(const Type& from, const Type& to, const CastOptions& options) {
  if (from.is(TypeKind::Unknown)) return [](const Value&) -> Result<Value> { return Value(); };
  if (from == to) return keep_value();
  if (from.is(TypeKind::Json)) return cast_from_json(to);
  if (to.is(TypeKind::Json)) return cast_to_json(from);
  if (from.is(TypeKind::Varchar) && types::is_nested(to)) {
    return cast_from_json(to);  // CAST(json_parse(text) AS …)
  }
  switch (from.kind) {
    case TypeKind::Boolean:
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Integer:
    case TypeKind::BigInt:
    case TypeKind::Real:
    case TypeKind::Double:
    case TypeKind::Decimal:
      return cast_number(from, to);
    case TypeKind::Varchar:
    case TypeKind::Char:
      return cast_text(from, to, options);
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
    case TypeKind::IntervalDayToSecond:
    case TypeKind::IntervalYearToMonth:
      return cast_time(from, to, options);
    case TypeKind::Varbinary:
      return cast_bytes(to);
    case TypeKind::Uuid:
    case TypeKind::IpAddress:
      return cast_address(from, to);
    case TypeKind::Array:
      return to.is(TypeKind::Array) ? cast_array(from, to, options) : Caster();
    case TypeKind::Map:
      return to.is(TypeKind::Map) ? cast_map(from, to, options) : Caster();
    case TypeKind::Row:
      return to.is(TypeKind::Row) ? cast_row(from, to, options) : Caster();
    default:
      return {};
  }
}

FunctionList cast_functions() { return kCastFunctions; }

}  // namespace tarn::functions
