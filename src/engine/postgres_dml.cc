// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_dml.h"

#include <unordered_set>

#include "analysis/functions.h"
#include "base/check.h"
#include "base/text.h"
#include "engine/computed_table.h"
#include "engine/postgres_encode.h"
#include "engine/postgres_writer.h"
#include "postgres/quoting.h"
#include "postgres/table_columns.h"
#include "types/error_name.h"

namespace tarn::engine {
namespace {

using analysis::ColumnId;
using analysis::TypedExpression;
using analysis::TypedExpressionPtr;
using analysis::TypedKind;
using analysis::TypedRelation;
using analysis::TypedRelationKind;
using analysis::TypedRelationPtr;
using types::Value;
using MergeAction = sql::MergeCase::Action;

// Ids of the columns that are added here: above all that the analyzer gives.
constexpr std::int32_t kOwnColumns = 1'000'000'000;

const PostgresTable& table_of(const analysis::TableInfo& info) {
  const auto* source = static_cast<const ScanSource*>(info.handle.get());
  return static_cast<const PostgresSource*>(source)->table();
}

std::string quoted_name(const PostgresTable& table) {
  return postgres::quote_qualified(table.schema, table.name);
}

TypedExpressionPtr number_expression(std::int64_t number) {
  auto out = std::make_unique<TypedExpression>();
  out->kind = TypedKind::Constant;
  out->type = types::make_type(types::TypeKind::BigInt);
  out->constant = Value(number);
  return out;
}

TypedExpressionPtr null_expression(const types::Type& type) {
  auto out = std::make_unique<TypedExpression>();
  out->kind = TypedKind::Constant;
  out->type = type;
  return out;
}

TypedExpressionPtr combine(TypedKind kind, std::vector<TypedExpressionPtr> children) {
  auto out = std::make_unique<TypedExpression>();
  out->kind = kind;
  out->type = types::make_type(types::TypeKind::Boolean);
  out->children = std::move(children);
  return out;
}

TypedExpressionPtr one_child(TypedKind kind, TypedExpressionPtr child) {
  std::vector<TypedExpressionPtr> children;
  children.push_back(std::move(child));
  return combine(kind, std::move(children));
}

TypedRelationPtr filtered(TypedRelationPtr input, TypedExpressionPtr condition) {
  if (!condition) return input;
  auto out = std::make_unique<TypedRelation>();
  out->kind = TypedRelationKind::Filter;
  out->columns = input->columns;
  out->condition = std::move(condition);
  out->inputs.push_back(std::move(input));
  return out;
}

// A query of these expressions over the relation.
analysis::TypedQuery project(TypedRelationPtr input, std::vector<TypedExpressionPtr> expressions,
                             std::int32_t first_id) {
  analysis::TypedQuery query;
  query.relation = std::make_unique<TypedRelation>();
  query.relation->kind = TypedRelationKind::Project;
  query.relation->inputs.push_back(std::move(input));
  for (TypedExpressionPtr& expression : expressions) {
    const ColumnId id(first_id + static_cast<std::int32_t>(query.outputs.size()));
    query.relation->columns.push_back({id, expression->type});
    query.outputs.push_back({fmt::format("c{}", query.outputs.size()), true, id, expression->type});
    query.relation->expressions.push_back(std::move(expression));
  }
  return query;
}

// The column `$row` of a Scan of the target.
Result<TypedExpressionPtr> row_place(const TypedRelation& scan, const analysis::TableInfo& info) {
  for (std::size_t i = 0; i < scan.columns.size(); ++i) {
    const auto& column = info.columns[static_cast<std::size_t>(scan.source_columns[i])];
    if (column.name == kRowColumn) return analysis::column_node(scan.columns[i].id, column.type);
  }
  return types::named_error("NOT_SUPPORTED", {}, "rows of this relation cannot be changed");
}

template <typename Visit>
Result<void> for_each_row(StatementRun& run, const analysis::TypedQuery& query, Visit visit) {
  Answer answer = TRY(run_query(query, run.query_context()));
  for (;;) {
    const std::vector<Row> rows = TRY(answer.rows->next());
    if (rows.empty()) return {};
    for (const Row& row : rows) TRY(visit(row));
  }
}

std::vector<const Value*> pointers(const Row& row, std::size_t first, std::size_t count) {
  std::vector<const Value*> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(&row[first + i]);
  return out;
}

std::string column_list(const std::vector<const PostgresColumn*>& columns) {
  std::string out;
  for (const PostgresColumn* column : columns) {
    if (!out.empty()) out += ", ";
    out += postgres::quote_identifier(column->name);
  }
  return out;
}

// Rows that wait in a temporary table until all are there.
class StagedRows {
 public:
  StagedRows(std::size_t number, std::vector<const PostgresColumn*> columns, bool places)
      : name_(fmt::format("pg_temp.tarn_rows_{}", number)),
        columns_(columns),
        places_(places),
        stream_(fmt::format("COPY {} FROM STDIN (FORMAT binary)", name_), std::move(columns),
                places) {}

