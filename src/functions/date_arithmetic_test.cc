// SPDX-License-Identifier: Apache-2.0
#include "functions/call_test.h"

namespace tarn::functions {
namespace {

constexpr std::string_view kBad = "INVALID_FUNCTION_ARGUMENT";

}  // namespace

TEST_CASE("intervals are added to dates and times") {
  check_calls({
      {"$add(date, interval day to second) -> date", {"2024-02-28", "86400000"}, "2024-02-29"},
      {"$add(date, interval day to second) -> date", {"2024-02-28", "3600000"}, kBad},
      {"$add(date, interval year to month) -> date", {"2024-01-31", "1"}, "2024-02-29"},
      {"$subtract(date, interval year to month) -> date", {"2024-03-31", "13"}, "2023-02-28"},
      {"$subtract(date, date) -> interval day to second",
       {"2024-03-01", "2024-02-28"},
       "2 00:00:00.000"},
      {"$add(interval day to second, time(3)) -> time(3)", {"3600000", "23:30:00"}, "00:30:00.000"},
      {"$subtract(time(4), time(4)) -> interval day to second",
       {"12:34:55.1111", "12:34:56.9999"},
       "-0 00:00:01.889"},
      {"$subtract(timestamp(3), interval year to month) -> timestamp(3)",
       {"2024-02-29 01:02:03.004", "12"},
       "2023-02-28 01:02:03.004"},
      // A day of the calendar is not 24 hours of an interval.
      {"$add(timestamp(0) with time zone, interval day to second) -> timestamp(3) with time zone",
       {"2024-03-30 12:00:00 Europe/Vienna", "86400000"},
       "2024-03-31 13:00:00.000 Europe/Vienna"},
      {"$add(timestamp(0) with time zone, interval year to month) -> timestamp(0) with time zone",
       {"2024-02-29 12:00:00 Europe/Vienna", "1"},
       "2024-03-29 12:00:00 Europe/Vienna"},
      {"$multiply(interval day to second, double) -> interval day to second",
       {"86400000", "2.5"},
       "2 12:00:00.000"},
      {"$multiply(interval day to second, bigint) -> interval day to second",
       {"1000", "9223372036854775807"},
       "-0 00:00:01.000"},
      {"$divide(interval year to month, double) -> interval year to month", {"30", "0"}, kBad},
  });
}

TEST_CASE("fields are added, counted and cut off") {
  check_calls({
      {"date_add(varchar, bigint, date) -> date", {"quarter", "-1", "2024-05-31"}, "2024-02-29"},
      {"date_add(varchar, bigint, date) -> date", {"hour", "1", "2024-05-31"}, kBad},
      {"date_add(varchar, bigint, time(1)) -> time(1)",
       {"millisecond", "50", "23:59:59.9"},
       "00:00:00.0"},
      {"date_add(varchar, bigint, timestamp(0) with time zone) -> timestamp(0) with time zone",
       {"day", "1", "2024-03-30 02:30:00 Europe/Vienna"},
       "2024-03-31 03:30:00 Europe/Vienna"},
      {"date_add(varchar, bigint, timestamp(6)) -> timestamp(6)",
       {"year", "9223372036854775807", "2024-03-30 02:30:00"},
       kBad},
      {"date_diff(varchar, date, date) -> bigint", {"month", "2024-01-31", "2024-02-29"}, "1"},
      {"date_diff(varchar, date, date) -> bigint", {"year", "2024-02-29", "2025-02-28"}, "1"},
      {"date_diff(varchar, date, date) -> bigint", {"year", "2025-03-01", "2024-03-01"}, "-1"},
      {"date_diff(varchar, date, date) -> bigint", {"week", "2024-01-01", "2023-12-26"}, "0"},
      {"date_diff(varchar, timestamp(0) with time zone, timestamp(0) with time zone) -> bigint",
       {"day", "2024-03-30 12:00:00 Europe/Vienna", "2024-03-31 12:00:00 Europe/Vienna"},
       "1"},
      {"date_diff(varchar, timestamp(0) with time zone, timestamp(0) with time zone) -> bigint",
       {"hour", "2024-03-30 12:00:00 Europe/Vienna", "2024-03-31 12:00:00 Europe/Vienna"},
       "23"},
      {"date_trunc(varchar, date) -> date", {"WEEK", "2024-03-03"}, "2024-02-26"},
      {"date_trunc(varchar, timestamp(3)) -> timestamp(3)",
       {"hour", "1969-12-31 23:59:59.999"},
       "1969-12-31 23:00:00.000"},
      {"date_trunc(varchar, timestamp(0) with time zone) -> timestamp(0) with time zone",
       {"year", "2024-07-01 12:00:00 Europe/Vienna"},
       "2024-01-01 00:00:00 Europe/Vienna"},
      {"date_trunc(varchar, time(3)) -> time(3)", {"day", "12:00:00"}, kBad},
      {"last_day_of_month(date) -> date", {"2024-02-03"}, "2024-02-29"},
  });
}

TEST_CASE("parts of dates") {
  check_calls({
      {"week(date) -> bigint", {"2021-01-03"}, "53"},
      {"year_of_week(date) -> bigint", {"2021-01-03"}, "2020"},
      {"day_of_week(date) -> bigint", {"1969-12-28"}, "7"},
      {"day_of_year(date) -> bigint", {"2024-12-31"}, "366"},
      {"quarter(date) -> bigint", {"2024-12-31"}, "4"},
      {"hour(timestamp(0) with time zone) -> bigint", {"2024-01-01 12:00:00 +05:45"}, "12"},
      {"millisecond(timestamp(6)) -> bigint", {"1969-12-31 23:59:59.999999"}, "999"},
      {"timezone_minute(timestamp(0) with time zone) -> bigint",
       {"2024-01-01 12:00:00 -08:35"},
       "-35"},
      {"hour(interval day to second) -> bigint", {"97200000"}, "3"},
      {"month(interval year to month) -> bigint", {"15"}, "3"},
  });
}

TEST_CASE("time zones of values") {
  check_calls({
      {"at_timezone(timestamp(0) with time zone, varchar) -> timestamp(0) with time zone",
       {"2024-07-01 12:00:00 UTC", "Europe/Vienna"},
       "2024-07-01 14:00:00 Europe/Vienna"},
      {"at_timezone(timestamp(0) with time zone, varchar) -> timestamp(0) with time zone",
       {"2024-07-01 12:00:00 UTC", "Mars/Base"},
       kBad},
      {"at_timezone(time(0) with time zone, varchar) -> time(0) with time zone",
       {"23:00:00+00:00", "+02:00"},
       "01:00:00+02:00"},
      {"with_timezone(timestamp(0), varchar) -> timestamp(0) with time zone",
       {"2024-07-01 12:00:00", "Europe/Vienna"},
       "2024-07-01 12:00:00 Europe/Vienna"},
      {"timezone(timestamp(0) with time zone) -> varchar",
       {"2024-07-01 12:00:00 +05:00"},
       "+05:00"},
  });
}

}  // namespace tarn::functions
