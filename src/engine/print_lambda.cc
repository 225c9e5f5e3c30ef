// SPDX-License-Identifier: Apache-2.0
// Calls with lambdas: DuckDB's list_transform applies the lambda, hidden functions
// (functions/lambda.h) make the result of what it gave.
#include <algorithm>

#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::make_array;
using types::Type;
using types::TypeKind;

namespace {

Type boolean_list() { return make_array(types::make_type(TypeKind::Boolean)); }
Type text_list() { return make_array(types::make_varchar()); }

const std::vector<std::string> kEntryFields = {"key", "value"};

}  // namespace

Text Printer::let(const std::string& text, const std::function<Text(const std::string&)>& body) {
  if (may_repeat(text)) return body(text);
  std::string name = fresh_name("q");
  return fmt::format("list_extract(list_transform([{}], lambda {}: {}), 1)", text, name,
                     TRY(body(name)));
}

Text Printer::lambda_over(const TypedExpression& lambda, const std::string& list) {
  std::string name = fresh_name("l");
  bind_column(lambda.parameters[0], {name, ColumnForm::Physical});
  return fmt::format("list_transform({}, lambda {}: {})", list, name,
                     TRY(expression(*lambda.children[0])));
}

Text Printer::lambda_over_rows(const TypedExpression& lambda, const std::string& list,
                               const std::vector<std::string>& fields) {
  std::string name = fresh_name("l");
  for (std::size_t i = 0; i < lambda.parameters.size(); ++i) {
    bind_column(lambda.parameters[i], {field_text(name, fields[i]), ColumnForm::Physical});
  }
  return fmt::format("list_transform({}, lambda {}: {})", list, name,
                     TRY(expression(*lambda.children[0])));
}

Result<std::optional<std::string>> Printer::lambda_call(const TypedExpression& node) {
  bool has_lambda = std::any_of(node.children.begin(), node.children.end(),
                                [](const auto& child) { return child->kind == TypedKind::Lambda; });
  if (!has_lambda) return std::optional<std::string>();
  struct Form {
    std::string_view name;
    Text (Printer::*print)(const TypedExpression&);
  };
  constexpr Form kForms[] = {{"transform", &Printer::transform},
                             {"filter", &Printer::filter_list},
                             {"any_match", &Printer::match},
                             {"all_match", &Printer::match},
                             {"none_match", &Printer::match},
                             {"reduce", &Printer::reduce},
                             {"zip_with", &Printer::zip_with},
                             {"array_sort", &Printer::sort_by},
                             {"map_filter", &Printer::map_lambda},
                             {"transform_keys", &Printer::map_lambda},
                             {"transform_values", &Printer::map_lambda},
                             {"map_zip_with", &Printer::map_zip_with},
                             {"split_to_map", &Printer::split_to_map},
                             {"regexp_replace", &Printer::regexp_replace}};
  for (const Form& form : kForms) {
    if (node.function->name == form.name) return std::optional(TRY((this->*form.print)(node)));
  }
  return types::named_error("NOT_SUPPORTED", node.at, "{} with a lambda is not supported yet",
                            node.function->name);
}

Text Printer::transform(const TypedExpression& node) {
  return lambda_over(*node.children[1], TRY(expression(*node.children[0])));
}

Text Printer::filter_list(const TypedExpression& node) {
  const TypedExpression& lambda = *node.children[1];
  std::string list = TRY(expression(*node.children[0]));
  std::string name = fresh_name("l");
  bind_column(lambda.parameters[0], {name, ColumnForm::Physical});
  return fmt::format("list_filter({}, lambda {}: {})", list, name,
                     TRY(expression(*lambda.children[0])));
}

Text Printer::match(const TypedExpression& node) {
  const std::string results[] = {TRY(transform(node))};
  return tarn_call("$" + node.function->name, {boolean_list()}, node.type, results);
}

// DuckDB's reduce knows one type only, so that state and item travel in one struct.
Text Printer::reduce_list(const std::string& list, const Type& element, const std::string& start,
                          const Type& state, const TypedExpression& step) {
  std::string no_state = TRY(print_null(state));
  std::string no_item = TRY(print_null(element));
  std::string item = fresh_name("l");
  std::string a = fresh_name("l");
  std::string b = fresh_name("l");
  bind_column(step.parameters[0], {field_text(a, "s"), ColumnForm::Physical});
  bind_column(step.parameters[1], {field_text(b, "e"), ColumnForm::Physical});
  std::string body = TRY(expression(*step.children[0]));
  return fmt::format(
      "struct_extract(list_reduce(list_transform({}, lambda {}: {{'s': {}, 'e': {}}}), lambda {}, "
      "{}: {{'s': {}, 'e': {}}}, {{'s': {}, 'e': {}}}), 's')",
      list, item, no_state, item, a, b, body, no_item, start, no_item);
}

Text Printer::reduce(const TypedExpression& node) {
  const TypedExpression& list = *node.children[0];
  const TypedExpression& start = *node.children[1];
  const TypedExpression& output = *node.children[3];
  std::string state = TRY(reduce_list(TRY(expression(list)), list.type.element(),
                                      TRY(expression(start)), start.type, *node.children[2]));
  const TypedExpression& body = *output.children[0];
  if (body.kind == TypedKind::Column && body.column == output.parameters[0]) return state;
  // A NULL list gives NULL, a NULL state goes on.
  std::string name = fresh_name("l");
  bind_column(output.parameters[0], {name, ColumnForm::Physical});
  std::string result = fmt::format("list_extract(list_transform([{}], lambda {}: {}), 1)", state,
                                   name, TRY(expression(body)));
  return fmt::format("CASE WHEN {} IS NULL THEN {} ELSE {} END", TRY(expression(list)),
                     TRY(print_null(node.type)), result);
}

