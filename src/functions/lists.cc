// SPDX-License-Identifier: Apache-2.0
#include "functions/lists.h"

namespace tarn::functions {

std::vector<FunctionList> all_function_lists() {
  return {
      cast_functions(),
  };
}

}  // namespace tarn::functions
