// SPDX-License-Identifier: Apache-2.0
#include "analysis/functions.h"

#include "base/testing.h"
#include "base/text.h"
#include "types/type_text.h"

namespace tarn::analysis {
namespace {

using types::Type;

std::string resolve(std::string_view name, std::initializer_list<std::string_view> texts) {
  std::vector<Argument> arguments;
  for (const std::string_view text : texts) {
    arguments.push_back(typed_argument(CHECK_OK(types::parse_type(text))));
  }
  const auto resolved = resolve_function(name, arguments);
  if (!resolved) return std::string(to_string(resolved.error().code));
  std::string out;
  for (const Type& type : resolved->arguments) {
    if (!out.empty()) out += ", ";
    out += types::to_string(type);
  }
  return out + " -> " + types::to_string(resolved->result);
}

TEST_CASE("overloads are resolved as Trino does") {
  struct Case {
    std::string_view name;
    std::initializer_list<std::string_view> arguments;
    std::string_view expected;
  };
  const Case cases[] = {
      {"abs", {"integer"}, "integer -> integer"},
      {"ABS", {"decimal(5,2)"}, "decimal(5,2) -> decimal(5,2)"},
      {"abs", {"varchar"}, "not_found"},
      {"no_such", {}, "not_found"},
      {"sqrt", {"bigint"}, "double -> double"},
      {"sum", {"integer"}, "bigint -> bigint"},
      {"sum", {"decimal(12,2)"}, "decimal(12,2) -> decimal(38,2)"},
      {"avg", {"integer"}, "bigint -> double"},
      {"sum", {"varchar"}, "not_found"},
      {"round", {"decimal(5,2)"}, "decimal(5,2) -> decimal(4,0)"},
      {"concat",
       {"varchar(3)", "varchar(4)", "varchar(1)"},
       "varchar, varchar, varchar -> varchar"},
      {"concat", {"char(3)", "char(4)"}, "char(3), char(4) -> char(7)"},
      {"concat", {"array(integer)", "bigint"}, "array(bigint), bigint -> array(bigint)"},
      {"greatest", {"integer", "double", "decimal(3,1)"}, "double, double, double -> double"},
      {"greatest", {"json", "json"}, "not_found"},
      {"replace",
       {"varchar(7)", "varchar(1)", "varchar(1)"},
       "varchar(7), varchar(1), varchar(1) -> varchar(15)"},
      {"count", {}, " -> bigint"},
      {"map",
       {"array(integer)", "array(varchar(2))"},
       "array(integer), array(varchar(2)) -> map(integer, varchar(2))"},
      {"element_at",
       {"map(varchar(2), bigint)", "varchar(5)"},
       "map(varchar(5), bigint), varchar(5) -> bigint"},
      {"max_by", {"varchar(3)", "bigint"}, "varchar(3), bigint -> varchar(3)"},
      {"max_by", {"varchar(3)", "map(bigint, bigint)"}, "not_found"},
      {"date_trunc", {"varchar(5)", "timestamp(6)"}, "varchar(5), timestamp(6) -> timestamp(6)"},
      {"zip",
       {"array(integer)", "array(unknown)"},
       "array(integer), array(unknown) -> array(row(integer, unknown))"},
      {"contains", {"array(integer)", "bigint"}, "array(bigint), bigint -> boolean"},
      {"regexp_like", {"varchar(3)", "varchar(2)"}, "varchar(3), JoniRegExp -> boolean"},
      {"typeof", {"unknown"}, "unknown -> varchar"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(resolve(c.name, c.arguments) == c.expected);
  }
}

TEST_CASE("lambdas") {
  const auto type = [](std::string_view text) { return CHECK_OK(types::parse_type(text)); };
  // reduce(array(integer), 0, (s, x) -> s + x, s -> s), where the sum is a bigint
  int calls = 0;
  const std::vector<Argument> arguments = {
      typed_argument(type("array(integer)")), typed_argument(type("integer")),
      lambda_argument(2,
                      [&](std::span<const Type> parameters) -> Result<Type> {
                        ++calls;
                        CHECK(parameters[1] == type("integer"));
                        return type("bigint");
                      }),
      lambda_argument(
          1, [](std::span<const Type> parameters) -> Result<Type> { return parameters[0]; })};
  const ResolvedFunction reduce = CHECK_OK(resolve_function("reduce", arguments));
  CHECK(types::to_string(reduce.arguments[2]) == "function(bigint,integer,bigint)");
  CHECK(types::to_string(reduce.result) == "bigint");
  CHECK(calls <= 8);

  const std::vector<Argument> failing = {
      typed_argument(type("array(integer)")),
      lambda_argument(1, [](std::span<const Type>) -> Result<Type> {
        return invalid_input("cannot apply operator: x");
      })};
  CHECK_ERROR(resolve_function("filter", failing), ErrorCode::InvalidInput, "cannot apply");
  const std::vector<Argument> wrong = {
      typed_argument(type("array(integer)")),
      lambda_argument(1, [&](std::span<const Type>) -> Result<Type> { return type("bigint"); })};
  CHECK_ERROR(resolve_function("filter", wrong), ErrorCode::NotFound, "unexpected parameters");
}

TEST_CASE("operators") {
  struct Case {
    Operator op;
    std::string_view left, right, expected;
  };
  const Case cases[] = {
      {Operator::Add, "integer", "bigint", "bigint"},
      {Operator::Add, "tinyint", "tinyint", "tinyint"},
      {Operator::Add, "decimal(10,2)", "decimal(5,4)", "decimal(13,4)"},
      {Operator::Add, "integer", "decimal(5,4)", "decimal(15,4)"},
      {Operator::Multiply, "decimal(10,2)", "decimal(10,2)", "decimal(20,4)"},
      {Operator::Multiply, "decimal(38,20)", "decimal(38,20)", ""},
      {Operator::Divide, "decimal(10,2)", "decimal(5,4)", "decimal(16,4)"},
      {Operator::Modulus, "decimal(10,2)", "decimal(5,4)", "decimal(5,4)"},
      {Operator::Divide, "integer", "double", "double"},
      {Operator::Add, "date", "interval day to second", "date"},
      {Operator::Add, "varchar(1)", "integer", ""},
      {Operator::Subtract, "timestamp(6)", "timestamp(3)", "interval day to second"},
      {Operator::Equal, "varchar(1)", "integer", ""},
      {Operator::Equal, "varchar(1)", "char(3)", "boolean"},
      {Operator::LessThan, "json", "json", ""},
      {Operator::Equal, "map(bigint,bigint)", "map(bigint,bigint)", "boolean"},
      {Operator::Subscript, "array(date)", "integer", "date"},
      {Operator::Subscript, "array(date)", "double", ""},
      {Operator::Subscript, "map(varchar(3), date)", "varchar(9)", "date"},
      {Operator::Add, "unknown", "integer", "integer"},
      {Operator::AtTimeZone, "timestamp(3)", "varchar(3)", "timestamp(3) with time zone"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.left);
    CAPTURE(c.right);
    const Type operands[] = {CHECK_OK(types::parse_type(c.left)),
                             CHECK_OK(types::parse_type(c.right))};
    const auto resolved = resolve_operator(c.op, operands);
    CHECK((resolved ? types::to_string(resolved->result) : "") == c.expected);
  }
}

TEST_CASE("the catalogue") {
  CHECK(all_functions().size() > 500);
  CHECK(is_aggregate("sum"));
  CHECK_FALSE(is_aggregate("abs"));
  CHECK(is_window_only("rank"));
  CHECK(find_overloads("abs").size() == 7);
  CHECK_FALSE(find_overloads("rand")[0].deterministic);
  CHECK(find_overloads("abs")[6].head() == "abs(decimal(p,s))");
  for (const FunctionSignature& function : all_functions()) {
    CHECK(function.name == to_lower(function.name));
  }
}

}  // namespace
}  // namespace tarn::analysis
