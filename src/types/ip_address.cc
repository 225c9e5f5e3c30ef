// SPDX-License-Identifier: Apache-2.0
#include "types/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/check.h"

namespace tarn::types {
namespace {

constexpr std::string_view kMappedPrefix("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

}  // namespace

Result<std::string> parse_ip_address(std::string_view text) {
  const std::string copy(text.substr(0, 64));
  std::string bytes(16, '\0');
  if (copy.find('\0') == std::string::npos && text.size() < 64) {
    if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return bytes;
    if (inet_pton(AF_INET, copy.c_str(), bytes.data() + 12) == 1) {
      std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin());
      return bytes;
    }
  }
  return invalid_input("`{}` is not a valid IP address", text.substr(0, 100));
}

std::string format_ip_address(std::string_view bytes) {
  VERIFY(bytes.size() == 16);
  const auto byte = [&](int i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.starts_with(kMappedPrefix)) {
    return fmt::format("{}.{}.{}.{}", byte(12), byte(13), byte(14), byte(15));
  }
  // The first of the longest runs of at least two zero groups is left out.
  const auto group = [&](int i) { return byte(2 * i) << 8 | byte(2 * i + 1); };
  int best_begin = -1;
  int best_size = 1;
  for (int i = 0; i < 8; ++i) {
    int end = i;
    while (end < 8 && group(end) == 0) ++end;
    if (end - i > best_size) {
      best_begin = i;
      best_size = end - i;
    }
    i = std::max(i, end);
  }
  std::string out;
  for (int i = 0; i < 8; ++i) {
    if (i == best_begin) {
      out += "::";
      i += best_size - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    out += fmt::format("{:x}", group(i));
  }
  return out;
}

}  // namespace tarn::types
