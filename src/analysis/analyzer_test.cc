// SPDX-License-Identifier: Apache-2.0
#include "analysis/analyzer.h"

#include <map>

#include "analysis/lineage.h"
#include "base/testing.h"
#include "base/text.h"
#include "sql/parser.h"
#include "sql/tree/visit.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::analysis {
namespace {

class FakeTables : public TableLookup {
 public:
  FakeTables() {
    add("t", {{"a", "integer"},
              {"b", "varchar(5)"},
              {"c", "decimal(10,2)"},
              {"d", "date"},
              {"ts", "timestamp(6)"},
              {"r", "row(x integer, y array(bigint))"}});
    add("u", {{"a", "bigint"}, {"e", "double"}, {"m", "map(varchar, integer)"}});
    add("v", {{"total", "decimal(38,2)"}},
        ViewDefinition{"SELECT sum(c) AS total FROM t", "lake", "s"});
    add("stale", {{"x", "integer"}, {"y", "integer"}},
        ViewDefinition{"SELECT a AS x FROM t", "lake", "s"});
  }

  Result<TableInfoPtr> find_table(const TableId& id,
                                  const std::optional<TableVersion>& version) override {
    ++asked;
    if (id.catalog != "lake") {
      return types::named_error("CATALOG_NOT_FOUND", {}, "Catalog '{}' not found", id.catalog);
    }
    last_version = version;
    auto found = tables_.find(id.table);
    return found == tables_.end() ? nullptr : found->second;
  }

  int asked = 0;
  std::optional<TableVersion> last_version;

