// SPDX-License-Identifier: Apache-2.0
// Queries: WITH, set operations, VALUES, and ORDER BY over them.
#include <algorithm>

#include "analysis/query_analyzer.h"
#include "base/text.h"
#include "sql/printer.h"
#include "types/coercion.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;

namespace {

TypedRelationPtr new_relation(TypedRelationKind kind, const TextSpan& span) {
  auto relation = std::make_unique<TypedRelation>();
  relation->kind = kind;
  relation->span = span;
  return relation;
}

std::string_view word_of(sql::SetOperator op) {
  constexpr std::string_view kWords[] = {"UNION", "INTERSECT", "EXCEPT"};
  return kWords[static_cast<int>(op)];
}

std::vector<Field> visible_fields(const std::vector<Field>& fields) {
  std::vector<Field> visible;
  for (const Field& field : fields) {
    if (!field.hidden) visible.push_back(field);
  }
  return visible;
}

}  // namespace

Result<RowLimit> QueryAnalyzer::row_limit(const sql::RowCount& count) {
  RowLimit limit;
  limit.count = count.count;
  if (!count.parameter) return limit;
  if (*count.parameter >= options_.parameters.size()) {
    limit.parameter = static_cast<std::int32_t>(*count.parameter);
    return limit;
  }
  const sql::Expression& given = *options_.parameters[*count.parameter];
  if (given.kind == sql::ExpressionKind::NullLiteral) {  // no value
    limit.parameter = static_cast<std::int32_t>(*count.parameter);
    return limit;
  }
  const auto* value = sql::as<sql::IntegerLiteral>(given);
  if (!value || value->value < 0) {
    return named_error("INVALID_LIMIT_CLAUSE", count.span,
                       "Parameter value for a row count is not an integer");
  }
  limit.count = value->value;
  return limit;
}

QueryAnalyzer::Relation QueryAnalyzer::query(const sql::Query& query, const Scope* outer,
                                             const NamedTables* tables) {
  Nest nest(*this);
  TRY(check_work(query.span));
  if (!query.functions.empty()) {
    return named_error("NOT_SUPPORTED", query.functions[0].span,
                       "inline functions are not supported yet");
  }
  NamedTables own;
  own.parent = tables;
  std::vector<CommonTableDefinition> definitions;
  TRY(common_tables(query, outer, own, definitions));
  BoundRelation bound;
  if (query.body->kind == sql::QueryBodyKind::Select) {
    bound = TRY(select(static_cast<const sql::Select&>(*query.body), query, outer, &own));
  } else {
    bound = TRY(order_and_limit(TRY(body(*query.body, outer, &own)), query, outer, &own));
  }
  if (!definitions.empty()) {
    auto with = new_relation(TypedRelationKind::With, query.span);
    with->columns = bound.relation->columns;
    with->definitions = std::move(definitions);
    with->inputs.push_back(std::move(bound.relation));
    bound.relation = std::move(with);
  }
  return bound;
}

Result<TypedQuery> QueryAnalyzer::whole_query(const sql::Query& query) {
  BoundRelation bound = TRY(this->query(query, nullptr, nullptr));
  TypedQuery typed;
  typed.relation = std::move(bound.relation);
  for (std::size_t i = 0; i < bound.fields.size(); ++i) {
    const Field& field = bound.fields[i];
    if (field.hidden) continue;
    typed.outputs.push_back({field.name.value_or(fmt::format("_col{}", i)), field.name.has_value(),
                             field.id, field.type});
  }
  return typed;
}

Result<void> QueryAnalyzer::common_tables(const sql::Query& query, const Scope* outer,
                                          NamedTables& tables,
                                          std::vector<CommonTableDefinition>& definitions) {
  for (const auto& node : query.common_tables) {
    std::string name = to_lower(node.name.value);
    for (const auto& other : tables.tables) {
      if (other.name != name) continue;
      return named_error("DUPLICATE_NAMED_QUERY", node.span,
                         "WITH query name '{}' specified more than once", name);
    }
    CommonTableDefinition definition;
    definition.index = next_table_++;
    definition.name = name;
    NamedTable entry;
    entry.name = name;
    entry.index = definition.index;
    bool recursive =
        query.recursive && TRY(recursive_table(node, outer, tables, definition, entry));
    if (!recursive) {
      BoundRelation bound = TRY(this->query(*node.query, outer, &tables));
      definition.relation = std::move(bound.relation);
      entry.fields = visible_fields(bound.fields);
      if (!node.columns.empty()) {
        if (node.columns.size() != entry.fields.size()) {
          return named_error("MISMATCHED_COLUMN_ALIASES", node.columns[0].span,
                             "column alias list has {} entries but WITH query({}) has {} columns",
                             node.columns.size(), name, entry.fields.size());
        }
        for (std::size_t i = 0; i < entry.fields.size(); ++i) {
          entry.fields[i].name = node.columns[i].value;
        }
      }
    }
    definition.columns = definition.relation->columns;
    tables.tables.push_back(std::move(entry));
    definitions.push_back(std::move(definition));
  }
  return {};
}

