// SPDX-License-Identifier: Apache-2.0
#include "project/reference.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "project/reference_index.h"

namespace tarn::project {

namespace {

bool is_referable(const Node& node) {
  return node.type == ResourceType::Model || node.type == ResourceType::Seed ||
         node.type == ResourceType::Snapshot;
}

bool same_version(const Data& a, const Data& b) { return to_python(a) == to_python(b); }

// Unversioned nodes match no version; versioned ones the asked version, or the latest.
bool has_version(const Node& node, const Data& asked) {
  if (node.version.is_null()) return asked.is_null();
  if (asked.is_null()) return same_version(node.version, node.latest_version);
  return same_version(node.version, asked);
}

std::string_view type_title(const Node& node) {
  switch (node.type) {
    case ResourceType::Model:
      return "Model";
    case ResourceType::Snapshot:
      return "Snapshot";
    case ResourceType::Test:
      return "Test";
    case ResourceType::Analysis:
      return "Analysis";
    case ResourceType::Exposure:
      return "Exposure";
    case ResourceType::Seed:
      return "Seed";
    case ResourceType::Operation:
      return "Operation";
    case ResourceType::SemanticModel:
      return "Semantic_Model";
    default:
      return "Node";
  }
}

}  // namespace

ReferenceIndex::ReferenceIndex(const Project& project) {
  for (const auto* list : {&project.nodes, &project.disabled}) {
    for (const auto& node : *list) {
      if (is_referable(node)) refs_[node.name].push_back(&node);
      if (node.type == ResourceType::Source) {
        sources_[fmt::format("{}.{}", node.body.get("source_name").text(), node.name)].push_back(
            &node);
      }
    }
  }
}

const std::vector<const Node*>* ReferenceIndex::refs(std::string_view name) const {
  const auto found = refs_.find(name);
  return found == refs_.end() ? nullptr : &found->second;
}

const std::vector<const Node*>* ReferenceIndex::sources(const SourceCall& call) const {
  const auto found = sources_.find(fmt::format("{}.{}", call.source, call.table));
  return found == sources_.end() ? nullptr : &found->second;
}

std::vector<std::string> ReferenceIndex::names() const {
  std::vector<std::string> out;
  for (const auto& entry : refs_) out.emplace_back(entry.first);
  std::sort(out.begin(), out.end());
  return out;
}

void index_references(Project& project) {
  project.references = std::make_unique<ReferenceIndex>(project);
}

Found find_ref(const Project& project, std::uint32_t package, const RefCall& call) {
  Found out;
  const auto* candidates = project.references->refs(call.name);
  if (candidates == nullptr) return out;
  // Enabled before disabled, then by package.
  int best = -1;
  for (const auto* node : *candidates) {
    if (!has_version(*node, call.version)) continue;
    int rank = node->enabled ? 10 : 0;
    if (!call.package.empty()) {
      if (node->package_name != call.package) continue;
    } else if (node->package == package) {
      rank += 3;
    } else if (node->package == 0) {
      rank += 2;
    } else {
      rank += 1;
    }
    if (rank > best) {
      best = rank;
      out.node = node;
    }
  }
  return out;
}

Found find_source(const Project& project, std::uint32_t package, const SourceCall& call) {
  Found out;
  const auto* candidates = project.references->sources(call);
  if (candidates == nullptr) return out;
  int best = -1;
  for (const auto* node : *candidates) {
    int rank =
        (node->enabled ? 10 : 0) + (node->package == package ? 3 : (node->package == 0 ? 2 : 1));
    if (rank > best) {
      best = rank;
      out.node = node;
    }
  }
  return out;
}

std::string describe_missing_ref(const Node& node, const RefCall& call, const Found& found) {
  std::string what = fmt::format("a node named '{}'", call.name);
  if (!call.version.is_null()) what += fmt::format(" with version '{}'", to_python(call.version));
  if (!call.package.empty()) what += fmt::format(" in package or project '{}'", call.package);
  const bool is_disabled = found.node != nullptr && !found.node->enabled;
  return fmt::format("{} '{}' ({}) depends on {} which {}", type_title(node), node.unique_id,
                     node.original_path, what, is_disabled ? "is disabled" : "was not found");
}

std::string describe_missing_source(const Node& node, const SourceCall& call, const Found& found) {
  const bool is_disabled = found.node != nullptr && !found.node->enabled;
  return fmt::format("{} '{}' ({}) depends on a source named '{}.{}' which {}", type_title(node),
                     node.unique_id, node.original_path, call.source, call.table,
                     is_disabled ? "is disabled" : "was not found");
}

std::string ref_suggestion(const Project& project, std::string_view name) {
  const auto near = nearest_name(name, project.references->names());
  return near ? fmt::format("did you mean `{}`?", *near) : std::string();
}

}  // namespace tarn::project
