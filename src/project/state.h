// SPDX-License-Identifier: Apache-2.0
// An earlier run: manifest.json (v12), run_results.json and sources.json of a folder, for `state:`,
// `result:`, `source_status:` and --defer.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "project/resource.h"

namespace tarn::project {

struct PreviousManifest {
  Arena arena;
  std::vector<std::unique_ptr<Node>> nodes;  // of all kinds that the graph has
  std::unordered_map<std::string_view, const Node*> by_id;
  std::unordered_map<std::string_view, std::string_view> macro_texts;  // unique id → text
};

// Reads the text of a manifest.json. Node::body holds the whole object.
Result<std::unique_ptr<PreviousManifest>> read_manifest(std::string_view text);

// `unique_id` → status.
Result<std::map<std::string, std::string>> read_run_results(std::string_view text);
// `unique_id` → max_loaded_at; results that ended in a runtime error have status set only.
struct SourceFreshness {
  std::string max_loaded_at;
  std::string status;
};
Result<std::map<std::string, SourceFreshness>> read_source_results(std::string_view text);

struct PreviousState {
  std::unique_ptr<PreviousManifest> manifest;
  std::optional<std::map<std::string, std::string>> results;
  std::optional<std::map<std::string, SourceFreshness>> sources;
};

// How two versions of a node differ, with dbt's rules of `state:modified` and its parts.
struct StateComparison {
  const Node& before;
  const Node& now;
  bool same_body() const;
  bool same_config() const;
  bool same_descriptions() const;
  bool same_relation() const;
  bool same_fqn() const;
  bool same_contract() const;
  bool same_contents() const;
  // What an enforced contract promised before and does not any more, as lines for a person.
  std::vector<std::string> contract_breaches() const;
};

}  // namespace tarn::project
