// SPDX-License-Identifier: Apache-2.0
// Materializations send the statements that dbt sends: each node of a recorded project runs against
// the answers that dbt got (tests/interop/dbt/README.md).
#include "project/session.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <set>

#include "base/file.h"
#include "base/json.h"
#include "base/testing.h"
#include "base/text.h"
#include "jinja/modules.h"
#include "project/compile.h"
#include "project/config.h"
#include "project/unit_test_sql.h"

namespace tarn::project {

namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) { return std::string(value.as_string()); }

// Words, texts and signs with one blank between them; words without letter case.
std::string normalized_sql(std::string_view sql) {
  std::string out;
  const auto add = [&](std::string_view token) {
    if (!out.empty()) out += ' ';
    out += token;
  };
  for (std::size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    const auto is_word = [](char one) {
      return std::isalnum(static_cast<unsigned char>(one)) != 0 || one == '_';
    };
    if (c == '\'' || c == '"') {
      const auto close = sql.find(c, at + 1);
      const auto end = close == std::string_view::npos ? sql.size() : close + 1;
      add(sql.substr(at, end - at));
      at = end;
    } else if (sql.substr(at, 2) == "--") {
      at = std::min(sql.find('\n', at), sql.size());
    } else if (sql.substr(at, 2) == "/*") {
      const auto close = sql.find("*/", at);
      at = close == std::string_view::npos ? sql.size() : close + 2;
    } else if (is_word(c)) {
      std::size_t end = at;
      while (end < sql.size() && is_word(sql[end])) ++end;
      add(to_lower(sql.substr(at, end - at)));
      at = end;
    } else {
      if (std::isspace(static_cast<unsigned char>(c)) == 0) add(sql.substr(at, 1));
      ++at;
    }
  }
  return out;
}

std::string binding_text(const jinja::Value& value) {
  if (value.is_none()) return "null";
  if (value.is_bool()) return value.as_bool() ? "True" : "False";
  if (value.is_text()) return std::string(value.text());
  if (value.is_int64()) return std::to_string(value.as_int());
  if (value.kind() == jinja::Kind::Float) return fmt::format("{}", value.as_float());
  return jinja::date_text(value).value_or("?");
}

jinja::Value row_value(const json::value& value) {
  if (value.is_string()) return jinja::Value(text_of(value));
  if (value.is_bool()) return jinja::Value(value.as_bool());
  if (value.is_int64()) return jinja::Value(value.as_int64());
  return jinja::Value();
}

// Expects the recorded statements in order and gives their answers.
class ReplayAdapter final : public Adapter {
 public:
  explicit ReplayAdapter(const json::array& statements) : statements_(statements) {}

  Result<StatementResult> execute(const Statement& statement) override {
    if (next_ >= statements_.size()) return internal("one too many: {}", statement.sql);
    const auto& expected = statements_[next_++].as_object();
    CHECK(normalized_sql(statement.sql) == normalized_sql(text_of(expected.at("sql"))));
    check_bindings(statement, expected);
    StatementResult out;
    for (const auto& column : expected.at("columns").as_array()) {
      out.columns.push_back({text_of(column.at(0)), text_of(column.at(1))});
    }
    for (const auto& row : expected.at("rows").as_array()) {
      std::vector<jinja::Value> values;
      for (const auto& value : row.as_array()) values.push_back(row_value(value));
      out.rows.push_back(std::move(values));
    }
    return out;
  }
  bool is_done() const { return next_ == statements_.size(); }
  std::string next() const {
    return is_done() ? "" : text_of(statements_[next_].as_object().at("sql"));
  }

 private:
  static void check_bindings(const Statement& statement, const json::object& expected) {
    const auto* list = expected.if_contains("bindings");
    if (list == nullptr) {
      CHECK(statement.bindings.empty());
      return;
    }
    REQUIRE(statement.bindings.size() == list->as_array().size());
    for (std::size_t i = 0; i < statement.bindings.size(); ++i) {
      const auto& value = list->as_array()[i];
      const std::string text = binding_text(statement.bindings[i]);
      if (text == "?") continue;  // times have no short text here
      CHECK(text == (value.is_null() ? "null" : text_of(value)));
    }
  }

  const json::array& statements_;
  std::size_t next_ = 0;
};

std::unique_ptr<Project> load_recorded(const std::string& step) {
  LoadOptions options;
  options.project_dir = std::string(TARN_SOURCE_DIR) + "/tests/interop/dbt/project";
  options.profiles_dir = options.project_dir;
  options.full_refresh = step == "full";
  return CHECK_OK(load_project(options, disk_files(),
                               [](std::string_view) { return std::optional<std::string>(); }));
}

void fill_cache(const Project& project, const json::array& relations, RelationCache& cache) {
  std::set<std::string> schemas;
  for (const auto& node : project.nodes) schemas.emplace(node.schema);
  for (const auto& schema : schemas) {
    RelationParts key;
    key.database = "lake";
    key.schema = schema;
    std::vector<RelationParts> list;
    for (const auto& item : relations) {
      if (text_of(item.at(0)) != schema) continue;
      RelationParts relation = key;
      relation.identifier = text_of(item.at(1));
      relation.type = text_of(item.at(2));
      list.push_back(std::move(relation));
    }
    cache.set_schema(key, std::move(list));
  }
}

void run_source(const Project& project, const Node& node, Adapter& adapter, RelationCache& cache) {
  Session session(project, adapter, cache, {});
  CHECK_OK(session.call("collect_freshness", {relation_value(relation_of(project, node)),
                                              jinja::Value("seen"), jinja::Value()}));
}

