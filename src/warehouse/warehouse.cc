// SPDX-License-Identifier: Apache-2.0
#include "warehouse/warehouse.h"

namespace tarn::warehouse {

Result<std::optional<Answer>> Connection::append(
    std::string_view, const std::vector<Column>&,
    std::shared_ptr<const std::vector<std::vector<types::Value>>>, const Cancel*) {
  return std::optional<Answer>();
}

Result<std::unique_ptr<Staging>> Warehouse::stage(std::string_view) {
  return unsupported(
      "a Trino cluster publishes what each statement does: several models cannot be published "
      "together there");
}

}  // namespace tarn::warehouse
