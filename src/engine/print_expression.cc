// SPDX-License-Identifier: Apache-2.0
// Expressions: columns, logic, CASE, TRY, rows, values of the session.
#include "base/text.h"
#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;
using types::Value;

ColumnForm Printer::form_of(ColumnId id) const {
  auto found = columns_.find(id);
  return found == columns_.end() ? ColumnForm::Physical : found->second.form;
}

void Printer::set_form(ColumnId id, ColumnForm form) { columns_[id] = {{}, form}; }

std::string Printer::column_text(ColumnId id) const {
  auto found = columns_.find(id);
  if (found != columns_.end() && !found->second.text.empty()) return found->second.text;
  return fmt::format("c{}", id.value);
}

std::string Printer::fresh_name(std::string_view letter) {
  return fmt::format("{}{}", letter, next_name_++);
}

Text Printer::expression(const TypedExpression& node) {
  if (node.relation && hoisted_) {
    // DuckDB takes no subquery below TRY and in ON of an outer join.
    std::vector<HoistedText>* hoisted = std::exchange(hoisted_, nullptr);
    auto printed = print(node);
    hoisted_ = hoisted;
    std::string text = TRY(std::move(printed));
    hoisted->push_back({fresh_name("h"), std::move(text), &node});
    return hoisted->back().name;
  }
  return print(node);
}

Result<ScanColumn> Printer::value(const TypedExpression& node) {
  if (is_instant(node.type) && can_be_plain(node)) {
    return ScanColumn{TRY(plain(node)), ColumnForm::UtcInstant};
  }
  return ScanColumn{TRY(expression(node)), ColumnForm::Physical};
}

Text Printer::condition(const TypedExpression& node) {
  if (node.kind == TypedKind::And || node.kind == TypedKind::Or) return logical(node, true);
  return expression(node);
}

Text Printer::print(const TypedExpression& node) {
  switch (node.kind) {
    case TypedKind::Constant:
      return print_constant(node.type, node.constant);
    case TypedKind::Column: {
      std::string text = column_text(node.column);
      if (form_of(node.column) == ColumnForm::Physical) return text;
      return fmt::format("CASE WHEN {0} IS NOT NULL THEN {{'t': {0}, 'z': 0}} END", text);
    }
    case TypedKind::Parameter:
      return types::named_error("INVALID_PARAMETER_USAGE", node.at, "parameter without a value");
    case TypedKind::Call:
      return call(node);
    case TypedKind::Cast:
      return cast(node);
    case TypedKind::And:
    case TypedKind::Or:
      return logical(node, false);
    case TypedKind::Not:
      return "(NOT " + TRY(expression(*node.children[0])) + ")";
    case TypedKind::IsNull:
      return "(" + TRY(value(*node.children[0])).text + " IS NULL)";
    case TypedKind::Case:
      return case_text(node, &Printer::expression);
    case TypedKind::SimpleCase:
      return simple_case(node);
    case TypedKind::Coalesce:
      return coalesce(node);
    case TypedKind::NullIf:
      return null_if(node);
    case TypedKind::Try:
      return try_of(*node.children[0], &Printer::expression);
    case TypedKind::In:
      return in_list(node);
    case TypedKind::Between:
      return between(node);
    case TypedKind::Like:
      return like(node);
    case TypedKind::Field:
      return field(node);
    case TypedKind::Row:
      return row(node);
    case TypedKind::Array:
      return array(node);
    case TypedKind::Lambda:
      return types::named_error("NOT_SUPPORTED", node.at, "a lambda is not supported here");
    case TypedKind::ScalarSubquery:
      return scalar_subquery(node);
    case TypedKind::Exists:
      return exists(node);
    case TypedKind::InSubquery:
      return in_subquery(node);
    case TypedKind::Quantified:
      return quantified(node);
    case TypedKind::SessionValue:
      return session_value(node);
  }
  return internal("unknown expression");
}

// In a filter DuckDB tests terms in order, each on the rows that are left; elsewhere it computes
// all, so that a term that can fail is guarded by those before it.
Text Printer::logical(const TypedExpression& node, bool is_condition) {
  bool is_and = node.kind == TypedKind::And;
  std::vector<std::string> terms;
  for (const auto& child : node.children) {
    terms.push_back(TRY(is_condition ? condition(*child) : expression(*child)));
    if (!can_fail(*child) || !is_constant(*child)) continue;
    // DuckDB computes constants beforehand, needed or not, but none that calls random().
    terms.back() = "CASE WHEN random() >= 0 THEN " + terms.back() + " END";
  }
  bool guards = false;
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    guards = guards || (!is_condition && can_fail(*node.children[i]));
  }
  if (!guards) return "(" + tarn::join(terms, is_and ? " AND " : " OR ") + ")";
  std::string out = terms.back();
  for (std::size_t i = terms.size() - 1; i-- > 0;) {
    out = fmt::format("CASE WHEN ({0}) IS {1} THEN {2} ELSE ({0} {3} {4}) END", terms[i],
                      is_and ? "FALSE" : "TRUE", is_and ? "false" : "true", is_and ? "AND" : "OR",
                      out);
  }
  return out;
}

Text Printer::case_text(const TypedExpression& node,
                        Text (Printer::*result)(const TypedExpression&)) {
  std::string out = "CASE";
  const auto& children = node.children;
  for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
    out += " WHEN " + TRY(condition(*children[i]));
    out += " THEN " + TRY((this->*result)(*children[i + 1]));
  }
  return out + " ELSE " + TRY((this->*result)(*children.back())) + " END";
}

