// SPDX-License-Identifier: Apache-2.0
#include "conformance/project_pack.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "yaml/load.h"

namespace tarn::conformance {

namespace fs = std::filesystem;

Result<std::unique_ptr<WorkFolder>> WorkFolder::make() {
  std::string pattern = (fs::temp_directory_path() / "tarn-judge-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return unavailable("cannot make a folder {}", pattern);
  auto out = std::make_unique<WorkFolder>();
  out->path_ = pattern;
  return out;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<void> copy_tree(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::create_directories(to, error);
  for (const auto& entry : TRY(list_files(from))) {
    const fs::path target = fs::path(to) / entry.path;
    fs::create_directories(target.parent_path(), error);
    fs::copy_file(fs::path(from) / entry.path, target, fs::copy_options::overwrite_existing, error);
    if (error) return unavailable("cannot copy {}: {}", entry.path, error.message());
    fs::permissions(target, fs::perms::owner_write, fs::perm_options::add, error);
  }
  return ok();
}

Result<void> install_local_packages(const std::string& project) {
  const std::string file = project + "/packages.yml";
  if (!path_exists(file)) return ok();
  const std::string text = TRY(read_file(file));
  const auto document = TRY(yaml::load(text));
  const auto* packages = document.root->find("packages");
  if (packages == nullptr) return ok();
  for (const auto* item : packages->items) {
    const auto* local = item->find("local");
    if (local == nullptr) continue;
    const std::string folder = project + "/" + std::string(local->text);
    const std::string name = fs::path(folder).filename().string();
    TRY(copy_tree(folder, project + "/dbt_packages/" + name));
  }
  return ok();
}

// `--select=x` is `--select x`.
static std::vector<std::string> split_values(const std::vector<std::string>& given) {
  std::vector<std::string> words;
  for (const auto& word : given) {
    const auto equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    words.push_back(word.substr(0, equals));
    if (equals != std::string::npos) words.push_back(word.substr(equals + 1));
  }
  return words;
}

static bool set_flag(const std::string& word, project::LoadOptions& options) {
  if (word == "--full-refresh") return options.full_refresh = true;
  if (word == "--empty") return options.empty = true;
  if (word == "--warn-error") return options.warnings.warn_error = true;
  return false;
}

Result<CommandLine> parse_words(const std::vector<std::string>& given) {
  const std::vector<std::string> words = split_values(given);
  CommandLine out;
  const auto is_option = [&](std::size_t at) {
    return words[at].size() > 1 && words[at][0] == '-' &&
           !(words[at][1] >= '0' && words[at][1] <= '9');
  };
  bool has_models = false, has_select = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const auto many = [&](std::vector<std::string>& list) {
      while (i + 1 < words.size() && !is_option(i + 1)) list.push_back(words[++i]);
    };
    const auto one = [&]() -> std::string { return i + 1 < words.size() ? words[++i] : ""; };
    if (word == "--select" || word == "-s" || word == "--models" || word == "-m") {
      (word == "--models" || word == "-m" ? has_models : has_select) = true;
      many(out.selection.select);
    } else if (word == "--exclude") {
      many(out.selection.exclude);
    } else if (word == "--selector") {
      out.selection.selector = one();
    } else if (word == "--state") {
      out.selection.state = one();
    } else if (word == "--resource-type" || word == "--resource-types") {
      many(out.selection.resource_types);
    } else if (word == "--exclude-resource-type" || word == "--exclude-resource-types") {
      many(out.selection.exclude_resource_types);
    } else if (word == "--indirect-selection") {
      out.load.indirect = TRY(project::parse_indirect_selection(one()));
    } else if (word == "--output") {
      out.output = one();
    } else if (word == "--output-keys") {
      many(out.output_keys);
    } else if (word == "--vars") {
      out.load.vars = one();
    } else if (word == "--target" || word == "-t") {
      out.load.target = one();
    } else if (word == "--profile") {
      out.load.profile = one();
    } else if (set_flag(word, out.load)) {
      continue;
    } else if (word == "--inline") {
      out.inline_sql = one();
    } else if (word == "--args") {
      out.macro_args = one();
    } else if (word == "--quiet" || word == "-q") {
      continue;
    } else if (is_option(i)) {
      return invalid_input("no such option `{}`", word);
    } else if (out.command.empty()) {
      out.command = word;
    } else if (out.command == "run-operation" && out.macro.empty()) {
      out.macro = word;
    } else {
      return invalid_input("unexpected argument `{}`", word);
    }
  }
  if (has_models && has_select) {
    return invalid_input("`models` and `select` are mutually exclusive arguments");
  }
  if (!has_models) return out;
  if (!out.selection.resource_types.empty()) {
    return invalid_input("`models` and `resource_type` are mutually exclusive arguments");
  }
  out.selection.resource_types = {"model"};
  return out;
}

}  // namespace tarn::conformance
