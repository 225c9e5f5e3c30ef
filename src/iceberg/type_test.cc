// SPDX-License-Identifier: Apache-2.0
#include "iceberg/type.h"

#include "base/testing.h"

namespace tarn::iceberg {

TEST_CASE("texts of types") {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"boolean", "boolean"},
      {"timestamptz_ns", "timestamptz_ns"},
      {"decimal(9,2)", "decimal(9, 2)"},
      {"decimal( 38 , 0 )", "decimal(38, 0)"},
      {"fixed[16]", "fixed[16]"},
      {"STRING", "string"},
      {"unknown", "unknown"},
      {"variant", "variant"},
      {"geometry", "geometry"},
      {"geometry(srid:4326)", "geometry(srid:4326)"},
      {"geometry(OGC:CRS84)", "geometry"},
      {"geography(EPSG:4326, karney)", "geography(EPSG:4326, karney)"},
      {"geography(OGC:CRS84, spherical)", "geography"},
      {"geography(OGC:CRS84, vincenty)", "geography(OGC:CRS84, vincenty)"},
  };
  for (const auto& [text, expected] : cases) {
    CHECK(to_string(CHECK_OK(parse_primitive_type(text))) == expected);
  }
  for (const std::string_view text : {"", "decimal", "decimal(0, 0)", "decimal(5, 6)", "fixed",
                                      "fixed[-1]", "int4", "struct", "list"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_primitive_type(text).has_value());
  }
}

TEST_CASE("promotions") {
  struct Case {
    Type from;
    Type to;
    int since;  // format version, 9 = never
  };
  const std::vector<Case> cases = {
      {TypeKind::Int, TypeKind::Long, 1},           {TypeKind::Long, TypeKind::Int, 9},
      {TypeKind::Float, TypeKind::Double, 1},       {TypeKind::Int, TypeKind::Double, 9},
      {decimal_type(9, 2), decimal_type(10, 2), 1}, {decimal_type(9, 2), decimal_type(10, 3), 9},
      {decimal_type(9, 2), decimal_type(8, 2), 9},  {TypeKind::Date, TypeKind::Timestamp, 3},
      {TypeKind::Date, TypeKind::TimestampNs, 3},   {TypeKind::Date, TypeKind::TimestampTz, 9},
      {TypeKind::Unknown, TypeKind::Uuid, 3},       {TypeKind::String, TypeKind::Binary, 9},
      {TypeKind::String, TypeKind::String, 1},
  };
  for (const Case& c : cases) {
    CAPTURE(to_string(c.from));
    CAPTURE(to_string(c.to));
    for (int version = 1; version <= 3; ++version) {
      CHECK(is_promotion_allowed(c.from, c.to, version) == (version >= c.since));
    }
  }
}

}  // namespace tarn::iceberg
