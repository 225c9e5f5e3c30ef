// SPDX-License-Identifier: Apache-2.0
// URIs as java.net.URI reads them (RFC 2396 with IPv6 hosts, other characters than ASCII allowed).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tarn::functions {

// Parts as written; views into the text.
struct Uri {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> host;  // none if the authority is no server
  std::optional<std::int64_t> port;
  std::optional<std::string_view> path;  // none for opaque ones, `mailto:a@b`
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;
};

// Nullopt for what Java refuses.
std::optional<Uri> parse_uri(std::string_view text);

// Resolves `%41`; bytes that are no UTF-8 become U+FFFD. REQUIRES: well-formed escapes.
std::string decode_uri_part(std::string_view text);

}  // namespace tarn::functions
