// SPDX-License-Identifier: Apache-2.0
#include "duckdb/value_table.h"

#include "duckdb/testing.h"

namespace tarn::duckdb {
namespace {

using types::Type;
using types::Value;

Type type_of(const char* text) { return CHECK_OK(types::parse_type(text)); }

std::vector<ValueColumn> columns_under_test() {
  return {{"n", type_of("bigint")},
          {"t", type_of("varchar(30)")},
          {"z", type_of("timestamp(3) with time zone")},
          {"m", type_of("map(varchar, array(integer))")},
          {"r", type_of("row(a bigint, b row(c varchar))")},
          {"d", type_of("decimal(20,2)")},
          {"u", type_of("uuid")}};
}

TypedRow row_under_test(std::int64_t n) {
  if (n % 5 == 4) return TypedRow(7);
  const std::int64_t length = n % 3;
  std::vector<Value> list(static_cast<std::size_t>(length), Value(n));
  return {Value(n),
          Value(fmt::format("text number {} of some length", n)),
          Value(types::Timestamp{n * 1000, 0, types::TimeZone::from_offset_minutes(60)}),
          Value(std::vector<Value>{Value(std::string("k")), Value(list), Value(std::string("l")),
                                   Value()}),
          Value(std::vector<Value>{
              Value(n), n % 2 == 0 ? Value() : Value(std::vector<Value>{Value(std::string("c"))})}),
          Value(Int128{n} * power_of_ten(15)),
          Value(std::string(15, '\x01') + static_cast<char>(n % 100))};
}

class Counting final : public ValueSource {
 public:
  Counting(std::int64_t batches, bool fails) : batches_(batches), fails_(fails) {}
  Result<std::vector<TypedRow>> next() override {
    if (at_ == batches_) {
      if (fails_) return unavailable("the other side has gone");
      return std::vector<TypedRow>();
    }
    std::vector<TypedRow> rows;
    for (std::int64_t i = 0; i < 1000; ++i) rows.push_back(row_under_test(at_ * 1000 + i));
    ++at_;
    return rows;
  }

 private:
  std::int64_t batches_;
  bool fails_;
  std::int64_t at_ = 0;
};

TEST_CASE("values go into the engine and come back the same") {
  TestEngine engine;
  std::vector<TypedRow> rows;
  for (std::int64_t n = 0; n < 5000; ++n) rows.push_back(row_under_test(n));
  const auto table = CHECK_OK(RegisteredValues::add(engine.instance(), columns_under_test(), rows));
  std::vector<Type> types;
  for (const ValueColumn& column : columns_under_test()) types.push_back(column.type);
  CHECK(CHECK_OK(engine.rows("SELECT * FROM " + table.sql(), types)) == rows);
  // Twice at once, some of the columns, filtered.
  const auto some = CHECK_OK(engine.rows(
      fmt::format("SELECT a.r, b.m FROM {0} a JOIN {0} b USING (n) WHERE n = 4003", table.sql()),
      {types[4], types[3]}));
  REQUIRE(some.size() == 1);
  CHECK(some[0][0] == rows[4003][4]);
  CHECK(some[0][1] == rows[4003][3]);
  CHECK(engine.value("SELECT count(*) FROM " + table.sql(), "bigint") == "BIGINT '5000'");
}

TEST_CASE("rows that are made while they are read") {
  TestEngine engine;
  int opened = 0;
  const auto table = CHECK_OK(RegisteredValues::add(
      engine.instance(), columns_under_test(), [&]() -> Result<std::unique_ptr<ValueSource>> {
        ++opened;
        return std::unique_ptr<ValueSource>(std::make_unique<Counting>(7, opened == 2));
      }));
  CHECK(engine.value("SELECT sum(n)::BIGINT FROM " + table.sql(), "bigint") == "BIGINT '19594400'");
  CHECK_ERROR(engine.rows("SELECT n FROM " + table.sql(), {type_of("bigint")}),
              ErrorCode::Unavailable, "has gone");
  CHECK(opened == 2);
  CHECK_ERROR(engine.rows("SELECT * FROM tarn_values(99)", {type_of("bigint")}),
              ErrorCode::Internal, "no such table");
}

}  // namespace
}  // namespace tarn::duckdb
