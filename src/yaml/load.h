// SPDX-License-Identifier: Apache-2.0
// YAML 1.1 text → Document, read as dbt does: libyaml's scanner and PyYAML's safe constructor
// (booleans, octal and sexagesimal integers, dates, merge keys, binary, sets, ordered maps).
// One document per text; an empty text is null.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/text_span.h"
#include "yaml/value.h"

namespace tarn::yaml {

enum class LoadMode {
  File,   // dbt's loader of files: reports duplicate keys, refuses values that contain themselves
  Plain,  // the plain safe loader of `fromyaml()`
};

struct LoadOptions {
  LoadMode mode = LoadMode::File;
  std::size_t size_max = std::size_t{256} << 20;                  // bytes of text
  std::uint32_t depth_max = 200;                                  // nested collections
  std::uint64_t expanded_values_max = std::uint64_t{20'000'000};  // with aliases counted in full
};

// Errors are ErrorCode::InvalidInput with `where` (line, column) if the place is known. Values do
// not refer to `text` afterwards. Thread-safe.
Result<Document> load(std::string_view text, const LoadOptions& options = {});

// The span of one character at line and column (both from 1), for `excerpt`.
TextSpan span_at(std::string_view text, std::uint32_t line, std::uint32_t column);

}  // namespace tarn::yaml
