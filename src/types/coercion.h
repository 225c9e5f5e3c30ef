// SPDX-License-Identifier: Apache-2.0
// Trino's lattice of implicit coercions, and which explicit casts exist. Pure functions of types.
#pragma once

#include <optional>
#include <span>

#include "types/type.h"

namespace tarn::types {

// The implicit coercion exists (`integer` → `bigint`, `varchar(3)` → `varchar(5)`, …). Equal types
// coerce to each other; names of row fields do not matter.
bool can_coerce(const Type& from, const Type& to);

// The type that both coerce to, as CASE, UNION, IN, ARRAY[…] and comparisons need it. Row fields
// keep a name only where both have it.
std::optional<Type> common_super_type(const Type& a, const Type& b);
// Of all; `unknown` for none.
std::optional<Type> common_super_type(std::span<const Type> types);

// The type that a value of `source` becomes when a type of base `target` is wanted: bigint for
// decimal gives decimal(19,0). Nullopt where no coercion leads there.
std::optional<Type> coerce_to_base(const Type& source, TypeKind target);

// Only the type changes, not the value: varchar(3) → varchar(5). Overload resolution takes such
// types as equal.
bool is_type_only_coercion(const Type& from, const Type& to);

// CAST(from AS to) exists. It may still fail for single values.
bool can_cast(const Type& from, const Type& to);

}  // namespace tarn::types
