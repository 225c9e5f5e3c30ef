// SPDX-License-Identifier: Apache-2.0
#include "base/temporary_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/system_error.h"

namespace tarn {

Result<TemporaryFolder> TemporaryFolder::make(const std::string& parent) {
  std::string path = parent;
  if (path.empty()) {
    const char* configured = ::getenv("TMPDIR");
    path = configured != nullptr && *configured != '\0' ? configured : "/tmp";
  }
  path += "/tarn-" + std::string(6, 'X');  // the places that mkdtemp fills
  if (::mkdtemp(path.data()) == nullptr) return system_error(errno, "make folder", path);
  return TemporaryFolder(std::move(path));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace tarn
