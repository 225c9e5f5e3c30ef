// SPDX-License-Identifier: Apache-2.0
// What this program calls itself in output, snapshot summaries and connections.
#pragma once

#include <string>

namespace tarn::cli {

inline constexpr const char* kVersion = "0.1.0";

// `tarn 0.1.0 (DuckDB 1.5.5, Iceberg format v1–v3)` and a line feed.
std::string version_text();

}  // namespace tarn::cli
