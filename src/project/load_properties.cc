// SPDX-License-Identifier: Apache-2.0
// Properties files: loaded in parallel, their entries checked, rendered and sorted by section.
#include <fmt/core.h>

#include <algorithm>

#include "base/parallel.h"
#include "base/text.h"
#include "jinja/blocks.h"
#include "project/context/contexts.h"
#include "project/load.h"
#include "project/node_parse.h"
#include "yaml/load.h"

namespace tarn::project {

namespace {

constexpr std::string_view kSections[] = {
    "models",  "seeds",      "snapshots",  "analyses",        "macros",
    "sources", "exposures",  "metrics",    "semantic_models", "saved_queries",
    "groups",  "unit_tests", "data_tests", "tests",           "functions"};

struct Entry {
  std::string_view section;
  const yaml::Value* value = nullptr;
  std::string_view name;
  Data data;
};

struct Finding {
  Severity severity = Severity::Error;
  std::string code;
  std::string message;
  std::uint32_t line = 0;
  std::uint32_t column = 1;
  std::string hint;
};

// One file after loading; made by a worker.
struct Loaded {
  const SourceFile* file = nullptr;
  std::optional<yaml::Document> document;
  std::vector<Entry> entries;
  std::vector<Finding> findings;
};

bool is_norender_key(const KeyPath& path, std::size_t from) {
  const auto is_late = [](std::string_view key) {
    return key == "tests" || key == "data_tests" || key == "description";
  };
  const std::size_t size = path.size() - std::min(path.size(), from);
  if (size >= 1 && is_late(path[from])) return true;
  if (size >= 2 && is_late(path[from + 1])) return true;
  return false;
}

// Which texts of an entry are rendered later, or never.
bool is_rendered_later(std::string_view section, const KeyPath& path) {
  if (path.empty()) return false;
  if (section == "sources") {
    if (path[0] == "description") return true;
    return path[0] == "tables" && is_norender_key(path, 1);
  }
  if (section == "exposures") return path[0] == "description" || path[0] == "depends_on";
  if (section == "macros") {
    return is_norender_key(path, 0) || (path[0] == "arguments" && is_norender_key(path, 1));
  }
  if (section == "unit_tests") {
    return path[0] != "config" && path[0] != "name" && path[0] != "model";
  }
  return is_norender_key(path, 0);
}

class FileLoader {
 public:
  FileLoader(const Project& project, Arena& arena) : project_(project), arena_(arena) {}

  Loaded load(const SourceFile& file) {
    Loaded out;
    out.file = &file;
    auto document = yaml::load(file.text);
    if (!document) {
      const auto& error = document.error();
      Finding finding{Severity::Error, "yaml-syntax", error.message, 0, 1, {}};
      if (error.where) {
        finding.message =
            fmt::format("syntax error near line {}: {}", error.where->line, error.message);
        finding.line = error.where->line;
        finding.column = error.where->column;
      }
      out.findings.push_back(std::move(finding));
      return out;
    }
    out.document = std::move(*document);
    for (const auto& duplicate : out.document->duplicates) {
      out.findings.push_back({Severity::Warning,
                              "duplicate-key",
                              fmt::format("duplicate key `{}`: the last value wins", duplicate.key),
                              duplicate.line,
                              duplicate.column,
                              {}});
    }
    const yaml::Value& root = *out.document->root;
    if (root.is_null()) return out;
    if (!root.is_map()) {
      add(out, &root, "properties-file", "the file must be a mapping of sections");
      return out;
    }
    for (const auto& entry : root.entries) read_section(out, *entry.key, *entry.value);
    return out;
  }

 private:
  static void add(Loaded& out, const yaml::Value* at, std::string code, std::string message,
                  Severity severity = Severity::Error, std::string hint = {}) {
    out.findings.push_back(
        {severity, std::move(code), std::move(message), at->line, at->column, std::move(hint)});
  }

