// SPDX-License-Identifier: Apache-2.0
// Names in Trino SQL that the drivers of materializations write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tarn::run {

// `"a""b"`
std::string quoted_name(std::string_view name);
// `"a", "b"`
std::string quoted_list(const std::vector<std::string>& names);
// `'it''s'`
std::string text_literal(std::string_view text);

}  // namespace tarn::run
