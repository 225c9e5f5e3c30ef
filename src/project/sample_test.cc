// SPDX-License-Identifier: Apache-2.0
#include "project/sample.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/testing.h"
#include "project/compile.h"
#include "project/microbatch.h"
#include "project/testing.h"

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

TEST_CASE("rows are those of the sample, in a batch those of both") {
  const ProjectFolder folder("dev: " + trino_output("s"));
  folder.write("models/a.sql", "{{ config(event_time='at') }} select 1 as id");
  folder.write("models/schema.yml", "models: [{name: a, columns: [{name: at, quote: true}]}]");
  folder.write("models/b.sql", "{{ ref('a') }}");
  folder.write(
      "models/m.sql",
      "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at',"
      " begin='2025-01-01', batch_size='day') }}{{ ref('a') }}");
  const auto compile = [&](const char* start, const char* end, const char* model,
                           const Batch* batch) {
    LoadOptions options;
    options.sample_start = start;
    options.sample_end = end;
    const auto project = folder.load(options);
    NoAdapter adapter;
    Compiler compiler(*project, adapter);
    return CHECK_OK(compiler.compile(*project->nodes_by_id.at(model), batch)).code;
  };
  const auto filtered = [](const char* start, const char* end) {
    return fmt::format(
        "(select * from \"lake\".\"s\".\"a\" where \"at\" >= TIMESTAMP '{}' and "
        "\"at\" < TIMESTAMP '{}')",
        start, end);
  };
  const char* first = "2025-01-01 00:00:00+00:00";
  const char* noon = "2025-01-01 12:00:00+00:00";
  const char* second = "2025-01-02 00:00:00+00:00";
  const char* third = "2025-01-03 00:00:00+00:00";
  const Batch batch{"20250101", first, second};
  CHECK(compile("", "", "model.p.b", nullptr) == "\"lake\".\"s\".\"a\"");
  CHECK(compile(noon, third, "model.p.b", nullptr) == filtered(noon, third));
  CHECK(compile("", "", "model.p.m", &batch) == filtered(first, second));
  CHECK(compile(noon, third, "model.p.m", &batch) == filtered(noon, second));
}

}  // namespace tarn::project
