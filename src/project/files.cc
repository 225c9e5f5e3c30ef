// SPDX-License-Identifier: Apache-2.0
#include "project/files.h"

#include <cstdlib>

#include "base/text.h"

namespace tarn::project {

namespace {

class DiskFiles final : public Files {
 public:
  Result<std::string> read(const std::string& path) const override { return read_file(path); }
  Result<std::vector<FileEntry>> list(const std::string& folder) const override {
    if (!path_exists(folder)) return std::vector<FileEntry>();
    return list_files(folder);
  }
  bool exists(const std::string& path) const override { return path_exists(path); }
};

}  // namespace

const Files& disk_files() {
  static const DiskFiles files;
  return files;
}

Environment system_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

std::string join_path(std::string_view a, std::string_view b) {
  if (b.starts_with('/') || a.empty()) return std::string(b);
  std::string out(a);
  if (!out.ends_with('/')) out += '/';
  return out + std::string(b);
}

std::string normalize_path(std::string_view path) {
  std::vector<std::string_view> parts;
  const bool absolute = path.starts_with('/');
  for (const auto part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (part != ".." || !absolute) {
      parts.push_back(part);
    }
  }
  std::string out = absolute ? "/" : "";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += '/';
    out += parts[i];
  }
  return out.empty() ? "." : out;
}

}  // namespace tarn::project
