// SPDX-License-Identifier: Apache-2.0
// Types that hold values of other types.
#pragma once

#include "types/type.h"

namespace tarn::types {

// Arrays, maps and rows; not JSON, whose values are one text.
inline bool is_nested(const Type& type) {
  return type.is(TypeKind::Array) || type.is(TypeKind::Map) || type.is(TypeKind::Row);
}

}  // namespace tarn::types
