// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sql/printer/writer.h"
#include "sql/tree/visit.h"

namespace tarn::sql {

void Writer::put_columns(const std::vector<Identifier>& columns) {
  if (columns.empty()) return;
  put(" ");
  put_list_in_parens(columns);
}

void Writer::put(const CommonTable& table) {
  put(table.name);
  put_columns(table.columns);
  puts(" AS (", table.query, ")");
}

void Writer::put_row_count(const RowCount& count) {
  put(count.parameter ? "?" : fmt::format("{}", count.count));
}

void Writer::put(const Query& query) {
  if (!query.functions.empty() || !query.session_assignments.empty()) {
    put("WITH ");
    put_list(query.functions);
    bool first = true;
    for (const auto& assignment : query.session_assignments) {
      puts(first ? (query.functions.empty() ? "SESSION " : " SESSION ") : ", SESSION ",
           assignment.name, " = ", assignment.value);
      first = false;
    }
    put(" ");
  }
  if (!query.common_tables.empty()) {
    put(query.recursive ? "WITH RECURSIVE " : "WITH ");
    put_list(query.common_tables);
    put(" ");
  }
  put(*query.body);
  put_order_by(query.order_by, " ");
  if (query.offset) {
    put(" OFFSET ");
    put_row_count(*query.offset);
    put(" ROWS");
  }
  if (query.limit_all) put(" LIMIT ALL");
  if (query.limit) {
    put(" LIMIT ");
    put_row_count(*query.limit);
  }
  if (query.fetch) {
    put(" FETCH FIRST ");
    put_row_count(*query.fetch);
    put(query.with_ties ? " ROWS WITH TIES" : " ROWS ONLY");
  }
}

void Writer::put(const QueryBody& body) {
  visit(body, [&](const auto& node) { print(node); });
}

void Writer::put(const SelectItem& item) {
  if (item.expression && item.star) {
    put_base(*item.expression);
  } else if (item.expression) {
    put(item.expression);
  }
  if (item.star) {
    put(item.expression ? ".*" : "*");
    if (!item.columns.empty()) {
      put(" AS ");
      put_list_in_parens(item.columns);
    }
  }
  if (item.alias) puts(" AS ", *item.alias);
}

void Writer::put_grouping_set(const std::vector<ExpressionPtr>& set) {
  if (set.size() == 1) {
    put(set[0]);
  } else {
    put_list_in_parens(set);
  }
}

void Writer::put(const GroupingElement& element) {
  using Kind = GroupingElement::Kind;
  switch (element.kind) {
    case Kind::Auto:
      put("AUTO");
      return;
    case Kind::Simple:
      put_grouping_set(element.sets.front());
      return;
    case Kind::Rollup:
      put("ROLLUP (");
      break;
    case Kind::Cube:
      put("CUBE (");
      break;
    case Kind::GroupingSets:
      put("GROUPING SETS (");
      break;
  }
  bool first = true;
  for (const auto& set : element.sets) {
    if (!first) put(", ");
    first = false;
    put_grouping_set(set);
  }
  put(")");
}

void Writer::put(const NamedWindow& window) {
  puts(window.name, " AS (", window.specification, ")");
}

void Writer::print(const Select& node) {
  put(node.distinct ? "SELECT DISTINCT " : "SELECT ");
  put_list(node.items);
  if (node.from) puts(" FROM ", *node.from);
  if (node.where) puts(" WHERE ", node.where);
  if (node.group_by) {
    put(node.group_by->distinct ? " GROUP BY DISTINCT " : " GROUP BY ");
    put_list(node.group_by->elements);
  }
  if (node.having) puts(" HAVING ", node.having);
  if (!node.windows.empty()) {
    put(" WINDOW ");
    put_list(node.windows);
  }
}

void Writer::print(const Values& node) {
  put("VALUES ");
  bool first = true;
  for (const auto& row : node.rows) {
    if (!first) put(", ");
    first = false;
    const auto* constructor = as<RowConstructor>(*row);
    if (constructor && constructor->items.size() > 1) {
      put_list_in_parens(constructor->items);
    } else {
      put(row);
    }
  }
}

void Writer::print(const TableQuery& node) { puts("TABLE ", node.name); }

void Writer::print(const SetOperation& node) {
  constexpr std::string_view kWords[] = {" UNION", " INTERSECT", " EXCEPT"};
  bool first = true;
  for (const auto& input : node.inputs) {
    if (!first) {
      puts(kWords[static_cast<int>(node.op)], node.all ? " ALL" : "");
      if (node.corresponding) put(" CORRESPONDING");
      if (!node.corresponding_columns.empty()) {
        put(" BY ");
        put_list_in_parens(node.corresponding_columns);
      }
      put(" ");
    }
    first = false;
    put(*input);
  }
}

void Writer::print(const NestedQuery& node) { puts("(", node.query, ")"); }

void Writer::put(const Relation& relation) {
  visit(relation, [&](const auto& node) { print(node); });
}

// What may have an alias or a sample without parentheses.
void Writer::put_relation_primary(const Relation& relation) {
  bool parens = relation.kind == RelationKind::Join ||
                relation.kind == RelationKind::AliasedRelation ||
                relation.kind == RelationKind::SampledRelation;
  if (parens) put("(");
  put(relation);
  if (parens) put(")");
}

void Writer::print(const TableName& node) {
  put(node.name);
  if (!node.period) return;
  put(node.period->by_version ? " FOR VERSION AS OF " : " FOR TIMESTAMP AS OF ");
  put(*node.period->value, Binding::Concat);
}

void Writer::print(const SubqueryRelation& node) { puts("(", node.query, ")"); }
void Writer::print(const Lateral& node) { puts("LATERAL (", node.query, ")"); }

void Writer::print(const Unnest& node) {
  put("UNNEST");
  put_list_in_parens(node.items);
  if (node.with_ordinality) put(" WITH ORDINALITY");
}

void Writer::put(const DescriptorField& field) {
  put(field.name);
  if (field.type) puts(" ", *field.type);
}

void Writer::put(const TableFunctionArgument& argument) {
  if (argument.name) puts(*argument.name, " => ");
  if (!argument.is_descriptor) {
    put(argument.value);
  } else if (argument.columns.empty()) {
    put("CAST(NULL AS DESCRIPTOR)");
  } else {
    put("DESCRIPTOR");
    put_list_in_parens(argument.columns);
  }
}

void Writer::print(const TableFunction& node) {
  puts("TABLE(", node.name);
  put_list_in_parens(node.arguments);
  put(")");
}

void Writer::print(const AliasedRelation& node) {
  put_relation_primary(*node.relation);
  puts(" AS ", node.alias);
  put_columns(node.columns);
}

void Writer::print(const SampledRelation& node) {
  bool parens = node.relation->kind == RelationKind::Join ||
                node.relation->kind == RelationKind::SampledRelation;
  if (parens) put("(");
  put(*node.relation);
  if (parens) put(")");
  puts(node.by_blocks ? " TABLESAMPLE SYSTEM (" : " TABLESAMPLE BERNOULLI (", node.percentage, ")");
}

void Writer::print(const Join& node) {
  put(*node.left);
  if (node.natural) put(" NATURAL");
  switch (node.type) {
    case JoinType::Implicit:
      puts(", ", *node.right);
      return;
    case JoinType::Cross:
      put(" CROSS JOIN ");
      break;
    case JoinType::Inner:
      put(" JOIN ");
      break;
    case JoinType::Left:
      put(" LEFT JOIN ");
      break;
    case JoinType::Right:
      put(" RIGHT JOIN ");
      break;
    case JoinType::Full:
      put(" FULL JOIN ");
      break;
  }
  bool parens = node.right->kind == RelationKind::Join;
  if (parens) put("(");
  put(*node.right);
  if (parens) put(")");
  if (node.on) puts(" ON ", node.on);
  if (!node.using_columns.empty()) {
    put(" USING ");
    put_list_in_parens(node.using_columns);
  }
}

}  // namespace tarn::sql
