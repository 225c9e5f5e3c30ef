// SPDX-License-Identifier: Apache-2.0
#include "project/sample.h"

#include <doctest/doctest.h>

#include "base/testing.h"
#include "project/microbatch.h"

namespace tarn::project {

TEST_CASE("samples back from now") {
  struct Case {
    const char* now;
    const char* text;
    const char* start;
  };
  const Case cases[] = {
      {"2024-09-17 16:06:00", "1 hour", "2024-09-17 15:06:00+00:00"},
      {"2024-09-17 16:06:00", "3 days", "2024-09-14 16:06:00+00:00"},
      {"2024-09-17 16:06:00.25", "1 DAY", "2024-09-16 16:06:00.250000+00:00"},
      {"2024-09-17 16:06:00", "1 months", "2024-08-17 16:06:00+00:00"},
      {"2024-03-31 16:06:00", "1 month", "2024-02-29 16:06:00+00:00"},
      {"2024-01-31 00:00:00", "2 months", "2023-11-30 00:00:00+00:00"},
      {"2024-02-29 16:06:00", "1 year", "2023-02-28 16:06:00+00:00"},
      {"2024-12-31 16:06:00", "12 months", "2023-12-31 16:06:00+00:00"},
      {"2024-02-29 16:06:00", "-1 day", "2024-03-01 16:06:00+00:00"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.text);
    const auto now = CHECK_OK(parse_event_time(one.now));
    const auto window = CHECK_OK(parse_sample(one.text, now));
    CHECK(window.start == one.start);
    CHECK(window.end == event_time_text(now));
  }
}

TEST_CASE("samples with bounds") {
  const auto window =
      CHECK_OK(parse_sample("{'start': '2024-12-01', 'end': '2024-12-03T12:30:00'}", 0));
  CHECK(window.start == "2024-12-01 00:00:00+00:00");
  CHECK(window.end == "2024-12-03 12:30:00+00:00");
  CHECK(CHECK_OK(parse_sample("{start: 2024-12-01, end: 2024-12-02}", 0)).end ==
        "2024-12-02 00:00:00+00:00");
  const std::pair<const char*, const char*> bad[] = {
      {"3days", "must be like"},
      {"x days", "unable to convert `x`"},
      {"3 weeks", "invalid grain size `weeks`"},
      {"99999999999 days", "out of range"},
      {"9000 years", "out of range"},
      {"{'start': '2024-12-01'}", "needs `end`"},
      {"{'start': '2024-12-01T00:00:00+02:00', 'end': '2024-12-02'}", "in UTC"},
      {"{'start': 'soon', 'end': '2024-12-02'}", ""},
      {"", "must be like"},
  };
  for (const auto& [text, message] : bad) {
    CAPTURE(text);
    CHECK_ERROR(parse_sample(text, 1'700'000'000'000'000), ErrorCode::InvalidInput, message);
  }
}

}  // namespace tarn::project
