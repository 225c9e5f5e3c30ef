// SPDX-License-Identifier: Apache-2.0
#include "run/query_comment.h"

#include <doctest/doctest.h>

#include "base/testing.h"
#include "project/testing.h"
#include "run/warehouse_adapter.h"

namespace tarn::run {

namespace {

// Keeps what it is told to execute; fails at the word `wrong`.
struct Sent {
  std::vector<std::string> statements;
};

class KeepingConnection final : public warehouse::Connection {
 public:
  explicit KeepingConnection(Sent& sent) : sent_(sent) {}
  Result<warehouse::Answer> execute(std::string_view sql, const Cancel*, std::size_t) override {
    sent_.statements.emplace_back(sql);
    const auto at = sql.find("wrong");
    if (at == std::string_view::npos) return warehouse::Answer{};
    Error error = invalid_input("COLUMN_NOT_FOUND: no column wrong");
    error.where = make_text_span(sql, at, 5);
    return error;
  }

 private:
  Sent& sent_;
};

class KeepingWarehouse final : public warehouse::Warehouse {
 public:
  explicit KeepingWarehouse(Sent& sent) : sent_(sent) {}
  warehouse::Kind kind() const override { return warehouse::Kind::Trino; }
  Result<std::unique_ptr<warehouse::Connection>> connect() override {
    return std::unique_ptr<warehouse::Connection>(std::make_unique<KeepingConnection>(sent_));
  }

 private:
  Sent& sent_;
};

class Made {
 public:
  explicit Made(const std::string& lines, const std::string& profile = {})
      : folder_("dev: " + project::trino_output("dev", profile), lines + "\n") {
    folder_.write("models/a.sql", "select 1 as id");
    project_ = folder_.load();
  }
  const project::Project& project() const { return *project_; }

 private:
  project::ProjectFolder folder_;
  std::unique_ptr<project::Project> project_;
};

}  // namespace

TEST_CASE("statements say who sent them, in dbt's words") {
  const Made made("");
  const auto comment = CHECK_OK(QueryComment::make(made.project()));
  CHECK(CHECK_OK(comment->add("select 1", "model.p.a")).text ==
        "/* {\"app\": \"dbt\", \"dbt_version\": \"1.11.16\", \"profile_name\": \"p\", "
        "\"target_name\": \"dev\", \"node_id\": \"model.p.a\"} */\nselect 1");
  CHECK(CHECK_OK(comment->add("select 1", "")).text.find("\"connection_name\": \"master\"} */\n") !=
        std::string::npos);
}

TEST_CASE("the form of the comment is configured") {
  struct Case {
    const char* config;
    const char* sql;
    const char* text;
  };
  const Case cases[] = {
      {"query-comment: null", "select 1", "select 1"},
      {"query-comment: ''", "select 1", "select 1"},
      {"query-comment: false", "select 1", "select 1"},
      {"query-comment: ' by {{ target.user }} '", "select 1", "/* by u */\nselect 1"},
      {"query-comment: {comment: 'x', append: true}", "select 1;\n", "select 1\n/* x */"},
      {"query-comment: {comment: 'x', job-label: true}", "select 1", "/* x */\nselect 1"},
      {"query-comment: '{{ node.name if node else connection_name }}'", "select 1",
       "/* a */\nselect 1"},
      {"query-comment: '{{ return(node.config.materialized) }}'", "select 1",
       "/* view */\nselect 1"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.config);
    const Made made(one.config);
    const auto comment = CHECK_OK(QueryComment::make(made.project()));
    CHECK(CHECK_OK(comment->add(one.sql, "model.p.a")).text == one.text);
  }
  const Made ends("query-comment: 'a */ b'");
  CHECK_ERROR(CHECK_OK(QueryComment::make(ends.project()))->add("select 1", ""),
              ErrorCode::InvalidInput, "illegal value");
  const Made list("query-comment: {text: x}");
  CHECK_ERROR(QueryComment::make(list.project()), ErrorCode::InvalidInput, "no member `text`");
}

TEST_CASE("places of failures are those of the statement without its comment") {
  const Made made("query-comment: \"first\\nsecond\"");
  const auto comment = CHECK_OK(QueryComment::make(made.project()));
  Sent sent;
  KeepingWarehouse warehouse(sent);
  WarehouseAdapter adapter(warehouse, adapter_options(made.project(), *comment, nullptr));
  const auto failed = adapter.query("select\n  wrong", "model.p.a");
  REQUIRE(!failed);
  CHECK(sent.statements.back() == "/* first\nsecond */\nselect\n  wrong");
  REQUIRE(failed.error().where);
  CHECK(*failed.error().where == make_text_span("select\n  wrong", 9, 5));
}

TEST_CASE("values are prepared, or written into the statement if the profile says so") {
  const auto send = [](const std::string& profile, const std::string& sql) {
    const Made made("query-comment: null", profile);
    const auto comment = CHECK_OK(QueryComment::make(made.project()));
    Sent sent;
    KeepingWarehouse warehouse(sent);
    WarehouseAdapter adapter(warehouse, adapter_options(made.project(), *comment, nullptr));
    CHECK_OK(adapter.execute(
        {.sql = sql, .bindings = {jinja::Value(1), jinja::Value("it's"), jinja::Value::none()}}));
    return sent.statements.back();
  };
  CHECK(send("", "values (?, ?, ?)") ==
        "EXECUTE IMMEDIATE 'values (?, ?, ?)' USING 1, 'it''s', NULL");
  CHECK(
      send(", prepared_statements_enabled: false", "insert into \"?\" values (%s, '%s?', %s, ?)") ==
      "insert into \"?\" values (1, '%s?', 'it''s', NULL)");
}

}  // namespace tarn::run