 private:
  void add(const std::string& name, std::vector<std::pair<const char*, const char*>> columns,
           std::optional<ViewDefinition> view = {}) {
    auto table = std::make_shared<TableInfo>();
    table->id = {"lake", "s", name};
    for (const auto& [column, type] : columns) {
      table->columns.push_back({column, CHECK_OK(types::parse_type(type)), false, true});
    }
    if (!view) table->columns.push_back({"$path", types::make_varchar(), true, true});
    table->view = std::move(view);
    tables_[name] = std::move(table);
  }
  std::map<std::string, TableInfoPtr> tables_;
};

AnalyzerOptions lake_options() {
  AnalyzerOptions options;
  options.catalog = "lake";
  options.schema = "s";
  return options;
}

Result<TypedQuery> analyze(const std::string& text, FakeTables& tables) {
  sql::StatementPtr statement = TRY(sql::parse_statement(text));
  const auto* query = sql::as<sql::QueryStatement>(*statement);
  REQUIRE(query);
  return analyze_query(*query->query, tables, lake_options());
}

// `name type, …` of the outputs, or `NAME line:column message`.
std::string outcome(const std::string& text) {
  FakeTables tables;
  auto query = analyze(text, tables);
  if (!query) {
    types::NamedError error = types::split_error(query.error());
    if (!query.error().where) return error.name + " " + error.message;
    return fmt::format("{} {}:{} {}", error.name, query.error().where->line,
                       query.error().where->column, error.message);
  }
  std::string out;
  for (const auto& output : query->outputs) {
    if (!out.empty()) out += ", ";
    out += output.name + " " + types::to_string(output.type);
  }
  return out;
}

TEST_CASE("names and types of queries") {
  struct Case {
    const char* query;
    const char* expected;
  };
  const Case cases[] = {
      {"select * from t",
       "a integer, b varchar(5), c decimal(10,2), d date, ts timestamp(6), "
       "r row(x integer, y array(bigint))"},
      {"select \"$path\", A, t.b, s.t.c X from s.t",
       "$path varchar, A integer, b varchar(5), X decimal(10,2)"},
      {"select r.x, t.r.y[1], r.*", "COLUMN_NOT_FOUND 1:8 Column 'r.x' cannot be resolved"},
      {"select r.x, t.r.y[1], t.r.* from t", "x integer, _col1 bigint, x integer, y array(bigint)"},
      {"select a + 1, a / 2.0, c * c, -c, b || 'x' from t",
       "_col0 integer, _col1 decimal(12,1), _col2 decimal(20,4), _col3 decimal(10,2), _col4 "
       "varchar"},
      {"select x from t", "COLUMN_NOT_FOUND 1:8 Column 'x' cannot be resolved"},
      {"select a from t, u", "AMBIGUOUS_NAME 1:8 Column 'a' is ambiguous"},
      {"select t.a, u.a from t join u on t.a = u.a", "a integer, a bigint"},
      {"select a, b, e from t join u using (a)", "a bigint, b varchar(5), e double"},
      {"select t.a from t join u using (a)",
       "COLUMN_NOT_FOUND 1:8 Column 't.a' cannot be resolved"},
      {"select a = b from t", "TYPE_MISMATCH 1:10 Cannot apply operator: integer = varchar(5)"},
      {"select * from t where a",
       "TYPE_MISMATCH 1:23 WHERE clause must evaluate to a boolean: actual type integer"},
      {"select * from nosuch", "TABLE_NOT_FOUND 1:15 Table 'lake.s.nosuch' does not exist"},
      {"select * from nocat.s.t", "CATALOG_NOT_FOUND 1:15 Catalog 'nocat' not found"},
      {"select nosuch(a) from t", "FUNCTION_NOT_FOUND 1:8 Function 'nosuch' not registered"},
      {"select sum(a), avg(c), count(*), max(b), array_agg(d order by ts desc) from t",
       "_col0 bigint, _col1 decimal(10,2), _col2 bigint, _col3 varchar(5), _col4 array(date)"},
      {"select a, sum(c) from t",
       "EXPRESSION_NOT_AGGREGATE 1:8 'a' must be an aggregate expression or appear in GROUP BY "
       "clause"},
      {"select a + 1, sum(c) from t group by a + 1", "_col0 integer, _col1 decimal(38,2)"},
      {"select a + 1, sum(c) s from t group by 2",
       "EXPRESSION_NOT_SCALAR 1:15 GROUP BY clause cannot "
       "contain aggregations, window functions or grouping operations: [sum(c)]"},
      {"select a + 1, sum(c) s from t group by 1 order by s, a + 1",
       "_col0 integer, s decimal(38,2)"},
      {"select a x from t group by x", "COLUMN_NOT_FOUND 1:28 Column 'x' cannot be resolved"},
      {"select sum(sum(a)) from t",
       "NESTED_AGGREGATION 1:8 Cannot nest aggregations inside aggregation: sum(a)"},
      {"select a from t where sum(a) > 1",
       "EXPRESSION_NOT_SCALAR 1:30 WHERE clause cannot contain aggregations, "
       "window functions or grouping operations: [sum(a)]"},
      {"select b, grouping(b) from t group by rollup (b)", "b varchar(5), _col1 integer"},
      {"select rank() over (partition by b order by a), sum(sum(a)) over () from t group by a, b",
       "_col0 bigint, _col1 bigint"},
      {"select lag(a) over (order by d), row_number() over w from t window w as (order by a)",
       "_col0 integer, _col1 bigint"},
      {"select rank() from t", "MISSING_OVER 1:8 Window function rank() requires an OVER clause"},
      {"select a from t order by 2",
       "INVALID_COLUMN_REFERENCE 1:26 ORDER BY position 2 is not in select list"},
      {"select distinct a from t order by b",
       "EXPRESSION_NOT_IN_DISTINCT 1:1 For SELECT DISTINCT, ORDER BY expressions must appear in "
       "select list"},
      {"select a from t order by b limit 5", "a integer"},
      {"select transform(y, v -> v + 1), reduce(y, 0, (s, v) -> s + 1, s -> s) from (select r.y "
       "from t)",
       "_col0 array(bigint), _col1 integer"},
      {"select case a when 1 then 'x' else b end, if(true, 1), coalesce(a, 2.5), nullif(a, 1), "
       "try(a / 0) from t",
       "_col0 varchar(5), _col1 integer, _col2 decimal(11,1), _col3 integer, _col4 integer"},
      {"select cast(a as varchar), try_cast(b as bigint), cast(d as nosuch) from t",
       "TYPE_MISMATCH 1:51 Unknown type: nosuch"},
      {"select extract(year from d), d + interval '1' month, ts at time zone 'UTC', date "
       "'2020-01-01' from t",
       "_col0 bigint, _col1 date, _col2 timestamp(6) with time zone, _col3 date"},
      {"select * from unnest(array[1, 2], map(array['a'], array[true])) with ordinality x(i, k, v, "
       "n)",
       "i integer, k varchar(1), v boolean, n bigint"},
      {"select t.a, z from t cross join unnest(r.y) as y(z)", "a integer, z bigint"},
      {"select x from t cross join lateral (select t.a + 1 as x) l", "x integer"},
      {"select (select max(e) from u where u.a = t.a), exists (select 1), a in (select a from u), "
       "a > all (select a from u) from t",
       "_col0 double, _col1 boolean, _col2 boolean, _col3 boolean"},
      {"with q (z) as (select a from t), p as (select z + 1 y from q) select * from p, q",
       "y integer, z integer"},
      {"with recursive n (i) as (select 1 union all select i + 1 from n where i < 5) select * from "
       "n",
       "i integer"},
      {"select 1 a union all select 2.5 intersect select null", "a decimal(11,1)"},
      {"select 1 union select 'x'",
       "TYPE_MISMATCH 1:10 column 1 in UNION query has incompatible types: integer, varchar(1)"},
      {"select 1, 2 union select 3",
       "TYPE_MISMATCH 1:13 UNION query has different number of fields: 2, 1"},
      {"values (1, 'a'), (bigint '2', null)", "_col0 bigint, _col1 varchar(1)"},
      {"values (1, 2), (3)", "TYPE_MISMATCH 1:1 Values rows have mismatched sizes: 2 vs 1"},
      {"select * from v", "total decimal(38,2)"},
      {"select * from stale",
       "VIEW_IS_STALE 1:15 View 'lake.s.stale' is stale or in invalid state: stored view column "
       "count differs from the query's"},
      {"select * from t as x (p, q)",
       "MISMATCHED_COLUMN_ALIASES 1:15 Column alias list has 2 entries but 'x' has 6 columns "
       "available"},
      {"select current_date, current_timestamp(6), localtime, current_user",
       "_col0 date, _col1 timestamp(6) with time zone, _col2 time(3), _col3 varchar"},
      {"select * from t where m = m", "COLUMN_NOT_FOUND 1:23 Column 'm' cannot be resolved"},
      {"select m['a'], element_at(m, 'b'), cardinality(m) from u",
       "_col0 integer, _col1 integer, _col2 bigint"},
      {"select listagg(b, ',') within group (order by a) from t", "_col0 varchar"},
      {"select a like 'x' from t",
       "TYPE_MISMATCH 1:8 Left side of LIKE expression must evaluate to a varchar (actual: "
       "integer)"},
      {"select 1, *", "COLUMN_NOT_FOUND 1:11 SELECT * not allowed in queries without FROM clause"},
      {"select ?",
       "INVALID_PARAMETER_USAGE 1:8 Incorrect number of parameters: expected 1 but found 0"},
  };
  for (const Case& item : cases) {
    std::string actual = outcome(item.query);
    CAPTURE(std::string(item.query));
    CHECK(actual == std::string(item.expected));
  }
}

TEST_CASE("the typed tree") {
  FakeTables tables;
  auto tree = [&](const char* text) { return dump(CHECK_OK(analyze(text, tables))); };
  CHECK(tree("select b, sum(a) n from t where a > 1 group by b order by n desc limit 3") ==
        "output b=#9 varchar(5) n=#10 bigint\n"
        "limit [#9 varchar(5), #10 bigint] limit 3\n"
        "  sort [#9 varchar(5), #10 bigint] by #10 desc\n"
        "    project [#9 varchar(5), #10 bigint] = #2, #8\n"
        "      aggregate [#2 varchar(5), #8 bigint] = #2 #8=sum(coerce(#1 as bigint))\n"
        "        filter [#1 integer, #2 varchar(5), #3 decimal(10,2), #4 date, #5 timestamp(6), "
        "#6 row(x integer, y array(bigint)), #7 varchar] on $less_than(INTEGER '1', #1)\n"
        "          scan [#1 integer, #2 varchar(5), #3 decimal(10,2), #4 date, #5 timestamp(6), "
        "#6 row(x integer, y array(bigint)), #7 varchar] lake.s.t");
}

std::string times(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST_CASE("deep and large statements") {
  CHECK(outcome("select 1" + times(" + 1", 600)) == "_col0 integer");
  CHECK(outcome("select 1" + times(" + 1", 900)).starts_with("STACK_OVERFLOW"));
  CHECK(outcome(times("select * from (", 100) + "select 1 x" + times(")", 100)) == "x integer");
  CHECK(outcome("select (" + times("(select ", 60) + "1" + times(")", 60) + ") x") == "x integer");
  CHECK(outcome("select 1 x" + times(" union all select 1", 3000)) == "x integer");
  CHECK(outcome("select 1 in (1" + times(", 2", 5000) + ") x") == "x boolean");
  CHECK(outcome("select " + times("transform(array[1], x -> ", 10) + "1" + times(")", 10))
            .starts_with("NOT_SUPPORTED"));
}

TEST_CASE("each table is asked for once") {
  FakeTables tables;
  CHECK_OK(analyze("select * from t x, t y, v where x.a in (select a from t)", tables));
  CHECK(tables.asked == 2);
  CHECK_OK(analyze("select * from t for version as of 12345678901", tables));
  REQUIRE(tables.last_version.has_value());
  CHECK(tables.last_version->by_version);
  CHECK(tables.last_version->value.value.as_int() == 12345678901);
}

template <typename Statement, typename Function>
std::string changed(const std::string& text, Function analyze_it) {
  FakeTables tables;
  auto statement = CHECK_OK(sql::parse_statement(text));
  auto result = analyze_it(*sql::as<Statement>(*statement), tables, lake_options());
  if (result) return "ok";
  types::NamedError error = types::split_error(result.error());
  return error.name + " " + error.message;
}

TEST_CASE("INSERT, UPDATE, DELETE, MERGE") {
  auto insert = [](const char* text) { return changed<sql::Insert>(text, analyze_insert); };
  CHECK(insert("insert into u values (1, 2, null), (3, 4.5, map())") == "ok");
  CHECK(insert("insert into t (b, a) select 'long text', bigint '7'") == "ok");
  CHECK(insert("insert into t (a, a) select 1, 2") ==
        "DUPLICATE_COLUMN_NAME Insert column name is specified more than once: a");
  CHECK(insert("insert into t (x) select 1") ==
        "COLUMN_NOT_FOUND Insert column name does not exist in target table: x");
  CHECK(insert("insert into u values (1)") ==
        "TYPE_MISMATCH Insert query has mismatched column types: Table: [bigint, double, "
        "map(varchar, integer)], Query: [integer]");
  CHECK(
      insert("insert into t (d) values 'x'") ==
      "TYPE_MISMATCH Insert query has mismatched column types: Table: [date], Query: [varchar(1)]");
  CHECK(insert("insert into v values 1") == "NOT_SUPPORTED Inserting into views is not supported");
  auto update = [](const char* text) { return changed<sql::Update>(text, analyze_update); };
  CHECK(update("update t set a = a + 1, b = 'x' where t.d > date '2020-01-01'") == "ok");
  CHECK(update("update t set x = 1") ==
        "COLUMN_NOT_FOUND The UPDATE SET target column x doesn't exist");
  CHECK(update("update t set a = 'x'") ==
        "TYPE_MISMATCH UPDATE table column types don't match SET expressions: Table: [integer], "
        "Expressions: [varchar(1)]");
  auto remove = [](const char* text) { return changed<sql::Delete>(text, analyze_delete); };
  CHECK(remove("delete from s.t where s.t.a in (select a from u)") == "ok");
  CHECK(remove("delete from t where s.t.a = 1") ==
        "COLUMN_NOT_FOUND Column 's.t.a' cannot be resolved");
  auto merge = [](const char* text) { return changed<sql::Merge>(text, analyze_merge); };
  CHECK(merge("merge into t x using u on x.a = u.a when matched and u.e > 1 then delete "
              "when matched then update set b = 'x', c = u.e "
              "when not matched then insert (a, b) values (u.a, 'y')") == "ok");
  CHECK(
      merge("merge into t x using u on x.a = u.a when not matched then insert (a) values (x.a)") ==
      "NOT_SUPPORTED Columns of the target in WHEN NOT MATCHED are not supported");
}

TEST_CASE("lineage") {
  FakeTables tables;
  auto trace = [&](const char* text) {
    auto query = CHECK_OK(analyze(text, tables));
    QueryLineage lineage = trace_lineage(query);
    std::string out;
    for (const auto& output : lineage.outputs) {
      out += output.name + ":";
      for (const auto& source : output.sources) {
        out += fmt::format(" {}.{}{}", source.source.table.table, source.source.column,
                           source.kind == LineageKind::Derived ? "*" : "");
      }
      out += "; ";
    }
    out += "by";
    for (const auto& column : lineage.deciding)
      out += " " + column.table.table + "." + column.column;
    return out;
  };
  CHECK(trace("select a, b || 'x' y, 1 z from t where d > date '2020-01-01'") ==
        "a: t.a; y: t.b*; z:; by t.d");
  CHECK(trace("with q as (select a k, sum(c) s from t group by a) select k, s from q join u on k = "
              "a") == "k: t.a; s: t.c*; by t.a u.a");
  CHECK(trace("select * from v") == "total: t.c*; by");
  CHECK(trace("select a from t union all select a from u") == "a: t.a u.a; by");
  CHECK(trace("select (select max(e) from u where u.a = t.a) m from t") == "m: u.e*; by t.a u.a");
  CHECK(trace("with recursive n (i) as (select a from t union all select i + 1 from n where i < 5) "
              "select i from n") == "i: t.a*; by t.a");
  CHECK(trace("select z from t cross join unnest(r.y) as y(z)") == "z: t.r*; by");
}

}  // namespace
}  // namespace tarn::analysis
