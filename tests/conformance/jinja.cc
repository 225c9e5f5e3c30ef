// SPDX-License-Identifier: Apache-2.0
// Judge of the pack `jinja`: templates rendered as the body of a model, as a value of YAML, or at
// parse time, each in a small project.
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "base/json.h"
#include "conformance/judge.h"
#include "conformance/project_pack.h"
#include "jinja/blocks.h"
#include "jinja/environment.h"
#include "jinja/json_text.h"
#include "project/node_parse.h"
#include "project/project.h"

namespace tarn::conformance {

namespace {

namespace json = boost::json;
using jinja::Value;

std::string text_of(const json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

// The files of a folder, with some more in memory.
class OverlayFiles final : public project::Files {
 public:
  void add(const std::string& path, std::string text) { files_[path] = std::move(text); }
  Result<std::string> read(const std::string& path) const override {
    const auto found = files_.find(path);
    return found != files_.end() ? found->second : project::disk_files().read(path);
  }
  Result<std::vector<FileEntry>> list(const std::string& folder) const override {
    auto entries = TRY(project::disk_files().list(folder));
    for (const auto& [path, text] : files_) {
      if (!path.starts_with(folder + "/")) continue;
      const std::string below = path.substr(folder.size() + 1);
      if (std::none_of(entries.begin(), entries.end(),
                       [&](const FileEntry& entry) { return entry.path == below; })) {
        entries.push_back({below, text.size(), 0});
      }
    }
    std::sort(entries.begin(), entries.end(),
              [](const FileEntry& a, const FileEntry& b) { return a.path < b.path; });
    return entries;
  }
  bool exists(const std::string& path) const override {
    return files_.contains(path) || project::disk_files().exists(path);
  }

 private:
  std::map<std::string, std::string> files_;
};

json::value to_json_value(const project::Data& data) {
  std::string text;
  project::append_json(text, data);
  return parse_json(text).value_or(json::value(nullptr));
}

// What a case brings besides the shared project.
struct Loaded {
  OverlayFiles files;
  std::unique_ptr<project::Project> project;
  std::optional<Error> macro_error;
};

class JinjaJudge {
 public:
  explicit JinjaJudge(std::string pack) : pack_(std::move(pack)) {}

  Result<void> open() {
    folder_ = TRY(WorkFolder::make());
    TRY(copy_tree(pack_ + "/base_project", folder_->path()));
    TRY(install_local_packages(folder_->path()));
    const auto environment = TRY(parse_json(TRY(read_file(pack_ + "/environment.json"))));
    for (const auto& item : environment.as_object().at("env").as_object()) {
      environment_[std::string(item.key())] = std::string(item.value().as_string());
    }
    return ok();
  }

  Verdict judge(const json::object& item) {
    auto loaded = load(item);
    if (!loaded) return Verdict::failed(loaded.error());
    return compare(item, **loaded);
  }

 private:
  Result<Loaded*> load(const json::object& item) {
    std::string key;
    for (const char* part : {"macros", "vars", "env"}) {
      const auto* value = item.if_contains(part);
      key += value == nullptr ? "-" : write_json(*value);
    }
    auto& slot = loaded_[key];
    if (slot != nullptr) return slot.get();
    auto made = std::make_unique<Loaded>();
    project::LoadOptions options;
    options.project_dir = folder_->path();
    options.profiles_dir = folder_->path();
    options.command = "compile";
    if (const auto* vars = item.if_contains("vars")) options.vars = write_json(*vars);
    auto environment = environment_;
    if (const auto* more = item.if_contains("env")) {
      for (const auto& entry : more->as_object()) {
        environment[std::string(entry.key())] = std::string(entry.value().as_string());
      }
    }
    std::vector<std::string> texts;
    if (const auto* macros = item.if_contains("macros")) {
      for (const auto& macro : macros->as_array()) {
        texts.push_back(text_of(macro.as_object(), "text"));
        made->files.add(folder_->path() + "/" + text_of(macro.as_object(), "path"), texts.back());
      }
    }
    made->project = TRY(project::load_project(
        options, made->files, [environment](std::string_view name) -> std::optional<std::string> {
          const auto found = environment.find(std::string(name));
          return found == environment.end() ? std::nullopt : std::optional(found->second);
        }));
    for (const auto& text : texts) {
      auto checked = check_macros(*made->project, text);
      if (!checked && !made->macro_error) made->macro_error = checked.error();
    }
    slot = std::move(made);
    return slot.get();
  }

  // The first mistake in a macro file.
  static Result<void> check_macros(const project::Project& project, const std::string& text) {
    jinja::BlockOptions options;
    options.allowed = {"macro", "materialization", "test", "data_test"};
    for (const auto& block : TRY(jinja::extract_blocks(text, options))) {
      TRY(project.contexts->run_environment().compile(block.full, "macro"));
    }
    return ok();
  }

  static Result<void> add_context(const json::object& item, jinja::NameTable& names) {
    const auto* context = item.if_contains("context");
    if (context == nullptr) return ok();
    for (const auto& entry : context->as_object()) {
      names.set(std::string_view(entry.key()),
                TRY(jinja::parse_json_text(write_json(entry.value()))));
    }
    return ok();
  }

  Verdict compare(const json::object& item, Loaded& loaded) {
    const auto& project = *loaded.project;
    const auto found = project.nodes_by_id.find("model.jx.probe");
    if (found == project.nodes_by_id.end()) return Verdict::wrong("the project has no probe");
    const project::Node& node = *found->second;
    const std::string mode = text_of(item, "mode");
    const auto& contexts = *project.contexts;
    const auto& environment = mode == "native"  ? contexts.native_environment()
                              : mode == "parse" ? contexts.parse_environment()
                                                : contexts.run_environment();
    const auto names = project::node_table(project, node, mode != "parse");
    if (auto added = add_context(item, *names); !added) return Verdict::failed(added.error());
    project::RenderHost host(project, 0);
    host.node = &node;
    host.execute = mode != "parse";
    host.var_owner = node.name;
    project::Arena arena;
    project::ParseRecord record(arena);
    if (mode == "parse") host.record = &record;
    jinja::RenderOptions options;
    options.host = &host;
    jinja::Render render(environment, *names, options);
    const auto result = run(text_of(item, "template"), mode, environment, loaded, render);
    const auto& expect = item.at("expect").as_object();
    if (const auto* error = expect.if_contains("error")) {
      return compare_error(error->as_object(), result);
    }
    if (!result) return Verdict::failed(result.error());
    auto verdict = compare_value(expect, mode, *result, render);
    if (verdict.outcome != Outcome::Passed) return verdict;
    if (mode == "parse") verdict = compare_record(expect, record, arena);
    if (verdict.outcome != Outcome::Passed) return verdict;
    return compare_logs(expect, host);
  }

  static Result<Value> run(const std::string& text, const std::string& mode,
                           const jinja::Environment& environment, const Loaded& loaded,
                           jinja::Render& render) {
    if (loaded.macro_error) return *loaded.macro_error;
    if (mode != "native" && !jinja::has_render_marks(text)) return Value(text);
    // Templates live as long as the values that they made.
    const auto compiled = TRY(environment.compile(text, "models/probe.sql"));
    if (mode == "native") return render.value(*compiled);
    return Value(TRY(render.text(*compiled)));
  }

  static Verdict compare_error(const json::object& expected, const Result<Value>& result) {
    const std::string kind = text_of(expected, "kind");
    if (result) {
      return Verdict::wrong(
          fmt::format("expected an error of kind {}: {}", kind, text_of(expected, "message")));
    }
    const Error& error = result.error();
    if (kind.starts_with("python:")) return Verdict::passed();
    if (error.kind != kind) {
      return Verdict::wrong(
          fmt::format("kind `{}`, expected `{}`: {}", error.kind, kind, describe(error)));
    }
    const auto* line = expected.if_contains("line");
    if (kind == "syntax" && line != nullptr &&
        (!error.where || error.where->line != line->to_number<std::uint32_t>())) {
      return Verdict::wrong(fmt::format("line {}, expected {}", error.where ? error.where->line : 0,
                                        line->to_number<std::uint32_t>()));
    }
    return Verdict::passed();
  }

  static Verdict compare_value(const json::object& expect, const std::string& mode,
                               const Value& value, jinja::Render& render) {
    if (mode == "native") {
      const auto& expected = expect.at("value").as_object();
      const auto repr = jinja::to_repr(render.runtime(), value);
      if (!repr) return Verdict::failed(repr.error());
      if (jinja::type_name(value) == text_of(expected, "type") &&
          *repr == text_of(expected, "repr")) {
        return Verdict::passed();
      }
      return Verdict::wrong(fmt::format("{} {}, expected {} {}", jinja::type_name(value), *repr,
                                        text_of(expected, "type"), text_of(expected, "repr")));
    }
    const std::string output = text_of(expect, "output");
    if (value.text() == output) return Verdict::passed();
    return Verdict::wrong(fmt::format("{}, expected {}", json::serialize(json::value(value.text())),
                                      json::serialize(json::value(output))));
  }

  static Verdict compare_record(const json::object& expect, const project::ParseRecord& record,
                                project::Arena& arena) {
    json::array refs;
    const auto or_null = [](std::string_view text) {
      return text.empty() ? json::value(nullptr) : json::value(text);
    };
    for (const auto& ref : record.refs) {
      const json::value version = to_json_value(ref.version);
      refs.push_back(json::object{
          {"name", ref.name}, {"package", or_null(ref.package)}, {"version", version}});
    }
    json::array sources;
    for (const auto& source : record.sources) {
      sources.push_back(json::array{source.source, source.table});
    }
    json::array macros;
    for (const auto& macro : record.macros) macros.push_back(json::value(macro));
    const json::value config = to_json_value(record.config.build(arena));
    const json::object got = {{"refs", refs},
                              {"sources", sources},
                              {"depends_on_macros", macros},
                              {"config_calls", config}};
    for (const auto& part : got) {
      const auto* expected = expect.if_contains(part.key());
      if (expected == nullptr || *expected == part.value()) continue;
      return Verdict::wrong(fmt::format("{}: {}, expected {}", std::string_view(part.key()),
                                        json::serialize(part.value()), json::serialize(*expected)));
    }
    return Verdict::passed();
  }

  static Verdict compare_logs(const json::object& expect, const project::RenderHost& host) {
    const auto* logs = expect.if_contains("logs");
    if (logs == nullptr) return Verdict::passed();
    json::array got;
    for (const auto& line : host.logs) got.push_back(json::array{line.level, line.text});
    if (json::value(got) == *logs) return Verdict::passed();
    return Verdict::wrong(
        fmt::format("logs {}, expected {}", json::serialize(got), json::serialize(*logs)));
  }

  std::string pack_;
  std::unique_ptr<WorkFolder> folder_;
  std::map<std::string, std::string> environment_;
  std::map<std::string, std::unique_ptr<Loaded>> loaded_;
};

Result<void> judge_jinja(const std::string& path, const Options&, Report& report) {
  const std::string folder = path.ends_with(".jsonl") ? path.substr(0, path.rfind('/')) : path;
  JinjaJudge judge(folder);
  TRY(judge.open());
  return for_each_line(folder + "/cases.jsonl", [&](const json::object& item) {
    const std::string id = text_of(item, "id");
    if (!report.wants(id)) return;
    report.add(text_of(item, "group"), id, judge.judge(item));
  });
}

const Registration kJinja("jinja", judge_jinja);

}  // namespace

}  // namespace tarn::conformance
