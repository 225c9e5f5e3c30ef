// SPDX-License-Identifier: Apache-2.0
// contains(cidr, address).
#include "types/ip_address.h"

#include "base/text.h"
#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

bool same_bits(std::string_view a, std::string_view b, std::size_t bits) {
  if (a.substr(0, bits / 8) != b.substr(0, bits / 8)) return false;
  if (bits % 8 == 0) return true;
  return ((a[bits / 8] ^ b[bits / 8]) & (0xFF00 >> (bits % 8)) & 0xFF) == 0;
}

// No bit of the address is set behind the prefix.
bool is_prefix_of(std::string_view address, std::size_t bits) {
  for (std::size_t i = bits; i < address.size() * 8; ++i) {
    if ((static_cast<unsigned char>(address[i / 8]) >> (7 - i % 8) & 1) != 0) return false;
  }
  return true;
}

Result<Value> contains(Arguments values) {
  const std::string& cidr = values[0].as_text();
  const std::size_t slash = cidr.find('/');
  if (slash == std::string::npos) return invalid_argument("Invalid CIDR");
  const auto network = types::parse_ip_address(std::string_view(cidr).substr(0, slash));
  if (!network) return invalid_argument("Invalid network IP address");
  const auto length = parse_int64(std::string_view(cidr).substr(slash + 1));
  if (!length) return invalid_argument("Invalid prefix length");
  if (*length < 0) return invalid_argument("Invalid prefix length");
  // IPv4 stands in the last four of sixteen bytes.
  const bool is_ipv4 = cidr.find(':') > slash;
  const auto bits = static_cast<std::size_t>(*length) + (is_ipv4 ? 96 : 0);
  if (*length > 128 || bits > 128) return invalid_argument("Prefix length exceeds address length");
  if (is_ipv4 && !is_prefix_of(*network, bits)) return invalid_argument("Invalid CIDR");
  return Value(same_bits(*network, values[1].as_text(), bits));
}

constexpr FunctionEntry kIpAddressFunctions[] = {
    {"contains", takes<contains, Varchar, IpAddress>},
};

}  // namespace

FunctionList ip_address_functions() { return kIpAddressFunctions; }

}  // namespace tarn::functions
