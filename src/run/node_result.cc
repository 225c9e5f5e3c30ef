// SPDX-License-Identifier: Apache-2.0
#include "run/node_result.h"

#include <algorithm>
#include <iterator>

#include "run/plan.h"

namespace tarn::run {

namespace {

struct StatusName {
  NodeStatus status;
  std::string_view name;
};

constexpr StatusName kStatusNames[] = {
    {NodeStatus::Success, "success"},
    {NodeStatus::Error, "error"},
    {NodeStatus::Skipped, "skipped"},
    {NodeStatus::PartialSuccess, "partial success"},
    {NodeStatus::NoOp, "no-op"},
    {NodeStatus::Pass, "pass"},
    {NodeStatus::Warn, "warn"},
    {NodeStatus::Fail, "fail"},
    {NodeStatus::RuntimeError, "runtime error"},
};

}  // namespace

std::string_view to_string(NodeStatus status) {
  const auto* found = std::find_if(std::begin(kStatusNames), std::end(kStatusNames),
                                   [&](const StatusName& entry) { return entry.status == status; });
  return found->name;
}

std::optional<NodeStatus> parse_node_status(std::string_view text) {
  const auto* found = std::find_if(std::begin(kStatusNames), std::end(kStatusNames),
                                   [&](const StatusName& entry) { return entry.name == text; });
  if (found == std::end(kStatusNames)) return std::nullopt;
  return found->status;
}

bool is_failure(NodeStatus status) {
  return status == NodeStatus::Error || status == NodeStatus::Fail ||
         status == NodeStatus::PartialSuccess || status == NodeStatus::RuntimeError;
}

int exit_code_of(const RunSummary& summary) {
  const bool failed =
      summary.cancelled || !summary.not_published_because.empty() ||
      std::any_of(summary.results.begin(), summary.results.end(), [](const NodeResult& result) {
        const bool is_open = result.status == NodeStatus::Skipped && !is_idle(*result.node);
        return is_failure(result.status) || is_open;
      });
  return failed ? 1 : 0;
}

}  // namespace tarn::run
