// SPDX-License-Identifier: Apache-2.0
// TemporaryFolder for tests that cannot go on without it. Include in tests only.
#pragma once

#include <string>

#include "base/check.h"
#include "base/temporary_folder.h"

namespace tarn {

class TempFolder {
 public:
  TempFolder() : folder_(TemporaryFolder::make()) {
    VERIFY(folder_.has_value(), "cannot make a temporary folder");
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  // Without a slash at the end.
  const std::string& path() const { return folder_->path(); }
  std::string file(const std::string& name) const { return folder_->file(name); }

 private:
  Result<TemporaryFolder> folder_;
};

}  // namespace tarn
