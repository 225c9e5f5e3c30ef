// SPDX-License-Identifier: Apache-2.0
#include "storage/local_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "base/file_descriptor.h"
#include "base/system_error.h"

namespace tarn::storage {

namespace {

constexpr std::size_t kNameMax = 200;  // of 255 bytes, so that the temporary name fits too

Result<std::string> local_path(const std::string& location) {
  if (const auto scheme = location_scheme(location); !scheme.empty()) {
    return invalid_input("`{}` is not a local location", location);
  }
  std::string path = normalize_location(location);
  if (!path.starts_with('/') || path.find('\0') != std::string::npos) {
    return invalid_input("`{}` is not an absolute path", location);
  }
  return path;
}

ObjectInfo make_info(std::string location, const struct stat& status) {
  return {std::move(location), static_cast<std::uint64_t>(status.st_size),
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000 + status.st_mtim.tv_nsec / 1'000};
}

// A folder is no object.
Result<FileDescriptor> open_object(const std::string& path) {
  auto file = TRY(open_file(path, O_RDONLY, "read"));
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return system_error(errno, "read", path);
  if (S_ISDIR(status.st_mode)) return not_found("cannot read `{}`: it is a folder", path);
  return file;
}

// As make_directories(), with each new folder synced into its parent.
Result<void> make_folders(const std::string& path, Durability durability) {
  if (durability == Durability::Fast) return make_directories(path);
  if (path_exists(path)) return {};
  const std::string parent = parent_folder(path);
  if (parent != path) TRY(make_folders(parent, durability));
  TRY(make_directories(path));
  return sync_folder(parent);
}

// Renames unless the target is there.
Result<void> rename_exclusively(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return system_error(errno, "create", to);
  // File systems without such a rename have links, which never replace.
  if (::link(from.c_str(), to.c_str()) != 0) return system_error(errno, "create", to);
  ::unlink(from.c_str());
  return {};
}

class LocalWriteStream final : public WriteStream {
 public:
  LocalWriteStream(std::string path, std::string temporary, FileDescriptor file, WriteMode mode,
                   Durability durability)
      : path_(std::move(path)),
        temporary_(std::move(temporary)),
        file_(std::move(file)),
        mode_(mode),
        durability_(durability) {}

  ~LocalWriteStream() override {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  Result<void> write(std::string_view data) override {
    if (!file_.is_open()) return internal("a write to `{}` after its end", path_);
    size_ += data.size();
    return write_all(file_, path_, data);
  }

  Result<void> finish() override {
    if (!file_.is_open()) return internal("`{}` is finished twice", path_);
    auto file = std::exchange(file_, FileDescriptor());
    if (durability_ == Durability::Durable) TRY(sync_file(file, path_));
    TRY(file.close(path_));
    if (mode_ == WriteMode::CreateExclusive) {
      TRY(rename_exclusively(temporary_, path_));
    } else if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
      return system_error(errno, "write", path_);
    }
    temporary_.clear();
    if (durability_ == Durability::Fast) return {};
    auto synced = sync_folder(parent_folder(path_));
    if (synced) return {};
    return unknown_outcome("`{}` is written, but may not outlive a crash: {}", path_,
                           describe(synced.error()));
  }

  std::uint64_t size() const override { return size_; }

 private:
  std::string path_;
  std::string temporary_;
  FileDescriptor file_;
  WriteMode mode_;
  Durability durability_;
  std::uint64_t size_ = 0;
};

struct CloseListing {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

using LocalFolderId = std::pair<dev_t, ino_t>;

class LocalLister {
 public:
  explicit LocalLister(const Store::Visit& visit) : visit_(visit) {}

  // `location` is how the caller writes `path`. What vanishes meanwhile is not listed.
  Result<void> list(const std::string& path, const std::string& location) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return {};
      return system_error(errno, "list", path);
    }
    if (S_ISREG(status.st_mode)) return visit_(make_info(location, status));
    if (!S_ISDIR(status.st_mode)) return {};
    const LocalFolderId id(status.st_dev, status.st_ino);
    if (std::find(above_.begin(), above_.end(), id) != above_.end()) return {};
    above_.push_back(id);
    TRY(list_folder(path, location));
    above_.pop_back();
    return {};
  }

 private:
  Result<void> list_folder(const std::string& path, const std::string& location) {
    const std::unique_ptr<DIR, CloseListing> folder(::opendir(path.c_str()));
    if (folder == nullptr) {
      if (errno == ENOENT) return {};
      return system_error(errno, "list", path);
    }
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(folder.get());
      if (entry == nullptr) {
        if (errno != 0) return system_error(errno, "list", path);
        return {};
      }
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      TRY(list(join_location(path, name), join_location(location, name)));
    }
  }

  const Store::Visit& visit_;
  std::vector<LocalFolderId> above_;  // the folders around, to notice cycles of links
};

}  // namespace

Result<std::string> LocalStore::read(const std::string& location) {
  const std::string path = TRY(local_path(location));
  return read_all(TRY(open_object(path)), path);
}

Result<std::string> LocalStore::read_range(const std::string& location, std::uint64_t offset,
                                           std::size_t size) {
  const std::string path = TRY(local_path(location));
  return read_at(TRY(open_object(path)), path, offset, size);
}

Result<ObjectInfo> LocalStore::info(const std::string& location) {
  const std::string path = TRY(local_path(location));
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return system_error(errno, "find", path);
  if (S_ISDIR(status.st_mode)) return not_found("cannot find `{}`: it is a folder", path);
  return make_info(location, status);
}

Result<std::unique_ptr<WriteStream>> LocalStore::open_write(const std::string& location,
                                                            WriteMode mode) {
  std::string path = TRY(local_path(location));
  if (path.ends_with('/')) return invalid_input("`{}` has no file name", location);
  // An early answer; finish() decides.
  if (mode == WriteMode::CreateExclusive && path_exists(path)) {
    return already_exists("cannot create `{}`: file exists", path);
  }
  const std::string folder = parent_folder(path);
  TRY(make_folders(folder, durability_));
  std::string temporary =
      fmt::format("{}.tmp-{:016x}", join_location(folder, location_name(path).substr(0, kNameMax)),
                  random_.next());
  auto file = TRY(open_file(temporary, O_WRONLY | O_CREAT | O_EXCL, "write"));
  return std::unique_ptr<WriteStream>(std::make_unique<LocalWriteStream>(
      std::move(path), std::move(temporary), std::move(file), mode, durability_));
}

Result<void> LocalStore::list(const std::string& prefix, const Visit& visit) {
  std::string path = TRY(local_path(prefix));
  std::string location = prefix;
  while (location.size() > 1 && location.ends_with('/')) location.pop_back();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return LocalLister(visit).list(path, location);
}

Result<void> LocalStore::remove(const std::string& location) {
  const std::string path = TRY(local_path(location));
  if (::unlink(path.c_str()) == 0) return {};
  if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR) return {};
  return system_error(errno, "remove", path);
}

}  // namespace tarn::storage