  void read_section(Loaded& out, const yaml::Value& key, const yaml::Value& value) {
    const std::string_view name = key.text;
    if (name == "version" || name == "anchors") return;
    const auto known = std::find(std::begin(kSections), std::end(kSections), name);
    if (known == std::end(kSections)) {
      std::vector<std::string> names(std::begin(kSections), std::end(kSections));
      add(out, &key, "unknown-section",
          fmt::format("unknown section `{}` is ignored", yaml::to_python_text(key)),
          Severity::Warning,
          fmt::format("known are {}{}", join(names, ", "), did_you_mean(name, names)));
      return;
    }
    if (value.is_null()) return;
    if (!value.is_list()) {
      add(out, &value, "section-kind", fmt::format("the value of `{}` is not a list", name));
      return;
    }
    for (const auto* item : value.items)
      read_entry(out, *known == "tests" ? "data_tests" : *known, *item);
  }

  void read_entry(Loaded& out, std::string_view section, const yaml::Value& item) {
    if (!item.is_map()) {
      add(out, &item, "entry-kind",
          fmt::format("a list element for `{}` is not a dictionary", section));
      return;
    }
    const yaml::Value* name = item.find("name");
    if (name == nullptr || name->is_null()) {
      add(out, &item, "entry-name",
          fmt::format("a list element for `{}` does not have a `name`", section));
      return;
    }
    RenderHost host(project_, out.file->package);
    host.is_yaml = true;
    const auto renderer = [&](std::string_view text) {
      return project_.contexts->render_yaml(text, host, arena_);
    };
    const auto data = render_data(
        from_yaml(item, arena_), renderer,
        [&](const KeyPath& path) { return is_rendered_later(section, path); }, arena_);
    if (!data) {
      add(out, &item, "template", describe(data.error()));
      return;
    }
    if (!check_lists(out, section, item)) return;
    out.entries.push_back({section, &item, arena_.copy(to_python(data->get("name"))), *data});
  }

  // `columns`, `tests`, … must be lists.
  static bool check_lists(Loaded& out, std::string_view section, const yaml::Value& item) {
    bool good = true;
    const auto check = [&](const yaml::Value& map, const char* key) {
      const yaml::Value* found = map.find(key);
      if (found == nullptr || found->is_null() || found->is_list()) return;
      add(out, found, "entry-kind",
          fmt::format("invalid {} config: `{}` is not a list", section, key));
      good = false;
    };
    const auto check_tests = [&](const yaml::Value& map) {
      check(map, "tests");
      check(map, "data_tests");
      if (map.find("tests") != nullptr && map.find("data_tests") != nullptr) {
        add(out, map.find("tests"), "tests-twice",
            "invalid test config: cannot have both `tests` and `data_tests` defined");
        good = false;
      }
    };
    const auto check_columns = [&](const yaml::Value& map) {
      check(map, "columns");
      const yaml::Value* columns = map.find("columns");
      if (columns == nullptr || !columns->is_list()) return;
      for (const auto* column : columns->items) {
        if (column->is_map()) check_tests(*column);
      }
    };
    check_tests(item);
    check_columns(item);
    check(item, "tables");
    const yaml::Value* tables = item.find("tables");
    if (section == "sources" && tables != nullptr && tables->is_list()) {
      for (const auto* table : tables->items) {
        if (!table->is_map() || table->find("name") == nullptr) {
          add(out, table, "entry-name", "a table of a source has no `name`");
          good = false;
          continue;
        }
        check_tests(*table);
        check_columns(*table);
      }
    }
    return good;
  }

