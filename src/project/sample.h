// SPDX-License-Identifier: Apache-2.0
// --sample: the time from which models and snapshots read rows of inputs that have an `event_time`.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::project {

// Times as dbt prints them: `2025-01-01 00:00:00+00:00`. The end is not part of it.
struct SampleWindow {
  std::string start;
  std::string end;
};

// `3 days`, `1 month` (back from now, days of shorter months are clipped) or
// `{'start': '2025-01-01', 'end': '2025-02-01 12:00:00'}`, times in UTC.
Result<SampleWindow> parse_sample(std::string_view text, std::int64_t now_micros);

}  // namespace tarn::project
