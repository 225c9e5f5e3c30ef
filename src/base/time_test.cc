// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include "base/clock.h"
#include "base/testing.h"

using namespace tarn;

TEST_CASE("days and dates") {
  const std::pair<std::int64_t, const char*> rows[] = {
      {0, "1970-01-01"},       {-1, "1969-12-31"},        {17486, "2017-11-16"},
      {11016, "2000-02-29"},   {-719528, "0000-01-01"},   {-719529, "-0001-12-31"},
      {2932896, "9999-12-31"}, {2932897, "+10000-01-01"},
  };
  for (const auto& [days, text] : rows) {
    CHECK(format_date(days) == text);
    CHECK(CHECK_OK(parse_date(text)) == days);
  }
  for (std::int64_t days = -800'000; days < 800'000; days += 37) {
    CHECK(days_from_civil(civil_from_days(days)) == days);
  }
  CHECK(is_valid_date({2024, 2, 29}));
  CHECK_FALSE(is_valid_date({1900, 2, 29}));
  for (const auto* text : {"", "2017-11", "2017-13-01", "2017-00-01", "2017-02-30", "17-11-16",
                           "2017-11-16 ", "2017/11/16", "2017-1-6", "12345678901-01-01"}) {
    CHECK_ERROR(parse_date(text), ErrorCode::InvalidInput, "not a date");
  }
}

TEST_CASE("floor division") {
  CHECK(floor_divide(-1, 10) == -1);
  CHECK(floor_divide(-10, 10) == -1);
  CHECK(floor_divide(9, 10) == 0);
  CHECK(floor_modulo(-1, 10) == 9);
  CHECK(floor_modulo(-10, 10) == 0);
  CHECK(floor_modulo(INT64_MIN, kMicrosPerDay) == 71'945'224'192);
}

TEST_CASE("times of day") {
  const std::pair<std::int64_t, const char*> rows[] = {
      {0, "00:00:00"},
      {81'068'000'000, "22:31:08"},
      {81'068'000'001, "22:31:08.000001"},
      {81'068'001'000, "22:31:08.001"},
      {86'399'999'999, "23:59:59.999999"},
  };
  for (const auto& [micros, text] : rows) {
    CHECK(format_time_micros(micros) == text);
    CHECK(CHECK_OK(parse_time_micros(text)) == micros);
  }
  CHECK(CHECK_OK(parse_time_micros("22:31")) == 81'060'000'000);
  CHECK(CHECK_OK(parse_time_micros("22:31:08.5")) == 81'068'500'000);
  for (const auto* text : {"", "22", "24:00", "22:60", "22:31:60", "22:31:08.", "22:31:08.1234567",
                           "2:31", "22:31:08Z"}) {
    CHECK_ERROR(parse_time_micros(text), ErrorCode::InvalidInput, "not a time");
  }
}

TEST_CASE("timestamps in microseconds") {
  struct Row {
    const char* text;
    std::int64_t micros;
    const char* printed;
  };
  const Row rows[] = {
      {"2017-11-16T22:31:08", 1510871468000000, "2017-11-16T22:31:08"},
      {"2017-11-16 22:31:08.000001", 1510871468000001, "2017-11-16T22:31:08.000001"},
      {"2017-11-16T22:31:08Z", 1510871468000000, "2017-11-16T22:31:08"},
      {"2017-11-16T14:31:08-08:00", 1510871468000000, "2017-11-16T22:31:08"},
      {"2017-11-17T04:01:08+0530", 1510871468000000, "2017-11-16T22:31:08"},
      {"2017-11-16 23:31:08+01", 1510871468000000, "2017-11-16T22:31:08"},
      {"2017-11-16T22:31", 1510871460000000, "2017-11-16T22:31:00"},
      {"1969-12-31T23:59:58.999999", -1000001, "1969-12-31T23:59:58.999999"},
      {"0001-01-01T00:00:00", -62135596800000000, "0001-01-01T00:00:00"},
      {"-290308-12-21T19:59:06", -9223372036854000000, "-290308-12-21T19:59:06"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(CHECK_OK(parse_timestamp_micros(row.text)) == row.micros);
    CHECK(format_timestamp_micros(row.micros) == row.printed);
  }
  CHECK(CHECK_OK(parse_timestamp_micros(format_timestamp_micros(INT64_MAX))) == INT64_MAX);
  for (const auto* text :
       {"", "2017-11-16", "2017-11-16T", "2017-11-16X22:31:08", "2017-11-16T22:31:08+",
        "2017-11-16T22:31:08+19:00", "2017-11-16T22:31:08.1234567", "2017-11-16T22:31:08Zx"}) {
    CHECK_ERROR(parse_timestamp_micros(text), ErrorCode::InvalidInput, "not a timestamp");
  }
  CHECK_ERROR(parse_timestamp_micros("999999999-01-01T00:00"), ErrorCode::InvalidInput, "range");
}

TEST_CASE("timestamps in nanoseconds") {
  const std::pair<const char*, std::int64_t> rows[] = {
      {"2017-11-16T22:31:08.000001001", 1510871468000001001},
      {"1677-09-21T00:12:43.145224192", INT64_MIN},
      {"2262-04-11T23:47:16.854775807", INT64_MAX},
      {"1969-12-31T23:59:59.999999999", -1},
  };
  for (const auto& [text, nanos] : rows) {
    CHECK(CHECK_OK(parse_timestamp_nanos(text)) == nanos);
    CHECK(format_timestamp_nanos(nanos) == text);
  }
  CHECK_ERROR(parse_timestamp_nanos("2262-04-11T23:47:16.854775808"), ErrorCode::InvalidInput,
              "range");
  CHECK_ERROR(parse_timestamp_nanos("1677-09-21T00:12:43.145224191"), ErrorCode::InvalidInput,
              "range");
}

TEST_CASE("clocks") {
  FakeClock clock(100, 10);
  CHECK(clock.now_micros() == 110);
  clock.sleep_micros(1'000);
  CHECK(clock.now_micros() == 1'120);
  CHECK(system_clock().now_micros() > 1'600'000'000'000'000);
  FakeRandom first(7);
  FakeRandom second(7);
  CHECK(first.next() == second.next());
  CHECK(FakeRandom(0).next() == 0xE220A8397B1DCDAFu);
  CHECK(system_random().next() != system_random().next());
}
