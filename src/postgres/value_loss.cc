// SPDX-License-Identifier: Apache-2.0
#include "postgres/value_loss.h"

#include "postgres/type_mapping.h"

namespace tarn::postgres {

bool bad_bytes(const ColumnPlan& plan, FieldContext& context) {
  context.error = corrupt("bytes are no {}", plan.source_type);
  return false;
}

Treatment treat_loss(const ColumnPlan& plan, Loss loss, std::string_view value,
                     FieldContext& context) {
  const auto index = static_cast<std::size_t>(loss);
  ++context.counts[index];
  switch (plan.policies[index]) {
    case LossPolicy::Null:
      return Treatment::Null;
    case LossPolicy::Clamp:
      return Treatment::Clamp;
    case LossPolicy::Error:
      break;
  }
  context.error =
      invalid_input("value `{}` does not fit into {}: policy `{}` can be {}", value.substr(0, 100),
                    plan.target_type, to_string(loss), policy_choices(loss));
  return Treatment::Fail;
}

bool null_or_fail(const ColumnPlan& plan, Loss loss, std::string_view value, ColumnBuffer& out,
                  FieldContext& context) {
  if (treat_loss(plan, loss, value, context) == Treatment::Fail) return false;
  out.append_null();
  return true;
}

}  // namespace tarn::postgres
