// SPDX-License-Identifier: Apache-2.0
// Looks at a Cancel while DuckDB works and stops the statement when it was requested. Internal:
// shows DuckDB's types.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/cancel.h"
#include "duckdb/native.h"

namespace tarn::duckdb {

// A thread of its own, that ends with this object; DuckDB's own waits are not to be woken
// otherwise. Interrupts again until then, because a statement that begins forgets interrupts.
class CancelWatch {
 public:
  // REQUIRES: `connection` outlives the watch. nullptr: nothing to look at, no thread.
  CancelWatch(dk::Connection& connection, const Cancel* cancel);
  ~CancelWatch();
  CancelWatch(const CancelWatch&) = delete;
  CancelWatch& operator=(const CancelWatch&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace tarn::duckdb
