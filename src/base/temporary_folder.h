// SPDX-License-Identifier: Apache-2.0
// A folder that lives as long as its object, for tests and for data spilled to disk.
#pragma once

#include <string>

#include "base/result.h"

namespace tarn {

class TemporaryFolder {
 public:
  // Below `parent`, or below $TMPDIR or /tmp if that is empty.
  static Result<TemporaryFolder> make(const std::string& parent = "");
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
  // Removes the folder with all that is in it; links are removed, not followed.
  ~TemporaryFolder();

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace tarn
