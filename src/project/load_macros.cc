// SPDX-License-Identifier: Apache-2.0
// Macro files: cut into blocks, compiled, and linked to the macros that they call.
#include <fmt/core.h>

#include "base/text.h"
#include "base/text_span.h"
#include "jinja/blocks.h"
#include "project/builtin_macros.h"
#include "project/context/contexts.h"
#include "project/load.h"
#include "project/macro_calls.h"

namespace tarn::project {

namespace {

// The name that a block's macro gets: `test_x`, `materialization_table_trino`.
std::string macro_name(const jinja::TopBlock& block) {
  if (block.type == "test" || block.type == "data_test") return "test_" + block.name;
  if (block.type != "materialization") return block.name;
  // Options behind the name: `default`, `adapter='x'`.
  const auto head_end = block.full.find("%}");
  const std::string_view head = block.full.substr(0, head_end);
  std::string adapter = "default";
  if (const auto at = head.find("adapter"); at != std::string_view::npos) {
    const auto open = head.find_first_of("'\"", at);
    if (open != std::string_view::npos) {
      const auto close = head.find(head[open], open + 1);
      adapter = head.substr(open + 1, close - open - 1);
    }
  }
  return fmt::format("materialization_{}_{}", block.name, adapter);
}

struct BlockOrigin {
  std::string_view package_name;
  std::string_view path;
  std::uint32_t package;
  bool builtin;
};

Result<void> add_blocks(Project& project, std::string_view text, const BlockOrigin& origin) {
  jinja::BlockOptions options;
  options.allowed = {"macro", "materialization", "test", "data_test"};
  Arena& arena = project.arena();
  for (const auto& block : TRY(jinja::extract_blocks(text, options))) {
    MacroDefinition macro;
    macro.name = arena.copy(macro_name(block));
    macro.package_name = origin.package_name;
    macro.package = origin.package;
    macro.path = origin.path;
    macro.unique_id = arena.copy(fmt::format("macro.{}.{}", origin.package_name, macro.name));
    macro.text = block.full;
    macro.line = block.line;
    macro.builtin = origin.builtin;
    if (block.type == "materialization") {
      macro.supported_languages = make_text_list(arena, {"sql"});
    }
    project.macros.push_back(std::move(macro));
  }
  return ok();
}

// A tag that never ends is told with the text that follows it: that is where it stands.
void report_open_tag(Project& project, const SourceFile& file, const std::string& message) {
  const auto quote = message.find('"');
  const std::string_view rest =
      std::string_view(message).substr(quote + 1, message.size() - quote - 2);
  const auto at = std::string_view(file.text).rfind(rest);
  if (at == std::string_view::npos || at < 2) {
    project.report(Severity::Error, "macro-syntax", message, &file);
    return;
  }
  const TextSpan tag = make_text_span(file.text, at - 2, 2);
  project.report(Severity::Error, "macro-syntax", message.substr(0, message.find(", got \"")),
                 &file, tag.line, tag.column);
}

void report_file_error(Project& project, const SourceFile& file, const Error& error) {
  if (!error.where && error.message.starts_with("unexpected EOF") &&
      error.message.find(", got \"") != std::string::npos) {
    report_open_tag(project, file, error.message);
    return;
  }
  project.report(Severity::Error, "macro-syntax", error.message, &file,
                 error.where ? error.where->line : 0, error.where ? error.where->column : 1);
}

// Compiles each macro of the project, so that mistakes show even where nobody calls it.
void check_macros(Project& project) {
  for (const auto& macro : project.macros) {
    if (macro.builtin) continue;
    const auto value = project.contexts->macro_value(macro);
    if (value) continue;
    const SourceFile* file = nullptr;
    for (const auto& one : project.packages[macro.package]->files) {
      if (one.source.path == macro.path) file = &one.source;
    }
    const auto& error = value.error();
    const std::uint32_t line = macro.line + (error.where ? error.where->line - 1 : 0);
    project.report(Severity::Error, "macro-syntax",
                   fmt::format("in macro `{}`: {}", macro.name, error.message), file, line,
                   error.where ? error.where->column : 1);
  }
}

void report_duplicates(Project& project) {
  std::unordered_map<std::string_view, const MacroDefinition*> seen;
  for (const auto& macro : project.macros) {
    const auto [found, fresh] = seen.emplace(macro.unique_id, &macro);
    if (fresh || macro.builtin || found->second->path == macro.path) continue;
    project.report(Severity::Error, "duplicate-macro",
                   fmt::format("found two macros named `{}` in the project `{}`: in {} and {}",
                               macro.name, macro.package_name, found->second->path, macro.path),
                   nullptr, 0, 1, "rename or remove one of them");
  }
}

}  // namespace

void load_builtin_macros(Project& project) {
  for (const auto& file : builtin_macro_files()) {
    const BlockOrigin origin{file.package, file.path,
                             static_cast<std::uint32_t>(project.packages.size()), true};
    const auto added = add_blocks(project, file.text, origin);
    if (!added) {
      project.report(Severity::Error, "internal",
                     fmt::format("built-in macros {}: {}", file.path, added.error().message),
                     nullptr);
    }
  }
}

void load_macros(LoadState& state) {
  Project& project = state.project;
  for (std::uint32_t i = 0; i < project.packages.size(); ++i) {
    for (const auto& [kind, source] : project.packages[i]->files) {
      if (kind != FileKind::Macro && kind != FileKind::GenericTest) continue;
      const BlockOrigin origin{project.packages[i]->name, source.path, i, false};
      if (auto added = add_blocks(project, source.text, origin); !added) {
        report_file_error(project, source, added.error());
      }
    }
  }
  load_builtin_macros(project);
  for (const auto& macro : project.macros) project.macros_by_id[macro.unique_id] = &macro;
  report_duplicates(project);
  project.contexts->index_macros(project);
  check_macros(project);
  link_macros(state);
}

void link_macros(LoadState& state) {
  Project& project = state.project;
  const Contexts& contexts = *project.contexts;
  for (auto& macro : project.macros) {
    // Calls inside the built-in macros are linked when somebody asks (macro_dependencies).
    if (macro.builtin) continue;
    macro.depends_macros = macro_dependencies(project, contexts, macro);
  }
}

}  // namespace tarn::project
