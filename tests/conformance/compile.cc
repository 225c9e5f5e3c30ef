// SPDX-License-Identifier: Apache-2.0
// Judge of the pack `compile`: manifests, compiled SQL and broken projects.
#include "project/compile.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "conformance/judge.h"
#include "conformance/project_pack.h"
#include "project/manifest.h"

namespace tarn::conformance {

namespace {

namespace json = boost::json;

project::Environment empty_environment() {
  return [](std::string_view) { return std::optional<std::string>(); };
}

// Answers from existing.json and catalogue.json.
class RecordedWarehouse final : public project::Adapter {
 public:
  RecordedWarehouse(const json::value& existing, const json::value& catalogue)
      : catalogue_(catalogue) {
    for (const auto& item : existing.as_array()) {
      const auto text = [&](const char* key) { return std::string(item.at(key).as_string()); };
      project::RelationParts relation;
      relation.database = text("database");
      relation.schema = text("schema");
      relation.identifier = text("identifier");
      relation.type = text("type");
      relations_.push_back(std::move(relation));
    }
  }

  Result<std::optional<std::vector<project::RelationParts>>> list_relations(
      const project::RelationParts& schema) override {
    std::vector<project::RelationParts> out;
    for (const auto& relation : relations_) {
      if (equals_ignore_case(*relation.database, schema.database.value_or("")) &&
          equals_ignore_case(*relation.schema, schema.schema.value_or(""))) {
        out.push_back(relation);
      }
    }
    return std::optional(std::move(out));
  }
  Result<std::optional<std::vector<project::ColumnInfo>>> columns(
      const project::RelationParts& relation) override {
    const auto& object = catalogue_.as_object();
    const auto* list = object.if_contains(relation.identifier.value_or(""));
    if (list == nullptr) list = object.if_contains("*");
    std::vector<project::ColumnInfo> out;
    if (list == nullptr) return std::optional(out);
    for (const auto& item : list->as_array()) {
      out.push_back(
          {std::string(item.at("name").as_string()), std::string(item.at("type").as_string())});
    }
    return std::optional(out);
  }
  Result<project::StatementResult> execute(const project::Statement& statement) override {
    return unsupported("no statement was recorded: {}", statement.sql);
  }

 private:
  std::vector<project::RelationParts> relations_;
  const json::value& catalogue_;
};

// Lists that are sets: where order does not count.
json::value sorted_list(const json::value& value) {
  if (!value.is_array()) return value;
  json::array out = value.as_array();
  std::sort(out.begin(), out.end(), [](const json::value& a, const json::value& b) {
    return write_json(a) < write_json(b);
  });
  return out;
}

json::value normalized(const json::value& value, const std::string& kind) {
  if (!value.is_object()) return kind == "disabled" ? sorted_list(value) : value;
  json::object out = value.as_object();
  if (kind == "parent_map" || kind == "child_map" || kind == "group_map") {
    for (auto& [key, list] : out) list = sorted_list(list);
    return out;
  }
  if (auto* depends = out.if_contains("depends_on"); depends != nullptr && depends->is_object()) {
    auto& object = depends->as_object();
    if (auto* macros = object.if_contains("macros")) *macros = sorted_list(*macros);
  }
  return out;
}

// The first place where they differ; members that were not recorded do not count.
std::string difference(const json::value& expected, const json::value& actual,
                       const std::string& path) {
  if (expected.is_object() && actual.is_object()) {
    for (const auto& [key, value] : expected.as_object()) {
      const auto* other = actual.as_object().if_contains(key);
      if (other == nullptr) return fmt::format("{}.{} is missing", path, std::string_view(key));
      auto inner = difference(value, *other, path + "." + std::string(key));
      if (!inner.empty()) return inner;
    }
    static const std::set<std::string_view> kNotRecorded = {
        "root_path", "build_path", "compiled_path", "created_at", "compiled", "compiled_code"};
    for (const auto& [key, value] : actual.as_object()) {
      (void)value;
      if (!expected.as_object().contains(key) && !kNotRecorded.contains(std::string_view(key))) {
        return fmt::format("{}.{} must not be there", path, std::string_view(key));
      }
    }
    return {};
  }
  if (expected.is_array() && actual.is_array() &&
      expected.as_array().size() == actual.as_array().size()) {
    for (std::size_t i = 0; i < expected.as_array().size(); ++i) {
      auto inner =
          difference(expected.as_array()[i], actual.as_array()[i], fmt::format("{}[{}]", path, i));
      if (!inner.empty()) return inner;
    }
    return {};
  }
  if (expected.is_number() && actual.is_number()) {
    return expected.to_number<double>() == actual.to_number<double>()
               ? std::string()
               : fmt::format("{}: {} instead of {}", path, write_json(actual),
                             write_json(expected));
  }
  if (expected == actual) return {};
  return fmt::format("{}: {} instead of {}", path, write_json(actual), write_json(expected));
}

std::string section_of(std::string_view kind) {
  if (kind == "node") return "nodes";
  if (kind == "macro" || kind == "builtin_macro") return "macros";
  if (kind == "doc") return "docs";
  return std::string(kind);
}

class ProjectJudge {
 public:
  ProjectJudge(std::string pack, std::string name, Report& report)
      : pack_(std::move(pack)), name_(std::move(name)), report_(report) {}

