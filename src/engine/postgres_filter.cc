// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_filter.h"

#include <cmath>
#include <optional>

#include "base/text.h"
#include "functions/registry.h"
#include "postgres/quoting.h"
#include "types/value_text.h"

namespace tarn::engine {
namespace {

using analysis::TypedExpression;
using analysis::TypedKind;
using types::Type;
using types::TypeKind;
using types::Value;

// Years 1 to 9999: texts outside of these differ.
constexpr std::int64_t kTextDayMin = -719'162;
constexpr std::int64_t kTextDayMax = 2'932'896;
constexpr std::int64_t kDayMicros = 86'400'000'000;

std::optional<types::TypedValue> constant_of(const TypedExpression& node) {
  if (node.kind == TypedKind::Constant) return types::TypedValue{node.type, node.constant};
  if (node.kind != TypedKind::Cast || node.null_on_error) return std::nullopt;
  const auto inner = constant_of(*node.children[0]);
  if (!inner || inner->value.is_null()) return std::nullopt;
  // A zone would have to be the session's.
  if (node.type.is(TypeKind::TimestampWithTimeZone)) return std::nullopt;
  auto cast = functions::bind_function({"$cast", {inner->type}, node.type, {}});
  if (!cast) return std::nullopt;
  auto value = cast->call(std::span(&inner->value, 1));
  if (!value) return std::nullopt;
  return types::TypedValue{node.type, *std::move(value)};
}

bool keeps_values(const Type& from, const Type& to) {
  if (from.is(TypeKind::Varchar) && to.is(TypeKind::Varchar)) return to.precision >= from.precision;
  if (from.is(TypeKind::Timestamp) && to.is(TypeKind::Timestamp)) {
    return to.precision >= from.precision;
  }
  if (from.is(TypeKind::TimestampWithTimeZone) && to.is(TypeKind::TimestampWithTimeZone)) {
    return to.precision >= from.precision;
  }
  if (from.is(TypeKind::Date)) return to.is(TypeKind::Timestamp);
  if (from.is(TypeKind::Decimal) && to.is(TypeKind::Decimal)) {
    return to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
  }
  if (types::is_integral(from)) {
    if (types::is_integral(to)) return to.kind > from.kind;
    return to.is(TypeKind::Decimal);
  }
  return false;
}

std::optional<std::string> timestamp_literal(const types::Timestamp& value, const char* type) {
  if (value.picos != 0) return std::nullopt;
  if (value.micros < kTextDayMin * kDayMicros || value.micros >= (kTextDayMax + 1) * kDayMicros) {
    return std::nullopt;
  }
  const types::Timestamp utc{value.micros, 0, {}};
  return fmt::format("'{}'::{}", types::cast_to_text(types::make_timestamp(6), Value(utc)), type);
}

std::optional<std::string> literal(const types::TypedValue& constant, PushKind kind) {
  const Value& value = constant.value;
  if (value.is_null()) return std::nullopt;
  const Type& type = constant.type;
  switch (kind) {
    case PushKind::Number:
    case PushKind::Float:
      if (types::is_integral(type)) return fmt::format("'{}'::numeric", value.as_int());
      if (type.is(TypeKind::Decimal)) {
        return fmt::format("'{}'::numeric", format_decimal(value.as_decimal(), type.scale));
      }
      if (type.is(TypeKind::Double) && kind == PushKind::Float &&
          std::isfinite(value.as_double())) {
        return fmt::format("'{}'::float8", shortest_double(value.as_double()));
      }
      return std::nullopt;
    case PushKind::Boolean:
      if (!type.is(TypeKind::Boolean)) return std::nullopt;
      return value.as_bool() ? "true" : "false";
    case PushKind::Date:
    case PushKind::Timestamp:
      if (type.is(TypeKind::Timestamp)) return timestamp_literal(value.as_timestamp(), "timestamp");
      if (!type.is(TypeKind::Date) || value.as_int() < kTextDayMin ||
          value.as_int() > kTextDayMax) {
        return std::nullopt;
      }
      return fmt::format("'{}'::date", types::cast_to_text(type, value));
    case PushKind::TimestampTz:
      if (!type.is(TypeKind::TimestampWithTimeZone)) return std::nullopt;
      if (auto text = timestamp_literal(value.as_timestamp(), "timestamp")) {
        return fmt::format("({} AT TIME ZONE 'UTC')", *text);
      }
      return std::nullopt;
    case PushKind::Uuid:
      if (!type.is(TypeKind::Uuid)) return std::nullopt;
      return fmt::format("'{}'::uuid", types::cast_to_text(type, value));
    case PushKind::Text:
    case PushKind::Char: {
      if (!type.is(TypeKind::Varchar) && !type.is(TypeKind::Char)) return std::nullopt;
      const std::string& text = value.as_text();
      if (text.find('\0') != std::string::npos || !is_valid_utf8(text)) return std::nullopt;
      return postgres::quote_literal(text) + (kind == PushKind::Text ? "::text" : "::bpchar");
    }
    case PushKind::None:
      break;
  }
  return std::nullopt;
}

// Integers as they are, so that an index on the column serves.
std::string plain_integer(std::string text) {
  constexpr std::string_view kSuffix = "'::numeric";
  if (!text.ends_with(kSuffix) || text.find('.') != std::string::npos) return text;
  const std::string digits = text.substr(1, text.size() - kSuffix.size() - 1);
  return digits.starts_with('-') ? "(" + digits + ")" : digits;
}

class FilterPrinter {
 public:
  explicit FilterPrinter(const FindPostgresColumn& find) : find_(find) {}

