// SPDX-License-Identifier: Apache-2.0
// Which node a ref() or source() means, and how to say that there is none.
#pragma once

#include <string>

#include "project/project.h"

namespace tarn::project {

struct Found {
  const Node* node = nullptr;  // may be a disabled one
};

// Looks in `package` first, then in the root, then everywhere. Thread-safe after resolve() began.
Found find_ref(const Project& project, std::uint32_t package, const RefCall& call);
Found find_source(const Project& project, std::uint32_t package, const SourceCall& call);

// `Model 'model.p.c' (models/c.sql) depends on a node named 'nope' which was not found`
std::string describe_missing_ref(const Node& node, const RefCall& call, const Found& found);
std::string describe_missing_source(const Node& node, const SourceCall& call, const Found& found);

// Names of models near `name`, for hints.
std::string ref_suggestion(const Project& project, std::string_view name);

// Fills the tables that find_ref() uses; to be called again when nodes were added.
void index_references(Project& project);

}  // namespace tarn::project
