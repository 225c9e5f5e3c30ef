// SPDX-License-Identifier: Apache-2.0
#include "functions/lists.h"

namespace tarn::functions {

std::vector<FunctionList> all_function_lists() {
  return {
      cast_functions(),           array_access_functions(), array_set_functions(),
      array_sequence_functions(), map_functions(),          lambda_functions(),
  };
}

}  // namespace tarn::functions
