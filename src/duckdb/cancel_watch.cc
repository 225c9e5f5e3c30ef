// SPDX-License-Identifier: Apache-2.0
#include "duckdb/cancel_watch.h"

#include <chrono>

namespace tarn::duckdb {
namespace {

constexpr std::chrono::milliseconds kWatchInterval{10};

}  // namespace

CancelWatch::CancelWatch(dk::Connection& connection, const Cancel* cancel) {
  if (cancel == nullptr) return;
  thread_ = std::thread([this, &connection, cancel] {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, kWatchInterval, [this] { return ends_; })) {
      if (cancel->requested()) connection.Interrupt();
    }
  });
}

CancelWatch::~CancelWatch() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    ends_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

}  // namespace tarn::duckdb
