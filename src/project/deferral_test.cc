// SPDX-License-Identifier: Apache-2.0
#include "project/deferral.h"

#include "base/testing.h"
#include "project/commands.h"
#include "project/compile.h"
#include "project/testing.h"

namespace tarn::project {

namespace {

// Relations that are there, by name.
class SomeRelations final : public Adapter {
 public:
  explicit SomeRelations(std::vector<std::string> names) : names_(std::move(names)) {}
  Result<StatementResult> execute(const Statement& statement) override {
    return unsupported("{}", statement.sql);
  }
  Result<std::optional<std::vector<RelationParts>>> list_relations(
      const RelationParts& schema) override {
    std::vector<RelationParts> out;
    for (const auto& name : names_) {
      RelationParts relation = schema;
      relation.identifier = name;
      relation.type = "table";
      out.push_back(std::move(relation));
    }
    return std::optional(std::move(out));
  }

 private:
  std::vector<std::string> names_;
};

}  // namespace

TEST_CASE("refs of what is not there mean the earlier run") {
  const ProjectFolder folder("dev: " + trino_output("dev") + ", prod: " + trino_output("prod"));
  const auto open = [&](const char* target) {
    LoadOptions options;
    options.target = target;
    return folder.load(options);
  };
  folder.write("models/a.sql", "select 1 as id");
  folder.write("models/e.sql", "{{ config(materialized='ephemeral') }} select 1 as id");
  folder.write("models/b.sql", "select * from {{ ref('a') }} join {{ ref('e') }} using (id)");
  CHECK(CHECK_OK(run_parse(*open("prod"), true)).exit_code == 0);

  const auto project = open("dev");
  const auto& b = *project->nodes_by_id.at("model.p.b");
  const auto compile = [&](std::vector<std::string> there, DeferOptions options) {
    options.state = "target";
    SomeRelations adapter(std::move(there));
    Compiler compiler(*project, adapter);
    compiler.set_deferral(CHECK_OK(load_deferral(*project, options)));
    return CHECK_OK(compiler.compile(b)).code;
  };
  CHECK(compile({}, {}).find("from \"lake\".\"prod\".\"a\" join __dbt__cte__e") !=
        std::string::npos);
  CHECK(compile({"a"}, {}).find("\"lake\".\"dev\".\"a\"") != std::string::npos);
  CHECK(compile({"a"}, {.favor_state = true}).find("\"lake\".\"prod\".\"a\"") != std::string::npos);
  const auto* a = project->nodes_by_id.at("model.p.a");
  CHECK(compile({"a"}, {.favor_state = true, .selected = {a}}).find("\"dev\".\"a\"") !=
        std::string::npos);
  CHECK_ERROR(load_deferral(*project, {}), ErrorCode::InvalidInput, "--state");
  CHECK_ERROR(load_deferral(*project, {.state = "nowhere"}), ErrorCode::NotFound,
              "could not find manifest");
}

}  // namespace tarn::project
