// SPDX-License-Identifier: Apache-2.0
// The type policies of a source: those of all its columns and those of single ones. Migration and
// queries ask here, so that a column is treated alike by both. Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "postgres/type_mapping.h"

namespace tarn::postgres {

// Name → value, as set_type_policy takes them.
using PolicyTexts = std::map<std::string, std::string>;
// `schema.table` → column → policies.
using ColumnPolicies = std::map<std::string, std::map<std::string, PolicyTexts>>;

struct SourcePolicies {
  PolicyTexts all;
  ColumnPolicies columns;

  bool empty() const { return all.empty() && columns.empty(); }
};

// `policy` with these set; InvalidInput as set_type_policy.
Result<TypePolicy> with_policies(TypePolicy policy, const PolicyTexts& texts);

// What counts for one column: its own policies win over `source`, which counts for all.
Result<TypePolicy> column_policy(const TypePolicy& source, const ColumnPolicies& columns,
                                 std::string_view schema, std::string_view table,
                                 std::string_view column);

// InvalidInput for a policy of a column that the table does not have: it would be without effect.
Result<void> check_policy_columns(const ColumnPolicies& policies, std::string_view schema,
                                  std::string_view table, std::span<const std::string> columns);

// Whether values are changed or left out of a column by its policies, nested ones included.
bool changes_values(const ColumnPlan& plan);

}  // namespace tarn::postgres
