// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.h"

#include "base/bytes.h"
#include "base/testing.h"

using namespace tarn;

namespace {
const std::string kNines(38, '9');
const Int128 kInt128Min = static_cast<Int128>(static_cast<UInt128>(1) << 127);
}  // namespace

TEST_CASE("integers of 128 bits as text") {
  CHECK(to_string(Int128{0}) == "0");
  CHECK(to_string(Int128{-1}) == "-1");
  CHECK(to_string(power_of_ten(19)) == "10000000000000000000");
  CHECK(to_string(power_of_ten(38)) == "1" + std::string(38, '0'));
  CHECK(to_string(kInt128Min) == "-170141183460469231731687303715884105728");
  CHECK(to_string(~UInt128{0}) == "340282366920938463463374607431768211455");
}

TEST_CASE("decimals as text") {
  struct Row {
    const char* text;
    std::int64_t unscaled;
    int scale;
    const char* printed;
  };
  const Row rows[] = {
      {"14.20", 1420, 2, "14.20"},
      {"-14.20", -1420, 2, "-14.20"},
      {"0", 0, 0, "0"},
      {"-0.05", -5, 2, "-0.05"},
      {"+7", 7, 0, "7"},
      {".5", 5, 1, "0.5"},
      {"5.", 5, 0, "5"},
      {"000123", 123, 0, "123"},
      {"-0.00", 0, 2, "0.00"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto value = CHECK_OK(parse_decimal(row.text));
    CHECK((value.unscaled == row.unscaled));
    CHECK(value.scale == row.scale);
    CHECK(format_decimal(row.unscaled, row.scale) == row.printed);
  }
  CHECK(format_decimal(12, -3) == "12000");
  CHECK(format_decimal(0, -3) == "0");
  CHECK((CHECK_OK(parse_decimal(kNines)).unscaled == power_of_ten(38) - 1));
  CHECK_ERROR(parse_decimal(kNines + "0"), ErrorCode::InvalidInput, "38 digits");
  for (const auto* text : {"", "-", ".", "1e5", "1.2.3", "abc", "--1", "1 "}) {
    CHECK_ERROR(parse_decimal(text), ErrorCode::InvalidInput, "not a decimal");
  }
}

TEST_CASE("changing the scale never loses digits") {
  CHECK((CHECK_OK(rescale({1420, 2}, 4)) == 142000));
  CHECK((CHECK_OK(rescale({1420, 2}, 1)) == 142));
  CHECK((CHECK_OK(rescale({-1420, 2}, 2)) == -1420));
  CHECK((CHECK_OK(rescale({0, 2}, 300)) == 0));
  CHECK_ERROR(rescale({1421, 2}, 1), ErrorCode::InvalidInput, "14.21");
  CHECK_ERROR(rescale({1, 0}, 38), ErrorCode::InvalidInput, "scale 38");
  CHECK((CHECK_OK(rescale({9, 0}, 37)) == 9 * power_of_ten(37)));
  CHECK_ERROR(rescale({10, 0}, 37), ErrorCode::InvalidInput, "scale 37");
  CHECK_ERROR(rescale({1, 0}, -100), ErrorCode::InvalidInput, "scale -100");
}

TEST_CASE("shortest big-endian bytes") {
  const std::pair<std::int64_t, const char*> rows[] = {
      {0, "00"},    {1, "01"},      {-1, "ff"},     {127, "7f"},        {128, "0080"},
      {-128, "80"}, {-129, "ff7f"}, {1420, "058c"}, {-32769, "ff7fff"},
  };
  for (const auto& [value, hex] : rows) {
    CHECK(to_hex(to_minimal_big_endian(value)) == hex);
    CHECK((CHECK_OK(from_big_endian(to_minimal_big_endian(value))) == value));
  }
  CHECK(to_minimal_big_endian(kInt128Min).size() == 16);
  CHECK((CHECK_OK(from_big_endian(to_minimal_big_endian(kInt128Min))) == kInt128Min));
  CHECK((CHECK_OK(from_big_endian(std::string("\0\0\0\x05", 4))) == 5));
  CHECK_ERROR(from_big_endian(""), ErrorCode::Corrupt, "0 bytes");
  CHECK_ERROR(from_big_endian(std::string(17, '\0')), ErrorCode::Corrupt, "17 bytes");
}
