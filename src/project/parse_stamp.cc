// SPDX-License-Identifier: Apache-2.0
#include "project/parse_stamp.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json_text.h"
#include "base/text.h"
#include "base/time.h"
#include "project/context/contexts.h"
#include "project/load.h"
#include "project/parse_cache.h"

namespace tarn::project {

namespace {

constexpr std::string_view kStampFormat = "tarn parse stamp 1";
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

bool is_below(const std::map<std::string, std::vector<FileEntry>>& folders,
              const std::string& path) {
  for (const auto& entry : folders) {
    if (path.size() > entry.first.size() && path.starts_with(entry.first) &&
        path[entry.first.size()] == '/') {
      return true;
    }
  }
  return false;
}

std::string options_text(const LoadOptions& options) {
  return short_hash(fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}\n{}{}{}{}\n{}", options.project_dir, options.profiles_dir,
      options.profile, options.target, options.target_path, options.vars, options.full_refresh,
      options.empty, options.warnings.to_text(), options.threads, options.home));
}

}  // namespace

Result<std::string> RecordingFiles::read(const std::string& path) const {
  auto text = files_.read(path);
  if (!text) return text;
  const std::uint64_t hash = std::max<std::uint64_t>(fast_hash(*text), 1);
  const std::lock_guard lock(mutex_);
  if (is_below(lists_, path)) {
    hashes_[path] = hash;
  } else {
    reads_[path] = short_hash(*text);
  }
  return text;
}

Result<std::vector<FileEntry>> RecordingFiles::list(const std::string& folder) const {
  {
    const std::lock_guard lock(mutex_);
    const auto known = lists_.find(folder);
    if (known != lists_.end()) return known->second;
  }
  auto entries = files_.list(folder);
  if (!entries) return entries;
  const std::lock_guard lock(mutex_);
  return lists_[folder] = std::move(*entries);
}

std::map<std::string, std::vector<FileEntry>> RecordingFiles::folders() const {
  const std::lock_guard lock(mutex_);
  return lists_;
}

std::uint64_t RecordingFiles::content_hash(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = hashes_.find(path);
  return found == hashes_.end() ? 0 : found->second;
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
  const std::int64_t now = system_clock().now_micros();
  for (const auto& [path, entries] : lists_) out["list " + path] = list_text(entries, now);
  for (const auto& [path, hash] : reads_) out["read " + path] = hash;
  for (const auto& [path, there] : exists_) out["exists " + path] = there;
  return out;
}

namespace {

struct Stamp {
  std::map<std::string, std::string> lines;

