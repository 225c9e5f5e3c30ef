// SPDX-License-Identifier: Apache-2.0
#include "run/show.h"

#include <fmt/format.h>

#include "project/compile.h"
#include "project/config.h"
#include "project/session.h"
#include "run/failure_text.h"
#include "run/plan.h"
#include "run/warehouse_adapter.h"

namespace tarn::run {

namespace {

Result<warehouse::Answer> limited(project::Session& session, WarehouseAdapter& adapter,
                                  const std::string& sql, const jinja::Value& header,
                                  std::int64_t limit) {
  const jinja::Value count = limit < 0 ? jinja::Value::none() : jinja::Value(limit);
  return adapter.query(TRY(session.call_text("get_show_sql", {jinja::Value(sql), header, count})),
                       "");
}

// The failure with its place in the template.
Error located(const project::Project& project, const project::Node& node,
              const project::CompiledNode& compiled, WarehouseAdapter& adapter, Error error) {
  const std::string statement = adapter.take_failed_statement();
  error.message = failure_text(project, node, error,
                               {.statement = statement,
                                .compiled_code = compiled.code,
                                .map = compiled.map.get(),
                                .compiled_file = {}});
  error.context.clear();
  return error;
}

Result<ShownRows> show_inline(const project::Project& project, WarehouseAdapter& adapter,
                              project::RelationCache& cache, const ShowOptions& options) {
  project::Arena arena;
  const project::Node node = project::inline_node(project, options.inline_sql, arena);
  project::Compiler compiler(project, adapter, &cache);
  compiler.set_deferral(
      TRY(project::wanted_deferral(project, options.deferral, options.selection.state, {})));
  const auto compiled = TRY(compiler.compile(node));
  project::Session session(project, adapter, cache, {});
  auto rows = limited(session, adapter, compiled.code, jinja::Value::none(), options.limit);
  if (!rows) return located(project, node, compiled, adapter, std::move(rows.error()));
  return ShownRows{"inline", std::move(*rows)};
}

}  // namespace

Result<std::vector<ShownRows>> show_rows(const project::Project& project,
                                         warehouse::Warehouse& warehouse,
                                         const ShowOptions& options, const Cancel* cancel) {
  const auto comment = TRY(QueryComment::make(project));
  WarehouseAdapter adapter(warehouse, adapter_options(project, *comment, cancel));
  project::RelationCache cache;
  std::vector<ShownRows> out;
  if (!options.inline_sql.empty()) {
    out.push_back(TRY(show_inline(project, adapter, cache, options)));
    return out;
  }
  const Plan plan = TRY(make_plan(project, Command::Show, options.selection));
  if (plan.nodes.empty()) {
    return not_found("nothing is selected: name a node with --select, or give --inline SQL");
  }
  project::Compiler compiler(project, adapter, &cache);
  compiler.set_deferral(TRY(
      project::wanted_deferral(project, options.deferral, options.selection.state, plan.nodes)));
  for (const project::Node* node : plan.nodes) {
    project::CompiledNode compiled;
    if (node->type == project::ResourceType::Seed) {
      compiled.code = fmt::format("select * from {}", node->relation_name);
    } else {
      compiled = TRY(compiler.compile(*node));
    }
    project::Session session(project, adapter, cache,
                             {.node = node, .compiled_code = compiled.code});
    const auto header =
        project::to_template(project::config_value(node->type, node->config, "sql_header"));
    auto rows = limited(session, adapter, compiled.code, header, options.limit);
    if (!rows) return located(project, *node, compiled, adapter, std::move(rows.error()));
    out.push_back({std::string(node->name), std::move(*rows)});
  }
  return out;
}

}  // namespace tarn::run
