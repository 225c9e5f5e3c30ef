// SPDX-License-Identifier: Apache-2.0
#include "functions/lists.h"

namespace tarn::functions {

std::vector<FunctionList> all_function_lists() {
  return {
      cast_functions(),
      arithmetic_functions(),
      comparison_functions(),
      array_access_functions(),
      array_set_functions(),
      array_sequence_functions(),
      map_functions(),
      lambda_functions(),
      aggregate_order_functions(),
      aggregate_number_functions(),
      aggregate_moment_functions(),
      aggregate_map_functions(),
      aggregate_list_functions(),
  };
}

}  // namespace tarn::functions
