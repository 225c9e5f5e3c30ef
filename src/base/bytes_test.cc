// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include "base/testing.h"

using namespace tarn;

TEST_CASE("hexadecimal and base64 texts read back") {
  struct Row {
    std::string bytes, hex, base64;
  };
  const Row rows[] = {
      {"", "", ""},
      {"f", "66", "Zg=="},
      {"fo", "666f", "Zm8="},
      {"foo", "666f6f", "Zm9v"},
      {"foobar", "666f6f626172", "Zm9vYmFy"},
      {std::string("\x00\xff\xfe", 3), "00fffe", "AP/+"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.hex);
    CHECK(to_hex(row.bytes) == row.hex);
    CHECK(CHECK_OK(from_hex(row.hex)) == row.bytes);
    CHECK(to_base64(row.bytes) == row.base64);
    CHECK(CHECK_OK(from_base64(row.base64)) == row.bytes);
  }
  CHECK(CHECK_OK(from_hex("00FFfE")) == std::string("\x00\xff\xfe", 3));
  CHECK_ERROR(from_hex("0"), ErrorCode::InvalidInput, "odd");
  CHECK_ERROR(from_hex("0g"), ErrorCode::InvalidInput, "offset 1");
  CHECK_ERROR(from_base64("Zg="), ErrorCode::InvalidInput, "multiple of 4");
  CHECK_ERROR(from_base64("Z==="), ErrorCode::InvalidInput, "offset 1");
  CHECK_ERROR(from_base64("Zm9_"), ErrorCode::InvalidInput, "offset 3");
}

TEST_CASE("numbers are stored in the named byte order") {
  std::string out;
  append_little_endian<std::int32_t>(out, 0x01020304);
  append_big_endian<std::int32_t>(out, 0x01020304);
  CHECK(to_hex(out) == "0403020101020304");
  CHECK(load_little_endian<std::int32_t>(out) == 0x01020304);
  CHECK(load_big_endian<std::int32_t>(std::string_view(out).substr(4)) == 0x01020304);
}

TEST_CASE("a byte reader stops at the end") {
  ByteReader reader(std::string_view("\x01\x00\x02", 3));
  CHECK(CHECK_OK(reader.read_little_endian<std::uint16_t>()) == 1);
  CHECK(reader.remaining() == 1);
  CHECK_ERROR(reader.read_big_endian<std::uint16_t>(), ErrorCode::Corrupt, "offset 2");
  CHECK_ERROR(reader.skip(2), ErrorCode::Corrupt, "only 1 are left");
  CHECK(reader.position() == 2);
  CHECK_OK(reader.skip(1));
  CHECK(reader.at_end());
}
