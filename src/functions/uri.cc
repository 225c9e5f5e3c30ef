// SPDX-License-Identifier: Apache-2.0
#include "functions/uri.h"

#include "base/text.h"

namespace tarn::functions {

namespace {

bool is_alpha(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
bool is_alphanumeric(char c) { return is_alpha(c) || is_digit(c); }

// Every character is a letter, a digit, one of `marks`, an escape, or beyond ASCII and no blank or
// control character.
bool has_only(std::string_view text, std::string_view marks) {
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x80) {
      const char32_t code = next_code_point(text, at);
      if (code <= 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
          code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000) {
        return false;
      }
      continue;
    }
    if (c == '%') {
      if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
      at += 3;
      continue;
    }
    if (!is_alphanumeric(c) && marks.find(c) == std::string_view::npos) return false;
    ++at;
  }
  return true;
}

constexpr std::string_view kPathMarks = "-_.!~*'():@&=+$,;/";
constexpr std::string_view kUricMarks = "-_.!~*'():@&=+$,;/?[]";
constexpr std::string_view kUserMarks = "-_.!~*'();:&=+$,";
constexpr std::string_view kRegistryMarks = "-_.!~*'()$,;:@&=+";

bool is_ipv4(std::string_view host) {
  int parts = 0;
  for (const std::string_view part : split(host, '.')) {
    const auto number = part.size() <= 3 ? parse_int64(part) : std::nullopt;
    if (part.empty() || !is_digit(part[0]) || !number || *number > 255) return false;
    ++parts;
  }
  return parts == 4;
}

// Labels of letters, digits and inner hyphens; the last of several begins with a letter.
bool is_host_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto labels = split(host, '.');
  for (const std::string_view label : labels) {
    if (label.empty() || !is_alphanumeric(label.front()) || !is_alphanumeric(label.back())) {
      return false;
    }
    for (const char c : label) {
      if (!is_alphanumeric(c) && c != '-') return false;
    }
  }
  return labels.size() == 1 || is_alpha(labels.back().front());
}

bool is_ipv6(std::string_view address) {
  const std::size_t zone = address.find('%');
  const std::string_view digits = address.substr(0, zone);
  if (digits.find(':') == std::string_view::npos) return false;
  for (const char c : digits) {
    if (!is_hex(c) && c != ':' && c != '.') return false;
  }
  return true;
}

// [user@]host[:port]; false if it is none.
bool parse_server(std::string_view authority, Uri& uri) {
  if (const std::size_t at = authority.find('@'); at != std::string_view::npos) {
    if (!has_only(authority.substr(0, at), kUserMarks)) return false;
    authority.remove_prefix(at + 1);
  }
  std::string_view host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos || !is_ipv6(authority.substr(1, end - 1))) return false;
    host = authority.substr(0, end + 1);
    port = authority.substr(end + 1);
  } else {
    const std::size_t colon = authority.find(':');
    host = authority.substr(0, colon);
    if (colon != std::string_view::npos) port = authority.substr(colon);
    if (!is_ipv4(host) && !is_host_name(host)) return false;
  }
  if (!port.empty()) {
    if (port[0] != ':') return false;
    port.remove_prefix(1);
    for (const char c : port) {
      if (!is_digit(c)) return false;
    }
    if (!port.empty()) {
      const auto number = parse_int64(port);
      if (!number || *number > 2147483647) return false;
      uri.port = *number;
    }
  }
  uri.host = host;
  return true;
}

bool parse_hierarchy(std::string_view text, Uri& uri) {
  if (text.starts_with("//")) {
    const std::size_t end = std::min(text.find_first_of("/?", 2), text.size());
    const std::string_view authority = text.substr(2, end - 2);
    text.remove_prefix(end);
    if (authority.empty()) {
      if (text.empty()) return false;
    } else if (!parse_server(authority, uri) && !has_only(authority, kRegistryMarks)) {
      return false;
    }
  }
  const std::size_t question = text.find('?');
  uri.path = text.substr(0, question);
  if (question != std::string_view::npos) uri.query = text.substr(question + 1);
  return has_only(*uri.path, kPathMarks) && (!uri.query || has_only(*uri.query, kUricMarks));
}

}  // namespace

std::optional<Uri> parse_uri(std::string_view text) {
  Uri uri;
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    uri.fragment = text.substr(hash + 1);
    if (!has_only(*uri.fragment, kUricMarks)) return std::nullopt;
    text = text.substr(0, hash);
    if (text.find(':') == std::string_view::npos && text.empty()) {
      uri.path = text;
      return uri;
    }
  }
  const std::size_t end = text.find_first_of(":/?");
  if (end != std::string_view::npos && text[end] == ':') {
    if (end == 0 || !is_alpha(text[0])) return std::nullopt;
    for (const char c : text.substr(0, end)) {
      if (!is_alphanumeric(c) && c != '+' && c != '-' && c != '.') return std::nullopt;
    }
    uri.scheme = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (text.empty()) return std::nullopt;
    if (!text.starts_with('/')) {
      if (!has_only(text, kUricMarks)) return std::nullopt;
      return uri;
    }
  }
  if (!parse_hierarchy(text, uri)) return std::nullopt;
  return uri;
}

std::string decode_uri_part(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '%') {
      out += text[at++];
      continue;
    }
    std::string bytes;
    for (; at + 2 < text.size() && text[at] == '%'; at += 3) {
      const auto digit = [&](std::size_t i) {
        const char c = text[i];
        return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
      };
      bytes += static_cast<char>(digit(at + 1) << 4 | digit(at + 2));
    }
    if (bytes.empty()) break;
    for (std::size_t i = 0; i < bytes.size();) append_utf8(out, next_code_point(bytes, i));
  }
  return out;
}

}  // namespace tarn::functions
