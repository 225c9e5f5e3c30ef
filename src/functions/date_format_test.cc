// SPDX-License-Identifier: Apache-2.0
#include "functions/call_test.h"

namespace tarn::functions {
namespace {

constexpr std::string_view kBad = "INVALID_FUNCTION_ARGUMENT";

}  // namespace

TEST_CASE("MySQL's formats print and read timestamps") {
  const std::string_view print = "date_format(timestamp(3), varchar) -> varchar";
  const std::string_view read = "date_parse(varchar, varchar) -> timestamp(3)";
  check_calls({
      {print, {"2001-01-09 13:04:05.321", "%Y-%m-%d %H:%i:%s.%f"}, "2001-01-09 13:04:05.321000"},
      {print,
       {"2001-01-09 13:04:05.321", "%a %b %c %e %j %k %l %M %p %W %y %%"},
       "Tue Jan 1 9 009 13 1 January PM Tuesday 01 %"},
      {print, {"2001-01-09 13:04:05.321", "%r|%T|%x %v"}, "01:04:05 PM|13:04:05|2001 02"},
      {print, {"2001-01-09 13:04:05.321", "%Y年%g%"}, "2001年g"},
      {print, {"2001-01-09 13:04:05.321", "%U"}, kBad},
      {print, {"2001-01-09 13:04:05.321", ""}, kBad},
      {print, {"-0001-01-09 00:04:05.321", "%Y %h"}, "-0001 12"},
      {read, {"2013-05-17 12:35:10", "%Y-%m-%d %h:%i:%s"}, "2013-05-17 00:35:10.000"},
      {read,
       {"31-MAY-69 04.59.59.999000 AM", "%d-%b-%y %l.%i.%s.%f %p"},
       "2069-05-31 04:59:59.999"},
      {read, {"31-may-70 12.59.59 pm", "%d-%b-%y %l.%i.%s %p"}, "1970-05-31 12:59:59.000"},
      {read, {"20240229", "%Y%m%d"}, "2024-02-29 00:00:00.000"},
      {read, {"20230229", "%Y%m%d"}, kBad},
      {read, {"2013", "%Y"}, "2013-01-01 00:00:00.000"},
      {read, {"02-29", "%m-%d"}, "2000-02-29 00:00:00.000"},
      {read, {"2020 53", "%x %v"}, "2020-12-28 00:00:00.000"},
      {read, {"2024 366", "%Y %j"}, "2024-12-31 00:00:00.000"},
      {read, {"2023 366", "%Y %j"}, kBad},
      {read, {"13:04:05", "%T"}, "1970-01-01 13:04:05.000"},
      {read, {"2013-05-17 ", "%Y-%m-%d"}, kBad},
      {read, {"2013-13-17", "%Y-%m-%d"}, kBad},
      {read, {"September", "%M"}, "2000-09-01 00:00:00.000"},
      {read, {"", "%Y"}, kBad},
  });
}

TEST_CASE("Joda's patterns print and read timestamps") {
  const std::string_view print = "format_datetime(timestamp(3) with time zone, varchar) -> varchar";
  const std::string_view read =
      "parse_datetime(varchar, varchar) -> timestamp(3) with time zone @ Europe/Vienna";
  const std::string time = "2020-05-10 12:34:56.111 Asia/Kathmandu";
  check_calls({
      {print, {time, "yyyy-MM-dd HH:mm:ss.SSS Z"}, "2020-05-10 12:34:56.111 +0545"},
      {print, {time, "yy M d h:m:s a ZZ ZZZ"}, "20 5 10 12:34:56 PM +05:45 Asia/Kathmandu"},
      {print,
       {time, "EEEE, MMMM d, xxxx-'W'ww-e DDD G CC"},
       "Sunday, May 10, 2020-W19-7 131 AD 20"},
      {print, {time, "''yyyy'T'''SSSSSS"}, "'2020T'111000"},
      {print, {time, "b"}, kBad},
      {print, {time, "z"}, "NOT_SUPPORTED"},
      {print, {time, ""}, kBad},
      {read, {"1960/01/22 03:04 +0500", "yyyy/MM/dd HH:mm Z"}, "1960-01-22 03:04:00.000 +05:00"},
      {read,
       {"2020-08-18 03:04:05.678", "yyyy-MM-dd HH:mm:ss.SSS"},
       "2020-08-18 03:04:05.678 Europe/Vienna"},
      {read, {"2020-03-29 02:30", "yyyy-MM-dd HH:mm"}, kBad},
      {read, {"20-1-2", "yy-M-d"}, "2020-01-02 00:00:00.000 Europe/Vienna"},
      {read, {"1999-1-2", "yy-M-d"}, "1999-01-02 00:00:00.000 Europe/Vienna"},
      {read, {"50-1-2", "yy-M-d"}, "NOT_SUPPORTED"},
      {read,
       {"12 am America/New_York 2020", "hh a ZZZ yyyy"},
       "2020-01-01 00:00:00.000 America/New_York"},
      {read, {"25", "HH"}, kBad},
  });
}

TEST_CASE("ISO 8601") {
  const std::string_view read =
      "from_iso8601_timestamp(varchar) -> timestamp(3) with time zone @ Europe/Vienna";
  check_calls({
      {"from_iso8601_date(varchar) -> date", {"2020-W53-7"}, "2021-01-03"},
      {"from_iso8601_date(varchar) -> date", {"2020-366"}, "2020-12-31"},
      {"from_iso8601_date(varchar) -> date", {"2020-8-2"}, "2020-08-02"},
      {"from_iso8601_date(varchar) -> date", {"2020-13-02"}, kBad},
      {read, {"2001-08-22T03:04:05.321+07:09"}, "2001-08-22 03:04:05.321 +07:09"},
      {read, {"2001-08-22T03:04:05.3219Z"}, "2001-08-22 03:04:05.321 UTC"},
      {read, {"2001-08-22T03:04"}, "2001-08-22 03:04:00.000 Europe/Vienna"},
      {read, {"2001-08-22"}, "2001-08-22 00:00:00.000 Europe/Vienna"},
      {read, {"2001-08-22 03:04"}, kBad},
      {read, {"115023-03-21T10:45:30.00Z"}, kBad},
      {"from_iso8601_timestamp_nanos(varchar) -> timestamp(9) with time zone",
       {"2001-08-22T07:34:56.123456789-05:00"},
       "2001-08-22 07:34:56.123456789 -05:00"},
      {"to_iso8601(timestamp(2) with time zone) -> varchar",
       {"2020-05-01 12:34:56.12 +00:00"},
       "2020-05-01T12:34:56.12Z"},
      {"to_iso8601(timestamp(0)) -> varchar", {"-12001-05-01 12:34:56"}, "-12001-05-01T12:34:56"},
  });
}

TEST_CASE("seconds since 1970 and durations") {
  check_calls({
      {"from_unixtime(double) -> timestamp(3) with time zone @ +01:00",
       {"0.0005"},
       "1970-01-01 01:00:00.001 +01:00"},
      {"from_unixtime(double, bigint, bigint) -> timestamp(3) with time zone",
       {"0", "-100", "100"},
       kBad},
      {"from_unixtime_nanos(decimal(7,3)) -> timestamp(9) with time zone",
       {"-1234.500"},
       "1969-12-31 23:59:59.999998765 UTC"},
      {"to_unixtime(timestamp(6) with time zone) -> double",
       {"1970-01-01 00:00:01.5 UTC"},
       "1.5E0"},
      {"parse_duration(varchar) -> interval day to second", {"1234.567 h"}, "51 10:34:01.200"},
      {"parse_duration(varchar) -> interval day to second", {"1 w"}, kBad},
      {"parse_duration(varchar) -> interval day to second", {"h"}, kBad},
      {"human_readable_seconds(double) -> varchar", {"-61"}, "1 minute, 1 second"},
      {"human_readable_seconds(double) -> varchar", {"NaN"}, kBad},
      {"parse_data_size(varchar) -> decimal(38,0)", {"2.234kB"}, "2287"},
      {"parse_data_size(varchar) -> decimal(38,0)", {"1.2.3kB"}, kBad},
      {"parse_data_size(varchar) -> decimal(38,0)",
       {"99999999999999999YB"},
       "NUMERIC_VALUE_OUT_OF_RANGE"},
  });
}

}  // namespace tarn::functions
