// SPDX-License-Identifier: Apache-2.0
// UUIDs as 16 bytes in network order.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tarn {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;
};

// Version 4 (random) and version 7 (ordered by time).
Uuid make_uuid4(Random& random);
Uuid make_uuid7(Clock& clock, Random& random);
// Lower case with dashes, and back (either case).
std::string to_string(const Uuid& uuid);
Result<Uuid> parse_uuid(std::string_view text);

}  // namespace tarn
