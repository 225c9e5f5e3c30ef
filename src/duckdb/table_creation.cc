// SPDX-License-Identifier: Apache-2.0
#include <duckdb/parser/constraints/not_null_constraint.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>

#include "base/text.h"
#include "duckdb/lake_catalog.h"
#include "duckdb/lake_type.h"
#include "iceberg/table_metadata.h"

namespace tarn::duckdb {
namespace {

using iceberg::Transform;
using iceberg::TransformKind;

struct KeyedTransform {
  Transform transform;
  std::string column;
};

Result<std::string> column_name(const dk::ParsedExpression& expression) {
  if (expression.GetExpressionType() != dk::ExpressionType::COLUMN_REF) {
    return invalid_input("`{}` is not a column", expression.ToString());
  }
  return expression.Cast<dk::ColumnRefExpression>().GetColumnName();
}

Result<int> transform_parameter(const dk::ParsedExpression& expression) {
  if (expression.GetExpressionType() == dk::ExpressionType::VALUE_CONSTANT) {
    const dk::Value& value = expression.Cast<dk::ConstantExpression>().value;
    if (!value.IsNull() && value.type().IsIntegral()) {
      const auto number = value.GetValue<std::int64_t>();
      if (number > 0 && number <= 0x7fffffff) return static_cast<int>(number);
    }
  }
  return invalid_input("`{}` is not a positive number", expression.ToString());
}

// `c`, `month(c)`, `bucket(16, c)` or `bucket(c, 16)`.
Result<KeyedTransform> parse_key(const dk::ParsedExpression& expression) {
  if (expression.GetExpressionType() == dk::ExpressionType::COLUMN_REF) {
    return KeyedTransform{{}, TRY(column_name(expression))};
  }
  if (expression.GetExpressionType() != dk::ExpressionType::FUNCTION) {
    return invalid_input("`{}` is not a partition transform", expression.ToString());
  }
  const auto& call = expression.Cast<dk::FunctionExpression>();
  std::string name = to_lower(call.function_name);
  const auto& arguments = call.children;
  if ((name == "bucket" || name == "truncate") && arguments.size() == 2) {
    const bool number_first =
        arguments[0]->GetExpressionType() == dk::ExpressionType::VALUE_CONSTANT;
    const int parameter = TRY(transform_parameter(*arguments[number_first ? 0 : 1]));
    return KeyedTransform{name == "bucket" ? iceberg::bucket_transform(parameter)
                                           : iceberg::truncate_transform(parameter),
                          TRY(column_name(*arguments[number_first ? 1 : 0]))};
  }
  static constexpr std::pair<std::string_view, TransformKind> kTimes[] = {
      {"year", TransformKind::Year},
      {"month", TransformKind::Month},
      {"day", TransformKind::Day},
      {"hour", TransformKind::Hour}};
  if (name.ends_with('s')) name.pop_back();
  for (const auto& [text, kind] : kTimes) {
    if (name == text && arguments.size() == 1) {
      return KeyedTransform{Transform{kind, 0, {}}, TRY(column_name(*arguments[0]))};
    }
  }
  return invalid_input("`{}` is not a partition transform", expression.ToString());
}

// As other engines name partition fields.
std::string partition_field_name(const KeyedTransform& key) {
  switch (key.transform.kind) {
    case TransformKind::Identity:
      return key.column;
    case TransformKind::Truncate:
      return key.column + "_trunc";
    case TransformKind::Bucket:
      return key.column + "_bucket";
    default:
      return key.column + '_' + iceberg::to_string(key.transform);
  }
}

Result<const iceberg::Field*> source_column(const iceberg::Schema& schema,
                                            const std::string& name) {
  const auto* field = TRY(iceberg::find_column(schema, name, iceberg::NameCase::Insensitive));
  if (field == nullptr) return invalid_input("column `{}` does not exist", name);
  return field;
}

Result<iceberg::Schema> parse_columns(const dk::CreateTableInfo& info) {
  dk::unordered_set<dk::idx_t> required;
  for (const auto& constraint : info.constraints) {
    if (constraint->type != dk::ConstraintType::NOT_NULL) {
      return unsupported("`{}`: a lake knows no constraint but NOT NULL", constraint->ToString());
    }
    required.insert(constraint->Cast<dk::NotNullConstraint>().index.index);
  }
  iceberg::Schema schema;
  for (const auto& column : info.columns.Logical()) {
    if (column.Generated()) return unsupported("column `{}` is generated", column.Name());
    if (column.HasDefaultValue() &&
        !(column.DefaultValue().GetExpressionType() == dk::ExpressionType::VALUE_CONSTANT &&
          column.DefaultValue().Cast<dk::ConstantExpression>().value.IsNull())) {
      return unsupported("column `{}` has a default", column.Name());
    }
    iceberg::Field field =
        iceberg::optional_field(0, column.Name(),
                                TRY(with_context(from_native_type(column.Type()),
                                                 fmt::format("column `{}`", column.Name()))));
    field.required = required.contains(column.Logical().index);
    schema.fields.push_back(std::move(field));
  }
  iceberg::assign_fresh_ids(schema, 0);
  return schema;
}

}  // namespace

Result<iceberg::TableCreation> make_table_creation(const dk::CreateTableInfo& info) {
  iceberg::TableCreation creation;
  creation.schema = TRY(parse_columns(info));
  for (const auto& expression : info.partition_keys) {
    const KeyedTransform key = TRY(parse_key(*expression));
    iceberg::PartitionField field;
    field.source_id = TRY(source_column(creation.schema, key.column))->id;
    field.name = partition_field_name(key);
    field.transform = key.transform;
    creation.spec.fields.push_back(std::move(field));
  }
  for (const auto& expression : info.sort_keys) {
    const KeyedTransform key = TRY(parse_key(*expression));
    iceberg::SortField field;
    field.source_id = TRY(source_column(creation.schema, key.column))->id;
    field.transform = key.transform;
    creation.sort_order.fields.push_back(std::move(field));
  }
  if (!creation.sort_order.fields.empty()) creation.sort_order.order_id = 1;
  for (const auto& [name, expression] : info.options) {
    if (expression->GetExpressionType() != dk::ExpressionType::VALUE_CONSTANT) {
      return invalid_input("the option `{}` is not a constant", name);
    }
    const std::string value = expression->Cast<dk::ConstantExpression>().value.ToString();
    if (name == "location") {
      creation.location = value;
    } else {
      creation.properties[name] = value;
    }
  }
  return creation;
}

}  // namespace tarn::duckdb
