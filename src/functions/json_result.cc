// SPDX-License-Identifier: Apache-2.0
#include "functions/json_result.h"

#include "functions/typed_call.h"
#include "types/coercion.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

Error value_error(std::string_view why) {
  return types::named_error("JSON_VALUE_RESULT_ERROR", {},
                            "cannot extract SQL scalar from JSON: {}", why);
}

Error output_error(std::string_view why) {
  return types::named_error("JSON_OUTPUT_CONVERSION_ERROR", {}, "conversion from JSON failed: {}",
                            why);
}

// What is not supported here fails whatever the behavior.
Result<Value> behave(std::string_view behavior, const Value* default_value, const Error& error) {
  if (types::split_error(error).name == "NOT_SUPPORTED" || behavior == "error") return error;
  if (behavior == "default") return *default_value;
  if (behavior == "array") return Value(std::string("[]"));
  if (behavior == "object") return Value(std::string("{}"));
  return Value();
}

Result<Value> convert_scalar(const types::TypedValue& scalar, const types::Type& to) {
  if (scalar.type == to || (scalar.type.is(Varchar) && types::is_unbounded_varchar(to))) {
    return scalar.value;
  }
  if (!types::can_cast(scalar.type, to)) {
    return value_error("JSON path found an item that cannot be converted to the returned type");
  }
  const auto cast = TRY(bind_function({"$cast", {scalar.type}, to, {}}));
  auto value = cast.call(std::span(&scalar.value, 1));
  if (!value && types::split_error(value.error()).name != "NOT_SUPPORTED") {
    return value_error("JSON path found an item that cannot be cast to the returned type");
  }
  return value;
}

}  // namespace

Result<Value> json_value_of(const JsonItemsResult& found, const types::Type& to,
                            const JsonBehaviors& behaviors) {
  const auto failed = [&](const Error& error) {
    return behave(behaviors.error, behaviors.error_default, error);
  };
  if (!found) return failed(found.error());
  if (found->empty()) {
    return behave(behaviors.empty, behaviors.empty_default,
                  value_error("JSON path found no items"));
  }
  if (found->size() > 1) return failed(value_error("JSON path found multiple items"));
  const JsonItem& item = *found->front();
  if (item.kind == JsonItem::Kind::Null) return Value();
  if (item.kind != JsonItem::Kind::Scalar) {
    return failed(value_error("JSON path found an item that cannot be converted to an SQL value"));
  }
  auto result = convert_scalar(item.scalar, to);
  if (!result) return failed(result.error());
  return result;
}

Result<Value> json_query_of(const JsonItemsResult& found, std::string_view wrapper,
                            std::string_view quotes, const JsonBehaviors& behaviors) {
  if (!found) return behave(behaviors.error, behaviors.error_default, found.error());
  if (found->empty()) {
    return behave(behaviors.empty, behaviors.empty_default,
                  output_error("JSON path found no items"));
  }
  const JsonItem::Kind kind = found->front()->kind;
  const bool is_container = kind == JsonItem::Kind::Array || kind == JsonItem::Kind::Object;
  const bool is_wrapped = wrapper == "unconditional" ||
                          (wrapper == "conditional" && (found->size() != 1 || !is_container));
  if (!is_wrapped && found->size() > 1) {
    return behave(behaviors.error, behaviors.error_default,
                  output_error("JSON path found multiple items"));
  }
  const JsonItemPtr result = is_wrapped ? make_json_array(*found) : found->front();
  if (quotes == "omit" && result->kind == JsonItem::Kind::Scalar &&
      result->scalar.type.is(Varchar)) {
    return result->scalar.value;
  }
  std::string out;
  append_json_item(out, *result);
  return Value(std::move(out));
}

}  // namespace tarn::functions
