// SPDX-License-Identifier: Apache-2.0
#include "functions/evaluate.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "analysis/analyzer.h"
#include "analysis/typed_tree.h"
#include "functions/registry.h"
#include "sql/parser.h"
#include "sql/tree/visit.h"
#include "types/coercion.h"
#include "types/error_name.h"

namespace tarn::functions_test {

namespace {

using analysis::ColumnId;
using analysis::TypedExpression;
using analysis::TypedKind;
using analysis::TypedRelation;
using analysis::TypedRelationKind;
using functions::BoundFunction;
using functions::CallSignature;
using types::Type;
using types::TypeKind;
using types::Value;

using Row = std::vector<Value>;
using Columns = std::unordered_map<ColumnId, Value>;

Error not_supported(std::string_view what) {
  return types::named_error("NOT_SUPPORTED", {}, "{} is not supported here", what);
}

class NoTables final : public analysis::TableLookup {
 public:
  Result<analysis::TableInfoPtr> find_table(const analysis::TableId&,
                                            const std::optional<analysis::TableVersion>&) override {
    return not_supported("a table");
  }
};

Result<Value> call_function(const CallSignature& signature, std::span<const Value> values) {
  const BoundFunction function = TRY(functions::bind_function(signature));
  if (!function.sees_nulls) {
    for (const Value& value : values) {
      if (value.is_null()) return Value();
    }
  }
  return function.call(values);
}

// The four errors that TRY takes away.
bool is_caught(const Error& error) {
  const std::string name = types::split_error(error).name;
  return name == "DIVISION_BY_ZERO" || name == "INVALID_CAST_ARGUMENT" ||
         name == "INVALID_FUNCTION_ARGUMENT" || name == "NUMERIC_VALUE_OUT_OF_RANGE";
}

bool same_physical_value(const Type& from, const Type& to) {
  if (types::is_integral(from) && types::is_integral(to)) return true;
  if (from.is(TypeKind::Varchar) &&
      (to.is(TypeKind::RegularExpression) || to.is(TypeKind::JsonPath) ||
       to.is(TypeKind::CodePoints) || to.is(TypeKind::LikePattern))) {
    return true;
  }
  return from.is(TypeKind::Real) && to.is(TypeKind::Double);
}

class Evaluator {
 public:
  // Each row also has the columns `around`.
  Result<std::vector<Columns>> rows_of(const TypedRelation& relation, const Columns& around);
  Result<Value> value_of(const TypedExpression& node, const Columns& columns);

