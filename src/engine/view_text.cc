// SPDX-License-Identifier: Apache-2.0
#include "engine/view_text.h"

#include <algorithm>

#include "base/text.h"
#include "sql/parser.h"
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

std::string bound_text(const sql::FrameBound& bound) {
  using Kind = sql::FrameBound::Kind;
  switch (bound.kind) {
    case Kind::UnboundedPreceding:
      return "UNBOUNDED PRECEDING";
    case Kind::Preceding:
      return expression_text(*bound.distance) + " PRECEDING";
    case Kind::CurrentRow:
      return "CURRENT ROW";
    case Kind::Following:
      return expression_text(*bound.distance) + " FOLLOWING";
    case Kind::UnboundedFollowing:
      break;
  }
  return "UNBOUNDED FOLLOWING";
}

std::string window_text(const sql::WindowSpecification& window) {
  std::vector<std::string> parts;
  if (window.base) parts.push_back(sql::print(*window.base));
  if (!window.partition_by.empty()) {
    parts.push_back("PARTITION BY " + list_text(window.partition_by));
  }
  if (!window.order_by.empty()) parts.push_back("ORDER BY " + order_text(window.order_by));
  if (window.frame) {
    constexpr const char* kUnits[] = {"RANGE", "ROWS", "GROUPS"};
    std::string text = kUnits[static_cast<int>(window.frame->type)];
    const std::string start = bound_text(window.frame->start);
    text += window.frame->end
                ? fmt::format(" BETWEEN {} AND {}", start, bound_text(*window.frame->end))
                : " " + start;
    parts.push_back(std::move(text));
  }
  return "(" + join(parts, " ") + ")";
}

// Special forms are in capitals.
std::string function_name(const sql::QualifiedName& name) {
  for (const std::string_view form : {"COALESCE", "NULLIF", "IF", "TRY"}) {
    if (name.parts.size() == 1 && equals_ignore_case(name.parts[0].value, form)) {
      return std::string(form);
    }
  }
  return sql::print(name);
}

std::string call_text(const sql::FunctionCall& call) {
  std::string out = function_name(call.name) + "(";
  if (call.star_of) out += sql::print(*call.star_of) + ".";
  if (call.star || call.star_of) out += "*";
  if (call.distinct) out += "DISTINCT ";
  out += list_text(call.arguments);
  if (!call.order_by.empty()) out += " ORDER BY " + order_text(call.order_by);
  out += ")";
  if (call.filter) out += fmt::format(" FILTER (WHERE {})", expression_text(*call.filter));
  if (call.nulls == sql::NullTreatment::Ignore) out += " IGNORE NULLS";
  if (call.nulls == sql::NullTreatment::Respect) out += " RESPECT NULLS";
  if (call.over) {
    out += " OVER ";
    out += call.over->name ? sql::print(*call.over->name) : window_text(call.over->specification);
  }
  return out;
}

std::string listagg_text(const sql::Listagg& list) {
  if (list.truncate) return sql::print(static_cast<const Expression&>(list));
  std::string out = fmt::format("LISTAGG({}{}, {} ON OVERFLOW  ERROR) WITHIN GROUP (ORDER BY {})",
                                list.distinct ? "DISTINCT " : "", expression_text(*list.value),
                                quote(list.separator, '\''), order_text(list.order_by));
  if (list.filter) out += fmt::format(" FILTER (WHERE {})", expression_text(*list.filter));
  return out;
}

// A query between parentheses inside of an expression.
std::string subquery_text(const sql::Query& query);

std::string lambda_text(const sql::Lambda& lambda) {
  std::string names;
  for (const auto& parameter : lambda.parameters) {
    names += (names.empty() ? "" : ", ") + sql::print(parameter);
  }
  return fmt::format("({}) -> {}", names, expression_text(*lambda.body));
}

