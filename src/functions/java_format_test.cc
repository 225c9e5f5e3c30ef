// SPDX-License-Identifier: Apache-2.0
#include "functions/java_format.h"

#include <limits>

#include "base/testing.h"
#include "types/error_name.h"

namespace tarn::functions {

TEST_CASE("format strings of Java") {
  const types::Timestamp time{1'589'092'496'111'100, 0, CHECK_OK(types::find_time_zone("+05:45"))};
  struct Case {
    std::string_view format;
    std::vector<FormatArgument> arguments;
    std::string_view expected;
  };
  const Case cases[] = {
      {"%d|%5d|%-5d|%05d|%,d",
       {std::int64_t{42}, std::int64_t{42}, std::int64_t{42}, std::int64_t{-42},
        std::int64_t{-1234567}},
       "42|   42|42   |-0042|-1,234,567"},
      {"%(d %+d % d", {std::int64_t{-5}, std::int64_t{5}, std::int64_t{5}}, "(5) +5  5"},
      {"%x %#o %X",
       {std::int64_t{-1}, std::int64_t{8}, std::int64_t{255}},
       "ffffffffffffffff 010 FF"},
      {"%.2f %.2f %.0f %f", {1.005, 0.125, 2.5, 1e10}, "1.01 0.13 3 10000000000.000000"},
      {"%e %.3E %g %g %g",
       {12.345, 0.000123456, 0.0001, 123456789.0, 0.0},
       "1.234500e+01 1.235E-04 0.000100000 1.23457e+08 0.00000"},
      {"%,.2f|%010.3f|%s", {1234567.891, -3.14159, 1e10}, "1,234,567.89|-00003.142|1.0E10"},
      {"%f %.1f %5.1f",
       {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN(), 9.96},
       "Infinity NaN  10.0"},
      {"%e %g", {FormatDecimal{0, 3}, FormatDecimal{0, 0}}, "0.000000e-03 0.00000"},
      {"%.2f %s", {FormatDecimal{123456, 3}, FormatDecimal{1, 9}}, "123.46 1E-9"},
      {"%s %S %b %B %s",
       {std::string("äb"), std::string("äb"), std::monostate{}, true, std::monostate{}},
       "äb ÄB false TRUE null"},
      {"%5s|%-5s|%.2s",
       {std::string("äb"), std::string("äb"), std::string("abc")},
       "   äb|äb   |ab"},
      {"%2$s %1$s %<s %s", {std::string("a"), std::string("b")}, "b a a a"},
      {"%%%n%5%", {}, "%\n    %"},
      {"%tY-%<tm-%<td %<tH:%<tM:%<tS.%<tL %<tB %<tA %<tz",
       {FormatTimestamp{time, true}},
       "2020-05-10 12:19:56.111 May Sunday +0545"},
      {"%s", {FormatTimestamp{time, true}}, "2020-05-10T12:19:56.111100+05:45"},
      {"%s %s %tF",
       {FormatDate{0}, FormatTime{45'240'000'000'000}, FormatDate{-1}},
       "1970-01-01 12:34 1969-12-31"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.format);
    CHECK(CHECK_OK(format_java(c.format, c.arguments)) == c.expected);
  }
  struct BadCase {
    std::string_view format;
    std::vector<FormatArgument> arguments;
  };
  const BadCase bad[] = {
      {"%", {}},
      {"%s", {}},
      {"%d", {std::string("x")}},
      {"%d", {1.5}},
      {"%f", {std::int64_t{1}}},
      {"%q", {std::int64_t{1}}},
      {"%-d", {std::int64_t{1}}},
      {"%05s", {std::string("x")}},
      {"%tY", {std::string("x")}},
      {"%99999999999d", {std::int64_t{1}}},
      {"%<s", {std::string("x")}},
  };
  for (const BadCase& c : bad) {
    CAPTURE(c.format);
    CHECK_ERROR(format_java(c.format, c.arguments), ErrorCode::InvalidInput,
                "INVALID_FUNCTION_ARGUMENT");
  }
}

}  // namespace tarn::functions
