// SPDX-License-Identifier: Apache-2.0
#include "iceberg/catalog.h"

#include "base/text.h"

namespace tarn::iceberg {

std::string to_string(const Namespace& space) { return join(space.levels, "."); }

std::string to_string(const TableIdentifier& table) {
  return to_string(table.space) + "." + table.name;
}

}  // namespace tarn::iceberg
