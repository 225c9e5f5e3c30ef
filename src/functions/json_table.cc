// SPDX-License-Identifier: Apache-2.0
// JSON_TABLE, as the rows of an array that the analyzer unnests:
//
//   $json_table(varchar, varchar, P, varchar, D, R) -> R
//
// input, plan, PASSING, options, what DEFAULT gives for single columns (a row, or `unknown`), and a
// NULL of the type of the result, array(row(…)). The plan is a JSON text:
//
//   {"op": "leaf", "path": "lax $", "columns": [{"index": 0, "kind": "value", "path": "lax $.a",
//     "empty": "null", "error": "default", "error_default": 0}, …]}
//   {"op": "outer", "parts": [leaf, plan]}    or "inner": parent and child
//   {"op": "union", "parts": [plan, plan]}    or "cross": siblings
//
// Kinds of columns are value, query (with "wrapper" and "quotes") and ordinality.
#include <memory>

#include "functions/json_result.h"
#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;
using TableRow = std::vector<Value>;

constexpr std::size_t kJsonRowsMax = 10'000'000;

struct JsonTableColumn {
  std::size_t index = 0;
  std::string kind;
  SqlJsonPath path;
  std::string wrapper, quotes, empty, error;
  std::int64_t empty_default = -1;  // fields of the row of defaults
  std::int64_t error_default = -1;
};

struct JsonTableNode {
  std::string op;
  SqlJsonPath path;  // leaf
  std::vector<JsonTableColumn> columns;
  std::vector<std::unique_ptr<JsonTableNode>> parts;
};

const JsonItem* find_member(const JsonItem& object, std::string_view name) {
  for (const auto& [key, value] : object.members) {
    if (key == name) return value.get();
  }
  return nullptr;
}

std::string text_member(const JsonItem& object, std::string_view name) {
  const JsonItem* found = find_member(object, name);
  return found != nullptr && found->scalar.type.is(Varchar) ? found->scalar.value.as_text() : "";
}

std::int64_t int_member(const JsonItem& object, std::string_view name) {
  const JsonItem* found = find_member(object, name);
  return found != nullptr && found->scalar.type.is(Integer) ? found->scalar.value.as_int() : -1;
}

Result<std::unique_ptr<JsonTableNode>> read_plan(const JsonItem& item) {
  auto node = std::make_unique<JsonTableNode>();
  node->op = text_member(item, "op");
  if (const JsonItem* parts = find_member(item, "parts")) {
    for (const JsonItemPtr& part : parts->items) node->parts.push_back(TRY(read_plan(*part)));
    return node;
  }
  node->path = TRY(parse_json_path(text_member(item, "path")));
  const JsonItem* columns = find_member(item, "columns");
  if (columns == nullptr) return internal("malformed plan of JSON_TABLE");
  for (const JsonItemPtr& column : columns->items) {
    JsonTableColumn out;
    out.index = static_cast<std::size_t>(int_member(*column, "index"));
    out.kind = text_member(*column, "kind");
    if (out.kind != "ordinality") out.path = TRY(parse_json_path(text_member(*column, "path")));
    out.wrapper = text_member(*column, "wrapper");
    out.quotes = text_member(*column, "quotes");
    out.empty = text_member(*column, "empty");
    out.error = text_member(*column, "error");
    out.empty_default = int_member(*column, "empty_default");
    out.error_default = int_member(*column, "error_default");
    node->columns.push_back(std::move(out));
  }
  return node;
}

using JsonTablePlanPtr = std::shared_ptr<const JsonTableNode>;

// Keeps the last plan of the thread.
Result<JsonTablePlanPtr> find_plan(const std::string& text) {
  thread_local std::string last_text;
  thread_local JsonTablePlanPtr last;
  if (last && last_text == text) return last;
  const JsonItemPtr item = parse_json_item(text);
  if (!item) return internal("malformed plan of JSON_TABLE");
  last = JsonTablePlanPtr(TRY(read_plan(*item)));
  last_text = text;
  return last;
}

class JsonTableMaker {
 public:
  JsonTableMaker(const types::Type& row, const JsonPathVariables& variables, const Value& defaults,
                 bool error_on_error)
      : row_(row), variables_(variables), defaults_(defaults), error_on_error_(error_on_error) {}

