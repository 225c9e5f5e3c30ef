// SPDX-License-Identifier: Apache-2.0
#include "iceberg/transform.h"

#include <array>

#include "base/bytes.h"
#include "base/testing.h"
#include "base/time.h"

namespace tarn::iceberg {

namespace {

Value timestamp_at(std::string_view text) {
  return timestamp_value(TypeKind::Timestamp, CHECK_OK(parse_timestamp_micros(text)));
}
Value nanos_at(std::string_view text) {
  return timestamp_value(TypeKind::TimestampNs, CHECK_OK(parse_timestamp_nanos(text)));
}
Transform transform_of(std::string_view text) { return CHECK_OK(parse_transform(text)); }

}  // namespace

TEST_CASE("bucket hashes of the specification") {
  struct Case {
    Value value;
    std::int32_t hash;
  };
  const std::vector<Case> cases = {
      {int_value(34), 2017239379},
      {long_value(34), 2017239379},
      {decimal_value(1420, 2), -500754589},
      {date_value(17486), -653330422},
      {time_value(81068000000), -662762989},
      {timestamp_at("2017-11-16T22:31:08"), -2047944441},
      {timestamp_at("2017-11-16T22:31:08.000001"), -1207196810},
      {nanos_at("2017-11-16T22:31:08"), -2047944441},
      {nanos_at("2017-11-16T22:31:08.000001001"), -1207196810},
      {string_value("iceberg"), 1210000089},
      {string_value(""), 0},
      {uuid_value(CHECK_OK(parse_uuid("f79c3e09-677c-4bbd-a479-3f349cb785e7"))), 1488055340},
      {binary_value(std::string("\0\1\2\3", 4)), -188683207},
      {fixed_value(std::string("\0\1\2\3", 4)), -188683207},
      {int_value(0), 1669671676},
      {int_value(-1), 1651860712},
      {decimal_value(-1, 2), -43192051},
      {decimal_value(128, 2), 1544076949},
      {decimal_value(-129, 2), -435537839},
  };
  for (const Case& c : cases) {
    CAPTURE(describe(c.value));
    CHECK(bucket_hash(c.value) == c.hash);
  }
  for (const auto& [value, in16, in100] :
       std::vector<std::array<int, 3>>{{0, 12, 76}, {1, 4, 56}, {-1, 8, 12}, {34, 3, 79}}) {
    CHECK(CHECK_OK(apply_transform(bucket_transform(16), int_value(value))) == int_value(in16));
    CHECK(CHECK_OK(apply_transform(bucket_transform(100), long_value(value))) == int_value(in100));
  }
}

TEST_CASE("transforms of values") {
  struct Case {
    std::string transform;
    Value value;
    std::string result;
    std::string human;
  };
  const Value later = timestamp_at("2017-12-01T10:12:55.038194");
  const Value before = timestamp_at("1969-12-31T23:59:58.999999");
  const std::vector<Case> cases = {
      {"year", later, "47", "2017"},
      {"month", later, "575", "2017-12"},
      {"day", later, "2017-12-01", "2017-12-01"},
      {"hour", later, "420034", "2017-12-01-10"},
      {"year", before, "-1", "1969"},
      {"month", before, "-1", "1969-12"},
      {"day", before, "1969-12-31", "1969-12-31"},
      {"hour", before, "-1", "1969-12-31-23"},
      {"hour", nanos_at("1969-12-31T23:59:58.999999999"), "-1", "1969-12-31-23"},
      {"year", date_value(-366), "-2", "1968"},
      {"month", date_value(0), "0", "1970-01"},
      {"truncate[10]", int_value(1), "0", "0"},
      {"truncate[10]", int_value(-1), "-10", "-10"},
      {"truncate[10]", long_value(-10), "-10", "-10"},
      {"truncate[50]", decimal_value(1065, 2), "10.50", "10.50"},
      {"truncate[10]", decimal_value(-5, 2), "-0.10", "-0.10"},
      {"truncate[3]", string_value("äöüß"), "\"äöü\"", "äöü"},
      {"truncate[3]",
       string_value("a\xF0\x9F\x98\x80"
                    "bc"),
       "\"a\xF0\x9F\x98\x80"
       "b\"",
       "a\xF0\x9F\x98\x80"
       "b"},
      {"truncate[2]", binary_value(std::string("\0\1\2", 3)), "0x0001", "AAE="},
      {"identity", string_value("a/b"), "\"a/b\"", "a/b"},
      {"identity", Value{}, "null", "null"},
      {"bucket[16]", Value{}, "null", "null"},
      {"void", int_value(5), "null", "null"},
      {"identity", boolean_value(true), "true", "true"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.transform);
    CAPTURE(describe(c.value));
    const Transform transform = transform_of(c.transform);
    const Value result = CHECK_OK(apply_transform(transform, c.value));
    CHECK(describe(result) == c.result);
    CHECK(to_human_string(transform, result) == c.human);
  }
  CHECK_ERROR(apply_transform(transform_of("hour"), date_value(1)), ErrorCode::InvalidInput,
              "`hour` does not take type `date`");
  CHECK_ERROR(apply_transform(transform_of("zorder[3]"), date_value(1)), ErrorCode::Unsupported,
              "zorder[3]");
}

TEST_CASE("texts of transforms") {
  for (const std::string_view text : {"identity", "void", "year", "month", "day", "hour",
                                      "bucket[16]", "truncate[4]", "zorder[3]"}) {
    CHECK(to_string(transform_of(text)) == text);
  }
  CHECK(transform_of("bucket").kind == TransformKind::Unknown);
  CHECK_ERROR(parse_transform("bucket[0]"), ErrorCode::Corrupt, "bucket[0]");
  CHECK_ERROR(parse_transform("truncate[x]"), ErrorCode::Corrupt, "truncate[x]");
  CHECK(result_type(transform_of("day"), TypeKind::Timestamp) == Type(TypeKind::Date));
  CHECK(result_type(transform_of("hour"), TypeKind::Timestamp) == Type(TypeKind::Int));
  CHECK(result_type(transform_of("truncate[2]"), decimal_type(4, 2)) == decimal_type(4, 2));
  CHECK_FALSE(can_transform(transform_of("bucket[2]"), TypeKind::Boolean));
  CHECK_FALSE(can_transform(transform_of("identity"), TypeKind::Variant));
}

}  // namespace tarn::iceberg
