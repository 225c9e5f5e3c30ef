// SPDX-License-Identifier: Apache-2.0
#include "run/failure_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "types/error_name.h"

namespace tarn::run {

namespace {

// Failures of a warehouse carry Trino's name.
std::string_view kind_of(const Error& error) {
  return types::has_name(error) ? "Database error" : "Error";
}

}  // namespace

std::string failure_text(const project::Project&, const project::Node& node, const Error& error,
                         std::string_view) {
  std::string out =
      fmt::format("{} in {} {} ({})\n  {}", kind_of(error), project::to_string(node.type),
                  node.name, node.original_path, error.message);
  for (std::string_view line : error.context) {
    // The trace of macros begins with the message.
    if (line.starts_with(error.message)) line = trim_left(line.substr(error.message.size()));
    out += fmt::format("\n  {}", replace_all(line, "\n", "\n  "));
  }
  return out;
}

}  // namespace tarn::run
