// SPDX-License-Identifier: Apache-2.0
#include "run/materialize.h"

#include <fmt/format.h>

#include "base/text.h"
#include "project/config.h"
#include "project/microbatch.h"
#include "run/driver.h"
#include "run/events.h"
#include "run/microbatch.h"

namespace tarn::run {

using project::Node;

namespace {

Message::Level message_level(std::string_view level) {
  if (level == "debug") return Message::Level::Debug;
  if (level == "print") return Message::Level::Print;
  return Message::Level::Info;
}

// The way of dbt: the macro does everything.
Result<void> run_macro(const RunContext& context, const Node& node, NodeResult& result) {
  project::Session session(context.project, context.adapter, context.cache,
                           session_options(context, node, result));
  auto relations = session.materialize();
  tell(context, node, session.logs(), session.warnings());
  if (!relations) drop_staging(context, node, session);
  TRY(relations);
  const project::StoredResult* main = session.result("main");
  if (main == nullptr) return {};
  result.response = {main->response.message, main->response.code, main->response.rows_affected,
                     main->response.query_id};
  result.message = main->response.message;
  return {};
}

}  // namespace

void tell(const RunContext& context, const Node& node, const std::vector<project::LogLine>& logs,
          const std::vector<std::string>& warnings) {
  for (const auto& line : logs) {
    context.events.emit(Message{message_level(line.level), &node, line.text});
  }
  for (const auto& text : warnings) {
    context.events.emit(Message{Message::Level::Warning, &node, text});
  }
}

void drop_staging(const RunContext& context, const Node& node, project::Session& session) {
  const bool may_have_one =
      node.type == project::ResourceType::Snapshot ||
      project::config_value(node.type, node.config, "materialized").text() == "incremental";
  const bool is_cancelled = context.cancel != nullptr && context.cancel->requested();
  if (!may_have_one || is_cancelled) return;
  const std::string failed = context.adapter.take_failed_statement();
  if (const auto name = session.render("{{ make_temp_relation(this) }}")) {
    const std::string staging(trim(*name));
    const bool dropped =
        context.adapter.query("drop table if exists " + staging, node.unique_id).has_value();
    if (!dropped) {
      (void)context.adapter.query("drop view if exists " + staging, node.unique_id).has_value();
    }
  }
  context.adapter.keep_failed(failed);
}

project::SessionOptions session_options(const RunContext& context, const Node& node,
                                        const NodeResult& result) {
  project::SessionOptions out;
  out.node = &node;
  out.compiled_code = result.compiled_code;
  out.keeps_sql = true;
  // `clone` reads the earlier run by itself.
  if (context.options.deferral.defer) out.deferral = &context.compiler.deferral();
  out.selected_resources = context.selected;
  out.thread_id = fmt::format("Thread-{}", result.worker + 1);
  return out;
}

Result<void> materialize(const RunContext& context, const Node& node, NodeResult& result) {
  if (project::is_microbatch(node)) return run_microbatch(context, node, result);
  if (const Driver* driver = find_driver(context, node)) return driver->run(context, node, result);
  return run_macro(context, node, result);
}

}  // namespace tarn::run
