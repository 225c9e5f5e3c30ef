// SPDX-License-Identifier: Apache-2.0
// Texts of values that the lake has no type for, made from their binary form. Each gives false if
// the bytes are not of that type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn::postgres {

struct IntervalParts {
  std::int64_t micros = 0;
  std::int32_t days = 0;
  std::int32_t months = 0;
};
bool read_interval(std::string_view bytes, IntervalParts& interval);
// PostgreSQL 17 has infinite intervals: all parts are the largest or the smallest numbers.
bool is_infinite(const IntervalParts& interval);

// `P1Y2M3DT4H5M6.789S`, `-infinity`, as IntervalStyle iso_8601.
bool append_interval(std::string& out, std::string_view bytes);
// `04:05:06.789-08`
bool append_time_with_zone(std::string& out, std::string_view bytes);
// `0101`
bool append_bits(std::string& out, std::string_view bytes);
// `192.168.0.1`, `10.0.0.0/8`, `::ffff:1.2.3.4`; networks always with their length.
bool append_inet(std::string& out, std::string_view bytes);
// `08:00:2b:01:02:03`, 6 or 8 bytes.
bool append_mac_address(std::string& out, std::string_view bytes);
// `16/B374D848`
bool append_lsn(std::string& out, std::string_view bytes);
// `(42,7)`
bool append_tid(std::string& out, std::string_view bytes);

}  // namespace tarn::postgres
