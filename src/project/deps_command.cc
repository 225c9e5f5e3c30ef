// SPDX-License-Identifier: Apache-2.0
// `deps`: local packages are linked, others are fetched by git or as archives. `clean` and `init`.
#include <fmt/core.h>

#include <filesystem>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "project/commands.h"
#include "project/context/contexts.h"
#include "project/load.h"
#include "project/package_list.h"

namespace tarn::project {

namespace {

namespace fs = std::filesystem;

Error file_error(const std::error_code& error, const std::string& path) {
  return unavailable("{}: {}", path, error.message());
}

Result<std::string> package_name(const Project& project, const std::string& folder) {
  const std::string file = join_path(folder, "dbt_project.yml");
  if (!project.files->exists(file)) {
    return not_found(
        "no dbt_project.yml found at expected path {}: verify that each entry of "
        "packages.yml (and of the packages it names) holds one",
        file);
  }
  RenderHost host(project, 0);
  host.is_yaml = true;
  Arena arena;
  Diagnostics findings;
  const auto render = [&](std::string_view text) {
    return project.contexts->render_yaml(text, host, arena);
  };
  const std::string text = TRY(project.files->read(file));
  return TRY(read_project_file(text, file, render, arena, findings)).name;
}

class Installer {
 public:
  Installer(const Project& project, CommandOutput& out) : project_(project), out_(out) {}

  // Installs what the project in `folder` asks for, then what those ask for.
  Result<void> install(const std::string& folder, int depth) {
    if (depth > 50) return invalid_input("packages depend on each other too deeply");
    for (const auto& request : TRY(read_package_requests(project_, folder))) {
      TRY(install_one(request, folder, depth));
    }
    return ok();
  }

 private:
  std::string target_of(const std::string& name) const {
    return join_path(join_path(project_.root().root, project_.root().file.packages_path), name);
  }

  Result<void> install_one(const PackageRequest& request, const std::string& folder, int depth) {
    switch (request.source) {
      case PackageRequest::Source::Local: {
        const std::string source = join_path(folder, request.location);
        const std::string name = TRY(package_name(project_, source));
        if (!done_.insert(name).second) return ok();
        TRY(link(source, target_of(name)));
        out_.out += fmt::format("Installed {} from {}\n", name, request.location);
        return install(source, depth + 1);
      }
      case PackageRequest::Source::Git:
        return fetch_git(request, depth);
      case PackageRequest::Source::Tarball:
        return unsupported("package `{}`: archives are not fetched yet, unpack it and use `local`",
                           request.location);
      case PackageRequest::Source::Hub:
        return unsupported("package `{}`: the package hub is not supported yet, use `git`",
                           request.location);
    }
    return ok();
  }

  static Result<void> link(const std::string& source, const std::string& target) {
    std::error_code error;
    fs::create_directories(fs::path(target).parent_path(), error);
    if (error) return file_error(error, target);
    fs::remove_all(target, error);
    if (error) return file_error(error, target);
    fs::create_directory_symlink(fs::absolute(source), target, error);
    if (!error) return ok();
    fs::copy(source, target, fs::copy_options::recursive, error);
    if (error) return file_error(error, target);
    return ok();
  }

  Result<void> fetch_git(const PackageRequest& request, int depth);

