// SPDX-License-Identifier: Apache-2.0
// Models, snapshots, seeds, analyses and singular tests: one node (or several) for each file.
#include <fmt/core.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/parallel.h"
#include "base/text.h"
#include "jinja/blocks.h"
#include "project/config.h"
#include "project/context/contexts.h"
#include "project/context/node_object.h"
#include "project/load.h"
#include "project/model_versions.h"
#include "project/node_parse.h"
#include "project/properties.h"
#include "project/python_model.h"
#include "project/static_scan.h"

namespace tarn::project {

namespace {

constexpr std::size_t kSeedHashMax = 1'048'576;  // dbt hashes larger seeds by path

// What one worker made of a file; findings are reported afterwards, in the order of files.
struct Draft {
  std::vector<Node> nodes;
  std::vector<NodeError> errors;
};

std::string_view stem_of(std::string_view relative) {
  const auto slash = relative.rfind('/');
  std::string_view name = slash == std::string_view::npos ? relative : relative.substr(slash + 1);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

ResourceType type_of(FileKind kind) {
  switch (kind) {
    case FileKind::Snapshot:
      return ResourceType::Snapshot;
    case FileKind::Seed:
      return ResourceType::Seed;
    case FileKind::Analysis:
      return ResourceType::Analysis;
    case FileKind::SingularTest:
      return ResourceType::Test;
    case FileKind::Function:
      return ResourceType::Function;
    default:
      return ResourceType::Model;
  }
}

std::string_view section_of(ResourceType type) {
  switch (type) {
    case ResourceType::Snapshot:
      return "snapshots";
    case ResourceType::Seed:
      return "seeds";
    case ResourceType::Analysis:
      return "analyses";
    case ResourceType::Test:
      return "data_tests";
    case ResourceType::Function:
      return "functions";
    default:
      return "models";
  }
}

// Parses files; one object for each worker.
class FileParser {
 public:
  FileParser(LoadState& state, Arena& arena)
      : state_(state), project_(state.project), arena_(arena) {}

  Draft parse(FileKind kind, const SourceFile& file) {
    draft_ = {};
    switch (kind) {
      case FileKind::Snapshot:
        parse_snapshots(file);
        break;
      case FileKind::Seed:
        parse_seed(file);
        break;
      default:
        parse_sql(kind, file);
        break;
    }
    return std::move(draft_);
  }

  std::optional<std::uint64_t> digest(FileKind kind, const SourceFile& file) {
    const Node node = make_sql_node(kind, file, arena_.copy(stem_of(file.relative)));
    ParseRecord record(arena_);
    if (parse_template(project_, node, record, 1)) return std::nullopt;
    return digest_of(record, record.config.build(arena_));
  }

 private:
  Node make_node(ResourceType type, const SourceFile& file, std::string_view name) {
    Node node;
    node.type = type;
    node.package = file.package;
    node.file = &file;
    node.name = name;
    node.package_name = project_.packages[file.package]->name;
    node.path = file.relative;
    node.original_path = file.path;
    node.raw_code = trim(file.text);
    node.database = project_.profile.database;
    node.schema = project_.profile.schema;
    node.alias = name;
    node.checksum = arena_.copy(to_hex(sha256(node.raw_code)));
    node.fqn = make_fqn(arena_, node.package_name, file.relative, name);
    node.unique_id = arena_.copy(fmt::format("{}.{}.{}", to_string(type), node.package_name, name));
    return node;
  }

  const Patch* patch_of(const Node& node) const {
    if (node.version.is_null()) {
      return find_patch(state_, node.package, section_of(node.type), node.name);
    }
    return find_patch(state_, node.package, "models",
                      fmt::format("{}.{}", node.name, node.fqn.back()));
  }

  void finish(Node node, std::uint32_t first_line) {
    ParseRecord record(arena_);
    if (node.language == "sql") {
      if (auto error = parse_template(project_, node, record, first_line)) {
        draft_.errors.push_back(std::move(*error));
        return;
      }
    } else if (auto scanned = scan_python_model(node.raw_code, node, record); !scanned) {
      draft_.errors.push_back({node.file, 1, 1, describe(scanned.error()), {}, "python-model"});
      return;
    }
    const Data calls = record.config.build(arena_);
    if (is_replaceable_) node.parse_digest = digest_of(record, calls);
    take_record(node, record);
    const Patch* patch = patch_of(node);
    const Data* patch_config = patch != nullptr ? &patch->config : nullptr;
    const auto applied = apply_config(project_, node, patch_config, &calls, arena_);
    if (!applied) {
      draft_.errors.push_back(
          {node.file,
           first_line,
           1,
           fmt::format("in {} {}: {}", to_string(node.type), node.name, describe(applied.error())),
           {},
           "config"});
      return;
    }
    if (patch != nullptr) {
      if (auto error = apply_properties(project_, node, *patch, arena_)) {
        draft_.errors.push_back(std::move(*error));
      }
    }
    draft_.nodes.push_back(std::move(node));
  }

  // Everything that the rest of parsing takes from a template.
  static std::uint64_t digest_of(const ParseRecord& record, const Data& calls) {
    std::string text;
    const auto add = [&](std::string_view part) {
      text += part;
      text += '\x1f';
    };
    for (const auto& ref : record.refs) {
      add(ref.package);
      add(ref.name);
      append_repr(text, ref.version);
      add("ref");
    }
    for (const auto& source : record.sources) {
      add(source.source);
      add(source.table);
      add("source");
    }
    for (const auto* lists : {&record.metrics, &record.functions}) {
      add("lists");
      for (const auto& list : *lists) {
        for (const auto part : list) add(part);
        add("end");
      }
    }
    add("macros");
    for (const auto macro : record.macros) add(macro);
    append_repr(text, calls);
    return std::max<std::uint64_t>(fast_hash(text), 1);
  }

  void parse_sql(FileKind kind, const SourceFile& file) {
    const ResourceType type = type_of(kind);
    std::string_view name = arena_.copy(stem_of(file.relative));
    const VersionEntry* version = nullptr;
    if (type == ResourceType::Model) {
      version = find_version(state_, file.package, name);
    }
    Node node = make_sql_node(kind, file, name);
    if (version != nullptr) become_version(node, *version, arena_);
    is_replaceable_ =
        version == nullptr && node.language == "sql" && type != ResourceType::Function;
    const auto first = file.text.find_first_not_of(" \t\r\n\v\f");
    const auto line =
        1 + std::count(file.text.begin(),
                       file.text.begin() +
                           static_cast<std::ptrdiff_t>(first == std::string::npos ? 0 : first),
                       '\n');
    finish(std::move(node), static_cast<std::uint32_t>(line));
    is_replaceable_ = false;
  }

  Node make_sql_node(FileKind kind, const SourceFile& file, std::string_view name) {
    Node node = make_node(type_of(kind), file, name);
    if (kind == FileKind::Analysis) {
      node.path = arena_.copy("analysis/" + file.relative);
      node.fqn.insert(node.fqn.begin() + 1, "analysis");
    }
    if (file.path.ends_with(".py")) node.language = "python";
    return node;
  }

  void parse_seed(const SourceFile& file) {
    const std::string_view name = arena_.copy(stem_of(file.relative));
    Node node = make_node(ResourceType::Seed, file, name);
    if (file.text.size() > kSeedHashMax) {
      node.checksum = file.path;
      node.checksum_kind = "path";
    }
    node.raw_code = {};
    finish(std::move(node), 1);
  }

  void parse_snapshots(const SourceFile& file) {
    jinja::BlockOptions options;
    options.allowed = {"snapshot"};
    const auto blocks = jinja::extract_blocks(file.text, options);
    if (!blocks) {
      const auto& error = blocks.error();
      draft_.errors.push_back(
          {&file, error.where ? error.where->line : 1, 1, error.message, {}, "snapshot-syntax"});
      return;
    }
    for (const auto& block : *blocks) {
      Node node = make_node(ResourceType::Snapshot, file, arena_.copy(block.name));
      node.raw_code = block.contents;
      node.line = block.line;
      // The file is one more level.
      node.fqn.insert(node.fqn.end() - 1, arena_.copy(stem_of(file.relative)));
      finish(std::move(node), block.line);
    }
  }

  LoadState& state_;
  Project& project_;
  Arena& arena_;
  Draft draft_;
  bool is_replaceable_ = false;
};

void check_snapshot(Project& project, const Node& node) {
  const auto value = [&](const char* field) { return config_value(node.type, node.config, field); };
  std::string problem;
  const Data strategy = value("strategy");
  if (!strategy.truthy() || !value("unique_key").truthy()) {
    problem = "snapshots must be configured with a `strategy` and `unique_key`";
  } else if (value("materialized").text() != "snapshot") {
    problem = "a snapshot must have a materialized value of `snapshot`";
  } else if (strategy.text() == "check" && !value("check_cols").truthy()) {
    problem =
        "a snapshot configured with the check strategy must specify a `check_cols` "
        "configuration";
  } else if (strategy.text() == "timestamp" && !value("updated_at").truthy()) {
    problem =
        "a snapshot configured with the timestamp strategy must specify an `updated_at` "
        "configuration";
  }
  if (problem.empty()) return;
  project.report(Severity::Error, "snapshot-config",
                 fmt::format("in snapshot {}: {}", node.name, problem), node.file, node.line);
}

}  // namespace

std::optional<std::uint64_t> digest_file(LoadState& state, FileKind kind, const SourceFile& file) {
  return FileParser(state, state.project.arena()).digest(kind, file);
}

void add_parsed_node(LoadState& state, Node node) {
  Project& project = state.project;
  if (node.type == ResourceType::Snapshot && node.enabled) check_snapshot(project, node);
  add_node(project, std::move(node));
}

void parse_nodes(LoadState& state) {
  Project& project = state.project;
  std::vector<const PackageFile*> files;
  for (const auto& package : project.packages) {
    for (const auto& file : package->files) {
      switch (file.kind) {
        case FileKind::Model:
        case FileKind::Snapshot:
        case FileKind::Seed:
        case FileKind::Analysis:
        case FileKind::SingularTest:
        case FileKind::Function:
          files.push_back(&file);
          break;
        default:
          break;
      }
    }
  }
  index_versions(state, files);
  constexpr std::size_t kChunk = 32;
  const std::size_t chunks = (files.size() + kChunk - 1) / kChunk;
  const std::size_t first_arena = project.arenas.size();
  for (std::size_t i = 0; i < chunks; ++i) project.arenas.emplace_back();
  std::vector<Draft> drafts(files.size());
  const auto done =
      parallel_for(chunks, project.options.parse_threads, [&](std::size_t chunk) -> Result<void> {
        FileParser parser(state, project.arenas[first_arena + chunk]);
        const std::size_t end = std::min(files.size(), (chunk + 1) * kChunk);
        for (std::size_t i = chunk * kChunk; i < end; ++i) {
          drafts[i] = parser.parse(files[i]->kind, files[i]->source);
        }
        return ok();
      });
  (void)done;  // the body never fails
  for (auto& draft : drafts) {
    for (auto& error : draft.errors) report_node_error(project, error);
    for (auto& node : draft.nodes) add_parsed_node(state, std::move(node));
  }
}

}  // namespace tarn::project