  std::string text() const {
    std::string out = std::string(kStampFormat) + "\n";
    for (const auto& [key, value] : lines) out += fmt::format("{}\t{}\n", key, value);
    return out;
  }
  static Stamp parse(std::string_view text) {
    Stamp out;
    bool first = true;
    for (const auto line : split(text, '\n')) {
      if (first && line != kStampFormat) return out;
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

enum class Holds { All, AllButLists, No };

// Which lines of the stamp still hold. Lists are kept by `files`.
Holds still_holds(const Stamp& stamp, const LoadOptions& options, const RecordingFiles& files,
                  const Environment& environment) {
  const auto own = stamp.lines.find("options");
  if (own == stamp.lines.end() || own->second != options_text(options)) return Holds::No;
  Holds out = Holds::All;
  for (const auto& [key, value] : stamp.lines) {
    const auto space = key.find(' ');
    if (space == std::string::npos) continue;
    const std::string kind = key.substr(0, space);
    const std::string path = key.substr(space + 1);
    if (kind == "exists") {
      if ((files.exists(path) ? "1" : "0") != value) return Holds::No;
    } else if (kind == "env") {
      if (environment_value(environment, path) != value) return Holds::No;
    } else if (kind == "read") {
      const auto text = files.read(path);
      if (!text || short_hash(*text) != value) return Holds::No;
    } else if (kind == "list") {
      const auto entries = files.list(path);
      if (!entries) return Holds::No;
      if (value == "recent" || list_text(*entries, system_clock().now_micros()) != value) {
        out = Holds::AllButLists;
      }
    }
  }
  return out;
}

std::string stamp_file(const std::string& target) { return join_path(target, ".tarn-parse-stamp"); }

// Where an earlier run with these options has put its stamp: known without parsing the project.
std::string stamp_pointer(const LoadOptions& options) {
  const std::string target = options.target_path.empty() ? "target" : options.target_path;
  return stamp_file(join_path(options.project_dir, target));
}

std::string cache_file(const std::string& pointer) { return pointer + "-files"; }

// A run of `parse` with what earlier runs left.
class CachedParse {
 public:
  CachedParse(LoadOptions options, const Files& files, Environment environment)
      : options_(std::move(options)),
        files_(files),
        recording_(files),
        environment_(std::move(environment)),
        pointer_(stamp_pointer(options_)) {}

  Result<CommandOutput> run() {
    if (files_.exists(pointer_)) {
      stamp_ = Stamp::parse(TRY(files_.read(pointer_)));
      const auto manifest = stamp_.lines.find("manifest");
      if (manifest != stamp_.lines.end() && files_.exists(manifest->second)) {
        manifest_ = manifest->second;
        const Holds holds = still_holds(stamp_, options_, recording_, environment_);
        if (holds == Holds::All) return CommandOutput();
        if (holds == Holds::AllButLists && TRY(patch())) return CommandOutput();
      }
    }
    return parse_all();
  }

 private:
  struct Change {
    std::string folder;
    CachedFile* file;
    std::string text;
  };

  Environment recorded_environment() {
    return [this](std::string_view name) {
      const std::lock_guard lock(mutex_);
      variables_["env " + std::string(name)] = environment_value(environment_, std::string(name));
      return environment_(name);
    };
  }

  Result<CommandOutput> parse_all();
  Result<bool> patch();
  Result<std::optional<std::vector<Change>>> find_changes(ParseCache& cache);
  Result<std::optional<std::vector<Edit>>> make_edits(ParseCache& cache,
                                                      std::vector<Change>& changes);
  Result<void> save(const ParseCache& cache);
  ParseCache make_cache(const Project& project, const ManifestIndex& index) const;

  LoadOptions options_;
  const Files& files_;
  RecordingFiles recording_;
  Environment environment_;
  std::string pointer_;
  std::string manifest_;
  Stamp stamp_;
  std::mutex mutex_;
  std::map<std::string, std::string> variables_;
};

// Nodes by the full path of their file.
ParseCache CachedParse::make_cache(const Project& project, const ManifestIndex& index) const {
  ParseCache cache;
  cache.time_offset = index.time_offset;
  cache.time_size = index.time_size;
  cache.invocation_offset = index.invocation_offset;
  cache.invocation_size = index.invocation_size;
  std::unordered_map<std::string_view, const ManifestIndex::CodePlace*> places;
  for (const auto& place : index.nodes) places.emplace(place.node->file->full_path, &place);
  std::unordered_map<std::string_view, FileKind> kinds;
  for (const auto& package : project.packages) {
    for (const auto& file : package->files) kinds.emplace(file.source.full_path, file.kind);
  }
  for (const auto& [folder, entries] : recording_.folders()) {
    auto& files = cache.folders[folder];
    for (const auto& entry : entries) {
      const std::string path = folder + "/" + entry.path;
      CachedFile file;
      file.path = entry.path;
      file.size = entry.size;
      file.modified_micros = entry.modified_micros;
      file.hash = recording_.content_hash(path);
      const auto place = places.find(path);
      if (place != places.end() && file.hash != 0) {
        file.kind = kinds.at(path);
        file.package = place->second->node->package;
        file.digest = place->second->node->parse_digest;
        file.checksum_offset = place->second->checksum_offset;
        file.code_offset = place->second->code_offset;
        file.code_size = place->second->code_size;
      }
      files.push_back(std::move(file));
    }
  }
  return cache;
}

Result<void> CachedParse::save(const ParseCache& cache) {
  ParseCache out = cache;
  const auto manifest = TRY(file_times(manifest_));
  out.manifest_size = manifest.size;
  out.manifest_micros = manifest.modified_micros;
  out.written_micros = system_clock().now_micros();
  TRY(write_file(cache_file(pointer_), out.text()));
  for (auto& [key, value] : recording_.seen()) stamp_.lines[key] = value;
  for (auto& [key, value] : variables_) stamp_.lines[key] = value;
  return write_file(pointer_, stamp_.text());
}

Result<CommandOutput> CachedParse::parse_all() {
  stamp_ = {};
  stamp_.lines["options"] = options_text(options_);
  const auto project = TRY(load_project(options_, recording_, recorded_environment()));
  auto output = TRY(run_parse(*project, false));
  if (output.exit_code != 0) return output;
  ManifestIndex index;
  manifest_ = join_path(project->target_folder(), "manifest.json");
  TRY(make_directories(project->target_folder()));
  TRY(write_file(manifest_, write_manifest(*project, &index)));
  for (const auto& finding : output.findings) {
    if (finding.severity != Severity::Note) return output;
  }
  stamp_.lines["manifest"] = manifest_;
  TRY(save(make_cache(*project, index)));
  return output;
}

// Files whose content changed; nullopt: something changed that needs a whole parse.
Result<std::optional<std::vector<CachedParse::Change>>> CachedParse::find_changes(
    ParseCache& cache) {
  constexpr std::size_t kChangesMax = 200;
  std::vector<Change> out;
  const auto now = recording_.folders();
  if (now.size() != cache.folders.size()) return std::optional<std::vector<Change>>();
  for (auto& [folder, files] : cache.folders) {
    const auto found = now.find(folder);
    if (found == now.end() || found->second.size() != files.size()) {
      return std::optional<std::vector<Change>>();
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
      const FileEntry& entry = found->second[i];
      CachedFile& file = files[i];
      if (entry.path != file.path) return std::optional<std::vector<Change>>();
      const bool same = entry.size == file.size && entry.modified_micros == file.modified_micros;
      if (same && file.modified_micros + kTrustAfterMicros <= cache.written_micros) continue;
      if (file.hash == 0) {
        if (same) continue;
        return std::optional<std::vector<Change>>();
      }
      std::string text = TRY(recording_.read(folder + "/" + file.path));
      const std::uint64_t hash = std::max<std::uint64_t>(fast_hash(text), 1);
      file.size = entry.size;
      file.modified_micros = entry.modified_micros;
      if (hash == file.hash) continue;
      if (file.digest == 0 || out.size() >= kChangesMax) {
        return std::optional<std::vector<Change>>();
      }
      file.hash = hash;
      out.push_back({folder, &file, std::move(text)});
    }
  }
  return std::optional(std::move(out));
}

// Names may be made from a node's code; who does that parses everything.
bool names_depend_on_code(const Project& project) {
  for (const auto& macro : project.macros) {
    if (macro.builtin || !macro.name.starts_with("generate_")) continue;
    for (const std::string_view word : {"raw_", "checksum"}) {
      if (macro.text.find(word) != std::string_view::npos) return true;
    }
  }
  return false;
}

// nullopt: a file means something else than before.
Result<std::optional<std::vector<Edit>>> CachedParse::make_edits(ParseCache& cache,
                                                                 std::vector<Change>& changes) {
  using None = std::optional<std::vector<Edit>>;
  Project project;
  project.options = options_;
  project.files = &recording_;
  project.environment = recorded_environment();
  project.contexts = std::make_unique<Contexts>(project);
  TRY(load_configuration(project));
  std::unordered_map<std::string, Change*> by_path;
  for (auto& change : changes) by_path.emplace(change.folder + "/" + change.file->path, &change);
  TRY(read_package_files(project, [](const PackageFile& file) {
    return file.kind == FileKind::Macro || file.kind == FileKind::GenericTest;
  }));
  LoadState state(project);
  load_macros(state);
  if (!project.diagnostics.items().empty() || names_depend_on_code(project)) return None();
  std::vector<Edit> edits;
  for (const auto& package : project.packages) {
    for (auto& file : package->files) {
      const auto found = by_path.find(file.source.full_path);
      if (found == by_path.end()) continue;
      Change& change = *found->second;
      file.source.text = std::move(change.text);
      const auto digest = digest_file(state, file.kind, file.source);
      if (file.kind != change.file->kind || digest != change.file->digest) return None();
      const std::string_view code = trim(file.source.text);
      Edit text{change.file->code_offset, change.file->code_size, {}};
      append_json_text(text.text, code);
      edits.push_back({change.file->checksum_offset, 64, to_hex(sha256(code))});
      edits.push_back(std::move(text));
      by_path.erase(found);
    }
  }
  if (!by_path.empty()) return None();
  Edit time{cache.time_offset, cache.time_size, {}};
  append_json_text(time.text, format_timestamp_micros(options_.now_micros) + "Z");
  Edit invocation{cache.invocation_offset, cache.invocation_size, {}};
  append_json_text(invocation.text, options_.invocation_id);
  edits.push_back(std::move(time));
  edits.push_back(std::move(invocation));
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.offset < b.offset; });
  return None(std::move(edits));
}

// Where bytes of the old document are after the edits.
void shift_places(ParseCache& cache, const std::vector<Edit>& edits) {
  std::vector<std::pair<std::size_t, std::ptrdiff_t>> moves;  // from offset on, by
  std::ptrdiff_t sum = 0;
  for (const auto& edit : edits) {
    sum += static_cast<std::ptrdiff_t>(edit.text.size()) - static_cast<std::ptrdiff_t>(edit.size);
    moves.emplace_back(edit.offset, sum);
  }
  const auto shift = [&](std::size_t& offset) {
    // Edits that begin before this place count.
    const auto after =
        std::lower_bound(moves.begin(), moves.end(), offset,
                         [](const auto& move, std::size_t place) { return move.first < place; });
    if (after != moves.begin()) {
      offset =
          static_cast<std::size_t>(static_cast<std::ptrdiff_t>(offset) + std::prev(after)->second);
    }
  };
  for (const auto& edit : edits) {
    if (edit.offset == cache.time_offset) cache.time_size = edit.text.size();
    if (edit.offset == cache.invocation_offset) cache.invocation_size = edit.text.size();
  }
  for (auto& [folder, files] : cache.folders) {
    for (auto& file : files) {
      if (file.digest == 0) continue;
      const auto own =
          std::lower_bound(edits.begin(), edits.end(), file.code_offset,
                           [](const Edit& edit, std::size_t place) { return edit.offset < place; });
      if (own != edits.end() && own->offset == file.code_offset) file.code_size = own->text.size();
      shift(file.checksum_offset);
      shift(file.code_offset);
    }
  }
  shift(cache.time_offset);
  shift(cache.invocation_offset);
}

Result<bool> CachedParse::patch() {
  const std::string path = cache_file(pointer_);
  if (!files_.exists(path)) return false;
  auto cache = ParseCache::parse(TRY(files_.read(path)));
  if (!cache) return false;
  const auto manifest = TRY(file_times(manifest_));
  if (manifest.size != cache->manifest_size || manifest.modified_micros != cache->manifest_micros) {
    return false;
  }
  auto changes = TRY(find_changes(*cache));
  if (!changes) return false;
  if (!changes->empty()) {
    const auto edits = TRY(make_edits(*cache, *changes));
    if (!edits) return false;
    TRY(edit_file(manifest_, *edits));
    shift_places(*cache, *edits);
  }
  TRY(save(*cache));
  return true;
}

}  // namespace

Result<CommandOutput> run_parse_if_changed(LoadOptions options, const Files& files,
                                           Environment environment) {
  return CachedParse(std::move(options), files, std::move(environment)).run();
}

}  // namespace tarn::project
