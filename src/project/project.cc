// SPDX-License-Identifier: Apache-2.0
#include "project/project.h"

#include "base/text_span.h"
#include "project/context/contexts.h"
#include "project/load.h"
#include "project/reference_index.h"
#include "yaml/load.h"

namespace tarn::project {

Project::Project() { arenas.emplace_back(); }
Project::~Project() = default;

const Package* Project::find_package(std::string_view name) const {
  for (const auto& package : packages) {
    if (package->name == name) return package.get();
  }
  return nullptr;
}

std::string Project::target_folder() const {
  std::string folder = options.target_path;
  if (folder.empty()) folder = environment("DBT_TARGET_PATH").value_or("");
  if (folder.empty()) folder = packages.empty() ? "target" : root().file.target_path;
  return join_path(options.project_dir, folder);
}

void Project::report(Severity severity, std::string code, std::string message,
                     const SourceFile* file, std::uint32_t line, std::uint32_t column,
                     std::string hint) {
  Diagnostic finding;
  finding.severity = severity;
  finding.code = std::move(code);
  finding.message = std::move(message);
  finding.hint = std::move(hint);
  if (file != nullptr) {
    finding.file =
        file->package == 0 ? file->path : join_path(packages[file->package]->prefix, file->path);
    if (line > 0) {
      finding.where = yaml::span_at(file->text, line, column);
      finding.excerpt = excerpt(file->text, *finding.where);
    }
  }
  diagnostics.add(std::move(finding));
}

namespace {

// Warnings that --warn-error-options makes errors or drops.
void apply_warn_options(Project& project) {
  const auto& options = project.options.warnings;
  if (options.is_default()) return;
  Diagnostics judged;
  for (Diagnostic finding : project.diagnostics.items()) {
    if (finding.severity == Severity::Warning) {
      const auto verdict = options.verdict(event_of_finding(finding.code));
      if (verdict == Verdict::Silence) continue;
      if (verdict == Verdict::Error) finding.severity = Severity::Error;
    }
    judged.add(std::move(finding));
  }
  project.diagnostics = std::move(judged);
}

}  // namespace

Result<std::unique_ptr<Project>> load_project(LoadOptions options, const Files& files,
                                              Environment environment) {
  auto project = std::make_unique<Project>();
  project->options = std::move(options);
  project->files = &files;
  project->environment = std::move(environment);
  project->contexts = std::make_unique<Contexts>(*project);
  TRY(load_configuration(*project));
  TRY(read_package_files(*project));
  LoadState state(*project);
  load_macros(state);
  load_docs(state);
  load_properties(state);
  parse_nodes(state);
  load_snapshot_properties(state);
  load_sources(state);
  load_generic_tests(state);
  load_groups(state);
  load_semantics(state);
  load_exposures(state);
  load_unit_tests(state);
  load_hooks(state);
  apply_macro_properties(state);
  resolve(state);
  load_selectors(state);
  report_deprecations(*project);
  apply_warn_options(*project);
  return project;
}

}  // namespace tarn::project