  const Project& project_;
  Arena& arena_;
};

// Moves top-level keys that are configs into the config, as dbt does.
void normalize_config(LoadState& state, Patch& patch) {
  Arena& arena = state.project.arena();
  MapBuilder config(patch.data.get("config"));
  for (const char* key : {"meta", "docs", "access", "group", "contract"}) {
    const Data* outer = patch.data.find(key);
    if (outer == nullptr) continue;
    if (config.find(key) != nullptr) {
      report_at(
          state.project, Severity::Error, "config-twice",
          fmt::format("found `{}` in `config` and as a top-level key of `{}`", key, patch.name),
          *patch.file, patch.value, "remove the top-level key and define it under `config`");
      continue;
    }
    config.set(key, *outer);
  }
  patch.config = config.build(arena);
}

bool is_patch_section(std::string_view section) {
  return section == "models" || section == "seeds" || section == "snapshots" ||
         section == "analyses" || section == "data_tests" || section == "functions" ||
         section == "macros";
}

void add_patch(LoadState& state, const Loaded& loaded, const Entry& entry) {
  Patch patch;
  patch.file = loaded.file;
  patch.value = entry.value;
  patch.package = loaded.file->package;
  patch.section = entry.section;
  patch.name = entry.name;
  patch.data = entry.data;
  normalize_config(state, patch);
  const std::string key = fmt::format("{}/{}/{}", patch.package, patch.section, patch.name);
  const auto found = state.patches.find(key);
  if (found != state.patches.end()) {
    report_at(state.project, Severity::Error, "duplicate-properties",
              fmt::format("found two entries for `{}` in section `{}`: {} and {}", patch.name,
                          patch.section, found->second->file->path, patch.file->path),
              *patch.file, patch.value, "keep one of them");
    return;
  }
  state.patch_store.push_back(patch);
  if (is_patch_section(patch.section)) state.patches[key] = &state.patch_store.back();
}

}  // namespace

void load_properties(LoadState& state) {
  Project& project = state.project;
  std::vector<const SourceFile*> files;
  for (const auto& package : project.packages) {
    for (const auto& file : package->files) {
      if (file.kind == FileKind::Properties) files.push_back(&file.source);
    }
  }
  const std::size_t first_arena = project.arenas.size();
  constexpr std::size_t kChunk = 8;
  const std::size_t chunks = (files.size() + kChunk - 1) / kChunk;
  for (std::size_t i = 0; i < chunks; ++i) project.arenas.emplace_back();
  std::vector<Loaded> loaded(files.size());
  const auto done =
      parallel_for(chunks, project.options.parse_threads, [&](std::size_t chunk) -> Result<void> {
        FileLoader loader(project, project.arenas[first_arena + chunk]);
        const std::size_t end = std::min(files.size(), (chunk + 1) * kChunk);
        for (std::size_t i = chunk * kChunk; i < end; ++i) loaded[i] = loader.load(*files[i]);
        return ok();
      });
  (void)done;  // the body never fails
  for (auto& one : loaded) {
    for (auto& finding : one.findings) {
      project.report(finding.severity, finding.code, finding.message, one.file, finding.line,
                     finding.column, finding.hint);
    }
    for (const auto& entry : one.entries) add_patch(state, one, entry);
    if (one.document) project.documents.push_back(std::move(*one.document));
  }
}

void load_docs(LoadState& state) {
  Project& project = state.project;
  jinja::BlockOptions options;
  options.allowed = {"docs"};
  std::unordered_map<std::string_view, const DocBlock*> seen;
  for (const auto& package : project.packages) {
    for (const auto& [kind, source] : package->files) {
      if (kind != FileKind::Doc || source.text.find("{%") == std::string::npos) continue;
      const auto blocks = jinja::extract_blocks(source.text, options);
      if (!blocks) {
        const auto& error = blocks.error();
        project.report(Severity::Error, "docs-syntax", error.message, &source,
                       error.where ? error.where->line : 0);
        continue;
      }
      Arena& arena = project.arena();
      for (const auto& block : *blocks) {
        DocBlock doc;
        doc.name = arena.copy(block.name);
        doc.package_name = package->name;
        doc.path = source.relative;
        doc.original_path = source.path;
        doc.unique_id = arena.copy(fmt::format("doc.{}.{}", package->name, block.name));
        doc.contents = trim(block.contents);
        const auto found = seen.find(doc.unique_id);
        if (found != seen.end()) {
          project.report(Severity::Error, "duplicate-name",
                         fmt::format("found two docs with the name `{}`: {} ({}) and {} ({})",
                                     doc.name, doc.unique_id, doc.original_path, doc.unique_id,
                                     found->second->original_path),
                         &source, block.line, 1, "change the name of one of them");
          continue;
        }
        project.docs.push_back(doc);
        seen.emplace(project.docs.back().unique_id, &project.docs.back());
      }
    }
  }
}

}  // namespace tarn::project
