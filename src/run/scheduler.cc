// SPDX-License-Identifier: Apache-2.0
#include "run/scheduler.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "base/check.h"

namespace tarn::run {

namespace {

// Tasks that depend on each task, directly or not; their number is the priority.
std::vector<std::size_t> count_descendants(const std::vector<std::vector<std::uint32_t>>& children,
                                           const std::vector<std::uint32_t>& order) {
  const std::size_t words = (children.size() + 63) / 64;
  std::vector<std::vector<std::uint64_t>> reach(children.size());
  std::vector<std::size_t> counts(children.size());
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    auto& own = reach[*at];
    own.assign(words, 0);
    for (std::uint32_t child : children[*at]) {
      own[child / 64] |= std::uint64_t{1} << (child % 64);
      for (std::size_t word = 0; word < words; ++word) own[word] |= reach[child][word];
    }
    for (std::uint64_t word : own) {
      counts[*at] += static_cast<std::size_t>(__builtin_popcountll(word));
    }
  }
  return counts;
}

class Run {
 public:
  Run(const TaskGraph& graph, const TaskCallbacks& callbacks, const Cancel* cancel)
      : callbacks_(callbacks),
        cancel_(cancel),
        children_(graph.size()),
        waiting_for_(graph.size()),
        state_(graph.size(), State::Waiting) {
    for (std::uint32_t task = 0; task < graph.size(); ++task) {
      waiting_for_[task] = graph.parents[task].size();
      for (std::uint32_t parent : graph.parents[task]) children_[parent].push_back(task);
    }
    const auto counts = count_descendants(children_, topological_order());
    for (std::size_t count : counts) {
      priority_.push_back(-static_cast<std::int64_t>(count));
    }
    for (std::uint32_t task = 0; task < graph.size(); ++task) {
      if (waiting_for_[task] == 0) ready_.insert({priority_[task], task});
    }
  }

  void work(std::size_t worker) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return stopped() || !ready_.empty() || running_ == 0; });
      if (stopped() || ready_.empty()) break;
      const std::uint32_t task = ready_.begin()->second;
      ready_.erase(ready_.begin());
      state_[task] = State::Started;
      ++running_;
      lock.unlock();
      const TaskOutcome outcome = callbacks_.execute(task, worker);
      lock.lock();
      --running_;
      finish(task, outcome);
      changed_.notify_all();
    }
    changed_.notify_all();
  }

  ScheduleEnd end() const {
    ScheduleEnd out;
    for (std::uint32_t task = 0; task < state_.size(); ++task) {
      if (state_[task] == State::Waiting) out.not_started.push_back(task);
    }
    return out;
  }

 private:
  enum class State : std::uint8_t { Waiting, Started, Skipped };

  bool stopped() const { return stop_ || (cancel_ != nullptr && cancel_->requested()); }

  std::vector<std::uint32_t> topological_order() const {
    std::vector<std::size_t> left = waiting_for_;
    std::vector<std::uint32_t> order;
    for (std::uint32_t task = 0; task < left.size(); ++task) {
      if (left[task] == 0) order.push_back(task);
    }
    for (std::size_t at = 0; at < order.size(); ++at) {
      for (std::uint32_t child : children_[order[at]]) {
        if (--left[child] == 0) order.push_back(child);
      }
    }
    VERIFY(order.size() == left.size());
    return order;
  }

  void finish(std::uint32_t task, TaskOutcome outcome) {
    if (outcome == TaskOutcome::StopsTheRun) stop_ = true;
    if (outcome != TaskOutcome::Done) {
      skip_behind(task);
      return;
    }
    for (std::uint32_t child : children_[task]) {
      if (--waiting_for_[child] == 0 && state_[child] == State::Waiting) {
        ready_.insert({priority_[child], child});
      }
    }
  }

  void skip_behind(std::uint32_t cause) {
    std::set<std::uint32_t> behind;
    std::vector<std::uint32_t> open = {cause};
    while (!open.empty()) {
      const std::uint32_t task = open.back();
      open.pop_back();
      for (std::uint32_t child : children_[task]) {
        if (state_[child] == State::Waiting && behind.insert(child).second) open.push_back(child);
      }
    }
    for (std::uint32_t task : behind) {
      state_[task] = State::Skipped;
      callbacks_.skipped(task, cause);
    }
  }

  const TaskCallbacks& callbacks_;
  const Cancel* cancel_;
  std::vector<std::vector<std::uint32_t>> children_;
  std::vector<std::size_t> waiting_for_;  // parents that are not done
  std::vector<std::int64_t> priority_;
  std::vector<State> state_;
  std::set<std::pair<std::int64_t, std::uint32_t>> ready_;
  std::size_t running_ = 0;
  bool stop_ = false;
  std::mutex mutex_;  // guards all above
  std::condition_variable changed_;
};

}  // namespace

ScheduleEnd run_tasks(const TaskGraph& graph, std::size_t threads, const TaskCallbacks& callbacks,
                      const Cancel* cancel) {
  Run run(graph, callbacks, cancel);
  const std::size_t count =
      std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(1, graph.size()));
  std::vector<std::thread> workers;
  for (std::size_t worker = 1; worker < count; ++worker) {
    workers.emplace_back([&run, worker] { run.work(worker); });
  }
  run.work(0);
  for (auto& worker : workers) worker.join();
  return run.end();
}

}  // namespace tarn::run
