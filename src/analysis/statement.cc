// SPDX-License-Identifier: Apache-2.0
// INSERT, DELETE, UPDATE, MERGE, and the entry points.
#include <algorithm>

#include "analysis/query_analyzer.h"
#include "analysis/typed_walk.h"
#include "base/text.h"
#include "types/coercion.h"
#include "types/nested.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;

namespace {

std::string joined_types(const std::vector<Type>& types) {
  std::string out;
  for (const Type& type : types) {
    if (!out.empty()) out += ", ";
    out += text_of(type);
  }
  return out;
}

// What INSERT, UPDATE and MERGE may store: implicit coercions, and between numbers, texts and
// times also such as may fail for single values. Containers by their parts.
bool can_store(const Type& from, const Type& to) {
  if (types::can_coerce(from, to)) return true;
  if (types::is_numeric(from) && types::is_numeric(to)) return true;
  auto is_text = [](const Type& type) {
    return type.is(TypeKind::Varchar) || type.is(TypeKind::Char);
  };
  if (is_text(from) && is_text(to)) return true;
  auto is_time = [](const Type& type) {
    return type.is(TypeKind::Date) || type.is(TypeKind::Timestamp) ||
           type.is(TypeKind::TimestampWithTimeZone);
  };
  if (is_time(from) && is_time(to)) return true;
  bool clock = (from.is(TypeKind::Time) && to.is(TypeKind::Time)) ||
               (from.is(TypeKind::TimeWithTimeZone) && to.is(TypeKind::TimeWithTimeZone));
  if (clock) return true;
  if (!types::is_nested(to) || from.kind != to.kind || from.fields.size() != to.fields.size()) {
    return false;
  }
  for (std::size_t i = 0; i < to.fields.size(); ++i) {
    if (!can_store(from.fields[i].type, to.fields[i].type)) return false;
  }
  return true;
}

std::optional<std::int32_t> find_column(const TableInfo& table, std::string_view name) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    bool found = !table.columns[i].hidden && equals_ignore_case(table.columns[i].name, name);
    if (found) return static_cast<std::int32_t>(i);
  }
  return std::nullopt;
}

Result<TableInfoPtr> find_target(QueryAnalyzer& analyzer, const sql::QualifiedName& name,
                                 std::string_view verb) {
  TableInfoPtr table = TRY(analyzer.find_table(name, std::nullopt));
  if (table->view) {
    return named_error("NOT_SUPPORTED", name.span, "{} views is not supported", verb);
  }
  return table;
}

std::vector<std::string> alias_of(const sql::QualifiedName& name) {
  std::vector<std::string> parts;
  for (const auto& part : name.parts) parts.push_back(to_lower(part.value));
  return parts;
}

ExpressionContext context_of(const Scope& scope, std::string_view clause) {
  ExpressionContext context;
  context.scope = &scope;
  context.clause = clause;
  return context;
}

// The assignments of UPDATE and of MERGE's UPDATE.
Result<std::vector<TypedAssignment>> bind_assignments(
    QueryAnalyzer& analyzer, const std::vector<sql::Assignment>& nodes, const TableInfo& table,
    const ExpressionContext& context, std::string_view what, const TextSpan& where) {
  std::vector<TypedAssignment> assignments;
  std::vector<Type> wanted;
  std::vector<Type> given;
  bool fits = true;
  for (const auto& node : nodes) {
    auto column = find_column(table, node.column.value);
    if (!column) {
      return named_error("COLUMN_NOT_FOUND", node.column.span,
                         "The UPDATE SET target column {} doesn't exist", node.column.value);
    }
    for (const auto& other : assignments) {
      if (other.column != *column) continue;
      return named_error("DUPLICATE_COLUMN_NAME", node.column.span,
                         "Column '{}' is assigned more than once", to_lower(node.column.value));
    }
    TypedExpressionPtr value = TRY(analyzer.bind(*node.value, context));
    const Type& type = table.columns[static_cast<std::size_t>(*column)].type;
    wanted.push_back(type);
    given.push_back(value->type);
    fits = fits && can_store(value->type, type);
    assignments.push_back({*column, QueryAnalyzer::coerce(std::move(value), type)});
  }
  if (!fits) {
    return named_error("TYPE_MISMATCH", where,
                       "{} table column types don't match SET expressions: Table: [{}], "
                       "Expressions: [{}]",
                       what, joined_types(wanted), joined_types(given));
  }
  return assignments;
}

