// SPDX-License-Identifier: Apache-2.0
// Watches the nodes that run and tells how far they are, a few times a second, from a thread of its
// own.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/event.h"
#include "project/resource.h"
#include "run/events.h"
#include "warehouse/warehouse.h"

namespace tarn::run {

// Thread-safe. Connections must outlive the node that uses them.
class ProgressWatch {
 public:
  ProgressWatch(EventStream& events, Clock& clock, std::size_t total);
  // Afterwards nothing is told any more.
  ~ProgressWatch();
  ProgressWatch(const ProgressWatch&) = delete;
  ProgressWatch& operator=(const ProgressWatch&) = delete;

  // `connection` may be nullptr.
  void started(const project::Node& node, std::size_t index,
               const warehouse::Connection* connection);
  void finished(const project::Node& node);

 private:
  struct Entry {
    const project::Node* node = nullptr;
    std::size_t index = 0;
    std::int64_t started_micros = 0;
    const warehouse::Connection* connection = nullptr;
    warehouse::Work before;
  };
  void watch();
  RunProgressed look() const;

  EventStream& events_;
  Clock& clock_;
  const std::size_t total_;
  std::mutex mutex_;  // guards the next three
  std::vector<Entry> running_;
  std::size_t finished_ = 0;
  bool ends_ = false;
  std::condition_variable changed_;
  std::thread thread_;
};

// What was done between two moments.
warehouse::Work work_between(const warehouse::Work& before, const warehouse::Work& now);

}  // namespace tarn::run