// A UNION whose right side names the table itself. False: an ordinary table after all.
Result<bool> QueryAnalyzer::recursive_table(const sql::CommonTable& node, const Scope* outer,
                                            NamedTables& tables, CommonTableDefinition& definition,
                                            NamedTable& entry) {
  if (node.columns.empty()) {
    return named_error("MISSING_COLUMN_ALIASES", node.span,
                       "missing column aliases in recursive WITH query");
  }
  const auto* set = sql::as<sql::SetOperation>(*node.query->body);
  bool plain = node.query->common_tables.empty() && node.query->order_by.empty() &&
               !node.query->limit && !node.query->fetch && !node.query->offset;
  std::string text = to_lower(sql::print(*node.query));
  bool may_refer = text.find(entry.name) != std::string::npos;
  if (!may_refer || !set || !plain || set->op != sql::SetOperator::Union ||
      set->inputs.size() != 2) {
    return false;
  }
  BoundRelation base = TRY(body(*set->inputs[0], outer, &tables));
  entry.fields = visible_fields(base.fields);
  if (!node.columns.empty() && node.columns.size() != entry.fields.size()) {
    return named_error("MISMATCHED_COLUMN_ALIASES", node.columns[0].span,
                       "column alias list has {} entries but WITH query({}) has {} columns",
                       node.columns.size(), entry.name, entry.fields.size());
  }
  for (std::size_t i = 0; i < node.columns.size(); ++i) {
    entry.fields[i].name = node.columns[i].value;
  }
  std::vector<Type> types;
  for (const Field& field : entry.fields) types.push_back(field.type);
  NamedTables inner;
  inner.parent = &tables;
  inner.tables.push_back(entry);
  inner.tables.back().is_step = true;
  BoundRelation step = TRY(body(*set->inputs[1], outer, &inner));
  if (step.relation->columns.size() != types.size()) {
    return named_error("TYPE_MISMATCH", node.query->span,
                       "base and step relations of recursion have different number of fields: {}, "
                       "{}",
                       types.size(), step.relation->columns.size());
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Type& from = step.relation->columns[i].type;
    if (types::can_coerce(from, types[i])) continue;
    return named_error("TYPE_MISMATCH", node.query->span,
                       "recursion step relation output type ({}) is not coercible to recursion "
                       "base relation output type ({}) at column {}",
                       text_of(from), text_of(types[i]), i + 1);
  }
  definition.distinct = !set->all;
  definition.relation = std::move(base.relation);
  definition.step = project_casts(std::move(step.relation), types);
  return true;
}

QueryAnalyzer::Relation QueryAnalyzer::body(const sql::QueryBody& node, const Scope* outer,
                                            const NamedTables* tables) {
  switch (node.kind) {
    case sql::QueryBodyKind::Select: {
      sql::Query bare;
      return select(static_cast<const sql::Select&>(node), bare, outer, tables);
    }
    case sql::QueryBodyKind::Values:
      return values(static_cast<const sql::Values&>(node), outer, tables);
    case sql::QueryBodyKind::TableQuery: {
      sql::TableName name;
      const auto& table = static_cast<const sql::TableQuery&>(node);
      name.span = node.span;
      name.name = table.name;
      name.name.span = node.span;  // errors stand at TABLE
      BoundRelation bound = TRY(relation(name, outer, tables));
      bound.fields = visible_fields(bound.fields);
      std::vector<Type> types;
      auto project = new_relation(TypedRelationKind::Project, node.span);
      for (const Field& field : bound.fields) {
        project->columns.push_back({field.id, field.type});
        project->expressions.push_back(column_of(field, node.span));
      }
      project->inputs.push_back(std::move(bound.relation));
      bound.relation = std::move(project);
      return bound;
    }
    case sql::QueryBodyKind::SetOperation:
      return set_operation(static_cast<const sql::SetOperation&>(node), outer, tables);
    case sql::QueryBodyKind::NestedQuery:
      return query(*static_cast<const sql::NestedQuery&>(node).query, outer, tables);
  }
  UNREACHABLE();
}

