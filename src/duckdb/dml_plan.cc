// SPDX-License-Identifier: Apache-2.0
// The plans of statements that write: what comes before the write operator.
#include <duckdb/execution/operator/order/physical_order.hpp>
#include <duckdb/execution/operator/persistent/physical_merge_into.hpp>
#include <duckdb/execution/operator/projection/physical_projection.hpp>
#include <duckdb/planner/expression/bound_cast_expression.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/planner/operator/logical_create_table.hpp>
#include <duckdb/planner/operator/logical_delete.hpp>
#include <duckdb/planner/operator/logical_insert.hpp>
#include <duckdb/planner/operator/logical_merge_into.hpp>
#include <duckdb/planner/operator/logical_projection.hpp>
#include <duckdb/planner/operator/logical_update.hpp>

#include "duckdb/dml.h"
#include "duckdb/lake_catalog.h"
#include "duckdb/lake_type.h"
#include "duckdb/table_scan.h"
#include "iceberg/table_properties.h"

namespace tarn::duckdb {
namespace {

using Expressions = dk::vector<dk::unique_ptr<dk::Expression>>;

void refuse_returning(bool return_chunk) {
  if (return_chunk) throw_error(unsupported("RETURNING is not supported on tables of a lake"));
}

dk::unique_ptr<dk::Expression> reference_to(const dk::LogicalType& type, dk::idx_t index) {
  return dk::make_uniq<dk::BoundReferenceExpression>(type, index);
}

// All physical columns of a table entry; lakes have no others.
dk::vector<dk::LogicalType> table_types(const dk::TableCatalogEntry& table) {
  return table.GetTypes();
}

dk::PhysicalOperator& project(dk::PhysicalPlanGenerator& planner, dk::PhysicalOperator& child,
                              dk::vector<dk::LogicalType> types, Expressions expressions) {
  auto& projection = planner.Make<dk::PhysicalProjection>(std::move(types), std::move(expressions),
                                                          child.estimated_cardinality);
  projection.children.push_back(child);
  return projection;
}

// Sorts the rows as the table wants them; says whether it does.
RowOrder add_order(dk::PhysicalPlanGenerator& planner, const iceberg::TableMetadata& metadata,
                   dk::optional_ptr<dk::PhysicalOperator>& plan) {
  auto nodes = value_or_throw(table_order(metadata));
  if (nodes.empty()) return RowOrder::Any;
  dk::vector<dk::idx_t> all;
  for (dk::idx_t i = 0; i < plan->types.size(); ++i) all.push_back(i);
  auto& order = planner.Make<dk::PhysicalOrder>(plan->types, std::move(nodes), std::move(all),
                                                plan->estimated_cardinality);
  order.children.push_back(*plan);
  plan = order;
  return RowOrder::Sorted;
}

dk::PhysicalOperator& make_dml(dk::PhysicalPlanGenerator& planner,
                               std::shared_ptr<StatementWrite> statement, DmlInput input,
                               dk::idx_t column_count, dk::PhysicalOperator& child) {
  auto& dml =
      planner.Make<LakeDml>(std::move(statement), input, column_count, child.estimated_cardinality);
  dml.children.push_back(child);
  return dml;
}

// The whole new row of an UPDATE, by the table's columns. `input` holds the values that the binder
// asked for; a DEFAULT becomes the column's default.
Expressions updated_row(const dk::TableCatalogEntry& table,
                        const dk::vector<dk::PhysicalIndex>& columns, const Expressions& values,
                        const Expressions& defaults) {
  Expressions row(table.GetColumns().PhysicalColumnCount());
  for (dk::idx_t i = 0; i < columns.size(); ++i) {
    const dk::idx_t at = columns[i].index;
    const bool is_default = values[i]->GetExpressionType() == dk::ExpressionType::VALUE_DEFAULT;
    row[at] = is_default ? defaults[at]->Copy() : values[i]->Copy();
  }
  for (const auto& value : row) {
    if (!value) throw_error(internal("an update does not give all columns"));
  }
  return row;
}

// A statement that deletes rows which it read, and may write others.
std::shared_ptr<StatementWrite> make_change(dk::ClientContext& context, LakeCatalog& catalog,
                                            const LakeTable& table, bool writes, RowMatches matches,
                                            const dk::PhysicalOperator& input,
                                            const iceberg::property::Text& isolation) {
  std::shared_ptr<const WritePlan> plan;
  const iceberg::LoadedTable& loaded = table.state().table;
  if (writes) {
    plan = value_or_throw(make_write_plan(context, catalog.lake(), loaded, RowOrder::Any));
  }
  auto statement =
      std::make_shared<StatementWrite>(catalog, table.identifier(), std::move(plan), matches);
  const bool snapshot = read_property(loaded.metadata->properties, isolation) == "snapshot";
  statement->set_read(scan_filter(input, table),
                      snapshot ? iceberg::Isolation::Snapshot : iceberg::Isolation::Serializable);
  return statement;
}

}  // namespace

void LakeTable::BindUpdateConstraints(dk::Binder&, dk::LogicalGet& get,
                                      dk::LogicalProjection& projection, dk::LogicalUpdate& update,
                                      dk::ClientContext&) {
  update.update_is_del_and_insert = true;
  for (const auto& column : GetColumns().Physical()) {
    const auto physical = column.Physical();
    if (std::find(update.columns.begin(), update.columns.end(), physical) != update.columns.end()) {
      continue;
    }
    // A column that is scanned twice comes back as garbage: take the one that is there.
    const auto& ids = get.GetColumnIds();
    dk::idx_t at = 0;
    while (at < ids.size() &&
           (ids[at].HasChildren() || ids[at].GetPrimaryIndex() != column.Logical().index)) {
      ++at;
    }
    if (at == ids.size()) get.AddColumnId(column.Logical().index);
    update.expressions.push_back(dk::make_uniq<dk::BoundColumnRefExpression>(
        column.Type(), dk::ColumnBinding(projection.table_index, projection.expressions.size())));
    projection.expressions.push_back(dk::make_uniq<dk::BoundColumnRefExpression>(
        column.Type(), dk::ColumnBinding(get.table_index, at)));
    update.columns.push_back(physical);
  }
}

dk::PhysicalOperator& LakeCatalog::PlanInsert(dk::ClientContext& context,
                                              dk::PhysicalPlanGenerator& planner,
                                              dk::LogicalInsert& op,
                                              dk::optional_ptr<dk::PhysicalOperator> plan) {
  refuse_returning(op.return_chunk);
  if (op.on_conflict_info.action_type != dk::OnConflictAction::THROW) {
    throw_error(unsupported("ON CONFLICT is not supported on tables of a lake: use MERGE"));
  }
  auto& table = static_cast<LakeTable&>(op.table);
  if (!op.column_index_map.empty()) plan = planner.ResolveDefaultsProjection(op, *plan);
  const RowOrder order = add_order(planner, *table.state().table.metadata, plan);
  auto write_plan = value_or_throw(make_write_plan(context, lake_, table.state().table, order));
  auto statement = std::make_shared<StatementWrite>(*this, table.identifier(),
                                                    std::move(write_plan), RowMatches::AtMostOne);
  return make_dml(planner, std::move(statement), {.has_rows = true},
                  table.GetColumns().PhysicalColumnCount(), *plan);
}

dk::PhysicalOperator& LakeCatalog::PlanDelete(dk::ClientContext& context,
                                              dk::PhysicalPlanGenerator& planner,
                                              dk::LogicalDelete& op, dk::PhysicalOperator& plan) {
  refuse_returning(op.return_chunk);
  auto& table = static_cast<LakeTable&>(op.table);
  auto statement = make_change(context, *this, table, false, RowMatches::Any, plan,
                               iceberg::property::kDeleteIsolation);
  Expressions row_ids;
  dk::vector<dk::LogicalType> types;
  for (const auto& expression : op.expressions) {
    types.push_back(expression->return_type);
    row_ids.push_back(expression->Copy());
  }
  auto& input = project(planner, plan, std::move(types), std::move(row_ids));
  return make_dml(planner, std::move(statement), {.has_row_ids = true}, 0, input);
}

dk::PhysicalOperator& LakeCatalog::PlanUpdate(dk::ClientContext& context,
                                              dk::PhysicalPlanGenerator& planner,
                                              dk::LogicalUpdate& op, dk::PhysicalOperator& plan) {
  refuse_returning(op.return_chunk);
  auto& table = static_cast<LakeTable&>(op.table);
  auto statement = make_change(context, *this, table, true, RowMatches::AtMostOne, plan,
                               iceberg::property::kUpdateIsolation);
  auto types = table_types(table);
  const dk::idx_t column_count = types.size();
  Expressions row = updated_row(table, op.columns, op.expressions, op.bound_defaults);
  // Path and position are the last two columns of the input.
  for (dk::idx_t i = plan.types.size() - 2; i < plan.types.size(); ++i) {
    row.push_back(reference_to(plan.types[i], i));
    types.push_back(plan.types[i]);
  }
  auto& input = project(planner, plan, std::move(types), std::move(row));
  return make_dml(planner, std::move(statement),
                  {.has_rows = true, .has_row_ids = true, .row_id_start = column_count},
                  column_count, input);
}

namespace {

// One action of a MERGE: the expressions shape the input of its write operator.
dk::unique_ptr<dk::MergeIntoOperator> plan_action(
    dk::PhysicalPlanGenerator& planner, dk::LogicalMergeInto& op, dk::BoundMergeIntoAction& action,
    const dk::PhysicalOperator& child, const std::shared_ptr<StatementWrite>& statement) {
  auto result = dk::make_uniq<dk::MergeIntoOperator>();
  result->action_type = action.action_type;
  result->condition = std::move(action.condition);
  const dk::idx_t column_count = op.table.GetColumns().PhysicalColumnCount();
  DmlInput input;
  Expressions expressions;
  switch (action.action_type) {
    case dk::MergeActionType::MERGE_UPDATE:
      expressions = updated_row(op.table, action.columns, action.expressions, op.bound_defaults);
      input = {.has_rows = true, .has_row_ids = true, .row_id_start = column_count};
      break;
    case dk::MergeActionType::MERGE_DELETE:
      input = {.has_row_ids = true};
      break;
    case dk::MergeActionType::MERGE_INSERT:
      input = {.has_rows = true};
      for (const auto& column : op.table.GetColumns().Physical()) {
        const dk::idx_t at = column.StorageOid();
        if (action.column_index_map.empty()) {
          expressions.push_back(std::move(action.expressions[at]));
          continue;
        }
        const dk::idx_t from = action.column_index_map[column.Physical()];
        expressions.push_back(from == dk::DConstants::INVALID_INDEX
                                  ? op.bound_defaults[at]->Copy()
                                  : std::move(action.expressions[from]));
      }
      break;
    case dk::MergeActionType::MERGE_ERROR:
      result->expressions = std::move(action.expressions);
      return result;
    default:
      return result;
  }
  if (input.has_row_ids) {
    for (dk::idx_t i = op.row_id_start; i < op.row_id_start + 2; ++i) {
      expressions.push_back(reference_to(child.types[i], i));
    }
  }
  result->expressions = std::move(expressions);
  result->op = planner.Make<LakeDml>(statement, input, column_count, child.estimated_cardinality);
  return result;
}

}  // namespace

dk::PhysicalOperator& LakeCatalog::PlanMergeInto(dk::ClientContext& context,
                                                 dk::PhysicalPlanGenerator& planner,
                                                 dk::LogicalMergeInto& op,
                                                 dk::PhysicalOperator& plan) {
  refuse_returning(op.return_chunk);
  auto& table = static_cast<LakeTable&>(op.table);
  bool writes = false;
  for (const auto& [condition, actions] : op.actions) {
    for (const auto& action : actions) {
      writes = writes || action->action_type == dk::MergeActionType::MERGE_INSERT ||
               action->action_type == dk::MergeActionType::MERGE_UPDATE;
    }
  }
  auto statement = make_change(context, *this, table, writes, RowMatches::AtMostOne, plan,
                               iceberg::property::kMergeIsolation);
  dk::map<dk::MergeActionCondition, dk::vector<dk::unique_ptr<dk::MergeIntoOperator>>> actions;
  for (auto& [condition, bound] : op.actions) {
    auto& planned = actions[condition];
    for (auto& action : bound) {
      planned.push_back(plan_action(planner, op, *action, plan, statement));
    }
  }
  auto& merge = planner.Make<dk::PhysicalMergeInto>(op.types, std::move(actions), op.row_id_start,
                                                    op.source_marker, true, false);
  merge.children.push_back(plan);
  return merge;
}

dk::PhysicalOperator& LakeCatalog::PlanCreateTableAs(dk::ClientContext& context,
                                                     dk::PhysicalPlanGenerator& planner,
                                                     dk::LogicalCreateTable& op,
                                                     dk::PhysicalOperator& plan) {
  auto& info = op.info->Base();
  if (info.on_conflict == dk::OnCreateConflict::REPLACE_ON_CONFLICT) {
    throw_error(unsupported("CREATE OR REPLACE TABLE: drop the table first"));
  }
  auto creation = value_or_throw(make_table_creation(info));
  const iceberg::TableIdentifier identifier{static_cast<LakeSchema&>(op.schema).space(),
                                            info.table};
  auto staged = value_or_throw(lake_->catalog.stage_table(identifier, creation));
  // Narrow and unsigned types become the lake's.
  Expressions casts;
  dk::vector<dk::LogicalType> types;
  const auto& fields = staged.metadata->schema().fields;
  for (dk::idx_t i = 0; i < fields.size(); ++i) {
    types.push_back(value_or_throw(to_native_type(fields[i].type)));
    casts.push_back(dk::BoundCastExpression::AddCastToType(context, reference_to(plan.types[i], i),
                                                           types.back()));
  }
  const dk::idx_t column_count = types.size();
  dk::optional_ptr<dk::PhysicalOperator> input =
      project(planner, plan, std::move(types), std::move(casts));
  const RowOrder order = add_order(planner, *staged.metadata, input);
  auto write_plan = value_or_throw(make_write_plan(context, lake_, staged, order));
  auto statement = std::make_shared<StatementWrite>(*this, identifier, std::move(write_plan),
                                                    RowMatches::AtMostOne);
  statement->set_created_table(std::move(staged));
  return make_dml(planner, std::move(statement), {.has_rows = true}, column_count, *input);
}

}  // namespace tarn::duckdb
