// SPDX-License-Identifier: Apache-2.0
// dbt_project.yml: names, folders, configs of resources, vars, hooks, dispatch.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "project/data.h"

namespace tarn::project {

struct DispatchRule {
  std::string macro_namespace;
  std::vector<std::string> search_order;
};

// Renders one text of a YAML file with the names that the file may use, keeping types.
using TextRenderer = std::function<Result<Data>(std::string_view text)>;

// Data lives in the arena that was given to read_project_file().
struct ProjectFile {
  std::string path;
  std::string name;
  std::string version;
  std::string profile;
  std::vector<std::string> model_paths, seed_paths, test_paths, analysis_paths, macro_paths,
      snapshot_paths, docs_paths, asset_paths, function_paths;
  std::string target_path, log_path, packages_path;
  std::vector<std::string> clean_targets;
  Data vars;
  Data flags;
  Data query_comment;
  std::vector<std::string> on_run_start, on_run_end;
  std::vector<DispatchRule> dispatch;
  std::vector<std::string> require_dbt_version;
  Data quoting;
  Data rendered;    // the whole file after rendering
  Data unrendered;  // as written

  // The tree of configs of a kind: `models`, `seeds`, `data_tests`, …; Null if there is none.
  Data configs(std::string_view key) const { return rendered.get(key); }
  Data unrendered_configs(std::string_view key) const { return unrendered.get(key); }
};

// `file` is how messages name it. Unknown keys are errors as in dbt 1.x; findings that are no
// errors go to `diagnostics`.
Result<ProjectFile> read_project_file(std::string_view text, const std::string& file,
                                      const TextRenderer& render, Arena& arena,
                                      Diagnostics& diagnostics);

// All texts of `data` rendered, except below keys for which `skip` says true (path of keys).
using KeyPath = std::vector<std::string_view>;
Result<Data> render_data(const Data& data, const TextRenderer& render,
                         const std::function<bool(const KeyPath&)>& skip, Arena& arena);

// The error of a YAML text as dbt words it: file, `syntax error near line 3`, excerpt.
Error yaml_error(const Error& error, std::string_view text, std::string_view file);

}  // namespace tarn::project
