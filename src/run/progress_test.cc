// SPDX-License-Identifier: Apache-2.0
#include "run/progress.h"

#include <atomic>

#include "base/testing.h"
#include "run/report.h"

namespace tarn::run {
namespace {

// A connection that has done something when it is asked again.
class BusyConnection final : public warehouse::Connection {
 public:
  Result<warehouse::Answer> execute(std::string_view, const Cancel*, std::size_t) override {
    return unsupported("nothing");
  }
  warehouse::Work work() const override {
    const std::int64_t rows = 1'000 * ++asked_;
    return {.rows_read = rows, .rows_written = 10, .files_written = 0, .bytes_written = 0};
  }

 private:
  mutable std::atomic<std::int64_t> asked_{0};
};

TEST_CASE("running nodes are told with what they did since they started") {
  EventStream events;
  FakeClock clock;
  project::Node node;
  node.type = project::ResourceType::Snapshot;
  node.schema = "s";
  node.alias = "history";
  const BusyConnection connection;
  std::mutex mutex;
  std::condition_variable told;
  std::vector<RunProgressed> all;
  const auto subscription = events.subscribe<RunProgressed>([&](const RunProgressed& event) {
    std::lock_guard lock(mutex);
    all.push_back(event);
    told.notify_all();
  });
  {
    ProgressWatch watch(events, clock, 3);
    watch.started(node, 2, &connection);
    std::unique_lock lock(mutex);
    told.wait(lock, [&] { return !all.empty(); });
    lock.unlock();
    watch.finished(node);
  }
  REQUIRE(all[0].nodes.size() == 1);
  CHECK(all[0].total == 3);
  CHECK(all[0].nodes[0].node == &node);
  CHECK(all[0].nodes[0].work.rows_read == 1'000);
  CHECK(all[0].nodes[0].work.rows_written == 0);
}

TEST_CASE("a running node as a line") {
  project::Node node;
  node.type = project::ResourceType::Snapshot;
  node.schema = "s";
  node.alias = "history";
  RunProgressed::Running running{.node = &node, .index = 2, .seconds = 75, .work = {}};
  CHECK(running_text(running, 12) == " 2 of 12 RUNNING snapshot s.history, 1:15");
  running.work = {.rows_read = 1'234, .rows_written = 56, .files_written = 1, .bytes_written = 9};
  running.seconds = 9.7;
  CHECK(running_text(running, 12) ==
        " 2 of 12 RUNNING snapshot s.history, 1,234 rows read, 56 rows written, 1 file, 9 s");
}

TEST_CASE("the end of a run says what to do next") {
  project::Node model;
  model.unique_id = "model.p.m";
  RunSummary summary;
  CHECK(next_step_text(summary).empty());
  summary.results.push_back(NodeResult{.node = &model});
  CHECK(next_step_text(summary).empty());
  summary.results.back().status = NodeStatus::Error;
  CHECK(next_step_text(summary) ==
        "Next: tarn retry  (runs the node that failed or was skipped again)");
  summary.is_atomic = true;
  summary.not_published_because = "model.p.m failed";
  CHECK(next_step_text(summary) == "Next: tarn retry  (runs the whole selection again)");
  CHECK(publication_text(summary) == "Nothing was published, since model.p.m failed.");
}

}  // namespace
}  // namespace tarn::run