  Result<std::vector<TableRow>> rows(const JsonTableNode& node, const JsonItemPtr& context) const {
    if (node.op == "leaf") return leaf_rows(node, context, nullptr, false);
    if (node.op == "outer" || node.op == "inner") {
      return leaf_rows(*node.parts[0], context, node.parts[1].get(), node.op == "outer");
    }
    std::vector<TableRow> left = TRY(rows(*node.parts[0], context));
    std::vector<TableRow> right = TRY(rows(*node.parts[1], context));
    if (node.op == "union") {
      for (TableRow& row : right) left.push_back(std::move(row));
      return left;
    }
    std::vector<TableRow> out;
    if (left.size() > 0 && right.size() > kJsonRowsMax / left.size()) return too_many();
    for (const TableRow& a : left) {
      for (const TableRow& b : right) out.push_back(merged(a, b));
    }
    return out;
  }

 private:
  static Error too_many() { return invalid_argument("JSON_TABLE makes too many rows"); }

  // The columns of two paths; each leaves those of the other NULL.
  static TableRow merged(const TableRow& a, const TableRow& b) {
    TableRow out = a;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (out[i].is_null()) out[i] = b[i];
    }
    return out;
  }

  Result<std::vector<TableRow>> leaf_rows(const JsonTableNode& leaf, const JsonItemPtr& context,
                                          const JsonTableNode* child, bool outer) const {
    std::vector<TableRow> out;
    const auto items = evaluate_json_path(leaf.path, context, variables_);
    if (!items) {
      if (error_on_error_) return items.error();
      return out;
    }
    std::int64_t ordinal = 0;
    for (const JsonItemPtr& item : *items) {
      const TableRow row = TRY(make_row(leaf, item, ++ordinal));
      std::vector<TableRow> below;
      if (child != nullptr) below = TRY(rows(*child, item));
      for (const TableRow& inner : below) out.push_back(merged(row, inner));
      if (child == nullptr || (outer && below.empty())) out.push_back(row);
      if (out.size() > kJsonRowsMax) return too_many();
    }
    return out;
  }

  Result<TableRow> make_row(const JsonTableNode& leaf, const JsonItemPtr& item,
                            std::int64_t ordinal) const {
    TableRow out(row_.fields.size());
    for (const JsonTableColumn& column : leaf.columns) {
      out[column.index] = TRY(column_value(column, item, ordinal));
    }
    return out;
  }

  const Value* default_at(std::int64_t index) const {
    return index < 0 ? nullptr : &defaults_.as_list().at(static_cast<std::size_t>(index));
  }

  Result<Value> column_value(const JsonTableColumn& column, const JsonItemPtr& item,
                             std::int64_t ordinal) const {
    if (column.kind == "ordinality") return Value(ordinal);
    const auto found = evaluate_json_path(column.path, item, variables_);
    const JsonBehaviors behaviors{column.empty, column.error, default_at(column.empty_default),
                                  default_at(column.error_default)};
    const types::Type& type = row_.fields[column.index].type;
    if (column.kind == "value") return json_value_of(found, type, behaviors);
    Value text = TRY(json_query_of(found, column.wrapper, column.quotes, behaviors));
    if (text.is_null() || types::is_unbounded_varchar(type)) return text;
    const auto cast = TRY(bind_function({"$cast", {types::make_varchar()}, type, {}}));
    return cast.call(std::span(&text, 1));
  }

  const types::Type& row_;
  const JsonPathVariables& variables_;
  const Value& defaults_;
  bool error_on_error_;
};

Result<Value> json_table(const CallSignature& signature, Arguments values) {
  const JsonTablePlanPtr plan = TRY(find_plan(values[1].as_text()));
  std::vector<Value> out;
  if (values[0].is_null()) return Value(std::move(out));
  const std::string& options = values[3].as_text();
  const bool error_on_error = json_option(options, "error") == "error";
  const JsonItemPtr context = parse_json_item(values[0].as_text());
  if (!context) {
    if (error_on_error) return json_input_error();
    return Value(std::move(out));
  }
  const auto variables = TRY(json_path_variables(signature.arguments[2], values[2], options));
  const JsonTableMaker maker(signature.result.element(), variables, values[4], error_on_error);
  for (TableRow& row : TRY(maker.rows(*plan, context))) out.emplace_back(std::move(row));
  return Value(std::move(out));
}

BoundFunction bind_json_table(const CallSignature& signature) {
  if (signature.arguments.size() != 6 || !signature.result.is(Array)) return {};
  return {.call = [signature](Arguments values) { return json_table(signature, values); },
          .sees_nulls = true};
}

constexpr FunctionEntry kJsonTableFunctions[] = {{"$json_table", bind_json_table}};

}  // namespace

FunctionList json_table_functions() { return kJsonTableFunctions; }

}  // namespace tarn::functions
