// SPDX-License-Identifier: Apache-2.0
#include "engine/lake_filter.h"

#include "analysis/typed_walk.h"
#include "engine/lake_type.h"

namespace tarn::engine {

namespace {

using analysis::TypedExpression;
using analysis::TypedKind;
using iceberg::Expression;
using iceberg::ExpressionKind;

using Converted = Result<std::optional<Expression>>;

bool has_subquery(const TypedExpression& node) {
  if (node.relation) return true;
  for (const auto& child : node.children) {
    if (has_subquery(*child)) return true;
  }
  return false;
}

bool reads_nothing(const TypedExpression& node) {
  if (has_subquery(node)) return false;
  analysis::ColumnSet columns;
  analysis::collect_columns(node, columns);
  return columns.empty();
}

class Converter {
 public:
  Converter(const analysis::TypedRelation& scan, const iceberg::Schema& schema,
            const ConstantEvaluator& evaluate)
      : scan_(scan), schema_(schema), evaluate_(evaluate) {}

  Converted convert(const TypedExpression& node) {
    if (reads_nothing(node)) return constant(node);
    switch (node.kind) {
      case TypedKind::And:
      case TypedKind::Or:
        return logical(node);
      case TypedKind::Not:
        return negated(*node.children[0]);
      case TypedKind::IsNull:
        return null_check(*node.children[0]);
      case TypedKind::Call:
        return comparison(node);
      case TypedKind::Between:
        return between(node);
      case TypedKind::In:
        return in_list(node);
      case TypedKind::Column:
        return flag_column(node);
      default:
        return nothing();
    }
  }

 private:
  static Converted nothing() { return std::optional<Expression>(); }
  static Converted some(Expression expression) { return std::optional(std::move(expression)); }

  // Null counts as false: the row stays.
  Converted constant(const TypedExpression& node) {
    if (!is_deterministic(node) || !node.type.is(types::TypeKind::Boolean)) return nothing();
    const types::Value value = TRY(evaluate_(node));
    const bool holds = !value.is_null() && value.as_bool();
    return some(holds ? iceberg::always_true() : iceberg::always_false());
  }

  Converted logical(const TypedExpression& node) {
    std::optional<Expression> all;
    for (const auto& child : node.children) {
      auto part = TRY(convert(*child));
      if (!part) return nothing();
      if (!all) {
        all = *std::move(part);
      } else {
        all = node.kind == TypedKind::And ? iceberg::both(*std::move(all), *std::move(part))
                                          : iceberg::either(*std::move(all), *std::move(part));
      }
    }
    return all;
  }

  // NOT of a condition on one column whose nulls do not matter: not of a constant null, not nested.
  Converted negated(const TypedExpression& node) {
    if (node.kind == TypedKind::Not) return convert(*node.children[0]);
    const bool simple = node.kind == TypedKind::IsNull || node.kind == TypedKind::Call ||
                        node.kind == TypedKind::In || node.kind == TypedKind::Between;
    if (!simple || reads_nothing(node)) return nothing();
    auto part = TRY(convert(node));
    if (!part || part->kind == ExpressionKind::True || part->kind == ExpressionKind::False) {
      return nothing();
    }
    return some(iceberg::negate(*std::move(part)));
  }

  // The field that is read as it is stored: other types would compare otherwise.
  const iceberg::Field* field_of(const TypedExpression& node) const {
    if (node.kind != TypedKind::Column) return nullptr;
    for (std::size_t i = 0; i < scan_.columns.size(); ++i) {
      if (scan_.columns[i].id != node.column) continue;
      const auto at = static_cast<std::size_t>(scan_.source_columns[i]);
      if (at >= schema_.fields.size()) return nullptr;  // hidden
      const iceberg::Field& field = schema_.fields[at];
      return field.type.is_primitive() ? &field : nullptr;
    }
    return nullptr;
  }

