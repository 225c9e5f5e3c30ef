// SPDX-License-Identifier: Apache-2.0
#include "iceberg/value.h"

#include <boost/json.hpp>
#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "base/json.h"
#include "base/testing.h"
#include "base/time.h"
#include "iceberg/type.h"

namespace tarn::iceberg {

namespace {

std::strong_ordering order(const Value& a, const Value& b) { return compare(a, b); }

}  // namespace

TEST_CASE("values compare in Iceberg's order") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<std::vector<Value>> ascending = {
      {Value{}, boolean_value(false), boolean_value(true)},
      {int_value(-5), long_value(-4), int_value(3), long_value(1LL << 40)},
      {float_value(-inf), double_value(-1e300), float_value(-1), float_value(-0.0F),
       double_value(0.0), float_value(0.1F), float_value(inf), float_value(nan)},
      {decimal_value(-1, 0), decimal_value(-95, 2), decimal_value(-9, 1), decimal_value(0, 5),
       decimal_value(1419, 2), decimal_value(142, 1), decimal_value(14201, 3)},
      {string_value(""), string_value("a"), string_value("aa"), string_value("b"),
       string_value("\xEF\xBF\xBD"), string_value("\xF0\x9F\x98\x80")},
      {binary_value(std::string("\0", 1)), fixed_value("\x7f"), binary_value("\x80")},
      {uuid_value(CHECK_OK(parse_uuid("00000000-0000-0000-0000-000000000001"))),
       uuid_value(CHECK_OK(parse_uuid("f79c3e09-677c-4bbd-a479-3f349cb785e7")))},
  };
  for (const auto& values : ascending) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      for (std::size_t j = 0; j < values.size(); ++j) {
        CAPTURE(describe(values[i]));
        CAPTURE(describe(values[j]));
        CHECK(order(values[i], values[j]) == (i <=> j));
      }
    }
  }
}

TEST_CASE("equality and hashes: NaN is itself, -0 is not +0") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(double_value(nan) == double_value(-nan));
  CHECK(ValueHash{}(double_value(nan)) == ValueHash{}(double_value(-nan)));
  CHECK_FALSE(double_value(0.0) == double_value(-0.0));
  CHECK(decimal_value(1420, 2) == decimal_value(142, 1));
  CHECK(ValueHash{}(decimal_value(1420, 2)) == ValueHash{}(decimal_value(142, 1)));
  CHECK_FALSE(int_value(1) == long_value(1));
  CHECK(Value{} == Value{});
  CHECK_FALSE(Value{} == int_value(0));
}

TEST_CASE("binary form") {
  struct Case {
    Type type;
    Value value;
    std::string hex;
  };
  const std::vector<Case> cases = {
      {TypeKind::Boolean, boolean_value(true), "01"},
      {TypeKind::Int, int_value(34), "22000000"},
      {TypeKind::Long, long_value(34), "2200000000000000"},
      {TypeKind::Float, float_value(-4.5F), "000090c0"},
      {TypeKind::Double, double_value(6), "0000000000001840"},
      {TypeKind::Date, date_value(-1), "ffffffff"},
      {TypeKind::Time, time_value(1), "0100000000000000"},
      {TypeKind::Timestamp, timestamp_value(TypeKind::Timestamp, -1), "ffffffffffffffff"},
      {TypeKind::TimestampTzNs, timestamp_value(TypeKind::TimestampTzNs, 7), "0700000000000000"},
      {decimal_type(9, 2), decimal_value(1420, 2), "058c"},
      {decimal_type(9, 2), decimal_value(0, 2), "00"},
      {decimal_type(9, 2), decimal_value(-1, 2), "ff"},
      {decimal_type(9, 2), decimal_value(128, 2), "0080"},
      {decimal_type(9, 2), decimal_value(-129, 2), "ff7f"},
      {TypeKind::String, string_value("ice"), "696365"},
      {TypeKind::Binary, binary_value(std::string("\0\xff", 2)), "00ff"},
      {fixed_type(3), fixed_value("abc"), "616263"},
      {TypeKind::Uuid, uuid_value(CHECK_OK(parse_uuid("f79c3e09-677c-4bbd-a479-3f349cb785e7"))),
       "f79c3e09677c4bbda4793f349cb785e7"},
  };
  for (const Case& c : cases) {
    CAPTURE(describe(c.value));
    CHECK(to_hex(to_bytes(c.value)) == c.hex);
    CHECK(CHECK_OK(value_from_bytes(CHECK_OK(from_hex(c.hex)), c.type)) == c.value);
  }
}

TEST_CASE("binary form of promoted types keeps its old width") {
  const auto read = [](std::string_view hex, const Type& type) {
    return CHECK_OK(value_from_bytes(CHECK_OK(from_hex(hex)), type));
  };
  CHECK(read("feffffff", TypeKind::Long) == long_value(-2));
  CHECK(read("000090c0", TypeKind::Double) == double_value(-4.5));
  CHECK(read("01000000", TypeKind::Timestamp) ==
        timestamp_value(TypeKind::Timestamp, kMicrosPerDay));
  CHECK(read("01000000", TypeKind::TimestampNs) ==
        timestamp_value(TypeKind::TimestampNs, kMicrosPerDay * 1000));
  CHECK(read("058c", decimal_type(38, 2)) == decimal_value(1420, 2));
  for (const auto& [hex, type] :
       std::vector<std::pair<std::string, Type>>{{"", TypeKind::Int},
                                                 {"0000", TypeKind::Long},
                                                 {"01000000", TypeKind::TimestampTz},
                                                 {"", decimal_type(5, 1)},
                                                 {"00", TypeKind::Uuid},
                                                 {"616263", fixed_type(2)}}) {
    CHECK_ERROR(value_from_bytes(CHECK_OK(from_hex(hex)), type), ErrorCode::Corrupt, "bytes");
  }
}

