// SPDX-License-Identifier: Apache-2.0
#include "migrate/migration.h"

#include "iceberg/schema.h"
#include "migrate/testing.h"

namespace tarn::migrate {
namespace {

using postgres::Loss;

bool has_server() { return !postgres::TestServer::url().empty(); }

TEST_CASE("a table as in the demo") {
  if (!has_server()) return;
  MigrationFixture f;
  f.run_source(R"(
    CREATE TABLE customer (custkey varchar PRIMARY KEY, name text,
                           day date NOT NULL, n numeric(9,2));
    COMMENT ON TABLE customer IS 'All of them';
    COMMENT ON COLUMN customer.name IS 'As written';
    INSERT INTO customer SELECT i::text, 'name ' || i, date '2024-01-01' + i % 90, i / 100.0
      FROM generate_series(1, 5000) i;
    ANALYZE customer)");
  PlanOptions options;
  options.partition_by = {"month(day)"};
  options.sort_by = {"custkey"};
  options.into = iceberg::Namespace{{"bank"}};
  CHECK_OK(f.migrate_table("customer", options));
  CHECK(f.rows(
            "SELECT count(*), sum(n), min(day), count(DISTINCT custkey) FROM lake.bank.customer") ==
        "5000|125025.00|2024-01-01|5000");
  REQUIRE(f.reports.size() == 1);
  CHECK(f.reports[0].rows == 5000);
  CHECK(f.reports[0].file_count == 3);
  CHECK(f.reports[0].is_verified);
  const auto table = CHECK_OK(f.lake->catalog->load_table({{{"bank"}}, "customer"}));
  const auto& schema = table.metadata->schema();
  CHECK(schema.identifier_field_ids == std::vector<int>{1});
  CHECK(schema.fields[0].required);
  CHECK_FALSE(schema.fields[1].required);
  CHECK(schema.fields[1].doc == "As written");
  CHECK(table.metadata->properties.at("comment") == "All of them");
  CHECK(table.metadata->properties.at(kSourceProperty) == "public.customer");
  CHECK(table.metadata->snapshots.size() == 1);
  CHECK(CHECK_OK(f.lake->intents->list()).empty());
}

// One row of nulls, two of edges, some of special numbers.
const char* const kEveryType = R"sql(
    CREATE EXTENSION IF NOT EXISTS hstore; CREATE EXTENSION IF NOT EXISTS citext;
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy');
    CREATE DOMAIN positive AS numeric(10,3) CHECK (VALUE > 0);
    CREATE DOMAIN nested_domain AS positive;
    CREATE TYPE pair AS (a int, b text);
    CREATE TABLE t (
      id int PRIMARY KEY, c_bool bool, c_int2 int2, c_int4 int4, c_int8 int8, c_float4 float4,
      c_float8 float8, c_num numeric(12,2), c_num38 numeric(38,10), c_numneg numeric(3,-2),
      c_numsmall numeric(2,4), c_numeric numeric, c_num50 numeric(50,2), c_money money,
      c_text text, c_varchar varchar(20), c_char char(5), "c ""char""" "char", c_name name,
      c_citext citext, c_bytea bytea, c_date date, c_time time, c_timetz timetz, c_ts timestamp,
      c_tstz timestamptz, c_interval interval, c_uuid uuid, c_json json, c_jsonb jsonb, c_xml xml,
      c_inet inet, c_cidr cidr, c_mac macaddr, c_mac8 macaddr8, c_bit bit(5), c_varbit varbit,
      c_mood mood, c_domain nested_domain, c_pair pair, c_int4range int4range,
      c_tsrange tsrange, c_multi int4multirange, c_hstore hstore, c_ints int[], c_texts text[],
      c_nums numeric(8,2)[], c_tss timestamptz[], c_moods mood[], c_uuids uuid[], c_point point,
      c_tsvector tsvector, c_oid oid, c_xid xid, c_xid8 xid8, c_lsn pg_lsn, c_regclass regclass,
      c_points point[], c_path jsonpath);
    INSERT INTO t (id) VALUES (1);
    INSERT INTO t VALUES (2, true, -32768, -2147483648, -9223372036854775808, -3.4028235e38,
      -1.7976931348623157e308, -9999999999.99, -9999999999999999999999999999.9999999999, -99900,
      -0.0099, -1e130, 123456789012345678901234567890123456789012345678.12,
      '-92233720368547758.08', '', '', '', 'a', '', '', '', '0001-01-01', '00:00',
      '00:00:00+15:59:59', '0001-01-01 00:00:00', '0001-01-01 00:00:00+00',
      '-178000000 years', '00000000-0000-0000-0000-000000000000', 'null', 'null', '<a/>',
      '0.0.0.0', '0.0.0.0/0', '00:00:00:00:00:00', '00:00:00:00:00:00:00:00', B'00000', B'', 'sad',
      0.001, ROW(NULL, NULL), 'empty', 'empty', '{}', '', '{}', '{}', '{}', '{}', '{}', '{}',
      '(0,0)', '', 0, '0', '0', '0/0', 'pg_class', '{}', '$');
    INSERT INTO t VALUES (3, false, 32767, 2147483647, 9223372036854775807, 3.4028235e38,
      1.7976931348623157e308, 9999999999.99, 9999999999999999999999999999.9999999999, 99900, 0.0099,
      1e-130, 1, '92233720368547758.07', E'\u00fc\U0001F600 ''"\\ \t\n', 'abc', 'ab', 'z', 'name',
      'CiText', '\x00ff10', '9999-12-31', '23:59:59.999999', '12:34:56.789-08',
      '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999+00',
      '1 year 2 mons -3 days 04:05:06.789', 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      '{"b" : 1,  "a":[1, 2]}', '{"b": 1, "a": [1, 2]}', '<a>&amp;</a>', '::ffff:1.2.3.4/120',
      '10.1.0.0/16', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', B'10101', B'1', 'very happy',
      9999999.999, ROW(1, 'x,"y"'), '[1,10)', '(,2024-01-01]', '{[1,2), [5,9)}',
      'a=>1, "b c"=>NULL', '{1,NULL,3}', '{"a,b",NULL,""}', '{1.50,-2.25}',
      '{2024-01-01 00:00+02}', '{ok,sad}', '{12345678-1234-1234-1234-123456789012}', '(1.5,-2)',
      'a cat', 4294967295, '4294967295', '18446744073709551615', 'FFFFFFFF/FFFFFFFF', 't',
      '{"(1,2)","(3,4)"}', '$.a[*] ? (@ > 1)');
    INSERT INTO t (id, c_float4, c_float8, c_numeric, c_ints) VALUES
      (4, 'NaN', 'NaN', 'NaN', '{}'), (5, 'Infinity', '-Infinity', 'Infinity', NULL),
      (6, '-0', '-0', '-Infinity', '{NULL}'), (7, 1e-45, 5e-324, 0.10, '{1}'),
      (8, 0.1, 0.1, 100000000000000000000.000, '{7}'))sql";

TEST_CASE("every type with its edges") {
  if (!has_server()) return;
  MigrationFixture f;
  f.run_source(kEveryType);
  PlanOptions options;
  SUBCASE("as texts") {
    CHECK_OK(f.migrate_table("t", options));
    CHECK(f.rows("SELECT c_num, c_num38, c_numneg, c_numsmall, c_numeric FROM lake.public.t WHERE "
                 "id = 3") == "9999999999.99|9999999999999999999999999999.9999999999|99900|.0099|" +
                                  std::string("0.") + std::string(129, '0') + "1");
    CHECK(
        f.rows("SELECT c_char, c_timetz, c_interval, c_jsonb, c_inet, c_pair, c_int4range, c_money"
               " FROM lake.public.t WHERE id = 3") ==
        "ab   |12:34:56.789-08|P1Y2M-3DT4H5M6.789S|{\"a\": [1, 2], \"b\": 1}|"
        "::ffff:1.2.3.4/120|(1,\"x,\"\"y\"\"\")|[1,10)|92233720368547758.07");
    CHECK(f.rows("SELECT c_numeric FROM lake.public.t WHERE id IN (4, 5, 6, 8) ORDER BY id") ==
          "NaN;Infinity;-Infinity;100000000000000000000.000");
  }
  SUBCASE("as structs") {
    options.policies = {{"interval", "struct"}, {"range", "struct"}, {"composite", "struct"}};
    CHECK_OK(f.migrate_table("t", options));
    CHECK(
        f.rows("SELECT c_interval.months, c_interval.days, c_interval.micros, c_pair.b, "
               "c_int4range.lower, c_int4range.upper_inclusive FROM lake.public.t WHERE id = 3") ==
        "14|-3|14706789000|x,\"y\"|1|false");
  }
  SUBCASE("format version 3, many jobs") {
    options.format_version = 3;
    options.selection.tables = {"t"};
    CHECK_OK(f.migrate(options, true, 5));
  }
  CHECK(f.rows("SELECT count(*) FROM lake.public.t") == "8");
}

TEST_CASE("columns called as the names in checksums") {
  if (!has_server()) return;
  MigrationFixture f;
  f.run_source(R"(
    CREATE EXTENSION IF NOT EXISTS hstore;
    CREATE TABLE names (h hstore, e1 int[], i1 text[], e2 int[], "e" text[], entry hstore);
    INSERT INTO names VALUES ('a=>1, "b c"=>NULL', '{1,NULL}', '{x,"y,z"}', '{3}', '{}', ''),
      (NULL, NULL, '{NULL}', NULL, '{e1}', 'h=>key'))");
  CHECK_OK(f.migrate_table("names", {}));
  REQUIRE(f.reports.size() == 1);
  CHECK(f.reports[0].is_verified);
}

TEST_CASE("mistakes are told before anything is read") {
  if (!has_server()) return;
  MigrationFixture f;
  f.run_source(R"(CREATE TABLE twins ("A" int, a int); CREATE TABLE one (a int);
                  CREATE SCHEMA other; CREATE TABLE other.elsewhere (a int))");
  PlanOptions options;
  options.selection.tables = {"twins"};
  CHECK_ERROR(f.migrate(options), ErrorCode::Unsupported, "`A` and `a` differ only by case");
  options.columns = {"a"};
  CHECK_OK(f.migrate(options));
  options.selection.tables = {"one"};
  options.where = "b = 1";
  const auto failed = f.migrate(options);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().context == std::vector<std::string>{"in --where"});
  options.selection.tables = {"elsewhere"};
  const auto missing = f.migrate(options);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message.find("did you mean `other.elsewhere`?") != std::string::npos);
}

