// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/file_descriptor.h"
#include "base/system_error.h"

namespace tarn {

namespace {

using FolderId = std::pair<dev_t, ino_t>;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// `folders` are the ids of the folder and those above it, to notice cycles of links.
Result<void> list_folder(const std::string& root, const std::string& below,
                         std::vector<FolderId>& folders, std::vector<FileEntry>& files) {
  const std::string path = below.empty() ? root : root + "/" + below;
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
  if (folder == nullptr) return system_error(errno, "list", path);
  for (;;) {
    errno = 0;
    const dirent* item = ::readdir(folder.get());
    if (item == nullptr) {
      if (errno != 0) return system_error(errno, "list", path);
      return {};
    }
    const std::string name = item->d_name;
    if (name == "." || name == "..") continue;
    struct stat status {};
    // What vanished meanwhile and links to nothing are not files.
    if (::fstatat(::dirfd(folder.get()), name.c_str(), &status, 0) != 0) continue;
    std::string entry = below.empty() ? name : below + "/" + name;
    if (S_ISDIR(status.st_mode)) {
      const FolderId id(status.st_dev, status.st_ino);
      if (std::find(folders.begin(), folders.end(), id) != folders.end()) continue;
      folders.push_back(id);
      TRY(list_folder(root, entry, folders, files));
      folders.pop_back();
    } else if (S_ISREG(status.st_mode)) {
      files.push_back(
          {std::move(entry), static_cast<std::uint64_t>(status.st_size),
           std::int64_t{status.st_mtim.tv_sec} * 1'000'000 + status.st_mtim.tv_nsec / 1'000});
    }
  }
}

Result<void> write_and_rename(FileDescriptor file, const std::string& temporary,
                              const std::string& path, std::string_view data,
                              Durability durability) {
  TRY(write_all(file, path, data));
  if (durability == Durability::Durable) TRY(sync_file(file, path));
  TRY(file.close(path));
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return system_error(errno, "write", path);
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  const auto file = TRY(open_file(path, O_RDONLY, "read"));
  return read_all(file, path);
}

Result<void> write_file(const std::string& path, std::string_view data, Durability durability) {
  const std::string temporary = fmt::format("{}.tmp-{:016x}", path, system_random().next());
  auto file = TRY(open_file(temporary, O_WRONLY | O_CREAT | O_EXCL, "write"));
  auto result = write_and_rename(std::move(file), temporary, path, data, durability);
  if (!result) {
    ::unlink(temporary.c_str());
    return result;
  }
  if (durability == Durability::Durable) TRY(sync_folder(parent_folder(path)));
  return {};
}

Result<void> make_directories(const std::string& path) {
  if (path.empty()) return {};
  if (::mkdir(path.c_str(), 0777) == 0) return {};
  int reason = errno;
  if (reason == ENOENT) {
    const std::string parent = parent_folder(path);
    if (parent != path) TRY(make_directories(parent));
    if (::mkdir(path.c_str(), 0777) == 0) return {};
    reason = errno;
  }
  struct stat status {};
  if (reason == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return system_error(reason, "make folder", path);
}

bool path_exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

Result<std::vector<FileEntry>> list_files(const std::string& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return system_error(errno, "list", folder);
  std::vector<FolderId> folders = {FolderId(status.st_dev, status.st_ino)};
  std::vector<FileEntry> files;
  TRY(list_folder(folder, "", folders, files));
  std::sort(files.begin(), files.end(),
            [](const FileEntry& a, const FileEntry& b) { return a.path < b.path; });
  return files;
}

}  // namespace tarn
