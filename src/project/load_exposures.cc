// SPDX-License-Identifier: Apache-2.0
// Exposures, groups, hooks of the project, properties of macros, selectors.yml.
#include <fmt/core.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/text.h"
#include "project/config.h"
#include "project/context/contexts.h"
#include "project/load.h"
#include "project/node_basics.h"
#include "project/node_parse.h"
#include "project/properties.h"
#include "project/static_scan.h"
#include "yaml/load.h"

namespace tarn::project {

Node basic_node(const Project& project, const Patch& patch, ResourceType type, Arena& arena) {
  Node node;
  node.type = type;
  node.package = patch.package;
  node.package_name = project.packages[patch.package]->name;
  node.file = patch.file;
  node.line = patch.value->line;
  node.name = patch.name;
  node.path = patch.file->relative;
  node.original_path = patch.file->path;
  node.unique_id =
      arena.copy(fmt::format("{}.{}.{}", to_string(type), node.package_name, patch.name));
  node.fqn = make_fqn(arena, node.package_name, patch.file->relative, patch.name);
  return node;
}

Result<void> apply_entry_config(const Project& project, Node& node, const Patch& patch,
                                Arena& arena) {
  MapBuilder config;
  for (const char* key : {"tags", "meta", "group"}) {
    const Data* outer = patch.data.find(key);
    if (outer != nullptr) config.set(key, *outer);
  }
  for (const auto& [key, value] : patch.config.members()) config.set(key, value);
  const Data own = config.build(arena);
  const ConfigParts parts{node.type, node.package, node.fqn, &own, nullptr};
  const MergedConfig merged = TRY(merge_config(project, parts, arena));
  node.config = merged.values;
  node.unrendered_config = merged.unrendered;
  node.enabled = config_value(node.type, node.config, "enabled").truthy();
  node.meta = config_value(node.type, node.config, "meta");
  if (const Data group = config_value(node.type, node.config, "group"); group.is_text()) {
    node.group = group.text();
  }
  const Data tags = config_value(node.type, node.config, "tags");
  if (tags.is_text()) node.tags.push_back(tags.text());
  for (const auto& tag : tags.items()) {
    const std::string_view text = arena.copy(to_python(tag));
    if (std::find(node.tags.begin(), node.tags.end(), text) == node.tags.end()) {
      node.tags.push_back(text);
    }
  }
  return ok();
}

Data member_or(const Data& map, std::string_view key, Data fallback) {
  const Data* found = map.find(key);
  return found != nullptr && !found->is_null() ? *found : fallback;
}

Data with_defaults(const Data& map, const std::vector<Member>& fields, Arena& arena) {
  std::vector<Member> out;
  for (const auto& [key, fallback] : fields) out.push_back({key, member_or(map, key, fallback)});
  return Data(arena.copy(out));
}

void report_entry(LoadState& state, const Patch& patch, const char* code, const Error& error) {
  report_at(state.project, Severity::Error, code,
            fmt::format("in {} {}: {}", patch.section, patch.name, describe(error)), *patch.file,
            patch.value);
}

namespace {

Result<void> read_depends_on(Node& node, const Data& list, Arena& arena) {
  ParseRecord record(arena);
  for (const auto& item : list.items()) {
    ParseRecord one(arena);
    const std::string text = fmt::format("{{{{ {} }}}}", item.text());
    if (item.text().find("metric(") == 0) {
      const auto open = item.text().find_first_of("'\"");
      const auto close = item.text().find_last_of("'\"");
      if (open != std::string_view::npos && close > open) {
        record.metrics.push_back({item.text().substr(open + 1, close - open - 1)});
      }
      continue;
    }
    if (!scan_static(arena.copy(text), one)) {
      return invalid_input("`depends_on` must hold ref(), source() or metric(), not `{}`",
                           item.text());
    }
    record.refs.insert(record.refs.end(), one.refs.begin(), one.refs.end());
    record.sources.insert(record.sources.end(), one.sources.begin(), one.sources.end());
  }
  take_record(node, record);
  return ok();
}

Data owner_data(const Data& owner, Arena& arena) {
  MapBuilder out;
  out.add("email", owner.get("email"));
  out.add("name", owner.get("name"));
  for (const auto& [key, value] : owner.members()) out.set(key, value);
  return out.build(arena);
}

Result<void> add_exposure(LoadState& state, const Patch& patch) {
  Project& project = state.project;
  Arena& arena = project.arena();
  Node node = basic_node(project, patch, ResourceType::Exposure, arena);
  TRY(apply_entry_config(project, node, patch, arena));
  const Data& data = patch.data;
  const Data type = data.get("type");
  if (!type.is_text()) return invalid_input("`type` is a required property");
  constexpr std::string_view kTypes[] = {"dashboard", "notebook", "analysis", "ml", "application"};
  if (std::find(std::begin(kTypes), std::end(kTypes), type.text()) == std::end(kTypes)) {
    return invalid_input("`{}` is not one of dashboard, notebook, analysis, ml, application",
                         type.text());
  }
  if (!data.get("owner").is_map()) return invalid_input("`owner` is a required property");
  const auto description = TRY(
      render_description(project, node.package, node.unique_id, data.get("description"), arena));
  node.description = description.text;
  TRY(read_depends_on(node, data.get("depends_on"), arena));
  node.body = Data(arena.copy(std::vector<Member>{{"type", type},
                                                  {"owner", owner_data(data.get("owner"), arena)},
                                                  {"label", data.get("label")},
                                                  {"maturity", data.get("maturity")},
                                                  {"url", data.get("url")}}));
  const bool good_name = std::all_of(node.name.begin(), node.name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!good_name) {
    report_at(project, Severity::Warning, "exposure-name",
              fmt::format("the name of exposure `{}` should hold only letters, digits and "
                          "underscores: use `label` for the rest",
                          node.name),
              *patch.file, patch.value);
  }
  add_node(project, std::move(node));
  return ok();
}

Result<void> add_group(LoadState& state, const Patch& patch) {
  Project& project = state.project;
  Arena& arena = project.arena();
  GroupDefinition group;
  group.name = patch.name;
  group.package_name = project.packages[patch.package]->name;
  group.path = patch.file->relative;
  group.original_path = patch.file->path;
  group.unique_id = arena.copy(fmt::format("group.{}.{}", group.package_name, group.name));
  if (!patch.data.get("owner").is_map()) return invalid_input("`owner` is a required property");
  group.owner = owner_data(patch.data.get("owner"), arena);
  group.description = patch.data.get("description");
  // Configs of the folder's models, the last one of a key wins.
  auto fqn = make_fqn(arena, group.package_name, patch.file->relative, group.name);
  const Data own = patch.data.get("config");
  const ConfigParts parts{ResourceType::Group, patch.package, fqn, &own, nullptr};
  const MergedConfig merged = TRY(merge_config(project, parts, arena));
  MapBuilder config;
  config.add("meta", Data(std::span<const Member>()));
  for (const auto& [key, value] : merged.unrendered.members()) config.set(key, value);
  group.config = config.build(arena);
  project.groups.push_back(group);
  return ok();
}

}  // namespace

void load_exposures(LoadState& state) {
  for (const auto& patch : state.patch_store) {
    if (patch.section != "exposures") continue;
    if (auto added = add_exposure(state, patch); !added) {
      report_entry(state, patch, "exposure", added.error());
    }
  }
}

void load_groups(LoadState& state) {
  for (const auto& patch : state.patch_store) {
    if (patch.section != "groups") continue;
    if (auto added = add_group(state, patch); !added) {
      report_entry(state, patch, "group", added.error());
    }
  }
}

void load_hooks(LoadState& state) {
  Project& project = state.project;
  Arena& arena = project.arena();
  for (std::uint32_t package = 0; package < project.packages.size(); ++package) {
    const Package& owner = *project.packages[package];
    for (const auto& [name, hooks] : {std::pair{"on-run-start", &owner.file.on_run_start},
                                      std::pair{"on-run-end", &owner.file.on_run_end}}) {
      for (std::size_t i = 0; i < hooks->size(); ++i) {
        Node node;
        node.type = ResourceType::Operation;
        node.package = package;
        node.package_name = owner.name;
        node.name = arena.copy(fmt::format("{}-{}-{}", owner.name, name, i));
        node.path = arena.copy(fmt::format("hooks/{}.sql", node.name));
        node.original_path = "./dbt_project.yml";
        node.unique_id = arena.copy(fmt::format("operation.{}.{}", owner.name, node.name));
        node.fqn = {owner.name, "hooks", node.name};
        node.raw_code = arena.copy((*hooks)[i]);
        node.checksum = arena.copy(to_hex(sha256(node.raw_code)));
        node.hook_index = arena.copy(std::to_string(i + 1));
        node.columns = Data(std::span<const Member>());
        ParseRecord record(arena);
        // What a hook calls may be undefined until it runs.
        if (parse_template(project, node, record, 1)) continue;
        take_record(node, record);
        if (auto applied = apply_config(project, node, nullptr, nullptr, arena); !applied) continue;
        node.tags = {name};
        add_node(project, std::move(node));
      }
    }
  }
}

void apply_macro_properties(LoadState& state) {
  Project& project = state.project;
  Arena& arena = project.arena();
  for (auto& macro : project.macros) {
    if (macro.builtin) continue;
    const Patch* patch = find_patch(state, macro.package, "macros", macro.name);
    if (patch == nullptr) continue;
    const auto description = render_description(project, macro.package, macro.unique_id,
                                                patch->data.get("description"), arena);
    if (description) macro.description = description->text;
    macro.patch_path = patch_path(project, *patch, arena);
    macro.meta = patch->config.get("meta");
    macro.docs = patch->config.get("docs");
    macro.config = patch->config;
    for (const auto& argument : patch->data.get("arguments").items()) {
      macro.arguments.push_back(
          {argument.get("name").text(), argument.get("type"), argument.get("description").text()});
    }
  }
}

void load_selectors(LoadState& state) {
  Project& project = state.project;
  const std::string file = join_path(project.root().root, "selectors.yml");
  if (!project.files->exists(file)) return;
  const auto text = project.files->read(file);
  const auto report = [&](const Error& error) {
    project.report(Severity::Error, "selectors", error.message, nullptr, 0, 1,
                   fmt::format("see {}", file));
  };
  if (!text) return report(text.error());
  project.texts.push_back(*text);
  auto document = yaml::load(project.texts.back());
  if (!document) return report(yaml_error(document.error(), project.texts.back(), file));
  RenderHost host(project, 0);
  host.is_yaml = true;
  Arena& arena = project.arena();
  const auto renderer = [&](std::string_view one) {
    return project.contexts->render_yaml(one, host, arena);
  };
  const auto data = render_data(from_yaml(*document->root, arena), renderer, nullptr, arena);
  project.documents.push_back(std::move(*document));
  if (!data) return report(data.error());
  auto selectors =
      parse_selectors(*data, arena, project.options.indirect.value_or(IndirectSelection::Eager));
  if (!selectors) return report(selectors.error());
  project.selectors = std::move(*selectors);
}

}  // namespace tarn::project
