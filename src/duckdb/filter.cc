// SPDX-License-Identifier: Apache-2.0
#include "duckdb/filter.h"

#include <duckdb/planner/filter/conjunction_filter.hpp>
#include <duckdb/planner/filter/constant_filter.hpp>
#include <duckdb/planner/filter/dynamic_filter.hpp>
#include <duckdb/planner/filter/in_filter.hpp>
#include <duckdb/planner/filter/null_filter.hpp>
#include <duckdb/planner/filter/optional_filter.hpp>
#include <duckdb/planner/filter/struct_filter.hpp>
#include <duckdb/planner/table_filter.hpp>

#include "duckdb/lake_type.h"

namespace tarn::duckdb {
namespace {

using iceberg::Expression;
using iceberg::ExpressionKind;
using iceberg::TypeKind;

std::optional<ExpressionKind> comparison_kind(dk::ExpressionType type) {
  switch (type) {
    case dk::ExpressionType::COMPARE_EQUAL:
      return ExpressionKind::Equal;
    case dk::ExpressionType::COMPARE_NOTEQUAL:
      return ExpressionKind::NotEqual;
    case dk::ExpressionType::COMPARE_LESSTHAN:
      return ExpressionKind::Less;
    case dk::ExpressionType::COMPARE_LESSTHANOREQUALTO:
      return ExpressionKind::LessOrEqual;
    case dk::ExpressionType::COMPARE_GREATERTHAN:
      return ExpressionKind::Greater;
    case dk::ExpressionType::COMPARE_GREATERTHANOREQUALTO:
      return ExpressionKind::GreaterOrEqual;
    default:
      return std::nullopt;
  }
}

// nullopt: no literal of the column's type says the same.
std::optional<iceberg::Value> literal_of(const dk::Value& constant, const iceberg::Field& field) {
  if (constant.IsNull() || !field.type.is_primitive()) return std::nullopt;
  auto native = to_native_type(field.type);
  // A cast could round: the optimizer gives constants of the column's own type.
  if (!native || constant.type() != *native) return std::nullopt;
  auto literal = from_native_value(constant, field.type);
  if (!literal || literal->is_null() || literal->is_nan()) return std::nullopt;
  return *std::move(literal);
}

bool is_floating(const iceberg::Field& field) {
  return field.type.kind == TypeKind::Float || field.type.kind == TypeKind::Double;
}

Expression compare_constant(dk::ExpressionType type, const dk::Value& constant,
                            const iceberg::Field& field) {
  const auto kind = comparison_kind(type);
  auto literal = literal_of(constant, field);
  if (!kind || !literal) return iceberg::always_true();
  Expression result = iceberg::predicate(*kind, field.id, *std::move(literal));
  // NaN is the greatest number to DuckDB and never within Iceberg's bounds.
  const bool takes_nan = *kind == ExpressionKind::Greater ||
                         *kind == ExpressionKind::GreaterOrEqual ||
                         *kind == ExpressionKind::NotEqual;
  if (is_floating(field) && takes_nan) {
    return iceberg::either(std::move(result), iceberg::predicate(ExpressionKind::IsNan, field.id));
  }
  return result;
}

Expression one_filter(const dk::TableFilter& filter, const iceberg::Field& field);

Expression in_values(const dk::InFilter& filter, const iceberg::Field& field) {
  std::vector<iceberg::Value> literals;
  for (const dk::Value& value : filter.values) {
    auto literal = literal_of(value, field);
    if (!literal) return iceberg::always_true();
    literals.push_back(*std::move(literal));
  }
  return iceberg::in_list(ExpressionKind::In, field.id, std::move(literals));
}

Expression all_of(const dk::ConjunctionFilter& filter, const iceberg::Field& field) {
  Expression result = iceberg::always_true();
  for (const auto& child : filter.child_filters) {
    result = iceberg::both(std::move(result), one_filter(*child, field));
  }
  return result;
}

Expression any_of(const dk::ConjunctionFilter& filter, const iceberg::Field& field) {
  Expression result = iceberg::always_false();
  for (const auto& child : filter.child_filters) {
    result = iceberg::either(std::move(result), one_filter(*child, field));
  }
  return result;
}

Expression dynamic_value(const dk::DynamicFilter& filter, const iceberg::Field& field) {
  if (!filter.filter_data || !filter.filter_data->initialized) return iceberg::always_true();
  std::lock_guard<dk::mutex> lock(filter.filter_data->lock);
  const dk::ConstantFilter& now = *filter.filter_data->filter;
  return compare_constant(now.comparison_type, now.constant, field);
}

Expression one_filter(const dk::TableFilter& filter, const iceberg::Field& field) {
  switch (filter.filter_type) {
    case dk::TableFilterType::CONSTANT_COMPARISON: {
      const auto& constant = filter.Cast<dk::ConstantFilter>();
      return compare_constant(constant.comparison_type, constant.constant, field);
    }
    case dk::TableFilterType::IS_NULL:
      if (!field.type.is_primitive()) return iceberg::always_true();
      return iceberg::predicate(ExpressionKind::IsNull, field.id);
    case dk::TableFilterType::IS_NOT_NULL:
      if (!field.type.is_primitive()) return iceberg::always_true();
      return iceberg::predicate(ExpressionKind::NotNull, field.id);
    case dk::TableFilterType::CONJUNCTION_AND:
      return all_of(filter.Cast<dk::ConjunctionAndFilter>(), field);
    case dk::TableFilterType::CONJUNCTION_OR:
      return any_of(filter.Cast<dk::ConjunctionOrFilter>(), field);
    case dk::TableFilterType::OPTIONAL_FILTER: {
      const auto& optional = filter.Cast<dk::OptionalFilter>();
      return optional.child_filter ? one_filter(*optional.child_filter, field)
                                   : iceberg::always_true();
    }
    case dk::TableFilterType::IN_FILTER:
      return in_values(filter.Cast<dk::InFilter>(), field);
    case dk::TableFilterType::DYNAMIC_FILTER:
      return dynamic_value(filter.Cast<dk::DynamicFilter>(), field);
    case dk::TableFilterType::STRUCT_EXTRACT: {
      const auto& extract = filter.Cast<dk::StructFilter>();
      if (field.type.kind != TypeKind::Struct || extract.child_idx >= field.type.fields.size() ||
          !extract.child_filter) {
        return iceberg::always_true();
      }
      return one_filter(*extract.child_filter, field.type.fields[extract.child_idx]);
    }
    default:
      return iceberg::always_true();
  }
}

}  // namespace

Expression to_expression(const dk::TableFilterSet& filters,
                         const std::function<const iceberg::Field*(dk::idx_t key)>& field_of) {
  Expression result = iceberg::always_true();
  for (const auto& [key, filter] : filters.filters) {
    const iceberg::Field* field = field_of(key);
    if (field != nullptr && filter) {
      result = iceberg::both(std::move(result), one_filter(*filter, *field));
    }
  }
  return result;
}

}  // namespace tarn::duckdb
