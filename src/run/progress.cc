// SPDX-License-Identifier: Apache-2.0
#include "run/progress.h"

#include <algorithm>
#include <chrono>

namespace tarn::run {

namespace {

constexpr std::chrono::milliseconds kInterval(250);

}  // namespace

warehouse::Work work_between(const warehouse::Work& before, const warehouse::Work& now) {
  return {.rows_read = now.rows_read - before.rows_read,
          .rows_written = now.rows_written - before.rows_written,
          .files_written = now.files_written - before.files_written,
          .bytes_written = now.bytes_written - before.bytes_written};
}

ProgressWatch::ProgressWatch(EventStream& events, Clock& clock, std::size_t total)
    : events_(events), clock_(clock), total_(total), thread_([this] { watch(); }) {}

ProgressWatch::~ProgressWatch() {
  {
    std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ProgressWatch::started(const project::Node& node, std::size_t index,
                            const warehouse::Connection* connection) {
  Entry entry{&node, index, clock_.now_micros(), connection, {}};
  if (connection != nullptr) entry.before = connection->work();
  std::lock_guard lock(mutex_);
  running_.push_back(entry);
}

void ProgressWatch::finished(const project::Node& node) {
  std::lock_guard lock(mutex_);
  ++finished_;
  std::erase_if(running_, [&](const Entry& entry) { return entry.node == &node; });
}

// REQUIRES: mutex_ is held.
RunProgressed ProgressWatch::look() const {
  RunProgressed out;
  out.finished = finished_;
  out.total = total_;
  const std::int64_t now = clock_.now_micros();
  for (const Entry& entry : running_) {
    auto& node = out.nodes.emplace_back();
    node.node = entry.node;
    node.index = entry.index;
    node.seconds = static_cast<double>(now - entry.started_micros) / 1e6;
    if (entry.connection != nullptr) {
      node.work = work_between(entry.before, entry.connection->work());
    }
  }
  return out;
}

void ProgressWatch::watch() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kInterval, [this] { return ends_; })) {
    if (running_.empty()) continue;
    const RunProgressed progress = look();
    // A listener may be slow, or wait for a node that ends.
    lock.unlock();
    events_.emit(progress);
    lock.lock();
  }
}

}  // namespace tarn::run
