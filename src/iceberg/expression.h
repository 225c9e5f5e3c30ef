// SPDX-License-Identifier: Apache-2.0
// Filters over the columns of a table for planning and conflict checks: bound by field id, with
// literals of the columns' types. They decide which files may or must match; they are never
// evaluated on rows here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "iceberg/schema.h"
#include "iceberg/value.h"

namespace tarn::iceberg {

// As in SQL, no predicate but IsNull holds for null: `a <> 5` and its negation `a = 5` both leave
// null rows out. Comparisons with a row that is NaN are false, NotEqual and NotIn true.
enum class ExpressionKind : std::uint8_t {
  True,
  False,
  And,  // children
  Or,   // children
  Not,  // one child
  // Predicates on `field_id`:
  IsNull,
  NotNull,
  IsNan,
  NotNan,
  Less,  // one literal from here …
  LessOrEqual,
  Greater,
  GreaterOrEqual,
  Equal,
  NotEqual,
  StartsWith,
  NotStartsWith,
  In,  // literals, sorted, without nulls and duplicates
  NotIn,
};

// Literals are not null, not NaN, and of the column's type. Build with the functions below, which
// simplify.
struct Expression {
  ExpressionKind kind = ExpressionKind::True;
  int field_id = 0;
  std::vector<Value> literals;
  std::vector<Expression> children;

  bool operator==(const Expression& other) const;
};

Expression always_true();
Expression always_false();
Expression both(Expression a, Expression b);
Expression either(Expression a, Expression b);
// Pushes the negation down: the result has no Not.
Expression negate(Expression expression);
// One of the predicates without literals.
Expression predicate(ExpressionKind kind, int field_id);
// One of those with one literal.
Expression predicate(ExpressionKind kind, int field_id, Value literal);
// In or NotIn. One literal becomes Equal or NotEqual, none False or True.
Expression in_list(ExpressionKind kind, int field_id, std::vector<Value> literals);

// Casts the literals to the types of the columns in `schema`. A literal outside the column's range
// decides the predicate, one between two values moves to the lower one. Unknown columns, columns
// below lists and maps, nested ones (but for IsNull and NotNull), null and NaN are
// ErrorCode::InvalidInput.
Result<Expression> bind_expression(const Expression& expression, const Schema& schema);

// `(id 3 >= 34 and id 5 is null)`, for messages and tests.
std::string describe(const Expression& expression);

}  // namespace tarn::iceberg
