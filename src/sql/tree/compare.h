// SPDX-License-Identifier: Apache-2.0
// Trees as wholes: equality (places aside) and a text form for tests.
#pragma once

#include <string>

#include "sql/tree/statement.h"

namespace tarn::sql {

// Equal but for places in the text.
bool same(const Statement& a, const Statement& b);
bool same(const Expression& a, const Expression& b);
bool same(const Query& a, const Query& b);

// (Select (items …) …), one node a line, for golden tests. Defaults are left out.
std::string dump(const Statement& statement);
std::string dump(const Expression& expression);

}  // namespace tarn::sql
