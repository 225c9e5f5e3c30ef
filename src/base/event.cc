// SPDX-License-Identifier: Apache-2.0
#include "base/event.h"

#include <algorithm>

namespace tarn {

namespace detail {

class EventHandlers {
 public:
  std::uint64_t add(const void* type, std::function<void(const void*)> call) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::make_shared<Entry>(Entry{++last_id_, type, std::move(call), true}));
    count_.fetch_add(1, std::memory_order_relaxed);
    return last_id_;
  }

  void remove(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const auto& entry) { return entry->id == id; });
    if (found == entries_.end()) return;
    (*found)->active = false;
    entries_.erase(found);
    count_.fetch_sub(1, std::memory_order_relaxed);
  }

  void emit(const void* type, const void* event) {
    if (count_.load(std::memory_order_relaxed) == 0) return;
    const std::lock_guard lock(mutex_);
    // A copy, since handlers may change the list.
    std::vector<std::shared_ptr<Entry>> called;
    for (const auto& entry : entries_) {
      if (entry->type == type) called.push_back(entry);
    }
    for (const auto& entry : called) {
      if (entry->active) entry->call(event);
    }
  }

 private:
  struct Entry {
    std::uint64_t id = 0;
    const void* type = nullptr;
    std::function<void(const void*)> call;
    bool active = true;
  };

  std::recursive_mutex mutex_;
  std::atomic<std::size_t> count_{0};
  std::vector<std::shared_ptr<Entry>> entries_;
  std::uint64_t last_id_ = 0;
};

}  // namespace detail

Subscription::~Subscription() {
  if (id_ == 0) return;
  if (const auto handlers = handlers_.lock()) handlers->remove(id_);
}

EventStream::EventStream() : handlers_(std::make_shared<detail::EventHandlers>()) {}

Subscription EventStream::add(const void* type, std::function<void(const void*)> handler) {
  return Subscription(handlers_, handlers_->add(type, std::move(handler)));
}

void EventStream::emit_erased(const void* type, const void* event) const {
  handlers_->emit(type, event);
}

}  // namespace tarn
