// SPDX-License-Identifier: Apache-2.0
#include "postgres/binary_text.h"

#include <fmt/core.h>

#include "base/bytes.h"

namespace tarn::postgres {
namespace {

constexpr std::int64_t kMicrosOfSecond = 1'000'000;

// Seconds and what is not zero of the fraction.
void append_fraction(std::string& out, std::int64_t micros) {
  if (micros == 0) return;
  const std::size_t end = out.size() + 7;
  out += fmt::format(".{:06}", micros);
  out.resize(end);
  while (out.back() == '0') out.pop_back();
}

void append_ipv4(std::string& out, std::string_view address) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(address[i]); };
  out += fmt::format("{}.{}.{}.{}", byte(0), byte(1), byte(2), byte(3));
}

// The longest run of zero groups is left out; some addresses end in the form of IPv4, as in the
// server.
void append_ipv6(std::string& out, std::string_view address) {
  const auto group = [&](int i) {
    return static_cast<unsigned>(load_big_endian<std::uint16_t>(address.substr(2 * i, 2)));
  };
  int best_begin = -1;
  int best_size = 1;
  for (int i = 0; i < 8;) {
    int end = i;
    while (end < 8 && group(end) == 0) ++end;
    if (end - i > best_size) {
      best_begin = i;
      best_size = end - i;
    }
    i = end > i ? end : i + 1;
  }
  for (int i = 0; i < 8; ++i) {
    if (i == best_begin) {
      i += best_size - 1;
      out += i == 7 ? "::" : ":";
      continue;
    }
    if (i != 0) out += ':';
    const bool mapped =
        best_begin == 0 && (best_size == 6 || (best_size == 5 && group(5) == 0xffff) ||
                            (best_size == 7 && group(7) != 1));
    if (i == 6 && mapped) {
      append_ipv4(out, address.substr(12));
      return;
    }
    out += fmt::format("{:x}", group(i));
  }
}

}  // namespace

bool read_interval(std::string_view bytes, IntervalParts& interval) {
  if (bytes.size() != 16) return false;
  interval.micros = load_big_endian<std::int64_t>(bytes);
  interval.days = load_big_endian<std::int32_t>(bytes.substr(8));
  interval.months = load_big_endian<std::int32_t>(bytes.substr(12));
  return true;
}

bool is_infinite(const IntervalParts& interval) {
  return (interval.micros == INT64_MAX && interval.days == INT32_MAX &&
          interval.months == INT32_MAX) ||
         (interval.micros == INT64_MIN && interval.days == INT32_MIN &&
          interval.months == INT32_MIN);
}

bool append_interval(std::string& out, std::string_view bytes) {
  IntervalParts interval;
  if (!read_interval(bytes, interval)) return false;
  if (is_infinite(interval)) {
    out += interval.days < 0 ? "-infinity" : "infinity";
    return true;
  }
  const auto part = [&](std::int64_t value, char unit) {
    if (value != 0) out += fmt::format("{}{}", value, unit);
  };
  out += 'P';
  const std::size_t begin = out.size();
  part(interval.months / 12, 'Y');
  part(interval.months % 12, 'M');
  part(interval.days, 'D');
  if (interval.micros == 0) {
    if (out.size() == begin) out += "T0S";
    return true;
  }
  out += 'T';
  part(interval.micros / (3'600 * kMicrosOfSecond), 'H');
  part(interval.micros / (60 * kMicrosOfSecond) % 60, 'M');
  const std::int64_t rest = interval.micros % (60 * kMicrosOfSecond);
  if (rest != 0) {
    const std::int64_t absolute = rest < 0 ? -rest : rest;
    out += fmt::format("{}{}", rest < 0 ? "-" : "", absolute / kMicrosOfSecond);
    append_fraction(out, absolute % kMicrosOfSecond);
    out += 'S';
  }
  return true;
}

bool append_time_with_zone(std::string& out, std::string_view bytes) {
  if (bytes.size() != 12) return false;
  const auto micros = load_big_endian<std::int64_t>(bytes);
  const auto west = load_big_endian<std::int32_t>(bytes.substr(8));
  if (micros < 0 || micros > 86'400 * kMicrosOfSecond || west <= -86'400 || west >= 86'400) {
    return false;
  }
  const std::int64_t seconds = micros / kMicrosOfSecond;
  out += fmt::format("{:02}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
  append_fraction(out, micros % kMicrosOfSecond);
  const std::int32_t offset = west < 0 ? -west : west;
  out += fmt::format("{}{:02}", west <= 0 ? '+' : '-', offset / 3'600);
  if (offset % 3'600 != 0) {
    out += fmt::format(":{:02}", offset / 60 % 60);
  }
  if (offset % 60 != 0) out += fmt::format(":{:02}", offset % 60);
  return true;
}

bool append_bits(std::string& out, std::string_view bytes) {
  if (bytes.size() < 4) return false;
  const auto count = load_big_endian<std::int32_t>(bytes);
  if (count < 0 || bytes.size() - 4 != (static_cast<std::size_t>(count) + 7) / 8) return false;
  for (std::int32_t i = 0; i < count; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[4 + static_cast<std::size_t>(i) / 8]);
    out += (byte >> (7 - i % 8)) & 1 ? '1' : '0';
  }
  return true;
}

bool append_inet(std::string& out, std::string_view bytes) {
  if (bytes.size() < 4) return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned bits = byte(1);
  const bool is_network = byte(2) != 0;
  const std::string_view address = bytes.substr(4);
  const bool is_v4 = byte(0) == 2;
  if ((!is_v4 && byte(0) != 3) || byte(3) != address.size() ||
      address.size() != (is_v4 ? 4U : 16U) || bits > address.size() * 8) {
    return false;
  }
  if (is_v4) {
    append_ipv4(out, address);
  } else {
    append_ipv6(out, address);
  }
  if (is_network || bits != address.size() * 8) {
    out += fmt::format("/{}", bits);
  }
  return true;
}

bool append_mac_address(std::string& out, std::string_view bytes) {
  if (bytes.size() != 6 && bytes.size() != 8) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += fmt::format("{}{:02x}", i == 0 ? "" : ":", static_cast<unsigned char>(bytes[i]));
  }
  return true;
}

bool append_lsn(std::string& out, std::string_view bytes) {
  if (bytes.size() != 8) return false;
  const auto lsn = load_big_endian<std::uint64_t>(bytes);
  out += fmt::format("{:X}/{:X}", lsn >> 32, lsn & 0xffffffff);
  return true;
}

bool append_tid(std::string& out, std::string_view bytes) {
  if (bytes.size() != 6) return false;
  out += fmt::format("({},{})", load_big_endian<std::uint32_t>(bytes),
                     load_big_endian<std::uint16_t>(bytes.substr(4)));
  return true;
}

}  // namespace tarn::postgres
