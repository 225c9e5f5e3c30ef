// SPDX-License-Identifier: Apache-2.0
// The macros that every project has: packages `dbt` and `dbt_trino`, with the names and parameters
// that projects know and override. Their texts lie in builtin/ and are embedded at build time.
#pragma once

#include <span>
#include <string_view>

namespace tarn::project {

struct BuiltinFile {
  std::string_view package;  // `dbt`, `dbt_trino`
  std::string_view path;     // `macros/tests.sql`
  std::string_view text;
};

std::span<const BuiltinFile> builtin_macro_files();

}  // namespace tarn::project