std::string unary_text(const sql::Unary& unary) {
  const char* sign = unary.negative ? "-" : "+";
  const ExpressionKind kind = unary.operand->kind;
  const bool number = kind == ExpressionKind::IntegerLiteral ||
                      kind == ExpressionKind::DecimalLiteral ||
                      kind == ExpressionKind::DoubleLiteral;
  return number ? sql::print(static_cast<const Expression&>(unary))
                : fmt::format("{}({})", sign, expression_text(*unary.operand));
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
    case ExpressionKind::DistinctFrom: {
      const auto& test = as<sql::DistinctFrom>(node);
      const std::string text = fmt::format("({} IS DISTINCT FROM {})", expression_text(*test.left),
                                           expression_text(*test.right));
      return test.negated ? fmt::format("(NOT {})", text) : text;
    }
    case ExpressionKind::Exists:
      return fmt::format("(EXISTS {})", subquery_text(*as<sql::Exists>(node).query));
    case ExpressionKind::ScalarSubquery:
      return subquery_text(*as<sql::ScalarSubquery>(node).query);
    case ExpressionKind::InSubquery: {
      const auto& test = as<sql::InSubquery>(node);
      const std::string text =
          fmt::format("({} IN {})", expression_text(*test.value), subquery_text(*test.query));
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
    case ExpressionKind::BooleanLiteral:
      return as<sql::BooleanLiteral>(node).value ? "true" : "false";
    case ExpressionKind::NullLiteral:
      return "null";
    case ExpressionKind::Listagg:
      return listagg_text(as<sql::Listagg>(node));
    case ExpressionKind::Unary:
      return unary_text(as<sql::Unary>(node));
    case ExpressionKind::Subscript: {
      const auto& access = as<sql::Subscript>(node);
      return fmt::format("{}[{}]", expression_text(*access.base), expression_text(*access.index));
    }
    case ExpressionKind::ArrayConstructor: {
      std::string items;
      for (const auto& item : as<sql::ArrayConstructor>(node).items) {
        items += (items.empty() ? "" : ",") + expression_text(*item);
      }
      return "ARRAY[" + items + "]";
    }
    case ExpressionKind::Lambda:
      return lambda_text(as<sql::Lambda>(node));
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
      out += " " + sql::print(aliased.alias);
      std::string names;
      for (const auto& column : aliased.columns) {
        names += (names.empty() ? "" : ", ") + sql::print(column);
      }
      return names.empty() ? out : out + " (" + names + ")";
    }
    case sql::RelationKind::Join:
      return join_text(static_cast<const sql::Join&>(node), indent);
    case sql::RelationKind::Unnest: {
      const auto& unnest = static_cast<const sql::Unnest&>(node);
      return fmt::format("UNNEST({}){}", list_text(unnest.items),
                         unnest.with_ordinality ? " WITH ORDINALITY" : "");
    }
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
    using Kind = sql::GroupingElement::Kind;
    if (element.kind != Kind::Simple) {
      std::string sets;
      for (const auto& set : element.sets) {
        sets += (sets.empty() ? "(" : ", (") + list_text(set) + ")";
      }
      const char* word = element.kind == Kind::Rollup ? "ROLLUP"
                         : element.kind == Kind::Cube ? "CUBE"
                                                      : "GROUPING SETS";
      out += fmt::format("{}{} ({})", out.empty() ? "" : ", ", word, sets);
      continue;
    }
    const std::string items = element.sets.empty() ? "" : list_text(element.sets[0]);
    const bool one = !element.sets.empty() && element.sets[0].size() == 1;
    out += (out.empty() ? "" : ", ") + (one ? items : "(" + items + ")");
  }
  return out;
}

std::string windows_text(const std::vector<sql::NamedWindow>& windows, int indent) {
  if (windows.empty()) return "";
  std::string out = pad(indent) + "WINDOW";
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (windows.size() > 1) out += "\n" + pad(indent) + (i == 0 ? " " : ",");
    out += " " + sql::print(windows[i].name) + " AS " + window_text(windows[i].specification);
  }
  return out + "\n";
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
    out += pad(indent) + "FROM\n" + pad(indent) + "  " + relation_text(*select.from, indent);
  }
  out += "\n";
  if (select.where) out += pad(indent) + "WHERE " + expression_text(*select.where) + "\n";
  if (select.group_by) {
    out += pad(indent) + "GROUP BY " + (select.group_by->distinct ? "DISTINCT " : "");
    out += grouping_text(*select.group_by) + "\n";
  }
  if (select.having) out += pad(indent) + "HAVING " + expression_text(*select.having) + "\n";
  out += windows_text(select.windows, indent);
  return out;
}

