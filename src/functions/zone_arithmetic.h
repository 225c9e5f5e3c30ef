// SPDX-License-Identifier: Apache-2.0
// Between local times and instants as Trino's functions go, which never fail at the gaps and
// overlaps of a zone. Internal to this folder.
#pragma once

#include <cstdint>
#include <optional>

#include "types/value.h"

namespace tarn::functions {

// Instant of a local time: in a gap it moves forward by the length of the gap; in an overlap it is
// the later one east of Greenwich and the earlier one west of it.
types::Timestamp from_local_leniently(types::Timestamp local, types::TimeZone zone);

// The same after arithmetic on an instant: its offset is kept where the new local time allows.
types::Timestamp from_local_near(types::Timestamp local, const types::Timestamp& original);

// Minutes of the zone's offset, if it has been and will be the same for years; regions with summer
// time depend on the day of the statement.
std::optional<std::int32_t> constant_offset_minutes(types::TimeZone zone);

}  // namespace tarn::functions