Text Printer::simple_case(const TypedExpression& node) {
  const auto& children = node.children;
  return if_chance_once(*children[0], [&](const TypedExpression& operand) -> Text {
    std::string out = "CASE";
    for (std::size_t i = 1; i + 1 < children.size(); i += 2) {
      out += " WHEN " + TRY(compare(Comparison::Equal, operand.type, operand, *children[i]));
      out += " THEN " + TRY(expression(*children[i + 1]));
    }
    return out + " ELSE " + TRY(expression(*children.back())) + " END";
  });
}

Text Printer::coalesce(const TypedExpression& node) {
  std::string out = "coalesce(";
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += ", ";
    out += TRY(expression(*node.children[i]));
  }
  return out + ")";
}

Text Printer::null_if(const TypedExpression& node) {
  const TypedExpression& first = *node.children[0];
  const TypedExpression& second = *node.children[1];
  if (is_null_constant(first) || is_null_constant(second)) return expression(first);
  auto coerced = [&](const TypedExpression& child) {
    TypedExpressionPtr copy = analysis::clone(child);
    if (copy->type == node.compared_type) return copy;
    auto cast = std::make_unique<TypedExpression>();
    cast->kind = TypedKind::Cast;
    cast->type = node.compared_type;
    cast->at = child.at;
    cast->implicit = true;
    cast->children.push_back(std::move(copy));
    return cast;
  };
  auto chosen = [&](const TypedExpression& value) -> Text {
    std::string equal =
        TRY(compare(Comparison::Equal, node.compared_type, *coerced(value), *coerced(second)));
    return fmt::format("CASE WHEN {} THEN {} ELSE {} END", equal, TRY(print_null(node.type)),
                       TRY(expression(value)));
  };
  // DuckDB computes what occurs twice before TRY, which then does not catch it.
  return try_depth_ > 0 && can_fail(first) ? once(first, chosen) : if_chance_once(first, chosen);
}

// DuckDB's TRY takes no subqueries: they are computed before it.
Text Printer::try_of(const TypedExpression& operand,
                     Text (Printer::*print)(const TypedExpression&)) {
  if (!has_subquery(operand)) {
    ++try_depth_;
    auto text = (this->*print)(operand);
    --try_depth_;
    return "TRY(" + TRY(std::move(text)) + ")";
  }
  std::vector<HoistedText> hoisted;
  std::vector<HoistedText>* outer = std::exchange(hoisted_, &hoisted);
  auto text = (this->*print)(operand);
  hoisted_ = outer;
  std::string out = "(SELECT TRY(" + TRY(std::move(text)) + ") FROM (SELECT ";
  for (std::size_t i = 0; i < hoisted.size(); ++i) {
    if (i > 0) out += ", ";
    out += hoisted[i].text + " AS " + hoisted[i].name;
  }
  return out + "))";
}

Text Printer::field(const TypedExpression& node) {
  const TypedExpression& base = *node.children[0];
  std::string name = duckdb::row_field_name(base.type, static_cast<std::size_t>(node.index));
  return field_text(TRY(expression(base)), name);
}

Text Printer::row(const TypedExpression& node) {
  std::string out = "{";
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += ", ";
    out += quote(duckdb::row_field_name(node.type, i), '\'') + ": ";
    out += TRY(expression(*node.children[i]));
  }
  return out + "}";
}

Text Printer::array(const TypedExpression& node) {
  if (node.children.empty()) return "CAST([] AS " + TRY(duckdb::physical_type(node.type)) + ")";
  std::string out = "[";
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += ", ";
    out += TRY(expression(*node.children[i]));
  }
  return out + "]";
}

types::Value Printer::session_timestamp(int precision) const {
  types::Timestamp now;
  now.micros = session_.start_micros;
  now.zone = session_.time_zone;
  std::int64_t unit = 1;
  for (int digits = precision; digits < 6; ++digits) unit *= 10;
  std::int64_t rest = now.micros % unit;
  now.micros -= rest < 0 ? rest + unit : rest;
  return now;
}

Text Printer::session_value(const TypedExpression& node) {
  std::int64_t seconds = session_.start_micros / 1'000'000;
  std::int64_t offset = session_.time_zone.offset_seconds_at(seconds);
  auto now = session_timestamp(node.type.precision).as_timestamp();
  std::int64_t local = now.micros + offset * 1'000'000;
  std::int64_t day_micros = types::kPicosPerDay / 1'000'000;
  std::int64_t days = local / day_micros - (local % day_micros < 0 ? 1 : 0);
  std::int64_t picos = (local - days * day_micros) * 1'000'000;
  auto text = [&](const std::optional<std::string>& value) {
    return print_constant(node.type, value ? Value(*value) : Value());
  };
  switch (node.type.kind) {
    case TypeKind::Date: {
      std::int64_t exact = session_.start_micros + offset * 1'000'000;
      return print_constant(node.type,
                            Value(exact / day_micros - (exact % day_micros < 0 ? 1 : 0)));
    }
    case TypeKind::Time:
      return print_constant(node.type, Value(picos));
    case TypeKind::TimeWithTimeZone:
      return print_constant(node.type,
                            types::ZonedTime{picos, static_cast<std::int32_t>(offset / 60)});
    case TypeKind::Timestamp:
      return print_constant(node.type, types::Timestamp{local, 0, {}});
    case TypeKind::TimestampWithTimeZone:
      return print_constant(node.type, now);
    default:
      break;
  }
  if (node.name.ends_with("user")) return text(session_.user);
  if (node.name.ends_with("catalog")) return text(session_.catalog);
  if (node.name.ends_with("schema")) return text(session_.schema);
  if (node.name.ends_with("path")) return text(std::string());
  return types::named_error("NOT_SUPPORTED", node.at, "{} is not supported", node.name);
}

}  // namespace tarn::engine
