// SPDX-License-Identifier: Apache-2.0
#include "functions/call_signature.h"

#include <doctest/doctest.h>

#include "base/testing.h"
#include "functions/registry.h"

namespace tarn::functions {

TEST_CASE("call signatures as text and back") {
  const char* texts[] = {
      "substr(varchar(5), bigint) -> varchar(5)",
      "pi() -> double",
      "$cast(timestamp(3)) -> timestamp(3) with time zone @ Europe/Vienna",
      "$cast(row(\"a,b)\" bigint, c decimal(10, 2))) -> row(bigint, decimal(10, 2))",
  };
  for (const char* text : texts) {
    CAPTURE(text);
    auto signature = parse_call_signature(text);
    CHECK_OK(signature);
    CHECK(to_text(*signature) == text);
  }
  CHECK_ERROR(parse_call_signature("substr(varchar"), ErrorCode::Internal, "not a call signature");
}

TEST_CASE("unknown functions are not supported") {
  CHECK_ERROR(bind_function({.name = "no_such", .result = types::make_varchar()}),
              ErrorCode::Unsupported, "no_such() -> varchar");
}

}  // namespace tarn::functions