Text Printer::zip_with(const TypedExpression& node) {
  const Type& a = node.children[0]->type;
  const Type& b = node.children[1]->type;
  Type row = types::make_anonymous_row({a.element(), b.element()});
  const std::string lists[] = {TRY(expression(*node.children[0])),
                               TRY(expression(*node.children[1]))};
  std::string rows = TRY(tarn_call("zip", {a, b}, make_array(row), lists));
  return lambda_over_rows(*node.children[2], rows, {"f1", "f2"});
}

// The comparator's answer for each pair of items.
Text Printer::sort_by(const TypedExpression& node) {
  const TypedExpression& lambda = *node.children[1];
  const Type& type = node.children[0]->type;
  Type matrix = make_array(make_array(types::make_type(TypeKind::Integer)));
  return let(TRY(expression(*node.children[0])), [&](const std::string& list) -> Text {
    std::string a = fresh_name("l");
    std::string b = fresh_name("l");
    bind_column(lambda.parameters[0], {a, ColumnForm::Physical});
    bind_column(lambda.parameters[1], {b, ColumnForm::Physical});
    std::string body = TRY(expression(*lambda.children[0]));
    const std::string arguments[] = {
        list, fmt::format("list_transform({0}, lambda {1}: list_transform({0}, lambda {2}: {3}))",
                          list, a, b, body)};
    return tarn_call("$array_sort", {type, matrix}, type, arguments);
  });
}

// map_filter, transform_keys, transform_values.
Text Printer::map_lambda(const TypedExpression& node) {
  const TypedExpression& lambda = *node.children[1];
  const Type& map = node.children[0]->type;
  Type results = make_array(lambda.children[0]->type);
  return let(TRY(expression(*node.children[0])), [&](const std::string& text) -> Text {
    const std::string arguments[] = {
        text, TRY(lambda_over_rows(lambda, "map_entries(" + text + ")", kEntryFields))};
    return tarn_call("$" + node.function->name, {map, results}, node.type, arguments);
  });
}

Text Printer::map_zip_with(const TypedExpression& node) {
  const Type& a = node.children[0]->type;
  const Type& b = node.children[1]->type;
  const TypedExpression& lambda = *node.children[2];
  Type rows = make_array(types::make_anonymous_row({a.key(), a.value(), b.value()}));
  const std::string maps[] = {TRY(expression(*node.children[0])),
                              TRY(expression(*node.children[1]))};
  return let(TRY(tarn_call("$map_zip", {a, b}, rows, maps)),
             [&](const std::string& zipped) -> Text {
               const std::string arguments[] = {
                   zipped, TRY(lambda_over_rows(lambda, zipped, {"f1", "f2", "f3"}))};
               return tarn_call("$map_zip_result", {rows, make_array(lambda.children[0]->type)},
                                node.type, arguments);
             });
}

// split_to_map(text, entries, keys, (key, a, b) -> value): the lambda decides between values.
Text Printer::split_to_map(const TypedExpression& node) {
  std::vector<Type> types;
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < 3; ++i) {
    types.push_back(node.children[i]->type);
    arguments.push_back(TRY(expression(*node.children[i])));
  }
  const TypedExpression& lambda = *node.children[3];
  Type multimap = types::make_map(types::make_varchar(), text_list());
  return let(TRY(tarn_call("split_to_multimap", types, multimap, arguments)),
             [&](const std::string& map) -> Text {
               std::string entry = fresh_name("l");
               std::string a = fresh_name("l");
               std::string b = fresh_name("l");
               bind_column(lambda.parameters[0], {field_text(entry, "key"), ColumnForm::Physical});
               bind_column(lambda.parameters[1], {a, ColumnForm::Physical});
               bind_column(lambda.parameters[2], {b, ColumnForm::Physical});
               std::string body = TRY(expression(*lambda.children[0]));
               const std::string results[] = {
                   map, fmt::format("list_transform(map_entries({}), lambda {}: list_reduce({}, "
                                    "lambda {}, {}: {}))",
                                    map, entry, field_text(entry, "value"), a, b, body)};
               return tarn_call("$transform_values", {multimap, text_list()}, node.type, results);
             });
}

Text Printer::regexp_replace(const TypedExpression& node) {
  const Type& text_type = node.children[0]->type;
  const Type& pattern_type = node.children[1]->type;
  std::string text = TRY(expression(*node.children[0]));
  std::string pattern = TRY(expression(*node.children[1]));
  return let(text, [&](const std::string& name) -> Text {
    const std::string groups[] = {name, pattern};
    std::string found = TRY(
        tarn_call("$regexp_groups", {text_type, pattern_type}, make_array(text_list()), groups));
    const std::string arguments[] = {name, pattern, TRY(lambda_over(*node.children[2], found))};
    return tarn_call("$regexp_replace", {text_type, pattern_type, text_list()}, node.type,
                     arguments);
  });
}

}  // namespace tarn::engine
