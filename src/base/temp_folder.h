// SPDX-License-Identifier: Apache-2.0
// A folder of its own for a test, removed at the end with all that is in it. Include in tests only.
#pragma once

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/check.h"

namespace tarn {

class TempFolder {
 public:
  TempFolder() {
    const char* parent = ::getenv("TMPDIR");
    path_ = std::string(parent != nullptr && *parent != '\0' ? parent : "/tmp") + "/tarn-XXXXXX";
    VERIFY(::mkdtemp(path_.data()) != nullptr, "cannot make a temporary folder");
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    const auto remove_one = [](const char* path, const struct stat*, int, struct FTW*) {
      return std::remove(path);
    };
    ::nftw(path_.c_str(), remove_one, 16, FTW_DEPTH | FTW_PHYS);
  }

  // Without a slash at the end.
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace tarn
