// SPDX-License-Identifier: Apache-2.0
#include "project/warn_options.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/testing.h"

namespace tarn::project {

TEST_CASE("verdicts follow dbt's order of names, groups and all") {
  struct Case {
    const char* options;
    const char* event;
    Verdict verdict;
  };
  const Case cases[] = {
      {"{}", "LogTestResult", Verdict::Warn},
      {"{error: all}", "LogTestResult", Verdict::Error},
      {"{error: '*'}", "", Verdict::Error},
      {"{error: all, warn: [LogTestResult]}", "LogTestResult", Verdict::Warn},
      {"{error: all, silence: [LogTestResult]}", "LogTestResult", Verdict::Silence},
      {"{error: [LogTestResult]}", "LogTestResult", Verdict::Error},
      {"{error: [LogTestResult]}", "NothingToDo", Verdict::Warn},
      {"{error: [LogTestResult], silence: [LogTestResult]}", "LogTestResult", Verdict::Silence},
      {"{error: [Deprecations]}", "ExposureNameDeprecation", Verdict::Error},
      {"{error: [Deprecations]}", "DeprecatedModel", Verdict::Warn},
      {"{error: [Deprecations], warn: [ExposureNameDeprecation]}", "ExposureNameDeprecation",
       Verdict::Warn},
      {"{error: all, warn: [Deprecations]}", "ExposureNameDeprecation", Verdict::Warn},
      {"{error: all, warn: [Deprecations]}", "JinjaLogWarning", Verdict::Error},
      {"{silence: [Deprecations], error: [ExposureNameDeprecation]}", "ExposureNameDeprecation",
       Verdict::Error},
      {"{include: all, exclude: [NothingToDo]}", "NothingToDo", Verdict::Warn},
      {"{error: null, warn: null}", "NothingToDo", Verdict::Warn},
  };
  for (const auto& one : cases) {
    CAPTURE(one.options);
    CAPTURE(one.event);
    CHECK(CHECK_OK(parse_warn_options(one.options)).verdict(one.event) == one.verdict);
  }
  WarnOptions all;
  all.warn_error = true;
  all.silence = {"LogTestResult"};
  CHECK(all.verdict("LogTestResult") == Verdict::Error);
}

TEST_CASE("bad options are refused") {
  const std::pair<const char*, const char*> cases[] = {
      {"{error: some}", "must be `all`"},
      {"{error: [LogTestResults]}", "LogTestResults is not a valid dbt error name"},
      {"{warn: [LogTestResult]}", "can only be given if"},
      {"{error: [NothingToDo], include: [NothingToDo]}", "not both"},
      {"[a]", "must be a mapping"},
      {"{error: {a: 1}}", "must be a list"},
      {"{error: [", "--warn-error-options"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    CHECK_ERROR(parse_warn_options(text), ErrorCode::InvalidInput, message);
  }
}

TEST_CASE("event names are sorted, as the search needs them") {
  const auto names = event_names();
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(event_of_finding("unused-config") == "UnusedResourceConfigPath");
  CHECK(event_of_finding("something").empty());
}

}  // namespace tarn::project