  Result<void> run() {
    work_ = TRY(WorkFolder::make());
    folder_ = work_->path() + "/" + name_;
    TRY(copy_tree(pack_ + "/projects/" + name_, folder_));
    TRY(install_local_packages(folder_));
    const std::string expect = pack_ + "/expect/" + name_;
    arguments_ = TRY(parse_json(TRY(read_file(expect + "/args.json"))));
    existing_ = json::array();
    if (path_exists(expect + "/existing.json")) {
      existing_ = TRY(parse_json(TRY(read_file(expect + "/existing.json"))));
    }
    catalogue_ = TRY(parse_json(TRY(read_file(pack_ + "/catalogue.json"))));
    for (const auto& entry : TRY(list_files(expect))) {
      if (entry.path == "compiled.jsonl") {
        TRY(judge_compiled(expect + "/" + entry.path));
      } else if (entry.path.starts_with("manifest")) {
        const auto parts = split(entry.path, '.');
        TRY(judge_manifest(expect + "/" + entry.path,
                           parts.size() == 3 ? std::string(parts[1]) : ""));
      }
    }
    return ok();
  }

 private:
  Result<std::unique_ptr<project::Project>> load(const std::string& scenario) {
    std::vector<std::string> words{"compile"};
    if (const auto* list = arguments_.as_object().if_contains(scenario)) {
      for (const auto& word : list->as_array()) words.emplace_back(word.as_string());
    }
    auto line = TRY(parse_words(words));
    line.load.project_dir = folder_;
    line.load.profiles_dir = folder_;
    return project::load_project(line.load, project::disk_files(), empty_environment());
  }

  Result<void> judge_manifest(const std::string& file, const std::string& variant) {
    const auto loaded = load(variant);
    json::value manifest = json::object();
    std::string problem;
    if (loaded) {
      manifest = TRY(parse_json(project::write_manifest(**loaded)));
      for (const auto& finding : (*loaded)->diagnostics.items()) {
        if (finding.severity == Severity::Error) problem += format_diagnostic(finding);
      }
    } else {
      problem = describe(loaded.error());
    }
    if (!problem.empty()) fmt::print(stderr, "{}: {}\n", name_, problem);
    return for_each_line(file, [&](const json::object& item) {
      const std::string id(item.at("id").as_string());
      if (!report_.wants(id)) return;
      const std::string kind(item.at("kind").as_string());
      report_.add(name_ + " " + kind, id, judge_item(manifest, kind, item));
    });
  }

