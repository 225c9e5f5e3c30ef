// SPDX-License-Identifier: Apache-2.0
// What a parse has read, written beside manifest.json: when nothing of it changed, the manifest is
// still right and `parse` has nothing to do.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "project/commands.h"
#include "project/files.h"
#include "project/project.h"

namespace tarn::project {

// Passes reads on and notes them; a folder is listed once. Thread-safe.
class RecordingFiles final : public Files {
 public:
  explicit RecordingFiles(const Files& files) : files_(files) {}
  Result<std::string> read(const std::string& path) const override;
  Result<std::vector<FileEntry>> list(const std::string& folder) const override;
  bool exists(const std::string& path) const override;

  // Lines of the stamp, for this moment.
  std::map<std::string, std::string> seen() const;
  // Entries of listed folders.
  std::map<std::string, std::vector<FileEntry>> folders() const;
  // Hash of a file's content; 0: it was not read.
  std::uint64_t content_hash(const std::string& path) const;

 private:
  const Files& files_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::vector<FileEntry>> lists_;
  mutable std::map<std::string, std::string> reads_, exists_;
  mutable std::unordered_map<std::string, std::uint64_t> hashes_;
};

// As load_project() and run_parse(), but without work if an earlier run of the same options read
// the same and had nothing to say, and with little work where only code changed (parse_cache.h).
// Files of listed folders count by size and time of change; those that changed within two seconds
// before that run are compared by content.
Result<CommandOutput> run_parse_if_changed(LoadOptions options, const Files& files,
                                           Environment environment);

}  // namespace tarn::project