  std::optional<std::string> print(const TypedExpression& node) const {
    switch (node.kind) {
      case TypedKind::And:
        return conjunction(node);
      case TypedKind::Or:
        return disjunction(node);
      case TypedKind::Not:
        return negation(*node.children[0]);
      case TypedKind::IsNull:
        return null_check(*node.children[0], "IS NULL");
      case TypedKind::Column: {
        const auto* column = column_of(node);
        if (column == nullptr || column->push != PushKind::Boolean) return std::nullopt;
        return name_of(*column);
      }
      case TypedKind::Call:
        return comparison(node);
      case TypedKind::Between: {
        auto low = compare(*node.children[0], ">=", *node.children[1]);
        auto high = compare(*node.children[0], "<=", *node.children[2]);
        if (low && high) return fmt::format("({} AND {})", *low, *high);
        return low ? low : high;
      }
      case TypedKind::In:
        return in_list(node);
      default:
        return std::nullopt;
    }
  }

 private:
  static std::string name_of(const PostgresColumn& column) {
    return postgres::quote_identifier(column.name);
  }

  const PostgresColumn* column_of(const TypedExpression& node) const {
    if (node.kind == TypedKind::Column) return find_(node.column);
    if (node.kind != TypedKind::Cast) return nullptr;
    const TypedExpression& inner = *node.children[0];
    if (!keeps_values(inner.type, node.type)) return nullptr;
    return column_of(inner);
  }

  std::optional<std::string> conjunction(const TypedExpression& node) const {
    std::vector<std::string> parts;
    for (const auto& child : node.children) {
      if (auto part = print(*child)) parts.push_back(*std::move(part));
    }
    if (parts.empty()) return std::nullopt;
    return "(" + join(parts, " AND ") + ")";
  }

  std::optional<std::string> disjunction(const TypedExpression& node) const {
    std::vector<std::string> parts;
    for (const auto& child : node.children) {
      auto part = print(*child);
      if (!part) return std::nullopt;
      parts.push_back(*std::move(part));
    }
    return "(" + join(parts, " OR ") + ")";
  }

  std::optional<std::string> negation(const TypedExpression& node) const {
    if (node.kind == TypedKind::IsNull) return null_check(*node.children[0], "IS NOT NULL");
    const auto* column = column_of(node);
    if (column == nullptr || column->push != PushKind::Boolean) return std::nullopt;
    return "NOT " + name_of(*column);
  }

  std::optional<std::string> null_check(const TypedExpression& operand, const char* test) const {
    const auto* column = column_of(operand);
    if (column == nullptr) return std::nullopt;
    return fmt::format("({} {})", name_of(*column), test);
  }

  std::optional<std::string> comparison(const TypedExpression& node) const {
    if (node.function == nullptr || node.children.size() != 2) return std::nullopt;
    struct Sign {
      std::string_view name, straight, mirrored;
    };
    constexpr Sign kSigns[] = {{"$equal", "=", "="},
                               {"$not_equal", "<>", "<>"},
                               {"$less_than", "<", ">"},
                               {"$less_than_or_equal", "<=", ">="}};
    for (const Sign& sign : kSigns) {
      if (node.function->name != sign.name) continue;
      if (auto text = compare(*node.children[0], sign.straight, *node.children[1])) return text;
      return compare(*node.children[1], sign.mirrored, *node.children[0]);
    }
    return std::nullopt;
  }

  std::optional<std::string> compare(const TypedExpression& left, std::string_view sign,
                                     const TypedExpression& right) const {
    const auto* column = column_of(left);
    if (column == nullptr) return std::nullopt;
    const auto constant = constant_of(right);
    if (!constant) return std::nullopt;
    const auto text = literal(*constant, column->push);
    if (!text) return std::nullopt;
    const bool equality = sign == "=";
    if (column->push == PushKind::Char && !equality) return std::nullopt;
    // Bytes decide in Trino; an equality by another collation holds for equal bytes, too.
    const bool by_bytes = column->push == PushKind::Text && !equality;
    return fmt::format("({}{} {} {})", name_of(*column), by_bytes ? " COLLATE \"C\"" : "", sign,
                       column->push == PushKind::Number ? plain_integer(*text) : *text);
  }

  std::optional<std::string> in_list(const TypedExpression& node) const {
    const auto* column = column_of(*node.children[0]);
    if (column == nullptr) return std::nullopt;
    std::vector<std::string> items;
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      const auto constant = constant_of(*node.children[i]);
      if (!constant) return std::nullopt;
      if (constant->value.is_null()) continue;
      auto text = literal(*constant, column->push);
      if (!text) return std::nullopt;
      items.push_back(column->push == PushKind::Number ? plain_integer(*std::move(text))
                                                       : *std::move(text));
    }
    if (items.empty()) return std::nullopt;
    return fmt::format("({} IN ({}))", name_of(*column), join(items, ", "));
  }

  const FindPostgresColumn& find_;
};

}  // namespace

std::string to_postgres_filter(const TypedExpression& condition, const FindPostgresColumn& find) {
  return FilterPrinter(find).print(condition).value_or("");
}

}  // namespace tarn::engine
