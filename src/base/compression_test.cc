// SPDX-License-Identifier: Apache-2.0
#include "base/compression.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/testing.h"

using namespace tarn;

namespace {

struct Codec {
  const char* name;
  std::string (*compress)(std::string_view);
  Result<std::string> (*decompress)(std::string_view, std::size_t);
};

const Codec kCodecs[] = {
    {"gzip", gzip_compress, gzip_decompress},
    {"deflate", deflate_compress, deflate_decompress},
    {"zstd", [](std::string_view data) { return zstd_compress(data); }, zstd_decompress},
    {"snappy", snappy_compress, snappy_decompress},
    {"lz4", lz4_compress, lz4_decompress},
};

std::string random_bytes(std::size_t size) {
  FakeRandom random;
  std::string bytes;
  while (bytes.size() < size) append_little_endian(bytes, random.next());
  bytes.resize(size);
  return bytes;
}

}  // namespace

TEST_CASE("every codec gives the data back and keeps to the limit") {
  const std::string inputs[] = {"",
                                "a",
                                "hello hello hello hello",
                                std::string(1'000'000, 'x'),
                                random_bytes(300'000),
                                std::string(20'000'000, '\0')};
  for (const auto& codec : kCodecs) {
    CAPTURE(std::string(codec.name));
    for (const auto& input : inputs) {
      CAPTURE(input.size());
      const auto packed = codec.compress(input);
      const bool exact = CHECK_OK(codec.decompress(packed, input.size())) == input;
      CHECK(exact);
      const bool roomy = CHECK_OK(codec.decompress(packed, 100'000'000)) == input;
      CHECK(roomy);
      if (!input.empty()) {
        CHECK_ERROR(codec.decompress(packed, input.size() - 1), ErrorCode::Corrupt, "longer");
        CHECK_ERROR(codec.decompress(packed, 0), ErrorCode::Corrupt, "longer");
      }
    }
  }
}

TEST_CASE("damaged data is an error in every codec") {
  const std::string input = random_bytes(2'000) + std::string(2'000, 'y');
  for (const auto& codec : kCodecs) {
    CAPTURE(std::string(codec.name));
    const auto packed = codec.compress(input);
    for (std::size_t size = 0; size < packed.size(); size += 7) {
      CHECK_FALSE(codec.decompress(std::string_view(packed).substr(0, size), 10'000).has_value());
    }
    if (std::string(codec.name) != "deflate") {
      CHECK_ERROR(codec.decompress(packed + "tail", 10'000), ErrorCode::Corrupt, "");
    }
    for (std::size_t at = 0; at < packed.size(); ++at) {
      std::string damaged = packed;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
      const auto result = codec.decompress(damaged, 10'000);
      if (!result) CHECK(result.error().code == ErrorCode::Corrupt);
    }
  }
}

TEST_CASE("bytes behind raw deflate data are ignored") {
  CHECK(CHECK_OK(deflate_decompress(deflate_compress("ab") + "\1\2\3", 100)) == "ab");
}

TEST_CASE("several members or frames follow each other") {
  CHECK(CHECK_OK(gzip_decompress(gzip_compress("ab") + gzip_compress("cd"), 100)) == "abcd");
  CHECK(CHECK_OK(zstd_decompress(zstd_compress("ab") + zstd_compress("cd"), 100)) == "abcd");
}

TEST_CASE("lz4 blocks have the size that was announced") {
  for (const std::size_t size : {0, 1, 100, 1'000'000}) {
    const auto data = random_bytes(size / 2) + std::string(size - size / 2, 'x');
    const auto packed = lz4_block_compress(data);
    CHECK(CHECK_OK(lz4_block_decompress(packed, size)) == data);
    CHECK_ERROR(lz4_block_decompress(packed, size + 1), ErrorCode::Corrupt, "lz4");
    if (size > 0) CHECK_ERROR(lz4_block_decompress(packed, size - 1), ErrorCode::Corrupt, "lz4");
    if (size > 9) {
      CHECK_ERROR(lz4_block_decompress(packed.substr(0, 9), size), ErrorCode::Corrupt, "lz4");
    }
  }
  CHECK_ERROR(lz4_block_decompress("", 10), ErrorCode::Corrupt, "lz4");
  CHECK_ERROR(lz4_block_decompress("abc", std::size_t{1} << 40), ErrorCode::Corrupt, "cannot");
}