// A projection to these types, or the input itself if nothing changes.
TypedRelationPtr QueryAnalyzer::project_casts(TypedRelationPtr input, std::span<const Type> types) {
  bool same = true;
  for (std::size_t i = 0; i < types.size(); ++i) {
    same = same && input->columns[i].type == types[i];
  }
  if (same) return input;
  auto project = new_relation(TypedRelationKind::Project, input->span);
  for (std::size_t i = 0; i < types.size(); ++i) {
    Field field;
    field.id = input->columns[i].id;
    field.type = input->columns[i].type;
    bool cast = field.type != types[i];
    project->columns.push_back({cast ? new_column() : field.id, types[i]});
    project->expressions.push_back(coerce(column_of(field, input->span), types[i]));
  }
  project->inputs.push_back(std::move(input));
  return project;
}

// CORRESPONDING: the columns of the first input that the second has too, by name.
Result<void> QueryAnalyzer::make_corresponding(const sql::SetOperation& node,
                                               std::vector<BoundRelation>& inputs) {
  if (!node.corresponding_columns.empty()) {
    return named_error("NOT_SUPPORTED", node.operator_spans[0],
                       "CORRESPONDING with columns is unsupported");
  }
  for (const auto& input : inputs) {
    std::vector<std::string> seen;
    for (const Field& field : input.fields) {
      if (!field.name) {
        return named_error("MISSING_COLUMN_NAME", node.operator_spans[0],
                           "Anonymous columns are not allowed in set operations with "
                           "CORRESPONDING");
      }
      std::string name = to_lower(*field.name);
      if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
        return named_error("AMBIGUOUS_NAME", node.operator_spans[0],
                           "Duplicate columns found when using CORRESPONDING in set operations: {}",
                           name);
      }
      seen.push_back(std::move(name));
    }
  }
  auto has = [](const BoundRelation& input, const std::string& name) {
    return std::any_of(input.fields.begin(), input.fields.end(),
                       [&](const Field& field) { return equals_ignore_case(*field.name, name); });
  };
  std::vector<std::string> names;
  for (const Field& field : inputs[0].fields) {
    if (has(inputs[1], *field.name)) names.push_back(*field.name);
  }
  if (names.empty()) {
    return named_error("MISMATCHED_COLUMN_ALIASES", node.operator_spans[0],
                       "No corresponding columns");
  }
  for (auto& input : inputs) {
    auto project = new_relation(TypedRelationKind::Project, input.relation->span);
    std::vector<Field> fields;
    for (const auto& name : names) {
      for (const Field& field : input.fields) {
        if (!equals_ignore_case(*field.name, name)) continue;
        project->columns.push_back({field.id, field.type});
        project->expressions.push_back(column_of(field, input.relation->span));
        fields.push_back(field);
      }
    }
    project->inputs.push_back(std::move(input.relation));
    input.relation = std::move(project);
    input.fields = std::move(fields);
  }
  return {};
}

QueryAnalyzer::Relation QueryAnalyzer::set_operation(const sql::SetOperation& node,
                                                     const Scope* outer,
                                                     const NamedTables* tables) {
  Nest nest(*this);
  std::vector<BoundRelation> inputs;
  for (const auto& input : node.inputs) {
    inputs.push_back(TRY(body(*input, outer, tables)));
    inputs.back().fields = visible_fields(inputs.back().fields);
  }
  if (node.corresponding) TRY(make_corresponding(node, inputs));
  std::vector<Type> types;
  for (const Field& field : inputs[0].fields) types.push_back(field.type);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const auto& fields = inputs[i].fields;
    if (fields.size() != types.size()) {
      return named_error("TYPE_MISMATCH", node.operator_spans[i - 1],
                         "{} query has different number of fields: {}, {}", word_of(node.op),
                         types.size(), fields.size());
    }
    for (std::size_t c = 0; c < types.size(); ++c) {
      auto common = types::common_super_type(types[c], fields[c].type);
      if (!common) {
        return named_error("TYPE_MISMATCH", node.operator_spans[i - 1],
                           "column {} in {} query has incompatible types: {}, {}", c + 1,
                           word_of(node.op), text_of(types[c]), text_of(fields[c].type));
      }
      types[c] = std::move(*common);
    }
  }
  bool distinct = !node.all || node.op != sql::SetOperator::Union;
  for (const Type& type : types) {
    if (!distinct || types::is_comparable(type)) continue;
    return named_error("TYPE_MISMATCH", node.span,
                       "Type {} is not comparable and therefore cannot be used in {}{}",
                       text_of(type), word_of(node.op),
                       node.op == sql::SetOperator::Union ? " DISTINCT" : "");
  }
  auto relation = new_relation(TypedRelationKind::SetOperation, node.span);
  relation->set_operator = static_cast<TypedSetOperator>(node.op);
  relation->all = node.all;
  BoundRelation bound;
  for (std::size_t c = 0; c < types.size(); ++c) {
    Field field;
    field.name = inputs[0].fields[c].name;
    field.type = types[c];
    field.id = new_column();
    relation->columns.push_back({field.id, field.type});
    bound.fields.push_back(std::move(field));
  }
  for (auto& input : inputs) {
    relation->inputs.push_back(project_casts(std::move(input.relation), types));
  }
  bound.relation = std::move(relation);
  return bound;
}

