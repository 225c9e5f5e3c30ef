// SPDX-License-Identifier: Apache-2.0
// Checksums, hashes and keyed hashes of bytes.
#include "base/hash.h"

#include "base/bytes.h"
#include "functions/byte_hash.h"
#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

using Digest = std::string (*)(std::string_view data);

template <Digest digest>
Result<Value> digest_of(Arguments values) {
  return Value(digest(values[0].as_text()));
}

// HMAC (RFC 2104).
template <Digest digest, std::size_t block>
Result<Value> keyed_digest(Arguments values) {
  std::string key = values[1].as_text();
  if (key.size() > block) key = digest(key);
  key.resize(block, '\0');
  std::string inner = key;
  std::string outer = key;
  for (char& byte : inner) byte = static_cast<char>(byte ^ 0x36);
  for (char& byte : outer) byte = static_cast<char>(byte ^ 0x5C);
  return Value(digest(outer + digest(inner + values[0].as_text())));
}

Result<Value> crc32_of(Arguments values) {
  return Value(static_cast<std::int64_t>(crc32(values[0].as_text())));
}

Result<Value> xxhash64_of(Arguments values) {
  std::string out;
  append_big_endian(out, xxhash64(values[0].as_text()));
  return Value(std::move(out));
}

Result<Value> murmur3_of(Arguments values) {
  const Hash128 hash = murmur3_x64_128(values[0].as_text());
  std::string out;
  append_little_endian(out, hash.first);
  append_little_endian(out, hash.second);
  return Value(std::move(out));
}

template <typename Bits>
Result<Value> spooky_of(Arguments values) {
  std::string out;
  append_big_endian(out, static_cast<Bits>(spooky_hash_v2(values[0].as_text()).first));
  return Value(std::move(out));
}

constexpr PlainFunction kHmacMd5 = keyed_digest<md5, 64>;
constexpr PlainFunction kHmacSha1 = keyed_digest<sha1, 64>;
constexpr PlainFunction kHmacSha256 = keyed_digest<sha256, 64>;
constexpr PlainFunction kHmacSha512 = keyed_digest<sha512, 128>;

constexpr FunctionEntry kHashFunctions[] = {
    {"crc32", takes<crc32_of, Varbinary>},
    {"hmac_md5", takes<kHmacMd5, Varbinary, Varbinary>},
    {"hmac_sha1", takes<kHmacSha1, Varbinary, Varbinary>},
    {"hmac_sha256", takes<kHmacSha256, Varbinary, Varbinary>},
    {"hmac_sha512", takes<kHmacSha512, Varbinary, Varbinary>},
    {"md5", takes<digest_of<md5>, Varbinary>},
    {"murmur3", takes<murmur3_of, Varbinary>},
    {"sha1", takes<digest_of<sha1>, Varbinary>},
    {"sha256", takes<digest_of<sha256>, Varbinary>},
    {"sha512", takes<digest_of<sha512>, Varbinary>},
    {"spooky_hash_v2_32", takes<spooky_of<std::uint32_t>, Varbinary>},
    {"spooky_hash_v2_64", takes<spooky_of<std::uint64_t>, Varbinary>},
    {"xxhash64", takes<xxhash64_of, Varbinary>},
};

}  // namespace

FunctionList hash_functions() { return kHashFunctions; }

}  // namespace tarn::functions
