// SPDX-License-Identifier: Apache-2.0
// url_extract_…, url_encode, url_decode.
#include "base/text.h"
#include "functions/lists.h"
#include "functions/typed_call.h"
#include "functions/uri.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

// A missing part is the empty text; a text that is no URI gives NULL.
template <std::optional<std::string_view> Uri::*part, bool decoded>
Result<Value> extract_part(Arguments values) {
  const auto uri = parse_uri(values[0].as_text());
  if (!uri) return Value();
  const std::string_view found = ((*uri).*part).value_or("");
  return Value(decoded ? decode_uri_part(found) : std::string(found));
}

Result<Value> extract_port(Arguments values) {
  const auto uri = parse_uri(values[0].as_text());
  return uri && uri->port ? Value(*uri->port) : Value();
}

// Forms: `+` is a blank.
Result<std::string> decode_form(std::string_view text) {
  std::string plain(text);
  for (std::size_t at = 0; at < plain.size(); ++at) {
    if (plain[at] == '+') plain[at] = ' ';
    if (plain[at] != '%') continue;
    if (at + 2 >= plain.size()) {
      return invalid_argument("URLDecoder: Incomplete trailing escape (%) pattern");
    }
    if (plain.find_first_not_of("0123456789abcdefABCDEF", at + 1) < at + 3) {
      return invalid_argument(
          "URLDecoder: Illegal hex characters in escape (%) pattern - Error at index 0 in: \"{}\"",
          plain.substr(at + 1, 2));
    }
    at += 2;
  }
  return decode_uri_part(plain);
}

Result<Value> url_decode(Arguments values) { return Value(TRY(decode_form(values[0].as_text()))); }

Result<Value> url_encode(Arguments values) {
  std::string out;
  for (const char c : values[0].as_text()) {
    const bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    if (letter || c == '-' || c == '_' || c == '.' || c == '*') {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return Value(std::move(out));
}

Result<Value> extract_parameter(Arguments values) {
  const auto uri = parse_uri(values[0].as_text());
  if (!uri || !uri->query) return Value();
  for (const std::string_view argument : split(*uri->query, '&')) {
    const std::size_t equals = argument.find('=');
    if (argument.substr(0, equals) != values[1].as_text()) continue;
    if (equals == std::string_view::npos) return Value(std::string());
    return Value(TRY(decode_form(argument.substr(equals + 1))));
  }
  return Value();
}

constexpr PlainFunction kFragment = extract_part<&Uri::fragment, true>;
constexpr PlainFunction kHost = extract_part<&Uri::host, false>;
constexpr PlainFunction kPath = extract_part<&Uri::path, true>;
constexpr PlainFunction kScheme = extract_part<&Uri::scheme, false>;
constexpr PlainFunction kQuery = extract_part<&Uri::query, true>;

constexpr FunctionEntry kUrlFunctions[] = {
    {"url_decode", takes<url_decode, Varchar>},
    {"url_encode", takes<url_encode, Varchar>},
    {"url_extract_fragment", takes<kFragment, Varchar>},
    {"url_extract_host", takes<kHost, Varchar>},
    {"url_extract_parameter", takes<extract_parameter, Varchar, Varchar>},
    {"url_extract_path", takes<kPath, Varchar>},
    {"url_extract_port", takes<extract_port, Varchar>},
    {"url_extract_protocol", takes<kScheme, Varchar>},
    {"url_extract_query", takes<kQuery, Varchar>},
};

}  // namespace

FunctionList url_functions() { return kUrlFunctions; }

}  // namespace tarn::functions