QueryAnalyzer::Relation QueryAnalyzer::values(const sql::Values& node, const Scope* outer,
                                              const NamedTables* tables) {
  Scope scope;
  scope.parent = outer;
  ExpressionContext context;
  context.scope = &scope;
  context.tables = tables;
  context.clause = "VALUES";
  auto relation = new_relation(TypedRelationKind::Values, node.span);
  std::vector<Type> types;
  auto row_text = [](const std::vector<Type>& all) {
    return text_of(types::make_anonymous_row(all));
  };
  for (const auto& row : node.rows) {
    std::vector<TypedExpressionPtr> values;
    if (const auto* constructor = sql::as<sql::RowConstructor>(*row)) {
      values = TRY(bind_all(constructor->items, context));
    } else {
      TypedExpressionPtr value = TRY(bind(*row, context));
      if (value->type.is(TypeKind::Row)) {
        for (std::size_t i = 0; i < value->type.fields.size(); ++i) {
          auto field = std::make_unique<TypedExpression>();
          field->kind = TypedKind::Field;
          field->type = value->type.fields[i].type;
          field->at = value->at;
          field->index = static_cast<std::int32_t>(i);
          field->children.push_back(clone(*value));
          values.push_back(std::move(field));
        }
      } else {
        values.push_back(std::move(value));
      }
    }
    std::vector<Type> row_types;
    for (const auto& value : values) row_types.push_back(value->type);
    if (relation->rows.empty()) types = row_types;
    if (row_types.size() != types.size()) {
      return named_error("TYPE_MISMATCH", node.span, "Values rows have mismatched sizes: {} vs {}",
                         types.size(), row_types.size());
    }
    for (std::size_t i = 0; i < types.size(); ++i) {
      auto common = types::common_super_type(types[i], row_types[i]);
      if (!common) {
        return named_error("TYPE_MISMATCH", node.span,
                           "Values rows have mismatched types: {} vs {}", row_text(types),
                           row_text(row_types));
      }
      types[i] = std::move(*common);
    }
    relation->rows.push_back(std::move(values));
  }
  for (auto& row : relation->rows) {
    for (std::size_t i = 0; i < types.size(); ++i) row[i] = coerce(std::move(row[i]), types[i]);
  }
  BoundRelation bound;
  for (const Type& type : types) {
    Field field;
    field.type = type;
    field.id = new_column();
    relation->columns.push_back({field.id, type});
    bound.fields.push_back(std::move(field));
  }
  bound.relation = std::move(relation);
  return bound;
}

// ORDER BY and the limits over anything but a SELECT: only its output columns are visible.
QueryAnalyzer::Relation QueryAnalyzer::order_and_limit(BoundRelation input, const sql::Query& query,
                                                       const Scope* outer,
                                                       const NamedTables* tables) {
  std::vector<SortKey> tie_keys;
  if (!query.order_by.empty()) {
    Scope scope;
    scope.parent = outer;
    scope.fields = input.fields;
    ExpressionContext context;
    context.scope = &scope;
    context.tables = tables;
    context.clause = "ORDER BY clause";
    auto sort = new_relation(TypedRelationKind::Sort, input.relation->span);
    sort->columns = input.relation->columns;
    for (const auto& item : query.order_by) {
      SortKey key;
      if (const auto* ordinal = sql::as<sql::IntegerLiteral>(*item.key)) {
        auto count = static_cast<std::int64_t>(input.fields.size());
        if (ordinal->value < 1 || ordinal->value > count) {
          return named_error("INVALID_COLUMN_REFERENCE", item.key->at,
                             "ORDER BY position {} is not in select list", ordinal->value);
        }
        key.key =
            column_of(input.fields[static_cast<std::size_t>(ordinal->value - 1)], item.key->at);
      } else {
        key.key = TRY(bind(*item.key, context));
      }
      if (!types::is_orderable(key.key->type)) {
        return named_error("TYPE_MISMATCH", item.key->at,
                           "Type {} is not orderable, and therefore cannot be used in ORDER BY: {}",
                           text_of(key.key->type), sql::print(*item.key));
      }
      key.descending = item.direction == sql::SortDirection::Descending;
      key.nulls_first = item.nulls == sql::NullOrder::First;
      if (query.with_ties) {
        tie_keys.push_back({clone(*key.key), key.descending, key.nulls_first});
      }
      sort->keys.push_back(std::move(key));
    }
    sort->inputs.push_back(std::move(input.relation));
    input.relation = std::move(sort);
  }
  TRY(apply_limits(query, input.relation, std::move(tie_keys)));
  return input;
}

}  // namespace tarn::analysis
