// SPDX-License-Identifier: Apache-2.0
// The few XML answers of S3 that the store reads. Not a general XML reader: unknown elements are
// passed over, and what does not look like an answer of S3 gives empty results.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/store.h"

namespace tarn::duckdb {

// The text of the first element of this name, entities decoded; "" when missing.
std::string element_text(std::string_view xml, std::string_view name);
// The inner text of every element of this name, not decoded. They do not nest.
std::vector<std::string_view> elements(std::string_view xml, std::string_view name);

struct S3Listing {
  std::vector<storage::ObjectInfo> objects;  // `location` is the key
  std::string next_token;                    // "" at the end
};
// ListObjectsV2 with `encoding-type=url`. ErrorCode::Corrupt for keys or sizes that do not parse.
Result<S3Listing> parse_listing(std::string_view xml);

// Our error for a failed request: by the HTTP status and the code in the body. `what` names the
// action and the location.
Error s3_error(int status, std::string_view body, std::string_view what);

}  // namespace tarn::duckdb