  Result<void> create(PostgresWriter& writer) const {
    std::string text;
    if (places_) text = "tarn_table oid, tarn_place tid";
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool binary = has_binary_form(*columns_[i]);
      text += fmt::format("{}v{} {}", text.empty() ? "" : ", ", i,
                          binary ? columns_[i]->type_text : "text");
    }
    return writer.execute(
        fmt::format("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP", name_.substr(8), text));
  }

  Result<void> add(PostgresWriter& writer, const std::string& place,
                   const std::vector<const Value*>& values) {
    return stream_.add(writer, place, values);
  }

  // Each place once.
  Result<std::int64_t> update(PostgresWriter& writer, const std::string& target) {
    std::string assignments;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      assignments += fmt::format("{}{} = {}", i > 0 ? ", " : "",
                                 postgres::quote_identifier(columns_[i]->name), value(i));
    }
    return apply(writer, fmt::format("UPDATE {} AS t SET {} FROM {} AS s WHERE {}", target,
                                     assignments, name_, kSamePlace));
  }
  Result<std::int64_t> remove(PostgresWriter& writer, const std::string& target) {
    return apply(writer, fmt::format("DELETE FROM {} AS t USING {} AS s WHERE {}", target, name_,
                                     kSamePlace));
  }
  Result<std::int64_t> insert(PostgresWriter& writer, const std::string& target) {
    std::string values;
    for (std::size_t i = 0; i < columns_.size(); ++i) values += (i > 0 ? ", " : "") + value(i);
    return apply(writer, fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} AS s", target,
                                     column_list(columns_), values, name_));
  }

 private:
  static constexpr const char* kSamePlace = "t.tableoid = s.tarn_table AND t.ctid = s.tarn_place";

  std::string value(std::size_t i) const {
    if (has_binary_form(*columns_[i])) return fmt::format("s.v{}", i);
    return fmt::format("s.v{}::{}", i, columns_[i]->type_text);
  }

  Result<std::int64_t> apply(PostgresWriter& writer, const std::string& sql) {
    const std::int64_t rows = TRY(stream_.finish(writer));
    if (rows == 0) return 0;
    const std::int64_t changed = TRY(writer.change(sql));
    if (changed != rows) {
      return conflict("{} of {} rows were changed by others meanwhile", rows - changed, rows);
    }
    return changed;
  }

  std::string name_;
  std::vector<const PostgresColumn*> columns_;
  bool places_;
  PostgresRowStream stream_;
};

std::vector<const PostgresColumn*> assigned_columns(
    const PostgresTable& table, const std::vector<analysis::TypedAssignment>& assignments) {
  std::vector<const PostgresColumn*> out;
  for (const auto& assignment : assignments) {
    out.push_back(&table.columns.at(static_cast<std::size_t>(assignment.column)));
  }
  return out;
}

// The rows of a query into columns of a table that is there.
Result<std::int64_t> write_rows(StatementRun& run, PostgresWriter& writer,
                                const PostgresTable& table,
                                const std::vector<const PostgresColumn*>& columns,
                                const analysis::TypedQuery& query) {
  bool direct = true;
  for (const PostgresColumn* column : columns) direct = direct && has_binary_form(*column);
  // A view takes rows by INSERT only.
  direct = direct && (table.kind == 'r' || table.kind == 'p');
  if (!direct) {
    StagedRows staged(0, columns, false);
    TRY(staged.create(writer));
    TRY(for_each_row(run, query, [&](const Row& row) {
      return staged.add(writer, "", pointers(row, 0, columns.size()));
    }));
    return staged.insert(writer, quoted_name(table));
  }
  PostgresRowStream stream(fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)",
                                       quoted_name(table), column_list(columns)),
                           columns, false);
  TRY(for_each_row(run, query, [&](const Row& row) {
    return stream.add(writer, "", pointers(row, 0, columns.size()));
  }));
  return stream.finish(writer);
}

