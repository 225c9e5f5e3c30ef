// SPDX-License-Identifier: Apache-2.0
// Tables on the embedded engine: one statement that creates or replaces.
#include <fmt/format.h>

#include "run/driver.h"

namespace tarn::run {

Result<void> run_table(const RunContext& context, const project::Node& node, NodeResult& result) {
  NodeWork work(context, node, result);
  TRY(work.run_pre_hooks());
  const auto type = TRY(work.existing_type());
  TRY(work.begin());
  if (type && *type != "table") {
    TRY(work.session().render("{% do adapter.drop_relation(load_cached_relation(this)) %}"));
  }
  const bool replaces = type == "table";
  TRY(work.run_main(TRY(work.session().call_text(
      "create_table_as", {jinja::Value(false), project::relation_value(work.target()),
                          jinja::Value(result.compiled_code), jinja::Value(replaces)}))));
  TRY(work.commit());
  auto made = work.target();
  made.type = "table";
  context.cache.add(made);
  return work.finish();
}

}  // namespace tarn::run
