// SPDX-License-Identifier: Apache-2.0
// JSON_TABLE: the rows of the hidden function `$json_table`, unnested.
#include "analysis/query_analyzer.h"
#include "base/text.h"
#include "types/coercion.h"
#include "types/json_text.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;

namespace {

using Behavior = sql::JsonBehavior::Kind;
using Column = sql::JsonTableColumn;
using Plan = sql::JsonTablePlan;

std::string behavior_word(Behavior kind) {
  switch (kind) {
    case Behavior::Error:
      return "error";
    case Behavior::Default:
      return "default";
    case Behavior::EmptyArray:
      return "array";
    case Behavior::EmptyObject:
      return "object";
    default:
      return "null";
  }
}

// `"name":"text"`, behind a comma if there is something before.
void put_text(std::string& out, std::string_view name, std::string_view text) {
  if (!out.ends_with('{')) out += ',';
  types::append_json_text(out, name);
  out += ':';
  types::append_json_text(out, text);
}

void put_number(std::string& out, std::string_view name, std::size_t number) {
  if (!out.ends_with('{')) out += ',';
  types::append_json_text(out, name);
  out += fmt::format(":{}", number);
}

std::string operation(std::string_view name, std::string_view left, std::string_view right) {
  return fmt::format(R"({{"op":"{}","parts":[{},{}]}})", name, left, right);
}

std::string canonical_name(const sql::Identifier& name) {
  return name.quoted ? name.value : to_upper(name.value);
}

}  // namespace

// What is collected while the columns are walked in their order.
struct QueryAnalyzer::JsonTableState {
  const sql::JsonTable& node;
  const ExpressionContext& context;
  std::vector<types::TypeField> fields;
  TypedExpressionPtr defaults;  // a row
};

Result<void> QueryAnalyzer::json_table_default(JsonTableState& state, std::string& out,
                                               std::string_view name,
                                               const sql::JsonBehavior& behavior,
                                               const Type& type) {
  Behavior kind = behavior.kind;
  const bool errors = state.node.error_on_error.value_or(false);
  if (kind == Behavior::Unspecified && name == "error" && errors) kind = Behavior::Error;
  put_text(out, name, behavior_word(kind));
  if (kind != Behavior::Default) return ok();
  TypedExpressionPtr value = TRY(bind(*behavior.value, state.context));
  if (!types::can_coerce(value->type, type)) {
    return named_error(
        "TYPE_MISMATCH", behavior.value->at,
        "Function JSON_TABLE default ON {} result must evaluate to a {} (actual: {})",
        to_upper(name), text_of(type), text_of(value->type));
  }
  put_number(out, fmt::format("{}_default", name), state.defaults->children.size());
  state.defaults->type.fields.push_back({std::nullopt, type});
  state.defaults->children.push_back(coerce(std::move(value), type));
  return ok();
}

// One column as a member of its leaf.
Result<std::string> QueryAnalyzer::json_table_column(JsonTableState& state,
                                                     const sql::JsonTableColumn& column) {
  Type type = types::make_type(TypeKind::BigInt);
  if (column.type) type = TRY(data_type(*column.type, "TYPE_MISMATCH", column.span));
  std::string out = "{";
  put_number(out, "index", state.fields.size());
  state.fields.push_back({to_lower(column.name->value), type});
  if (column.kind == Column::Kind::Ordinality) {
    put_text(out, "kind", "ordinality");
    return out + "}";
  }
  std::string path = column.path.value_or("");
  if (!column.path) {
    path = "lax $.";
    types::append_json_text(path, canonical_name(*column.name));
  }
  put_text(out, "path", path);
  if (column.kind == Column::Kind::Query) {
    if (!type.is(TypeKind::Varchar) || column.format > sql::JsonEncoding::Plain) {
      return named_error("NOT_SUPPORTED", column.span,
                         "JSON_TABLE columns with FORMAT JSON of this type are not supported yet");
    }
    put_text(out, "kind", "query");
    put_text(out, "wrapper",
             column.wrapper == sql::JsonWrapper::Conditional     ? "conditional"
             : column.wrapper == sql::JsonWrapper::Unconditional ? "unconditional"
                                                                 : "none");
    put_text(out, "quotes", column.quotes == sql::JsonQuotes::Omit ? "omit" : "keep");
  } else {
    const bool is_scalar =
        types::is_numeric(type) || type.is(TypeKind::Boolean) || type.is(TypeKind::Varchar) ||
        type.is(TypeKind::Char) ||
        (type.kind >= TypeKind::Date && type.kind <= TypeKind::TimestampWithTimeZone);
    if (!is_scalar) {
      return named_error("TYPE_MISMATCH", column.span,
                         "Invalid return type of function JSON_VALUE: {}", text_of(type));
    }
    put_text(out, "kind", "value");
  }
  TRY(json_table_default(state, out, "empty", column.on_empty, type));
  TRY(json_table_default(state, out, "error", column.on_error, type));
  return out + "}";
}