Result<void> commit(PostgresWriter& writer, StatementRun& run) {
  TRY(with_jdbc_error(writer.commit()));
  return run.commit();
}

}  // namespace

Result<Answer> insert_into_postgres(StatementRun& run, PostgresAccess& access,
                                    const sql::Insert& statement) {
  const auto typed = TRY(analysis::analyze_insert(statement, run, run.options()));
  PostgresTable table = table_of(*typed.table);
  std::vector<const PostgresColumn*> columns;
  for (const std::int32_t index : typed.columns) {
    columns.push_back(&table.columns.at(static_cast<std::size_t>(index)));
  }
  auto writer =
      TRY(with_jdbc_error(PostgresWriter::open(access.catalog().options, run.cancel(), nullptr)));
  TRY(with_jdbc_error(load_type_texts(writer.connection(), table)));
  const auto count = TRY(with_jdbc_error(write_rows(run, writer, table, columns, typed.source)));
  TRY(commit(writer, run));
  return make_update("INSERT", count);
}

Result<Answer> delete_from_postgres(StatementRun& run, PostgresAccess& access,
                                    const sql::Delete& statement) {
  auto typed = TRY(analysis::analyze_delete(statement, run, run.options()));
  PostgresTable table = table_of(*typed.table);
  auto snapshot = TRY(access.snapshot());
  auto writer = TRY(with_jdbc_error(
      PostgresWriter::open(access.catalog().options, run.cancel(), snapshot.get())));
  std::int64_t count = 0;
  if (!typed.condition) {
    count = TRY(with_jdbc_error(writer.change("DELETE FROM " + quoted_name(table))));
  } else {
    std::vector<TypedExpressionPtr> outputs;
    outputs.push_back(TRY(row_place(*typed.target, *typed.table)));
    const auto query = project(filtered(std::move(typed.target), std::move(typed.condition)),
                               std::move(outputs), kOwnColumns);
    StagedRows staged(0, {}, true);
    TRY(with_jdbc_error(staged.create(writer)));
    TRY(with_jdbc_error(for_each_row(
        run, query, [&](const Row& row) { return staged.add(writer, row[0].as_text(), {}); })));
    count = TRY(with_jdbc_error(staged.remove(writer, quoted_name(table))));
  }
  TRY(commit(writer, run));
  return make_update("DELETE", count);
}

Result<Answer> update_postgres(StatementRun& run, PostgresAccess& access,
                               const sql::Update& statement) {
  auto typed = TRY(analysis::analyze_update(statement, run, run.options()));
  PostgresTable table = table_of(*typed.table);
  auto snapshot = TRY(access.snapshot());
  const auto columns = assigned_columns(table, typed.assignments);
  std::vector<TypedExpressionPtr> outputs;
  outputs.push_back(TRY(row_place(*typed.target, *typed.table)));
  for (auto& assignment : typed.assignments) outputs.push_back(std::move(assignment.value));
  const auto query = project(filtered(std::move(typed.target), std::move(typed.condition)),
                             std::move(outputs), kOwnColumns);
  auto writer = TRY(with_jdbc_error(
      PostgresWriter::open(access.catalog().options, run.cancel(), snapshot.get())));
  TRY(with_jdbc_error(load_type_texts(writer.connection(), table)));
  StagedRows staged(0, columns, true);
  TRY(with_jdbc_error(staged.create(writer)));
  TRY(with_jdbc_error(for_each_row(run, query, [&](const Row& row) {
    return staged.add(writer, row[0].as_text(), pointers(row, 1, columns.size()));
  })));
  const auto count = TRY(with_jdbc_error(staged.update(writer, quoted_name(table))));
  TRY(commit(writer, run));
  return make_update("UPDATE", count);
}

