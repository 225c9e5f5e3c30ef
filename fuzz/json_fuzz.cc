// SPDX-License-Identifier: Apache-2.0
// JSON from outside: what is read is read the same after it is written, in both layouts.
#include <boost/json.hpp>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = tarn::parse_json({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  for (const auto& text : {tarn::write_json(*value), tarn::write_json_pretty(*value)}) {
    const auto again = tarn::parse_json(text);
    VERIFY(again.has_value());
    VERIFY(tarn::write_json(*again) == tarn::write_json(*value));
  }
  return 0;
}
