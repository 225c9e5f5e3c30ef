// SPDX-License-Identifier: Apache-2.0
// dbt_project.yml, profiles.yml, --vars and the installed packages.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "project/context/contexts.h"
#include "project/load.h"
#include "project/package_list.h"
#include "project/version_check.h"
#include "yaml/load.h"

namespace tarn::project {

namespace {

TextRenderer yaml_renderer(Project& project, RenderHost& host) {
  return [&project, &host](std::string_view text) {
    return project.contexts->render_yaml(text, host, project.arena());
  };
}

// The value of `profile:` before the rest of the file is understood.
Result<std::string> profile_name(Project& project, std::string_view text, const std::string& file) {
  if (!project.options.profile.empty()) return project.options.profile;
  const auto document = yaml::load(text);
  if (!document) return yaml_error(document.error(), text, file);
  const yaml::Value* name = document->root->find("profile");
  if (name == nullptr || name->kind != yaml::Kind::Text) {
    if (document->root->find("name") == nullptr) {
      return invalid_input("required `name` field is not present in the project")
          .with_context(fmt::format("while reading {}", file));
    }
    return invalid_input(
               "no profile is specified for this project: add a line like `profile: my_profile`")
        .with_context(fmt::format("while reading {}", file));
  }
  RenderHost host(project, 0);
  host.is_yaml = true;
  const Data rendered = TRY(project.contexts->render_yaml(name->text, host, project.arena()));
  return to_python(rendered);
}

Result<void> load_profile(Project& project, const std::string& name) {
  const auto option = [&] {
    if (!project.options.profiles_dir.empty()) return project.options.profiles_dir;
    return project.environment("DBT_PROFILES_DIR").value_or("");
  }();
  ProfileRequest request;
  request.profile = name;
  request.target = project.options.target;
  if (request.target.empty()) request.target = project.environment("TARN_TARGET").value_or("");
  request.threads = project.options.threads;
  for (const auto& folder :
       profile_folders(option, project.options.project_dir, project.options.home)) {
    const std::string file = join_path(folder, "profiles.yml");
    if (!project.files->exists(file)) continue;
    project.texts.push_back(TRY(project.files->read(file)));
    RenderHost host(project, 0);
    host.is_yaml = true;
    host.allow_secrets = true;
    project.profile = TRY(read_profile(project.texts.back(), file, request,
                                       yaml_renderer(project, host), project.arena()));
    return ok();
  }
  return not_found(
      "could not find profile named `{}`: there is no profiles.yml in {}", name,
      join(profile_folders(option, project.options.project_dir, project.options.home), " or "));
}

Result<void> check_version(const Project& project, const ProjectFile& file) {
  if (!project.options.checks_version || file.require_dbt_version.empty()) return ok();
  if (TRY(satisfies_version(kDbtVersion, file.require_dbt_version))) return ok();
  return unsupported(
      "this version of the project language (dbt {}) is not supported by project `{}`, which "
      "requires {}",
      kDbtVersion, file.name, join(file.require_dbt_version, ", "));
}

Result<ProjectFile> load_project_file(Project& project, const std::string& path) {
  project.texts.push_back(TRY(project.files->read(path)));
  RenderHost host(project, 0);
  host.is_yaml = true;
  host.var_owner = "dbt_project.yml";
  return read_project_file(project.texts.back(), path, yaml_renderer(project, host),
                           project.arena(), project.diagnostics);
}

// Folders directly below the install path that hold a project.
Result<void> load_packages(Project& project) {
  const Package& root = project.root();
  const std::string folder = join_path(root.root, root.file.packages_path);
  std::set<std::string> names;
  for (const auto& entry : TRY(project.files->list(folder))) {
    const auto slash = entry.path.find('/');
    if (slash != std::string::npos && entry.path.substr(slash + 1) == "dbt_project.yml") {
      names.insert(entry.path.substr(0, slash));
    }
  }
  for (const auto& name : names) {
    auto package = std::make_unique<Package>();
    package->root = join_path(folder, name);
    package->prefix = join_path(root.file.packages_path, name);
    package->file = TRY(load_project_file(project, join_path(package->root, "dbt_project.yml")));
    package->name = package->file.name;
    TRY(check_version(project, package->file));
    if (project.find_package(package->name) != nullptr) {
      return invalid_input("found more than one package with the name `{}` in {}", package->name,
                           folder);
    }
    project.packages.push_back(std::move(package));
  }
  const std::size_t declared = TRY(count_declared_packages(project));
  if (declared > names.size()) {
    const std::size_t missing = declared - names.size();
    Error error =
        invalid_input("{} of {} {} of packages.yml {} not installed in {}: run `tarn deps`",
                      missing, declared, declared == 1 ? "package" : "packages",
                      missing == 1 ? "is" : "are", root.file.packages_path);
    // `debug` is for projects with something wrong.
    if (project.options.command != "debug") return error;
    Diagnostic finding;
    finding.message = std::move(error.message);
    project.diagnostics.add(std::move(finding));
  }
  return ok();
}

// `flags:` of dbt_project.yml, where the command line says nothing.
Result<void> take_flags(Project& project) {
  const Data& flags = project.root().file.flags;
  const auto fail = [](Error error) {
    return std::move(error).with_context("while reading the flags of dbt_project.yml");
  };
  LoadOptions& options = project.options;
  if (options.warnings.is_default()) {
    auto warnings = read_warn_options(flags.get("warn_error_options"));
    if (!warnings) return fail(warnings.error());
    const bool warn_error = flags.get("warn_error").truthy();
    if (warn_error && !warnings->is_default()) {
      return fail(invalid_input("`warn_error` is not allowed together with `warn_error_options`"));
    }
    options.warnings = std::move(*warnings);
    options.warnings.warn_error = warn_error;
  }
  if (const Data mode = flags.get("indirect_selection"); !options.indirect && mode.is_text()) {
    auto parsed = parse_indirect_selection(mode.text());
    if (!parsed) return fail(parsed.error());
    options.indirect = *parsed;
  }
  return ok();
}

}  // namespace

Result<void> load_vars_option(Project& project) {
  if (project.options.vars.empty()) return ok();
  project.texts.push_back(project.options.vars);
  auto vars = yaml::load(project.texts.back());
  if (!vars) return yaml_error(vars.error(), project.texts.back(), "--vars");
  project.cli_vars = copy_data(from_yaml(*vars->root, project.arena()), project.arena());
  if (project.cli_vars.is_map() || project.cli_vars.is_null()) return ok();
  return invalid_input("--vars must be a YAML mapping, not `{}`", project.options.vars);
}

Result<void> load_root_file(Project& project) {
  if (!project.options.needs_profile) TRY(load_vars_option(project));
  const std::string file = join_path(project.options.project_dir, "dbt_project.yml");
  if (!project.files->exists(file)) {
    return not_found("no dbt_project.yml found at expected path {}", file);
  }
  auto root = std::make_unique<Package>();
  root->root = project.options.project_dir;
  root->is_root = true;
  root->file = TRY(load_project_file(project, file));
  root->name = root->file.name;
  project.packages.push_back(std::move(root));
  return ok();
}

Result<void> load_configuration(Project& project) {
  const std::string file = join_path(project.options.project_dir, "dbt_project.yml");
  if (!project.files->exists(file)) {
    return not_found("no dbt_project.yml found at expected path {}", file);
  }
  const std::string text = TRY(project.files->read(file));
  if (project.options.needs_profile) {
    TRY(load_vars_option(project));
    TRY(load_profile(project, TRY(profile_name(project, text, file))));
  }
  TRY(load_root_file(project));
  TRY(take_flags(project));
  TRY(check_version(project, project.root().file));
  return load_packages(project);
}

}  // namespace tarn::project