namespace {

// Which case a joined row falls into, or -1. Its place is null where nothing matched.
TypedExpressionPtr case_number(analysis::TypedMerge& typed, const TypedExpression& place) {
  auto out = std::make_unique<TypedExpression>();
  out->kind = TypedKind::Case;
  out->type = types::make_type(types::TypeKind::BigInt);
  for (std::size_t i = 0; i < typed.cases.size(); ++i) {
    auto& item = typed.cases[i];
    TypedExpressionPtr condition = one_child(TypedKind::IsNull, clone(place));
    if (item.action != MergeAction::Insert) {
      condition = one_child(TypedKind::Not, std::move(condition));
    }
    if (item.condition) {
      std::vector<TypedExpressionPtr> both;
      both.push_back(std::move(condition));
      both.push_back(std::move(item.condition));
      condition = combine(TypedKind::And, std::move(both));
    }
    out->children.push_back(std::move(condition));
    out->children.push_back(number_expression(static_cast<std::int64_t>(i)));
  }
  out->children.push_back(number_expression(-1));
  return out;
}

TypedRelationPtr join_source(analysis::TypedMerge& typed) {
  auto out = std::make_unique<TypedRelation>();
  out->kind = TypedRelationKind::Join;
  out->join = analysis::JoinKind::Left;
  out->columns = typed.source->columns;
  out->columns.insert(out->columns.end(), typed.target->columns.begin(),
                      typed.target->columns.end());
  out->inputs.push_back(std::move(typed.source));
  out->inputs.push_back(std::move(typed.target));
  out->condition = std::move(typed.condition);
  return out;
}

// Case number and place, then the values of every case, null in rows of other cases.
Result<analysis::TypedQuery> merge_query(analysis::TypedMerge& typed) {
  TypedExpressionPtr place = TRY(row_place(*typed.target, *typed.table));
  TypedExpressionPtr number = case_number(typed, *place);
  auto joined = join_source(typed);
  const types::Type bigint = types::make_type(types::TypeKind::BigInt);
  const ColumnId number_id(kOwnColumns);
  auto numbered = std::make_unique<TypedRelation>();
  numbered->kind = TypedRelationKind::Project;
  numbered->columns = joined->columns;
  for (const auto& column : joined->columns) {
    numbered->expressions.push_back(analysis::column_node(column.id, column.type));
  }
  numbered->columns.push_back({number_id, bigint});
  numbered->expressions.push_back(std::move(number));
  numbered->inputs.push_back(std::move(joined));
  const types::Type operands[] = {bigint, bigint};
  const auto equal = TRY(analysis::resolve_operator(analysis::Operator::Equal, operands));
  std::vector<TypedExpressionPtr> outputs;
  outputs.push_back(analysis::column_node(number_id, bigint));
  outputs.push_back(std::move(place));
  for (std::size_t i = 0; i < typed.cases.size(); ++i) {
    for (auto& assignment : typed.cases[i].assignments) {
      std::vector<TypedExpressionPtr> pair;
      pair.push_back(analysis::column_node(number_id, bigint));
      pair.push_back(number_expression(static_cast<std::int64_t>(i)));
      auto chosen = combine(TypedKind::Call, std::move(pair));
      chosen->function = equal.function;
      auto value = std::make_unique<TypedExpression>();
      value->kind = TypedKind::Case;
      value->type = assignment.value->type;
      value->children.push_back(std::move(chosen));
      value->children.push_back(std::move(assignment.value));
      value->children.push_back(null_expression(value->type));
      outputs.push_back(std::move(value));
    }
  }
  return project(std::move(numbered), std::move(outputs), kOwnColumns + 1);
}

struct MergeWrites {
  std::vector<StagedRows> cases;
  std::vector<std::size_t> first_value;  // of each case, in a row of the query
  std::vector<std::size_t> value_count;
  std::unordered_set<std::string> places;
};

Result<void> stage_merge_row(PostgresWriter& writer, const analysis::TypedMerge& typed,
                             const Row& row, const TextSpan& span, MergeWrites& writes) {
  const std::int64_t number = row[0].as_int();
  if (number < 0) return {};
  const auto at = static_cast<std::size_t>(number);
  std::string place;
  if (typed.cases[at].action != MergeAction::Insert) {
    place = row[1].as_text();
    if (!writes.places.insert(place).second) {
      return types::named_error("MERGE_TARGET_ROW_MULTIPLE_MATCHES", span,
                                "One MERGE target table row matched more than one source row");
    }
  }
  return writes.cases[at].add(writer, place,
                              pointers(row, writes.first_value[at], writes.value_count[at]));
}

}  // namespace

