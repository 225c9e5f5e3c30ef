// SPDX-License-Identifier: Apache-2.0
#include "project/package_list.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "project/context/contexts.h"
#include "yaml/load.h"

namespace tarn::project {

namespace {

// json.dumps(…, sort_keys=True) of dbt's class.
std::string identity_of(std::vector<Member> members) {
  members.push_back({"unrendered", Data(std::span<const Member>())});
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.key < b.key; });
  std::string out;
  append_json(out, Data(std::span<const Member>(members)), JsonStyle::Python);
  return out;
}

Result<PackageRequest> read_request(const Data& item) {
  PackageRequest out;
  const auto text = [&](const char* key) { return std::string(item.get(key).text()); };
  if (const Data local = item.get("local"); local.is_text()) {
    out.location = local.text();
    out.identity = identity_of({{"local", local}});
    return out;
  }
  if (const Data git = item.get("git"); git.is_text()) {
    out.source = PackageRequest::Source::Git;
    out.location = git.text();
    out.subdirectory = text("subdirectory");
    const Data revision = item.get("revision");
    if (!revision.is_null()) out.revision = to_python(revision);
    out.identity = identity_of({{"git", git},
                                {"revision", revision},
                                {"subdirectory", item.get("subdirectory")},
                                {"warn-unpinned", item.get("warn-unpinned")}});
    return out;
  }
  if (const Data tarball = item.get("tarball"); tarball.is_text()) {
    out.source = PackageRequest::Source::Tarball;
    out.location = tarball.text();
    out.subdirectory = text("subdirectory");
    out.name = text("name");
    if (out.name.empty()) return invalid_input("a tarball package needs `name`");
    out.identity = identity_of({{"name", item.get("name")}, {"tarball", tarball}});
    return out;
  }
  if (const Data hub = item.get("package"); hub.is_text()) {
    out.source = PackageRequest::Source::Hub;
    out.location = hub.text();
    const Data version = item.get("version");
    if (version.is_list()) {
      for (const auto& one : version.items()) out.versions.push_back(to_python(one));
    } else if (!version.is_null()) {
      out.versions.push_back(to_python(version));
    } else {
      return invalid_input("package `{}` needs `version`", out.location);
    }
    const Data prerelease = item.get("install_prerelease");
    out.identity = identity_of({{"package", hub},
                                {"version", version},
                                {"install_prerelease", prerelease.is_null() ? false : prerelease}});
    return out;
  }
  if (item.get("private").is_text()) {
    return unsupported("`private` packages are not supported: use `git`");
  }
  return invalid_input("a package needs one of `local`, `git`, `tarball`, `package`: `{}`",
                       to_python(item));
}

}  // namespace

Result<std::vector<PackageRequest>> read_package_text(const Project& project,
                                                      const std::string& text,
                                                      const std::string& file) {
  std::vector<PackageRequest> out;
  const auto document = yaml::load(text);
  if (!document) return yaml_error(document.error(), text, file);
  Arena arena;
  RenderHost host(project, 0);
  host.is_yaml = true;
  host.allow_secrets = true;
  const auto renderer = [&](std::string_view one) {
    return project.contexts->render_yaml(one, host, arena);
  };
  const Data data = TRY(render_data(from_yaml(*document->root, arena), renderer, nullptr, arena));
  const Data list = data.get("packages");
  if (list.is_null()) return out;
  const auto fail = [&](Error error) {
    return std::move(error).with_context(fmt::format("while reading {}", file));
  };
  if (!list.is_list()) return fail(invalid_input("`packages` must be a list"));
  for (const auto& item : list.items()) {
    auto request = read_request(item);
    if (!request) return fail(request.error());
    out.push_back(std::move(*request));
  }
  return out;
}

Result<std::vector<PackageRequest>> read_package_requests(const Project& project,
                                                          const std::string& folder) {
  std::vector<PackageRequest> out;
  for (const char* name : {"packages.yml", "dependencies.yml"}) {
    const std::string file = join_path(folder, name);
    if (!project.files->exists(file)) continue;
    for (auto& request : TRY(read_package_text(project, TRY(project.files->read(file)), file))) {
      out.push_back(std::move(request));
    }
  }
  return out;
}

Result<std::size_t> count_declared_packages(const Project& project) {
  std::set<std::string> distinct;
  for (const auto& request : TRY(read_package_requests(project, project.root().root))) {
    distinct.insert(request.location + "#" + request.subdirectory);
  }
  return distinct.size();
}

}  // namespace tarn::project
