// SPDX-License-Identifier: Apache-2.0
// What is encoded for COPY into Postgres is decoded to the same by what reads COPY.
#include "engine/postgres_encode.h"

#include <cmath>

#include "base/testing.h"
#include "postgres/copy_decoder.h"

namespace tarn::engine {
namespace {

using types::Value;

// Types by their OIDs; no others are needed.
PostgresColumn column_of(std::uint32_t oid, std::int32_t modifier = -1) {
  postgres::SourceColumn source;
  source.name = "x";
  source.type = oid;
  source.modifier = modifier;
  return CHECK_OK(make_postgres_column(source, {}));
}

constexpr std::int32_t numeric_modifier(int precision, int scale) {
  return (precision << 16 | scale) + 4;
}

postgres::RowBatch decoded(const PostgresColumn& column, const std::vector<Value>& values) {
  std::string bytes;
  append_copy_header(bytes);
  for (const Value& value : values) {
    append_row_start(bytes, 1);
    CHECK_OK(append_field(bytes, column, value));
  }
  append_copy_trailer(bytes);
  postgres::CopyDecoder decoder({column.plan});
  auto batch = decoder.make_batch();
  CHECK(CHECK_OK(decoder.decode(bytes, batch)) == bytes.size());
  CHECK_OK(decoder.finish());
  REQUIRE(batch.row_count == values.size());
  return batch;
}

TEST_CASE("decimals of all sizes and scales") {
  for (const int scale : {0, 1, 2, 3, 4, 5, 7, 8, 19, 37, 38}) {
    const auto column = column_of(1700, numeric_modifier(38, scale));
    std::vector<Value> values = {Value(), Value(Int128{0}), Value(Int128{1}), Value(Int128{-1})};
    for (int digits = 1; digits <= 38; ++digits) {
      values.emplace_back(power_of_ten(digits) - 1);
      values.emplace_back(-(power_of_ten(digits) - 1));
      if (digits < 38) values.emplace_back(power_of_ten(digits));
      if (digits < 38) values.emplace_back(power_of_ten(digits) + 1);
    }
    const auto batch = decoded(column, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      CAPTURE(scale);
      CAPTURE(i);
      CHECK(batch.columns[0].is_valid(i) == !values[i].is_null());
      if (!values[i].is_null()) CHECK(batch.columns[0].at<Int128>(i) == values[i].as_decimal());
    }
  }
}

TEST_CASE("fixed sizes, texts, times") {
  CHECK(decoded(column_of(16), {Value(true)}).columns[0].at<std::uint8_t>(0) == 1);
  CHECK(decoded(column_of(21), {Value(-32768)}).columns[0].at<std::int32_t>(0) == -32768);
  CHECK(decoded(column_of(23), {Value(2147483647)}).columns[0].at<std::int32_t>(0) == 2147483647);
  CHECK(decoded(column_of(20), {Value(std::int64_t{-5})}).columns[0].at<std::int64_t>(0) == -5);
  CHECK(decoded(column_of(700), {Value(1.5)}).columns[0].at<float>(0) == 1.5F);
  CHECK(std::isnan(decoded(column_of(701), {Value(std::nan(""))}).columns[0].at<double>(0)));
  CHECK(decoded(column_of(25), {Value(std::string("ä text of more than twelve"))})
            .columns[0]
            .text_at(0) == "ä text of more than twelve");
  CHECK(decoded(column_of(17), {Value(std::string("\0\xff", 2))}).columns[0].text_at(0) ==
        std::string_view("\0\xff", 2));
  CHECK(decoded(column_of(1082), {Value(19'000)}).columns[0].at<std::int32_t>(0) == 19'000);
  CHECK(decoded(column_of(1083), {Value(std::int64_t{1'500'000'000'499'999})})
            .columns[0]
            .at<std::int64_t>(0) == 1'500'000'000);
  // Beyond microseconds half goes up.
  CHECK(decoded(column_of(1114), {Value(types::Timestamp{-1, 500'000, {}})})
            .columns[0]
            .at<std::int64_t>(0) == 0);
  CHECK(decoded(column_of(1184), {Value(types::Timestamp{1'700'000'000'000'000, 0, {}})})
            .columns[0]
            .at<std::int64_t>(0) == 1'700'000'000'000'000);
  CHECK(decoded(column_of(3802), {Value(std::string("{}"))}).columns[0].text_at(0) == "{}");
  const auto list = decoded(
      column_of(1007), {Value(std::vector<Value>{Value(1), Value()}), Value(std::vector<Value>{})});
  CHECK(list.columns[0].at<postgres::ListEntry>(0).length == 2);
  CHECK(list.columns[0].at<postgres::ListEntry>(1).length == 0);
  CHECK_FALSE(list.columns[0].children[0].is_valid(1));
}

TEST_CASE("what Postgres has no place for is refused") {
  std::string out;
  CHECK_ERROR(append_field(out, column_of(1082), Value(std::int64_t{3'000'000'000})),
              ErrorCode::InvalidInput, "out of the range");
  CHECK_ERROR(append_field(out, column_of(1114),
                           Value(types::Timestamp{std::int64_t{9'223'371'331'200'000'000}, 0, {}})),
              ErrorCode::InvalidInput, "out of the range");
  CHECK_ERROR(append_row_place(out, "nonsense"), ErrorCode::Internal, "place");
  out.clear();
  CHECK_OK(append_row_place(out, "16384:(1,2)"));
  CHECK(out == std::string("\0\0\0\4\0\0\x40\0\0\0\0\6\0\0\0\1\0\2", 18));
}

}  // namespace
}  // namespace tarn::engine
