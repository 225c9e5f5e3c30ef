// SPDX-License-Identifier: Apache-2.0
// --defer: refs to nodes that were not built here mean the relations of an earlier run.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "project/context/relation.h"
#include "project/project.h"

namespace tarn::project {

struct Deferral {
  std::map<std::string, RelationParts> relations;  // by unique id
  // --favor-state: also where the relation is there, unless the node is selected.
  bool favor_state = false;
  std::set<std::string> selected;

  // nullptr: the node has no relation in the earlier run.
  const RelationParts* find(std::string_view unique_id) const;
};

struct DeferOptions {
  std::string state;  // folder of manifest.json, from the project's folder
  bool favor_state = false;
  std::vector<const Node*> selected;
};

// What --defer, --favor-state and --defer-state say: what is not built here is read where an
// earlier run built it.
struct DeferFlags {
  bool defer = false;
  bool favor_state = false;
  std::string state;  // folder of the earlier manifest; empty: that of the selection
};

// Models (but ephemeral ones), seeds and snapshots of the earlier manifest. NotFound if there is
// none.
Result<Deferral> load_deferral(const Project& project, const DeferOptions& options);
// The same as the flags want it; nothing is deferred without --defer.
Result<Deferral> wanted_deferral(const Project& project, const DeferFlags& flags,
                                 const std::string& selection_state,
                                 std::vector<const Node*> selected);

}  // namespace tarn::project
