// SPDX-License-Identifier: Apache-2.0
// SQL comparison of values of one type.
#pragma once

#include <optional>

#include "types/value.h"

namespace tarn::types {

// The operator `=`: nullopt for NULL, which is also the answer when parts are NULL and the rest is
// equal. NaN equals nothing. REQUIRES: is_comparable(type).
std::optional<bool> equals(const Type& type, const Value& a, const Value& b);

// IS NOT DISTINCT FROM, as GROUP BY and DISTINCT use it: NULL and NaN equal themselves.
bool is_identical(const Type& type, const Value& a, const Value& b);

// Order for ORDER BY: negative, zero, positive; NaN is the largest, NULL parts come last.
// REQUIRES: is_orderable(type); neither value is NULL.
int order(const Type& type, const Value& a, const Value& b);

}  // namespace tarn::types
