// SPDX-License-Identifier: Apache-2.0
#include "functions/call_signature.h"

#include <fmt/format.h>

#include "types/type_text.h"

namespace tarn::functions {

namespace {

// The end of an argument that starts at `start`: a comma or the closing parenthesis of depth 0,
// outside of quoted names.
std::size_t argument_end(std::string_view text, std::size_t start) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = start; at < text.size(); ++at) {
    char letter = text[at];
    if (letter == '"') quoted = !quoted;
    if (quoted) continue;
    if (letter == '(') ++depth;
    if (letter == ')' && depth-- == 0) return at;
    if (letter == ',' && depth == 0) return at;
  }
  return std::string_view::npos;
}

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

Error bad_signature(std::string_view text) { return internal("not a call signature: `{}`", text); }

}  // namespace

std::string to_text(const CallSignature& signature) {
  std::string out = signature.name + "(";
  for (std::size_t i = 0; i < signature.arguments.size(); ++i) {
    if (i > 0) out += ", ";
    out += types::to_sql_text(signature.arguments[i]);
  }
  out += ") -> " + types::to_sql_text(signature.result);
  if (!signature.zone.is_utc()) out += " @ " + signature.zone.name();
  return out;
}

Result<CallSignature> parse_call_signature(std::string_view text) {
  CallSignature out;
  std::size_t at = text.find('(');
  if (at == std::string_view::npos) return bad_signature(text);
  out.name = std::string(text.substr(0, at));
  ++at;
  while (true) {
    std::size_t end = argument_end(text, at);
    if (end == std::string_view::npos) return bad_signature(text);
    std::string_view argument = without_blanks(text.substr(at, end - at));
    if (!argument.empty()) out.arguments.push_back(TRY(types::parse_type(argument)));
    at = end + 1;
    if (text[end] == ')') break;
  }
  std::string_view rest = text.substr(at);
  if (!rest.starts_with(" -> ")) return bad_signature(text);
  rest.remove_prefix(4);
  if (std::size_t zone = rest.rfind(" @ "); zone != std::string_view::npos) {
    out.zone = TRY(types::find_time_zone(rest.substr(zone + 3)));
    rest = rest.substr(0, zone);
  }
  out.result = TRY(types::parse_type(rest));
  return out;
}

}  // namespace tarn::functions
