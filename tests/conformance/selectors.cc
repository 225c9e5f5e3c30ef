// SPDX-License-Identifier: Apache-2.0
// Judge of the pack `selectors`: which nodes a command line selects.
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "conformance/judge.h"
#include "conformance/project_pack.h"

namespace tarn::conformance {

namespace {

namespace json = boost::json;

class SelectorJudge {
 public:
  SelectorJudge(std::string pack, std::string work)
      : pack_(std::move(pack)), work_(std::move(work)) {}

  Verdict judge(const json::object& item) {
    std::vector<std::string> words{"ls"};
    for (const auto& word : item.at("args").as_array()) {
      std::string text(word.as_string());
      if (text == "STATE_BASE") text = pack_ + "/state_base";
      if (text == "STATE_RESULTS") text = pack_ + "/state_results";
      if (text == "NO_SUCH_DIR") text = "no_such_dir";
      words.push_back(std::move(text));
    }
    const auto text_of = [&](const char* key, const char* fallback) {
      const auto* found = item.if_contains(key);
      return found != nullptr ? std::string(found->as_string()) : std::string(fallback);
    };
    const auto& expect = item.at("expect").as_object();
    const bool lines = text_of("form", "") == "lines";
    const auto output = run(words, text_of("project", "project"), item.contains("selectors_yml"),
                            text_of("selectors_yml", ""), lines);
    return compare(expect, output, lines);
  }

 private:
  // The folder of a variant, made at first use.
  Result<std::string> variant(const std::string& name) {
    const std::string folder = work_ + "/" + name;
    if (path_exists(folder)) return folder;
    TRY(copy_tree(pack_ + "/project", folder));
    if (name != "project") {
      TRY(copy_tree(pack_ + "/" + name + "/files", folder));
      const std::string deleted = pack_ + "/" + name + "/deleted.txt";
      if (path_exists(deleted)) {
        const std::string text = TRY(read_file(deleted));
        for (const auto line : split(text, '\n')) {
          if (!trim(line).empty()) std::remove((folder + "/" + std::string(trim(line))).c_str());
        }
      }
    }
    TRY(install_local_packages(folder));
    TRY(copy_tree(pack_ + "/target_now", folder + "/target"));
    return folder;
  }

  Result<project::CommandOutput> run(const std::vector<std::string>& words, const std::string& name,
                                     bool has_selectors, const std::string& selectors, bool lines) {
    const std::string folder = TRY(variant(name));
    CommandLine line = TRY(parse_words(words));
    line.load.project_dir = folder;
    line.load.profiles_dir = folder;
    line.load.command = "list";
    const std::string file = folder + "/selectors.yml";
    std::string before;
    if (has_selectors) {
      before = TRY(read_file(file));
      TRY(write_file(file, selectors));
    }
    auto output = list(line, lines, has_selectors, name);
    if (has_selectors) TRY(write_file(file, before));
    return output;
  }

  Result<project::CommandOutput> list(const CommandLine& line, bool lines, bool fresh,
                                      const std::string& name) {
    const std::string key =
        fmt::format("{}|{}|{}|{}", name, line.load.vars, line.load.target,
                    line.load.indirect ? static_cast<int>(*line.load.indirect) : -1);
    std::unique_ptr<project::Project> own;
    project::Project* loaded = nullptr;
    if (!fresh && projects_.contains(key)) {
      loaded = projects_[key].get();
    } else {
      own = TRY(project::load_project(line.load, project::disk_files(), environment()));
      loaded = own.get();
      if (!fresh) {
        projects_[key] = std::move(own);
      }
    }
    project::ListOptions options;
    options.selection = line.selection;
    options.output = lines ? line.output : "json";
    options.output_keys = lines ? line.output_keys : std::vector<std::string>{"unique_id"};
    return project::run_list(*loaded, options);
  }

  static project::Environment environment() {
    return [](std::string_view) { return std::optional<std::string>(); };
  }

  static Verdict compare(const json::object& expect, const Result<project::CommandOutput>& output,
                         bool lines) {
    const bool must_fail = expect.contains("error");
    if (!output) {
      if (output.error().code == ErrorCode::Unsupported) return Verdict::failed(output.error());
      return must_fail ? Verdict::passed() : Verdict::failed(output.error());
    }
    if (output->exit_code != 0) {
      if (must_fail) return Verdict::passed();
      std::string note;
      for (const auto& finding : output->findings) {
        if (finding.severity == Severity::Error) note += format_diagnostic(finding);
      }
      return Verdict::wrong("fails: " + note);
    }
    if (must_fail) return Verdict::wrong("must fail: " + write_json(expect.at("error")));
    std::vector<std::string> actual;
    for (const auto line : split(output->out, '\n')) {
      if (line.empty()) continue;
      if (lines) {
        actual.emplace_back(line);
      } else {
        // {"unique_id": "x"}
        const auto open = line.find(": \"");
        actual.emplace_back(line.substr(open + 3, line.size() - open - 5));
      }
    }
    std::sort(actual.begin(), actual.end());
    const auto difference = compare_lists(expect.at(lines ? "lines" : "unique_ids"), actual);
    if (!difference.empty()) return Verdict::wrong(difference);
    std::vector<std::string> unmatched = output->unmatched;
    std::sort(unmatched.begin(), unmatched.end());
    unmatched.erase(std::unique(unmatched.begin(), unmatched.end()), unmatched.end());
    const auto* expected = expect.if_contains("unmatched");
    const json::value none = json::array();
    const auto other = compare_lists(expected != nullptr ? *expected : none, unmatched);
    return other.empty() ? Verdict::passed() : Verdict::wrong("unmatched " + other);
  }

  static std::string compare_lists(const json::value& list,
                                   const std::vector<std::string>& actual) {
    std::vector<std::string> expected;
    for (const auto& item : list.as_array()) expected.emplace_back(item.as_string());
    std::sort(expected.begin(), expected.end());
    std::vector<std::string> missing;
    std::vector<std::string> extra;
    std::set_difference(expected.begin(), expected.end(), actual.begin(), actual.end(),
                        std::back_inserter(missing));
    std::set_difference(actual.begin(), actual.end(), expected.begin(), expected.end(),
                        std::back_inserter(extra));
    if (missing.empty() && extra.empty()) return {};
    const auto first = [](std::vector<std::string> items) {
      if (items.size() > 4) items.resize(4);
      return join(items, " ");
    };
    return fmt::format("missing {} [{}], extra {} [{}]", missing.size(), first(missing),
                       extra.size(), first(extra));
  }

  std::string pack_;
  std::string work_;
  std::map<std::string, std::unique_ptr<project::Project>> projects_;
};

Result<void> judge_selectors(const std::string& path, const Options&, Report& report) {
  const auto files = TRY(find_cases(path, "cases.jsonl"));
  for (const auto& file : files) {
    const auto work = TRY(WorkFolder::make());
    SelectorJudge judge(file.substr(0, file.rfind('/')), work->path());
    TRY(for_each_line(file, [&](const json::object& item) {
      const std::string_view id = item.at("id").as_string();
      if (!report.wants(id)) return;
      auto verdict = judge.judge(item);
      if (verdict.outcome != Outcome::Passed) {
        verdict.note = write_json(item.at("args")) + " " + verdict.note;
      }
      report.add(std::string_view(item.at("group").as_string()), id, verdict);
    }));
  }
  return ok();
}

const Registration registration("selectors", judge_selectors);

}  // namespace

}  // namespace tarn::conformance
