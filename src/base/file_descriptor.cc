// SPDX-License-Identifier: Apache-2.0
#include "base/file_descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/bytes.h"
#include "base/system_error.h"

namespace tarn {

namespace {

constexpr std::size_t kReadChunk = 64 * 1024;
constexpr std::size_t kReadCallMax = std::size_t{1} << 30;

// Calls again after a signal.
template <typename Call>
ssize_t retry_interrupted(Call call) {
  ssize_t result = 0;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<void> FileDescriptor::close(const std::string& path) {
  // Linux frees the number even when close fails.
  if (::close(std::exchange(number_, -1)) != 0 && errno != EINTR) {
    return system_error(errno, "close", path);
  }
  return {};
}

Result<FileDescriptor> open_file(const std::string& path, int flags, std::string_view action) {
  const auto number =
      retry_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
  if (number < 0) return system_error(errno, action, path);
  return FileDescriptor(static_cast<int>(number));
}

Result<std::string> read_all(const FileDescriptor& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return system_error(errno, "read", path);
  std::string data;
  std::size_t used = 0;
  // One byte more than the size, so that the end shows without another chunk.
  std::size_t room = S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) + 1 : 0;
  for (;;) {
    room = std::max(room, used == 0 ? std::size_t{512} : used + kReadChunk);
    resize_uninitialized(data, room);
    while (used < room) {
      const auto got = retry_interrupted([&] {
        return ::read(file.number(), data.data() + used, std::min(room - used, kReadCallMax));
      });
      if (got < 0) return system_error(errno, "read", path);
      if (got == 0) {
        data.resize(used);
        return data;
      }
      used += static_cast<std::size_t>(got);
    }
  }
}

Result<std::string> read_at(const FileDescriptor& file, const std::string& path,
                            std::uint64_t offset, std::size_t size) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return system_error(errno, "read", path);
  const auto file_size = static_cast<std::uint64_t>(status.st_size);
  size = static_cast<std::size_t>(
      std::min<std::uint64_t>(size, offset < file_size ? file_size - offset : 0));
  std::string data;
  resize_uninitialized(data, size);
  std::size_t used = 0;
  while (used < size) {
    const auto got = retry_interrupted([&] {
      return ::pread(file.number(), data.data() + used, std::min(size - used, kReadCallMax),
                     static_cast<off_t>(offset + used));
    });
    if (got < 0) return system_error(errno, "read", path);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  data.resize(used);
  return data;
}

Result<void> write_all(const FileDescriptor& file, const std::string& path, std::string_view data) {
  while (!data.empty()) {
    const auto put =
        retry_interrupted([&] { return ::write(file.number(), data.data(), data.size()); });
    if (put < 0) return system_error(errno, "write", path);
    data.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> sync_file(const FileDescriptor& file, const std::string& path) {
  if (::fsync(file.number()) != 0) return system_error(errno, "sync", path);
  return {};
}

Result<void> sync_folder(const std::string& path) {
  const auto folder = TRY(open_file(path, O_RDONLY | O_DIRECTORY, "sync"));
  // Some file systems cannot sync folders and say so with EINVAL.
  if (::fsync(folder.number()) != 0 && errno != EINVAL) return system_error(errno, "sync", path);
  return {};
}

std::string parent_folder(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace tarn
