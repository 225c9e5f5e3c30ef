// SPDX-License-Identifier: Apache-2.0
#include "engine/view_text.h"

#include "base/text.h"
#include "sql/printer.h"

namespace tarn::engine {

namespace {

using sql::Expression;
using sql::ExpressionKind;

template <typename T>
const T& as(const Expression& node) {
  return static_cast<const T&>(node);
}

std::string expression_text(const Expression& node);

std::string list_text(const std::vector<sql::ExpressionPtr>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + expression_text(*item);
  return out;
}

std::string call_text(const sql::FunctionCall& call) {
  // What is rare inside of views is printed as the plain printer does it.
  const bool plain = call.star_of || !call.order_by.empty() || call.over ||
                     call.nulls != sql::NullTreatment::Unspecified;
  if (plain) return sql::print(static_cast<const Expression&>(call));
  std::string out = sql::print(call.name) + "(";
  if (call.star) out += "*";
  if (call.distinct) out += "DISTINCT ";
  out += list_text(call.arguments) + ")";
  if (call.filter) out += fmt::format(" FILTER (WHERE {})", expression_text(*call.filter));
  return out;
}

std::string case_text(const std::vector<sql::WhenClause>& branches, const Expression* operand,
                      const Expression* otherwise) {
  std::string out = "(CASE";
  if (operand != nullptr) out += " " + expression_text(*operand);
  for (const auto& branch : branches) {
    out += fmt::format(" WHEN {} THEN {}", expression_text(*branch.condition),
                       expression_text(*branch.result));
  }
  if (otherwise != nullptr) out += " ELSE " + expression_text(*otherwise);
  return out + " END)";
}

std::string predicate_text(const Expression& node) {
  switch (node.kind) {
    case ExpressionKind::NullPredicate: {
      const auto& test = as<sql::NullPredicate>(node);
      return fmt::format("({} IS {}NULL)", expression_text(*test.operand),
                         test.negated ? "NOT " : "");
    }
    case ExpressionKind::Between: {
      const auto& test = as<sql::Between>(node);
      const std::string text = fmt::format("({} BETWEEN {} AND {})", expression_text(*test.value),
                                           expression_text(*test.low), expression_text(*test.high));
      return test.negated ? fmt::format("(NOT {})", text) : text;
    }
    case ExpressionKind::InList: {
      const auto& test = as<sql::InList>(node);
      const std::string text =
          fmt::format("({} IN ({}))", expression_text(*test.value), list_text(test.items));
      return test.negated ? fmt::format("(NOT {})", text) : text;
    }
    case ExpressionKind::Like: {
      const auto& test = as<sql::Like>(node);
      std::string text =
          fmt::format("({} LIKE {}", expression_text(*test.value), expression_text(*test.pattern));
      if (test.escape) text += " ESCAPE " + expression_text(*test.escape);
      text += ")";
      return test.negated ? fmt::format("(NOT {})", text) : text;
    }
    default:
      return sql::print(node);
  }
}

std::string logical_text(const sql::Logical& logical) {
  std::string out = "(";
  const char* word = logical.op == sql::LogicalOperator::And ? " AND " : " OR ";
  for (std::size_t i = 0; i < logical.terms.size(); ++i) {
    out += (i == 0 ? "" : word) + expression_text(*logical.terms[i]);
  }
  return out + ")";
}

std::string binary(const Expression& left, std::string_view op, const Expression& right) {
  return fmt::format("({} {} {})", expression_text(left), op, expression_text(right));
}

std::string expression_text(const Expression& node) {
  switch (node.kind) {
    case ExpressionKind::Comparison: {
      const auto& test = as<sql::Comparison>(node);
      return binary(*test.left, to_string(test.op), *test.right);
    }
    case ExpressionKind::Arithmetic: {
      const auto& sum = as<sql::Arithmetic>(node);
      return binary(*sum.left, to_string(sum.op), *sum.right);
    }
    case ExpressionKind::Concatenation: {
      const auto& text = as<sql::Concatenation>(node);
      return binary(*text.left, "||", *text.right);
    }
    case ExpressionKind::Logical:
      return logical_text(as<sql::Logical>(node));
    case ExpressionKind::Not:
      return fmt::format("(NOT {})", expression_text(*as<sql::Not>(node).operand));
    case ExpressionKind::FunctionCall:
      return call_text(as<sql::FunctionCall>(node));
    case ExpressionKind::DecimalLiteral:
      return fmt::format("DECIMAL '{}'", as<sql::DecimalLiteral>(node).text);
    case ExpressionKind::Cast: {
      const auto& cast = as<sql::Cast>(node);
      return fmt::format("{}({} AS {})", cast.null_on_error ? "TRY_CAST" : "CAST",
                         expression_text(*cast.operand), to_lower(sql::print(cast.type)));
    }
    case ExpressionKind::SearchedCase: {
      const auto& choice = as<sql::SearchedCase>(node);
      return case_text(choice.branches, nullptr, choice.otherwise.get());
    }
    case ExpressionKind::SimpleCase: {
      const auto& choice = as<sql::SimpleCase>(node);
      return case_text(choice.branches, choice.operand.get(), choice.otherwise.get());
    }
    default:
      return predicate_text(node);
  }
}

std::string pad(int indent) { return std::string(static_cast<std::size_t>(indent) * 3, ' '); }

std::string query_at(const sql::Query& query, int indent);

std::string join_word(sql::JoinType type) {
  switch (type) {
    case sql::JoinType::Cross:
      return "CROSS JOIN ";
    case sql::JoinType::Left:
      return "LEFT JOIN ";
    case sql::JoinType::Right:
      return "RIGHT JOIN ";
    case sql::JoinType::Full:
      return "FULL JOIN ";
    default:
      return "INNER JOIN ";
  }
}

std::string relation_text(const sql::Relation& node, int indent);

std::string join_text(const sql::Join& join, int indent) {
  const std::string left = relation_text(*join.left, indent);
  const std::string right = relation_text(*join.right, indent);
  if (join.type == sql::JoinType::Implicit) return left + "\n" + pad(indent) + ", " + right;
  std::string out = "(" + left + "\n" + pad(indent);
  if (join.natural) out += "NATURAL ";
  out += join_word(join.type) + right;
  if (join.on) {
    out += " ON " + expression_text(*join.on);
  } else if (!join.using_columns.empty()) {
    std::string names;
    for (const auto& column : join.using_columns) {
      names += (names.empty() ? "" : ", ") + sql::print(column);
    }
    out += " USING (" + names + ")";
  }
  return out + ")";
}

std::string period_text(const sql::TableName& table) {
  if (!table.period) return "";
  return fmt::format(" FOR {} AS OF {}", table.period->by_version ? "VERSION" : "TIMESTAMP",
                     expression_text(*table.period->value));
}

std::string relation_text(const sql::Relation& node, int indent) {
  switch (node.kind) {
    case sql::RelationKind::TableName: {
      const auto& table = static_cast<const sql::TableName&>(node);
      return sql::print(table.name) + period_text(table);
    }
    case sql::RelationKind::SubqueryRelation: {
      const auto& inner = static_cast<const sql::SubqueryRelation&>(node);
      return "(\n" + query_at(*inner.query, indent + 1) + pad(indent) + ") ";
    }
    case sql::RelationKind::AliasedRelation: {
      const auto& aliased = static_cast<const sql::AliasedRelation&>(node);
      std::string out = relation_text(*aliased.relation, indent);
      if (out.ends_with(' ')) out.pop_back();
      out += " " + sql::print(aliased.alias);
      std::string names;
      for (const auto& column : aliased.columns) {
        names += (names.empty() ? "" : ", ") + sql::print(column);
      }
      return names.empty() ? out : out + " (" + names + ")";
    }
    case sql::RelationKind::Join:
      return join_text(static_cast<const sql::Join&>(node), indent);
    default: {
      // The plain printer prints whole queries only.
      return "";
    }
  }
}

std::string item_text(const sql::SelectItem& item) {
  if (item.star) {
    std::string out = item.expression ? expression_text(*item.expression) + ".*" : "*";
    std::string names;
    for (const auto& column : item.columns) {
      names += (names.empty() ? "" : ", ") + sql::print(column);
    }
    return names.empty() ? out : out + " AS (" + names + ")";
  }
  std::string out = expression_text(*item.expression);
  if (item.alias) out += " " + sql::print(*item.alias);
  return out;
}

std::string grouping_text(const sql::GroupBy& group) {
  std::string out;
  for (const auto& element : group.elements) {
    if (element.kind != sql::GroupingElement::Kind::Simple) return "";
    const std::string items = element.sets.empty() ? "" : list_text(element.sets[0]);
    const bool one = !element.sets.empty() && element.sets[0].size() == 1;
    out += (out.empty() ? "" : ", ") + (one ? items : "(" + items + ")");
  }
  return out;
}

std::string order_text(const std::vector<sql::SortItem>& order) {
  std::string out;
  for (const auto& item : order) {
    out += (out.empty() ? "" : ", ") + expression_text(*item.key);
    out += item.direction == sql::SortDirection::Descending ? " DESC" : " ASC";
    if (item.nulls == sql::NullOrder::First) out += " NULLS FIRST";
    if (item.nulls == sql::NullOrder::Last) out += " NULLS LAST";
  }
  return out;
}

std::string select_text(const sql::Select& select, int indent) {
  std::string out = pad(indent) + "SELECT";
  if (select.distinct) out += " DISTINCT";
  if (select.items.size() == 1) {
    out += " " + item_text(select.items[0]);
  } else {
    for (std::size_t i = 0; i < select.items.size(); ++i) {
      out += "\n" + pad(indent) + (i == 0 ? "  " : ", ") + item_text(select.items[i]);
    }
  }
  out += "\n";
  if (select.from) {
    out += pad(indent) + "FROM\n" + pad(indent) + "  " + relation_text(*select.from, indent) + "\n";
  }
  if (select.where) out += pad(indent) + "WHERE " + expression_text(*select.where) + "\n";
  if (select.group_by) out += pad(indent) + "GROUP BY " + grouping_text(*select.group_by) + "\n";
  if (select.having) out += pad(indent) + "HAVING " + expression_text(*select.having) + "\n";
  return out;
}

// Constructs whose layout is not known here: the whole query goes on one line then.
bool is_simple(const sql::Relation* node) {
  if (node == nullptr) return true;
  switch (node->kind) {
    case sql::RelationKind::TableName:
      return true;
    case sql::RelationKind::SubqueryRelation:
      return true;
    case sql::RelationKind::AliasedRelation:
      return is_simple(static_cast<const sql::AliasedRelation*>(node)->relation.get());
    case sql::RelationKind::Join: {
      const auto& join = *static_cast<const sql::Join*>(node);
      return is_simple(join.left.get()) && is_simple(join.right.get());
    }
    default:
      return false;
  }
}

bool is_simple(const sql::Query& query) {
  if (!query.functions.empty() || !query.session_assignments.empty() || query.fetch ||
      query.limit_all || query.body->kind != sql::QueryBodyKind::Select) {
    return false;
  }
  const auto& select = static_cast<const sql::Select&>(*query.body);
  if (!select.windows.empty()) return false;
  if (select.group_by) {
    for (const auto& element : select.group_by->elements) {
      if (element.kind != sql::GroupingElement::Kind::Simple) return false;
    }
  }
  for (const auto& table : query.common_tables) {
    if (!is_simple(*table.query)) return false;
  }
  return is_simple(select.from.get());
}

std::string count_text(const sql::RowCount& count) {
  return count.parameter ? "?" : std::to_string(count.count);
}

std::string with_text(const sql::Query& query, int indent) {
  if (query.common_tables.empty()) return "";
  std::string out = pad(indent) + "WITH" + (query.recursive ? " RECURSIVE" : "") + "\n";
  for (std::size_t i = 0; i < query.common_tables.size(); ++i) {
    const auto& table = query.common_tables[i];
    std::string names;
    for (const auto& column : table.columns) {
      names += (names.empty() ? "" : ", ") + sql::print(column);
    }
    out += pad(indent) + (i == 0 ? "  " : ", ") + sql::print(table.name) +
           (names.empty() ? "" : " (" + names + ")") + " AS (\n" +
           query_at(*table.query, indent + 1) + pad(indent) + ") \n";
  }
  return out;
}

std::string query_at(const sql::Query& query, int indent) {
  if (!is_simple(query)) return pad(indent) + sql::print(query) + "\n";
  std::string out =
      with_text(query, indent) + select_text(static_cast<const sql::Select&>(*query.body), indent);
  if (!query.order_by.empty()) out += pad(indent) + "ORDER BY " + order_text(query.order_by) + "\n";
  if (query.offset) out += pad(indent) + "OFFSET " + count_text(*query.offset) + " ROWS\n";
  if (query.limit) out += pad(indent) + "LIMIT " + count_text(*query.limit) + "\n";
  return out;
}

}  // namespace

std::string format_query(const sql::Query& query) {
  std::string out = query_at(query, 0);
  while (out.ends_with('\n') || out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace tarn::engine
