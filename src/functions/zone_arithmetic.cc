// SPDX-License-Identifier: Apache-2.0
#include "functions/zone_arithmetic.h"

#include "base/time.h"

namespace tarn::functions {

namespace {

std::int64_t offset_seconds(types::TimeZone zone, std::int64_t micros) {
  return zone.offset_seconds_at(floor_divide(micros, kMicrosPerSecond));
}

}  // namespace

types::Timestamp from_local_leniently(types::Timestamp local, types::TimeZone zone) {
  const std::int64_t first = offset_seconds(zone, local.micros);
  std::int64_t offset = offset_seconds(zone, local.micros - first * kMicrosPerSecond);
  if (first != offset && first < 0) {
    const auto match = zone.resolve_local(floor_divide(local.micros, kMicrosPerSecond)).match;
    if (match == types::TimeZone::Match::Gap) offset = first;
  }
  local.micros -= offset * kMicrosPerSecond;
  local.zone = zone;
  return local;
}

types::Timestamp from_local_near(types::Timestamp local, const types::Timestamp& original) {
  const std::int64_t offset = offset_seconds(original.zone, original.micros);
  types::Timestamp out = local;
  out.micros -= offset * kMicrosPerSecond;
  out.zone = original.zone;
  if (offset_seconds(original.zone, out.micros) == offset) return out;
  return from_local_leniently(local, original.zone);
}

std::optional<std::int32_t> constant_offset_minutes(types::TimeZone zone) {
  // From 2020 to 2040, twice a year.
  constexpr std::int64_t kBegin = 1'577'836'800;
  constexpr std::int64_t kHalfYear = 15'778'476;
  const std::int32_t offset = zone.offset_seconds_at(kBegin);
  for (int i = 1; i < 40; ++i) {
    if (zone.offset_seconds_at(kBegin + i * kHalfYear) != offset) return std::nullopt;
  }
  return offset / 60;
}

}  // namespace tarn::functions
