// SPDX-License-Identifier: Apache-2.0
// `require-dbt-version`: whether the dialect of dbt that is understood here satisfies a project.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::project {

// The release of dbt-core whose behavior the project language follows; `dbt_version` in templates.
inline constexpr std::string_view kDbtVersion = "1.11.16";

// `>=1.5.0`, `<2.0.0`, `1.11.0`; several in one text may be parted by commas. A bad text is
// ErrorCode::InvalidInput.
Result<bool> satisfies_version(std::string_view version, const std::vector<std::string>& required);

}  // namespace tarn::project
