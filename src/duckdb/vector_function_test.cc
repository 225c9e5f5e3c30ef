// SPDX-License-Identifier: Apache-2.0
// Every vectorized function gives what the function over rows gives: random rows with edge values,
// plain, repeated and with nulls.
#include "duckdb/vector_function.h"

#include <cmath>
#include <limits>
#include <random>

#include "base/text.h"
#include "duckdb/testing.h"
#include "duckdb/value_table.h"
#include "functions/registry.h"
#include "types/error_name.h"

namespace tarn::duckdb {
namespace {

using types::Type;
using types::TypeKind;
using types::Value;

using Dice = std::mt19937_64;

// Signatures of vectorized functions; those that are not show as a failure.
constexpr const char* kSignatures[] = {
    "$add(decimal(9,2), decimal(7,4)) -> decimal(12,4)",
    "$add(decimal(4,2), decimal(4,0)) -> decimal(7,2)",
    "$add(decimal(38,2), decimal(38,0)) -> decimal(38,2)",
    "$add(decimal(19,2), decimal(18,3)) -> decimal(21,3)",
    "$subtract(decimal(9,2), decimal(7,4)) -> decimal(12,4)",
    "$subtract(decimal(38,10), decimal(20,0)) -> decimal(38,10)",
    "$multiply(decimal(9,2), decimal(9,3)) -> decimal(18,5)",
    "$multiply(decimal(15,2), decimal(15,2)) -> decimal(30,4)",
    "$multiply(decimal(38,2), decimal(38,0)) -> decimal(38,2)",
    "$divide(decimal(9,2), decimal(5,0)) -> decimal(9,2)",
    "$divide(decimal(10,2), decimal(8,4)) -> decimal(16,4)",
    "$divide(decimal(15,2), decimal(15,2)) -> decimal(17,2)",
    "$divide(decimal(38,2), decimal(4,3)) -> decimal(38,3)",
    "$divide(decimal(18,0), decimal(18,18)) -> decimal(38,18)",
    "$modulus(decimal(9,2), decimal(7,4)) -> decimal(7,4)",
    "$modulus(decimal(38,2), decimal(20,5)) -> decimal(20,5)",
    "mod(decimal(4,1), decimal(4,2)) -> decimal(4,2)",
    "$divide(tinyint, tinyint) -> tinyint",
    "$divide(integer, integer) -> integer",
    "$divide(bigint, bigint) -> bigint",
    "$modulus(smallint, smallint) -> smallint",
    "$modulus(bigint, bigint) -> bigint",
    "mod(integer, integer) -> integer",
    "$cast(double) -> bigint",
    "$cast(double) -> integer",
    "$cast(double) -> tinyint",
    "$cast(real) -> bigint",
    "$cast(real) -> smallint",
    "$cast(decimal(12,3)) -> double",
    "$cast(decimal(18,18)) -> double",
    "$equal(timestamp(3) with time zone, timestamp(3) with time zone) -> boolean",
    "$not_equal(timestamp(6) with time zone, timestamp(6) with time zone) -> boolean",
    "$less_than(timestamp(3) with time zone, timestamp(3) with time zone) -> boolean",
    "$less_than_or_equal(timestamp(3) with time zone, timestamp(3) with time zone) -> boolean",
    "$equal(char(5), char(5)) -> boolean",
    "$not_equal(char(5), char(5)) -> boolean",
    "$less_than(char(5), char(5)) -> boolean",
    "$less_than_or_equal(char(5), char(5)) -> boolean",
    "concat(varchar, varchar) -> varchar",
    "concat(varchar, varchar, varchar) -> varchar",
    "concat(varbinary, varbinary) -> varbinary",
    "trim(varchar) -> varchar",
    "ltrim(varchar(20)) -> varchar(20)",
    "rtrim(varchar) -> varchar",
    "substr(varchar, bigint) -> varchar",
    "substr(varchar, bigint, bigint) -> varchar",
    "substring(varchar(30), bigint, bigint) -> varchar(30)",
    "strpos(varchar, varchar) -> bigint",
};

template <typename T>
T choose(Dice& dice, std::initializer_list<T> values) {
  return *(values.begin() + static_cast<std::ptrdiff_t>(dice() % values.size()));
}

std::int64_t random_integer(Dice& dice, int bits) {
  const std::int64_t max =
      bits == 64 ? std::numeric_limits<std::int64_t>::max() : (std::int64_t{1} << (bits - 1)) - 1;
  if (dice() % 3 == 0) return choose<std::int64_t>(dice, {0, 1, -1, max, -max - 1, max - 1, 2});
  return static_cast<std::int64_t>(dice()) >> (64 - bits + static_cast<int>(dice() % bits));
}

double random_double(Dice& dice) {
  if (dice() % 3 == 0) {
    return choose<double>(dice, {0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 127.5, 127.4999, -128.5,
                                 2147483647.5, -2147483648.5, 9.3e18, -9.3e18, 1e300, std::nan(""),
                                 std::numeric_limits<double>::infinity(), 9223372036854774784.0,
                                 -9223372036854775808.0});
  }
  const double unit = static_cast<double>(static_cast<std::int64_t>(dice())) / 9.3e18;
  return unit * std::pow(10.0, static_cast<double>(dice() % 20));
}

Int128 random_decimal(Dice& dice, int precision) {
  const Int128 bound = power_of_ten(precision) - 1;
  if (dice() % 4 == 0) return choose<Int128>(dice, {0, 1, -1, bound, -bound, bound - 1, 5, -5});
  const int digits = static_cast<int>(dice() % static_cast<unsigned>(precision)) + 1;
  Int128 value = 0;
  for (int i = 0; i < digits; ++i) value = value * 10 + static_cast<Int128>(dice() % 10);
  return dice() % 2 == 0 ? value : -value;
}

std::string random_text(Dice& dice, bool wide) {
  const char* kParts[] = {"a", "B", " ", "\t", "ab", "", "0", "~", "\x1f", "-", "z ", "\n"};
  const char* kWide[] = {"ä", "ß", "日本", "\U0001F600", "\u2003", "e\u0301"};
  std::string out;
  const std::size_t count = dice() % 9;
  for (std::size_t i = 0; i < count; ++i) {
    const bool use_wide = wide && dice() % 5 == 0;
    out += use_wide ? kWide[dice() % std::size(kWide)] : kParts[dice() % std::size(kParts)];
  }
  return out;
}

Value random_value(Dice& dice, const Type& type, std::size_t argument) {
  if (dice() % 11 == 0) return Value();
  switch (type.kind) {
    case TypeKind::TinyInt:
      return Value(random_integer(dice, 8));
    case TypeKind::SmallInt:
      return Value(random_integer(dice, 16));
    case TypeKind::Integer:
      return Value(random_integer(dice, 32));
    case TypeKind::BigInt:
      // Positions in texts are small.
      if (argument > 0 && dice() % 2 == 0) return Value(static_cast<std::int64_t>(dice() % 13) - 3);
      return Value(random_integer(dice, 64));
    case TypeKind::Double:
      return Value(random_double(dice));
    case TypeKind::Real:
      return Value(double{static_cast<float>(random_double(dice))});
    case TypeKind::Decimal:
      return Value(random_decimal(dice, type.precision));
    case TypeKind::TimestampWithTimeZone:
      return Value(types::Timestamp{
          static_cast<std::int64_t>(dice() % 3) * 1000, 0,
          types::TimeZone::from_offset_minutes(static_cast<int>(dice() % 3) * 60)});
    case TypeKind::Char: {
      std::string text = random_text(dice, true);
      text = std::string(utf8_prefix(text, static_cast<std::size_t>(type.precision)));
      while (text.ends_with(' ')) text.pop_back();
      return Value(text);
    }
    default:
      return Value(random_text(dice, type.is(TypeKind::Varchar)));
  }
}

struct Expected {
  std::vector<TypedRow> arguments;
  std::vector<Value> results;
  std::vector<bool> fails;
};

Expected make_expected(const functions::CallSignature& signature, std::size_t rows, Dice& dice) {
  const auto function = CHECK_OK(functions::bind_function(signature));
  Expected out;
  for (std::size_t row = 0; row < rows; ++row) {
    TypedRow arguments;
    bool has_null = false;
    for (std::size_t i = 0; i < signature.arguments.size(); ++i) {
      arguments.push_back(random_value(dice, signature.arguments[i], i));
      has_null = has_null || arguments.back().is_null();
    }
    Result<Value> result = has_null ? Result<Value>(Value()) : function.call(arguments);
    out.fails.push_back(!result);
    out.results.push_back(result ? *std::move(result) : Value());
    out.arguments.push_back(std::move(arguments));
  }
  return out;
}

bool same(const Value& a, const Value& b) {
  if (const auto* x = std::get_if<double>(&a.data)) {
    const auto* y = std::get_if<double>(&b.data);
    return y != nullptr && (*x == *y || (std::isnan(*x) && std::isnan(*y)));
  }
  return a == b;
}

// The rows in order, as `text` computes them over c0, c1, ….
void check_rows(TestEngine& engine, const functions::CallSignature& signature,
                const std::vector<TypedRow>& arguments, const std::vector<Value>& results,
                const std::string& text) {
  std::vector<ValueColumn> columns;
  for (std::size_t i = 0; i < signature.arguments.size(); ++i) {
    columns.push_back({fmt::format("c{}", i), signature.arguments[i]});
  }
  const auto table = CHECK_OK(RegisteredValues::add(engine.instance(), columns, arguments));
  const auto rows = CHECK_OK(
      engine.rows(fmt::format("SELECT {} FROM {}", text, table.sql()), {signature.result}));
  REQUIRE(rows.size() == results.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (same(rows[i][0], results[i])) continue;
    std::string shown;
    for (std::size_t k = 0; k < arguments[i].size(); ++k) {
      shown += " " + types::to_sql_literal(signature.arguments[k], arguments[i][k]).value_or("?");
    }
    FAIL_CHECK(text << ":" << shown << " gives "
                    << types::to_sql_literal(signature.result, rows[i][0]).value_or("?")
                    << " instead of "
                    << types::to_sql_literal(signature.result, results[i]).value_or("?"));
    return;
  }
}

TEST_CASE("vectorized functions agree with the functions over rows") {
  TestEngine engine;
  Dice dice(20240229);
  for (const char* text : kSignatures) {
    CAPTURE(text);
    const auto signature = CHECK_OK(functions::parse_call_signature(text));
    CHECK(find_vector_function(signature).has_value());
    Expected expected = make_expected(signature, 4000, dice);
    std::string call = fmt::format("tarn_call('{}'", text);
    for (std::size_t i = 0; i < signature.arguments.size(); ++i) call += fmt::format(", c{}", i);
    call += ")";
    // Row by row: errors are null.
    check_rows(engine, signature, expected.arguments, expected.results, "try(" + call + ")");
    // Whole vectors, without the rows that fail.
    std::vector<TypedRow> arguments;
    std::vector<Value> results;
    for (std::size_t i = 0; i < expected.results.size(); ++i) {
      if (expected.fails[i]) continue;
      arguments.push_back(expected.arguments[i]);
      results.push_back(expected.results[i]);
    }
    check_rows(engine, signature, arguments, results, call);
  }
}

TEST_CASE("errors of vectorized functions have Trino's names") {
  TestEngine engine;
  struct Case {
    const char* sql;
    const char* name;
  };
  const Case cases[] = {
      {"tarn_call('$divide(integer, integer) -> integer', 1, 0)", "DIVISION_BY_ZERO"},
      {"tarn_call('$divide(decimal(4,2), decimal(4,2)) -> decimal(6,2)', 1.5::DECIMAL(4,2), "
       "0::DECIMAL(4,2))",
       "DIVISION_BY_ZERO"},
      {"tarn_call('$multiply(decimal(38,0), decimal(38,0)) -> decimal(38,0)', "
       "(repeat('9', 38))::DECIMAL(38,0), (range + 2)::DECIMAL(38,0))",
       "NUMERIC_VALUE_OUT_OF_RANGE"},
      {"tarn_call('$cast(double) -> integer', 3e9::DOUBLE + range)", "NUMERIC_VALUE_OUT_OF_RANGE"},
  };
  for (const Case& test : cases) {
    INFO(test.sql);
    auto rows = engine.rows(fmt::format("SELECT {} IS NULL FROM range(3)", test.sql),
                            {types::make_type(TypeKind::Boolean)});
    REQUIRE_FALSE(rows.has_value());
    CHECK(types::split_error(rows.error()).name == test.name);
  }
}

}  // namespace
}  // namespace tarn::duckdb