Result<TypedMergeCase> bind_merge_insert(QueryAnalyzer& analyzer, const sql::MergeCase& node,
                                         const TableInfo& table, const ExpressionContext& context) {
  TypedMergeCase typed;
  typed.action = node.action;
  std::vector<std::int32_t> columns;
  if (node.columns.empty()) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (!table.columns[i].hidden) columns.push_back(static_cast<std::int32_t>(i));
    }
  }
  for (const auto& name : node.columns) {
    auto column = find_column(table, name.value);
    if (!column) {
      return named_error("COLUMN_NOT_FOUND", name.span,
                         "Insert column name does not exist in target table: {}", name.value);
    }
    if (std::find(columns.begin(), columns.end(), *column) != columns.end()) {
      return named_error("DUPLICATE_COLUMN_NAME", name.span,
                         "Insert column name is specified more than once: {}", name.value);
    }
    columns.push_back(*column);
  }
  if (columns.size() != node.values.size()) {
    return named_error("MISMATCHED_COLUMN_ALIASES", node.span,
                       "MERGE case has {} insert columns but {} values", columns.size(),
                       node.values.size());
  }
  std::vector<Type> wanted;
  std::vector<Type> given;
  bool fits = true;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Type& type = table.columns[static_cast<std::size_t>(columns[i])].type;
    TypedExpressionPtr value = TRY(analyzer.bind(*node.values[i], context));
    wanted.push_back(type);
    given.push_back(value->type);
    fits = fits && can_store(value->type, type);
    typed.assignments.push_back({columns[i], QueryAnalyzer::coerce(std::move(value), type)});
  }
  if (!fits) {
    return named_error("TYPE_MISMATCH", node.span,
                       "MERGE table column types don't match for MERGE case: Table: [{}], "
                       "Expressions: [{}]",
                       joined_types(wanted), joined_types(given));
  }
  return typed;
}

// A row that is inserted has no counterpart in the target.
Result<void> check_no_target_columns(const TypedMergeCase& item, const TypedRelation& target,
                                     const TextSpan& where) {
  ColumnSet used;
  for (const auto& assignment : item.assignments) collect_columns(*assignment.value, used);
  for (const auto& column : target.columns) {
    if (!used.contains(column.id)) continue;
    return named_error("NOT_SUPPORTED", where,
                       "Columns of the target in WHEN NOT MATCHED are not supported");
  }
  return {};
}

}  // namespace

Result<TypedQuery> analyze_query(const sql::Query& query, TableLookup& lookup,
                                 const AnalyzerOptions& options) {
  return QueryAnalyzer(lookup, options).whole_query(query);
}

Result<TypedExpressionPtr> analyze_constant(const sql::Expression& expression,
                                            const AnalyzerOptions& options) {
  class NoTables : public TableLookup {
    Result<TableInfoPtr> find_table(const TableId& id,
                                    const std::optional<TableVersion>&) override {
      return invalid_input("a constant cannot read table `{}`", to_string(id));
    }
  };
  NoTables lookup;
  Scope empty;
  return QueryAnalyzer(lookup, options).bind(expression, context_of(empty, "Constant expression"));
}

Result<TypedInsert> analyze_insert(const sql::Insert& statement, TableLookup& lookup,
                                   const AnalyzerOptions& options) {
  QueryAnalyzer analyzer(lookup, options);
  TypedInsert typed;
  typed.table = TRY(find_target(analyzer, statement.table, "Inserting into"));
  typed.source = TRY(analyzer.whole_query(*statement.query));
  for (const auto& name : statement.columns) {
    auto column = find_column(*typed.table, name.value);
    if (!column) {
      return named_error("COLUMN_NOT_FOUND", statement.span,
                         "Insert column name does not exist in target table: {}",
                         to_lower(name.value));
    }
    if (std::find(typed.columns.begin(), typed.columns.end(), *column) != typed.columns.end()) {
      return named_error("DUPLICATE_COLUMN_NAME", statement.span,
                         "Insert column name is specified more than once: {}",
                         to_lower(name.value));
    }
    typed.columns.push_back(*column);
  }
  if (statement.columns.empty()) {
    for (std::size_t i = 0; i < typed.table->columns.size(); ++i) {
      if (!typed.table->columns[i].hidden) typed.columns.push_back(static_cast<std::int32_t>(i));
    }
  }
  std::vector<Type> wanted;
  for (std::int32_t column : typed.columns) {
    wanted.push_back(typed.table->columns[static_cast<std::size_t>(column)].type);
  }
  std::vector<Type> given;
  for (const auto& output : typed.source.outputs) given.push_back(output.type);
  bool fits = wanted.size() == given.size();
  for (std::size_t i = 0; fits && i < wanted.size(); ++i) fits = can_store(given[i], wanted[i]);
  if (!fits) {
    return named_error("TYPE_MISMATCH", statement.span,
                       "Insert query has mismatched column types: Table: [{}], Query: [{}]",
                       joined_types(wanted), joined_types(given));
  }
  typed.source.relation = analyzer.project_casts(std::move(typed.source.relation), wanted);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    typed.source.outputs[i].type = wanted[i];
    typed.source.outputs[i].id = typed.source.relation->columns[i].id;
  }
  return typed;
}