TEST_CASE("values that the lake cannot hold") {
  if (!has_server()) return;
  MigrationFixture f;
  f.run_source(R"(
    CREATE TABLE d (id int, v date);
    INSERT INTO d VALUES (1, 'infinity'), (2, '-infinity'), (3, '2024-02-29');
    CREATE TABLE ts (id int, v timestamptz);
    INSERT INTO ts VALUES (1, 'infinity'), (2, '-infinity');
    CREATE TABLE tm (id int, v time); INSERT INTO tm VALUES (1, '24:00');
    CREATE TABLE num (id int, v numeric(5,1)); INSERT INTO num VALUES (1, 'NaN'), (2, 1.5);
    CREATE TABLE un (id int, v numeric); INSERT INTO un VALUES (1, 12345.678), (2, 1e30);
    CREATE TABLE arr (id int, v int[]);
    INSERT INTO arr VALUES (1, '{{1,2},{3,4}}'), (2, '[0:1]={5,6}'))");
  struct Case {
    const char* table;
    const char* policies;  // name=value;…
    const char* outcome;   // rows, or a part of the error
    Loss loss;
    std::uint64_t count;
  };
  const Case cases[] = {
      {"d", "", "!infinity", Loss::InfiniteTime, 0},
      {"d", "infinity=null", "-;-;2024-02-29", Loss::InfiniteTime, 2},
      {"d", "infinity=clamp", "9999-12-31;0001-01-01;2024-02-29", Loss::InfiniteTime, 2},
      {"d", "infinity=text", "infinity;-infinity;2024-02-29", Loss::InfiniteTime, 0},
      {"ts", "", "!infinity", Loss::InfiniteTime, 0},
      {"ts", "infinity=clamp", "9999-12-31 23:59:59.999999+00;0001-01-01 00:00:00+00",
       Loss::InfiniteTime, 2},
      {"tm", "", "!24:00", Loss::EndOfDay, 0},
      {"tm", "end-of-day=clamp", "23:59:59.999999", Loss::EndOfDay, 1},
      {"tm", "end-of-day=null", "-", Loss::EndOfDay, 1},
      {"tm", "end-of-day=text", "24:00:00", Loss::EndOfDay, 0},
      {"num", "", "!NaN", Loss::NumericSpecial, 0},
      {"num", "numeric-special=null", "-;1.5", Loss::NumericSpecial, 1},
      {"num", "numeric-special=text", "NaN;1.5", Loss::NumericSpecial, 0},
      {"un", "numeric=decimal(20,3)", "!decimal", Loss::NumericOverflow, 0},
      {"un", "numeric=decimal(20,3);numeric-overflow=null", "12345.678;-", Loss::NumericOverflow,
       1},
      {"un", "numeric=decimal(38,2)", "!decimal", Loss::NumericScale, 0},
      {"un", "numeric=decimal(38,2);numeric-scale=clamp",
       "12345.68;1000000000000000000000000000000.00", Loss::NumericScale, 1},
      {"arr", "", "!array", Loss::ArrayShape, 0},
      {"arr", "array-shape=null;array-bounds=clamp", "-;[5, 6]", Loss::ArrayShape, 1},
      {"arr", "array-shape=text", "{{1,2},{3,4}};[0:1]={5,6}", Loss::ArrayShape, 0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.table);
    CAPTURE(c.policies);
    PlanOptions options;
    options.if_exists = IfExists::Replace;
    for (const auto part : split(c.policies, ';')) {
      const auto equals = part.find('=');
      if (equals == std::string_view::npos) continue;
      options.policies.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    }
    auto done = f.migrate_table(c.table, options);
    if (c.outcome[0] == '!') {
      REQUIRE_FALSE(done);
      const std::string message = describe(done.error());
      CHECK_MESSAGE(message.find(c.outcome + 1) != std::string::npos, message);
      CHECK_MESSAGE(message.find("`v`") != std::string::npos, message);
      continue;
    }
    CHECK_OK(std::move(done));
    CHECK(f.rows(fmt::format("SELECT v FROM lake.public.{} ORDER BY id", c.table)) == c.outcome);
    CHECK(f.loss(1, c.loss) == c.count);
  }
  CHECK(CHECK_OK(f.lake->intents->list()).empty());
}

