// SPDX-License-Identifier: Apache-2.0
#include "warehouse/warehouse.h"

namespace tarn::warehouse {

Result<std::optional<Answer>> Connection::append(
    std::string_view, const std::vector<Column>&,
    std::shared_ptr<const std::vector<std::vector<types::Value>>>, const Cancel*) {
  return std::optional<Answer>();
}

}  // namespace tarn::warehouse
