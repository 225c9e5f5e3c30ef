// SPDX-License-Identifier: Apache-2.0
// `deps`: local packages are linked, others are fetched by git or as archives. `clean` and `init`.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "project/archive.h"
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
  Installer(const Project& project, const DepsOptions& options, CommandOutput& out)
      : project_(project), options_(options), out_(out) {}

  // Installs what the project in `folder` asks for, then what those ask for.
  Result<void> install(const std::string& folder, int depth) {
    if (depth > 50) return invalid_input("packages depend on each other too deeply");
    return install_all(TRY(read_package_requests(project_, folder)), folder, depth);
  }
  // The same of the lock file, which names what packages ask for as well.
  Result<void> install_all(const std::vector<PackageRequest>& requests, const std::string& folder,
                           int depth) {
    // What several packages ask of one package of the hub counts together.
    for (const auto& request : requests) {
      if (request.source != PackageRequest::Source::Hub) continue;
      auto& ranges = ranges_[request.location];
      ranges.insert(ranges.end(), request.versions.begin(), request.versions.end());
    }
    for (const auto& request : requests) TRY(install_one(request, folder, depth));
    return ok();
  }

  // Ranges of packages of the hub that a run before met.
  using Ranges = std::map<std::string, std::vector<std::string>>;
  const Ranges& ranges() const { return ranges_; }
  void know(Ranges ranges) { ranges_ = std::move(ranges); }

  // What was installed, as package-lock.yml has it.
  std::string lock_text(const std::string& hash) const {
    std::string out = "packages:\n";
    for (const auto& entry : locked_) out += entry;
    return out + fmt::format("sha1_hash: {}\n", hash);
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
        locked_.push_back(fmt::format("  - local: {}\n    name: {}\n", request.location, name));
        return install(source, depth + 1);
      }
      case PackageRequest::Source::Git:
        return fetch_git(request, depth);
      case PackageRequest::Source::Tarball:
        return fetch_archive({.url = request.location,
                              .subdirectory = request.subdirectory,
                              .lock = fmt::format("  - tarball: {}\n", request.location)},
                             depth);
      case PackageRequest::Source::Hub:
        return fetch_release(request, depth);
    }
    return ok();
  }

  struct Archive {
    std::string url;
    std::string subdirectory;
    std::string sha1;  // hex; empty: not known
    std::string lock;  // lines of package-lock.yml without the name
    std::string label;
  };
  Result<void> fetch_archive(const Archive& archive, int depth);
  Result<void> fetch_release(const PackageRequest& request, int depth);

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
  const DepsOptions& options_;
  CommandOutput& out_;
  std::set<std::string> done_;
  Ranges ranges_;
  std::map<std::string, std::string> releases_;  // their chosen versions
  std::vector<std::string> locked_;
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

// The commit that is checked out; a lock file must not follow a branch.
std::string git_commit(const std::string& folder) {
  const std::string file = folder + "/.git/tarn-commit";
  const std::string command =
      shell_words({"git", "-C", folder, "rev-parse", "HEAD"}) + " > " + shell_words({file});
  if (std::system(command.c_str()) != 0) return "HEAD";
  const auto text = read_file(file);
  return text ? std::string(trim(*text)) : "HEAD";
}

constexpr std::size_t kArchiveMax = 512 * std::size_t{1'048'576};

Result<void> Installer::fetch_archive(const Archive& archive, int depth) {
  if (!options_.fetch) {
    return unsupported("package `{}`: archives cannot be fetched here, use `local` or `git`",
                       mask_secrets(archive.url));
  }
  const std::string data = TRY(options_.fetch(archive.url));
  if (!archive.sha1.empty() && !equals_ignore_case(to_hex(sha1(data)), archive.sha1)) {
    return invalid_input("the archive {} is not the one that the package index describes",
                         mask_secrets(archive.url));
  }
  const auto files = TRY(read_tar_gz(data, kArchiveMax));
  // Archives hold one folder with everything in it.
  std::string top;
  for (const auto& file : files) {
    if (!file.path.ends_with("dbt_project.yml")) continue;
    const std::string folder = file.path.substr(0, file.path.size() - 15);
    if (top.empty() || folder.size() < top.size()) top = folder;
  }
  if (!archive.subdirectory.empty()) top += archive.subdirectory + "/";
  const std::string folder = target_of(".fetch");
  std::error_code error;
  fs::remove_all(folder, error);
  for (const auto& file : files) {
    if (!file.path.starts_with(top)) continue;
    const std::string path = join_path(folder, file.path.substr(top.size()));
    TRY(make_directories(path.substr(0, path.rfind('/'))));
    TRY(write_file(path, file.text));
  }
  const std::string name = TRY(package_name(project_, folder));
  const bool is_new = done_.insert(name).second;
  if (is_new) {
    fs::remove_all(target_of(name), error);
    fs::rename(folder, target_of(name), error);
    if (error) return file_error(error, target_of(name));
    out_.out += fmt::format("Installed {} from {}\n", name,
                            archive.label.empty() ? mask_secrets(archive.url) : archive.label);
    locked_.push_back(archive.lock + fmt::format("    name: {}\n", name));
  }
  fs::remove_all(folder, error);
  return is_new ? install(target_of(name), depth + 1) : ok();
}