TEST_CASE("partitions, children, views") {
  if (!has_server()) return;
  MigrationFixture f;
  f.run_source(R"(
    CREATE TABLE p (id int, region text) PARTITION BY LIST (region);
    CREATE TABLE p_eu PARTITION OF p FOR VALUES IN ('eu');
    CREATE TABLE p_other PARTITION OF p DEFAULT PARTITION BY RANGE (id);
    CREATE TABLE p_low PARTITION OF p_other FOR VALUES FROM (0) TO (100);
    CREATE TABLE odd (region text, gone int, id int);
    ALTER TABLE odd DROP COLUMN gone;
    ALTER TABLE p_other ATTACH PARTITION odd FOR VALUES FROM (100) TO (1000);
    INSERT INTO p VALUES (1, 'eu'), (2, 'us'), (200, 'us');
    CREATE TABLE base (id int); CREATE TABLE child (extra text) INHERITS (base);
    INSERT INTO base VALUES (1); INSERT INTO child VALUES (2, 'x');
    CREATE VIEW v AS SELECT id * 10 AS ten FROM base;
    CREATE MATERIALIZED VIEW mv AS SELECT id FROM base;
    CREATE TABLE empty_one (id int); CREATE TABLE "Odd Name" ("a ""b" int);
    INSERT INTO "Odd Name" VALUES (1))");
  PlanOptions options;
  options.selection.whole_database = true;
  CHECK_OK(f.migrate(options));
  CHECK(f.reports.size() == 5);
  CHECK(f.rows("SELECT id, region FROM lake.public.p ORDER BY id") == "1|eu;2|us;200|us");
  CHECK(f.rows("SELECT id FROM lake.public.base ORDER BY id") == "1;2");
  CHECK(f.rows("SELECT id, extra FROM lake.public.child") == "2|x");
  CHECK(f.rows("SELECT count(*) FROM lake.public.empty_one") == "0");
  CHECK(f.rows("SELECT \"a \"\"b\" FROM lake.public.\"Odd Name\"") == "1");
  CHECK_OK(f.migrate_table("v"));
  CHECK_OK(f.migrate_table("mv"));
  CHECK(f.rows("SELECT ten FROM lake.public.v ORDER BY ten") == "10;20");
  CHECK(f.rows("SELECT count(*) FROM lake.public.mv") == "2");
}

