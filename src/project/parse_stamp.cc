// SPDX-License-Identifier: Apache-2.0
#include "project/parse_stamp.h"

#include <fmt/core.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"

namespace tarn::project {

namespace {

constexpr std::string_view kFormat = "tarn parse stamp 1";
constexpr std::int64_t kTrustAfterMicros = 2'000'000;

std::string short_hash(std::string_view text) { return to_hex(sha256(text)).substr(0, 32); }

// Changes of the last moments may not show in the time of change.
std::string list_text(const std::vector<FileEntry>& entries, std::int64_t now_micros) {
  std::string text;
  for (const auto& entry : entries) {
    text += fmt::format("{}\t{}\t{}\n", entry.path, entry.size, entry.modified_micros);
    if (entry.modified_micros + kTrustAfterMicros > now_micros) return "recent";
  }
  return short_hash(text);
}

bool is_below(const std::map<std::string, std::string>& folders, const std::string& path) {
  for (const auto& entry : folders) {
    if (path.size() > entry.first.size() && path.starts_with(entry.first) &&
        path[entry.first.size()] == '/') {
      return true;
    }
  }
  return false;
}

std::string options_text(const LoadOptions& options) {
  return short_hash(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}{}{}{}\n{}", options.project_dir,
                                options.profiles_dir, options.profile, options.target,
                                options.target_path, options.vars, options.full_refresh,
                                options.empty, options.warn_error, options.threads, options.home));
}

}  // namespace

Result<std::string> RecordingFiles::read(const std::string& path) const {
  auto text = files_.read(path);
  if (!text) return text;
  const std::lock_guard lock(mutex_);
  if (!is_below(lists_, path)) reads_[path] = short_hash(*text);
  return text;
}

Result<std::vector<FileEntry>> RecordingFiles::list(const std::string& folder) const {
  auto entries = files_.list(folder);
  if (!entries) return entries;
  const std::lock_guard lock(mutex_);
  lists_[folder] = list_text(*entries, system_clock().now_micros());
  return entries;
}

bool RecordingFiles::exists(const std::string& path) const {
  const bool there = files_.exists(path);
  const std::lock_guard lock(mutex_);
  exists_[path] = there ? "1" : "0";
  return there;
}

std::map<std::string, std::string> RecordingFiles::seen() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::string> out;
  for (const auto& [path, hash] : lists_) out["list " + path] = hash;
  for (const auto& [path, hash] : reads_) out["read " + path] = hash;
  for (const auto& [path, there] : exists_) out["exists " + path] = there;
  return out;
}

namespace {

struct Stamp {
  std::map<std::string, std::string> lines;

  std::string text() const {
    std::string out = std::string(kFormat) + "\n";
    for (const auto& [key, value] : lines) out += fmt::format("{}\t{}\n", key, value);
    return out;
  }
  static Stamp parse(std::string_view text) {
    Stamp out;
    bool first = true;
    for (const auto line : split(text, '\n')) {
      if (first && line != kFormat) return out;
      first = false;
      const auto tab = line.rfind('\t');
      if (tab != std::string_view::npos) {
        out.lines.emplace(std::string(line.substr(0, tab)), std::string(line.substr(tab + 1)));
      }
    }
    return out;
  }
};

std::string environment_value(const Environment& environment, const std::string& name) {
  const auto value = environment(name);
  if (!value) return "unset";
  // Of a secret not even a hash is kept.
  const std::string upper = to_upper(name);
  for (const char* word : {"SECRET", "PASSWORD", "TOKEN", "KEY"}) {
    if (upper.find(word) != std::string::npos) return "set";
  }
  return short_hash(*value);
}

// True if every line of the stamp still holds.
bool still_holds(const Stamp& stamp, const LoadOptions& options, const Files& files,
                 const Environment& environment) {
  const auto own = stamp.lines.find("options");
  if (own == stamp.lines.end() || own->second != options_text(options)) return false;
  for (const auto& [key, value] : stamp.lines) {
    const auto space = key.find(' ');
    if (space == std::string::npos) continue;
    const std::string kind = key.substr(0, space);
    const std::string path = key.substr(space + 1);
    if (kind == "exists") {
      if ((files.exists(path) ? "1" : "0") != value) return false;
    } else if (kind == "env") {
      if (environment_value(environment, path) != value) return false;
    } else if (kind == "read") {
      const auto text = files.read(path);
      if (!text || short_hash(*text) != value) return false;
    } else if (kind == "list") {
      const auto entries = files.list(path);
      if (value == "recent" || !entries ||
          list_text(*entries, system_clock().now_micros()) != value) {
        return false;
      }
    }
  }
  return true;
}

std::string stamp_file(const std::string& target) { return join_path(target, ".tarn-parse-stamp"); }

// Where an earlier run with these options has put its stamp: known without parsing the project.
std::string stamp_pointer(const LoadOptions& options) {
  const std::string target = options.target_path.empty() ? "target" : options.target_path;
  return stamp_file(join_path(options.project_dir, target));
}

}  // namespace

Result<CommandOutput> run_parse_if_changed(LoadOptions options, const Files& files,
                                           Environment environment) {
  const std::string pointer = stamp_pointer(options);
  if (files.exists(pointer)) {
    const Stamp stamp = Stamp::parse(TRY(files.read(pointer)));
    const auto manifest = stamp.lines.find("manifest");
    if (manifest != stamp.lines.end() && files.exists(manifest->second) &&
        still_holds(stamp, options, files, environment)) {
      return CommandOutput();
    }
  }
  const RecordingFiles recording(files);
  std::mutex mutex;
  std::map<std::string, std::string> variables;
  const Environment recorded = [&](std::string_view name) {
    const std::lock_guard lock(mutex);
    variables["env " + std::string(name)] = environment_value(environment, std::string(name));
    return environment(name);
  };
  Stamp stamp;
  stamp.lines["options"] = options_text(options);
  const auto project = TRY(load_project(std::move(options), recording, recorded));
  auto output = TRY(run_parse(*project, true));
  for (const auto& finding : output.findings) {
    if (finding.severity != Severity::Note) return output;
  }
  for (auto& line : recording.seen()) stamp.lines.insert(std::move(line));
  for (auto& line : variables) stamp.lines.insert(std::move(line));
  stamp.lines["manifest"] = join_path(project->target_folder(), "manifest.json");
  TRY(write_file(pointer, stamp.text()));
  return output;
}

}  // namespace tarn::project