// Constructs whose layout is not known here: the whole query goes on one line then.
bool is_simple(const sql::Relation* node) {
  if (node == nullptr) return true;
  switch (node->kind) {
    case sql::RelationKind::TableName:
      return true;
    case sql::RelationKind::SubqueryRelation:
    case sql::RelationKind::Unnest:
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

bool is_simple(const sql::Query& query);

bool is_simple(const sql::QueryBody& body) {
  switch (body.kind) {
    case sql::QueryBodyKind::Select: {
      const auto& select = static_cast<const sql::Select&>(body);
      if (select.group_by) {
        for (const auto& element : select.group_by->elements) {
          if (element.kind == sql::GroupingElement::Kind::Auto) return false;
        }
      }
      return is_simple(select.from.get());
    }
    case sql::QueryBodyKind::SetOperation: {
      const auto& set = static_cast<const sql::SetOperation&>(body);
      return !set.corresponding && std::all_of(set.inputs.begin(), set.inputs.end(),
                                               [](const auto& input) { return is_simple(*input); });
    }
    case sql::QueryBodyKind::NestedQuery:
      return is_simple(*static_cast<const sql::NestedQuery&>(body).query);
    default:
      return true;
  }
}

bool is_simple(const sql::Query& query) {
  if (!query.functions.empty() || !query.session_assignments.empty()) return false;
  for (const auto& table : query.common_tables) {
    if (!is_simple(*table.query)) return false;
  }
  return is_simple(*query.body);
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

std::string values_text(const sql::Values& values, int indent) {
  std::string out = " VALUES ";
  for (std::size_t i = 0; i < values.rows.size(); ++i) {
    out += "\n" + pad(indent) + (i == 0 ? "  " : ", ");
    const Expression& row = *values.rows[i];
    out += row.kind == ExpressionKind::RowConstructor
               ? "ROW (" + list_text(as<sql::RowConstructor>(row).items) + ")"
               : expression_text(row);
  }
  return out + "\n";
}

std::string body_text(const sql::QueryBody& body, int indent) {
  switch (body.kind) {
    case sql::QueryBodyKind::Select:
      return select_text(static_cast<const sql::Select&>(body), indent);
    case sql::QueryBodyKind::Values:
      return values_text(static_cast<const sql::Values&>(body), indent);
    case sql::QueryBodyKind::TableQuery:
      return pad(indent) + "TABLE " + sql::print(static_cast<const sql::TableQuery&>(body).name) +
             "\n";
    case sql::QueryBodyKind::NestedQuery:
      return "(\n" + query_at(*static_cast<const sql::NestedQuery&>(body).query, indent + 1) +
             pad(indent) + ") ";
    case sql::QueryBodyKind::SetOperation:
      break;
  }
  const auto& set = static_cast<const sql::SetOperation&>(body);
  constexpr const char* kWords[] = {"UNION ", "INTERSECT ", "EXCEPT "};
  std::string out;
  for (std::size_t i = 0; i < set.inputs.size(); ++i) {
    if (i > 0) out += std::string(kWords[static_cast<int>(set.op)]) + (set.all ? "ALL " : "");
    out += body_text(*set.inputs[i], indent);
  }
  return out;
}

std::string query_at(const sql::Query& query, int indent) {
  if (!is_simple(query)) return pad(indent) + sql::print(query) + "\n";
  std::string out = with_text(query, indent) + body_text(*query.body, indent);
  if (!query.order_by.empty()) out += pad(indent) + "ORDER BY " + order_text(query.order_by) + "\n";
  if (query.offset) out += pad(indent) + "OFFSET " + count_text(*query.offset) + " ROWS\n";
  if (query.limit) out += pad(indent) + "LIMIT " + count_text(*query.limit) + "\n";
  if (query.limit_all) out += pad(indent) + "LIMIT ALL\n";
  if (query.fetch) {
    out += fmt::format("{}FETCH FIRST {} ROWS {}\n", pad(indent), count_text(*query.fetch),
                       query.with_ties ? "WITH TIES" : "ONLY");
  }
  return out;
}

std::string subquery_text(const sql::Query& query) { return "(" + query_at(query, 0) + ")"; }

}  // namespace

std::string view_definition(const std::string& sql) {
  auto parsed = sql::parse_statement(sql);
  if (!parsed || (*parsed)->kind != sql::StatementKind::QueryStatement) return sql;
  return query_at(*static_cast<const sql::QueryStatement&>(**parsed).query, 0);
}

std::string format_query(const sql::Query& query) {
  std::string out = query_at(query, 0);
  while (out.ends_with('\n') || out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace tarn::engine