  static Verdict judge_item(const json::value& manifest, const std::string& kind,
                            const json::object& item) {
    if (kind == "gone") {
      for (const auto& id : item.at("value").as_array()) {
        const auto* nodes = manifest.as_object().if_contains("nodes");
        if (nodes != nullptr && nodes->as_object().contains(id.as_string())) {
          return Verdict::wrong(fmt::format("{} is still there", std::string_view(id.as_string())));
        }
      }
      return Verdict::passed();
    }
    const auto* section = manifest.as_object().if_contains(section_of(kind));
    if (section == nullptr) return Verdict::wrong("there is no such section");
    const std::string unique_id(item.at("unique_id").as_string());
    const json::value* actual = section;
    if (unique_id != "*") {
      actual = section->as_object().if_contains(unique_id);
      if (actual == nullptr) {
        if (kind == "builtin_macro") return Verdict::refused("no such built-in macro");
        return Verdict::wrong("missing");
      }
    }
    if (kind == "builtin_macro") return Verdict::passed();
    const auto note = difference(normalized(item.at("value"), kind), normalized(*actual, kind), "");
    return note.empty() ? Verdict::passed() : Verdict::wrong(note);
  }

  struct Scenario {
    std::unique_ptr<project::Project> project;
    std::unique_ptr<RecordedWarehouse> warehouse;
    std::unique_ptr<project::Compiler> compiler;
  };

  Result<Scenario*> scenario(const std::string& name) {
    auto& slot = scenarios_[name];
    if (slot.project == nullptr) {
      slot.project = TRY(load(name));
      slot.warehouse = std::make_unique<RecordedWarehouse>(
          name.starts_with("existing") ? existing_ : none_, catalogue_);
      slot.compiler = std::make_unique<project::Compiler>(*slot.project, *slot.warehouse);
    }
    return &slot;
  }

  Result<void> judge_compiled(const std::string& file) {
    return for_each_line(file, [&](const json::object& item) {
      const std::string id(item.at("id").as_string());
      if (!report_.wants(id)) return;
      const std::string name(item.at("scenario").as_string());
      report_.add(name_ + " compiled " + name, id, judge_node(name, item));
    });
  }

  Verdict judge_node(const std::string& name, const json::object& item) {
    const auto opened = scenario(name);
    if (!opened) return Verdict::failed(opened.error());
    auto& nodes = (*opened)->project->nodes_by_id;
    const std::string unique_id(item.at("unique_id").as_string());
    const auto found = nodes.find(unique_id);
    if (found == nodes.end()) return Verdict::wrong("missing");
    const auto compiled = (*opened)->compiler->compile(*found->second);
    if (item.contains("error")) {
      return compiled ? Verdict::wrong("must fail") : Verdict::passed();
    }
    if (!compiled) return Verdict::failed(compiled.error());
    const auto& expected = item.at("compiled_code");
    const std::string text = expected.is_string() ? std::string(expected.as_string()) : "";
    if (compiled->code != text) {
      return Verdict::wrong(fmt::format("{} instead of {}", write_json(json::value(compiled->code)),
                                        write_json(expected)));
    }
    json::array ctes;
    for (const auto cte : compiled->extra_ctes) ctes.emplace_back(std::string(cte));
    if (json::value(ctes) != item.at("extra_ctes")) {
      return Verdict::wrong("extra_ctes: " + write_json(ctes));
    }
    return Verdict::passed();
  }

