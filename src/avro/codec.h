// SPDX-License-Identifier: Apache-2.0
// Compression of the blocks of container files. Avro 1.11 specification, "Required Codecs" and
// "Optional Codecs".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::avro {

enum class Codec : std::uint8_t { None, Deflate, Snappy, Zstandard };

// `null`, `deflate`, `snappy`, `zstandard`, and back; ErrorCode::Unsupported for others.
std::string_view to_string(Codec codec);
Result<Codec> parse_codec(std::string_view name);

std::string compress_block(Codec codec, std::string_view data);
// ErrorCode::Corrupt for damage and for more than `size_max` bytes of output.
Result<std::string> decompress_block(Codec codec, std::string_view data, std::size_t size_max);

}  // namespace tarn::avro
