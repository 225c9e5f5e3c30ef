// SPDX-License-Identifier: Apache-2.0
// packages.yml and dependencies.yml: which packages a project asks for.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "project/project.h"

namespace tarn::project {

struct PackageRequest {
  enum class Source : std::uint8_t { Local, Git, Tarball, Hub };
  Source source = Source::Local;
  std::string location;  // folder, URL, `owner/name`
  std::string revision;  // git
  std::string subdirectory;
  std::string name;                   // tarball
  std::vector<std::string> versions;  // hub
  std::string identity;               // as dbt hashes it for package-lock.yml: sorted JSON
};

// Requests of the project in `folder`; both files may be missing. `name` of messages is the file's.
Result<std::vector<PackageRequest>> read_package_requests(const Project& project,
                                                          const std::string& folder);

// The same of one text; `file` is for messages.
Result<std::vector<PackageRequest>> read_package_text(const Project& project,
                                                      const std::string& text,
                                                      const std::string& file);

// Distinct packages that packages.yml of the root asks for.
Result<std::size_t> count_declared_packages(const Project& project);

}  // namespace tarn::project