TEST_CASE("what happens when the table is there") {
  if (!has_server()) return;
  MigrationFixture f;
  f.run_source(
      "CREATE TABLE t (id int NOT NULL, name text, old int); "
      "INSERT INTO t VALUES (1, 'a', 5), (2, 'b', NULL)");
  PlanOptions options;
  options.partition_by = {"bucket(id, 4)"};
  options.sort_by = {"old"};
  CHECK_OK(f.migrate_table("t", options));
  CHECK_ERROR(f.migrate_table("t"), ErrorCode::AlreadyExists, "--if-exists");

  options = {};
  options.if_exists = IfExists::Skip;
  CHECK_OK(f.migrate_table("t", options));
  CHECK(f.reports.empty());

  options.if_exists = IfExists::Append;
  options.where = "id = 2";
  CHECK_OK(f.migrate_table("t", options));
  CHECK(f.rows("SELECT id FROM lake.public.t ORDER BY id") == "1;2;2");
  options.columns = {"name"};
  CHECK_ERROR(f.migrate_table("t", options), ErrorCode::InvalidInput, "required column `id`");

  // Another type, a column less, one more, another order and layout, in one commit.
  f.run_source(
      "ALTER TABLE t DROP COLUMN old, ALTER COLUMN id TYPE bigint, ADD COLUMN day date; "
      "ALTER TABLE t ADD PRIMARY KEY (id); UPDATE t SET day = '2024-05-06'");
  options = {};
  options.if_exists = IfExists::Append;
  CHECK_ERROR(f.migrate_table("t", options), ErrorCode::InvalidInput, "is of type int");
  options.if_exists = IfExists::Replace;
  options.columns = {"day", "id", "name"};
  options.partition_by = {"day(day)"};
  const auto before = CHECK_OK(f.lake->catalog->load_table({{{"public"}}, "t"}));
  CHECK_OK(f.migrate_table("t", options));
  CHECK(f.rows("SELECT * FROM lake.public.t ORDER BY id") == "2024-05-06|1|a;2024-05-06|2|b");
  const auto after = CHECK_OK(f.lake->catalog->load_table({{{"public"}}, "t"}));
  CHECK(after.metadata->uuid == before.metadata->uuid);
  CHECK(after.metadata->snapshots.size() > before.metadata->snapshots.size());
  CHECK(after.metadata->spec().fields.size() == 1);
  CHECK(after.metadata->sort_order().is_unsorted());
  const auto& schema = after.metadata->schema();
  CHECK(schema.fields[2].id == before.metadata->schema().fields[1].id);
  CHECK(schema.identifier_field_ids == std::vector<int>{schema.fields[1].id});
  const auto id = before.metadata->current_snapshot_id->value;
  CHECK(f.rows(fmt::format("SELECT id FROM lake.public.t AT (VERSION => {}) ORDER BY id", id)) ==
        "1;2;2");
  CHECK(CHECK_OK(f.lake->intents->list()).empty());
}

