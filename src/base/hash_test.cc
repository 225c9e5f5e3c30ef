// SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <set>

#include "base/bytes.h"
#include "base/decimal.h"
#include "base/testing.h"
#include "base/time.h"
#include "base/uuid.h"

using namespace tarn;

TEST_CASE("murmur3 has the values of the table format's specification") {
  const auto number = [](std::int64_t value) {
    std::string bytes;
    append_little_endian(bytes, value);
    return bytes;
  };
  const auto uuid = CHECK_OK(parse_uuid("f79c3e09-677c-4bbd-a479-3f349cb785e7"));
  const auto timestamp = CHECK_OK(parse_timestamp_micros("2017-11-16T22:31:08"));
  const std::pair<std::string, std::int32_t> rows[] = {
      {number(34), 2017239379},
      {number(0), 1669671676},
      {number(-1), 1651860712},
      {"iceberg", 1210000089},
      {"", 0},
      {to_minimal_big_endian(1420), -500754589},
      {to_minimal_big_endian(-1), -43192051},
      {to_minimal_big_endian(128), 1544076949},
      {to_minimal_big_endian(-129), -435537839},
      {std::string(reinterpret_cast<const char*>(uuid.bytes.data()), 16), 1488055340},
      {number(CHECK_OK(parse_date("2017-11-16"))), -653330422},
      {number(CHECK_OK(parse_time_micros("22:31:08"))), -662762989},
      {number(timestamp), -2047944441},
      {number(timestamp + 1), -1207196810},
      {std::string("\0\1\2\3", 4), -188683207},
  };
  for (const auto& [bytes, hash] : rows) {
    CHECK(static_cast<std::int32_t>(murmur3_x86_32(bytes)) == hash);
  }
  CHECK(murmur3_x86_32("", 1) == 0x514E28B7u);
}

TEST_CASE("published digests") {
  CHECK(crc32("123456789") == 0xCBF43926u);
  CHECK(crc32("") == 0);
  CHECK(to_hex(md5("abc")) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(to_hex(md5({})) == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(to_hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha512("abc")).substr(0, 32) == "ddaf35a193617abacc417349ae204131");
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hmac_sha256({}, {}).size() == 32);
}

TEST_CASE("fast hashes differ for near texts") {
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size < 70; ++size) seen.insert(fast_hash(std::string(size, '\0')));
  for (int i = 0; i < 1'000; ++i) seen.insert(fast_hash("key" + std::to_string(i)));
  CHECK(seen.size() == 1'070);
  CHECK(fast_hash("abc") == fast_hash("abc"));
}

TEST_CASE("UUIDs") {
  const std::string text = "f79c3e09-677c-4bbd-a479-3f349cb785e7";
  CHECK(to_string(CHECK_OK(parse_uuid(text))) == text);
  CHECK(to_string(CHECK_OK(parse_uuid("F79C3E09-677C-4BBD-A479-3F349CB785E7"))) == text);
  for (const auto* bad : {"", "f79c3e09", "f79c3e09-677c-4bbd-a479-3f349cb785eg",
                          "f79c3e09677c-4bbd-a479-3f349cb785e7-"}) {
    CHECK_ERROR(parse_uuid(bad), ErrorCode::InvalidInput, "not a UUID");
  }
  FakeClock clock;
  FakeRandom random;
  const auto fourth = to_string(make_uuid4(random));
  CHECK(fourth[14] == '4');
  CHECK(std::string_view("89ab").find(fourth[19]) != std::string_view::npos);
  const auto first = make_uuid7(clock, random);
  clock.sleep_micros(2'000);
  const auto second = make_uuid7(clock, random);
  CHECK(to_string(first)[14] == '7');
  CHECK(first < second);
}
