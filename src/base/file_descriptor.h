// SPDX-License-Identifier: Apache-2.0
// Ownership of file descriptors, and loops over partial reads and writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace tarn {

// Closes on destruction; movable.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor();

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  // Errors of close are errors of earlier writes on some file systems.
  Result<void> close(const std::string& path);

 private:
  int number_ = -1;
};

// `flags` as for open(2); O_CLOEXEC is added. New files get mode 0666 less the umask.
Result<FileDescriptor> open_file(const std::string& path, int flags, std::string_view action);
// Reads up to the end of the file, even while it grows or shrinks.
Result<std::string> read_all(const FileDescriptor& file, const std::string& path);
// Reads up to `size` bytes from `offset`; fewer only at the end of the file.
Result<std::string> read_at(const FileDescriptor& file, const std::string& path,
                            std::uint64_t offset, std::size_t size);
Result<void> write_all(const FileDescriptor& file, const std::string& path, std::string_view data);
Result<void> sync_file(const FileDescriptor& file, const std::string& path);
// Makes names created, renamed or removed in the folder durable.
Result<void> sync_folder(const std::string& path);
// The part before the last `/`: `/` for `/a`, `.` for `a`.
std::string parent_folder(const std::string& path);

}  // namespace tarn
