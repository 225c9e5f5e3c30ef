// SPDX-License-Identifier: Apache-2.0
// Values of the warehouse as templates see them, and back as SQL.
#pragma once

#include <string>

#include "base/result.h"
#include "jinja/value.h"
#include "types/value.h"

namespace tarn::run {

// Numbers are int or float, dates and timestamps are Python's, NULL is None; all other types are
// their text.
jinja::Value template_value(const types::Type& type, const types::Value& value);

// A literal of Trino SQL: None, bool, int, float, str and dates; ErrorCode::Unsupported for others.
Result<std::string> sql_literal(const jinja::Value& value);

}  // namespace tarn::run