Result<void> Installer::fetch_release(const PackageRequest& request, int depth) {
  if (!options_.fetch) {
    return unsupported("package `{}`: there is no way to the package hub here, use `git`",
                       request.location);
  }
  const std::string hub =
      project_.environment("DBT_PACKAGE_HUB_URL").value_or(std::string(kHubUrl));
  const HubRelease release =
      TRY(find_release(options_.fetch, hub, request.location, ranges_.at(request.location)));
  const auto known = releases_.emplace(request.location, release.version);
  if (!known.second) {
    if (known.first->second == release.version) return ok();
    // What was installed is too new for a package that came later: start again, knowing that.
    return conflict("package `{}` is asked for in several versions: {} and {}", request.location,
                    known.first->second, release.version);
  }
  return fetch_archive(
      {.url = release.tarball,
       .subdirectory = {},
       .sha1 = release.sha1,
       .lock = fmt::format("  - package: {}\n    version: {}\n", request.location, release.version),
       .label = fmt::format("{} {}", request.location, release.version)},
      depth);
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
  const std::string commit = git_commit(folder);
  const std::string source =
      request.subdirectory.empty() ? folder : join_path(folder, request.subdirectory);
  const std::string name = TRY(package_name(project_, source));
  const bool is_new = done_.insert(name).second;
  if (is_new) {
    fs::remove_all(target_of(name), error);
    fs::rename(source, target_of(name), error);
    if (error) return file_error(error, target_of(name));
    out_.out += fmt::format("Installed {} from {}\n", name, mask_secrets(request.location));
    std::string entry = fmt::format("  - git: {}\n    name: {}\n    revision: {}\n",
                                    mask_secrets(request.location), name, commit);
    if (!request.subdirectory.empty()) {
      entry += fmt::format("    subdirectory: {}\n", request.subdirectory);
    }
    locked_.push_back(std::move(entry));
  }
  fs::remove_all(folder, error);
  return is_new ? install(target_of(name), depth + 1) : ok();
}

}  // namespace

namespace {

constexpr int kAttemptsMax = 20;

// What dbt writes as `sha1_hash`: changes with what packages.yml asks for.
std::string requests_hash(const std::vector<PackageRequest>& requests) {
  std::vector<std::string> lines;
  for (const auto& request : requests) lines.push_back(request.identity);
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
  return to_hex(sha1(text));
}

}  // namespace

Result<CommandOutput> run_deps(const LoadOptions& options, const Files& files,
                               Environment environment, const DepsOptions& deps) {
  Project project;
  project.options = options;
  project.options.needs_profile = false;
  project.files = &files;
  project.environment = std::move(environment);
  project.contexts = std::make_unique<Contexts>(project);
  TRY(load_root_file(project));
  CommandOutput out;
  const std::string& root = project.root().root;
  auto requests = TRY(read_package_requests(project, root));
  const std::string hash = requests_hash(requests);
  const std::string lock_file = join_path(root, "package-lock.yml");
  bool locked = false;
  if (!deps.upgrade && files.exists(lock_file)) {
    const std::string text = TRY(files.read(lock_file));
    if (text.find(hash) != std::string::npos) {
      requests = TRY(read_package_text(project, text, lock_file));
      locked = true;
    }
  }
  Installer::Ranges ranges;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    out.out.clear();
    Installer installer(project, deps, out);
    installer.know(std::move(ranges));
    const auto installed = installer.install_all(requests, root, 0);
    if (installed) {
      if (!locked && !requests.empty()) TRY(write_file(lock_file, installer.lock_text(hash)));
      return out;
    }
    if (installed.error().code != ErrorCode::Conflict) return installed.error();
    ranges = installer.ranges();
  }
  return invalid_input("the versions that packages ask of each other do not settle");
}

namespace {

// No more than dbt_project.yml.
Result<void> load_only_root(Project& project, const LoadOptions& options, const Files& files,
                            Environment environment) {
  project.options = options;
  project.options.needs_profile = false;
  project.files = &files;
  project.environment = std::move(environment);
  project.contexts = std::make_unique<Contexts>(project);
  return load_root_file(project);
}

}  // namespace

Result<std::string> find_target_folder(const LoadOptions& options, const Files& files,
                                       Environment environment) {
  Project project;
  TRY(load_only_root(project, options, files, std::move(environment)));
  return project.target_folder();
}

Result<CommandOutput> run_clean(const LoadOptions& options, const Files& files,
                                Environment environment) {
  Project project;
  TRY(load_only_root(project, options, files, std::move(environment)));
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