Result<std::string> QueryAnalyzer::json_table_plan(JsonTableState& state, const std::string& path,
                                                   const std::optional<sql::Identifier>& name,
                                                   const std::vector<sql::JsonTableColumn>& columns,
                                                   const sql::JsonTablePlan* plan) {
  if (plan != nullptr && plan->kind != Plan::Kind::Leaf && plan->kind != Plan::Kind::Outer &&
      plan->kind != Plan::Kind::Inner) {
    return named_error("INVALID_PLAN", state.node.span,
                       "JSON_TABLE plan must contain the root path first");
  }
  const Plan* root = plan;
  if (plan != nullptr && plan->kind != Plan::Kind::Leaf) root = &plan->parts[0];
  if (root != nullptr && (!name || root->kind != Plan::Kind::Leaf ||
                          canonical_name(root->name) != canonical_name(*name))) {
    return named_error("INVALID_PLAN", state.node.span,
                       "JSON_TABLE plan does not name the paths as they are nested");
  }
  std::string leaf = "{";
  put_text(leaf, "op", "leaf");
  put_text(leaf, "path", path);
  std::string list;
  std::vector<std::pair<std::optional<sql::Identifier>, std::string>> children;
  // Columns keep their order through all paths, so nested ones are taken where they stand.
  for (const Column& column : columns) {
    if (column.kind != Column::Kind::Nested) {
      if (!list.empty()) list += ',';
      list += TRY(json_table_column(state, column));
      continue;
    }
    const Plan* below = nullptr;
    if (plan != nullptr) {
      below = column.name && plan->kind != Plan::Kind::Leaf
                  ? find_json_plan(plan->parts[1], canonical_name(*column.name))
                  : nullptr;
      if (below == nullptr) {
        return named_error("INVALID_PLAN", state.node.span,
                           "JSON_TABLE plan should contain all paths, each once");
      }
    }
    children.emplace_back(column.name, TRY(json_table_plan(state, column.path.value_or(""),
                                                           column.name, column.nested, below)));
  }
  leaf += ",\"columns\":[" + list + "]}";
  if (children.empty()) return leaf;
  std::string siblings;
  if (plan != nullptr) {
    siblings = TRY(json_table_siblings(plan->parts[1], children, state.node.span));
  } else {
    for (auto& [child_name, text] : children) {
      siblings = siblings.empty()
                     ? std::move(text)
                     : operation(state.node.default_cross ? "cross" : "union", siblings, text);
    }
  }
  const bool inner = plan != nullptr ? plan->kind == Plan::Kind::Inner : state.node.default_inner;
  return operation(inner ? "inner" : "outer", leaf, siblings);
}

// The part of a plan of siblings that begins with the path of that name.
const sql::JsonTablePlan* QueryAnalyzer::find_json_plan(const sql::JsonTablePlan& plan,
                                                        const std::string& name) {
  if (plan.kind == Plan::Kind::Leaf) return canonical_name(plan.name) == name ? &plan : nullptr;
  if (plan.kind == Plan::Kind::Outer || plan.kind == Plan::Kind::Inner) {
    return canonical_name(plan.parts[0].name) == name ? &plan : nullptr;
  }
  for (const Plan& part : plan.parts) {
    if (const Plan* found = find_json_plan(part, name)) return found;
  }
  return nullptr;
}

Result<std::string> QueryAnalyzer::json_table_siblings(
    const sql::JsonTablePlan& plan,
    std::vector<std::pair<std::optional<sql::Identifier>, std::string>>& children,
    const TextSpan& span) {
  if (plan.kind == Plan::Kind::Union || plan.kind == Plan::Kind::Cross) {
    std::string out;
    for (const Plan& part : plan.parts) {
      const std::string text = TRY(json_table_siblings(part, children, span));
      out = out.empty() ? text
                        : operation(plan.kind == Plan::Kind::Union ? "union" : "cross", out, text);
    }
    return out;
  }
  const Plan& first = plan.kind == Plan::Kind::Leaf ? plan : plan.parts[0];
  for (auto& [name, text] : children) {
    if (name && canonical_name(*name) == canonical_name(first.name)) return text;
  }
  return named_error("INVALID_PLAN", span, "JSON_TABLE plan names an unknown path: {}",
                     first.name.value);
}

QueryAnalyzer::Relation QueryAnalyzer::json_table(const sql::JsonTable& node, const Scope* outer,
                                                  const NamedTables* tables) {
  Scope scope;
  scope.parent = outer;
  scope.is_lambda = true;  // the left side of the join is the scope around
  ExpressionContext context;
  context.scope = &scope;
  context.tables = tables;
  context.clause = "JSON_TABLE";
  const bool errors = node.error_on_error.value_or(false);
  auto arguments =
      TRY(json_path_arguments(node.call, errors ? "error=error" : "error=empty", context));
  JsonTableState state{node, context, {}, std::make_unique<TypedExpression>()};
  state.defaults->kind = TypedKind::Row;
  state.defaults->type = types::make_row({});
  state.defaults->at = node.span;
  const bool planned = node.plan && !node.default_plan;
  std::string plan = TRY(json_table_plan(state, node.call.path, node.call.path_name, node.columns,
                                         planned ? &*node.plan : nullptr));
  arguments[1]->constant = types::Value(std::move(plan));
  if (state.defaults->children.empty()) {
    state.defaults->kind = TypedKind::Constant;
    state.defaults->type = Type();
  }
  arguments.push_back(std::move(state.defaults));
  const Type rows = types::make_array(types::make_row(state.fields));
  auto no_rows = std::make_unique<TypedExpression>();
  no_rows->type = rows;
  no_rows->at = node.span;
  arguments.push_back(std::move(no_rows));
  auto call = std::make_unique<TypedExpression>();
  call->kind = TypedKind::Call;
  call->type = rows;
  call->at = node.span;
  call->function = &find_overloads("$json_table").front();
  call->children = std::move(arguments);
  BoundRelation bound;
  bound.relation = std::make_unique<TypedRelation>();
  bound.relation->kind = TypedRelationKind::Unnest;
  bound.relation->span = node.span;
  for (types::TypeField& column : state.fields) {
    Field field;
    field.name = column.name;
    field.type = column.type;
    field.id = new_column();
    bound.relation->columns.push_back({field.id, field.type});
    bound.fields.push_back(std::move(field));
  }
  bound.relation->expressions.push_back(std::move(call));
  return bound;
}

}  // namespace tarn::analysis
