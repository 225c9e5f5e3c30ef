// SPDX-License-Identifier: Apache-2.0
// What nodes that are wholly described in properties files share. Not for use outside the folder.
#pragma once

#include <vector>

#include "project/load.h"

namespace tarn::project {

// Names, ids and places of an entry.
Node basic_node(const Project& project, const Patch& patch, ResourceType type, Arena& arena);
// Config, tags, meta, group, enabled.
Result<void> apply_entry_config(const Project& project, Node& node, const Patch& patch,
                                Arena& arena);
// The member, or `fallback` where it is missing or null.
Data member_or(const Data& map, std::string_view key, Data fallback);
// A map with exactly these members, from `map` or the given defaults.
Data with_defaults(const Data& map, const std::vector<Member>& fields, Arena& arena);
void report_entry(LoadState& state, const Patch& patch, const char* code, const Error& error);

}  // namespace tarn::project
