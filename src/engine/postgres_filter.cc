// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_filter.h"

#include <cmath>
#include <optional>

#include "base/text.h"
#include "engine/constant_value.h"
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
    case PushKind::Changed:
      break;
  }
  return std::nullopt;
}

// The days on which infinities land by policy `clamp` are not below or above such a constant.
bool is_inside_calendar(const types::TypedValue& constant) {
  const std::int64_t micros = constant.type.is(TypeKind::Date)
                                  ? constant.value.as_int() * kDayMicros
                                  : constant.value.as_timestamp().micros;
  return micros > kTextDayMin * kDayMicros && micros < kTextDayMax * kDayMicros;
}

// Integers as they are, so that an index on the column serves.
std::string plain_integer(std::string text) {
  constexpr std::string_view kSuffix = "'::numeric";
  if (!text.ends_with(kSuffix) || text.find('.') != std::string::npos) return text;
  const std::string digits = text.substr(1, text.size() - kSuffix.size() - 1);
  return digits.starts_with('-') ? "(" + digits + ")" : digits;
}

enum class Rows : std::uint8_t { AtLeast, Exactly };

class FilterPrinter {
 public:
  FilterPrinter(const FindPostgresColumn& find, Rows rows)
      : find_(find), exact_(rows == Rows::Exactly) {}

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
        if (exact_) return std::nullopt;
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
      auto part = print(*child);
      if (!part && exact_) return std::nullopt;
      if (part) parts.push_back(*std::move(part));
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
    if (column == nullptr || column->push == PushKind::Changed) return std::nullopt;
    const std::string name = name_of(*column);
    if (infinity_policy(*column) != postgres::LossPolicy::Null) {
      return fmt::format("({} {})", name, test);
    }
    if (std::string_view(test) == "IS NULL") {
      return fmt::format("({0} IS NULL OR NOT isfinite({0}))", name);
    }
    return fmt::format("isfinite({})", name);
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
    const auto constant = constant_value(right);
    if (!constant) return std::nullopt;
    const auto text = literal(*constant, column->push);
    if (!text || !knows_infinities(*column, *constant)) return std::nullopt;
    const bool equality = sign == "=";
    const bool orders = !equality && sign != "<>";
    if (column->push == PushKind::Char && !equality) return std::nullopt;
    if (column->push == PushKind::Uuid && orders && exact_) return std::nullopt;
    // Bytes decide in Trino; an equality by another collation holds for equal bytes, too.
    const bool by_bytes = column->push == PushKind::Text && !equality;
    const std::string name = name_of(*column);
    return guarded(*column,
                   fmt::format("({}{} {} {})", name, by_bytes ? " COLLATE \"C\"" : "", sign,
                               column->push == PushKind::Number ? plain_integer(*text) : *text),
                   sign, *text);
  }

  static bool knows_infinities(const PostgresColumn& column, const types::TypedValue& constant) {
    return infinity_policy(column) != postgres::LossPolicy::Clamp || is_inside_calendar(constant);
  }

  // With what must hold besides, so that no row too many is left.
  std::optional<std::string> guarded(const PostgresColumn& column, std::string test,
                                     std::string_view sign, const std::string& value) const {
    const std::string name = name_of(column);
    if (infinity_policy(column) == postgres::LossPolicy::Null) {
      return fmt::format("({} AND isfinite({}))", test, name);
    }
    if (!exact_) return test;
    // Another collation may find more to be equal.
    const bool is_text = column.push == PushKind::Text || column.push == PushKind::Char;
    if (is_text && (sign == "=" || sign == "IN")) {
      if (column.push == PushKind::Char && !column.type.is(TypeKind::Char)) return std::nullopt;
      return fmt::format("({} AND {} COLLATE \"C\" {} {})", test, name, sign, value);
    }
    // NaN is above all numbers there.
    if (column.push == PushKind::Float && sign.starts_with('>')) {
      return fmt::format("({} AND {} <> 'NaN')", test, name);
    }
    return test;
  }

  std::optional<std::string> in_list(const TypedExpression& node) const {
    const auto* column = column_of(*node.children[0]);
    if (column == nullptr) return std::nullopt;
    std::vector<std::string> items;
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      const auto constant = constant_value(*node.children[i]);
      if (!constant) return std::nullopt;
      if (constant->value.is_null()) continue;
      auto text = literal(*constant, column->push);
      if (!text || !knows_infinities(*column, *constant)) return std::nullopt;
      items.push_back(column->push == PushKind::Number ? plain_integer(*std::move(text))
                                                       : *std::move(text));
    }
    if (items.empty()) return std::nullopt;
    const std::string list = "(" + join(items, ", ") + ")";
    return guarded(*column, fmt::format("({} IN {})", name_of(*column), list), "IN", list);
  }

  const FindPostgresColumn& find_;
  const bool exact_;
};

}  // namespace

std::string to_postgres_filter(const TypedExpression& condition, const FindPostgresColumn& find) {
  return FilterPrinter(find, Rows::AtLeast).print(condition).value_or("");
}

std::optional<std::string> to_exact_postgres_filter(const TypedExpression& condition,
                                                    const FindPostgresColumn& find) {
  return FilterPrinter(find, Rows::Exactly).print(condition);
}

std::optional<std::string> exact_postgres_value(const PostgresColumn& column) {
  const std::string name = postgres::quote_identifier(column.name);
  switch (column.push) {
    case PushKind::Number:
    case PushKind::Boolean:
      return name;
    case PushKind::Date:
    case PushKind::Timestamp:
    case PushKind::TimestampTz: {
      const auto policy = infinity_policy(column);
      if (!policy) return name;
      if (*policy == postgres::LossPolicy::Clamp) return std::nullopt;
      return fmt::format("CASE WHEN isfinite({0}) THEN {0} END", name);
    }
    case PushKind::Text:
      return name + " COLLATE \"C\"";
    default:
      return std::nullopt;
  }
}

const TypedExpression* column_below_casts(const TypedExpression& node) {
  if (node.kind == TypedKind::Column) return &node;
  if (node.kind != TypedKind::Cast || node.null_on_error) return nullptr;
  const TypedExpression& inner = *node.children[0];
  return keeps_values(inner.type, node.type) ? column_below_casts(inner) : nullptr;
}

}  // namespace tarn::engine