TEST_CASE("a failure leaves nothing behind") {
  if (!has_server()) return;
  MigrationFixture f;
  f.run_source(
      "CREATE TABLE a (id int); INSERT INTO a VALUES (1); "
      "CREATE TABLE b (id int, v int); INSERT INTO b SELECT i, 1 FROM generate_series(1, 9999) i; "
      "CREATE TABLE c (id int); INSERT INTO c VALUES (1)");
  SUBCASE("in the condition") {
    PlanOptions options;
    options.selection.whole_database = true;
    options.where = "1 / (9000 - id) < 5";
    CHECK_ERROR(f.migrate(options), ErrorCode::InvalidInput, "division by zero");
    CHECK(f.reports.size() == 2);  // the others go on
    CHECK(f.rows("SELECT count(*) FROM lake.public.c") == "1");
  }
  SUBCASE("cancelled") {
    PlanOptions options;
    options.selection.tables = {"b"};
    f.plans = CHECK_OK(f.plan(options));
    f.cancel.request();
    CHECK_ERROR(f.migrate(options), ErrorCode::Cancelled, "cancelled");
    CHECK_FALSE(CHECK_OK(f.lake->catalog->namespace_exists({{"public"}})));
  }
  CHECK_FALSE(CHECK_OK(f.lake->catalog->table_exists({{{"public"}}, "b"})));
  for (const auto& file : CHECK_OK(f.lake->store->list_all(f.lake->warehouse))) {
    CHECK_MESSAGE(file.location.find("/b") == std::string::npos, file.location);
  }
  CHECK(CHECK_OK(f.lake->intents->list()).empty());
}

