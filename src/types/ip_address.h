// SPDX-License-Identifier: Apache-2.0
// IP addresses as Trino holds them: 16 bytes, IPv4 mapped into IPv6.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::types {

// Either family; 16 bytes.
Result<std::string> parse_ip_address(std::string_view text);
// RFC 5952; mapped addresses as IPv4. REQUIRES: bytes.size() == 16.
std::string format_ip_address(std::string_view bytes);

}  // namespace tarn::types
