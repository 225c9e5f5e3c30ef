// SPDX-License-Identifier: Apache-2.0
#include "run/scheduler.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace tarn::run {

namespace {

struct Log {
  std::mutex mutex;
  std::vector<std::uint32_t> executed;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> skipped;
};

ScheduleEnd run_logged(const TaskGraph& graph, std::size_t threads, Log& log,
                       const std::function<TaskOutcome(std::uint32_t)>& outcome,
                       const Cancel* cancel = nullptr) {
  return run_tasks(graph, threads,
                   {.execute =
                        [&](std::uint32_t task, std::size_t) {
                          std::lock_guard lock(log.mutex);
                          log.executed.push_back(task);
                          return outcome(task);
                        },
                    .skipped =
                        [&](std::uint32_t task, std::uint32_t cause) {
                          std::lock_guard lock(log.mutex);
                          log.skipped.push_back({task, cause});
                        }},
                   cancel);
}

TaskOutcome always_done(std::uint32_t) { return TaskOutcome::Done; }

}  // namespace

TEST_CASE("no task starts before those it depends on are done") {
  TaskGraph graph;
  for (std::uint32_t task = 0; task < 200; ++task) {
    graph.parents.emplace_back();
    for (std::uint32_t parent : {task / 2, task / 3, task / 7}) {
      auto& parents = graph.parents[task];
      if (parent < task && std::find(parents.begin(), parents.end(), parent) == parents.end()) {
        parents.push_back(parent);
      }
    }
  }
  for (std::size_t threads : {1, 4}) {
    std::vector<std::atomic<bool>> done(graph.size());
    std::atomic<int> count = 0;
    auto end = run_tasks(graph, threads,
                         {.execute =
                              [&](std::uint32_t task, std::size_t worker) {
                                CHECK(worker < threads);
                                for (std::uint32_t parent : graph.parents[task])
                                  CHECK(done[parent]);
                                done[task] = true;
                                ++count;
                                return TaskOutcome::Done;
                              },
                          .skipped = [](std::uint32_t, std::uint32_t) { CHECK(false); }},
                         nullptr);
    CHECK(count == 200);
    CHECK(end.not_started.empty());
  }
}

TEST_CASE("the task with most work behind it goes first") {
  Log log;
  run_logged({{{}, {}, {1}, {2}, {0}}}, 1, log, always_done);
  CHECK(log.executed == std::vector<std::uint32_t>{1, 0, 2, 3, 4});
}

TEST_CASE("a failure skips what is behind it, once") {
  Log log;
  auto end = run_logged({{{}, {0}, {0}, {1, 2}, {}}}, 1, log, [](std::uint32_t task) {
    return task == 1 || task == 2 ? TaskOutcome::SkipsOthers : TaskOutcome::Done;
  });
  CHECK(log.executed == std::vector<std::uint32_t>{0, 1, 2, 4});
  CHECK(log.skipped == std::vector<std::pair<std::uint32_t, std::uint32_t>>{{3, 1}});
  CHECK(end.not_started.empty());
}

TEST_CASE("stopping leaves the rest unstarted") {
  Log log;
  auto end = run_logged({{{}, {0}, {}, {2}}}, 1, log, [](std::uint32_t task) {
    return task == 0 ? TaskOutcome::StopsTheRun : TaskOutcome::Done;
  });
  CHECK(log.executed == std::vector<std::uint32_t>{0});
  CHECK(log.skipped.size() == 1);
  CHECK(end.not_started == std::vector<std::uint32_t>{2, 3});
}

TEST_CASE("a cancelled run starts nothing") {
  Log log;
  Cancel cancel;
  cancel.request();
  auto end = run_logged({{{}, {}}}, 2, log, always_done, &cancel);
  CHECK(log.executed.empty());
  CHECK(end.not_started.size() == 2);
}

}  // namespace tarn::run
