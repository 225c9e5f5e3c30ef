// SPDX-License-Identifier: Apache-2.0
// Cuts a file into its top-level blocks (`{% macro … %} … {% endmacro %}`) without parsing what is
// inside, as dbt does before it compiles each block alone. Respects comments, raw blocks, strings
// inside tags, and nesting of other tags.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::jinja {

struct TopBlock {
  std::string type;           // `macro`, `test`, `snapshot`, …; `__dbt__data` for text between
  std::string name;           // first word after the tag's name; empty for data
  std::string_view full;      // from `{%` to `%}`, in the given text
  std::string_view contents;  // between the two tags
  std::uint32_t line = 1;     // of the block's start
};

struct BlockOptions {
  std::vector<std::string> allowed;  // tags that make blocks; others in the file are errors
  bool collect_data = false;
};

// Errors carry dbt's kinds: `dbt:NestedTagsError`, `dbt:MissingCloseTagError`,
// `dbt:UnexpectedMacroEOFError`, `dbt:BlockDefinitionNotAtTopError`, ….
Result<std::vector<TopBlock>> extract_blocks(std::string_view text, const BlockOptions& options);

}  // namespace tarn::jinja
