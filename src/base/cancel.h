// SPDX-License-Identifier: Apache-2.0
// Cancellation: one side asks, the other looks from time to time.
#pragma once

#include <atomic>

#include "base/result.h"

namespace tarn {

// Thread- and signal-safe. Long work takes a `const Cancel&` and calls `check()` between steps.
class Cancel {
 public:
  void request() { requested_.store(true, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }
  Result<void> check() const {
    if (requested()) return cancelled("cancelled");
    return {};
  }

 private:
  std::atomic<bool> requested_{false};
};

}  // namespace tarn
