// SPDX-License-Identifier: Apache-2.0
// The order in which Java's HashMap walks its entries: the order of the entries in the text of a
// map that is itself a key (wire.h), because Trino's server makes it from such a map.
#pragma once

#include <cstddef>
#include <vector>

#include "types/type.h"
#include "types/value.h"

namespace tarn::types {

// `entries` are key, value, key, value, …; the indices of the keys in that order. As they come
// where the hash of the key's Java class is not known here (times, uuids, binaries, rows).
std::vector<std::size_t> java_map_order(const Type& key, const std::vector<Value>& entries);

}  // namespace tarn::types
