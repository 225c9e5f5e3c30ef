// SPDX-License-Identifier: Apache-2.0
// A query laid out as Trino shows the definition of a view: a clause a line, items after commas,
// every operation in parentheses. Pure.
#pragma once

#include <string>

#include "sql/tree/query.h"

namespace tarn::engine {

std::string format_query(const sql::Query& query);
// The text of a view as Trino stores it: so laid out, with its line ends. What is no query stays.
std::string view_definition(const std::string& sql);

}  // namespace tarn::engine
