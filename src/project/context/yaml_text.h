// SPDX-License-Identifier: Apache-2.0
// Texts of values: YAML as PyYAML's safe_dump writes it, JSON read as Python does.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "jinja/value.h"
#include "project/data.h"

namespace tarn::project {

std::string write_yaml(const Data& data);
Data sorted_keys(const Data& data, Arena& arena);
Result<jinja::Value> parse_json_value(std::string_view text);

}  // namespace tarn::project
