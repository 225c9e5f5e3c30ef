// SPDX-License-Identifier: Apache-2.0
#include "run/clone.h"

#include <fmt/format.h>

#include "project/session.h"
#include "run/materialize.h"

namespace tarn::run {

Result<void> run_clone(const RunContext& context, const project::Node& node, NodeResult& result) {
  const project::RelationParts* earlier = context.compiler.deferral().find(node.unique_id);
  // What the macro makes a view of.
  if (earlier != nullptr) result.compiled_code = "select * from " + earlier->render();
  auto options = session_options(context, node, result);
  if (earlier != nullptr) options.defer_relation = *earlier;
  project::Session session(context.project, context.adapter, context.cache, std::move(options));
  auto done = session.materialize("clone");
  tell(context, node, session.logs(), session.warnings());
  TRY(done);
  const project::StoredResult* main = session.result("main");
  if (main == nullptr) {
    result.message = "No-op";
    return {};
  }
  result.response = {main->response.message, main->response.code, main->response.rows_affected,
                     main->response.query_id};
  result.message = main->response.message;
  return {};
}

}  // namespace tarn::run
