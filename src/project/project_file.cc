// SPDX-License-Identifier: Apache-2.0
#include "project/project_file.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "yaml/load.h"

namespace tarn::project {

namespace {

constexpr std::string_view kKnownKeys[] = {"name",
                                           "version",
                                           "config-version",
                                           "profile",
                                           "project-root",
                                           "model-paths",
                                           "seed-paths",
                                           "test-paths",
                                           "analysis-paths",
                                           "macro-paths",
                                           "snapshot-paths",
                                           "docs-paths",
                                           "asset-paths",
                                           "function-paths",
                                           "target-path",
                                           "log-path",
                                           "clean-targets",
                                           "packages-install-path",
                                           "quoting",
                                           "on-run-start",
                                           "on-run-end",
                                           "require-dbt-version",
                                           "dispatch",
                                           "models",
                                           "seeds",
                                           "snapshots",
                                           "analyses",
                                           "sources",
                                           "tests",
                                           "data_tests",
                                           "unit_tests",
                                           "metrics",
                                           "semantic-models",
                                           "saved-queries",
                                           "exposures",
                                           "functions",
                                           "vars",
                                           "packages",
                                           "query-comment",
                                           "restrict-access",
                                           "flags",
                                           "dbt-cloud",
                                           "validate-args",
                                           "source-paths",
                                           "data-paths",
                                           "modules-path"};

Result<Data> render_value(const Data& data, const TextRenderer& render,
                          const std::function<bool(const KeyPath&)>& skip, Arena& arena,
                          KeyPath& path) {
  if (skip && skip(path)) return data;
  switch (data.kind) {
    case DataKind::Text:
      if (data.text().find('{') == std::string_view::npos) return data;
      return render(data.text());
    case DataKind::List: {
      std::vector<Data> items;
      items.reserve(data.size);
      for (const auto& item : data.items()) {
        items.push_back(TRY(render_value(item, render, skip, arena, path)));
      }
      return make_list(arena, items);
    }
    case DataKind::Map: {
      std::vector<Member> members;
      members.reserve(data.size);
      for (const auto& [key, value] : data.members()) {
        path.push_back(key);
        auto rendered = render_value(value, render, skip, arena, path);
        path.pop_back();
        if (!rendered) return std::move(rendered).error();
        members.push_back({key, *rendered});
      }
      return Data(arena.copy(members));
    }
    default:
      return data;
  }
}

bool has_templates(const Data& data) {
  switch (data.kind) {
    case DataKind::Text:
      return data.text().find('{') != std::string_view::npos;
    case DataKind::List:
      return std::any_of(data.items().begin(), data.items().end(), has_templates);
    case DataKind::Map:
      return std::any_of(data.members().begin(), data.members().end(),
                         [](const Member& member) { return has_templates(member.value); });
    default:
      return false;
  }
}

std::vector<std::string> text_list(const Data& data) {
  std::vector<std::string> out;
  if (data.is_text()) out.emplace_back(data.text());
  for (const auto& item : data.items()) {
    if (item.is_text()) out.emplace_back(item.text());
  }
  return out;
}

// Hooks may be maps with `sql`.
std::vector<std::string> hook_list(const Data& data) {
  if (data.is_map()) return text_list(data.get("sql"));
  std::vector<std::string> out;
  if (data.is_text()) out.emplace_back(data.text());
  for (const auto& item : data.items()) {
    const Data sql = item.is_map() ? item.get("sql") : item;
    if (sql.is_text()) out.emplace_back(sql.text());
  }
  return out;
}

Result<std::vector<std::string>> paths_of(const Data& file, std::string_view key,
                                          std::vector<std::string> fallback) {
  const Data* found = file.find(key);
  if (found == nullptr || found->is_null()) return fallback;
  if (!found->is_list()) return invalid_input("`{}` must be a list of folders", key);
  auto out = text_list(*found);
  for (auto& path : out) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (path.starts_with("./")) path.erase(0, 2);
  }
  return out;
}

Result<std::vector<DispatchRule>> dispatch_of(const Data& file) {
  std::vector<DispatchRule> out;
  const Data list = file.get("dispatch");
  if (list.is_null()) return out;
  if (!list.is_list()) return invalid_input("`dispatch` must be a list");
  for (const auto& item : list.items()) {
    const Data name = item.get("macro_namespace");
    const Data order = item.get("search_order");
    if (!name.is_text() || !order.is_list()) {
      return invalid_input("invalid project dispatch config: `{}`", to_python(item));
    }
    out.push_back({std::string(name.text()), text_list(order)});
  }
  return out;
}

Result<void> check_keys(const Data& file) {
  std::vector<std::string> known(std::begin(kKnownKeys), std::end(kKnownKeys));
  for (const auto& member : file.members()) {
    if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
    return invalid_input("additional properties are not allowed (`{}` was unexpected){}",
                         member.key, did_you_mean(member.key, known));
  }
  return ok();
}

// Names of projects are words: they stand in unique ids and templates.
bool is_project_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<void> check_vars(const yaml::Value& root) {
  const yaml::Value* vars = root.find("vars");
  if (vars == nullptr || vars->is_null()) return ok();
  if (!vars->is_map()) return invalid_input("`vars` must be a mapping");
  for (const auto& entry : vars->entries) {
    if (entry.key->kind == yaml::Kind::Text) continue;
    return invalid_input("keys of `vars` must be texts, not `{}`: write it in quotes",
                         yaml::to_python_text(*entry.key));
  }
  return ok();
}

bool is_norender(const KeyPath& path) {
  if (path.empty()) return false;
  const std::string_view first = path[0];
  if (first == "on-run-start" || first == "on-run-end" || first == "query-comment" ||
      first == "vars") {
    return true;
  }
  if (path.size() < 2) return false;
  const std::string_view last = path.back();
  const bool is_config = first == "models" || first == "seeds" || first == "snapshots" ||
                         first == "data_tests" || first == "tests" || first == "unit_tests";
  if (!is_config) return false;
  std::string_view name = last;
  if (name.starts_with('+')) name.remove_prefix(1);
  return name == "pre-hook" || name == "post-hook" || name == "pre_hook" || name == "post_hook";
}

Result<void> fill_paths(ProjectFile& out, const Data& file) {
  out.model_paths = TRY(paths_of(file, "model-paths", {"models"}));
  out.seed_paths = TRY(paths_of(file, "seed-paths", {"seeds"}));
  out.test_paths = TRY(paths_of(file, "test-paths", {"tests"}));
  out.analysis_paths = TRY(paths_of(file, "analysis-paths", {"analyses"}));
  out.macro_paths = TRY(paths_of(file, "macro-paths", {"macros"}));
  out.snapshot_paths = TRY(paths_of(file, "snapshot-paths", {"snapshots"}));
  out.function_paths = TRY(paths_of(file, "function-paths", {"functions"}));
  out.asset_paths = TRY(paths_of(file, "asset-paths", {}));
  std::vector<std::string> everywhere;
  for (const auto* list : {&out.model_paths, &out.seed_paths, &out.snapshot_paths,
                           &out.analysis_paths, &out.macro_paths}) {
    everywhere.insert(everywhere.end(), list->begin(), list->end());
  }
  out.docs_paths = TRY(paths_of(file, "docs-paths", std::move(everywhere)));
  const auto text_or = [&](const char* key, const char* fallback) {
    const Data found = file.get(key);
    return found.is_text() ? std::string(found.text()) : std::string(fallback);
  };
  out.target_path = text_or("target-path", "target");
  out.log_path = text_or("log-path", "logs");
  out.packages_path = text_or("packages-install-path", "dbt_packages");
  out.clean_targets = TRY(paths_of(file, "clean-targets", {"target"}));
  return ok();
}

}  // namespace