void run_unit_test(const Project& project, const Node& node, Adapter& adapter,
                   RelationCache& cache) {
  const auto test = CHECK_OK(compile_unit_test(project, node, adapter, cache));
  Session session(project, adapter, cache,
                  {.node = &test.node, .compiled_code = test.code, .config = test.config});
  CHECK_OK(session.materialize());
}

// Two days; the first batch of a table that is not there makes it.
void run_batches(const Project& project, const Node& node, Adapter& adapter, RelationCache& cache) {
  const bool there = cache.find(relation_of(project, node)).has_value();
  BatchRequest request;
  request.event_time_start = CHECK_OK(parse_event_time("2025-01-01"));
  request.event_time_end = CHECK_OK(parse_event_time("2025-01-03"));
  const auto batches = CHECK_OK(plan_batches(node, request));
  REQUIRE(batches.size() == 2);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const bool incremental = there || i > 0;
    Compiler compiler(project, adapter, &cache);
    const auto compiled = CHECK_OK(compiler.compile(node, &batches[i], incremental));
    Session session(project, adapter, cache,
                    {.node = &node,
                     .compiled_code = compiled.code,
                     .batch = batches[i],
                     .is_incremental_batch = incremental});
    CHECK_OK(session.materialize());
  }
}

void run_node(const Project& project, const Node& node, Adapter& adapter, RelationCache& cache) {
  if (node.type == ResourceType::Source) return run_source(project, node, adapter, cache);
  if (node.type == ResourceType::UnitTest) return run_unit_test(project, node, adapter, cache);
  if (is_microbatch(node)) return run_batches(project, node, adapter, cache);
  Compiler compiler(project, adapter, &cache);
  const auto compiled = CHECK_OK(compiler.compile(node));
  Session session(project, adapter, cache, {.node = &node, .compiled_code = compiled.code});
  CHECK_OK(session.materialize());
}

}  // namespace

TEST_CASE("materializations send what dbt sends") {
  const std::string folder = std::string(TARN_SOURCE_DIR) + "/tests/interop/dbt";
  const std::string text = CHECK_OK(read_file(folder + "/recorded.jsonl"));
  std::map<std::string, std::unique_ptr<Project>> projects;
  std::size_t count = 0;
  for (const auto line : split(text, '\n')) {
    if (trim(line).empty()) continue;
    const auto record = CHECK_OK(parse_json(line));
    const std::string step = text_of(record.at("step"));
    const std::string id = text_of(record.at("node"));
    CAPTURE(step);
    CAPTURE(id);
    auto& project = projects[step];
    if (project == nullptr) project = load_recorded(step);
    const auto found = project->nodes_by_id.find(id);
    REQUIRE(found != project->nodes_by_id.end());
    ReplayAdapter adapter(record.at("statements").as_array());
    RelationCache cache;
    fill_cache(*project, record.at("relations").as_array(), cache);
    run_node(*project, *found->second, adapter, cache);
    CHECK(adapter.next() == "");
    ++count;
  }
  CHECK(count > 60);
}

TEST_CASE("statements are cut as dbt's client cuts them") {
  const std::pair<std::string_view, std::vector<std::string>> cases[] = {
      {"select 1", {"select 1"}},
      {"select ';'; select \";\" ;\n", {"select ';'", "select \";\""}},
      {"-- only; a comment\n", {}},
      {"select 1 -- ; no\n; /* ; */ ;select 2", {"select 1 -- ; no", "select 2"}},
      {"create function f() returns int begin set x = 1; return x; end; select 1",
       {"create function f() returns int begin set x = 1; return x; end", "select 1"}},
      {"create function f() returns int begin return case when a then 1 end; end; select 2",
       {"create function f() returns int begin return case when a then 1 end; end", "select 2"}},
      {"select 'it''s; so'; x", {"select 'it''s; so'", "x"}},
  };
  for (const auto& [sql, expected] : cases) {
    CAPTURE(sql);
    CHECK(split_statements(sql) == expected);
  }
}

TEST_CASE("batches are planned as dbt plans them") {
  Arena arena;
  Node node;
  const auto set = [&](std::vector<Member> config) { node.config = Data(arena.copy(config)); };
  const auto plan = [&](const BatchRequest& request) {
    std::string out;
    for (const auto& batch : CHECK_OK(plan_batches(node, request))) {
      out += fmt::format("{} {} {}|", batch.id, batch.event_time_start, batch.event_time_end);
    }
    return out;
  };
  BatchRequest request;
  request.now_micros = CHECK_OK(parse_event_time("2025-03-01 10:30:00"));
  set({{"batch_size", "month"}, {"begin", "2025-01-15"}});
  CHECK(plan(request) ==
        "202501 2025-01-01 00:00:00+00:00 2025-02-01 00:00:00+00:00|"
        "202502 2025-02-01 00:00:00+00:00 2025-03-01 00:00:00+00:00|"
        "202503 2025-03-01 00:00:00+00:00 2025-04-01 00:00:00+00:00|");
  request.is_incremental = true;
  set({{"batch_size", "hour"}, {"lookback", 1}});
  CHECK(plan(request) ==
        "20250301T09 2025-03-01 09:00:00+00:00 2025-03-01 10:00:00+00:00|"
        "20250301T10 2025-03-01 10:00:00+00:00 2025-03-01 11:00:00+00:00|");
  set({{"batch_size", "year"}});
  CHECK(plan(request) ==
        "2024 2024-01-01 00:00:00+00:00 2025-01-01 00:00:00+00:00|"
        "2025 2025-01-01 00:00:00+00:00 2026-01-01 00:00:00+00:00|");
  request.is_incremental = false;
  set({{"batch_size", "day"}});
  CHECK_ERROR(plan_batches(node, request), ErrorCode::InvalidInput, "requires a 'begin'");
}

}  // namespace tarn::project
