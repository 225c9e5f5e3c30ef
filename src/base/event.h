// SPDX-License-Identifier: Apache-2.0
// One stream of typed events: work tells what happens, and the terminal, the log, the run history
// listen. An event is a plain struct of the folder that emits it; the stream knows none of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace tarn {

namespace detail {
// One address per type, the same in all files of the program.
template <typename Event>
inline constexpr char event_type = 0;

class EventHandlers;
}  // namespace detail

// Ends its subscription when destroyed. May outlive the stream.
class [[nodiscard]] Subscription {
 public:
  Subscription() = default;
  Subscription(std::weak_ptr<detail::EventHandlers> handlers, std::uint64_t id)
      : handlers_(std::move(handlers)), id_(id) {}
  Subscription(Subscription&& other) noexcept
      : handlers_(std::move(other.handlers_)), id_(std::exchange(other.id_, 0)) {}
  Subscription& operator=(Subscription&& other) noexcept {
    std::swap(handlers_, other.handlers_);
    std::swap(id_, other.id_);
    return *this;
  }
  // Afterwards the handler is not running (but for a handler that ends its own subscription) and
  // is not called again.
  ~Subscription();

 private:
  std::weak_ptr<detail::EventHandlers> handlers_;
  std::uint64_t id_ = 0;
};

// Thread-safe. Handlers run one at a time, in the order of subscription, on the thread that emits,
// before emit() returns; so they must be quick. A handler may emit, subscribe and unsubscribe.
class EventStream {
 public:
  EventStream();

  template <typename Event>
  Subscription subscribe(std::function<void(const Event&)> handler) {
    return add(&detail::event_type<Event>, [handler = std::move(handler)](const void* event) {
      handler(*static_cast<const Event*>(event));
    });
  }

  template <typename Event>
  void emit(const Event& event) const {
    emit_erased(&detail::event_type<Event>, &event);
  }

 private:
  Subscription add(const void* type, std::function<void(const void*)> handler);
  void emit_erased(const void* type, const void* event) const;

  std::shared_ptr<detail::EventHandlers> handlers_;
};

}  // namespace tarn
