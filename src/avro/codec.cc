// SPDX-License-Identifier: Apache-2.0
#include "avro/codec.h"

#include "base/bytes.h"
#include "base/compression.h"
#include "base/hash.h"

namespace tarn::avro {

namespace {

constexpr std::size_t kChecksumSize = 4;

}  // namespace

std::string_view to_string(Codec codec) {
  switch (codec) {
    case Codec::None:
      return "null";
    case Codec::Deflate:
      return "deflate";
    case Codec::Snappy:
      return "snappy";
    case Codec::Zstandard:
      return "zstandard";
  }
  return "null";
}

Result<Codec> parse_codec(std::string_view name) {
  for (const auto codec : {Codec::None, Codec::Deflate, Codec::Snappy, Codec::Zstandard}) {
    if (name == to_string(codec)) return codec;
  }
  return unsupported("the Avro codec `{}` is not supported", name);
}

std::string compress_block(Codec codec, std::string_view data) {
  switch (codec) {
    case Codec::None:
      return std::string(data);
    case Codec::Deflate:
      return deflate_compress(data);
    case Codec::Snappy: {
      // The checksum is that of the data before compression.
      std::string block = snappy_compress(data);
      append_big_endian(block, crc32(data));
      return block;
    }
    case Codec::Zstandard:
      return zstd_compress(data);
  }
  return {};
}

Result<std::string> decompress_block(Codec codec, std::string_view data, std::size_t size_max) {
  switch (codec) {
    case Codec::None:
      return std::string(data);
    case Codec::Deflate:
      return deflate_decompress(data, size_max);
    case Codec::Snappy: {
      if (data.size() < kChecksumSize) return corrupt("a snappy block of {} bytes", data.size());
      const auto packed = data.substr(0, data.size() - kChecksumSize);
      std::string block = TRY(snappy_decompress(packed, size_max));
      if (crc32(block) != load_big_endian<std::uint32_t>(data.substr(packed.size()))) {
        return corrupt("the checksum of a snappy block is wrong");
      }
      return block;
    }
    case Codec::Zstandard:
      return zstd_decompress(data, size_max);
  }
  return std::string();
}

}  // namespace tarn::avro
