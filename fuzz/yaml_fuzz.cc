// SPDX-License-Identifier: Apache-2.0
// Any bytes as YAML, with both loaders: an error or a value, never a crash or endless work.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "yaml/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto mode : {tarn::yaml::LoadMode::File, tarn::yaml::LoadMode::Plain}) {
    const auto loaded = tarn::yaml::load(text, {.mode = mode, .expanded_values_max = 100'000});
    (void)loaded;
  }
  return 0;
}
