// SPDX-License-Identifier: Apache-2.0
#include "project/model_versions.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "project/config.h"

namespace tarn::project {

namespace {

std::string version_key(std::uint32_t package, std::string_view stem) {
  return fmt::format("{}/{}", package, stem);
}

std::string_view stem_of_path(std::string_view relative) {
  const auto slash = relative.rfind('/');
  std::string_view name = slash == std::string_view::npos ? relative : relative.substr(slash + 1);
  return name.substr(0, name.rfind('.'));
}

// The largest version by number, or by text where one is no number.
Data latest_of(const Data& versions) {
  Data best;
  for (const auto& item : versions.items()) {
    const Data version = item.get("v");
    if (best.is_null()) {
      best = version;
      continue;
    }
    const auto a = parse_double(to_python(best));
    const auto b = parse_double(to_python(version));
    if (a && b ? *a < *b : to_python(best) < to_python(version)) best = version;
  }
  return best;
}

bool names_column(const Data& list, std::string_view name) {
  for (const auto& item : list.items()) {
    if (item.text() == name) return true;
  }
  return false;
}

// Columns of the model that `include` and `exclude` keep, then those of the version.
Data version_columns(const Data& model, const Data& version, Arena& arena) {
  const Data* own = version.find("columns");
  if (own == nullptr) return model.get("columns");
  std::vector<Data> out;
  Data include("all");
  Data exclude;
  std::vector<Data> added;
  for (const auto& item : own->items()) {
    if (item.find("include") != nullptr || item.find("exclude") != nullptr) {
      if (const Data* found = item.find("include")) include = *found;
      exclude = item.get("exclude");
    } else {
      added.push_back(item);
    }
  }
  const bool all = include.text() == "all" || include.text() == "*";
  for (const auto& column : model.get("columns").items()) {
    const std::string_view name = column.get("name").text();
    const bool replaced = std::any_of(added.begin(), added.end(), [&](const Data& one) {
      return one.get("name").text() == name;
    });
    if (replaced || names_column(exclude, name)) continue;
    if (all || names_column(include, name)) out.push_back(column);
  }
  out.insert(out.end(), added.begin(), added.end());
  return make_list(arena, out);
}

// Configs of the version over those of the model: tags and hooks are joined.
Data version_config(const Data& model, const Data& version, Arena& arena) {
  ConfigMerger merger(ResourceType::Model, arena);
  MapBuilder out(model);
  for (const auto& [key, value] : version.members()) {
    const Data* before = out.find(key);
    const bool joins = key == "tags" || key == "pre-hook" || key == "post-hook" ||
                       key == "pre_hook" || key == "post_hook";
    if (before == nullptr || !joins) {
      out.set(key, value);
      continue;
    }
    std::vector<Data> items;
    for (const Data* part : {&value, before}) {
      if (part->is_list()) {
        items.insert(items.end(), part->items().begin(), part->items().end());
      } else {
        items.push_back(*part);
      }
    }
    out.set(key, make_list(arena, items));
  }
  return out.build(arena);
}

struct VersionBuilder {
  LoadState& state;
  const std::set<std::string>& stems;

  void add(Patch& patch) {
    Arena& arena = state.project.arena();
    const Data versions = patch.data.get("versions");
    const Data* given = patch.data.find("latest_version");
    const Data latest = given != nullptr ? *given : latest_of(versions);
    std::set<std::string> seen;
    for (const auto& item : versions.items()) {
      const Data version = item.get("v");
      const std::string text = to_python(version);
      if (version.is_null()) {
        report(patch, fmt::format("a version of model `{}` has no `v`", patch.name));
        continue;
      }
      if (!seen.insert(text).second) {
        report(patch, fmt::format("found duplicate version: `{}` in versions list of model `{}`",
                                  text, patch.name));
        continue;
      }
      add_version(patch, item, version, latest, arena);
    }
    if (given != nullptr && !seen.contains(to_python(latest))) {
      report(patch, fmt::format("latest_version `{}` is not one of the versions of model `{}`",
                                to_python(latest), patch.name));
    }
  }

  void add_version(Patch& patch, const Data& item, const Data& version, const Data& latest,
                   Arena& arena) {
    VersionEntry entry;
    entry.patch = &patch;
    entry.model = patch.name;
    entry.version = version;
    entry.latest = latest;
    entry.suffix = arena.copy("v" + to_python(version));
    entry.data = item;
    std::string stem(item.get("defined_in").text());
    if (stem.empty()) stem = fmt::format("{}_{}", patch.name, entry.suffix);
    if (!stems.contains(version_key(patch.package, stem)) && version == latest &&
        item.get("defined_in").is_null()) {
      stem = patch.name;
    }
    if (!stems.contains(version_key(patch.package, stem))) {
      report(patch, fmt::format("there is no file `{}.sql` for version `{}` of model `{}`", stem,
                                to_python(version), patch.name));
      return;
    }
    Patch own = patch;
    own.config = version_config(patch.config, item.get("config"), arena);
    MapBuilder data(patch.data);
    if (const Data* text = item.find("description")) data.set("description", *text);
    if (const Data* date = item.find("deprecation_date")) data.set("deprecation_date", *date);
    if (const Data* list = item.find("constraints")) data.set("constraints", *list);
    for (const char* key : {"data_tests", "tests"}) {
      if (const Data* tests = item.find(key)) data.set(key, *tests);
    }
    if (const Data* access = item.find("access")) {
      MapBuilder config(own.config);
      config.set("access", *access);
      own.config = config.build(arena);
    }
    data.set("columns", version_columns(patch.data, item, arena));
    data.set("__version", version);
    own.data = data.build(arena);
    state.patch_store.push_back(own);
    state.patches[fmt::format("{}/models/{}.{}", patch.package, patch.name, entry.suffix)] =
        &state.patch_store.back();
    state.versions[version_key(patch.package, stem)] = entry;
  }

  void report(const Patch& patch, std::string message) {
    report_at(state.project, Severity::Error, "model-version", std::move(message), *patch.file,
              patch.value);
  }
};

}  // namespace

void index_versions(LoadState& state, const std::vector<const PackageFile*>& files) {
  std::set<std::string> stems;
  for (const auto* file : files) {
    if (file->kind != FileKind::Model) continue;
    stems.insert(version_key(file->source.package, stem_of_path(file->source.relative)));
  }
  VersionBuilder builder{state, stems};
  const std::size_t count = state.patch_store.size();
  for (std::size_t i = 0; i < count; ++i) {
    Patch& patch = state.patch_store[i];
    if (patch.section == "models" && patch.data.get("versions").is_list()) {
      patch.used = true;
      builder.add(patch);
    }
  }
}

const VersionEntry* find_version(const LoadState& state, std::uint32_t package,
                                 std::string_view file_stem) {
  if (state.versions.empty()) return nullptr;
  const auto found = state.versions.find(version_key(package, file_stem));
  return found == state.versions.end() ? nullptr : &found->second;
}

void become_version(Node& node, const VersionEntry& entry, Arena& arena) {
  node.name = entry.model;
  node.version = entry.version;
  node.latest_version = entry.latest;
  node.fqn.back() = entry.model;
  node.fqn.push_back(entry.suffix);
  node.unique_id =
      arena.copy(fmt::format("model.{}.{}.{}", node.package_name, entry.model, entry.suffix));
}

}  // namespace tarn::project
