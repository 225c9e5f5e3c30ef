// SPDX-License-Identifier: Apache-2.0
// CAST between all types.
#include "functions/lists.h"
#include "types/value_text.h"

namespace tarn::functions {

namespace {

BoundFunction bind_cast(const CallSignature& signature) {
  const types::Type& from = signature.arguments.front();
  if (from.is(types::TypeKind::Varchar)) {
    return {[to = signature.result, zone = signature.zone](std::span<const types::Value> values) {
      return types::cast_from_text(to, values[0].as_text(), zone);
    }};
  }
  return {};
}

constexpr FunctionEntry kCastFunctions[] = {{"$cast", bind_cast}};

}  // namespace

FunctionList cast_functions() { return kCastFunctions; }

}  // namespace tarn::functions
