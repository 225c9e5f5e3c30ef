// SPDX-License-Identifier: Apache-2.0
// Running tasks that depend on each other: each starts as soon as all before it are done, on a
// fixed number of threads. Knows nothing of projects.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/cancel.h"

namespace tarn::run {

enum class TaskOutcome : std::uint8_t {
  Done,         // those behind it may start
  SkipsOthers,  // all behind it are skipped
  StopsTheRun,  // and nothing new is started at all
};

struct TaskGraph {
  // For each task the tasks that must be done before. REQUIRES: no cycle.
  std::vector<std::vector<std::uint32_t>> parents;
  std::size_t size() const { return parents.size(); }
};

struct TaskCallbacks {
  // Called on a worker thread, several at once; `worker` is from 0 to threads - 1, and no two tasks
  // run on one worker at the same time.
  std::function<TaskOutcome(std::uint32_t task, std::size_t worker)> execute;
  // The task will not be executed, since `cause` failed (directly or through others before it).
  // One at a time, in the order of the tasks, each before any task that depends on it.
  std::function<void(std::uint32_t task, std::uint32_t cause)> skipped;
};

struct ScheduleEnd {
  // Tasks that were neither executed nor skipped: the run was stopped or cancelled before.
  std::vector<std::uint32_t> not_started;
};

// Returns when no task is running and none can start. Among tasks that could start, the one with
// the most work behind it goes first, then the lower index.
ScheduleEnd run_tasks(const TaskGraph& graph, std::size_t threads, const TaskCallbacks& callbacks,
                      const Cancel* cancel);

}  // namespace tarn::run
