// SPDX-License-Identifier: Apache-2.0
// typeof and fail.
#include "functions/lists.h"
#include "functions/typed_call.h"
#include "types/type_text.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

BoundFunction bind_typeof(const CallSignature& signature) {
  if (signature.arguments.size() != 1) return {};
  return {.call = [text = types::to_string(signature.arguments[0])](Arguments) -> Result<Value> {
            return Value(text);
          },
          .sees_nulls = true};
}

Result<Value> fail(Arguments values) {
  return types::named_error("GENERIC_USER_ERROR", {}, "{}", values[0].as_text());
}

constexpr FunctionEntry kConversionFunctions[] = {
    {"fail", takes<fail, Varchar>},
    {"typeof", bind_typeof},
};

}  // namespace

FunctionList conversion_functions() { return kConversionFunctions; }

}  // namespace tarn::functions
