// SPDX-License-Identifier: Apache-2.0
#include "run/key_check.h"

#include <fmt/format.h>

#include "project/config.h"
#include "run/sql_text.h"

namespace tarn::run {

Result<KeyCheck> key_check_of(const project::Node& node) {
  const std::string_view word =
      project::config_value(node.type, node.config, "tarn_key_check").text();
  if (word.empty() || word == "fail") return KeyCheck::Fail;
  if (word == "accept") return KeyCheck::Accept;
  return invalid_input("`{}` is no value of tarn_key_check: use fail or accept", word);
}

std::string checked_query(const std::string& query, const std::vector<std::string>& keys,
                          std::string_view owner, const std::vector<std::string>& columns) {
  std::string list;
  std::string nulls;
  std::string shown;
  for (const auto& key : keys) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", key);
    nulls += fmt::format("{}({}) is null", nulls.empty() ? "" : " or ", key);
    shown += fmt::format("{}coalesce(cast({} as varchar), 'NULL')", shown.empty() ? "" : ", ', ', ",
                         key);
  }
  const auto failure = [&](std::string_view what) {
    return fmt::format("cast(fail(concat('the unique key of the {} {}: ', {}, '')) as boolean)",
                       owner, what, shown);
  };
  return fmt::format(
      "select {} from (\n  select *,\n    case when {} then {}\n      when count(*) over "
      "(partition by {}) > 1 then {}\n      else true end as dbt_key_is_good\n  from (\n{}\n  )\n)"
      "\nwhere dbt_key_is_good",
      quoted_list(columns), nulls, failure("is NULL"), list, failure("occurs more than once"),
      query);
}

}  // namespace tarn::run