  std::string pack_;
  std::string name_;
  Report& report_;
  std::unique_ptr<WorkFolder> work_;
  std::string folder_;
  json::value arguments_;
  json::value existing_;
  json::value none_ = json::array();
  json::value catalogue_;
  std::map<std::string, Scenario> scenarios_;
};

// --- errors.jsonl

struct Outcome2 {
  int exit_code = 0;
  std::string text;
};

Outcome2 failed(const Error& error, int exit_code = 2) {
  std::string text = describe(error);
  if (error.where) text += fmt::format(" line {}", error.where->line);
  return {exit_code, text};
}

Outcome2 finished(const project::CommandOutput& output) {
  Outcome2 out{output.exit_code, output.out};
  for (const auto& finding : output.findings) {
    if (finding.severity == Severity::Note) continue;
    out.text += format_diagnostic(finding);
    if (finding.where) out.text += fmt::format(" line {}\n", finding.where->line);
  }
  for (const auto& text : output.unmatched) {
    out.text +=
        fmt::format("the selection criterion `{}` does not match any enabled nodes\n", text);
  }
  return out;
}

Outcome2 run_line(const CommandLine& line) {
  const std::set<std::string> kKnown = {"parse", "ls", "list", "compile", "deps", "run-operation"};
  if (!kKnown.contains(line.command)) {
    return {2, fmt::format("no such command `{}`", line.command)};
  }
  if (line.command == "deps") {
    const auto installed = project::run_deps(line.load, project::disk_files(), empty_environment());
    return installed ? finished(*installed) : failed(installed.error());
  }
  const auto loaded = project::load_project(line.load, project::disk_files(), empty_environment());
  if (!loaded) return failed(loaded.error());
  project::NoAdapter adapter;
  Result<project::CommandOutput> output;
  if (line.command == "parse") {
    output = project::run_parse(**loaded, false);
  } else if (line.command == "compile") {
    output = project::run_compile(
        **loaded,
        {.selection = line.selection, .inline_sql = line.inline_sql, .write_files = false},
        adapter);
  } else if (line.command == "run-operation") {
    output = project::run_operation(**loaded, line.macro, line.macro_args, adapter);
  } else {
    output = project::run_list(
        **loaded,
        {.selection = line.selection, .output = line.output, .output_keys = line.output_keys});
  }
  return output ? finished(*output) : failed(output.error());
}

Result<Verdict> judge_error(const json::object& item) {
  const auto work = TRY(WorkFolder::make());
  for (const auto& [path, text] : item.at("files").as_object()) {
    const std::string file = work->path() + "/" + std::string(path);
    TRY(make_directories(file.substr(0, file.rfind('/'))));
    TRY(write_file(file, std::string_view(text.as_string())));
  }
  if (const auto* deps = item.if_contains("deps");
      deps != nullptr && deps->is_bool() && deps->as_bool()) {
    TRY(install_local_packages(work->path()));
  }
  std::vector<std::string> words;
  for (const auto& word : item.at("args").as_array()) words.emplace_back(word.as_string());
  auto line = parse_words(words);
  Outcome2 actual;
  if (line) {
    line->load.project_dir = work->path();
    line->load.profiles_dir = work->path();
    actual = run_line(*line);
  } else {
    actual = failed(line.error());
  }
  const auto& expect = item.at("expect").as_object();
  const auto code = expect.at("exit_code").to_number<int>();
  if (actual.exit_code != code) {
    return Verdict::wrong(
        fmt::format("exit code {} instead of {}: {}", actual.exit_code, code, actual.text));
  }
  const std::string text = to_lower(actual.text);
  if (const auto* names = expect.if_contains("must_name")) {
    for (const auto& name : names->as_array()) {
      if (text.find(to_lower(std::string_view(name.as_string()))) == std::string::npos) {
        return Verdict::wrong(
            fmt::format("does not name `{}`: {}", std::string_view(name.as_string()), actual.text));
      }
    }
  }
  if (const auto* number = expect.if_contains("line")) {
    const std::string wanted = fmt::format("line {}", number->to_number<int>());
    if (text.find(wanted) == std::string::npos) {
      return Verdict::wrong(fmt::format("does not name {}: {}", wanted, actual.text));
    }
  }
  const auto* warnings = expect.if_contains("warnings");
  if (warnings != nullptr && !warnings->as_array().empty() && actual.text.empty()) {
    return Verdict::wrong("gives no warning: " + write_json(*warnings));
  }
  return Verdict::passed();
}

Result<void> judge_compile(const std::string& path, const Options&, Report& report) {
  if (path.ends_with("errors.jsonl") || path_exists(path + "/errors.jsonl")) {
    const std::string file = path.ends_with(".jsonl") ? path : path + "/errors.jsonl";
    TRY(for_each_line(file, [&](const json::object& item) {
      const std::string_view id = item.at("id").as_string();
      if (!report.wants(id)) return;
      const auto verdict = judge_error(item);
      report.add("errors", id, verdict ? *verdict : Verdict::failed(verdict.error()));
    }));
  }
  if (path.ends_with(".jsonl")) return ok();
  std::set<std::string> names;
  for (const auto& entry : TRY(list_files(path + "/projects"))) {
    names.insert(entry.path.substr(0, entry.path.find('/')));
  }
  for (const auto& name : names) TRY(ProjectJudge(path, name, report).run());
  return ok();
}

const Registration registration("compile", judge_compile);

}  // namespace

}  // namespace tarn::conformance
