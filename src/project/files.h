// SPDX-License-Identifier: Apache-2.0
// How a project reads files and its environment: through this interface, so that parsing is a
// function of its input.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace tarn::project {

// Thread-safe.
class Files {
 public:
  virtual ~Files() = default;
  virtual Result<std::string> read(const std::string& path) const = 0;
  // All files below the folder, sorted by path; a missing folder is empty.
  virtual Result<std::vector<FileEntry>> list(const std::string& folder) const = 0;
  virtual bool exists(const std::string& path) const = 0;
};

// The files of this machine.
const Files& disk_files();

// nullopt: not set.
using Environment = std::function<std::optional<std::string>(std::string_view)>;
Environment system_environment();

// `a` + `b` with one slash; an absolute `b` stands alone.
std::string join_path(std::string_view a, std::string_view b);
// Without `.` and `..` where possible.
std::string normalize_path(std::string_view path);

}  // namespace tarn::project
