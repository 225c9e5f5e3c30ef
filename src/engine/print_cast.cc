// SPDX-License-Identifier: Apache-2.0
// Casts: natively where DuckDB gives Trino's value or Trino's error, else `$cast`.
#include "base/text.h"
#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/coercion.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;

namespace {

// Digits and sign of the widest value, as text.
std::int32_t text_width(const Type& type) {
  switch (type.kind) {
    case TypeKind::Boolean:
      return 5;
    case TypeKind::TinyInt:
      return 4;
    case TypeKind::SmallInt:
      return 6;
    case TypeKind::Integer:
      return 11;
    case TypeKind::BigInt:
      return 20;
    case TypeKind::Decimal:
      return type.precision + 3;
    case TypeKind::Uuid:
      return 36;
    default:
      return types::kUnboundedLength;
  }
}

bool is_pattern(const Type& type) {
  return type.is(TypeKind::RegularExpression) || type.is(TypeKind::LikePattern) ||
         type.is(TypeKind::JsonPath) || type.is(TypeKind::CodePoints);
}

std::string cast_sql(const std::string& text, std::string_view type) {
  return fmt::format("CAST({} AS {})", text, type);
}

bool is_exact(const Type& type) { return types::is_integral(type) || type.is(TypeKind::Decimal); }

std::optional<std::string> native_text_cast(const Type& from, const Type& to,
                                            const std::string& text) {
  if (from.is(TypeKind::Varchar)) {
    if (from.precision <= to.precision) return text;
    return fmt::format("substring({}, 1, {})", text, to.precision);
  }
  // DuckDB leaves out the zero of 0.05 where there are no other digits.
  if (from.is(TypeKind::Decimal) && from.precision == from.scale) return std::nullopt;
  bool plain = is_exact(from) || from.is(TypeKind::Boolean) || from.is(TypeKind::Uuid);
  if (plain && text_width(from) <= to.precision) return cast_sql(text, "VARCHAR");
  return std::nullopt;
}

std::optional<std::string> native_time_cast(const Type& from, const Type& to,
                                            const std::string& text) {
  if (from.is(TypeKind::Date) && to.is(TypeKind::Timestamp) && to.precision <= 6) {
    return cast_sql(text, "TIMESTAMP");
  }
  if (!from.is(TypeKind::Timestamp) || from.precision > 6) return std::nullopt;
  if (to.is(TypeKind::Date)) return cast_sql(text, "DATE");
  bool widens = to.is(TypeKind::Timestamp) && to.precision <= 6 && to.precision >= from.precision;
  return widens ? std::optional(text) : std::nullopt;
}

// A day whose microseconds 64 bits cannot hold.
bool wraps_around(const TypedExpression& operand, const Type& to) {
  constexpr std::int64_t kDaysMax = 106'751'990;
  if (operand.kind != TypedKind::Constant || operand.constant.is_null()) return false;
  if (!operand.type.is(TypeKind::Date) || !to.is(TypeKind::Timestamp)) return false;
  return operand.constant.as_int() > kDaysMax || operand.constant.as_int() < -kDaysMax;
}

bool is_widening(const Type& from, const Type& to) {
  return (from.is(to.kind) && from.precision <= to.precision && to.precision <= 6) &&
         (from.is(TypeKind::Time) || from.is(TypeKind::Timestamp) ||
          from.is(TypeKind::TimestampWithTimeZone));
}

}  // namespace

std::optional<std::string> Printer::native_cast(const Type& from, const Type& to,
                                                const std::string& text) {
  if (from == to || is_widening(from, to)) return text;
  if (is_pattern(to) && from.is(TypeKind::Varchar)) return text;
  if (to.is(TypeKind::Varchar)) return native_text_cast(from, to, text);
  if (from.is(TypeKind::Char) && to.is(TypeKind::Char) && from.precision <= to.precision) {
    return text;
  }
  if (is_exact(from) && is_exact(to)) {
    auto type = duckdb::physical_type(to);
    return cast_sql(text, *type);
  }
  if (types::is_integral(from) && is_floating(to)) {
    return cast_sql(text, to.is(TypeKind::Real) ? "FLOAT" : "DOUBLE");
  }
  if (from.is(TypeKind::Real) && to.is(TypeKind::Double)) return cast_sql(text, "DOUBLE");
  if (from.is(TypeKind::Decimal) && from.precision <= 15 && to.is(TypeKind::Double)) {
    return cast_sql(text, "DOUBLE");
  }
  if (types::is_integral(from) && to.is(TypeKind::Boolean)) return fmt::format("({} <> 0)", text);
  return native_time_cast(from, to, text);
}

