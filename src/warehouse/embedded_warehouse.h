// SPDX-License-Identifier: Apache-2.0
// The warehouse that is in this process: the engine over the catalogs of a lakehouse.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "lakehouse/lakehouse.h"
#include "warehouse/warehouse.h"

namespace tarn::warehouse {

struct EmbeddedOptions {
  std::optional<std::string> catalog;
  std::optional<std::string> schema;
  std::string time_zone = "UTC";
  std::string user = "tarn";
  // SET SESSION of every connection: name (`query_priority`, `lake.compression_codec`) and a value
  // as SQL.
  std::map<std::string, std::string> properties;
  Clock* clock = &system_clock();
  Random* random = &system_random();
};

// REQUIRES: `lakehouse` outlives the warehouse. Connections must not outlive it.
Result<std::unique_ptr<Warehouse>> make_embedded_warehouse(lakehouse::Lakehouse& lakehouse,
                                                           EmbeddedOptions options);

}  // namespace tarn::warehouse
