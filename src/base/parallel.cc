// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace tarn {

namespace {

// An exception must not leave a thread.
Result<void> call_body(const std::function<Result<void>(std::size_t)>& body, std::size_t index) {
  try {
    return body(index);
  } catch (const std::exception& exception) {
    return internal("exception in parallel work: {}", exception.what());
  }
}

}  // namespace

Result<void> parallel_for(std::size_t count, std::size_t threads,
                          const std::function<Result<void>(std::size_t)>& body) {
  if (threads <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) TRY(call_body(body, i));
    return {};
  }
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::size_t failed_index = count;
  std::optional<Error> failure;
  const auto work = [&] {
    while (!failed.load(std::memory_order_relaxed)) {
      const std::size_t index = next.fetch_add(1, std::memory_order_relaxed);
      if (index >= count) return;
      auto result = call_body(body, index);
      if (result) continue;
      failed.store(true, std::memory_order_relaxed);
      const std::lock_guard lock(mutex);
      if (index < failed_index) {
        failed_index = index;
        failure = std::move(result).error();
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    helpers.reserve(std::min(threads, count) - 1);
    for (std::size_t i = 1; i < std::min(threads, count); ++i) helpers.emplace_back(work);
    work();
  }
  if (failure) return std::move(*failure);
  return {};
}

}  // namespace tarn
