// SPDX-License-Identifier: Apache-2.0
#include "project/selection/method.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "project/config.h"

namespace tarn::project {

namespace {

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?[]") != std::string_view::npos;
}

bool is_selected_fqn(std::span<const std::string_view> fqn, std::string_view selector,
                     bool is_versioned) {
  const auto parts = split(selector, '.');
  if (is_versioned && fqn.size() >= 2) {
    const auto name = fqn[fqn.size() - 2];
    const auto version = fqn[fqn.size() - 1];
    if (name == selector) return true;
    const std::string joined = std::string(name) + "_" + std::string(version);
    std::string asked(parts.back());
    if (parts.size() >= 2) asked = std::string(parts[parts.size() - 2]) + "_" + asked;
    if (joined == asked) return true;
    if (has_wildcard(selector) && matches_glob(selector, name)) return true;
  } else if (fqn.back() == selector) {
    return true;
  }
  std::vector<std::string_view> flat;
  for (const auto segment : fqn) {
    for (const auto part : split(segment, '.')) flat.push_back(part);
  }
  if (flat.size() < parts.size()) return false;
  // A pattern may match the name alone.
  if (has_wildcard(selector) && matches_glob(selector, flat.back())) return true;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (has_wildcard(parts[i])) {
      const auto rest = [i](const std::vector<std::string_view>& all) {
        std::string out;
        for (std::size_t k = i; k < all.size(); ++k) {
          if (k != i) out += '.';
          out += all[k];
        }
        return out;
      };
      return matches_glob(rest(parts), rest(flat));
    }
    if (flat[i] != parts[i]) return false;
  }
  return true;
}

bool matches_fqn(const Node& node, std::string_view selector) {
  if (node.type == ResourceType::Source || node.fqn.empty()) return false;
  const bool versioned = node.is_model() && !node.version.is_null();
  const std::span<const std::string_view> fqn(node.fqn);
  if (is_selected_fqn(fqn, selector, versioned)) return true;
  return fqn.size() > 1 && is_selected_fqn(fqn.subspan(1), selector, versioned);
}

// Path.glob: parts match one by one, `**` any number of them.
bool matches_path(std::span<const std::string_view> pattern,
                  std::span<const std::string_view> path) {
  if (pattern.empty()) return path.empty();
  if (pattern[0] == "**") {
    for (std::size_t skip = 0; skip <= path.size(); ++skip) {
      if (matches_path(pattern.subspan(1), path.subspan(skip))) return true;
    }
    return false;
  }
  return !path.empty() && matches_glob(pattern[0], path[0]) &&
         matches_path(pattern.subspan(1), path.subspan(1));
}

class PathMethod {
 public:
  PathMethod(std::string_view selector, const SelectionInput& input) : input_(input) {
    for (const auto part : split(selector, '/')) {
      if (!part.empty() && part != ".") pattern_.push_back(part);
    }
  }

  // `path` itself, or one of its folders.
  bool matches(std::string_view path, bool with_folders) {
    if (path.empty()) return false;
    std::vector<std::string_view> parts;
    for (const auto part : split(path, '/')) {
      if (!part.empty()) parts.push_back(part);
    }
    if (is_match(std::span(parts))) return true;
    if (!with_folders) return false;
    for (std::size_t size = 0; size < parts.size(); ++size) {
      if (is_match(std::span(parts).first(size))) return true;
    }
    return false;
  }

 private:
  bool is_match(std::span<const std::string_view> parts) {
    if (!matches_path(pattern_, parts)) return false;
    std::string path;
    for (const auto part : parts) {
      if (!path.empty()) path += '/';
      path += part;
    }
    if (path.empty()) path = ".";
    const auto [found, fresh] = known_.emplace(path, false);
    if (fresh) found->second = !input_.path_exists || input_.path_exists(path);
    return found->second;
  }

  const SelectionInput& input_;
  std::vector<std::string_view> pattern_;
  std::unordered_map<std::string, bool> known_;
};