  // NaN is equal to nothing in SQL but has a place in Iceberg's order.
  static bool compares_exactly(const iceberg::Field& field) {
    return field.type.kind != iceberg::TypeKind::Float &&
           field.type.kind != iceberg::TypeKind::Double &&
           field.type.kind != iceberg::TypeKind::Fixed;
  }

  Converted null_check(const TypedExpression& operand) {
    const auto* field = field_of(operand);
    if (field == nullptr) return nothing();
    return some(iceberg::predicate(ExpressionKind::IsNull, field->id));
  }

  Converted flag_column(const TypedExpression& node) {
    const auto* field = field_of(node);
    if (field == nullptr || field->type.kind != iceberg::TypeKind::Boolean) return nothing();
    return some(iceberg::predicate(ExpressionKind::Equal, field->id, iceberg::boolean_value(true)));
  }

  Result<std::optional<iceberg::Value>> literal(const TypedExpression& node,
                                                const iceberg::Field& field) {
    if (!reads_nothing(node) || !is_deterministic(node)) return std::optional<iceberg::Value>();
    const types::Value value = TRY(evaluate_(node));
    auto converted = to_lake_value(value, node.type, field.type);
    if (!converted) return std::optional<iceberg::Value>();
    return std::optional(*std::move(converted));
  }

  // A comparison with null holds for no row.
  Converted compare(ExpressionKind kind, const TypedExpression& column,
                    const TypedExpression& value) {
    const auto* field = field_of(column);
    if (field == nullptr || !compares_exactly(*field)) return nothing();
    auto constant = TRY(literal(value, *field));
    if (!constant) return nothing();
    if (constant->is_null()) return some(iceberg::always_false());
    return some(iceberg::predicate(kind, field->id, *std::move(constant)));
  }

  Converted comparison(const TypedExpression& node) {
    if (node.function == nullptr || node.children.size() != 2) return nothing();
    const std::string& name = node.function->name;
    ExpressionKind kind = ExpressionKind::Equal;
    ExpressionKind mirrored = ExpressionKind::Equal;
    if (name == "$not_equal") {
      kind = mirrored = ExpressionKind::NotEqual;
    } else if (name == "$less_than") {
      kind = ExpressionKind::Less;
      mirrored = ExpressionKind::Greater;
    } else if (name == "$less_than_or_equal") {
      kind = ExpressionKind::LessOrEqual;
      mirrored = ExpressionKind::GreaterOrEqual;
    } else if (name != "$equal") {
      return nothing();
    }
    const TypedExpression& left = *node.children[0];
    const TypedExpression& right = *node.children[1];
    if (left.kind == TypedKind::Column) return compare(kind, left, right);
    return compare(mirrored, right, left);
  }

  Converted between(const TypedExpression& node) {
    auto low = TRY(compare(ExpressionKind::GreaterOrEqual, *node.children[0], *node.children[1]));
    auto high = TRY(compare(ExpressionKind::LessOrEqual, *node.children[0], *node.children[2]));
    if (!low || !high) return nothing();
    return some(iceberg::both(*std::move(low), *std::move(high)));
  }

  Converted in_list(const TypedExpression& node) {
    const auto* field = field_of(*node.children[0]);
    if (field == nullptr || !compares_exactly(*field)) return nothing();
    std::vector<iceberg::Value> values;
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      auto value = TRY(literal(*node.children[i], *field));
      if (!value || value->is_null()) return nothing();
      values.push_back(*std::move(value));
    }
    return some(iceberg::in_list(ExpressionKind::In, field->id, std::move(values)));
  }

  const analysis::TypedRelation& scan_;
  const iceberg::Schema& schema_;
  const ConstantEvaluator& evaluate_;
};

}  // namespace

Result<std::optional<iceberg::Expression>> to_lake_filter(
    const analysis::TypedExpression& condition, const analysis::TypedRelation& scan,
    const iceberg::Schema& schema, const ConstantEvaluator& evaluate) {
  return Converter(scan, schema, evaluate).convert(condition);
}

}  // namespace tarn::engine
