// SPDX-License-Identifier: Apache-2.0
// What stands in FROM: tables, views, joins, UNNEST, LATERAL.
#include <algorithm>

#include "analysis/query_analyzer.h"
#include "analysis/typed_walk.h"
#include "base/text.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "types/coercion.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;

namespace {

constexpr int kViewDepthMax = 50;

TypedRelationPtr relation_node(TypedRelationKind kind, const TextSpan& span) {
  auto relation = std::make_unique<TypedRelation>();
  relation->kind = kind;
  relation->span = span;
  return relation;
}

// The relation below aliases and samples.
const sql::Relation& innermost(const sql::Relation& node) {
  if (const auto* aliased = sql::as<sql::AliasedRelation>(node)) {
    return innermost(*aliased->relation);
  }
  return node;
}

bool is_lateral(const sql::Relation& node) {
  const sql::Relation& inner = innermost(node);
  return inner.kind == sql::RelationKind::Unnest || inner.kind == sql::RelationKind::Lateral ||
         inner.kind == sql::RelationKind::JsonTable;
}

std::vector<std::string> lower_parts(const sql::QualifiedName& name) {
  std::vector<std::string> parts;
  for (const auto& part : name.parts) parts.push_back(to_lower(part.value));
  return parts;
}

}  // namespace

std::string to_string(const TableId& id) {
  return fmt::format("{}.{}.{}", id.catalog, id.schema, id.table);
}

Result<TableId> resolve_table_name(const sql::QualifiedName& name, const AnalyzerOptions& options) {
  std::vector<std::string> parts = lower_parts(name);
  if (parts.size() > 3) {
    return named_error("SYNTAX_ERROR", name.span, "Too many dots in table name: {}",
                       sql::to_string(name));
  }
  TableId id;
  id.table = parts.back();
  if (parts.size() > 1) {
    id.schema = parts[parts.size() - 2];
  } else if (options.schema) {
    id.schema = to_lower(*options.schema);
  } else {
    return named_error("MISSING_SCHEMA_NAME", name.span,
                       "Schema must be specified when session schema is not set");
  }
  if (parts.size() > 2) {
    id.catalog = parts[0];
  } else if (options.catalog) {
    id.catalog = to_lower(*options.catalog);
  } else {
    return named_error("MISSING_CATALOG_NAME", name.span,
                       "Catalog must be specified when session catalog is not set");
  }
  return id;
}

Result<TableInfoPtr> QueryAnalyzer::find_table(const sql::QualifiedName& name,
                                               const std::optional<TableVersion>& version) {
  TableId id = TRY(resolve_table_name(name, options_));
  for (const auto& [known, table] : found_->tables) {
    if (!version && known == id) return table;
  }
  auto table = lookup_.find_table(id, version);
  if (!table) {
    Error error = std::move(table).error();
    if (!error.where || error.where->length == 0) error.where = name.span;
    return error;
  }
  if (!*table) {
    return named_error("TABLE_NOT_FOUND", name.span, "Table '{}' does not exist", to_string(id));
  }
  if (!version) found_->tables.emplace_back(std::move(id), *table);
  return table;
}

QueryAnalyzer::Relation QueryAnalyzer::relation(const sql::Relation& node, const Scope* outer,
                                                const NamedTables* tables) {
  Nest nest(*this);
  TRY(check_work(node.span));
  using namespace sql;
  return visit(node, Overloads{
                         [&](const TableName& n) { return table_name(n, outer, tables); },
                         // Columns of a star keep the name of their table, as in Trino.
                         [&](const SubqueryRelation& n) { return query(*n.query, outer, tables); },
                         [&](const Lateral& n) { return query(*n.query, outer, tables); },
                         [&](const Unnest& n) { return unnest(n, outer, tables); },
                         [&](const AliasedRelation& n) { return aliased(n, outer, tables); },
                         [&](const SampledRelation& n) { return sampled(n, outer, tables); },
                         [&](const Join& n) { return join(n, outer, tables); },
                         [&](const TableFunction& n) { return table_function(n); },
                         [&](const JsonTable& n) { return json_table(n, outer, tables); },
                     });
}

