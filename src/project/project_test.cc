// SPDX-License-Identifier: Apache-2.0
#include "project/project.h"

#include <fmt/core.h>

#include <map>

#include "base/testing.h"
#include "project/commands.h"
#include "project/compile.h"
#include "project/context/contexts.h"
#include "project/generic_tests.h"
#include "project/macro_calls.h"
#include "project/manifest.h"
#include "project/version_check.h"

namespace tarn::project {

namespace {

// Files in memory.
class MemoryFiles final : public Files {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {
    files_.emplace("p/profiles.yml",
                   "p: {target: dev, outputs: {dev: {type: trino, host: h, port: 1, user: u, "
                   "database: lake, schema: s}}}");
    files_.emplace("p/dbt_project.yml", "name: p\nversion: '1.0'\nprofile: p\n");
  }
  Result<std::string> read(const std::string& path) const override {
    const auto found = files_.find(path);
    if (found == files_.end()) return not_found("{}", path);
    return found->second;
  }
  Result<std::vector<FileEntry>> list(const std::string& folder) const override {
    std::vector<FileEntry> out;
    for (const auto& [path, text] : files_) {
      if (path.starts_with(folder + "/")) {
        out.push_back({path.substr(folder.size() + 1), text.size(), 0});
      }
    }
    return out;
  }
  bool exists(const std::string& path) const override { return files_.contains(path); }