// Rows by position, whatever their names; lists item by item.
Result<std::optional<std::string>> Printer::row_cast(const Type& from, const Type& to,
                                                     const std::string& text) {
  if (auto native = native_cast(from, to, text)) return native;
  if (from.is(TypeKind::Unknown)) {
    return std::optional(TRY(print_null(to)));
  }
  if (from.is(TypeKind::Array) && to.is(TypeKind::Array)) {
    std::string name = fresh_name("e");
    auto inner = TRY(row_cast(from.element(), to.element(), name));
    if (!inner) return inner;
    if (*inner == name) return std::optional(text);
    return std::optional(fmt::format("list_transform({}, lambda {}: {})", text, name, *inner));
  }
  if (from.is(TypeKind::Row) && to.is(TypeKind::Row) && from.fields.size() == to.fields.size()) {
    if (!may_repeat(text)) return std::optional<std::string>();
    bool same = true;
    std::string fields;
    for (std::size_t i = 0; i < from.fields.size(); ++i) {
      std::string from_name = duckdb::row_field_name(from, i);
      std::string name = duckdb::row_field_name(to, i);
      std::string field = field_text(text, from_name);
      auto inner = TRY(row_cast(from.fields[i].type, to.fields[i].type, field));
      if (!inner) return inner;
      same = same && from_name == name && *inner == field;
      fields += (i > 0 ? ", " : "") + quote(name, '\'') + ": " + *inner;
    }
    if (same) return std::optional(text);
    return std::optional(fmt::format("CASE WHEN {} IS NOT NULL THEN {{{}}} END", text, fields));
  }
  return std::optional<std::string>();
}

Text Printer::cast_text(const Type& from, const Type& to, const std::string& text,
                        bool is_constant) {
  if (from.is(TypeKind::Unknown)) {
    if (is_constant) return print_null(to);
    return fmt::format("CASE WHEN {} IS NULL THEN {} END", text, TRY(print_null(to)));
  }
  if (auto native = TRY(row_cast(from, to, text))) return std::move(*native);
  if (from.is(TypeKind::Boolean) && to.is(TypeKind::Decimal) && to.precision == to.scale) {
    // Trino gives 1, which the type cannot hold.
    return types::named_error("NOT_SUPPORTED", {}, "a boolean as {} is not supported",
                              types::to_string(to));
  }
  if (is_pattern(to)) {
    const std::string varchar = TRY(cast_text(from, types::make_varchar(), text, is_constant));
    return varchar;
  }
  const std::string arguments[] = {text};
  return tarn_call("$cast", {from}, to, arguments);
}

Text Printer::cast(const TypedExpression& node) {
  if (node.null_on_error) return try_of(node, &Printer::bare_cast);
  return bare_cast(node);
}

Text Printer::bare_cast(const TypedExpression& node) {
  const TypedExpression& operand = *node.children[0];
  const Type& from = operand.type;
  if (can_be_plain(operand)) {
    bool local = (node.type.is(TypeKind::Timestamp) && node.type.precision <= 6 &&
                  node.type.precision >= from.precision) ||
                 node.type.is(TypeKind::Date);
    if (local) {
      std::string text = TRY(plain_as_timestamp(operand));
      return node.type.is(TypeKind::Date) ? "CAST(" + text + " AS DATE)" : text;
    }
  }
  // Rows and arrays that are written out are cast item by item.
  bool is_row = operand.kind == TypedKind::Row && node.type.is(TypeKind::Row) &&
                node.type.fields.size() == operand.children.size();
  if (is_row) {
    std::string out = "{";
    for (std::size_t i = 0; i < operand.children.size(); ++i) {
      const TypedExpression& item = *operand.children[i];
      if (i > 0) out += ", ";
      out += quote(duckdb::row_field_name(node.type, i), '\'') + ": ";
      out += TRY(cast_text(item.type, node.type.fields[i].type, TRY(expression(item)),
                           item.kind == TypedKind::Constant));
    }
    return out + "}";
  }
  const std::string text = TRY(expression(operand));
  if (wraps_around(operand, node.type)) {
    const std::string arguments[] = {text};
    return tarn_call("$cast", {from}, node.type, arguments);
  }
  return cast_text(from, node.type, text, operand.kind == TypedKind::Constant);
}

}  // namespace tarn::engine
