// SPDX-License-Identifier: Apache-2.0
#include "run/failure_text.h"

#include "base/testing.h"
#include "base/text.h"
#include "project/commands.h"
#include "project/compile.h"
#include "project/testing.h"
#include "types/error_name.h"

namespace tarn::run {
namespace {

// A project in a folder, and the text of a failure at a word of one node's SQL.
struct Trial {
  void write(const std::string& name, const std::string& text) { folder.write(name, text); }
  void load() {
    project = folder.load();
    REQUIRE(project::exit_code_of(*project) == 0);
  }
  // The statement is `before` + compiled code + `)`; the error is at `word`.
  std::string failure(const std::string& id, const std::string& word,
                      const std::string& before = "create table x as (\n") {
    const auto& node = *project->nodes_by_id.at(id);
    project::NoAdapter adapter;
    project::Compiler compiler(*project, adapter);
    const auto compiled = CHECK_OK(compiler.compile(node));
    const std::string statement = before + std::string(trim(compiled.code)) + "\n)";
    const std::size_t at = statement.find(word);
    REQUIRE(at != std::string::npos);
    const Error error =
        types::named_error("COLUMN_NOT_FOUND", make_text_span(statement, at, word.size()),
                           "Column '{}' cannot be resolved", word);
    return failure_text(*project, node, error,
                        {.statement = statement,
                         .compiled_code = compiled.code,
                         .map = compiled.map.get(),
                         .compiled_file = "target/compiled/p/models/m.sql"});
  }

  project::ProjectFolder folder;
  std::unique_ptr<project::Project> project;
};

TEST_CASE("a database's error leads to the template's line") {
  Trial trial;
  trial.write("models/m.sql",
              "\n\n{{ config(materialized='table') }}\n{% set n = 3 %}\nselect a,\n"
              "  {% for i in range(n) %}{{ i }} as c{{ i }},{% endfor %}\n  wrong as d\nfrom t\n");
  trial.load();
  const std::string text = trial.failure("model.p.m", "wrong");
  CHECK(text ==
        "Database error in model m (models/m.sql)\n"
        "  COLUMN_NOT_FOUND: Column 'wrong' cannot be resolved\n"
        "    --> models/m.sql:7:3\n"
        "       7 |   wrong as d\n"
        "         |   ^^^^^\n"
        "    compiled: target/compiled/p/models/m.sql:5:3");
}

TEST_CASE("a template without marks, and a place outside of the model's code") {
  Trial trial;
  trial.write("models/m.sql", "\nselect wrong\nfrom t\n");
  trial.load();
  CHECK(trial.failure("model.p.m", "wrong").find("--> models/m.sql:2:8") != std::string::npos);
  const std::string text = trial.failure("model.p.m", "other", "create table other as (\n");
  CHECK(text.find("--> the statement that was sent, 1:14") != std::string::npos);
  CHECK(text.find("1 | create table other as (") != std::string::npos);
  CHECK(text.find("models/m.sql:") == std::string::npos);
}

TEST_CASE("text of a macro leads into the macro's file and to its call") {
  Trial trial;
  trial.write("macros/m.sql",
              "{% macro one() %}1{% endmacro %}\n\n{% macro cents(column) -%}\n"
              "  {{ column }} * wrong\n{%- endmacro %}\n");
  trial.write("models/m.sql", "select\n  {{ cents('a') }} as a\nfrom t\n");
  trial.load();
  const std::string text = trial.failure("model.p.m", "wrong");
  CHECK(text.find("    --> macros/m.sql:4:18 (in macro cents)\n"
                  "       4 |   {{ column }} * wrong\n") != std::string::npos);
  CHECK(text.find("    called from models/m.sql:2:3\n") != std::string::npos);
  CHECK(text.find("compiled: target/compiled/p/models/m.sql:2:7") != std::string::npos);
}

TEST_CASE("an ephemeral model's text leads to its own file") {
  Trial trial;
  trial.write("models/e.sql",
              "{{ config(materialized='ephemeral') }}\nselect 1 as id,\n  wrong as b\n");
  trial.write("models/m.sql", "with own as (select 1 as x)\nselect id, bad from {{ ref('e') }}\n");
  trial.load();
  CHECK(trial.failure("model.p.m", "wrong").find("--> models/e.sql:3:3") != std::string::npos);
  CHECK(trial.failure("model.p.m", "bad").find("--> models/m.sql:2:12") != std::string::npos);
}

TEST_CASE("a failure of the whole statement names the model's file and the compiled one") {
  Trial trial;
  trial.write("models/m.sql", "select 1 / 0 as a");
  trial.load();
  CHECK(trial.failure("model.p.m", "create table") ==
        "Database error in model m (models/m.sql)\n"
        "  COLUMN_NOT_FOUND: Column 'create table' cannot be resolved\n"
        "    --> models/m.sql\n"
        "    compiled: target/compiled/p/models/m.sql");
}

TEST_CASE("failures without a place in SQL") {
  Trial trial;
  trial.write("models/m.sql", "select 1 as a");
  trial.load();
  const auto& node = *trial.project->nodes_by_id.at("model.p.m");
  Error error = invalid_input("no");
  error.context.push_back("while trying");
  CHECK(failure_text(*trial.project, node, error, {}) ==
        "Error in model m (models/m.sql)\n  no\n  while trying");
}

}  // namespace
}  // namespace tarn::run