// `system.query` of a catalog is the table of its text, in a schema that only this can name.
QueryAnalyzer::Relation QueryAnalyzer::table_function(const sql::TableFunction& node) {
  const auto parts = lower_parts(node.name);
  const bool is_query = parts.size() >= 2 && parts.size() <= 3 && parts.back() == "query" &&
                        parts[parts.size() - 2] == "system";
  if (!is_query || (parts.size() == 2 && !options_.catalog)) {
    return named_error("NOT_SUPPORTED", node.span, "table function {} is not supported yet",
                       to_string(node.name));
  }
  const bool fits =
      node.arguments.size() == 1 && node.arguments[0].value &&
      (!node.arguments[0].name || equals_ignore_case(node.arguments[0].name->value, "query"));
  if (!fits) {
    return named_error("MISSING_ARGUMENT", node.span, "Missing argument: QUERY");
  }
  const auto text = TRY(analyze_constant(*node.arguments[0].value, options_));
  if (text->kind != TypedKind::Constant || !text->type.is(types::TypeKind::Varchar) ||
      text->constant.is_null()) {
    return named_error("INVALID_FUNCTION_ARGUMENT", node.arguments[0].span,
                       "Invalid argument QUERY. Expected a constant text");
  }
  const TableId id{parts.size() == 3 ? parts[0] : to_lower(*options_.catalog), "system$query",
                   text->constant.as_text()};
  auto table = lookup_.find_table(id, std::nullopt);
  if (!table) return std::move(table.error()).at(node.span);
  if (!*table) {
    return named_error("FUNCTION_NOT_FOUND", node.span, "Table function '{}' not registered",
                       to_string(node.name));
  }
  return scan(*table, {}, node.span);
}

// Trino knows a column by the name that FROM gives the table: `s.t.a` only after FROM s.t.
QueryAnalyzer::Relation QueryAnalyzer::table_name(const sql::TableName& node, const Scope*,
                                                  const NamedTables* tables) {
  if (node.name.parts.size() == 1 && !node.period) {
    std::string name = to_lower(node.name.parts[0].value);
    for (const NamedTables* level = tables; level; level = level->parent) {
      for (const NamedTable& table : level->tables) {
        if (table.name == name) return named_table(table, node.span);
      }
    }
  }
  std::optional<TableVersion> version;
  if (node.period) version = TRY(this->version(*node.period));
  TableInfoPtr table = TRY(find_table(node.name, version));
  if (table->view) return view(table, lower_parts(node.name), node.span);
  return scan(table, lower_parts(node.name), node.span);
}

QueryAnalyzer::Relation QueryAnalyzer::named_table(const NamedTable& table, const TextSpan& span) {
  BoundRelation bound;
  bound.relation = relation_node(TypedRelationKind::CommonTable, span);
  bound.relation->index = table.index;
  for (const Field& declared : table.fields) {
    Field field = declared;
    field.id = new_column();
    field.relation = {table.name};
    bound.relation->columns.push_back({field.id, field.type});
    bound.fields.push_back(std::move(field));
  }
  return bound;
}

QueryAnalyzer::Relation QueryAnalyzer::scan(const TableInfoPtr& table,
                                            std::vector<std::string> relation_name,
                                            const TextSpan& where) {
  BoundRelation bound;
  bound.relation = relation_node(TypedRelationKind::Scan, where);
  bound.relation->table = table;
  for (std::size_t i = 0; i < table->columns.size(); ++i) {
    const TableColumn& column = table->columns[i];
    Field field;
    field.name = column.name;
    field.relation = relation_name;
    field.type = column.type;
    field.id = new_column();
    field.hidden = column.hidden;
    bound.relation->columns.push_back({field.id, field.type});
    bound.relation->source_columns.push_back(static_cast<std::int32_t>(i));
    bound.fields.push_back(std::move(field));
  }
  return bound;
}

