// SPDX-License-Identifier: Apache-2.0
// Whole-buffer compression. Decompression takes a limit, since the bytes come from outside: more
// output than `size_max` is ErrorCode::Corrupt, as is any damage.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

std::string gzip_compress(std::string_view data);
Result<std::string> gzip_decompress(std::string_view data, std::size_t size_max);

// Raw deflate without the zlib header, as Avro's "deflate" codec has it. Bytes behind the end of
// the data are ignored, since a common writer (fastavro) leaves a part of zlib's checksum there.
std::string deflate_compress(std::string_view data);
Result<std::string> deflate_decompress(std::string_view data, std::size_t size_max);

std::string zstd_compress(std::string_view data, int level = 3);
Result<std::string> zstd_decompress(std::string_view data, std::size_t size_max);

std::string snappy_compress(std::string_view data);
Result<std::string> snappy_decompress(std::string_view data, std::size_t size_max);

// LZ4 frame format, as Puffin footers have it.
std::string lz4_compress(std::string_view data);
Result<std::string> lz4_decompress(std::string_view data, std::size_t size_max);

// LZ4 block format, whose size must be known: another one than `size` is ErrorCode::Corrupt.
// REQUIRES: data.size() < 2^31 - 2^24.
std::string lz4_block_compress(std::string_view data);
Result<std::string> lz4_block_decompress(std::string_view data, std::size_t size);

}  // namespace tarn
