// SPDX-License-Identifier: Apache-2.0
// Timestamps with time zone in UTC as DuckDB's plain instants: no struct around them while they are
// compared, sorted, grouped or passed on.
#include <algorithm>

#include "engine/print_state.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;

namespace {

bool is_local_time(const Type& type) {
  return type.is(TypeKind::Date) || (type.is(TypeKind::Timestamp) && type.precision <= 6);
}

// Units for which date_trunc of DuckDB and Trino agree.
bool is_plain_unit(const std::optional<std::string>& unit) {
  constexpr std::string_view kUnits[] = {"second", "minute",  "hour",  "day",
                                         "week",   "quarter", "month", "year"};
  return unit && std::find(std::begin(kUnits), std::end(kUnits), *unit) != std::end(kUnits);
}

}  // namespace

bool Printer::can_be_plain(const TypedExpression& node) const {
  if (!is_instant(node.type)) return false;
  auto all_from = [&](std::size_t first, std::size_t step) {
    bool all = can_be_plain(*node.children.back());
    for (std::size_t i = first; all && i < node.children.size(); i += step) {
      all = can_be_plain(*node.children[i]);
    }
    return all;
  };
  switch (node.kind) {
    case TypedKind::Column:
      return form_of(node.column) == ColumnForm::UtcInstant;
    case TypedKind::Constant:
      return node.constant.is_null() || node.constant.as_timestamp().zone.is_utc();
    case TypedKind::Case:
      return all_from(1, 2);
    case TypedKind::Coalesce:
      return all_from(0, 1);
    case TypedKind::SessionValue:
      return session_.time_zone.is_utc();
    case TypedKind::Cast: {
      const TypedExpression& operand = *node.children[0];
      if (is_null_constant(operand)) return true;
      if (is_instant(operand.type)) {
        return operand.type.precision <= node.type.precision && can_be_plain(operand);
      }
      return session_.time_zone.is_utc() && is_local_time(operand.type) &&
             operand.type.precision <= node.type.precision;
    }
    case TypedKind::Call: {
      const std::string& name = node.function->name;
      if (name == "date_trunc") {
        return is_plain_unit(constant_text(*node.children[0])) && can_be_plain(*node.children[1]);
      }
      if (name != "$add" && name != "$subtract") return false;
      return node.children[1]->type.is(TypeKind::IntervalDayToSecond) &&
             can_be_plain(*node.children[0]);
    }
    default:
      return false;
  }
}

// REQUIRES: can_be_plain(node).
Text Printer::plain(const TypedExpression& node) {
  switch (node.kind) {
    case TypedKind::Column:
      return column_text(node.column);
    case TypedKind::Constant:
      if (node.constant.is_null()) return std::string("CAST(NULL AS TIMESTAMP WITH TIME ZONE)");
      return print_instant(node.constant.as_timestamp());
    case TypedKind::Case:
      return case_text(node, &Printer::plain);
    case TypedKind::Coalesce: {
      std::string out = "coalesce(";
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        if (i > 0) out += ", ";
        out += TRY(plain(*node.children[i]));
      }
      return out + ")";
    }
    case TypedKind::SessionValue:
      return print_instant(session_timestamp(node.type.precision).as_timestamp());
    case TypedKind::Cast: {
      const TypedExpression& operand = *node.children[0];
      if (is_null_constant(operand)) {
        return std::string("CAST(NULL AS TIMESTAMP WITH TIME ZONE)");
      }
      if (is_instant(operand.type)) return plain(operand);
      std::string text = TRY(expression(operand));
      if (operand.type.is(TypeKind::Date)) text = "CAST(" + text + " AS TIMESTAMP)";
      return "make_timestamptz(epoch_us(" + text + "))";
    }
    case TypedKind::Call: {
      if (node.function->name == "date_trunc") {
        return fmt::format("make_timestamptz(epoch_us(date_trunc('{}', {})))",
                           *constant_text(*node.children[0]),
                           TRY(plain_as_timestamp(*node.children[1])));
      }
      char sign = node.function->name == "$add" ? '+' : '-';
      return fmt::format("make_timestamptz(epoch_us({}) {} {} * 1000)",
                         TRY(plain(*node.children[0])), sign, TRY(expression(*node.children[1])));
    }
    default:
      return internal("not a plain instant");
  }
}

Text Printer::instant(const TypedExpression& node) {
  if (node.kind == TypedKind::Constant && !node.constant.is_null()) {
    return print_instant(node.constant.as_timestamp());
  }
  if (can_be_plain(node)) return plain(node);
  if (node.kind == TypedKind::Cast && is_instant(node.children[0]->type) &&
      node.children[0]->type.precision <= node.type.precision) {
    return instant(*node.children[0]);
  }
  return field_text(TRY(expression(node)), "t");
}

Text Printer::plain_as_timestamp(const TypedExpression& node) {
  return "make_timestamp(epoch_us(" + TRY(plain(node)) + "))";
}

}  // namespace tarn::engine
