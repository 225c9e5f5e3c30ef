// SPDX-License-Identifier: Apache-2.0
#include "project/package_hub.h"

#include <fmt/core.h>

#include <map>

#include "base/bytes.h"
#include "base/compression.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/temp_folder.h"
#include "base/testing.h"
#include "project/archive.h"
#include "project/commands.h"

namespace tarn::project {

namespace {

// One regular file in an archive of the old kind.
std::string tar_entry(const std::string& path, const std::string& text) {
  std::string header(512, '\0');
  path.copy(header.data(), 100);
  fmt::format("{:011o}", text.size()).copy(header.data() + 124, 11);
  header[156] = '0';
  header.replace(257, 5, "ustar");
  std::string out = header + text;
  out.resize((out.size() + 511) / 512 * 512, '\0');
  return out;
}

std::string package_archive(const std::string& name, const std::string& packages) {
  std::string tar = tar_entry(name + "-1/dbt_project.yml",
                              fmt::format("name: {}\nversion: '1.0'\nprofile: p\n", name));
  if (!packages.empty()) tar += tar_entry(name + "-1/packages.yml", packages);
  tar += tar_entry(name + "-1/macros/m.sql", "{% macro m() %}1{% endmacro %}");
  return gzip_compress(tar + std::string(1024, '\0'));
}

class FakeHub {
 public:
  void add(const std::string& package, const std::string& name,
           const std::vector<std::pair<std::string, std::string>>& releases) {
    std::string versions;
    for (const auto& [version, packages] : releases) {
      const std::string url = fmt::format("https://files/{}-{}.tar.gz", name, version);
      const std::string archive = package_archive(name, packages);
      answers[url] = archive;
      if (!versions.empty()) versions += ",";
      versions += fmt::format(R"("{0}": {{"name": "{1}", "version": "{0}", )"
                              R"("downloads": {{"tarball": "{2}", "sha1": "{3}"}}}})",
                              version, name, url, to_hex(sha1(archive)));
    }
    answers[fmt::format("https://hub.getdbt.com/api/v1/{}.json", package)] =
        fmt::format(R"({{"versions": {{{}}}}})", versions);
  }
  Fetch fetch() {
    return [this](const std::string& url) -> Result<std::string> {
      const auto found = answers.find(url);
      if (found == answers.end()) return not_found("{}", url);
      return found->second;
    };
  }
  std::map<std::string, std::string> answers;
};

Result<CommandOutput> install(const std::string& folder, FakeHub& hub, bool upgrade = false) {
  LoadOptions options;
  options.project_dir = folder;
  return run_deps(options, disk_files(),
                  [](std::string_view) { return std::optional<std::string>(); },
                  {.upgrade = upgrade, .fetch = hub.fetch()});
}

}  // namespace

TEST_CASE("releases within ranges") {
  FakeHub hub;
  hub.add("o/n", "n",
          {{"0.9.0", ""}, {"1.0.0", ""}, {"1.2.10", ""}, {"1.2.9", ""}, {"2.0.0-rc1", ""}});
  const auto best = [&](std::vector<std::string> ranges) {
    const auto found = find_release(hub.fetch(), kHubUrl, "o/n", ranges);
    return found ? found->version : found.error().message;
  };
  CHECK(best({}) == "1.2.10");
  CHECK(best({">=1.0.0,<1.2.10"}) == "1.2.9");
  CHECK(best({">0.9.0", "<1.1.0"}) == "1.0.0");
  CHECK(best({"0.9.0"}) == "0.9.0");
  CHECK(best({">=2.0.0-rc1"}) == "2.0.0-rc1");
  CHECK(best({">=3.0.0"}).find("no release of `o/n` is within >=3.0.0") == 0);
  CHECK_ERROR(find_release(hub.fetch(), kHubUrl, "o/missing", {}), ErrorCode::NotFound,
              "package index");
  CHECK_ERROR(find_release(hub.fetch(), kHubUrl, "nothing", {}), ErrorCode::InvalidInput,
              "owner/name");
  CHECK(CHECK_OK(compare_versions("1.0.0-b2", "1.0.0-b10")) != 0);
  CHECK(CHECK_OK(compare_versions("1.0.0", "1.0.0-rc.1")) > 0);
}

TEST_CASE("packages of the hub are installed and locked") {
  FakeHub hub;
  hub.add("o/base", "base", {{"1.0.0", ""}, {"1.1.0", ""}});
  // Wants less than the newest: the first choice does not stand.
  hub.add("o/top", "top", {{"0.1.0", "packages: [{package: o/base, version: '<1.1.0'}]"}});
  const TempFolder folder;
  REQUIRE(write_file(folder.file("dbt_project.yml"), "name: r\nversion: '1'\nprofile: p\n"));
  REQUIRE(write_file(folder.file("packages.yml"),
                     "packages:\n  - package: o/base\n    version: '>=1.0.0'\n"
                     "  - package: o/top\n    version: 0.1.0\n"));
  const auto output = CHECK_OK(install(folder.path(), hub));
  CHECK(output.out == "Installed base from o/base 1.0.0\nInstalled top from o/top 0.1.0\n");
  CHECK(path_exists(folder.file("dbt_packages/base/macros/m.sql")));
  const std::string lock = CHECK_OK(read_file(folder.file("package-lock.yml")));
  CHECK(lock.find("  - package: o/base\n    version: 1.0.0\n    name: base\n") !=
        std::string::npos);
  CHECK(lock.find("sha1_hash: ") != std::string::npos);

  hub.add("o/top", "top", {{"0.1.0", ""}});
  CHECK(CHECK_OK(install(folder.path(), hub)).out.find("o/base 1.0.0") != std::string::npos);
  CHECK(CHECK_OK(install(folder.path(), hub, true)).out.find("o/base 1.1.0") != std::string::npos);
  hub.answers["https://files/base-1.1.0.tar.gz"] += "x";
  CHECK_ERROR(install(folder.path(), hub), ErrorCode::InvalidInput, "not the one");
}

TEST_CASE("archives keep inside their folder") {
  const auto read = [](const std::string& path) {
    return read_tar_gz(gzip_compress(tar_entry(path, "x") + std::string(1024, '\0')), 1 << 20);
  };
  CHECK(CHECK_OK(read("a/./b"))[0].path == "a/b");
  CHECK_ERROR(read("../b"), ErrorCode::InvalidInput, "outside");
  CHECK_ERROR(read("/b"), ErrorCode::InvalidInput, "outside");
  CHECK_ERROR(read_tar_gz(gzip_compress(tar_entry("a", "x").substr(0, 512)), 1 << 20),
              ErrorCode::InvalidInput, "cut off");
}

}  // namespace tarn::project