// A view is its text, read with the names of its own catalog and schema.
QueryAnalyzer::Relation QueryAnalyzer::view(const TableInfoPtr& table,
                                            std::vector<std::string> name, const TextSpan& where) {
  if (view_depth_ >= kViewDepthMax) {
    return named_error("VIEW_IS_RECURSIVE", where, "Statement would create a recursive view");
  }
  auto stale = [&](std::string_view reason) {
    return named_error("VIEW_IS_STALE", where, "View '{}' is stale or in invalid state: {}",
                       to_string(table->id), reason);
  };
  auto statement = sql::parse_statement(table->view->sql);
  const auto* query = statement ? sql::as<sql::QueryStatement>(**statement) : nullptr;
  if (!query) {
    return named_error("INVALID_VIEW", where, "Failed parsing stored view '{}'",
                       to_string(table->id));
  }
  AnalyzerOptions options;
  options.catalog = table->view->catalog;
  options.schema = table->view->schema;
  options.time_zone = options_.time_zone;
  options.max_recursion_depth = options_.max_recursion_depth;
  QueryAnalyzer inner(lookup_, options);
  inner.found_ = found_;
  inner.next_column_ = next_column_;
  inner.next_table_ = next_table_;
  inner.depth_ = depth_;
  inner.work_ = work_;
  inner.view_depth_ = view_depth_ + 1;
  auto result = inner.query(*query->query, nullptr, nullptr);
  next_column_ = inner.next_column_;
  next_table_ = inner.next_table_;
  work_ = inner.work_;
  if (!result) {
    NamedError error = split_error(result.error());
    return named_error("INVALID_VIEW", where, "Failed analyzing stored view '{}': {}",
                       to_string(table->id), error.message);
  }
  BoundRelation bound = std::move(*result);
  if (bound.fields.size() != table->columns.size()) {
    return stale("stored view column count differs from the query's");
  }
  std::vector<Type> types;
  for (std::size_t i = 0; i < table->columns.size(); ++i) {
    const TableColumn& column = table->columns[i];
    bool named = bound.fields[i].name && equals_ignore_case(*bound.fields[i].name, column.name);
    if (!named || !types::can_coerce(bound.fields[i].type, column.type)) {
      return stale(
          fmt::format("column [{}] of type {} projected from query view at position {} "
                      "cannot be coerced to column [{}] of type {} stored in view "
                      "definition",
                      bound.fields[i].name.value_or("_col"), text_of(bound.fields[i].type), i,
                      column.name, text_of(column.type)));
    }
    types.push_back(column.type);
  }
  bound.relation = project_casts(std::move(bound.relation), types);
  for (std::size_t i = 0; i < bound.fields.size(); ++i) {
    bound.fields[i] = {table->columns[i].name, name, types[i], bound.relation->columns[i].id,
                       false};
  }
  return bound;
}

Result<std::optional<TableVersion>> QueryAnalyzer::version(const sql::QueryPeriod& period) {
  Scope empty;
  ExpressionContext context;
  context.scope = &empty;
  context.clause = "Table version";
  TypedExpressionPtr value = TRY(bind(*period.value, context));
  const bool is_time = value->type.is(TypeKind::Timestamp) || value->type.is(TypeKind::Date) ||
                       value->type.is(TypeKind::TimestampWithTimeZone);
  if (!period.by_version && !is_time) {
    return named_error("TYPE_MISMATCH", period.value->at,
                       "Type {} invalid. Temporal pointers must be of type Timestamp, Timestamp "
                       "with Time Zone, or Date.",
                       text_of(value->type));
  }
  if (value->kind != TypedKind::Constant || value->constant.is_null()) {
    return named_error("NOT_SUPPORTED", period.value->at,
                       "only literals are supported as table versions");
  }
  TableVersion version;
  version.by_version = period.by_version;
  version.value.type = value->type;
  version.value.value = std::move(value->constant);
  return std::optional(std::move(version));
}

QueryAnalyzer::Relation QueryAnalyzer::aliased(const sql::AliasedRelation& node, const Scope* outer,
                                               const NamedTables* tables) {
  BoundRelation bound = TRY(relation(*node.relation, outer, tables));
  if (!node.columns.empty()) {
    std::vector<Field> visible;
    for (Field& field : bound.fields) {
      if (!field.hidden) visible.push_back(std::move(field));
    }
    bound.fields = std::move(visible);
    if (node.columns.size() != bound.fields.size()) {
      return named_error("MISMATCHED_COLUMN_ALIASES", node.span,
                         "Column alias list has {} entries but '{}' has {} columns available",
                         node.columns.size(), node.alias.value, bound.fields.size());
    }
  }
  for (std::size_t i = 0; i < bound.fields.size(); ++i) {
    bound.fields[i].relation = {to_lower(node.alias.value)};
    if (!node.columns.empty()) bound.fields[i].name = node.columns[i].value;
  }
  return bound;
}

