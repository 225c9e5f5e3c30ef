// SPDX-License-Identifier: Apache-2.0
// Types of columns as DDL writes them. Internal to the engine.
#pragma once

#include <string_view>

#include "base/result.h"
#include "sql/tree/type.h"
#include "types/type.h"

namespace tarn::engine {

// TYPE_NOT_FOUND (`Unknown type 'x' for column 'a'`), INVALID_FUNCTION_ARGUMENT for decimals out of
// range.
Result<types::Type> column_type(const sql::DataType& type, std::string_view column);

}  // namespace tarn::engine
