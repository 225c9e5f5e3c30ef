// SPDX-License-Identifier: Apache-2.0
// The lists of functions, one a file. Internal to this folder.
#pragma once

#include <vector>

#include "functions/registry.h"

namespace tarn::functions {

FunctionList cast_functions();
FunctionList json_path_functions();
FunctionList json_table_functions();
FunctionList word_stem_functions();
FunctionList string_functions();
FunctionList string_split_functions();
FunctionList string_pad_functions();
FunctionList string_distance_functions();
FunctionList number_format_functions();
FunctionList regexp_functions();
FunctionList like_functions();
FunctionList bitwise_functions();
FunctionList math_functions();
FunctionList math_round_functions();
FunctionList math_statistics_functions();
FunctionList random_functions();
FunctionList binary_functions();
FunctionList hash_functions();
FunctionList url_functions();
FunctionList ip_address_functions();
FunctionList color_functions();
FunctionList conversion_functions();
FunctionList json_value_functions();
FunctionList arithmetic_functions();
FunctionList comparison_functions();
FunctionList date_arithmetic_functions();
FunctionList date_format_functions();
FunctionList date_part_functions();
FunctionList format_functions();
FunctionList interval_functions();
FunctionList iso_time_functions();
FunctionList zone_functions();
FunctionList array_access_functions();
FunctionList array_set_functions();
FunctionList array_sequence_functions();
FunctionList map_functions();
FunctionList lambda_functions();
FunctionList aggregate_order_functions();
FunctionList aggregate_number_functions();
FunctionList aggregate_moment_functions();
FunctionList aggregate_map_functions();
FunctionList aggregate_list_functions();
FunctionList aggregate_checksum_functions();
FunctionList regexp_lambda_functions();

// In the order in which they are asked.
std::vector<FunctionList> all_function_lists();

}  // namespace tarn::functions
