// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostics.h"

#include <fmt/format.h>

namespace tarn {

namespace {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::Note:
      return "note";
    case Severity::Warning:
      return "warning";
    case Severity::Error:
      return "error";
  }
  return "error";
}

}  // namespace

std::string format_diagnostic(const Diagnostic& diagnostic) {
  std::string out = fmt::format("{}: {}\n", severity_name(diagnostic.severity), diagnostic.message);
  if (!diagnostic.file.empty() && diagnostic.where) {
    out += fmt::format("  --> {}:{}:{}\n", diagnostic.file, diagnostic.where->line,
                       diagnostic.where->column);
  } else if (!diagnostic.file.empty()) {
    out += fmt::format("  --> {}\n", diagnostic.file);
  } else if (diagnostic.where) {
    out += fmt::format("  --> {}:{}\n", diagnostic.where->line, diagnostic.where->column);
  }
  out += diagnostic.excerpt;
  if (!diagnostic.excerpt.empty() && !diagnostic.excerpt.ends_with('\n')) out += '\n';
  if (!diagnostic.hint.empty()) out += fmt::format("  hint: {}\n", diagnostic.hint);
  return out;
}

}  // namespace tarn
