// SPDX-License-Identifier: Apache-2.0
#include "iceberg/expression.h"

#include <limits>

#include "base/testing.h"

namespace tarn::iceberg {

namespace {

using Kind = ExpressionKind;

Schema filter_schema() {
  Schema schema;
  schema.fields = {optional_field(1, "i", TypeKind::Int),
                   required_field(2, "l", TypeKind::Long),
                   optional_field(3, "d", decimal_type(5, 2)),
                   optional_field(4, "f", TypeKind::Float),
                   optional_field(5, "t", TypeKind::Timestamp),
                   optional_field(6, "s", TypeKind::String),
                   optional_field(7, "list", list_type(8, TypeKind::Int, false)),
                   optional_field(9, "st", struct_type({required_field(10, "x", TypeKind::Int)})),
                   optional_field(11, "day", TypeKind::Date)};
  return schema;
}

std::string bound_text(const Expression& expression) {
  const auto result = bind_expression(expression, filter_schema());
  return result ? describe(*result) : std::string(to_string(result.error().code));
}

}  // namespace

TEST_CASE("expressions simplify") {
  const Expression a = predicate(Kind::IsNull, 1);
  const Expression b = predicate(Kind::Less, 2, int_value(3));
  CHECK(describe(both(a, both(b, a))) == "(id 1 is null and id 2 < 3 and id 1 is null)");
  CHECK(both(a, always_true()) == a);
  CHECK(both(always_false(), a) == always_false());
  CHECK(either(a, always_true()) == always_true());
  CHECK(either(always_false(), a) == a);
  CHECK(describe(negate(both(a, either(b, negate(a))))) ==
        "(id 1 is not null or (id 2 >= 3 and id 1 is null))");
  CHECK(in_list(Kind::In, 1, {}) == always_false());
  CHECK(in_list(Kind::NotIn, 1, {}) == always_true());
  CHECK(describe(in_list(Kind::In, 1, {int_value(2), int_value(2)})) == "id 1 = 2");
  CHECK(describe(in_list(Kind::NotIn, 1, {int_value(2), int_value(1)})) == "id 1 not in (1, 2)");
  Expression nested;
  nested.kind = Kind::Not;
  nested.children = {both(a, b)};
  CHECK(describe(negate(nested)) == "(id 1 is null and id 2 < 3)");
  CHECK(bound_text(nested) == "(id 1 is not null or id 2 >= 3)");
}

TEST_CASE("literals take the columns' types") {
  struct Case {
    Expression expression;
    std::string expected;
  };
  const double tenth = 0.1;
  const std::vector<Case> cases = {
      {predicate(Kind::Less, 1, long_value(5)), "id 1 < 5"},
      {predicate(Kind::Less, 1, long_value(1LL << 40)), "id 1 is not null"},
      {predicate(Kind::Greater, 1, long_value(1LL << 40)), "false"},
      {predicate(Kind::Equal, 1, long_value(-(1LL << 40))), "false"},
      {predicate(Kind::GreaterOrEqual, 1, long_value(-(1LL << 40))), "id 1 is not null"},
      {predicate(Kind::NotEqual, 1, long_value(1LL << 40)), "id 1 is not null"},
      {predicate(Kind::Less, 1, decimal_value(55, 1)), "id 1 <= 5"},
      {predicate(Kind::GreaterOrEqual, 1, decimal_value(55, 1)), "id 1 > 5"},
      {predicate(Kind::Less, 1, decimal_value(-55, 1)), "id 1 <= -6"},
      {predicate(Kind::Equal, 3, decimal_value(1005, 3)), "false"},
      {predicate(Kind::Less, 3, decimal_value(1005, 3)), "id 3 <= 1.00"},
      {predicate(Kind::Less, 3, int_value(1000)), "id 3 is not null"},
      {predicate(Kind::Greater, 3, int_value(-1000)), "id 3 is not null"},
      {predicate(Kind::Greater, 3, int_value(999)), "id 3 > 999.00"},
      {predicate(Kind::Less, 4, double_value(0.5)), "id 4 < 0.5"},
      {predicate(Kind::Equal, 4, double_value(tenth)), "false"},
      {predicate(Kind::Less, 4, double_value(1e300)), "id 4 <= 3.4028234663852886e+38"},
      {predicate(Kind::Greater, 4, double_value(-1e300)), "id 4 > -inf"},
      {predicate(Kind::Less, 5, timestamp_value(TypeKind::TimestampNs, 1500)),
       "id 5 <= 1970-01-01T00:00:00.000001"},
      {predicate(Kind::Less, 5, date_value(1)), "id 5 < 1970-01-02T00:00:00"},
      {predicate(Kind::Greater, 11, timestamp_value(TypeKind::Timestamp, -1)),
       "id 11 > 1969-12-31"},
      {in_list(Kind::In, 1, {int_value(1), int_value(2)}), "id 1 in (1, 2)"},
      {in_list(Kind::In, 1, {long_value(1), long_value(1LL << 40)}), "id 1 = 1"},
      {in_list(Kind::NotIn, 1, {long_value(1LL << 41), long_value(1LL << 40)}), "id 1 is not null"},
      {predicate(Kind::IsNull, 2), "false"},
      {predicate(Kind::NotNull, 2), "true"},
      {predicate(Kind::IsNull, 10), "id 10 is null"},
      {predicate(Kind::IsNan, 1), "false"},
      {predicate(Kind::NotNan, 1), "id 1 is not null"},
      {predicate(Kind::IsNan, 4), "id 4 is nan"},
      {predicate(Kind::IsNull, 7), "id 7 is null"},
      {predicate(Kind::StartsWith, 6, string_value("a")), "id 6 starts with \"a\""},
      {predicate(Kind::StartsWith, 1, string_value("a")), "invalid_input"},
      {predicate(Kind::Equal, 7, int_value(1)), "invalid_input"},
      {predicate(Kind::Equal, 8, int_value(1)), "invalid_input"},
      {predicate(Kind::Equal, 99, int_value(1)), "invalid_input"},
      {predicate(Kind::Equal, 6, int_value(1)), "invalid_input"},
      {predicate(Kind::Equal, 1, Value{}), "invalid_input"},
      {predicate(Kind::Equal, 4, float_value(std::numeric_limits<float>::quiet_NaN())),
       "invalid_input"},
  };
  for (const Case& c : cases) {
    CAPTURE(describe(c.expression));
    CHECK(bound_text(c.expression) == c.expected);
  }
}

}  // namespace tarn::iceberg
