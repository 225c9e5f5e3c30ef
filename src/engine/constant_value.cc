// SPDX-License-Identifier: Apache-2.0
#include "engine/constant_value.h"

#include "functions/registry.h"

namespace tarn::engine {

std::optional<types::TypedValue> constant_value(const analysis::TypedExpression& node) {
  if (node.kind == analysis::TypedKind::Constant)
    return types::TypedValue{node.type, node.constant};
  if (node.kind != analysis::TypedKind::Cast || node.null_on_error) return std::nullopt;
  const auto inner = constant_value(*node.children[0]);
  if (!inner || inner->value.is_null()) return std::nullopt;
  // A zone would have to be the session's.
  if (node.type.is(types::TypeKind::TimestampWithTimeZone)) return std::nullopt;
  auto cast = functions::bind_function({"$cast", {inner->type}, node.type, {}});
  if (!cast) return std::nullopt;
  auto value = cast->call(std::span(&inner->value, 1));
  if (!value) return std::nullopt;
  return types::TypedValue{node.type, *std::move(value)};
}

}  // namespace tarn::engine
