// SPDX-License-Identifier: Apache-2.0
#include "base/testing.h"
#include "base/time.h"
#include "project/testing.h"

namespace tarn::project {

TEST_CASE("deprecated models and who refers to them are told") {
  const ProjectFolder folder("dev: " + trino_output("s"));
  folder.write("models/old_v1.sql", "select 1 as id");
  folder.write("models/old_v2.sql", "select 1 as id");
  folder.write("models/reader.sql", "select * from {{ ref('old', v=1) }}");
  folder.write(
      "models/schema.yml",
      "models: [{name: old, latest_version: 2, versions: [{v: 1, deprecation_date: 2025-01-01}, "
      "{v: 2}]}]");
  const auto findings = [&](const char* today, WarnOptions warnings) {
    LoadOptions options;
    options.now_micros = CHECK_OK(parse_date(today)) * kMicrosPerDay;
    options.warnings = std::move(warnings);
    const auto project = folder.load(options);
    std::string out;
    for (const auto& finding : project->diagnostics.items()) {
      out += finding.severity == Severity::Error ? "error: " : "warning: ";
      out += finding.message + "\n";
    }
    return out;
  };
  CHECK(findings("2024-12-31", {}) ==
        "warning: while compiling 'reader': found a reference to old.v1, which is slated for "
        "deprecation on '2025-01-01T00:00:00+00:00'. A new version of 'old' is available: "
        "{{ ref('p', 'old', v='2') }}\n");
  const std::string past =
      "model old.v1 has passed its deprecation date of 2025-01-01T00:00:00+00:00; it should be "
      "disabled or removed\n";
  CHECK(findings("2025-01-02", {}).starts_with("warning: " + past));
  CHECK(findings("2025-01-02", {.error = {"DeprecatedModel"},
                                .silence = {"DeprecatedReference"}}) == "error: " + past);
}

}  // namespace tarn::project
