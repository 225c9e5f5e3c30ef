// SPDX-License-Identifier: Apache-2.0
// SQL text to syntax tree, by the grammar of Trino 476 and the branch statements of later versions.
// Row pattern matching, table arguments of table functions and routines in other languages than SQL
// are ErrorCode::Unsupported; all other errors are ErrorCode::InvalidInput with Trino's wording and
// the place. Reading has no effect outside and is thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/tree/statement.h"

namespace tarn::sql {

struct ParseLimits {
  std::size_t size_max = 16 << 20;  // bytes of text
  int depth_max = 300;              // nesting of parentheses, calls, subqueries, …
  int height_max = 1000;            // nesting together with chains such as a + b + c
};

// One statement; a semicolon at the end is allowed.
Result<StatementPtr> parse_statement(std::string_view text, const ParseLimits& limits = {});

// Statements separated by semicolons; empty ones are left out.
Result<std::vector<StatementPtr>> parse_statements(std::string_view text,
                                                   const ParseLimits& limits = {});

Result<ExpressionPtr> parse_expression(std::string_view text, const ParseLimits& limits = {});
Result<DataType> parse_type(std::string_view text, const ParseLimits& limits = {});

// Comments of a text in order, with their marks.
std::vector<TextSpan> find_comments(std::string_view text);

// The place in the outer text of an error in a statement that was given as the literal at
// `literal` (EXECUTE IMMEDIATE), counted as Trino does.
TextSpan shift_into(const TextSpan& literal, const TextSpan& inner);

// line 1:8: mismatched input …
//      1 | select $x
//        |        ^
std::string show_error(std::string_view text, const Error& error);

}  // namespace tarn::sql