TEST_CASE("JSON form") {
  struct Case {
    Type type;
    Value value;
    std::string text;
  };
  const std::vector<Case> cases = {
      {TypeKind::Boolean, boolean_value(true), "true"},
      {TypeKind::Int, int_value(34), "34"},
      {TypeKind::Long, long_value(9007199254740993), "9007199254740993"},
      {TypeKind::Float, float_value(0.1F), "0.1"},
      {TypeKind::Double, double_value(1), "1.0"},
      {decimal_type(9, 2), decimal_value(1420, 2), R"("14.20")"},
      {TypeKind::Date, date_value(17486), R"("2017-11-16")"},
      {TypeKind::Time, time_value(81068123456), R"("22:31:08.123456")"},
      {TypeKind::Timestamp, timestamp_value(TypeKind::Timestamp, 1510871468123456),
       R"("2017-11-16T22:31:08.123456")"},
      {TypeKind::TimestampTz, timestamp_value(TypeKind::TimestampTz, 1510871468123456),
       R"("2017-11-16T22:31:08.123456+00:00")"},
      {TypeKind::TimestampNs, timestamp_value(TypeKind::TimestampNs, 1510871468123456789),
       R"("2017-11-16T22:31:08.123456789")"},
      {TypeKind::TimestampTzNs, timestamp_value(TypeKind::TimestampTzNs, 1510871468123456789),
       R"("2017-11-16T22:31:08.123456789+00:00")"},
      {TypeKind::String, string_value("ice\n"), R"("ice\n")"},
      {TypeKind::Uuid, uuid_value(CHECK_OK(parse_uuid("f79c3e09-677c-4bbd-a479-3f349cb785e7"))),
       R"("f79c3e09-677c-4bbd-a479-3f349cb785e7")"},
      {fixed_type(4), fixed_value(std::string("\x00\x01\x02\xff", 4)), R"("000102ff")"},
      {TypeKind::Binary, binary_value(std::string("\x00\xff", 2)), R"("00ff")"},
      {TypeKind::Int, Value{}, "null"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(write_json(to_json(c.value)) == c.text);
    CHECK(CHECK_OK(value_from_json(CHECK_OK(parse_json(c.text)), c.type)) == c.value);
  }
  CHECK_ERROR(value_from_json(CHECK_OK(parse_json("2147483648")), TypeKind::Int),
              ErrorCode::Corrupt, "not a value of type `int`");
  CHECK_ERROR(value_from_json(CHECK_OK(parse_json("\"abc\"")), decimal_type(3, 1)),
              ErrorCode::Corrupt, "not a value of type `decimal(3, 1)`");
}

TEST_CASE("casts keep the information or fail") {
  const auto cast = [](const Value& value, const Type& type) {
    auto result = cast_value(value, type);
    return result ? describe(*result) : std::string(to_string(result.error().code));
  };
  struct Case {
    Value value;
    Type type;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {int_value(3), TypeKind::Long, "3"},
      {long_value(1LL << 31), TypeKind::Int, "invalid_input"},
      {long_value(-(1LL << 31)), TypeKind::Int, "-2147483648"},
      {int_value(3), decimal_type(5, 2), "3.00"},
      {int_value(1000), decimal_type(5, 2), "invalid_input"},
      {decimal_value(300, 2), TypeKind::Int, "3"},
      {decimal_value(301, 2), TypeKind::Int, "invalid_input"},
      {decimal_value(301, 2), decimal_type(5, 1), "invalid_input"},
      {decimal_value(301, 2), decimal_type(5, 3), "3.010"},
      {float_value(0.5F), TypeKind::Double, "0.5"},
      {double_value(0.1), TypeKind::Float, "invalid_input"},
      {double_value(0.5), TypeKind::Float, "0.5"},
      {double_value(1e300), TypeKind::Float, "invalid_input"},
      {date_value(1), TypeKind::Timestamp, "1970-01-02T00:00:00"},
      {timestamp_value(TypeKind::Timestamp, kMicrosPerDay), TypeKind::Date, "1970-01-02"},
      {timestamp_value(TypeKind::Timestamp, 1), TypeKind::Date, "invalid_input"},
      {timestamp_value(TypeKind::Timestamp, 1), TypeKind::TimestampNs,
       "1970-01-01T00:00:00.000001"},
      {timestamp_value(TypeKind::TimestampNs, 1), TypeKind::Timestamp, "invalid_input"},
      {timestamp_value(TypeKind::TimestampTz, 1), TypeKind::Timestamp, "invalid_input"},
      {string_value("2017-11-16"), TypeKind::Date, "2017-11-16"},
      {string_value("14.2"), decimal_type(4, 2), "14.20"},
      {binary_value("ab"), fixed_type(2), "0x6162"},
      {binary_value("ab"), fixed_type(3), "invalid_input"},
      {boolean_value(true), TypeKind::Int, "invalid_input"},
      {Value{}, TypeKind::Int, "null"},
  };
  for (const Case& c : cases) {
    CAPTURE(describe(c.value));
    CAPTURE(to_string(c.type));
    CHECK(cast(c.value, c.type) == c.expected);
  }
}

}  // namespace tarn::iceberg
