// SPDX-License-Identifier: Apache-2.0
// Texts of Trino's type json: the canonical form that json_parse makes of a document.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::types {

// A JSON string token, as Jackson writes it.
void append_json_text(std::string& out, std::string_view text);

// json_parse: no white space, members of objects in the order of their keys, the last of equal
// keys. Numbers stay as they are written, except that floating-point numbers become the shortest
// text of their double. ErrorCode::InvalidInput if it is no JSON. Depth is limited.
Result<std::string> canonical_json(std::string_view text);

}  // namespace tarn::types