Result<Answer> merge_into_postgres(StatementRun& run, PostgresAccess& access,
                                   const sql::Merge& statement) {
  auto typed = TRY(analysis::analyze_merge(statement, run, run.options()));
  PostgresTable table = table_of(*typed.table);
  auto snapshot = TRY(access.snapshot());
  MergeWrites writes;
  std::size_t next_value = 2;
  for (std::size_t i = 0; i < typed.cases.size(); ++i) {
    const auto& item = typed.cases[i];
    writes.cases.emplace_back(i, assigned_columns(table, item.assignments),
                              item.action != MergeAction::Insert);
    writes.first_value.push_back(next_value);
    writes.value_count.push_back(item.assignments.size());
    next_value += item.assignments.size();
  }
  const auto query = TRY(merge_query(typed));
  auto writer = TRY(with_jdbc_error(
      PostgresWriter::open(access.catalog().options, run.cancel(), snapshot.get())));
  TRY(with_jdbc_error(load_type_texts(writer.connection(), table)));
  for (const StagedRows& staged : writes.cases) TRY(with_jdbc_error(staged.create(writer)));
  TRY(with_jdbc_error(for_each_row(run, query, [&](const Row& row) {
    return stage_merge_row(writer, typed, row, statement.span, writes);
  })));
  std::int64_t count = 0;
  // Deletes first, so that a key may be free for what comes in.
  for (const MergeAction action : {MergeAction::Delete, MergeAction::Update, MergeAction::Insert}) {
    for (std::size_t i = 0; i < typed.cases.size(); ++i) {
      if (typed.cases[i].action != action) continue;
      StagedRows& staged = writes.cases[i];
      auto changed = action == MergeAction::Delete   ? staged.remove(writer, quoted_name(table))
                     : action == MergeAction::Update ? staged.update(writer, quoted_name(table))
                                                     : staged.insert(writer, quoted_name(table));
      count += TRY(with_jdbc_error(std::move(changed)));
    }
  }
  TRY(commit(writer, run));
  return make_update("MERGE", count);
}

Result<Answer> create_postgres_table_as(StatementRun& run, PostgresAccess& access,
                                        const sql::CreateTableAs& statement,
                                        const analysis::TableId& id) {
  if (!statement.properties.empty()) {
    return types::named_error("INVALID_TABLE_PROPERTY", statement.span,
                              "Catalog '{}' table property '{}' does not exist", id.catalog,
                              to_lower(statement.properties[0].name.value));
  }
  const auto query = TRY(analysis::analyze_query(*statement.query, run, run.options()));
  if (!statement.columns.empty() && statement.columns.size() != query.outputs.size()) {
    return types::named_error("MISMATCHED_COLUMN_ALIASES", statement.span,
                              "Column alias list has {} entries but relation has {} columns",
                              statement.columns.size(), query.outputs.size());
  }
  PostgresTable table;
  table.schema = TRY(access.server_schema(id.schema)).value_or(id.schema);
  table.name = id.table;
  std::string definitions;
  for (std::size_t i = 0; i < query.outputs.size(); ++i) {
    const auto& output = query.outputs[i];
    if (statement.columns.empty() && !output.has_name) {
      return types::named_error("MISSING_COLUMN_NAME", statement.span,
                                "Column name not specified at position {}", i + 1);
    }
    const std::string name =
        to_lower(statement.columns.empty() ? output.name : statement.columns[i].value);
    definitions += fmt::format("{}{} {}", i > 0 ? ", " : "", postgres::quote_identifier(name),
                               TRY(postgres_type(output.type)));
  }
  auto writer =
      TRY(with_jdbc_error(PostgresWriter::open(access.catalog().options, run.cancel(), nullptr)));
  TRY(with_jdbc_error(
      writer.execute(fmt::format("CREATE TABLE {} ({})", quoted_name(table), definitions))));
  std::int64_t count = 0;
  if (statement.with_data) {
    std::optional<postgres::TypeTable> types;
    table.columns = TRY(with_jdbc_error(
        load_postgres_columns(writer.connection(), types, table.schema, table.name)));
    TRY(with_jdbc_error(load_type_texts(writer.connection(), table)));
    std::vector<const PostgresColumn*> columns;
    for (const PostgresColumn& column : table.columns) columns.push_back(&column);
    count = TRY(with_jdbc_error(write_rows(run, writer, table, columns, query)));
  }
  if (statement.comment) {
    TRY(with_jdbc_error(writer.execute(fmt::format("COMMENT ON TABLE {} IS {}", quoted_name(table),
                                                   postgres::quote_literal(*statement.comment)))));
  }
  TRY(commit(writer, run));
  return make_update("CREATE TABLE", count);
}

}  // namespace tarn::engine
