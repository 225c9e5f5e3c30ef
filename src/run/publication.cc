// SPDX-License-Identifier: Apache-2.0
#include "run/publication.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "project/config.h"
#include "run/prepare.h"

namespace tarn::run {

using project::Node;

namespace {

constexpr std::size_t kNamesShown = 3;

std::string some_names(const std::vector<const Node*>& nodes) {
  std::string out;
  for (std::size_t i = 0; i < nodes.size() && i < kNamesShown; ++i) {
    out += fmt::format("{}{}", out.empty() ? "" : ", ", nodes[i]->unique_id);
  }
  if (nodes.size() > kNamesShown) out += fmt::format(" and {} more", nodes.size() - kNamesShown);
  return out;
}

// Nodes that make something, by the catalog in which they do.
std::map<std::string, std::vector<const Node*>> by_catalog(const RunContext& context,
                                                           const Plan& plan) {
  std::map<std::string, std::vector<const Node*>> out;
  for (const Node* node : plan.nodes) {
    const bool is_ephemeral =
        project::config_value(node->type, node->config, "materialized").text() == "ephemeral";
    if (is_ephemeral || !makes_relation(context, *node)) continue;
    out[std::string(node->database)].push_back(node);
  }
  return out;
}

std::string failure_of(const RunSummary& summary) {
  if (summary.cancelled) return "the run was cancelled";
  for (const NodeResult& result : summary.results) {
    if (!is_failure(result.status)) continue;
    return fmt::format("{} {}", result.node->unique_id,
                       result.status == NodeStatus::Fail ? "found failures" : "failed");
  }
  return {};
}

void roll_back(const RunContext& context, const std::string& message, RunSummary& summary) {
  for (NodeResult& result : summary.results) {
    const bool made_something =
        (result.status == NodeStatus::Success || result.status == NodeStatus::PartialSuccess) &&
        makes_relation(context, *result.node);
    if (!made_something) continue;
    result.status = NodeStatus::Skipped;
    result.message = message;
  }
}

}  // namespace

Result<std::unique_ptr<warehouse::Staging>> begin_publication(const RunContext& context,
                                                              const Plan& plan) {
  if (context.adapter.kind() != warehouse::Kind::Embedded) {
    return unsupported(
        "--atomic needs a target that runs in this process: a Trino cluster publishes what each "
        "statement does");
  }
  const auto catalogs = by_catalog(context, plan);
  if (catalogs.empty()) return std::unique_ptr<warehouse::Staging>();
  if (catalogs.size() > 1) {
    std::string places;
    for (const auto& [name, nodes] : catalogs) {
      places += fmt::format("{}`{}` ({})", places.empty() ? "" : ", ", name, some_names(nodes));
    }
    return unsupported(
        "--atomic can publish one catalog as a whole, but the nodes are in several: "
        "{}. Select those of one",
        places);
  }
  const auto& [name, nodes] = *catalogs.begin();
  auto staging = context.adapter.warehouse().stage(name);
  if (staging) return staging;
  return std::move(staging.error())
      .with_context(fmt::format("--atomic cannot publish {} as a whole", some_names(nodes)));
}

void end_publication(const RunContext& context, std::unique_ptr<warehouse::Staging> staging,
                     RunSummary& summary) {
  summary.is_atomic = true;
  if (staging == nullptr) return;
  summary.not_published_because = failure_of(summary);
  if (summary.not_published_because.empty()) {
    auto published = staging->publish();
    if (published) {
      summary.is_published = true;
      return;
    }
    summary.not_published_because = describe(published.error());
    if (published.error().code == ErrorCode::UnknownOutcome) {
      roll_back(context,
                "it is not known whether the run was published: " + summary.not_published_because,
                summary);
      return;
    }
  }
  staging.reset();
  roll_back(context, "rolled back, since " + summary.not_published_because, summary);
}

}  // namespace tarn::run