 private:
  Result<Row> values_of(const std::vector<analysis::TypedExpressionPtr>& nodes,
                        const Columns& columns, std::size_t first = 0);
  Result<std::vector<Columns>> unnested(const TypedRelation& relation, const Columns& around);
  Result<std::vector<Columns>> joined(const TypedRelation& relation, const Columns& around);
  Result<Value> call(const TypedExpression& node, const Columns& columns);
  Result<Value> like(const TypedExpression& node, const Columns& columns);
  Result<Value> cast(const TypedExpression& node, const Columns& columns);
  Result<Value> logical(const TypedExpression& node, const Columns& columns);
  Result<Value> branches(const TypedExpression& node, const Columns& columns);
  Result<Value> null_if(const TypedExpression& node, const Columns& columns);
  Result<Value> in(const TypedExpression& node, const Columns& columns);
  Result<Value> between(const TypedExpression& node, const Columns& columns);
  Result<Value> compare(std::string name, const Type& type, Value a, Value b) {
    const Value values[] = {std::move(a), std::move(b)};
    return call_function({std::move(name), {type, type}, types::make_type(TypeKind::Boolean), {}},
                         values);
  }
  Result<Value> convert(const Type& from, const Type& to, Value value) {
    if (from == to || types::is_type_only_coercion(from, to)) return value;
    return call_function({"$cast", {from}, to, {}}, std::span(&value, 1));
  }
};

Result<Row> Evaluator::values_of(const std::vector<analysis::TypedExpressionPtr>& nodes,
                                 const Columns& columns, std::size_t first) {
  Row out;
  for (std::size_t i = first; i < nodes.size(); ++i) {
    out.push_back(TRY(value_of(*nodes[i], columns)));
  }
  return out;
}

Result<Value> Evaluator::call(const TypedExpression& node, const Columns& columns) {
  CallSignature signature{node.function->name, {}, node.type, {}};
  for (const auto& child : node.children) signature.arguments.push_back(child->type);
  const Row values = TRY(values_of(node.children, columns));
  return call_function(signature, values);
}

Result<Value> Evaluator::like(const TypedExpression& node, const Columns& columns) {
  CallSignature signature{"$like", {}, node.type, {}};
  for (const auto& child : node.children) signature.arguments.push_back(child->type);
  const Row values = TRY(values_of(node.children, columns));
  return call_function(signature, values);
}

Result<Value> Evaluator::cast(const TypedExpression& node, const Columns& columns) {
  const Type& from = node.children[0]->type;
  Value value = TRY(value_of(*node.children[0], columns));
  if (from == node.type || types::is_type_only_coercion(from, node.type)) return value;
  if (node.implicit && same_physical_value(from, node.type)) return value;
  auto result = call_function({"$cast", {from}, node.type, {}}, std::span(&value, 1));
  if (!result && node.null_on_error && is_caught(result.error())) return Value();
  return result;
}

// AND and OR with SQL's three values.
Result<Value> Evaluator::logical(const TypedExpression& node, const Columns& columns) {
  const bool decides = node.kind == TypedKind::Or;
  bool has_null = false;
  for (const auto& child : node.children) {
    const Value value = TRY(value_of(*child, columns));
    if (value.is_null()) {
      has_null = true;
    } else if (value.as_bool() == decides) {
      return Value(decides);
    }
  }
  return has_null ? Value() : Value(!decides);
}

Result<Value> Evaluator::branches(const TypedExpression& node, const Columns& columns) {
  const bool simple = node.kind == TypedKind::SimpleCase;
  std::size_t at = 0;
  Value operand;
  if (simple) operand = TRY(value_of(*node.children[at++], columns));
  for (; at + 1 < node.children.size(); at += 2) {
    Value condition = TRY(value_of(*node.children[at], columns));
    if (simple) {
      condition = TRY(compare("$equal", node.children[0]->type, operand, std::move(condition)));
    }
    if (!condition.is_null() && condition.as_bool()) {
      return value_of(*node.children[at + 1], columns);
    }
  }
  return value_of(*node.children.back(), columns);
}

Result<Value> Evaluator::null_if(const TypedExpression& node, const Columns& columns) {
  const Row values = TRY(values_of(node.children, columns));
  Row compared;
  for (std::size_t i = 0; i < 2; ++i) {
    compared.push_back(TRY(convert(node.children[i]->type, node.compared_type, values[i])));
  }
  const Value equal = TRY(compare("$equal", node.compared_type, compared[0], compared[1]));
  return !equal.is_null() && equal.as_bool() ? Value() : values[0];
}

Result<Value> Evaluator::in(const TypedExpression& node, const Columns& columns) {
  const Value value = TRY(value_of(*node.children[0], columns));
  const Row items = TRY(values_of(node.children, columns, 1));
  bool has_null = false;
  for (const Value& item : items) {
    const Value equal = TRY(compare("$equal", node.children[0]->type, value, item));
    if (equal.is_null()) {
      has_null = true;
    } else if (equal.as_bool()) {
      return Value(true);
    }
  }
  return has_null ? Value() : Value(false);
}

Result<Value> Evaluator::between(const TypedExpression& node, const Columns& columns) {
  const Row values = TRY(values_of(node.children, columns));
  const Type& type = node.children[0]->type;
  const Value low = TRY(compare("$less_than_or_equal", type, values[1], values[0]));
  const Value high = TRY(compare("$less_than_or_equal", type, values[0], values[2]));
  for (const Value& side : {low, high}) {
    if (!side.is_null() && !side.as_bool()) return Value(false);
  }
  return low.is_null() || high.is_null() ? Value() : Value(true);
}

Result<Value> Evaluator::value_of(const TypedExpression& node, const Columns& columns) {
  switch (node.kind) {
    case TypedKind::Constant:
      return node.constant;
    case TypedKind::Column:
      return columns.at(node.column);
    case TypedKind::Call:
      return call(node, columns);
    case TypedKind::Cast:
      return cast(node, columns);
    case TypedKind::And:
    case TypedKind::Or:
      return logical(node, columns);
    case TypedKind::Not: {
      const Value value = TRY(value_of(*node.children[0], columns));
      return value.is_null() ? Value() : Value(!value.as_bool());
    }
    case TypedKind::IsNull:
      return Value(TRY(value_of(*node.children[0], columns)).is_null());
    case TypedKind::Case:
    case TypedKind::SimpleCase:
      return branches(node, columns);
    case TypedKind::Coalesce:
      for (const auto& child : node.children) {
        Value value = TRY(value_of(*child, columns));
        if (!value.is_null()) return value;
      }
      return Value();
    case TypedKind::NullIf:
      return null_if(node, columns);
    case TypedKind::Try: {
      auto value = value_of(*node.children[0], columns);
      if (!value && is_caught(value.error())) return Value();
      return value;
    }
    case TypedKind::In:
      return in(node, columns);
    case TypedKind::Between:
      return between(node, columns);
    case TypedKind::Like:
      return like(node, columns);
    case TypedKind::Field: {
      const Value row = TRY(value_of(*node.children[0], columns));
      return row.is_null() ? Value() : row.as_list().at(static_cast<std::size_t>(node.index));
    }
    case TypedKind::Row:
    case TypedKind::Array:
      return Value(TRY(values_of(node.children, columns)));
    default:
      return not_supported("this expression");
  }
}

// The values of one row of UNNEST: an array gives its item or the fields of it, a map key and
// value.
void put_item(Columns& row, const TypedRelation& unnest, std::size_t& column, const Type& type,
              const Value& value, std::size_t index) {
  const auto put = [&](const Value* item) {
    row[unnest.columns[column++].id] = item == nullptr ? Value() : *item;
  };
  const bool is_map = type.is(TypeKind::Map);
  const std::size_t step = is_map ? 2 : 1;
  const bool missing = value.is_null() || index * step >= value.as_list().size();
  const Value* item = missing ? nullptr : &value.as_list()[index * step];
  if (is_map) {
    put(item);
    put(missing ? nullptr : item + 1);
  } else if (type.element().is(TypeKind::Row)) {
    for (std::size_t i = 0; i < type.element().fields.size(); ++i) {
      put(item == nullptr || item->is_null() ? nullptr : &item->as_list()[i]);
    }
  } else {
    put(item);
  }
}

Result<std::vector<Columns>> Evaluator::unnested(const TypedRelation& relation,
                                                 const Columns& around) {
  const Row values = TRY(values_of(relation.expressions, around));
  std::size_t count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].is_null()) continue;
    const std::size_t step = relation.expressions[i]->type.is(TypeKind::Map) ? 2 : 1;
    count = std::max(count, values[i].as_list().size() / step);
  }
  std::vector<Columns> out;
  for (std::size_t index = 0; index < count; ++index) {
    Columns& row = out.emplace_back(around);
    std::size_t column = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      put_item(row, relation, column, relation.expressions[i]->type, values[i], index);
    }
    if (relation.with_ordinality) {
      row[relation.columns[column].id] = Value(static_cast<std::int64_t>(index) + 1);
    }
  }
  return out;
}

