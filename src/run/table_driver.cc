// SPDX-License-Identifier: Apache-2.0
// Tables on the embedded engine: one statement that creates or replaces.
#include <fmt/format.h>

#include "run/driver.h"

namespace tarn::run {

Result<void> run_table(const RunContext& context, const project::Node& node, NodeResult& result) {
  NodeWork work(context, node, result);
  TRY(work.run_pre_hooks());
  const auto type = TRY(work.existing_type());
  TRY(work.drop_other_kind(type));
  TRY(work.begin());
  TRY(work.create_table(result.compiled_code, type == "table"));
  TRY(work.commit());
  return work.finish();
}

}  // namespace tarn::run
