// SPDX-License-Identifier: Apache-2.0
// What parsing made of each file, by its content, kept beside manifest.json. When only the SQL of
// models, analyses or singular tests changed, and they still refer to, configure and call the same,
// the new manifest is the old one with their code replaced; everything else is parsed anew.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/manifest.h"
#include "project/project.h"

namespace tarn::project {

struct CachedFile {
  std::string path;  // below the list's folder
  std::uint64_t size = 0;
  std::int64_t modified_micros = 0;
  std::uint64_t hash = 0;  // of the content; 0: nobody read it
  // Of files that are one node each and may be replaced; `digest` 0: not such a file.
  FileKind kind = FileKind::Model;
  std::uint32_t package = 0;
  std::uint64_t digest = 0;
  std::size_t checksum_offset = 0, code_offset = 0, code_size = 0;  // in manifest.json
};

struct ParseCache {
  std::int64_t written_micros = 0;
  std::uint64_t manifest_size = 0;
  std::int64_t manifest_micros = 0;
  std::size_t time_offset = 0, time_size = 0, invocation_offset = 0, invocation_size = 0;
  std::map<std::string, std::vector<CachedFile>> folders;

  std::string text() const;
  // nullopt: of another version, or damaged.
  static std::optional<ParseCache> parse(std::string_view text);
};

// Replaces bytes of a file; `offset` and `size` mean the old one. In order of offset.
struct Edit {
  std::size_t offset = 0;
  std::size_t size = 0;
  std::string text;
};
// Writes beside and renames; the old text is copied by the kernel.
Result<void> edit_file(const std::string& path, const std::vector<Edit>& edits);

struct FileTimes {
  std::uint64_t size = 0;
  std::int64_t modified_micros = 0;
};
Result<FileTimes> file_times(const std::string& path);

}  // namespace tarn::project
