// SPDX-License-Identifier: Apache-2.0
// `parse` and `ls`.
#include <fmt/core.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "project/commands.h"
#include "project/manifest.h"

namespace tarn::project {

namespace {

constexpr std::string_view kListTypes[] = {"model",          "snapshot",  "seed",    "test",
                                           "source",         "exposure",  "metric",  "saved_query",
                                           "semantic_model", "unit_test", "function"};

Result<void> check_types(const std::vector<std::string>& types, bool allow_all) {
  for (const auto& type : types) {
    if (type == "default" || (allow_all && type == "all") || type == "analysis") continue;
    if (std::find(std::begin(kListTypes), std::end(kListTypes), type) != std::end(kListTypes)) {
      continue;
    }
    return invalid_input(
        "`{}` is not one of metric, semantic_model, saved_query, source, analysis, function, "
        "model, test, unit_test, exposure, snapshot, seed, default, all",
        type);
  }
  return ok();
}

std::vector<std::string> expand_types(const std::vector<std::string>& types) {
  std::vector<std::string> out;
  for (const auto& type : types) {
    if (type != "default" && type != "all") {
      out.push_back(type);
      continue;
    }
    out.insert(out.end(), std::begin(kListTypes), std::end(kListTypes));
    if (type == "all") out.emplace_back("analysis");
  }
  return out;
}

bool holds(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

Result<std::unique_ptr<PreviousState>> load_state(const Project& project,
                                                  const std::string& folder) {
  auto state = std::make_unique<PreviousState>();
  const std::string base = join_path(project.options.project_dir, folder);
  const auto read = [&](const char* name) -> Result<std::optional<std::string>> {
    const std::string path = join_path(base, name);
    if (!project.files->exists(path)) return std::optional<std::string>();
    return std::optional(TRY(project.files->read(path)));
  };
  if (const auto text = TRY(read("manifest.json"))) state->manifest = TRY(read_manifest(*text));
  if (const auto text = TRY(read("run_results.json"))) {
    state->results = TRY(read_run_results(*text));
  }
  if (const auto text = TRY(read("sources.json"))) state->sources = TRY(read_source_results(*text));
  return state;
}

Result<const Spec*> find_selector(const Project& project, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& selector : project.selectors) {
    if (selector.name == name) return &selector.spec;
    names.push_back(selector.name);
  }
  return invalid_input("could not find selector named `{}`, expected one of [{}]", name,
                       join(names, ", "));
}

Result<Spec> make_spec(const Project& project, const SelectOptions& options) {
  if (!options.selector.empty()) return *TRY(find_selector(project, options.selector));
  if (options.select.empty() && options.exclude.empty()) {
    for (const auto& selector : project.selectors) {
      if (selector.is_default) return selector.spec;
    }
  }
  return parse_spec(options.select, options.exclude,
                    project.options.indirect.value_or(IndirectSelection::Eager));
}

}  // namespace

int exit_code_of(const Project& project) {
  for (const auto& finding : project.diagnostics.items()) {
    if (finding.severity == Severity::Error) return 2;
  }
  return 0;
}

Graph make_graph(const Project& project) {
  std::vector<const Node*> nodes;
  nodes.reserve(project.nodes.size());
  for (const auto& node : project.nodes) {
    if (node.type != ResourceType::Operation) nodes.push_back(&node);
  }
  return Graph(std::move(nodes));
}

Result<CommandOutput> run_parse(const Project& project, bool write_json) {
  CommandOutput out;
  out.findings = project.diagnostics.items();
  out.exit_code = exit_code_of(project);
  if (out.exit_code == 0 && write_json) {
    const std::string folder = project.target_folder();
    TRY(make_directories(folder));
    TRY(write_file(join_path(folder, "manifest.json"), write_manifest(project)));
  }
  return out;
}

Result<SelectedNodes> select_nodes(const Project& project, const SelectOptions& options,
                                   bool include_empty_nodes) {
  TRY(check_types(options.resource_types, true));
  TRY(check_types(options.exclude_resource_types, false));
  const Graph graph = make_graph(project);
  if (const auto cycle = graph.find_cycle(); !cycle.empty()) {
    std::string path;
    for (const auto index : cycle) {
      if (!path.empty()) path += " --> ";
      path += graph.node(index).unique_id;
    }
    return invalid_input("found a cycle: {}", path);
  }
  const Spec spec = TRY(make_spec(project, options));
  SelectionInput input;
  input.graph = &graph;
  input.project_name = project.root().name;
  input.path_exists = [&](const std::string& path) {
    return project.files->exists(join_path(project.options.project_dir, path));
  };
  std::unique_ptr<PreviousState> previous;
  std::map<std::string, SourceFreshness> sources_now;
  if (!options.state.empty()) previous = TRY(load_state(project, options.state));
  input.previous = previous.get();
  const std::string sources_file = join_path(project.target_folder(), "sources.json");
  if (project.files->exists(sources_file)) {
    sources_now = TRY(read_source_results(TRY(project.files->read(sources_file))));
    input.sources_now = &sources_now;
  }
  input.macros = &project.macros_by_id;
  input.include_empty_nodes = include_empty_nodes;
  const Selection selection = TRY(select(spec, input));
  SelectedNodes out;
  out.unmatched = selection.unmatched;
  const auto wanted = expand_types(options.resource_types);
  const auto unwanted = expand_types(options.exclude_resource_types);
  for (const auto index : selection.nodes.members()) {
    const Node& node = graph.node(index);
    const auto type = to_string(node.type);
    if (wanted.empty()) {
      if (std::find(std::begin(kListTypes), std::end(kListTypes), type) == std::end(kListTypes)) {
        continue;
      }
    } else if (!holds(wanted, type)) {
      continue;
    }
    if (holds(unwanted, type)) continue;
    out.nodes.push_back(&node);
  }
  return out;
}

namespace {

std::string joined_fqn(const Node& node) {
  std::string out;
  for (const auto part : node.fqn) {
    if (!out.empty()) out += '.';
    out += part;
  }
  return out;
}

std::string selector_text(const Node& node) {
  const auto named = [&](std::string_view name) {
    return fmt::format("{}:{}.{}", to_string(node.type), node.package_name, name);
  };
  switch (node.type) {
    case ResourceType::Source:
      return fmt::format("source:{}.{}.{}", node.package_name, node.body.get("source_name").text(),
                         node.name);
    case ResourceType::Exposure:
    case ResourceType::Metric:
    case ResourceType::SavedQuery:
    case ResourceType::SemanticModel:
      return named(node.name);
    case ResourceType::UnitTest:
      if (node.version.is_null()) return named(node.name);
      return named(fmt::format("{}_v{}", node.name, to_python(node.version)));
    default:
      return joined_fqn(node);
  }
}

std::string name_text(const Node& node) {
  if (node.type == ResourceType::Source) {
    return fmt::format("{}.{}", node.body.get("source_name").text(), node.name);
  }
  if (node.is_model() && !node.version.is_null()) {
    return fmt::format("{}.v{}", node.name, to_python(node.version));
  }
  return std::string(node.name);
}

std::string json_text(const Project& project, const Node& node,
                      const std::vector<std::string>& keys) {
  static const std::vector<std::string> kDefaults = {
      "alias",  "name",          "package_name", "depends_on",         "tags",
      "config", "resource_type", "source_name",  "original_file_path", "unique_id"};
  Arena arena;
  const Data data = node_data(project, node, arena);
  std::vector<Member> members;
  if (keys.empty()) {
    for (const auto& member : data.members()) {
      if (holds(kDefaults, member.key)) members.push_back(member);
    }
  } else {
    for (const auto& key : keys) {
      const Data* found = nullptr;
      Data value = data;
      for (const auto part : split(key, '.')) {
        found = value.find(part);
        if (found == nullptr) break;
        value = *found;
      }
      if (found != nullptr) members.push_back({key, value});
    }
  }
  std::string out;
  append_json(out, Data(arena.copy(members)), JsonStyle::Python);
  return out;
}

}  // namespace

Result<CommandOutput> run_list(const Project& project, const ListOptions& options) {
  CommandOutput out;
  out.findings = project.diagnostics.items();
  out.exit_code = exit_code_of(project);
  if (out.exit_code != 0) return out;
  const auto selected = TRY(select_nodes(project, options.selection, true));
  out.unmatched = selected.unmatched;
  // In dbt's order.
  auto nodes = selected.nodes;
  std::sort(nodes.begin(), nodes.end(),
            [](const Node* a, const Node* b) { return a->unique_id < b->unique_id; });
  for (const auto* node : nodes) {
    if (options.output == "name") {
      out.out += name_text(*node);
    } else if (options.output == "path") {
      out.out += node->original_path;
    } else if (options.output == "json") {
      out.out += json_text(project, *node, options.output_keys);
    } else {
      out.out += selector_text(*node);
    }
    out.out += '\n';
  }
  return out;
}

}  // namespace tarn::project
