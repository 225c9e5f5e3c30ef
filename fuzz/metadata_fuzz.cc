// SPDX-License-Identifier: Apache-2.0
// Any text as table or view metadata: read, and what was read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "iceberg/table_metadata.h"
#include "iceberg/view_metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn::iceberg;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto table = table_metadata_from_json(text)) {
    const auto again = table_metadata_from_json(table_metadata_to_json(*table));
    VERIFY(again.has_value());
    VERIFY(*again == *table);
    for (const auto& spec : table->specs) partition_type(*table, spec);
  }
  if (const auto view = view_metadata_from_json(text)) {
    const auto again = view_metadata_from_json(view_metadata_to_json(*view));
    VERIFY(again.has_value());
    VERIFY(*again == *view);
  }
  return 0;
}
