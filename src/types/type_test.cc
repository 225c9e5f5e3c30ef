// SPDX-License-Identifier: Apache-2.0
#include "base/testing.h"
#include "types/coercion.h"
#include "types/type_text.h"

namespace tarn::types {
namespace {

TEST_CASE("type texts are parsed and printed") {
  struct Case {
    std::string_view text, display, sql;
  };
  const Case cases[] = {
      {"INT", "integer", "integer"},
      {"bigint", "bigint", "bigint"},
      {"Decimal", "decimal(38,0)", "decimal(38, 0)"},
      {"decimal(5)", "decimal(5,0)", "decimal(5, 0)"},
      {"decimal( 5 , 2 )", "decimal(5,2)", "decimal(5, 2)"},
      {"VARCHAR", "varchar", "varchar"},
      {"varchar(2147483647)", "varchar", "varchar"},
      {"varchar(0)", "varchar(0)", "varchar(0)"},
      {"char", "char(1)", "char(1)"},
      {"double precision", "double", "double"},
      {"timestamp", "timestamp(3)", "timestamp(3)"},
      {"timestamp(12) with time zone", "timestamp(12) with time zone",
       "timestamp(12) with time zone"},
      {"time with time zone", "time(3) with time zone", "time(3) with time zone"},
      {"time(6) without time zone", "time(6)", "time(6)"},
      {"interval day to second", "interval day to second", "INTERVAL DAY TO SECOND"},
      {"array(map(bigint,interval year to month))", "array(map(bigint, interval year to month))",
       "array(map(bigint, INTERVAL YEAR TO MONTH))"},
      {"array<row<>>", "", ""},
      {"bigint array", "array(bigint)", "array(bigint)"},
      {"row(a bigint, \"b c\" varchar(3))", "row(a bigint, b c varchar(3))",
       "row(a bigint, \"b c\" varchar(3))"},
      {"row(bigint,varchar)", "row(bigint, varchar)", "row(bigint, varchar)"},
      {"row(date date, timestamp timestamp(6), interval interval day to second, double double)",
       "row(date date, timestamp timestamp(6), interval interval day to second, double double)",
       "row(date date, timestamp timestamp(6), interval INTERVAL DAY TO SECOND, double double)"},
      {"row(\"select\" integer, \"a\"\"b\" integer)", "row(select integer, a\"b integer)",
       "row(\"select\" integer, \"a\"\"b\" integer)"},
      {"row(x row(y array(row(z time(0) with time zone))))",
       "row(x row(y array(row(z time(0) with time zone))))",
       "row(x row(y array(row(z time(0) with time zone))))"},
      {"hyperloglog", "HyperLogLog", "HyperLogLog"},
      {"qdigest(bigint)", "qdigest(bigint)", "qdigest(bigint)"},
      {"function(integer,boolean)", "function(integer,boolean)", "function(integer, boolean)"},
      {"unknown", "unknown", "unknown"},
      {"ipaddress", "ipaddress", "ipaddress"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto type = parse_type(c.text);
    if (c.display.empty()) {
      CHECK_FALSE(type);
      continue;
    }
    REQUIRE(type);
    CHECK(to_string(*type) == c.display);
    CHECK(to_sql_text(*type) == c.sql);
    CHECK(CHECK_OK(parse_type(to_sql_text(*type))) == *type);
  }
}

TEST_CASE("bad type texts are errors") {
  for (const std::string_view text :
       {"", "number", "decimal(39)", "decimal(3,4)", "decimal(0)", "char(65537)", "timestamp(13)",
        "array", "array()", "array(bigint", "map(bigint)", "row()", "row(a)", "row(a foo)",
        "bigint x", "varchar(-1)", "row(\"a bigint)", "interval day", "decimal(1,2,3)"}) {
    CAPTURE(text);
    CHECK_ERROR(parse_type(text), ErrorCode::InvalidInput, "type");
  }
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "array(";
  CHECK_ERROR(parse_type(deep), ErrorCode::InvalidInput, "too deep");
}

TEST_CASE("type signatures of the protocol") {
  std::string out;
  append_type_signature(out, CHECK_OK(parse_type("row(a decimal(5,2), array(varchar))")));
  CHECK(out ==
        R"({"rawType":"row","arguments":[{"kind":"NAMED_TYPE","value":{"fieldName":{"name":"a"},)"
        R"("typeSignature":{"rawType":"decimal","arguments":[{"kind":"LONG","value":5},)"
        R"({"kind":"LONG","value":2}]}}},{"kind":"NAMED_TYPE","value":{"typeSignature":)"
        R"({"rawType":"array","arguments":[{"kind":"TYPE","value":{"rawType":"varchar",)"
        R"("arguments":[{"kind":"LONG","value":2147483647}]}}]}}}]})");
  CHECK(to_legacy_sql_text(make_array(make_timestamp_with_time_zone(6))) ==
        "array(timestamp with time zone)");
}

TEST_CASE("common super types and coercions") {
  struct Case {
    std::string_view a, b, super;  // "" where there is none
    bool a_to_b, b_to_a;
  };
  const Case cases[] = {
      {"unknown", "bigint", "bigint", true, false},
      {"tinyint", "bigint", "bigint", true, false},
      {"bigint", "real", "real", true, false},
      {"bigint", "decimal(10,2)", "decimal(21,2)", false, false},
      {"integer", "decimal(12,2)", "decimal(12,2)", true, false},
      {"decimal(38,1)", "decimal(38,37)", "decimal(38,37)", true, false},
      {"decimal(5,2)", "decimal(4,3)", "decimal(6,3)", false, false},
      {"decimal(5,2)", "double", "double", true, false},
      {"varchar(3)", "varchar(5)", "varchar(5)", true, false},
      {"varchar(3)", "varchar", "varchar", true, false},
      {"varchar(3)", "char(5)", "char(5)", true, false},
      {"varchar(7)", "char(5)", "char(7)", false, false},
      {"varchar", "char(5)", "char(65536)", false, false},
      {"char(3)", "char(5)", "char(5)", true, false},
      {"varchar", "bigint", "", false, false},
      {"date", "timestamp(3)", "timestamp(3)", true, false},
      {"date", "timestamp(3) with time zone", "timestamp(3) with time zone", true, false},
      {"timestamp(6)", "timestamp(3) with time zone", "timestamp(6) with time zone", false, false},
      {"time(3)", "time(6)", "time(6)", true, false},
      {"time(3)", "time(0) with time zone", "time(3) with time zone", false, false},
      {"array(integer)", "array(bigint)", "array(bigint)", true, false},
      {"array(unknown)", "array(row(bigint))", "array(row(bigint))", true, false},
      {"map(varchar(1), integer)", "map(varchar(2), bigint)", "map(varchar(2), bigint)", true,
       false},
      {"row(a integer, b bigint)", "row(a bigint, c integer)", "row(a bigint, bigint)", false,
       false},
      {"row(a integer)", "row(b integer)", "row(integer)", true, true},
      {"row(a integer)", "row(a integer, b integer)", "", false, false},
      {"json", "varchar", "", false, false},
      {"interval day to second", "interval year to month", "", false, false},
      {"boolean", "integer", "", false, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.a);
    CAPTURE(c.b);
    const Type a = CHECK_OK(parse_type(c.a));
    const Type b = CHECK_OK(parse_type(c.b));
    const auto super = common_super_type(a, b);
    CHECK((super ? to_string(*super) : "") == c.super);
    const auto reverse = common_super_type(b, a);
    CHECK((reverse ? to_string(*reverse) : "") == c.super);
    CHECK(can_coerce(a, b) == c.a_to_b);
    CHECK(can_coerce(b, a) == c.b_to_a);
  }
}

TEST_CASE("explicit casts") {
  struct Case {
    std::string_view from, to;
    bool allowed;
  };
  const Case cases[] = {
      {"varchar", "bigint", true},
      {"char(3)", "bigint", false},
      {"char(3)", "varchar", true},
      {"char(3)", "varbinary", false},
      {"varchar(3)", "varbinary", true},
      {"ipaddress", "varchar", true},
      {"ipaddress", "varchar(4)", false},
      {"json", "map(array(bigint), bigint)", false},
      {"json", "map(varchar, array(row(a double)))", true},
      {"array(timestamp(3))", "json", true},
      {"time(3)", "timestamp(3) with time zone", true},
      {"timestamp(3)", "time(0)", true},
      {"date", "time(0)", false},
      {"bigint", "date", false},
      {"boolean", "decimal(3,1)", true},
      {"uuid", "varbinary", true},
      {"varchar", "interval day to second", false},
      {"interval day to second", "varchar", true},
      {"array(varchar)", "array(bigint)", true},
      {"row(varchar)", "row(a date)", true},
      {"row(varchar)", "row(date, date)", false},
      {"map(varchar, varchar)", "map(bigint, date)", true},
      {"varbinary", "hyperloglog", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.from);
    CAPTURE(c.to);
    CHECK(can_cast(CHECK_OK(parse_type(c.from)), CHECK_OK(parse_type(c.to))) == c.allowed);
  }
}

TEST_CASE("comparable and orderable") {
  const auto of = [](std::string_view text) { return CHECK_OK(parse_type(text)); };
  CHECK(is_orderable(of("row(a bigint, array(varchar))")));
  CHECK_FALSE(is_orderable(of("row(a map(bigint,bigint))")));
  CHECK(is_comparable(of("map(bigint,bigint)")));
  CHECK_FALSE(is_comparable(of("array(HyperLogLog)")));
  CHECK(is_comparable(of("json")));
  CHECK_FALSE(is_orderable(of("json")));
  CHECK(depth(of("array(row(a map(bigint, bigint)))")) == 4);
}

}  // namespace
}  // namespace tarn::types
