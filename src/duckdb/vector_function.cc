// SPDX-License-Identifier: Apache-2.0
#include "duckdb/vector_function.h"

namespace tarn::duckdb {

std::optional<VectorFunction> find_vector_function(const functions::CallSignature&,
                                                   ConstantArguments) {
  return std::nullopt;
}

}  // namespace tarn::duckdb
