// SPDX-License-Identifier: Apache-2.0
// `compile` and `run-operation` without a warehouse's help.
#include <fmt/core.h>

#include <algorithm>

#include "base/file.h"
#include "base/json_text.h"
#include "base/text.h"
#include "project/commands.h"
#include "project/compile.h"
#include "project/node_parse.h"
#include "yaml/load.h"

namespace tarn::project {

namespace {

Diagnostic finding_of(const Node& node, const Error& error) {
  Diagnostic out;
  out.code = "compilation";
  out.message = error.message;
  for (const std::string& line : error.context) {
    // `in model m (m.sql)`, and below it the message once more with the places of the template.
    const auto end = std::min(line.find('\n'), line.size());
    std::string_view places = std::string_view(line).substr(end);
    if (places.substr(std::min<std::size_t>(1, places.size())).starts_with(error.message)) {
      places.remove_prefix(1 + error.message.size());
    }
    out.message = line.substr(0, end) + ": " + out.message + std::string(places);
    if (!places.empty()) return out;
  }
  out.file = node.original_path;
  return out;
}

void add_logs(CommandOutput& out, const CompiledNode& compiled) {
  for (const auto& line : compiled.logs) {
    if (line.level != "debug") out.out += line.text + "\n";
  }
  for (const auto& warning : compiled.warnings) {
    Diagnostic finding;
    finding.severity = Severity::Warning;
    finding.message = warning;
    out.findings.push_back(std::move(finding));
  }
}

// For programs, as dbt prints it.
std::string code_json(std::string_view name, const std::string& code) {
  std::string out = "{\n  ";
  if (!name.empty()) {
    out += "\"node\": ";
    append_json_text(out, name);
    out += ",\n  ";
  }
  out += "\"compiled\": ";
  append_json_text(out, code);
  return out + "\n}\n";
}

Result<CommandOutput> compile_inline(const Project& project, const CompileOptions& options,
                                     Adapter& adapter, CommandOutput out) {
  Arena arena;
  const Node node = inline_node(project, options.inline_sql, arena);
  Compiler compiler(project, adapter);
  auto compiled = compiler.compile(node);
  if (!compiled) {
    out.findings.push_back(finding_of(node, compiled.error()));
    out.exit_code = 2;
    return out;
  }
  out.out += options.as_json ? code_json("", compiled->code) : compiled->code + "\n";
  return out;
}

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// `models/m.sql` → `models/m/m_2025-01-01.sql`, as precise as batches are: `2025`, `2025-01-01T10`.
std::string batch_path(const std::string& path, const Batch& batch) {
  struct Size {
    std::size_t id, text;
  };
  static constexpr Size kSizes[] = {{4, 4}, {6, 7}, {8, 10}};
  std::string start = batch.event_time_start.substr(0, 13);
  for (const Size& size : kSizes) {
    if (batch.id.size() == size.id) start.resize(size.text);
  }
  if (start.size() > 10) start[10] = 'T';
  const std::size_t dot = path.rfind('.');
  const std::string stem = path.substr(0, dot);
  const std::string name = stem.substr(stem.rfind('/') + 1);
  return fmt::format("{}/{}_{}{}", stem, name, start,
                     dot == std::string::npos ? "" : path.substr(dot));
}

}  // namespace

Node inline_node(const Project& project, std::string_view sql, Arena& arena) {
  Node node;
  node.type = ResourceType::SqlOperation;
  node.package_name = project.root().name;
  node.name = "inline_query";
  node.original_path = "from remote system.sql";
  node.unique_id = arena.copy(fmt::format("sql_operation.{}.inline_query", node.package_name));
  node.raw_code = arena.copy(sql);
  node.fqn = {node.package_name, "sql", "inline_query"};
  node.database = project.profile.database;
  node.schema = project.profile.schema;
  node.alias = node.name;
  return node;
}

std::string code_file(const Project& project, const Node& node, CodeKind kind, const Batch* batch) {
  std::string path(node.original_path);
  // Nodes of properties files and blocks have a file of their own below that one; dbt keeps no
  // query of a snapshot, and the statements of all that are in one file it keeps in one.
  const bool is_block = node.type == ResourceType::Snapshot &&
                        (kind == CodeKind::Compiled || file_name(node.path) != file_name(path));
  if (node.is_generic_test() || node.path.find(".yml/") != std::string_view::npos || is_block) {
    const auto slash = node.path.rfind('/');
    path += "/" + std::string(node.path.substr(slash == std::string_view::npos ? 0 : slash + 1));
  }
  if (batch != nullptr) path = batch_path(path, *batch);
  return join_path(
      project.target_folder(),
      fmt::format("{}/{}/{}", kind == CodeKind::Run ? "run" : "compiled", node.package_name, path));
}

Result<void> write_code(const Project& project, const Node& node, CodeKind kind,
                        const std::string& code, const Batch* batch) {
  const std::string file = code_file(project, node, kind, batch);
  TRY(make_directories(file.substr(0, file.rfind('/'))));
  return write_file(file, code);
}

Result<CommandOutput> run_compile(const Project& project, const CompileOptions& options,
                                  Adapter& adapter) {
  CommandOutput out;
  out.findings = project.diagnostics.items();
  out.exit_code = exit_code_of(project);
  if (out.exit_code != 0) return out;
  if (!options.inline_sql.empty()) {
    return compile_inline(project, options, adapter, std::move(out));
  }
  const auto selected = TRY(select_nodes(project, options.selection, false));
  out.unmatched = selected.unmatched;
  Compiler compiler(project, adapter);
  compiler.set_deferral(
      TRY(wanted_deferral(project, options.deferral, options.selection.state, selected.nodes)));
  for (const auto* node : selected.nodes) {
    if (!node->is_executable() || node->type == ResourceType::Seed) continue;
    if (node->is_model() && !node->contract_checksum.empty() && node->columns.size == 0) {
      Diagnostic finding;
      finding.severity = Severity::Warning;
      finding.code = "contract";
      finding.message = fmt::format(
          "model `{}` has an enforced contract, but no columns are described", node->name);
      finding.file = node->original_path;
      out.findings.push_back(std::move(finding));
    }
    auto compiled = compiler.compile(*node);
    if (!compiled) {
      out.findings.push_back(finding_of(*node, compiled.error()));
      out.exit_code = 2;
      continue;
    }
    add_logs(out, *compiled);
    if (options.write_files) TRY(write_code(project, *node, CodeKind::Compiled, compiled->code));
    const auto& named = options.selection.select;
    if (std::find(named.begin(), named.end(), node->name) != named.end()) {
      if (options.as_json) {
        out.out += code_json(node->name, compiled->code);
        continue;
      }
      if (named.size() > 1) out.out += fmt::format("-- {}\n", node->original_path);
      out.out += compiled->code + "\n";
    }
  }
  return out;
}

Result<CommandOutput> run_operation(const Project& project, const std::string& macro_name,
                                    const std::string& arguments, Adapter& adapter) {
  CommandOutput out;
  out.findings = project.diagnostics.items();
  out.exit_code = exit_code_of(project);
  if (out.exit_code != 0) return out;
  std::string package;
  std::string name = macro_name;
  if (const auto dot = name.find('.'); dot != std::string::npos) {
    package = name.substr(0, dot);
    name = name.substr(dot + 1);
  }
  const auto fail = [&](std::string message) {
    Diagnostic finding;
    finding.message = std::move(message);
    out.findings.push_back(std::move(finding));
    out.exit_code = 1;
    return out;
  };
  const auto* macro = project.contexts->find_macro(package, name, 0);
  if (macro == nullptr) return fail(fmt::format("there is no macro named `{}`", macro_name));
  std::vector<jinja::NamedArgument> named;
  std::vector<std::string> keys;
  const auto document = yaml::load(arguments, {.mode = yaml::LoadMode::Plain});
  if (!document) return document.error();
  Arena arena;
  const Data data = from_yaml(*document->root, arena);
  if (!data.is_null() && !data.is_map()) return invalid_input("--args must be a YAML mapping");
  for (const auto& [key, value] : data.members()) named.push_back({key, to_template(value)});
  // ref() and source() look from here.
  Node node = inline_node(project, "", arena);
  node.type = ResourceType::Operation;
  node.name = macro_name;
  node.unique_id = arena.copy(fmt::format("operation.{}.{}", node.package_name, macro_name));
  RenderHost host(project, 0);
  host.node = &node;
  host.execute = true;
  RelationCache cache;
  host.adapter = &adapter;
  host.cache = &cache;
  host.var_owner = "run-operation";
  jinja::RenderOptions options;
  options.host = &host;
  jinja::NameTable names(project.contexts->node_names(0));
  names.set("execute", jinja::Value(true));
  jinja::Render render(project.contexts->run_environment(), names, options);
  const auto value = TRY(project.contexts->macro_value(*macro));
  const auto result = render.call(*value.as<jinja::Macro>(), {.positional = {}, .named = named});
  for (const auto& line : host.logs) {
    if (line.level != "debug") out.out += line.text + "\n";
  }
  if (!result) return fail(jinja::format_failure(result.error(), render.trace()));
  return out;
}

}  // namespace tarn::project