std::string_view file_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view file_stem(std::string_view path) {
  const std::string_view name = file_name(path);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

bool matches_source(const Node& node, const std::vector<std::string_view>& parts) {
  if (node.type != ResourceType::Source) return false;
  std::string_view package = "*";
  std::string_view table;
  std::size_t at = 0;
  if (parts.size() == 3) package = parts[at++];
  const std::string_view source = parts[at++];
  if (at < parts.size()) table = parts[at];
  return matches_glob(package, node.package_name) &&
         matches_glob(source, node.body.get("source_name").text()) &&
         (table.empty() || matches_glob(table, node.name));
}

// `name` or `package.name` of exposures, metrics, unit tests, ….
bool matches_named(const Node& node, ResourceType type,
                   const std::vector<std::string_view>& parts) {
  if (node.type != type) return false;
  const std::string_view package = parts.size() == 2 ? parts[0] : std::string_view("*");
  return matches_glob(package, node.package_name) && matches_glob(parts.back(), node.name);
}

bool is_true_word(std::string_view text) { return equals_ignore_case(text, "true"); }
bool is_false_word(std::string_view text) { return equals_ignore_case(text, "false"); }

bool is_same_bool(const Data& value, std::string_view text) {
  return value.kind == DataKind::Bool && ((value.integer != 0 && is_true_word(text)) ||
                                          (value.integer == 0 && is_false_word(text)));
}

bool matches_config(const Node& node, const Criterion& criterion) {
  if (node.type == ResourceType::Exposure || node.type == ResourceType::Metric ||
      node.type == ResourceType::SemanticModel || node.type == ResourceType::SavedQuery ||
      node.type == ResourceType::UnitTest || criterion.arguments.empty()) {
    return false;
  }
  Data value = config_value(node.type, node.config, criterion.arguments[0]);
  for (std::size_t i = 1; i < criterion.arguments.size(); ++i) {
    const Data* inner = value.find(criterion.arguments[i]);
    if (inner == nullptr) return false;
    value = *inner;
  }
  const std::string_view text = criterion.value;
  const bool typed = !criterion.typed_value.is_null();
  const auto same = [&](const Data& item) {
    if (is_same_bool(item, text)) return true;
    if (typed) return item == criterion.typed_value;
    if (!item.is_text()) return false;
    if (criterion.arguments.size() == 1 && criterion.arguments[0] == "severity") {
      return equals_ignore_case(item.text(), text);
    }
    return item.text() == text;
  };
  if (value.is_list()) return std::any_of(value.items().begin(), value.items().end(), same);
  if (value.is_map()) return value.find(text) != nullptr;
  return same(value);
}

Result<bool> matches_version(const Node& node, std::string_view selector) {
  if (selector != "latest" && selector != "prerelease" && selector != "old" && selector != "none") {
    return invalid_input(
        "invalid version type selector `{}`: expected one of: latest, prerelease, old, none",
        selector);
  }
  if (!node.is_model()) return false;
  if (selector == "none") return node.version.is_null();
  if (node.version.is_null()) return false;
  if (selector == "latest") return node.version == node.latest_version;
  if (node.latest_version.is_null()) return false;
  const auto number = [](const Data& data) -> std::optional<double> {
    return parse_double(to_python(data));
  };
  const auto mine = number(node.version);
  const auto latest = number(node.latest_version);
  int order = 0;
  if (mine && latest) {
    order = *mine < *latest ? -1 : (*mine > *latest ? 1 : 0);
  } else {
    order = to_python(node.version).compare(to_python(node.latest_version));
  }
  return selector == "prerelease" ? order > 0 : order < 0;
}

Result<bool> matches_test_type(const Node& node, std::string_view selector) {
  const bool is_test = node.type == ResourceType::Test;
  if (selector == "generic" || selector == "schema") return node.is_generic_test();
  if (selector == "singular") return is_test && node.test == nullptr;
  if (selector == "data") return is_test;
  if (selector == "unit") return node.type == ResourceType::UnitTest;
  return invalid_input("invalid test type selector `{}`: expected data, singular, unit or generic",
                       selector);
}

// The macros of the project that differ from an earlier manifest, and all that call them.
class ModifiedMacros {
 public:
  explicit ModifiedMacros(const SelectionInput& input) : input_(input) {
    const auto& before = input.previous->manifest->macro_texts;
    for (const auto& [id, macro] : *input.macros) {
      const auto found = before.find(id);
      if (macro->builtin) continue;  // other tools' manifests have other texts of these
      if (found == before.end() || found->second != macro->text) changed_.insert(id);
    }
  }

  bool reached_by(const std::vector<std::string_view>& macros) {
    for (const auto id : macros) {
      if (reaches(id)) return true;
    }
    return false;
  }

 private:
  bool reaches(std::string_view id) {
    const auto [found, fresh] = known_.emplace(id, false);
    if (!fresh) return found->second;
    bool result = changed_.contains(id);
    if (!result) {
      const auto macro = input_.macros->find(id);
      if (macro != input_.macros->end()) result = reached_by(macro->second->depends_macros);
    }
    return known_[id] = result;
  }

  const SelectionInput& input_;
  std::unordered_set<std::string_view> changed_;
  std::unordered_map<std::string_view, bool> known_;
};

constexpr std::string_view kStates[] = {"new",
                                        "old",
                                        "modified",
                                        "unmodified",
                                        "modified.body",
                                        "modified.configs",
                                        "modified.persisted_descriptions",
                                        "modified.relation",
                                        "modified.macros",
                                        "modified.contract"};

bool is_sql_node(const Node& node) { return node.is_executable(); }

bool is_modified(const Node* before, const Node& now, ModifiedMacros& macros) {
  if (macros.reached_by(now.depends_macros)) return true;
  if (before == nullptr) return true;
  return !StateComparison{*before, now}.same_contents();
}

bool matches_state(const Node* before, const Node& now, std::string_view state,
                   ModifiedMacros& macros) {
  if (state == "new") return before == nullptr;
  if (state == "old") return before != nullptr;
  if (state == "modified") return is_modified(before, now, macros);
  if (state == "unmodified") return !is_modified(before, now, macros);
  if (state == "modified.macros") return macros.reached_by(now.depends_macros);
  const bool is_source = now.type == ResourceType::Source;
  if (!is_sql_node(now)) {
    // Other kinds have only some of the comparisons.
    const bool has_config = state == "modified.configs" && now.type != ResourceType::UnitTest;
    if (!has_config && !(is_source && state == "modified.relation")) return false;
  }
  if (before == nullptr) return true;
  const StateComparison both{*before, now};
  if (state == "modified.body") return !both.same_body();
  if (state == "modified.configs") return !both.same_config();
  if (state == "modified.persisted_descriptions") return !both.same_descriptions();
  if (state == "modified.relation") return !both.same_relation();
  return !both.same_contract();
}

// A version of a model keeps what its contract promises; others may change at will.
Result<void> check_contract(const Node& before, const Node& now) {
  if (now.version.is_null()) return ok();
  const auto breaches = StateComparison{before, now}.contract_breaches();
  if (breaches.empty()) return ok();
  std::string text;
  for (const auto& line : breaches) text += "\n  - " + line;
  return invalid_input(
      "while comparing to the earlier project, a breaking change to the enforced contract of {} "
      "(version {}, {}) was found: consider a new version{}",
      now.unique_id, to_python(now.version), now.original_path, text);
}

Result<NodeSet> match_state(std::string_view state, const NodeSet& among,
                            const SelectionInput& input) {
  if (input.previous == nullptr || input.previous->manifest == nullptr) {
    return invalid_input("got a state selector method, but no comparison manifest");
  }
  if (std::find(std::begin(kStates), std::end(kStates), state) == std::end(kStates)) {
    return invalid_input("got an invalid selector `{}`, expected one of {}", state,
                         "new, old, modified, unmodified, modified.body, modified.configs, "
                         "modified.persisted_descriptions, modified.relation, modified.macros, "
                         "modified.contract");
  }
  ModifiedMacros macros(input);
  const auto& before = input.previous->manifest->by_id;
  NodeSet out = input.graph->none();
  for (const auto index : among.members()) {
    const Node& node = input.graph->node(index);
    const auto found = before.find(node.unique_id);
    const Node* old = found == before.end() ? nullptr : found->second;
    if (old != nullptr && (state == "modified" || state == "modified.contract")) {
      TRY(check_contract(*old, node));
    }
    if (matches_state(old, node, state, macros)) out.add(index);
  }
  return out;
}

Result<NodeSet> match_result(std::string_view status, const NodeSet& among,
                             const SelectionInput& input) {
  if (input.previous == nullptr || !input.previous->results) {
    return invalid_input("got a result selector method, but no comparison run_results");
  }
  NodeSet out = input.graph->none();
  for (const auto index : among.members()) {
    const auto found =
        input.previous->results->find(std::string(input.graph->node(index).unique_id));
    if (found != input.previous->results->end() && found->second == status) out.add(index);
  }
  return out;
}

Result<NodeSet> match_source_status(std::string_view status, const NodeSet& among,
                                    const SelectionInput& input) {
  if (input.previous == nullptr || !input.previous->sources) {
    return invalid_input("no previous state comparison freshness results in sources.json");
  }
  if (input.sources_now == nullptr) {
    return invalid_input("no current state comparison freshness results in sources.json");
  }
  NodeSet out = input.graph->none();
  if (status != "fresher") return out;
  const auto& before = *input.previous->sources;
  for (const auto index : among.members()) {
    const Node& node = input.graph->node(index);
    if (node.type != ResourceType::Source) continue;
    const auto now = input.sources_now->find(std::string(node.unique_id));
    if (now == input.sources_now->end() || now->second.max_loaded_at.empty()) continue;
    const auto old = before.find(now->first);
    if (old == before.end() || old->second.max_loaded_at.empty() ||
        now->second.max_loaded_at > old->second.max_loaded_at) {
      out.add(index);
    }
  }
  return out;
}

std::vector<std::string_view> tags_of(const Node& node) {
  if (node.type != ResourceType::UnitTest) return node.tags;
  std::vector<std::string_view> out;
  const Data tags = config_value(node.type, node.config, "tags");
  if (tags.is_text()) out.push_back(tags.text());
  for (const auto& tag : tags.items()) out.push_back(tag.text());
  return out;
}

using Test = std::function<Result<bool>(const Node&)>;

Result<Test> named_test(ResourceType type, const Criterion& criterion) {
  const auto parts = split(criterion.value, '.');
  if (parts.size() > 2) {
    return invalid_input("invalid {} selector value `{}`: it must be `name` or `package.name`",
                         to_string(type), criterion.value);
  }
  return Test(
      [parts, type](const Node& node) -> Result<bool> { return matches_named(node, type, parts); });
}

Result<Test> source_test(const Criterion& criterion) {
  const auto parts = split(criterion.value, '.');
  if (parts.size() > 3) {
    return invalid_input(
        "invalid source selector value `{}`: sources must be of the form `source`, "
        "`source.table` or `package.source.table`",
        criterion.value);
  }
  return Test([parts](const Node& node) -> Result<bool> { return matches_source(node, parts); });
}

Result<Test> path_test(std::string_view value, const SelectionInput& input) {
  if (value.starts_with('/')) {
    return invalid_input("invalid path selector `{}`: it must be relative", value);
  }
  auto paths = std::make_shared<PathMethod>(value, input);
  return Test([paths](const Node& node) -> Result<bool> {
    std::string_view patch = node.patch_path;
    if (const auto at = patch.find("://"); at != std::string_view::npos) {
      patch = patch.substr(at + 3);
    }
    return paths->matches(node.original_path, true) || paths->matches(patch, false);
  });
}

Result<Test> make_test(const Criterion& criterion, const SelectionInput& input) {
  const std::string_view value = criterion.value;
  const auto simple = [](auto test) {
    return Test([test](const Node& node) -> Result<bool> { return test(node); });
  };
  const std::string_view method = criterion.method;
  if (method == "fqn") return simple([=](const Node& node) { return matches_fqn(node, value); });
  if (method == "tag") {
    return simple([=](const Node& node) {
      const auto tags = tags_of(node);
      return std::any_of(tags.begin(), tags.end(),
                         [&](std::string_view tag) { return matches_glob(value, tag); });
    });
  }
  if (method == "group") {
    return simple(
        [=](const Node& node) { return !node.group.empty() && matches_glob(value, node.group); });
  }
  if (method == "access") {
    return simple([=](const Node& node) { return node.is_model() && node.access == value; });
  }
  if (method == "source") return source_test(criterion);
  if (method == "path") return path_test(value, input);
  if (method == "file") {
    return simple([=](const Node& node) {
      return matches_glob(value, file_name(node.original_path)) ||
             matches_glob(value, file_stem(node.original_path));
    });
  }
  if (method == "package") {
    const std::string name(value == "this" ? input.project_name : value);
    return simple([name](const Node& node) { return matches_glob(name, node.package_name); });
  }
  if (method == "config") {
    return simple([&criterion](const Node& node) { return matches_config(node, criterion); });
  }
  if (method == "test_name") {
    return simple([=](const Node& node) {
      return node.is_generic_test() && matches_glob(value, node.test->name);
    });
  }
  if (method == "test_type") {
    return Test([=](const Node& node) { return matches_test_type(node, value); });
  }
  if (method == "version") {
    return Test([=](const Node& node) { return matches_version(node, value); });
  }
  if (method == "resource_type") {
    for (int i = 0; i <= static_cast<int>(ResourceType::Group); ++i) {
      const auto type = static_cast<ResourceType>(i);
      if (to_string(type) != value) continue;
      return simple([type](const Node& node) { return node.type == type; });
    }
    return invalid_input("invalid resource_type selector `{}`", value);
  }
  for (const auto type : {ResourceType::Exposure, ResourceType::Metric, ResourceType::SemanticModel,
                          ResourceType::SavedQuery, ResourceType::UnitTest}) {
    if (to_string(type) == method) return named_test(type, criterion);
  }
  return invalid_input("`{}` is not a valid method name", method);
}

}  // namespace

Result<NodeSet> match_criterion(const Criterion& criterion, const NodeSet& among,
                                const SelectionInput& input) {
  std::string value = criterion.value;
  if (criterion.method == "state") return match_state(value, among, input);
  if (criterion.method == "result") return match_result(value, among, input);
  if (criterion.method == "source_status") return match_source_status(value, among, input);
  const Test test = TRY(make_test(criterion, input));
  NodeSet out = input.graph->none();
  for (const auto index : among.members()) {
    if (TRY(test(input.graph->node(index)))) out.add(index);
  }
  return out;
}

}  // namespace tarn::project