  const Project& project_;
  CommandOutput& out_;
  std::set<std::string> done_;
};

// Words for a shell, each in single quotes.
std::string shell_words(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += ' ';
    out += "'" + replace_all(word, "'", "'\\''") + "'";
  }
  return out;
}

Result<void> Installer::fetch_git(const PackageRequest& request, int depth) {
  if (request.location.starts_with('-') || request.revision.starts_with('-')) {
    return invalid_input("`{}` is not a git address", request.location);
  }
  const std::string folder = target_of(".fetch");
  std::error_code error;
  fs::remove_all(folder, error);
  fs::create_directories(fs::path(folder).parent_path(), error);
  const std::string clone = shell_words({"git", "clone", "--quiet", request.location, folder});
  if (std::system(clone.c_str()) != 0) {
    return unavailable("git could not clone {}", mask_secrets(request.location));
  }
  if (!request.revision.empty()) {
    const std::string checkout =
        shell_words({"git", "-C", folder, "checkout", "--quiet", request.revision});
    if (std::system(checkout.c_str()) != 0) {
      return not_found("git has no revision `{}` in {}", request.revision,
                       mask_secrets(request.location));
    }
  }
  const std::string source =
      request.subdirectory.empty() ? folder : join_path(folder, request.subdirectory);
  const std::string name = TRY(package_name(project_, source));
  const bool is_new = done_.insert(name).second;
  if (is_new) {
    fs::remove_all(target_of(name), error);
    fs::rename(source, target_of(name), error);
    if (error) return file_error(error, target_of(name));
    out_.out += fmt::format("Installed {} from {}\n", name, mask_secrets(request.location));
  }
  fs::remove_all(folder, error);
  return is_new ? install(target_of(name), depth + 1) : ok();
}

}  // namespace

Result<CommandOutput> run_deps(const LoadOptions& options, const Files& files,
                               Environment environment) {
  Project project;
  project.options = options;
  project.options.needs_profile = false;
  project.files = &files;
  project.environment = std::move(environment);
  project.contexts = std::make_unique<Contexts>(project);
  TRY(load_root_file(project));
  CommandOutput out;
  Installer installer(project, out);
  TRY(installer.install(project.root().root, 0));
  return out;
}

Result<CommandOutput> run_clean(const LoadOptions& options, const Files& files,
                                Environment environment) {
  Project project;
  project.options = options;
  project.options.needs_profile = false;
  project.files = &files;
  project.environment = std::move(environment);
  project.contexts = std::make_unique<Contexts>(project);
  TRY(load_root_file(project));
  CommandOutput out;
  const auto& file = project.root().file;
  std::set<std::string> sources;
  for (const auto* list : {&file.model_paths, &file.seed_paths, &file.test_paths,
                           &file.analysis_paths, &file.macro_paths, &file.snapshot_paths}) {
    sources.insert(list->begin(), list->end());
  }
  for (const auto& target : file.clean_targets) {
    const std::string path = normalize_path(target);
    if (path.starts_with('/') || path.starts_with("..") || path == "." || sources.contains(path)) {
      return invalid_input(
          "clean-targets names `{}`, which is outside of the project or holds "
          "its sources",
          target);
    }
    std::error_code error;
    fs::remove_all(join_path(project.root().root, path), error);
    if (error) return file_error(error, path);
    out.out += fmt::format("Removed {}\n", path);
  }
  return out;
}

Result<CommandOutput> run_init(const std::string& folder, const std::string& name) {
  CommandOutput out;
  const std::vector<std::pair<std::string, std::string>> files = {
      {"dbt_project.yml", fmt::format("name: {0}\nversion: \"1.0.0\"\nprofile: {0}\n\nmodels:\n"
                                      "  {0}:\n    +materialized: view\n",
                                      name)},
      {"profiles.yml", fmt::format("{}:\n  target: dev\n  outputs:\n    dev:\n      type: tarn\n"
                                   "      database: lake\n      schema: {}\n",
                                   name, name)},
      {"models/example.sql", "select 1 as id\n"},
      {"models/properties.yml",
       "models:\n  - name: example\n    description: A first model\n    columns:\n"
       "      - name: id\n        data_tests: [unique, not_null]\n"},
      {".gitignore", "target/\ndbt_packages/\nlogs/\n"}};
  for (const auto& [path, text] : files) {
    const std::string full = join_path(folder, path);
    if (path_exists(full)) continue;
    TRY(make_directories(full.substr(0, full.rfind('/'))));
    TRY(write_file(full, text));
    out.out += fmt::format("Wrote {}\n", full);
  }
  return out;
}

}  // namespace tarn::project
