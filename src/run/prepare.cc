// SPDX-License-Identifier: Apache-2.0
#include "run/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "project/adapter.h"
#include "project/config.h"
#include "project/context/node_object.h"
#include "project/session.h"
#include "run/events.h"
#include "run/failure_text.h"
#include "run/materialize.h"
#include "run/sql_text.h"

namespace tarn::run {

using project::Node;
using project::ResourceType;

bool makes_relation(const RunContext& context, const Node& node) {
  switch (node.type) {
    case ResourceType::Model:
    case ResourceType::Seed:
    case ResourceType::Snapshot:
      return true;
    case ResourceType::Test:
      return context.project.options.store_failures ||
             project::config_value(node.type, node.config, "store_failures").truthy() ||
             !project::config_value(node.type, node.config, "store_failures_as").text().empty();
    default:
      return false;
  }
}

namespace {

Result<std::set<std::string>> schemas_of(const RunContext& context, const std::string& database) {
  const auto answer = TRY(context.adapter.query(
      fmt::format("select schema_name from {}.information_schema.schemata", quoted_name(database)),
      ""));
  std::set<std::string> out;
  for (const auto& row : answer.rows) {
    if (!row.empty() && !row[0].is_null()) out.insert(to_lower(row[0].as_text()));
  }
  return out;
}

bool has_tag(const Node& node, std::string_view tag) {
  return std::find(node.tags.begin(), node.tags.end(), tag) != node.tags.end();
}

// `results` of on-run-end.
jinja::Value results_value(const RunContext& context, const RunSummary& summary) {
  std::vector<jinja::Value> out;
  for (const NodeResult& result : summary.results) {
    out.push_back(jinja::Value::dict(
        {{"node", project::make_node_object(context.project, *result.node)},
         {"unique_id", jinja::Value(result.node->unique_id)},
         {"status", jinja::Value(to_string(result.status))},
         {"message", jinja::Value(result.message)},
         {"execution_time", jinja::Value(result.seconds)},
         {"failures", result.failures ? jinja::Value(*result.failures) : jinja::Value::none()},
         {"thread_id", jinja::Value(fmt::format("Thread-{}", result.worker + 1))}}));
  }
  return jinja::Value::list(std::move(out));
}

std::vector<std::pair<std::string, jinja::Value>> end_names(const RunContext& context,
                                                            const RunSummary& summary) {
  std::set<std::string> schemas;
  std::set<std::pair<std::string, std::string>> database_schemas;
  for (const NodeResult& result : summary.results) {
    const Node& node = *result.node;
    if (!makes_relation(context, node)) continue;
    schemas.insert(std::string(node.schema));
    database_schemas.insert({std::string(node.database), std::string(node.schema)});
  }
  std::vector<jinja::Value> names;
  for (const auto& schema : schemas) names.emplace_back(schema);
  std::vector<jinja::Value> pairs;
  for (const auto& [database, schema] : database_schemas) {
    pairs.push_back(jinja::Value::tuple({jinja::Value(database), jinja::Value(schema)}));
  }
  return {{"results", results_value(context, summary)},
          {"schemas", jinja::Value::list(std::move(names))},
          {"database_schemas", jinja::Value::list(std::move(pairs))}};
}

Result<void> run_hook(const RunContext& context, const Node& node, bool at_end,
                      const RunSummary& summary) {
  project::SessionOptions options;
  options.node = &node;
  options.selected_resources = context.selected;
  if (at_end) options.names = end_names(context, summary);
  project::Session session(context.project, context.adapter, context.cache, std::move(options));
  auto text = session.render(node.raw_code);
  tell(context, node, session.logs(), session.warnings());
  for (auto& sql : project::split_statements(TRY(text))) {
    TRY(context.adapter.execute({.sql = std::move(sql), .node_id = std::string(node.unique_id)}));
  }
  return {};
}

}  // namespace

Result<void> create_schemas(const RunContext& context, const Plan& plan) {
  std::map<std::string, std::set<std::string>> wanted;
  for (const Node* node : plan.nodes) {
    if (makes_relation(context, *node)) {
      wanted[std::string(node->database)].insert(std::string(node->schema));
    }
  }
  for (const auto& [database, schemas] : wanted) {
    const auto there = TRY(schemas_of(context, database));
    for (const auto& schema : schemas) {
      if (there.contains(to_lower(schema))) continue;
      project::RelationParts parts;
      parts.database = database;
      parts.schema = schema;
      parts.include_identifier = false;
      project::Session session(context.project, context.adapter, context.cache, {});
      TRY(session.call("create_schema", {project::relation_value(parts)}));
    }
  }
  return {};
}

Result<void> run_hooks(const RunContext& context, std::string_view name, RunSummary& summary) {
  const bool at_end = name == "on-run-end";
  for (const Node& node : context.project.nodes) {
    if (node.type != ResourceType::Operation || !has_tag(node, name)) continue;
    NodeResult result{.node = &node};
    const std::int64_t start = context.clock.now_micros();
    auto done = run_hook(context, node, at_end, summary);
    result.seconds = static_cast<double>(context.clock.now_micros() - start) / 1e6;
    result.timings.push_back({"execute", start, context.clock.now_micros()});
    if (!done) {
      result.status = NodeStatus::Error;
      const std::string statement = context.adapter.take_failed_statement();
      result.message = failure_text(context.project, node, done.error(), {.statement = statement});
      if (!at_end)
        return std::move(done.error()).with_context(fmt::format("in the hook {}", node.name));
    }
    context.events.emit(NodeFinished{&result, 0, 0});
    summary.results.push_back(std::move(result));
  }
  return {};
}

}  // namespace tarn::run
