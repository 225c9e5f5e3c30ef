// SPDX-License-Identifier: Apache-2.0
#include "iceberg/deletion_vector.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "base/testing.h"
#include "iceberg/puffin.h"

using namespace tarn;
using namespace tarn::iceberg;

namespace {

DeletionVector vector_of(std::initializer_list<std::uint64_t> positions) {
  DeletionVector vector;
  for (auto position : positions) vector.add(position);
  return vector;
}

std::string framed(std::string_view body) {
  std::string blob;
  append_big_endian<std::uint32_t>(blob, static_cast<std::uint32_t>(body.size()));
  blob += body;
  append_big_endian<std::uint32_t>(blob, crc32(body));
  return blob;
}

}  // namespace

TEST_CASE("a deletion vector has the bytes of the specification") {
  // Array container: cookie 12346, one container, key 0, cardinality 2, offset 16, values 1 and 3.
  std::string expected =
      CHECK_OK(from_hex("00000000"
                        "d1d33964"
                        "0100000000000000"
                        "00000000"
                        "3a300000"
                        "01000000"
                        "00000100"
                        "10000000"
                        "01000300"));
  std::string body = expected.substr(4);
  expected = framed(body);
  CHECK(body.size() == 36);
  CHECK(to_hex(vector_of({3, 1}).to_blob()) == to_hex(expected));
  CHECK(CHECK_OK(DeletionVector::from_blob(expected)).positions() ==
        std::vector<std::uint64_t>{1, 3});
}

TEST_CASE("deletion vectors survive the round trip") {
  std::vector<DeletionVector> cases;
  cases.push_back({});
  cases.push_back(vector_of({0}));
  cases.push_back(vector_of({0, 1, 2, 3, 70'000, 4'294'967'295, 4'294'967'296, 10'000'000'000}));
  DeletionVector dense;
  for (std::uint64_t i = 0; i < 200'000; i += 2) dense.add(i);
  for (std::uint64_t i = 300'000; i < 400'000; ++i) dense.add(i);
  cases.push_back(std::move(dense));
  for (const auto& vector : cases) {
    auto back = CHECK_OK(DeletionVector::from_blob(vector.to_blob()));
    CHECK(back == vector);
    CHECK(back.cardinality() == vector.positions().size());
  }
}

TEST_CASE("offsets of a range of rows") {
  auto vector = vector_of({5, 10, 2047, 2048, 4'294'967'295, 4'294'967'296, 4'294'967'300});
  std::uint32_t offsets[4096];
  auto in = [&](std::uint64_t start, std::uint32_t count) {
    std::size_t found = vector.offsets_in(start, count, offsets);
    return std::vector<std::uint32_t>(offsets, offsets + found);
  };
  CHECK(in(0, 2048) == std::vector<std::uint32_t>{5, 10, 2047});
  CHECK(in(6, 4) == std::vector<std::uint32_t>{});
  CHECK(in(2048, 2048) == std::vector<std::uint32_t>{0});
  CHECK(in(4'294'967'290, 10) == std::vector<std::uint32_t>{5, 6});
  CHECK(in(4'294'967'290, 11) == std::vector<std::uint32_t>{5, 6, 10});
  CHECK(in(4'294'967'301, 10) == std::vector<std::uint32_t>{});
}

TEST_CASE("a union keeps what either has") {
  auto vector = vector_of({1, 5'000'000'000});
  vector.add_all(vector_of({1, 2, 9'000'000'000}));
  CHECK(vector.positions() == std::vector<std::uint64_t>{1, 2, 5'000'000'000, 9'000'000'000});
  CHECK(vector.contains(2));
  CHECK(!vector.contains(3));
  CHECK(vector.clone() == vector);
}

TEST_CASE("damaged deletion vectors are refused") {
  std::string good = vector_of({1, 3, 100'000}).to_blob();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x40);
    CHECK_ERROR(DeletionVector::from_blob(bad), ErrorCode::Corrupt, "");
    CHECK_ERROR(DeletionVector::from_blob(good.substr(0, i)), ErrorCode::Corrupt, "");
  }
  // A right checksum around wrong content.
  std::string body = good.substr(4, good.size() - 8);
  for (std::size_t i = 0; i < body.size(); ++i) {
    for (char flip : {'\x01', '\x40', '\xff'}) {
      std::string bad = body;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      auto result = DeletionVector::from_blob(framed(bad));
      if (result) CHECK(result->cardinality() == result->positions().size());
    }
    CHECK_ERROR(DeletionVector::from_blob(framed(body.substr(0, i))), ErrorCode::Corrupt, "");
  }
}

TEST_CASE("a Puffin file gives back its blobs") {
  PuffinWriter writer;
  std::string data = vector_of({7}).to_blob();
  PuffinBlob blob{.type = std::string(kDeletionVectorBlob), .fields = {2147483645}};
  blob.properties = {{"cardinality", "1"}, {"referenced-data-file", "file:///a.parquet"}};
  PuffinBlob first = writer.add(blob, data);
  CHECK(first.offset == 4);
  PuffinBlob second = writer.add({.type = "text", .snapshot_id = 1LL << 60}, "hello");
  writer.set_property("created-by", "tarn");
  std::string file = writer.finish();

  std::size_t size = CHECK_OK(puffin_footer_size(std::string_view(file)));
  CHECK(size == static_cast<std::size_t>(writer.footer_size()));
  auto footer = CHECK_OK(parse_puffin_footer(std::string_view(file).substr(file.size() - size)));
  CHECK(footer.blobs == std::vector<PuffinBlob>{first, second});
  CHECK(footer.properties.at("created-by") == "tarn");
  CHECK(CHECK_OK(read_puffin_blob(file, footer.blobs[0])) == data);
  CHECK(CHECK_OK(read_puffin_blob(file, footer.blobs[1])) == "hello");

  second.length = 1 << 20;
  CHECK_ERROR(read_puffin_blob(file, second), ErrorCode::Corrupt, "outside");
  CHECK_ERROR(puffin_footer_size("PFA2"), ErrorCode::Corrupt, "PFA1");
}
