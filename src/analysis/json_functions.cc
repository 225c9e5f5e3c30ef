// SPDX-License-Identifier: Apache-2.0
// SQL/JSON functions become calls of hidden functions ($json_value, …); how they are called stands
// in the catalogue. Paths are constants that the functions read.
#include "analysis/query_analyzer.h"
#include "base/text.h"
#include "types/coercion.h"

namespace tarn::analysis {

using types::Type;
using types::TypeKind;

namespace {

using Behavior = sql::JsonBehavior::Kind;

TypedExpressionPtr typed_node(TypedKind kind, Type type, const TextSpan& at) {
  auto node = std::make_unique<TypedExpression>();
  node->kind = kind;
  node->type = std::move(type);
  node->at = at;
  return node;
}

TypedExpressionPtr hidden_call(std::string_view name, Type type,
                               std::vector<TypedExpressionPtr> arguments, const TextSpan& at) {
  auto call = typed_node(TypedKind::Call, std::move(type), at);
  call->function = &find_overloads(name).front();
  call->children = std::move(arguments);
  return call;
}

TypedExpressionPtr text_constant(std::string text, const TextSpan& at) {
  auto node = typed_node(TypedKind::Constant, types::make_varchar(), at);
  node->constant = types::Value(std::move(text));
  return node;
}

TypedExpressionPtr typed_null(Type type, const TextSpan& at) {
  return typed_node(TypedKind::Constant, std::move(type), at);
}

std::string_view encoding_name(sql::JsonEncoding encoding) {
  if (encoding == sql::JsonEncoding::Utf16) return "utf16";
  return encoding == sql::JsonEncoding::Utf32 ? "utf32" : "utf8";
}

std::string_view behavior_name(Behavior kind) {
  switch (kind) {
    case Behavior::Error:
      return "error";
    case Behavior::Default:
      return "default";
    case Behavior::EmptyArray:
      return "array";
    case Behavior::EmptyObject:
      return "object";
    case Behavior::True:
      return "true";
    case Behavior::False:
      return "false";
    case Behavior::Unknown:
      return "unknown";
    default:
      return "null";
  }
}

bool makes_json(const sql::Expression& node) {
  return node.kind == sql::ExpressionKind::JsonObject ||
         node.kind == sql::ExpressionKind::JsonArray || node.kind == sql::ExpressionKind::JsonQuery;
}

}  // namespace

// The text of a JSON document: characters, or bytes in the encoding.
QueryAnalyzer::Expression QueryAnalyzer::json_document(const sql::JsonInput& input,
                                                       const ExpressionContext& context) {
  TypedExpressionPtr value = TRY(bind(*input.value, context));
  const TextSpan at = input.value->at;
  const Type& type = value->type;
  if (type.is(TypeKind::Varbinary)) {
    std::vector<TypedExpressionPtr> arguments;
    arguments.push_back(std::move(value));
    arguments.push_back(text_constant(std::string(encoding_name(input.format)), at));
    return hidden_call("$json_text", types::make_varchar(), std::move(arguments), at);
  }
  const bool is_text =
      type.is(TypeKind::Varchar) || type.is(TypeKind::Char) || type.is(TypeKind::Unknown);
  if (!is_text || input.format > sql::JsonEncoding::Plain) {
    return named_error("TYPE_MISMATCH", at,
                       "Cannot read input of type {} as JSON using formatting {}", text_of(type),
                       input.format == sql::JsonEncoding::None ? "JSON" : "JSON ENCODING");
  }
  return coerce(std::move(value), types::make_varchar());
}

// Values of a row; those with FORMAT JSON are listed in `options`.
Result<void> QueryAnalyzer::add_json_field(TypedExpression& row, std::string& options,
                                           const sql::JsonInput& input, std::string name,
                                           const ExpressionContext& context) {
  TypedExpressionPtr value;
  // What JSON functions give is JSON without saying so.
  if (input.format != sql::JsonEncoding::None || makes_json(*input.value)) {
    value = TRY(json_document(input, context));
    options += options.ends_with(' ') ? "json=" : ",";
    options += std::to_string(row.children.size());
  } else {
    value = TRY(bind(*input.value, context));
  }
  std::optional<std::string> field;
  if (!name.empty()) field = std::move(name);
  row.type.fields.push_back({std::move(field), value->type});
  row.children.push_back(std::move(value));
  return ok();
}

// Input, path, the values of PASSING and the options with which the call goes on.
Result<std::vector<TypedExpressionPtr>> QueryAnalyzer::json_path_arguments(
    const sql::JsonPathCall& call, std::string options, const ExpressionContext& context) {
  std::vector<TypedExpressionPtr> arguments;
  arguments.push_back(TRY(json_document(call.input, context)));
  arguments.push_back(text_constant(call.path, call.path_span));
  options += ' ';
  if (call.passing.empty()) {
    arguments.push_back(typed_null(Type(), call.path_span));
  } else {
    auto row = typed_node(TypedKind::Row, types::make_row({}), call.path_span);
    for (const sql::JsonArgument& argument : call.passing) {
      std::string name = argument.name.quoted ? argument.name.value : to_upper(argument.name.value);
      TRY(add_json_field(*row, options, argument.input, std::move(name), context));
    }
    arguments.push_back(std::move(row));
  }
  arguments.push_back(text_constant(std::string(tarn::trim(options)), call.path_span));
  return arguments;
}

QueryAnalyzer::Expression QueryAnalyzer::json_exists(const sql::JsonExists& node,
                                                     const ExpressionContext& context) {
  const Behavior on_error = node.on_error.kind;
  const std::string_view behavior =
      on_error == Behavior::Unspecified ? "false" : behavior_name(on_error);
  auto arguments = TRY(json_path_arguments(node.call, fmt::format("error={}", behavior), context));
  return hidden_call("$json_exists", types::make_type(TypeKind::Boolean), std::move(arguments),
                     node.at);
}

QueryAnalyzer::Expression QueryAnalyzer::json_value(const sql::JsonValue& node,
                                                    const ExpressionContext& context) {
  Type type = types::make_varchar();
  if (node.returning) type = TRY(data_type(*node.returning, "TYPE_MISMATCH", node.at));
  const bool is_scalar =
      types::is_numeric(type) || type.is(TypeKind::Boolean) || type.is(TypeKind::Varchar) ||
      type.is(TypeKind::Char) ||
      (type.kind >= TypeKind::Date && type.kind <= TypeKind::TimestampWithTimeZone);
  if (!is_scalar) {
    return named_error("TYPE_MISMATCH", node.at, "Invalid return type of function JSON_VALUE: {}",
                       text_of(type));
  }
  auto arguments =
      TRY(json_path_arguments(node.call,
                              fmt::format("empty={} error={}", behavior_name(node.on_empty.kind),
                                          behavior_name(node.on_error.kind)),
                              context));
  for (const auto& [behavior, clause] :
       {std::pair{&node.on_empty, "ON EMPTY"}, std::pair{&node.on_error, "ON ERROR"}}) {
    if (behavior->kind != Behavior::Default) {
      arguments.push_back(typed_null(type, node.at));
      continue;
    }
    TypedExpressionPtr value = TRY(bind(*behavior->value, context));
    if (!types::can_coerce(value->type, type)) {
      return named_error("TYPE_MISMATCH", behavior->value->at,
                         "Function JSON_VALUE default {} result must evaluate to a {} (actual: {})",
                         clause, text_of(type), text_of(value->type));
    }
    arguments.push_back(coerce(std::move(value), type));
  }
  return hidden_call("$json_value", std::move(type), std::move(arguments), node.at);
}

// A JSON text as RETURNING wants it.
QueryAnalyzer::Expression QueryAnalyzer::json_output(TypedExpressionPtr text,
                                                     const sql::JsonOutput& output,
                                                     const TextSpan& at) {
  if (!output.type) return text;
  Type type = TRY(data_type(*output.type, "TYPE_MISMATCH", at));
  if (type.is(TypeKind::Varbinary)) {
    std::vector<TypedExpressionPtr> arguments;
    arguments.push_back(std::move(text));
    arguments.push_back(text_constant(std::string(encoding_name(output.format)), at));
    return hidden_call("$json_bytes", std::move(type), std::move(arguments), at);
  }
  const bool is_text = type.is(TypeKind::Varchar) || type.is(TypeKind::Char);
  if (!is_text || output.format > sql::JsonEncoding::Plain) {
    return named_error("TYPE_MISMATCH", at, "Cannot output JSON value as {} using formatting JSON",
                       text_of(type));
  }
  if (type == text->type) return text;
  auto cast = typed_node(TypedKind::Cast, std::move(type), at);
  cast->children.push_back(std::move(text));
  return cast;
}

QueryAnalyzer::Expression QueryAnalyzer::json_query(const sql::JsonQuery& node,
                                                    const ExpressionContext& context) {
  using Wrapper = sql::JsonWrapper;
  const bool wraps = node.wrapper == Wrapper::Conditional || node.wrapper == Wrapper::Unconditional;
  if (wraps && node.quotes != sql::JsonQuotes::Unspecified) {
    return named_error("INVALID_FUNCTION_ARGUMENT", node.at,
                       "{} QUOTES behavior specified with WITH ARRAY WRAPPER behavior",
                       node.quotes == sql::JsonQuotes::Omit ? "OMIT" : "KEEP");
  }
  auto arguments = TRY(json_path_arguments(
      node.call,
      fmt::format("wrapper={} quotes={} empty={} error={}",
                  node.wrapper == Wrapper::Conditional     ? "conditional"
                  : node.wrapper == Wrapper::Unconditional ? "unconditional"
                                                           : "none",
                  node.quotes == sql::JsonQuotes::Omit ? "omit" : "keep",
                  behavior_name(node.on_empty.kind), behavior_name(node.on_error.kind)),
      context));
  auto text = hidden_call("$json_query", types::make_varchar(), std::move(arguments), node.at);
  return json_output(std::move(text), node.output, node.at);
}

QueryAnalyzer::Expression QueryAnalyzer::json_constructor(std::string_view name,
                                                          TypedExpressionPtr row,
                                                          std::string options, bool absent,
                                                          const sql::JsonOutput& output,
                                                          const TextSpan& at) {
  options = std::string(tarn::trim(options)) + (absent ? " nulls=absent" : " nulls=null");
  std::vector<TypedExpressionPtr> arguments;
  // A row needs a field.
  if (row->children.empty()) row = typed_null(Type(), at);
  arguments.push_back(std::move(row));
  arguments.push_back(text_constant(std::string(tarn::trim(options)), at));
  auto text = hidden_call(name, types::make_varchar(), std::move(arguments), at);
  return json_output(std::move(text), output, at);
}

QueryAnalyzer::Expression QueryAnalyzer::json_object(const sql::JsonObject& node,
                                                     const ExpressionContext& context) {
  auto row = typed_node(TypedKind::Row, types::make_row({}), node.at);
  std::string options = " ";
  for (const sql::JsonMember& member : node.members) {
    if (node.unique_keys && member.value.format != sql::JsonEncoding::None) {
      return named_error("NOT_SUPPORTED", node.at,
                         "WITH UNIQUE KEYS behavior is not supported for JSON_OBJECT function when "
                         "input expression has FORMAT");
    }
    TypedExpressionPtr key = TRY(bind(*member.key, context));
    if (!key->type.is(TypeKind::Varchar) && !key->type.is(TypeKind::Char) &&
        !key->type.is(TypeKind::Unknown)) {
      return named_error("INVALID_FUNCTION_ARGUMENT", member.key->at,
                         "Invalid type of JSON object key: {}", text_of(key->type));
    }
    key = coerce(std::move(key), types::make_varchar());
    row->type.fields.push_back({std::nullopt, key->type});
    row->children.push_back(std::move(key));
    TRY(add_json_field(*row, options, member.value, {}, context));
  }
  return json_constructor("$json_object", std::move(row), std::move(options),
                          node.nulls == sql::JsonNulls::Absent, node.output, node.at);
}

QueryAnalyzer::Expression QueryAnalyzer::json_array(const sql::JsonArray& node,
                                                    const ExpressionContext& context) {
  auto row = typed_node(TypedKind::Row, types::make_row({}), node.at);
  std::string options = " ";
  for (const sql::JsonInput& item : node.items) {
    TRY(add_json_field(*row, options, item, {}, context));
  }
  return json_constructor("$json_array", std::move(row), std::move(options),
                          node.nulls != sql::JsonNulls::Null, node.output, node.at);
}

}  // namespace tarn::analysis
