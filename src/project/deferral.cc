// SPDX-License-Identifier: Apache-2.0
#include "project/deferral.h"

#include "project/config.h"
#include "project/context/contexts.h"
#include "project/state.h"

namespace tarn::project {

namespace {

bool has_relation(const Node& node) {
  if (node.type == ResourceType::Seed || node.type == ResourceType::Snapshot) return true;
  return node.is_model() &&
         config_value(node.type, node.config, "materialized").text() != "ephemeral";
}

}  // namespace

const RelationParts* Deferral::find(std::string_view unique_id) const {
  const auto found = relations.find(std::string(unique_id));
  return found == relations.end() ? nullptr : &found->second;
}

Result<Deferral> load_deferral(const Project& project, const DeferOptions& options) {
  if (options.state.empty()) {
    return invalid_input("--defer needs --state (or --defer-state): the folder of a manifest.json");
  }
  const std::string file =
      join_path(join_path(project.options.project_dir, options.state), "manifest.json");
  if (!project.files->exists(file)) return not_found("could not find manifest in `{}`", file);
  const auto earlier = TRY(read_manifest(TRY(project.files->read(file))));
  Deferral out;
  out.favor_state = options.favor_state;
  for (const auto* node : options.selected) out.selected.emplace(node->unique_id);
  for (const auto& node : earlier->nodes) {
    if (has_relation(*node)) {
      out.relations.emplace(node->unique_id, relation_of(project, *node));
    }
  }
  return out;
}

Result<Deferral> wanted_deferral(const Project& project, const DeferFlags& flags,
                                 const std::string& selection_state,
                                 std::vector<const Node*> selected) {
  if (!flags.defer) return Deferral{};
  return load_deferral(project, {.state = flags.state.empty() ? selection_state : flags.state,
                                 .favor_state = flags.favor_state,
                                 .selected = std::move(selected)});
}

}  // namespace tarn::project
