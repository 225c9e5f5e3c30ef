// SPDX-License-Identifier: Apache-2.0
#include "run/failure_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "types/error_name.h"

namespace tarn::run {

namespace {

using project::Node;
using project::Project;

constexpr std::string_view kMacroPrefix = "dbt_macro__";

// Failures of a warehouse carry Trino's name.
std::string_view kind_of(const Error& error) {
  return types::has_name(error) ? "Database error" : "Error";
}

std::string_view plain_macro(std::string_view name) {
  return name.starts_with(kMacroPrefix) ? name.substr(kMacroPrefix.size()) : name;
}

// A place in a file: templates know only their own part of it.
struct FilePlace {
  std::string path;
  TextSpan where;
  std::string excerpt;
  std::string macro;
};

// A model's code begins behind the blanks of its file, a snapshot's behind its tag.
FilePlace in_node_file(const Node& node, const jinja::TraceFrame& frame) {
  FilePlace out{frame.template_name, frame.where, frame.excerpt, {}};
  if (node.file == nullptr || node.file->path != node.original_path) return out;
  const std::string& text = node.file->text;
  const std::size_t start = text.find(node.raw_code);
  if (start == std::string::npos || text.find(node.raw_code, start + 1) != std::string::npos) {
    return out;
  }
  out.where = make_text_span(text, start + frame.where.offset, frame.where.length);
  if (!frame.excerpt.empty()) out.excerpt = excerpt(text, out.where);
  return out;
}

const project::MacroDefinition* find_macro(const Project& project, const jinja::TraceFrame& frame) {
  const auto found = std::find_if(
      project.macros.begin(), project.macros.end(), [&](const project::MacroDefinition& macro) {
        return macro.path == frame.template_name && macro.name == plain_macro(frame.macro);
      });
  return found == project.macros.end() ? nullptr : &*found;
}

// Line numbers of an excerpt are those of the macro's block.
FilePlace in_macro_file(const Project& project, const jinja::TraceFrame& frame) {
  FilePlace out{frame.template_name, frame.where, frame.excerpt,
                std::string(plain_macro(frame.macro))};
  const auto* macro = find_macro(project, frame);
  if (macro == nullptr) return out;
  out.where.line += macro->line - 1;
  if (macro->line == 1 || frame.excerpt.empty()) return out;
  const std::string lines(macro->line - 1, '\n');
  const std::string text = lines + std::string(macro->text);
  out.excerpt =
      excerpt(text, make_text_span(text, lines.size() + frame.where.offset, frame.where.length));
  return out;
}

std::vector<FilePlace> places_of(const Project& project, const project::CodeMap::Found& found) {
  std::vector<FilePlace> out;
  for (const auto& frame : found.places) {
    const bool is_last = &frame == &found.places.back();
    // The template of a generic test is a line that nobody has written.
    if (is_last && found.node->is_generic_test() && found.places.size() > 1) break;
    const bool in_macro = !frame.macro.empty() || frame.template_name != found.node->original_path;
    out.push_back(in_macro ? in_macro_file(project, frame) : in_node_file(*found.node, frame));
  }
  return out;
}

void add_excerpt(std::string& out, std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  if (text.empty()) return;
  out += "\n  " + replace_all(text, "\n", "\n  ");
}

// Where the compiled code stands in the statement, around `offset`; npos: nowhere.
std::size_t find_code(std::string_view statement, std::string_view code, std::size_t offset) {
  if (code.empty()) return std::string_view::npos;
  for (std::size_t at = statement.find(code); at != std::string_view::npos && at <= offset;
       at = statement.find(code, at + 1)) {
    if (offset < at + code.size()) return at;
  }
  return std::string_view::npos;
}

std::string statement_place(std::string_view statement, const TextSpan& where) {
  std::string out =
      fmt::format("\n    --> the statement that was sent, {}:{}", where.line, where.column);
  add_excerpt(out, excerpt(statement, where));
  return out;
}

// Empty: the error has no place in SQL.
std::string place_text(const Project& project, const Error& error, const FailedCode& code) {
  if (!error.where || code.statement.empty() || !types::has_name(error)) return {};
  const TextSpan& where = *error.where;
  if (where.offset >= code.statement.size()) return {};
  const std::string_view compiled = trim(code.compiled_code);
  const std::size_t at = find_code(code.statement, compiled, where.offset);
  const bool is_whole = where.offset <= code.statement.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos && is_whole) return {};
  if (at == std::string_view::npos || code.map == nullptr) {
    return statement_place(code.statement, where);
  }
  const auto blanks = static_cast<std::size_t>(compiled.data() - code.compiled_code.data());
  const std::size_t offset = where.offset - at + blanks;
  const auto found = code.map->locate(offset, std::max<std::size_t>(where.length, 1));
  if (found.places.empty()) return statement_place(code.statement, where);
  std::string out;
  for (const FilePlace& place : places_of(project, found)) {
    out += fmt::format("\n    {} {}:{}:{}", out.empty() ? "-->" : "called from", place.path,
                       place.where.line, place.where.column);
    if (!place.macro.empty()) out += fmt::format(" (in macro {})", place.macro);
    add_excerpt(out, place.excerpt);
  }
  if (!code.compiled_file.empty()) {
    const TextSpan in_code = make_text_span(code.compiled_code, offset, 1);
    out +=
        fmt::format("\n    compiled: {}:{}:{}", code.compiled_file, in_code.line, in_code.column);
  }
  return out;
}

}  // namespace

std::string failure_text(const Project& project, const Node& node, const Error& error,
                         const FailedCode& code) {
  std::string out =
      fmt::format("{} in {} {} ({})\n  {}", kind_of(error), project::to_string(node.type),
                  node.name, node.original_path, error.message);
  std::string place = place_text(project, error, code);
  if (place.empty() && types::has_name(error) && !code.compiled_file.empty()) {
    place = fmt::format("\n    --> {}\n    compiled: {}", node.original_path, code.compiled_file);
  }
  out += place;
  const std::string own = fmt::format("in {} {} (", project::to_string(node.type), node.name);
  for (std::string_view line : error.context) {
    if (line.starts_with(own) && line.find('\n') == std::string_view::npos) continue;
    // The trace of macros begins with the message. It tells how the statement came to be sent,
    // which nobody needs who knows the place in the model.
    if (line.starts_with(error.message)) {
      if (!place.empty()) continue;
      line = trim_left(line.substr(error.message.size()));
    }
    out += fmt::format("\n  {}", replace_all(line, "\n", "\n  "));
  }
  return replace_all(out, "(in macro dbt_macro__", "(in macro ");
}

}  // namespace tarn::run
