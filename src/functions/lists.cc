// SPDX-License-Identifier: Apache-2.0
#include "functions/lists.h"

namespace tarn::functions {

std::vector<FunctionList> all_function_lists() {
  return {
      string_functions(),
      string_split_functions(),
      string_pad_functions(),
      string_distance_functions(),
      number_format_functions(),
      regexp_functions(),
      like_functions(),
      bitwise_functions(),
      math_functions(),
      math_round_functions(),
      math_statistics_functions(),
      random_functions(),
      binary_functions(),
      hash_functions(),
      url_functions(),
      ip_address_functions(),
      color_functions(),
      conversion_functions(),
      json_value_functions(),
      json_path_functions(),
      json_table_functions(),
      word_stem_functions(),
      cast_functions(),
      arithmetic_functions(),
      comparison_functions(),
      date_arithmetic_functions(),
      date_format_functions(),
      date_part_functions(),
      interval_functions(),
      iso_time_functions(),
      format_functions(),
      zone_functions(),
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
      aggregate_checksum_functions(),
      regexp_lambda_functions(),
  };
}

}  // namespace tarn::functions
