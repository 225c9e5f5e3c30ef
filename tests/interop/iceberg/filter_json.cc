// SPDX-License-Identifier: Apache-2.0
#include "filter_json.h"

#include <boost/json.hpp>
#include <map>

#include "base/json.h"

namespace tarn::interop {
namespace {

namespace json = boost::json;
using iceberg::Expression;
using iceberg::ExpressionKind;

const std::map<std::string, ExpressionKind> kPredicates = {
    {"<", ExpressionKind::Less},
    {"<=", ExpressionKind::LessOrEqual},
    {">", ExpressionKind::Greater},
    {">=", ExpressionKind::GreaterOrEqual},
    {"=", ExpressionKind::Equal},
    {"!=", ExpressionKind::NotEqual},
    {"starts_with", ExpressionKind::StartsWith},
    {"not_starts_with", ExpressionKind::NotStartsWith},
    {"in", ExpressionKind::In},
    {"not_in", ExpressionKind::NotIn},
    {"is_null", ExpressionKind::IsNull},
    {"not_null", ExpressionKind::NotNull},
    {"is_nan", ExpressionKind::IsNan},
    {"not_nan", ExpressionKind::NotNan}};

Result<Expression> convert(const json::object& object, const iceberg::Schema& schema);

Result<Expression> convert_predicate(const json::object& object, const std::string& op,
                                     const iceberg::Schema& schema) {
  auto kind = kPredicates.find(op);
  if (kind == kPredicates.end()) return invalid_input("unknown operation `{}`", op);
  const auto* field = TRY(iceberg::find_column(schema, TRY(json_text(object, "column"))));
  if (field == nullptr) return invalid_input("unknown column in filter");
  if (object.contains("values")) {
    std::vector<iceberg::Value> values;
    for (const auto& value : *TRY(json_array(object, "values"))) {
      values.push_back(TRY(iceberg::value_from_json(value, field->type)));
    }
    return iceberg::in_list(kind->second, field->id, std::move(values));
  }
  if (!object.contains("value")) return iceberg::predicate(kind->second, field->id);
  return iceberg::predicate(kind->second, field->id,
                            TRY(iceberg::value_from_json(object.at("value"), field->type)));
}

Result<Expression> convert(const json::object& object, const iceberg::Schema& schema) {
  std::string op = TRY(json_text(object, "op"));
  if (op == "true") return iceberg::always_true();
  if (op != "and" && op != "or" && op != "not") return convert_predicate(object, op, schema);
  std::vector<Expression> parts;
  for (const auto& arg : *TRY(json_array(object, "args"))) {
    parts.push_back(TRY(convert(arg.as_object(), schema)));
  }
  Expression result = std::move(parts.at(0));
  if (op == "not") return iceberg::negate(std::move(result));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    result = op == "and" ? iceberg::both(std::move(result), std::move(parts[i]))
                         : iceberg::either(std::move(result), std::move(parts[i]));
  }
  return result;
}

}  // namespace

Result<Expression> filter_from_json(std::string_view text, const iceberg::Schema& schema) {
  json::value value = TRY(parse_json(text));
  if (!value.is_object()) return invalid_input("a filter is a JSON object");
  return iceberg::bind_expression(TRY(convert(value.get_object(), schema)), schema);
}

}  // namespace tarn::interop