Result<Data> render_data(const Data& data, const TextRenderer& render,
                         const std::function<bool(const KeyPath&)>& skip, Arena& arena) {
  if (!has_templates(data)) return data;
  KeyPath path;
  return render_value(data, render, skip, arena, path);
}

Error yaml_error(const Error& error, std::string_view text, std::string_view file) {
  Error out = invalid_input("{}", error.message);
  if (error.where) {
    out = invalid_input("syntax error near line {}: {}\n{}", error.where->line, error.message,
                        excerpt(text, *error.where));
    out.where = error.where;
  }
  out.context.push_back(fmt::format("while reading {}", file));
  return out;
}

Result<ProjectFile> read_project_file(std::string_view text, const std::string& file,
                                      const TextRenderer& render, Arena& arena,
                                      Diagnostics& diagnostics) {
  auto document = yaml::load(text);
  if (!document) return yaml_error(document.error(), text, file);
  const auto fail = [&](Error error) {
    return std::move(error).with_context(fmt::format("while reading {}", file));
  };
  for (const auto& duplicate : document->duplicates) {
    Diagnostic finding;
    finding.severity = Severity::Warning;
    finding.code = "duplicate-key";
    finding.message = fmt::format("duplicate key `{}`: the last value wins", duplicate.key);
    finding.file = file;
    finding.where = yaml::span_at(text, duplicate.line, duplicate.column);
    finding.excerpt = excerpt(text, *finding.where);
    diagnostics.add(std::move(finding));
  }
  if (!document->root->is_map()) return fail(invalid_input("the project file must be a mapping"));
  if (auto checked = check_vars(*document->root); !checked) return fail(checked.error());
  ProjectFile out;
  out.path = file;
  out.unrendered = copy_data(from_yaml(*document->root, arena), arena);
  auto rendered = render_data(out.unrendered, render, is_norender, arena);
  if (!rendered) return fail(rendered.error());
  out.rendered = *rendered;
  const Data& data = out.rendered;
  if (auto checked = check_keys(data); !checked) return fail(checked.error());
  if (!data.get("name").is_text()) {
    return fail(invalid_input("required `name` field is not present in the project"));
  }
  out.name = data.get("name").text();
  if (!is_project_name(out.name)) {
    return fail(invalid_input("`{}` is not a valid project name: letters, digits and underscores",
                              out.name));
  }
  const Data version = data.get("version");
  if (!version.is_null()) out.version = to_python(version);
  out.profile = data.get("profile").text();
  if (auto filled = fill_paths(out, data); !filled) return fail(filled.error());
  out.vars = data.get("vars");
  out.flags = data.get("flags");
  out.query_comment = data.get("query-comment");
  out.quoting = data.get("quoting");
  out.on_run_start = hook_list(data.get("on-run-start"));
  out.on_run_end = hook_list(data.get("on-run-end"));
  out.require_dbt_version = text_list(data.get("require-dbt-version"));
  auto dispatch = dispatch_of(data);
  if (!dispatch) return fail(dispatch.error());
  out.dispatch = std::move(*dispatch);
  return out;
}

}  // namespace tarn::project
