// SPDX-License-Identifier: Apache-2.0
#include "project/compile.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "jinja/environment.h"
#include "project/config.h"
#include "project/node_parse.h"

namespace tarn::project {

namespace {

constexpr int kEphemeralDepthMax = 100;

Error with_place(const Node& node, Error error, const jinja::Trace& trace) {
  std::string where =
      fmt::format("in {} {} ({})", to_string(node.type), node.name, node.original_path);
  if (!trace.empty()) where += "\n" + jinja::format_failure(error, trace);
  error.context.push_back(std::move(where));
  return error;
}

// Blanks and comments at `at`; gives the place behind them.
std::size_t skip_comments(std::string_view sql, std::size_t at) {
  for (;;) {
    while (at < sql.size() &&
           (sql[at] == ' ' || sql[at] == '\n' || sql[at] == '\t' || sql[at] == '\r')) {
      ++at;
    }
    if (sql.substr(at, 2) == "--") {
      const auto end = sql.find('\n', at);
      if (end == std::string_view::npos) return sql.size();
      at = end;
    } else if (sql.substr(at, 2) == "/*") {
      const auto end = sql.find("*/", at + 2);
      if (end == std::string_view::npos) return sql.size();
      at = end + 2;
    } else {
      return at;
    }
  }
}

bool is_word_at(std::string_view sql, std::size_t at, std::string_view word) {
  if (!equals_ignore_case(sql.substr(at, word.size()), word)) return false;
  if (at + word.size() >= sql.size()) return true;
  const char c = sql[at + word.size()];
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

jinja::Value constant_function(std::string_view name, const jinja::Value& value) {
  return jinja::make_function(name, [value](jinja::Runtime&, const jinja::Arguments&) {
    return Result<jinja::Value>(value);
  });
}

}  // namespace

namespace {

// Where CTEs go into a query, and what stands before and behind their list.
struct CtePlace {
  std::size_t at = 0;
  std::string_view before;
  std::string_view behind;
};

CtePlace cte_place(std::string_view sql) {
  const std::size_t at = skip_comments(sql, 0);
  if (!is_word_at(sql, at, "with")) return {at, "with", " "};
  // Behind WITH (and RECURSIVE), before the query's own CTEs.
  std::size_t end = at + 4;
  const std::size_t next = sql.find_first_not_of(" \t\r\n", end);
  if (next != std::string::npos && is_word_at(sql, next, "recursive")) end = next + 9;
  return {end, " ", ","};
}

}  // namespace

std::string inject_ctes(const std::string& sql,
                        const std::vector<std::pair<std::string_view, std::string>>& ctes) {
  if (ctes.empty()) return sql;
  std::string list;
  for (const auto& [id, code] : ctes) {
    (void)id;
    if (!list.empty()) list += ", ";
    list += code;
  }
  const CtePlace place = cte_place(sql);
  return fmt::format("{}{}{}{}{}", sql.substr(0, place.at), place.before, list, place.behind,
                     sql.substr(place.at));
}

Result<Compiler::Rendered> Compiler::render(const Node& node, const Batch* batch,
                                            bool is_incremental_batch) {
  Rendered out;
  if (node.language != "sql") {
    return unsupported("Python models cannot run here: {} ({})", node.name, node.original_path);
  }
  RenderHost host(project_, node.package);
  host.node = &node;
  host.execute = true;
  host.adapter = &adapter_;
  host.cache = &cache_;
  host.batch = batch;
  if (!deferral_.relations.empty()) host.deferral = &deferral_;
  host.var_owner = node.name;
  auto rendering = std::make_shared<CodeMap::Rendering>();
  rendering->node = &node;
  if (!jinja::has_render_marks(node.raw_code)) {
    out.code = node.raw_code;
    out.rendering = std::move(rendering);
    return out;
  }
  const auto& environment = project_.contexts->run_environment();
  auto source = environment.compile(node.raw_code, node.original_path);
  if (!source) return with_place(node, std::move(source.error()), {});
  jinja::RenderOptions options;
  options.host = &host;
  options.keep_source_map = true;
  const auto names = node_table(project_, node, true);
  if (is_incremental_batch) {
    names->set("is_incremental", constant_function("is_incremental", jinja::Value(true)));
    names->set("should_full_refresh",
               constant_function("should_full_refresh", jinja::Value(false)));
  }
  if (node.is_generic_test()) {
    auto arguments = render_test_arguments(project_, *names, options, node.test->kwargs);
    if (!arguments) return with_place(node, std::move(arguments.error()), {});
    names->set("_dbt_generic_test_kwargs", *arguments);
  }
  jinja::Render render(environment, *names, options);
  auto text = render.text(**source);
  if (!text) return with_place(node, std::move(text.error()), render.trace());
  out.code = std::move(*text);
  rendering->source = *std::move(source);
  rendering->map = render.source_map();
  out.rendering = std::move(rendering);
  out.logs = std::move(host.logs);
  out.warnings = std::move(host.warnings);
  for (const auto id : host.ephemerals) {
    if (std::find(out.ephemerals.begin(), out.ephemerals.end(), id) == out.ephemerals.end()) {
      out.ephemerals.push_back(id);
    }
  }
  return out;
}

Result<void> Compiler::add_ctes(const std::vector<std::string_view>& ids, std::vector<Cte>& ctes,
                                int depth) {
  if (depth > kEphemeralDepthMax) return invalid_input("ephemeral models are nested too deeply");
  for (const auto id : ids) {
    const bool known =
        std::any_of(ctes.begin(), ctes.end(), [&](const auto& cte) { return cte.id == id; });
    if (known) continue;
    const Node& node = *project_.nodes_by_id.at(id);
    Rendered rendered;
    {
      const std::lock_guard lock(mutex_);
      const auto found = ephemerals_.find(id);
      if (found != ephemerals_.end()) rendered = found->second;
    }
    if (rendered.code.empty()) {
      rendered = TRY(render(node));
      const std::lock_guard lock(mutex_);
      ephemerals_.emplace(id, rendered);
    }
    TRY(add_ctes(rendered.ephemerals, ctes, depth + 1));
    ctes.push_back({id, fmt::format(" __dbt__cte__{} as (\n", node.alias), std::move(rendered.code),
                    std::move(rendered.rendering)});
  }
  return ok();
}

Result<CompiledNode> Compiler::compile(const Node& node, const Batch* batch,
                                       bool is_incremental_batch) {
  CompiledNode out;
  if (node.type == ResourceType::Seed) return out;
  Rendered rendered = TRY(render(node, batch, is_incremental_batch));
  std::vector<Cte> ctes;
  TRY(add_ctes(rendered.ephemerals, ctes, 0));
  auto map = std::make_shared<CodeMap>();
  const auto add_code = [&](std::string_view code, std::size_t from,
                            const std::shared_ptr<const CodeMap::Rendering>& rendering) {
    map->add({out.code.size(), out.code.size() + code.size(), from, rendering});
    out.code += code;
  };
  const std::string_view own = rendered.code;
  const CtePlace place = ctes.empty() ? CtePlace{} : cte_place(own);
  add_code(own.substr(0, place.at), 0, rendered.rendering);
  out.code += place.before;
  for (const Cte& cte : ctes) {
    if (!out.extra_ctes.empty()) out.code += ", ";
    out.extra_ctes.push_back(cte.id);
    out.code += cte.head;
    add_code(cte.code, 0, cte.rendering);
    out.code += "\n)";
  }
  out.code += place.behind;
  add_code(own.substr(place.at), place.at, rendered.rendering);
  out.map = std::move(map);
  out.logs = std::move(rendered.logs);
  out.warnings = std::move(rendered.warnings);
  return out;
}

}  // namespace tarn::project
