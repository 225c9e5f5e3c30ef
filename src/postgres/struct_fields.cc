// SPDX-License-Identifier: Apache-2.0
#include "postgres/struct_fields.h"

namespace tarn::postgres {
namespace {

ColumnPlan field_plan(const char* name, DecodeOp op, ColumnKind kind) {
  ColumnPlan plan;
  plan.name = name;
  plan.op = op;
  plan.kind = kind;
  return plan;
}

}  // namespace

std::vector<ColumnPlan> struct_fields(const ColumnPlan& plan) {
  switch (plan.op) {
    case DecodeOp::Hstore:
      return {field_plan("key", DecodeOp::Text, ColumnKind::Text),
              field_plan("value", DecodeOp::Text, ColumnKind::Text)};
    case DecodeOp::IntervalStruct:
      return {field_plan("months", DecodeOp::Int4, ColumnKind::Int32),
              field_plan("days", DecodeOp::Int4, ColumnKind::Int32),
              field_plan("micros", DecodeOp::Int8, ColumnKind::Int64)};
    case DecodeOp::Range: {
      ColumnPlan lower = plan.children.at(0);
      ColumnPlan upper = plan.children.at(0);
      lower.name = "lower";
      upper.name = "upper";
      return {std::move(lower), std::move(upper),
              field_plan("lower_inclusive", DecodeOp::Boolean, ColumnKind::Boolean),
              field_plan("upper_inclusive", DecodeOp::Boolean, ColumnKind::Boolean),
              field_plan("is_empty", DecodeOp::Boolean, ColumnKind::Boolean)};
    }
    default:
      return plan.children;
  }
}

}  // namespace tarn::postgres
