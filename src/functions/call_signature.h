// SPDX-License-Identifier: Apache-2.0
// One resolved call of a scalar function, as text: it travels through DuckDB's SQL as the constant
// first argument of `tarn_call`, because DuckDB's types do not say all that Trino's do.
//
//   substr(varchar(5), bigint) -> varchar(5)
//   $cast(timestamp(3)) -> timestamp(3) with time zone @ Europe/Vienna
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/time_zone.h"
#include "types/type.h"

namespace tarn::functions {

struct CallSignature {
  std::string name;  // lower case; operators as in the catalogue: `$add`, and `$cast`
  std::vector<types::Type> arguments;
  types::Type result;
  types::TimeZone zone;  // of the session; part of the text only if it is not UTC

  bool operator==(const CallSignature&) const = default;
};

std::string to_text(const CallSignature& signature);
// ErrorCode::Internal for other texts: they are ours.
Result<CallSignature> parse_call_signature(std::string_view text);

}  // namespace tarn::functions
