// SPDX-License-Identifier: Apache-2.0
#include "migrate/target_schema.h"

#include <algorithm>

#include "base/text.h"
#include "postgres/struct_fields.h"

namespace tarn::migrate {

using postgres::ColumnKind;
using postgres::ColumnPlan;

iceberg::Type to_iceberg_type(const ColumnPlan& plan) {
  switch (plan.kind) {
    case ColumnKind::Boolean:
      return iceberg::TypeKind::Boolean;
    case ColumnKind::Int32:
      return iceberg::TypeKind::Int;
    case ColumnKind::Int64:
      return iceberg::TypeKind::Long;
    case ColumnKind::Float32:
      return iceberg::TypeKind::Float;
    case ColumnKind::Float64:
      return iceberg::TypeKind::Double;
    case ColumnKind::Decimal:
      return iceberg::decimal_type(plan.precision, plan.scale);
    case ColumnKind::Text:
      return iceberg::TypeKind::String;
    case ColumnKind::Bytes:
      return iceberg::TypeKind::Binary;
    case ColumnKind::Date:
      return iceberg::TypeKind::Date;
    case ColumnKind::Time:
      return iceberg::TypeKind::Time;
    case ColumnKind::Timestamp:
      return iceberg::TypeKind::Timestamp;
    case ColumnKind::TimestampTz:
      return iceberg::TypeKind::TimestampTz;
    case ColumnKind::Uuid:
      return iceberg::TypeKind::Uuid;
    case ColumnKind::List:
      return iceberg::list_type(0, to_iceberg_type(plan.children.at(0)), false);
    case ColumnKind::Map:
      return iceberg::map_type(iceberg::required_field(0, "key", iceberg::TypeKind::String),
                               iceberg::optional_field(0, "value", iceberg::TypeKind::String));
    case ColumnKind::Struct:
      break;
  }
  std::vector<iceberg::Field> fields;
  for (const ColumnPlan& field : postgres::struct_fields(plan)) {
    fields.push_back(iceberg::optional_field(0, field.name, to_iceberg_type(field)));
  }
  return iceberg::struct_type(std::move(fields));
}

bool may_become_null(const ColumnPlan& plan) {
  return std::any_of(plan.may_lose.begin(), plan.may_lose.end(), [&](postgres::Loss loss) {
    return plan.policies[static_cast<std::size_t>(loss)] == postgres::LossPolicy::Null;
  });
}

TargetSchema make_target_schema(std::span<const ColumnPlan> plans,
                                std::span<const SourceColumn> columns,
                                std::span<const std::string> primary_key) {
  TargetSchema target;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    iceberg::Field field = iceberg::optional_field(0, plans[i].name, to_iceberg_type(plans[i]));
    field.required = columns[i].not_null && !may_become_null(plans[i]);
    field.doc = columns[i].comment;
    target.schema.fields.push_back(std::move(field));
  }
  iceberg::assign_fresh_ids(target.schema, 0);
  std::vector<int> identifiers;
  for (const std::string& name : primary_key) {
    const auto found = std::find_if(target.schema.fields.begin(), target.schema.fields.end(),
                                    [&](const auto& field) { return field.name == name; });
    std::string reason;
    if (found == target.schema.fields.end()) {
      reason = "is not among the columns";
    } else if (!found->required) {
      reason = "may hold null by its policy";
    } else if (!found->type.is_primitive() || found->type.kind == iceberg::TypeKind::Float ||
               found->type.kind == iceberg::TypeKind::Double) {
      reason = fmt::format("is of type {}", iceberg::to_string(found->type));
    }
    if (!reason.empty()) {
      target.warnings.push_back(fmt::format(
          "the primary key does not become identifier fields: column `{}` {}", name, reason));
      return target;
    }
    identifiers.push_back(found->id);
  }
  std::sort(identifiers.begin(), identifiers.end());
  target.schema.identifier_field_ids = std::move(identifiers);
  return target;
}

}  // namespace tarn::migrate
