// SPDX-License-Identifier: Apache-2.0
// Batches of microbatch models, as dbt plans them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "project/resource.h"

namespace tarn::project {

// Times as dbt prints them: `2025-01-01 00:00:00+00:00`.
struct Batch {
  std::string id;  // `20250101`
  std::string event_time_start;
  std::string event_time_end;
  bool operator==(const Batch&) const = default;
};

struct BatchRequest {
  // --event-time-start and -end, microseconds in UTC.
  std::optional<std::int64_t> event_time_start, event_time_end;
  // The table is there and is not rebuilt: only the latest batches (`lookback`) are due.
  bool is_incremental = false;
  std::int64_t now_micros = 0;
};

// Is this an incremental model with the strategy `microbatch`?
bool is_microbatch(const Node& node);
// In order of time, at least one. Errors name a config that is missing (`begin`, `batch_size`).
Result<std::vector<Batch>> plan_batches(const Node& node, const BatchRequest& request);
// `2025-01-01`, `2025-01-01 10:00:00` or ISO 8601; microseconds in UTC.
Result<std::int64_t> parse_event_time(std::string_view text);
// `2025-01-01 10:00:00+00:00`, with six digits behind the second where there are any.
std::string event_time_text(std::int64_t micros);

}  // namespace tarn::project