 private:
  std::map<std::string, std::string> files_;
};

std::unique_ptr<Project> load(const MemoryFiles& files) {
  LoadOptions options;
  options.project_dir = "p";
  options.profiles_dir = "p";
  return CHECK_OK(
      load_project(options, files, [](std::string_view) { return std::optional<std::string>(); }));
}

std::string all_findings(const Project& project) {
  std::string out;
  for (const auto& finding : project.diagnostics.items()) out += format_diagnostic(finding);
  return out;
}

}  // namespace

TEST_CASE("a project becomes nodes, a graph and SQL") {
  const MemoryFiles files(
      {{"p/models/a.sql", "select 1 as id\n"},
       {"p/models/b.sql", "{{ config(materialized='ephemeral') }}\nselect * from {{ ref('a') }}"},
       {"p/models/c.sql", "with x as (select 1)\nselect * from {{ ref('b') }}"},
       {"p/models/s.yml",
        "models:\n  - name: a\n    columns:\n      - name: id\n"
        "        data_tests: [unique, not_null]\n"}});
  const auto project = load(files);
  CHECK(all_findings(*project) == "");
  NoAdapter adapter;
  Compiler compiler(*project, adapter);
  const auto compiled = CHECK_OK(compiler.compile(*project->nodes_by_id.at("model.p.c")));
  CHECK(compiled.code ==
        "with  __dbt__cte__b as (\n\nselect * from \"lake\".\"s\".\"a\"\n), x as (select 1)\n"
        "select * from __dbt__cte__b");
  const auto selected =
      CHECK_OK(select_nodes(*project, {.select = {"+c"}, .exclude = {"test_type:data"}}, true));
  REQUIRE(selected.nodes.size() == 3);
  CHECK(write_manifest(*project).find("\"test.p.unique_a_id.") != std::string::npos);
}

TEST_CASE("all mistakes are reported at once") {
  const MemoryFiles files({{"p/models/a.sql", "select 1 as id\n"},
                           {"p/models/b.sql", "select * from {{ ref('aa') }}"},
                           {"p/models/c.sql", "select\n{{ 1 + }}"},
                           {"p/models/s.yml", "models:\n  - name: a\n   columns: []\n"},
                           {"p/models/t.yml", "models: {name: a}\n"},
                           {"p/macros/m.sql", "{% macro m() %}\nx\n"}});
  const auto project = load(files);
  const std::string text = all_findings(*project);
  for (const char* part :
       {"depends on a node named 'aa' which was not found", "did you mean `a`?", "models/c.sql:2",
        "syntax error near line 3", "the value of `models` is not a list", "close tag for macro"}) {
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
  }
}

Environment no_environment() {
  return [](std::string_view) { return std::optional<std::string>(); };
}

TEST_CASE("deps needs no profile: target is there and empty") {
  const MemoryFiles files(
      {{"p/dbt_project.yml",
        "name: p\nversion: '1.0'\nprofile: p\non-run-end: \"{{ log(target.name) }}\"\n"
        "snapshots: {p: {+target_schema: \"{{ target.schema }}_{{ var('part') }}\"}}\n"},
       {"p/profiles.yml", "broken: ["}});
  LoadOptions options;
  options.project_dir = "p";
  options.vars = "{part: x}";
  CHECK_OK(run_deps(options, files, no_environment(), {}));
}

TEST_CASE("run-operation: macros find nodes and sources") {
  const MemoryFiles files(
      {{"p/models/a.sql", "select 1 as id\n"},
       {"p/models/s.yml", "sources: [{name: shop, schema: public, tables: [{name: orders}]}]\n"},
       {"p/macros/m.sql",
        "{% macro names(model) %}{{ log(ref(model) ~ ' ' ~ source('shop', 'orders'), info=true) }}"
        "{% endmacro %}"}});
  const auto project = load(files);
  NoAdapter adapter;
  const auto output = CHECK_OK(run_operation(*project, "names", "{model: a}", adapter));
  CHECK(output.exit_code == 0);
  CHECK(output.out == "\"lake\".\"s\".\"a\" \"lake\".\"public\".\"orders\"\n");
  const auto missing = CHECK_OK(run_operation(*project, "names", "{model: b}", adapter));
  CHECK(missing.exit_code == 1);
  REQUIRE(missing.findings.size() == 1);
  CHECK(missing.findings[0].message.find("named 'b' which was not found") != std::string::npos);
}

TEST_CASE("compile prints what --select names, and tells a failure once") {
  const MemoryFiles files({{"p/models/a.sql", "select 1 as id"},
                           {"p/models/b.sql", "select * from {{ ref('a') }}\n{{ nothing(1) }}"}});
  const auto project = load(files);
  NoAdapter adapter;
  CompileOptions options;
  options.write_files = false;
  options.selection.select = {"a"};
  CHECK(CHECK_OK(run_compile(*project, options, adapter)).out == "select 1 as id\n");
  options.selection.select = {"b"};
  const auto failed = CHECK_OK(run_compile(*project, options, adapter));
  CHECK(failed.exit_code == 2);
  REQUIRE(failed.findings.size() == 1);
  CHECK(failed.findings[0].message ==
        "in model b (models/b.sql): 'nothing' is undefined\n  --> models/b.sql:2:4\n"
        "     2 | {{ nothing(1) }}\n       |    ^^^^^^^^^^");
}

TEST_CASE("ls lists in the order of ids, as dbt does") {
  const MemoryFiles files({{"p/models/b.sql", "select 1 as id"},
                           {"p/models/c.sql", "select 1 as id"},
                           {"p/snapshots/a.yml",
                            "snapshots: [{name: a, relation: ref('c'), config: {unique_key: id, "
                            "strategy: check, check_cols: all}}]\n"}});
  const auto project = load(files);
  CHECK(CHECK_OK(run_list(*project, {})).out == "p.b\np.c\np.a\n");
}

TEST_CASE("every built-in macro compiles") {
  const MemoryFiles files({});
  const auto project = load(files);
  std::size_t count = 0;
  for (const auto& macro : project->macros) {
    if (!macro.builtin) continue;
    CAPTURE(macro.name);
    CHECK_OK(project->contexts->macro_value(macro));
    ++count;
  }
  CHECK(count > 150);
}

TEST_CASE("names of generic tests") {
  Arena arena;
  const Data args = Data(arena.copy(
      std::vector<Member>{{"column_name", "id"}, {"values", make_text_list(arena, {"a b", "c"})}}));
  const auto names = synthesize_test_names("accepted_values", "orders", args);
  CHECK(names.full_name == "accepted_values_orders_id__a_b__c");
  CHECK(names.short_name == names.full_name);
}

TEST_CASE("common table expressions go into the query's own WITH") {
  struct Case {
    const char* sql;
    const char* expected;
  };
  for (const auto& [sql, expected] : {
           Case{"select 1", "with X select 1"},
           {"-- c\nselect 1", "-- c\nwith X select 1"},
           {"WITH a as (b) select 1", "WITH  X, a as (b) select 1"},
           {"with recursive a as (b) select 1", "with recursive  X, a as (b) select 1"},
           {"select with_x", "with X select with_x"},
       }) {
    CAPTURE(sql);
    CHECK(inject_ctes(sql, {{"id", " X"}}) == expected);
  }
}

TEST_CASE("calls of macros are found without running them") {
  const auto calls = find_macro_calls(
      "{% macro m(a=n()) %}{{ x(1) | y(2) }}{{ pkg.z() }}{{ adapter.dispatch('w', 'dbt')() }}"
      "{# q() #}{% if a is divisibleby(3) %}{{ 'k()' }}{% endif %}{% endmacro %}");
  std::string text;
  for (const auto& call : calls) {
    text += fmt::format("{}.{}{} ", call.package, call.name, call.is_dispatch ? "!" : "");
  }
  CHECK(text == ".n .x pkg.z dbt.w! ");
}

TEST_CASE("version requirements") {
  CHECK(CHECK_OK(satisfies_version("1.11.16", {">=1.6.0", "<2.0.0"})));
  CHECK_FALSE(CHECK_OK(satisfies_version("1.11.16", {">=9.0.0"})));
  CHECK_ERROR(satisfies_version("1.11.16", {"abc"}), ErrorCode::InvalidInput, "version");
}

}  // namespace tarn::project