Result<std::vector<Columns>> Evaluator::joined(const TypedRelation& relation,
                                               const Columns& around) {
  const auto join = relation.join;
  if (join == analysis::JoinKind::Right || join == analysis::JoinKind::Full) {
    return not_supported("this join");
  }
  if (relation.lateral && relation.inputs[1]->kind != TypedRelationKind::Unnest) {
    return not_supported("this lateral join");
  }
  std::vector<Columns> out;
  for (const Columns& left : TRY(rows_of(*relation.inputs[0], around))) {
    bool found = false;
    for (Columns& row : TRY(rows_of(*relation.inputs[1], left))) {
      if (relation.condition) {
        const Value condition = TRY(value_of(*relation.condition, row));
        if (condition.is_null() || !condition.as_bool()) continue;
      }
      found = true;
      out.push_back(std::move(row));
    }
    if (found || join != analysis::JoinKind::Left) continue;
    Columns& row = out.emplace_back(left);
    for (const auto& column : relation.inputs[1]->columns) row[column.id] = Value();
  }
  return out;
}

Result<std::vector<Columns>> Evaluator::rows_of(const TypedRelation& relation,
                                                const Columns& around) {
  std::vector<Columns> out;
  switch (relation.kind) {
    case TypedRelationKind::OneRow:
      out.push_back(around);
      return out;
    case TypedRelationKind::Values:
      for (const auto& expressions : relation.rows) {
        const Row values = TRY(values_of(expressions, around));
        Columns& row = out.emplace_back(around);
        for (std::size_t i = 0; i < values.size(); ++i) row[relation.columns[i].id] = values[i];
      }
      return out;
    case TypedRelationKind::Unnest:
      return unnested(relation, around);
    case TypedRelationKind::Join:
      return joined(relation, around);
    case TypedRelationKind::Project:
    case TypedRelationKind::Filter:
      break;
    default:
      return not_supported("this relation");
  }
  for (Columns& row : TRY(rows_of(*relation.inputs[0], around))) {
    if (relation.kind == TypedRelationKind::Filter) {
      const Value condition = TRY(value_of(*relation.condition, row));
      if (!condition.is_null() && condition.as_bool()) out.push_back(std::move(row));
      continue;
    }
    Row values = TRY(values_of(relation.expressions, row));
    Columns& projected = out.emplace_back(around);
    for (std::size_t i = 0; i < values.size(); ++i) {
      projected[relation.columns[i].id] = std::move(values[i]);
    }
  }
  return out;
}

}  // namespace

Result<Answer> evaluate_statement(std::string_view sql) {
  auto statement = sql::parse_statement(sql);
  if (!statement) {
    const bool later = statement.error().code == ErrorCode::Unsupported;
    return types::with_name(statement.error(), later ? "NOT_SUPPORTED" : "SYNTAX_ERROR", {});
  }
  const auto* query = sql::as<sql::QueryStatement>(**statement);
  if (!query) return not_supported("this statement");
  NoTables tables;
  analysis::AnalyzerOptions options;
  options.catalog = "memory";
  options.schema = "default";
  const analysis::TypedQuery typed = TRY(analysis::analyze_query(*query->query, tables, options));
  Answer answer;
  for (const auto& output : typed.outputs) answer.types.push_back(output.type);
  for (const Columns& columns : TRY(Evaluator().rows_of(*typed.relation, {}))) {
    Row& row = answer.rows.emplace_back();
    for (const auto& output : typed.outputs) row.push_back(columns.at(output.id));
  }
  return answer;
}

}  // namespace tarn::functions_test
