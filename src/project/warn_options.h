// SPDX-License-Identifier: Apache-2.0
// --warn-error and --warn-error-options: which warnings are errors and which are not shown. They go
// by dbt's names of events (`NoNodesForSelectionCriteria`, `LogTestResult`, `Deprecations` for all
// deprecations). Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/data.h"

namespace tarn::project {

enum class Verdict : std::uint8_t { Warn, Error, Silence };

struct WarnOptions {
  bool warn_error = false;  // --warn-error: all of them, whatever the lists say
  bool error_all = false;   // `error: all`
  std::vector<std::string> error, warn, silence;

  bool is_default() const {
    return !warn_error && !error_all && error.empty() && warn.empty() && silence.empty();
  }
  // A name wins over `Deprecations`, that over `all`; among equals silence wins over warn over
  // error.
  Verdict verdict(std::string_view event) const;
  // One text that differs for options that differ.
  std::string to_text() const;
};

// A mapping of `error` (a list, `all` or `*`), `warn` and `silence`; the old names `include` and
// `exclude` are taken, too. InvalidInput for names that dbt does not know.
Result<WarnOptions> read_warn_options(const Data& data);
// The same of a YAML text.
Result<WarnOptions> parse_warn_options(std::string_view text);

// dbt's name for a finding of the parser, by its code; "" if dbt has no such warning: then only
// --warn-error and `error: all` make it an error.
std::string_view event_of_finding(std::string_view code);

// All names that the lists may hold, sorted.
std::span<const std::string_view> event_names();

}  // namespace tarn::project
