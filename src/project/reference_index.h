// SPDX-License-Identifier: Apache-2.0
// Tables behind find_ref() and find_source(). Immutable after construction.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "project/project.h"

namespace tarn::project {

class ReferenceIndex {
 public:
  explicit ReferenceIndex(const Project& project);
  // Models, seeds and snapshots of a name, of all packages and versions; nullptr: none.
  const std::vector<const Node*>* refs(std::string_view name) const;
  const std::vector<const Node*>* sources(const SourceCall& call) const;
  std::vector<std::string> names() const;

 private:
  std::unordered_map<std::string_view, std::vector<const Node*>> refs_;
  std::unordered_map<std::string, std::vector<const Node*>> sources_;
};

}  // namespace tarn::project
