// SPDX-License-Identifier: Apache-2.0
// Versioned models: which file is which version of which model.
#pragma once

#include <string_view>
#include <vector>

#include "project/load.h"

namespace tarn::project {

// Reads `versions:` of all model properties, makes a patch for each version, and notes which file
// name belongs to it.
void index_versions(LoadState& state, const std::vector<const PackageFile*>& files);
const VersionEntry* find_version(const LoadState& state, std::uint32_t package,
                                 std::string_view file_stem);
// Gives a node read from its file the name, fqn and id of the version.
void become_version(Node& node, const VersionEntry& entry, Arena& arena);

}  // namespace tarn::project
