// SPDX-License-Identifier: Apache-2.0
#include "postgres/column_policies.h"

#include <algorithm>

#include "base/text.h"

namespace tarn::postgres {
namespace {

const std::map<std::string, PolicyTexts>* find_policies_of(const ColumnPolicies& policies,
                                                           std::string_view schema,
                                                           std::string_view table) {
  const auto found = policies.find(fmt::format("{}.{}", schema, table));
  return found == policies.end() ? nullptr : &found->second;
}

}  // namespace

Result<TypePolicy> with_policies(TypePolicy policy, const PolicyTexts& texts) {
  for (const auto& [name, value] : texts) TRY(set_type_policy(policy, name, value));
  return policy;
}

Result<TypePolicy> column_policy(const TypePolicy& source, const ColumnPolicies& columns,
                                 std::string_view schema, std::string_view table,
                                 std::string_view column) {
  const auto* own = find_policies_of(columns, schema, table);
  if (own == nullptr) return source;
  const auto found = own->find(std::string(column));
  if (found == own->end()) return source;
  return with_policies(source, found->second);
}

Result<void> check_policy_columns(const ColumnPolicies& policies, std::string_view schema,
                                  std::string_view table, std::span<const std::string> columns) {
  const auto* own = find_policies_of(policies, schema, table);
  if (own == nullptr) return {};
  const std::vector<std::string> names(columns.begin(), columns.end());
  for (const auto& [column, texts] : *own) {
    if (std::find(names.begin(), names.end(), column) != names.end()) continue;
    return invalid_input("there are policies for column `{}` of table `{}.{}`, which has none{}",
                         column, schema, table, did_you_mean(column, names));
  }
  return {};
}

bool changes_values(const ColumnPlan& plan) {
  return std::any_of(plan.may_lose.begin(), plan.may_lose.end(), [&](Loss loss) {
    return plan.policies[static_cast<std::size_t>(loss)] != LossPolicy::Error;
  });
}

}  // namespace tarn::postgres