QueryAnalyzer::Relation QueryAnalyzer::sampled(const sql::SampledRelation& node, const Scope* outer,
                                               const NamedTables* tables) {
  BoundRelation bound = TRY(relation(*node.relation, outer, tables));
  Scope empty;
  ExpressionContext context;
  context.scope = &empty;
  context.clause = "Sample percentage";
  TypedExpressionPtr percentage = TRY(bind(*node.percentage, context));
  if (!types::is_numeric(percentage->type)) {
    return named_error("TYPE_MISMATCH", node.percentage->at,
                       "Sample percentage expression must be numeric");
  }
  auto sample = relation_node(TypedRelationKind::Sample, node.span);
  sample->columns = bound.relation->columns;
  sample->by_blocks = node.by_blocks;
  sample->percentage = coerce(std::move(percentage), types::make_type(TypeKind::Double));
  sample->inputs.push_back(std::move(bound.relation));
  bound.relation = std::move(sample);
  return bound;
}

QueryAnalyzer::Relation QueryAnalyzer::join(const sql::Join& node, const Scope* outer,
                                            const NamedTables* tables) {
  if (node.natural) {
    return named_error("NOT_SUPPORTED", node.span, "Natural join not supported");
  }
  BoundRelation left = TRY(relation(*node.left, outer, tables));
  bool lateral = is_lateral(*node.right);
  Scope left_scope;
  left_scope.parent = outer;
  left_scope.fields = left.fields;
  if (node.type == sql::JoinType::Right) left_scope.refused_join = "RIGHT";
  if (node.type == sql::JoinType::Full) left_scope.refused_join = "FULL";
  BoundRelation right = TRY(relation(*node.right, lateral ? &left_scope : outer, tables));
  if (lateral) {
    ColumnSet read;
    collect_columns(*right.relation, read);
    lateral = std::any_of(left.fields.begin(), left.fields.end(),
                          [&](const Field& field) { return read.contains(field.id); });
  }
  auto joined = relation_node(TypedRelationKind::Join, node.span);
  constexpr JoinKind kKinds[] = {JoinKind::Cross, JoinKind::Cross, JoinKind::Inner,
                                 JoinKind::Left,  JoinKind::Right, JoinKind::Full};
  joined->join = kKinds[static_cast<int>(node.type)];
  joined->lateral = lateral;
  joined->columns = left.relation->columns;
  joined->columns.insert(joined->columns.end(), right.relation->columns.begin(),
                         right.relation->columns.end());
  joined->inputs.push_back(std::move(left.relation));
  joined->inputs.push_back(std::move(right.relation));
  const auto* literal = node.on ? sql::as<sql::BooleanLiteral>(*node.on) : nullptr;
  bool on_true = joined->join == JoinKind::Cross || (literal && literal->value);
  if (innermost(*node.right).kind == sql::RelationKind::Unnest && !on_true) {
    return named_error("NOT_SUPPORTED", node.on ? node.on->at : node.span,
                       "{} JOIN involving UNNEST is only supported with condition ON TRUE",
                       node.type == sql::JoinType::Left ? "LEFT" : "INNER");
  }
  bool outer_right = joined->join == JoinKind::Right || joined->join == JoinKind::Full;
  if (innermost(*node.right).kind == sql::RelationKind::Lateral && outer_right && !on_true) {
    return named_error("NOT_SUPPORTED", node.on ? node.on->at : node.span,
                       "{} JOIN involving LATERAL relation is only supported with condition ON "
                       "TRUE",
                       joined->join == JoinKind::Full ? "FULL" : "RIGHT");
  }
  if (!node.using_columns.empty()) {
    return join_using(node, std::move(left), std::move(right), std::move(joined), outer);
  }
  BoundRelation bound;
  bound.fields = std::move(left.fields);
  bound.fields.insert(bound.fields.end(), right.fields.begin(), right.fields.end());
  if (node.on) {
    Scope scope;
    scope.parent = outer;
    scope.fields = bound.fields;
    scope.no_correlation = joined->join != JoinKind::Inner;
    ExpressionContext context;
    context.scope = &scope;
    context.tables = tables;
    context.clause = "JOIN clause";
    context.clause_at = node.on->at;
    joined->condition = TRY(bind_boolean(*node.on, context, "JOIN ON clause"));
  }
  bound.relation = std::move(joined);
  return bound;
}

