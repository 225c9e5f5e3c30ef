// SPDX-License-Identifier: Apache-2.0
#include "base/xxhash.h"

#include <doctest/doctest.h>

#include <string>

namespace tarn {

TEST_CASE("XXH64") {
  CHECK(xxhash64("") == 0xEF46DB3751D8E999u);
  CHECK(xxhash64("a") == 0xD24EC4F1A98C6E5Bu);
  CHECK(xxhash64("abc") == 0x44BC2CF5AD770999u);
  CHECK(xxhash64("Nobody inspects the spammish repetition") == 0xFBCEA83C8A378BF1u);
  CHECK(xxhash64(std::int64_t{0x6867666564636261}) == xxhash64("abcdefgh"));
  CHECK(xxhash64("abc", 1) != xxhash64("abc"));
}

}  // namespace tarn
