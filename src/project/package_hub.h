// SPDX-License-Identifier: Apache-2.0
// The package hub of dbt: which versions there are and where their archives lie. Knows no network:
// documents come through a function.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::project {

// Gives the body of an HTTP GET. NotFound for 404.
using Fetch = std::function<Result<std::string>(const std::string& url)>;

inline constexpr std::string_view kHubUrl = "https://hub.getdbt.com/";

struct HubRelease {
  std::string name;     // of the project, `dbt_utils`
  std::string version;  // `1.1.1`
  std::string tarball;  // URL
  std::string sha1;     // hex; empty: not told
};

// The newest release of `owner/name` that all ranges allow (`1.1.1`, `>=1.0.0`, `<2.0.0`, each may
// hold several with commas). Releases such as `1.0.0-b1` count only where a range names one.
Result<HubRelease> find_release(const Fetch& fetch, std::string_view hub, std::string_view package,
                                const std::vector<std::string>& ranges);

// Semantic versions: <0, 0 or >0. Build metadata is left aside.
Result<int> compare_versions(std::string_view a, std::string_view b);

}  // namespace tarn::project
