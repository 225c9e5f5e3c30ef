// SPDX-License-Identifier: Apache-2.0
#include "postgres/type_mapping.h"

#include "base/testing.h"

namespace tarn::postgres {
namespace {

constexpr std::int32_t numeric_modifier(int precision, int scale) {
  return ((precision << 16) | (scale & 0x7ff)) + 4;
}

TypeTable sample_types() {
  TypeTable types;
  const auto add = [&](TypeRow row) { types[row.oid] = std::move(row); };
  add({.oid = 20'000, .name = "mood", .kind = 'e'});
  add({.oid = 20'001, .name = "mood[]", .element = 20'000, .is_array = true});
  add({.oid = 20'002,
       .name = "price",
       .kind = 'd',
       .element = 1700,
       .modifier = numeric_modifier(10, 2)});
  add({.oid = 20'003, .name = "net_price", .kind = 'd', .element = 20'002});
  add({.oid = 20'004, .name = "pair", .kind = 'c', .fields = {{"a", 23, -1}, {"b", 1082, -1}}});
  add({.oid = 20'005, .name = "placed", .kind = 'c', .fields = {{"p", 600, -1}}});
  add({.oid = 20'006, .name = "net_price[]", .element = 20'003, .is_array = true});
  add({.oid = 20'007, .name = "loop", .kind = 'd', .element = 20'007});
  add({.oid = 20'008, .name = "public.hstore"});
  add({.oid = 20'009, .name = "float_range", .kind = 'r', .element = 701});
  add({.oid = 20'010, .name = "geometry"});
  return types;
}

TEST_CASE("each type has a target") {
  struct Case {
    std::uint32_t oid;
    std::int32_t modifier;
    std::string_view policy, source, target, cast;
  };
  const Case cases[] = {
      {16, -1, "", "bool", "boolean", ""},
      {21, -1, "", "int2", "int", ""},
      {26, -1, "", "oid", "long", ""},
      {5069, -1, "", "xid8", "decimal(20,0)", ""},
      {1700, -1, "", "numeric", "string", ""},
      {1700, -1, "numeric=decimal(30,5)", "numeric", "decimal(30,5)", ""},
      {1700, numeric_modifier(12, 2), "", "numeric(12,2)", "decimal(12,2)", ""},
      {1700, numeric_modifier(38, 38), "", "numeric(38,38)", "decimal(38,38)", ""},
      {1700, numeric_modifier(39, 2), "", "numeric(39,2)", "string", ""},
      {1700, numeric_modifier(3, -2), "", "numeric(3,-2)", "decimal(5,0)", ""},
      {1700, numeric_modifier(2, 4), "", "numeric(2,4)", "decimal(4,4)", ""},
      {1700, numeric_modifier(30, -10), "", "numeric(30,-10)", "string", ""},
      {1700, numeric_modifier(12, 2), "numeric-special=text", "numeric(12,2)", "string", ""},
      {790, -1, "", "money", "decimal(19,2)", ""},
      {1042, 9, "", "bpchar", "string", ""},
      {1082, -1, "infinity=text", "date", "string", "text"},
      {1083, -1, "end-of-day=text", "time", "string", "text"},
      {1186, -1, "interval=struct", "interval", "struct<months:int,days:int,micros:long>", ""},
      {2950, -1, "", "uuid", "uuid", ""},
      {2950, -1, "uuid=text", "uuid", "string", ""},
      {600, -1, "", "point", "string", "text"},
      {1017, -1, "", "point[]", "list<string>", "text[]"},
      {1007, -1, "", "int4[]", "list<int>", ""},
      {1007, -1, "array-shape=text", "int4[]", "string", "text"},
      {1231, numeric_modifier(8, 3), "", "numeric[]", "list<decimal(8,3)>", ""},
      {3904, -1, "", "int4range", "string", "text"},
      {3904, -1, "range=struct", "int4range",
       "struct<lower:int,upper:int,lower_inclusive:boolean,upper_inclusive:boolean,"
       "is_empty:boolean>",
       ""},
      {20'000, -1, "", "mood", "string", ""},
      {20'001, -1, "", "mood[]", "list<string>", ""},
      {20'003, -1, "", "net_price", "decimal(10,2)", ""},
      {20'004, -1, "", "pair", "string", "text"},
      {20'004, -1, "composite=struct", "pair", "struct<a:int,b:date>", ""},
      {20'005, -1, "composite=struct", "placed", "string", "text"},
      {20'006, -1, "", "net_price[]", "list<decimal(10,2)>", ""},
      {20'008, -1, "", "public.hstore", "map<string,string>", ""},
      {20'009, -1, "", "float_range", "string", "text"},
      {20'010, -1, "", "geometry", "binary", ""},
      {18, -1, "", "char", "string", "text"},
      {99'999, -1, "", "type 99999", "string", "text"},
  };
  const TypeTable types = sample_types();
  for (const Case& c : cases) {
    CAPTURE(c.oid);
    TypePolicy policy;
    if (const std::size_t at = c.policy.find('='); at != std::string_view::npos) {
      REQUIRE(set_type_policy(policy, c.policy.substr(0, at), c.policy.substr(at + 1)));
      CHECK(to_string(policy) == c.policy);
    }
    const ColumnPlan plan = CHECK_OK(plan_column("x", c.oid, c.modifier, types, policy));
    CHECK(plan.source_type == c.source);
    CHECK(plan.target_type == c.target);
    CHECK(plan.cast == c.cast);
  }
  CHECK_ERROR(plan_column("x", 20'007, -1, types, {}), ErrorCode::Unsupported, "nested deeper");
}

TEST_CASE("losses are known before reading") {
  const auto losses = [](std::uint32_t oid, std::int32_t modifier) {
    return CHECK_OK(plan_column("x", oid, modifier, {}, {})).may_lose;
  };
  CHECK(losses(23, -1).empty());
  CHECK(losses(701, -1).empty());
  CHECK(losses(1700, -1).empty());
  CHECK(losses(1700, numeric_modifier(5, 2)) == std::vector{Loss::NumericSpecial});
  CHECK(losses(1184, -1) == std::vector{Loss::InfiniteTime, Loss::FarTime});
  CHECK(losses(1183, -1) == std::vector{Loss::ArrayShape, Loss::ArrayBounds, Loss::EndOfDay});
}

TEST_CASE("bad policies say what is possible") {
  TypePolicy policy;
  CHECK_ERROR(set_type_policy(policy, "infinty", "null"), ErrorCode::InvalidInput,
              "did you mean `infinity`?");
  CHECK_ERROR(set_type_policy(policy, "array-shape", "clamp"), ErrorCode::InvalidInput,
              "only error, null, text");
  CHECK_ERROR(set_type_policy(policy, "numeric", "decimal(39,0)"), ErrorCode::InvalidInput,
              "decimal(p,s)");
  CHECK_ERROR(set_type_policy(policy, "uuid", "binary"), ErrorCode::InvalidInput, "uuid, text");
  CHECK(to_string(policy).empty());
}

TEST_CASE("select lists") {
  ColumnPlan plain;
  plain.name = "a\"b";
  ColumnPlan cast;
  cast.name = "P";
  cast.cast = "text[]";
  const ColumnPlan columns[] = {plain, cast};
  CHECK(select_list(columns) == "\"a\"\"b\", \"P\"::text[]");
}

}  // namespace
}  // namespace tarn::postgres
