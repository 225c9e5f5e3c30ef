// SPDX-License-Identifier: Apache-2.0
// A small project in a folder of its own. Include in tests only.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/temp_folder.h"
#include "base/testing.h"
#include "project/project.h"

namespace tarn::project {

// An output of profiles.yml for a cluster that nobody asks; `more` begins with a comma.
inline std::string trino_output(std::string_view schema, std::string_view more = {}) {
  return fmt::format("{{type: trino, host: h, port: 1, user: u, database: lake, schema: {}{}}}",
                     schema, more);
}

// The project `p` with the target `dev`, and folders for models and macros.
class ProjectFolder {
 public:
  // `outputs` are those of profiles.yml, `lines` more lines of dbt_project.yml.
  explicit ProjectFolder(const std::string& outputs = "dev: " + trino_output("dev"),
                         const std::string& lines = {}) {
    REQUIRE(make_directories(folder_.file("models")));
    REQUIRE(make_directories(folder_.file("macros")));
    write("dbt_project.yml", "name: p\nversion: '1'\nprofile: p\n" + lines);
    write("profiles.yml", "p: {target: dev, outputs: {" + outputs + "}}");
  }
  void write(const std::string& name, const std::string& text) const {
    REQUIRE(write_file(folder_.file(name), text));
  }
  // Without any environment variable. REQUIRES: the project can be loaded.
  std::unique_ptr<Project> load(LoadOptions options = {}) const {
    options.project_dir = options.profiles_dir = folder_.path();
    return CHECK_OK(load_project(options, disk_files(),
                                 [](std::string_view) { return std::optional<std::string>(); }));
  }

 private:
  TempFolder folder_;
};

}  // namespace tarn::project