Result<TypedDelete> analyze_delete(const sql::Delete& statement, TableLookup& lookup,
                                   const AnalyzerOptions& options) {
  QueryAnalyzer analyzer(lookup, options);
  TypedDelete typed;
  typed.table = TRY(find_target(analyzer, statement.table, "Deleting from"));
  BoundRelation target =
      TRY(analyzer.scan(typed.table, alias_of(statement.table), statement.table.span));
  Scope scope;
  scope.fields = target.fields;
  if (statement.where) {
    typed.condition = TRY(
        analyzer.bind_boolean(*statement.where, context_of(scope, "WHERE clause"), "WHERE clause"));
  }
  typed.target = std::move(target.relation);
  return typed;
}

Result<TypedUpdate> analyze_update(const sql::Update& statement, TableLookup& lookup,
                                   const AnalyzerOptions& options) {
  QueryAnalyzer analyzer(lookup, options);
  TypedUpdate typed;
  typed.table = TRY(find_target(analyzer, statement.table, "Updating"));
  BoundRelation target =
      TRY(analyzer.scan(typed.table, alias_of(statement.table), statement.table.span));
  Scope scope;
  scope.fields = target.fields;
  typed.assignments =
      TRY(bind_assignments(analyzer, statement.assignments, *typed.table,
                           context_of(scope, "UPDATE SET clause"), "UPDATE", statement.span));
  if (statement.where) {
    typed.condition = TRY(
        analyzer.bind_boolean(*statement.where, context_of(scope, "WHERE clause"), "WHERE clause"));
  }
  typed.target = std::move(target.relation);
  return typed;
}

Result<TypedMerge> analyze_merge(const sql::Merge& statement, TableLookup& lookup,
                                 const AnalyzerOptions& options) {
  QueryAnalyzer analyzer(lookup, options);
  TypedMerge typed;
  typed.table = TRY(find_target(analyzer, statement.table, "Merging into"));
  std::vector<std::string> alias = alias_of(statement.table);
  if (statement.alias) alias = {to_lower(statement.alias->value)};
  BoundRelation target = TRY(analyzer.scan(typed.table, alias, statement.table.span));
  BoundRelation source = TRY(analyzer.relation(*statement.source, nullptr, nullptr));
  Scope scope;
  scope.fields = target.fields;
  scope.fields.insert(scope.fields.end(), source.fields.begin(), source.fields.end());
  typed.condition = TRY(analyzer.bind_boolean(*statement.on, context_of(scope, "MERGE ON clause"),
                                              "MERGE ON clause"));
  for (const auto& node : statement.cases) {
    bool insert = node.action == sql::MergeCase::Action::Insert;
    // All names must be clear among both sides, though only the source has a row to insert.
    auto context = context_of(scope, "MERGE clause");
    TypedMergeCase merge_case;
    if (insert) {
      merge_case = TRY(bind_merge_insert(analyzer, node, *typed.table, context));
      TRY(check_no_target_columns(merge_case, *target.relation, node.span));
    } else {
      merge_case.action = node.action;
      merge_case.assignments = TRY(
          bind_assignments(analyzer, node.assignments, *typed.table, context, "MERGE", node.span));
    }
    if (node.condition) {
      merge_case.condition =
          TRY(analyzer.bind_boolean(*node.condition, context, "MERGE clause condition"));
    }
    typed.cases.push_back(std::move(merge_case));
  }
  typed.target = std::move(target.relation);
  typed.source = std::move(source.relation);
  return typed;
}

}  // namespace tarn::analysis
