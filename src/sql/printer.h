// SPDX-License-Identifier: Apache-2.0
// Syntax tree to SQL text, on one line, with keywords in upper case and parentheses only where they
// are needed. parse(print(tree)) equals the tree, places aside. Names are printed as they were
// written; a name that needs quotes gets them.
#pragma once

#include <string>

#include "sql/tree/statement.h"

namespace tarn::sql {

std::string print(const Statement& statement);
std::string print(const Query& query);
std::string print(const Expression& expression);
std::string print(const DataType& type);
std::string print(const QualifiedName& name);
std::string print(const Identifier& name);

}  // namespace tarn::sql
