// SPDX-License-Identifier: Apache-2.0
// Local files of the project and of configuration. Tables of a lake go through storage::Store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn {

// ErrorCode::NotFound, Denied or Unavailable with the path in the message.
Result<std::string> read_file(const std::string& path);
// Writes beside the target and renames, so that readers see the old or the new text. `durable`
// also syncs file and folder.
enum class Durability { Fast, Durable };
Result<void> write_file(const std::string& path, std::string_view data,
                        Durability durability = Durability::Fast);
Result<void> make_directories(const std::string& path);
bool path_exists(const std::string& path);

struct FileEntry {
  std::string path;  // below the listed folder, with `/`
  std::uint64_t size = 0;
  std::int64_t modified_micros = 0;
};
// All regular files below `folder`, sorted by path; links to files are followed, to folders too
// unless they form a cycle.
Result<std::vector<FileEntry>> list_files(const std::string& folder);

}  // namespace tarn
