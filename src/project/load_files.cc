// SPDX-License-Identifier: Apache-2.0
// Which files of a package are what, and their texts.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/parallel.h"
#include "base/text.h"
#include "project/load.h"

namespace tarn::project {

namespace {

// Patterns of .dbtignore: a small part of .gitignore's language.
class IgnoreList {
 public:
  explicit IgnoreList(std::string_view text) {
    for (auto line : split(text, '\n')) {
      line = trim(line);
      if (line.empty() || line.starts_with('#')) continue;
      const bool negated = line.starts_with('!');
      if (negated) line.remove_prefix(1);
      if (line.ends_with('/')) line.remove_suffix(1);
      const bool anchored = line.find('/') != std::string_view::npos;
      if (line.starts_with('/')) line.remove_prefix(1);
      rules_.push_back({std::string(line), negated, anchored});
    }
  }

  bool ignores(std::string_view path) const {
    bool ignored = false;
    for (const auto& rule : rules_) {
      if (rule.negated == ignored && matches(rule, path)) ignored = !rule.negated;
    }
    return ignored;
  }

 private:
  struct Rule {
    std::string pattern;
    bool negated;
    bool anchored;
  };
  // The path or one of the folders it is in.
  static bool matches(const Rule& rule, std::string_view path) {
    for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
      const std::string_view part = path.substr(0, end);
      const auto slash = part.rfind('/');
      const std::string_view name = slash == std::string_view::npos ? part : part.substr(slash + 1);
      if (matches_glob(rule.pattern, rule.anchored ? part : name)) return true;
      if (end == std::string_view::npos) return false;
    }
  }
  std::vector<Rule> rules_;
};

struct SearchPath {
  enum class Use : std::uint8_t { Macro, Model, Snapshot, Analysis, Test, Seed, Doc, Function };
  Use use;
  std::string folder;
};

std::vector<SearchPath> search_paths(const ProjectFile& file) {
  std::vector<SearchPath> out;
  const auto add = [&](SearchPath::Use use, const std::vector<std::string>& folders) {
    for (const auto& folder : folders) out.push_back({use, folder});
  };
  add(SearchPath::Use::Macro, file.macro_paths);
  add(SearchPath::Use::Model, file.model_paths);
  add(SearchPath::Use::Snapshot, file.snapshot_paths);
  add(SearchPath::Use::Analysis, file.analysis_paths);
  add(SearchPath::Use::Test, file.test_paths);
  add(SearchPath::Use::Seed, file.seed_paths);
  add(SearchPath::Use::Function, file.function_paths);
  add(SearchPath::Use::Doc, file.docs_paths);
  return out;
}

std::optional<FileKind> classify(SearchPath::Use use, std::string_view relative) {
  const bool sql = relative.ends_with(".sql");
  if (relative.ends_with(".yml") || relative.ends_with(".yaml")) {
    if (use == SearchPath::Use::Doc) return std::nullopt;
    return FileKind::Properties;
  }
  switch (use) {
    case SearchPath::Use::Macro:
      return sql ? std::optional(FileKind::Macro) : std::nullopt;
    case SearchPath::Use::Model:
      if (sql || relative.ends_with(".py")) return FileKind::Model;
      return std::nullopt;
    case SearchPath::Use::Snapshot:
      return sql ? std::optional(FileKind::Snapshot) : std::nullopt;
    case SearchPath::Use::Analysis:
      return sql ? std::optional(FileKind::Analysis) : std::nullopt;
    case SearchPath::Use::Test:
      if (relative.starts_with("generic/")) {
        return sql ? std::optional(FileKind::GenericTest) : std::nullopt;
      }
      if (relative.starts_with("fixtures/")) return FileKind::Fixture;
      return sql ? std::optional(FileKind::SingularTest) : std::nullopt;
    case SearchPath::Use::Seed:
      return relative.ends_with(".csv") ? std::optional(FileKind::Seed) : std::nullopt;
    case SearchPath::Use::Function:
      return sql || relative.ends_with(".py") ? std::optional(FileKind::Function) : std::nullopt;
    case SearchPath::Use::Doc:
      return relative.ends_with(".md") ? std::optional(FileKind::Doc) : std::nullopt;
  }
  return std::nullopt;
}

Result<void> list_package(Project& project, std::uint32_t index) {
  Package& package = *project.packages[index];
  std::string ignore_text;
  const std::string ignore_file = join_path(package.root, ".dbtignore");
  if (project.files->exists(ignore_file)) ignore_text = TRY(project.files->read(ignore_file));
  const IgnoreList ignore(ignore_text);
  std::set<std::pair<FileKind, std::string>> seen;
  for (const auto& [use, folder] : search_paths(package.file)) {
    for (const auto& entry : TRY(project.files->list(join_path(package.root, folder)))) {
      const auto kind = classify(use, entry.path);
      if (!kind) continue;
      const std::string path = normalize_path(join_path(folder, entry.path));
      if (ignore.ignores(path) || !seen.emplace(*kind, path).second) continue;
      SourceFile source;
      source.path = path;
      source.relative = entry.path;
      source.search_folder = folder;
      source.full_path = join_path(package.root, path);
      source.package = index;
      package.files.push_back({*kind, std::move(source)});
    }
  }
  return ok();
}

}  // namespace

Result<void> read_package_files(Project& project, const WantsFile& wants) {
  std::vector<PackageFile*> all;
  for (std::uint32_t i = 0; i < project.packages.size(); ++i) {
    TRY(list_package(project, i));
    for (auto& file : project.packages[i]->files) {
      if (!wants || wants(file)) all.push_back(&file);
    }
  }
  constexpr std::size_t kChunk = 64;
  const std::size_t chunks = (all.size() + kChunk - 1) / kChunk;
  return parallel_for(chunks, project.options.parse_threads,
                      [&](std::size_t chunk) -> Result<void> {
                        const std::size_t end = std::min(all.size(), (chunk + 1) * kChunk);
                        for (std::size_t i = chunk * kChunk; i < end; ++i) {
                          auto& source = all[i]->source;
                          source.text = TRY(project.files->read(source.full_path));
                        }
                        return ok();
                      });
}

}  // namespace tarn::project