// The named columns come first, once, without a table; then the others of both sides.
QueryAnalyzer::Relation QueryAnalyzer::join_using(const sql::Join& node, BoundRelation left,
                                                  BoundRelation right, TypedRelationPtr joined,
                                                  const Scope*) {
  auto find = [&](const BoundRelation& side, const sql::Identifier& name,
                  std::string_view which) -> Result<const Field*> {
    Scope scope;
    scope.fields = side.fields;
    FoundField found = find_field(scope, {to_lower(name.value)});
    if (found.ambiguous) {
      return named_error("AMBIGUOUS_NAME", name.span, "Column '{}' is ambiguous", name.value);
    }
    if (!found.field) {
      return named_error("COLUMN_NOT_FOUND", name.span,
                         "Column '{}' is missing from {} side of join", name.value, which);
    }
    return &side.fields[static_cast<std::size_t>(found.field - scope.fields.data())];
  };
  auto project = relation_node(TypedRelationKind::Project, node.span);
  auto condition = std::make_unique<TypedExpression>();
  condition->kind = TypedKind::And;
  condition->type = types::make_type(TypeKind::Boolean);
  condition->at = node.span;
  BoundRelation bound;
  std::vector<const Field*> used;
  std::vector<std::string> seen;
  for (const auto& name : node.using_columns) {
    std::string key = to_lower(name.value);
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      return named_error("DUPLICATE_COLUMN_NAME", name.span,
                         "Column '{}' appears multiple times in USING clause", key);
    }
    seen.push_back(key);
    const Field* l = TRY(find(left, name, "left"));
    const Field* r = TRY(find(right, name, "right"));
    auto common = types::common_super_type(l->type, r->type);
    if (!common || !types::is_comparable(*common)) {
      return named_error("TYPE_MISMATCH", name.span,
                         "Column types of left and right side of JOIN USING are not comparable: "
                         "{} and {}",
                         text_of(l->type), text_of(r->type));
    }
    std::vector<TypedExpressionPtr> operands;
    operands.push_back(column_of(*l, name.span));
    operands.push_back(column_of(*r, name.span));
    condition->children.push_back(
        TRY(operator_call(Operator::Equal, std::move(operands), name.span)));
    auto value = std::make_unique<TypedExpression>();
    value->kind = TypedKind::Coalesce;
    value->type = *common;
    value->at = name.span;
    value->children.push_back(coerce(column_of(*l, name.span), *common));
    value->children.push_back(coerce(column_of(*r, name.span), *common));
    Field field;
    field.name = name.value;
    field.type = *common;
    field.id = new_column();
    project->columns.push_back({field.id, field.type});
    project->expressions.push_back(std::move(value));
    bound.fields.push_back(std::move(field));
    used.push_back(l);
    used.push_back(r);
  }
  for (const auto* side : {&left, &right}) {
    for (const Field& field : side->fields) {
      if (std::find(used.begin(), used.end(), &field) != used.end()) continue;
      project->columns.push_back({field.id, field.type});
      project->expressions.push_back(column_of(field, node.span));
      bound.fields.push_back(field);
    }
  }
  bool single = condition->children.size() == 1;
  joined->condition = single ? std::move(condition->children[0]) : std::move(condition);
  project->inputs.push_back(std::move(joined));
  bound.relation = std::move(project);
  return bound;
}

QueryAnalyzer::Relation QueryAnalyzer::unnest(const sql::Unnest& node, const Scope* outer,
                                              const NamedTables* tables) {
  Scope scope;
  scope.parent = outer;
  // The left side of the join is the scope around, not an outer query.
  scope.is_lambda = true;
  ExpressionContext context;
  context.scope = &scope;
  context.tables = tables;
  context.clause = "UNNEST";
  BoundRelation bound;
  bound.relation = relation_node(TypedRelationKind::Unnest, node.span);
  bound.relation->with_ordinality = node.with_ordinality;
  auto add = [&](std::optional<std::string> name, const Type& type) {
    Field field;
    field.name = std::move(name);
    field.type = type;
    field.id = new_column();
    bound.relation->columns.push_back({field.id, type});
    bound.fields.push_back(std::move(field));
  };
  for (const auto& item : node.items) {
    TypedExpressionPtr value = TRY(bind(*item, context));
    const Type& type = value->type;
    if (type.is(TypeKind::Array) && type.element().is(TypeKind::Row)) {
      for (const auto& field : type.element().fields) add(field.name, field.type);
    } else if (type.is(TypeKind::Array)) {
      add(std::nullopt, type.element());
    } else if (type.is(TypeKind::Map)) {
      add(std::nullopt, type.key());
      add(std::nullopt, type.value());
    } else {
      return named_error("INVALID_FUNCTION_ARGUMENT", item->at, "Cannot unnest type: {}",
                         text_of(type));
    }
    bound.relation->expressions.push_back(std::move(value));
  }
  if (node.with_ordinality) add(std::nullopt, types::make_type(TypeKind::BigInt));
  return bound;
}

}  // namespace tarn::analysis