TEST_CASE("tables that cannot be copied do not stop the others") {
  if (!has_server()) return;
  MigrationFixture f;
  f.run_source(R"(
      CREATE SCHEMA bad; CREATE TABLE bad.t (d date); INSERT INTO bad.t VALUES ('infinity');
      CREATE TABLE bad.u (d date); INSERT INTO bad.u VALUES ('infinity');
      CREATE TABLE none (); CREATE TABLE secret (a int); CREATE TABLE good (a int);
      INSERT INTO good VALUES (1);
      DROP ROLE IF EXISTS tarn_reader; CREATE ROLE tarn_reader LOGIN;
      GRANT USAGE ON SCHEMA bad TO tarn_reader;
      GRANT SELECT ON bad.t, bad.u, none, good TO tarn_reader)");
  PlanOptions options;
  options.selection.whole_database = true;
  auto snapshot = CHECK_OK(SourceSnapshot::open(
      {.target = f.source_url(), .settings = {{"role", "tarn_reader"}}}, options.selection));
  const auto plan = CHECK_OK(plan_migration(*snapshot, f.lake->catalog.get(), options));
  REQUIRE(plan.failures.size() == 2);
  CHECK(plan.failures[0].source.name == "secret");
  CHECK(plan.failures[0].error.code == ErrorCode::Denied);
  CHECK(plan.failures[1].source.name == "none");
  CHECK(plan.tables.size() == 3);
  MigrationOutcome outcome;
  CHECK_OK(run_migration(f.lakehouse(), *f.lake, *snapshot, plan.tables, {}, f.cancel, outcome));
  CHECK(outcome.reports.size() == 1);
  REQUIRE(outcome.failures.size() == 2);
  CHECK(show_name(outcome.failures[1].source) == "bad.u");
  CHECK(f.rows("SELECT * FROM lake.public.good") == "1");
  CHECK_FALSE(CHECK_OK(f.lake->catalog->namespace_exists({{"bad"}})));
}

TEST_CASE("plans for people") {
  if (!has_server()) return;
  MigrationFixture f;
  f.run_source(
      "CREATE TABLE t (id int, v numeric(9,2), at date, x real, PRIMARY KEY (id, x)); "
      "ANALYZE t");
  PlanOptions options;
  options.selection.tables = {"t"};
  options.partition_by = {"month(at)"};
  options.sort_by = {"id desc"};
  const auto plans = CHECK_OK(f.plan(options));
  REQUIRE(plans.size() == 1);
  CHECK(describe_plan(plans[0]) ==
        "public.t -> create public.t\n"
        "  about 0 rows, 0 B in one table\n"
        "  id      integer       int\n"
        "  v       numeric(9,2)  decimal(9,2)  numeric-special: error\n"
        "  at      date          date          infinity: error\n"
        "  x       real          float\n"
        "  partitioned by month(at)\n"
        "  sorted by id desc\n"
        "  warning: the primary key does not become identifier fields: column `x` is of type "
        "float\n");
  options.policies = {{"infinity", "round"}};
  CHECK_ERROR(f.plan(options), ErrorCode::InvalidInput, "infinity");
}

}  // namespace
}  // namespace tarn::migrate
