// SPDX-License-Identifier: Apache-2.0
// Snapshots that are written in YAML alone: `relation: ref('x')`.
#include <fmt/core.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/text.h"
#include "project/load.h"
#include "project/node_basics.h"
#include "project/node_parse.h"
#include "project/properties.h"

namespace tarn::project {

namespace {

Result<void> add_snapshot(LoadState& state, const Patch& patch) {
  Project& project = state.project;
  Arena& arena = project.arena();
  Node node = basic_node(project, patch, ResourceType::Snapshot, arena);
  const std::string_view relation = patch.data.get("relation").text();
  node.path = arena.copy(fmt::format("{}/{}.sql", patch.file->relative, patch.name));
  node.raw_code = arena.copy(fmt::format("select * from {{{{ {} }}}}", relation));
  node.checksum = arena.copy(to_hex(sha256(trim(patch.file->text))));
  node.database = project.profile.database;
  node.schema = project.profile.schema;
  node.alias = patch.name;
  ParseRecord record(arena);
  if (auto error = parse_template(project, node, record, patch.value->line)) {
    return invalid_input("{}", error->message);
  }
  take_record(node, record);
  TRY(apply_config(project, node, &patch.config, nullptr, arena));
  if (auto error = apply_properties(project, node, patch, arena)) {
    return invalid_input("{}", error->message);
  }
  add_parsed_node(state, std::move(node));
  return ok();
}

}  // namespace

void load_snapshot_properties(LoadState& state) {
  for (auto& patch : state.patch_store) {
    if (patch.section != "snapshots" || !patch.data.get("relation").is_text()) continue;
    patch.used = true;
    if (auto added = add_snapshot(state, patch); !added) {
      report_entry(state, patch, "snapshot", added.error());
    }
  }
}

}  // namespace tarn::project
