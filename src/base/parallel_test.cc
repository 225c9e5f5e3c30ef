// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include "base/testing.h"

using namespace tarn;

TEST_CASE("every index runs once") {
  for (const std::size_t threads : {0, 1, 2, 8}) {
    for (const std::size_t count : {0, 1, 5, 1000}) {
      std::vector<std::atomic<int>> runs(count);
      CHECK_OK(parallel_for(count, threads, [&](std::size_t i) -> Result<void> {
        ++runs[i];
        return {};
      }));
      for (const auto& run : runs) CHECK(run == 1);
    }
  }
}

TEST_CASE("the error of the lowest index is returned") {
  for (const std::size_t threads : {1, 4}) {
    const auto result = parallel_for(1'000, threads, [&](std::size_t i) -> Result<void> {
      if (i >= 10) return not_found("index {}", i);
      return {};
    });
    CHECK_ERROR(result, ErrorCode::NotFound, "index 10");
  }
}

TEST_CASE("an exception does not end the program") {
  const auto result =
      parallel_for(10, 3, [](std::size_t) -> Result<void> { throw std::runtime_error("boom"); });
  CHECK_ERROR(result, ErrorCode::Internal, "boom");
}
