// SPDX-License-Identifier: Apache-2.0
#include "run/microbatch.h"

#include <fmt/format.h>

#include "base/text.h"
#include "project/commands.h"
#include "project/microbatch.h"
#include "project/session.h"
#include "run/events.h"
#include "run/failure_text.h"
#include "run/materialize.h"

namespace tarn::run {

using project::Node;

namespace {

// The model's table is there and is kept.
Result<bool> is_incremental(const RunContext& context, const Node& node, const NodeResult& result) {
  project::Session session(context.project, context.adapter, context.cache,
                           session_options(context, node, result));
  return trim(TRY(session.render("{{ is_incremental() }}"))) == "True";
}

// The compiled batch stays in `result`, for messages.
Result<AdapterResponse> run_batch(const RunContext& context, const Node& node, NodeResult& result,
                                  const project::Batch& batch, bool incremental) {
  auto compiled = TRY(context.compiler.compile(node, &batch, incremental));
  result.compiled_code = std::move(compiled.code);
  result.code_map = std::move(compiled.map);
  constexpr auto kKind = project::CodeKind::Compiled;
  TRY(project::write_code(context.project, node, kKind, result.compiled_code, &batch));
  result.compiled_file =
      project::normalize_path(project::code_file(context.project, node, kKind, &batch));
  auto options = session_options(context, node, result);
  options.batch = batch;
  options.is_incremental_batch = incremental;
  project::Session session(context.project, context.adapter, context.cache, std::move(options));
  auto done = session.materialize();
  tell(context, node, session.logs(), session.warnings());
  if (!done) drop_staging(context, node, session);
  TRY(done);
  const project::StoredResult* main = session.result("main");
  if (main == nullptr) return AdapterResponse{};
  return AdapterResponse{main->response.message, main->response.code, main->response.rows_affected,
                         main->response.query_id};
}

}  // namespace

Result<void> run_microbatch(const RunContext& context, const Node& node, NodeResult& result) {
  project::BatchRequest request;
  request.now_micros = context.project.options.now_micros;
  request.is_incremental = TRY(is_incremental(context, node, result));
  request.event_time_start = context.options.event_time_start;
  request.event_time_end = context.options.event_time_end;
  const auto batches = TRY(project::plan_batches(node, request));
  std::size_t good = 0;
  std::string failures;
  bool incremental = request.is_incremental;
  for (const auto& batch : batches) {
    if (context.cancel != nullptr) TRY(context.cancel->check());
    auto done = run_batch(context, node, result, batch, incremental);
    if (done) {
      ++good;
      result.response = std::move(*done);
      incremental = true;
      continue;
    }
    const std::string statement = context.adapter.take_failed_statement();
    const std::string text = failure_text(context.project, node, done.error(),
                                          {.statement = statement,
                                           .compiled_code = result.compiled_code,
                                           .map = result.code_map.get(),
                                           .compiled_file = result.compiled_file});
    if (!incremental) return std::move(done.error()).with_context("in the first batch");
    failures += fmt::format("\nbatch {}: {}", batch.event_time_start, text);
    context.events.emit(Message{Message::Level::Warning, &node,
                                fmt::format("batch {} failed", batch.event_time_start)});
  }
  result.response.message = fmt::format("{} of {} batches", good, batches.size());
  result.message = result.response.message + failures;
  if (good == batches.size()) return {};
  result.status = good == 0 ? NodeStatus::Error : NodeStatus::PartialSuccess;
  return {};
}

}  // namespace tarn::run
