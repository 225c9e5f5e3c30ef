// SPDX-License-Identifier: Apache-2.0
#include "project/node_parse.h"

#include <fmt/core.h>

#include "base/text.h"
#include "jinja/environment.h"
#include "project/context/node_object.h"
#include "project/static_scan.h"

namespace tarn::project {

std::shared_ptr<jinja::NameTable> node_table(const Project& project, const Node& node,
                                             bool execute) {
  auto names = std::make_shared<jinja::NameTable>(project.contexts->node_names(node.package));
  names->set("execute", jinja::Value(execute));
  names->set_lazy("this", [&project, &node] { return make_relation(relation_of(project, node)); });
  names->set_lazy("model", [&project, &node] { return make_node_object(project, node); });
  return names;
}

namespace {

bool overrides_basics(const Project& project, std::uint32_t package) {
  for (const char* name : {"ref", "source", "config"}) {
    if (project.contexts->find_macro({}, name, package) != nullptr) return true;
  }
  return false;
}

NodeError to_node_error(const Project& project, const Node& node, const Error& error,
                        const jinja::Trace& trace, std::uint32_t first_line) {
  NodeError out;
  out.file = node.file;
  out.message = fmt::format("in {} {} ({}): {}", to_string(node.type), node.name,
                            node.original_path, describe(error));
  // The outermost frame is the node's own template.
  if (!trace.empty() && trace.back().macro.empty()) {
    out.line = first_line + trace.back().where.line - 1;
    out.column = trace.back().where.column;
  } else if (error.where) {
    out.line = first_line + error.where->line - 1;
    out.column = error.where->column;
  }
  for (const auto& frame : trace) {
    if (frame.macro.empty()) continue;
    out.message +=
        fmt::format("\n  in macro {} ({}:{})", frame.macro, frame.template_name, frame.where.line);
  }
  if (error.kind == jinja::kUndefinedError) {
    std::vector<std::string> names;
    for (const auto& macro : project.macros) names.emplace_back(macro.name);
    const auto open = error.message.find('\'');
    const auto close = error.message.find('\'', open + 1);
    if (open != std::string::npos && close != std::string::npos) {
      const auto near = nearest_name(error.message.substr(open + 1, close - open - 1), names);
      if (near) out.hint = fmt::format("did you mean `{}`?", *near);
    }
    if (out.hint.empty()) out.hint = "check for typos, or install packages with `tarn deps`";
  }
  return out;
}

}  // namespace

std::optional<NodeError> parse_template(const Project& project, const Node& node,
                                        ParseRecord& record, std::uint32_t first_line) {
  if (!jinja::has_render_marks(node.raw_code)) return std::nullopt;
  if (!overrides_basics(project, node.package) && scan_static(node.raw_code, record)) {
    return std::nullopt;
  }
  const auto& environment = project.contexts->parse_environment();
  const auto source = environment.compile(node.raw_code, node.original_path);
  if (!source) return to_node_error(project, node, source.error(), {}, first_line);
  RenderHost host(project, node.package);
  host.node = &node;
  host.record = &record;
  host.var_owner = node.name;
  jinja::RenderOptions options;
  options.host = &host;
  const auto names = node_table(project, node, false);
  jinja::Render render(environment, *names, options);
  const auto text = render.text(**source);
  if (!text) return to_node_error(project, node, text.error(), render.trace(), first_line);
  return std::nullopt;
}

void take_record(Node& node, ParseRecord& record) {
  node.refs = std::move(record.refs);
  node.sources = std::move(record.sources);
  node.metrics = std::move(record.metrics);
  node.depends_macros = std::move(record.macros);
}

void report_node_error(Project& project, const NodeError& error) {
  project.report(Severity::Error, error.code, error.message, error.file, error.line, error.column,
                 error.hint);
}

const Patch* find_patch(const LoadState& state, std::uint32_t package, std::string_view section,
                        std::string_view name) {
  const auto found = state.patches.find(fmt::format("{}/{}/{}", package, section, name));
  return found == state.patches.end() ? nullptr : found->second;
}

}  // namespace tarn::project
