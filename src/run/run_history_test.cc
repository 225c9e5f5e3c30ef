// SPDX-License-Identifier: Apache-2.0
#include "run/run_history.h"

#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "base/temp_folder.h"
#include "base/testing.h"

namespace tarn::run {
namespace {

RunRecord run_of(const std::string& id, std::int64_t micros) {
  RunRecord run;
  run.id = id;
  run.command = "run";
  run.arguments = R"({"select":["a"]})";
  run.target = "local";
  run.started_micros = micros;
  return run;
}

NodeRecord node_of(const std::string& id, const std::string& status) {
  NodeRecord node;
  node.unique_id = id;
  node.status = status;
  node.seconds = 0.5;
  node.rows_affected = 7;
  node.work = {.rows_read = 10, .rows_written = 7, .files_written = 2, .bytes_written = 100};
  return node;
}

TEST_CASE("runs and their nodes are kept") {
  const TempFolder folder;
  CHECK_ERROR(RunHistory::open_to_read(folder.path()), ErrorCode::NotFound, "no run");
  {
    auto history = CHECK_OK(RunHistory::open_to_write(folder.path()));
    CHECK_OK(history.begin(run_of("aa11", 1), 10));
    CHECK_OK(history.finish("aa11", 5, "error",
                            {node_of("model.p.a", "success"), node_of("model.p.b", "error")}));
    CHECK_OK(history.begin(run_of("ab22", 7), 10));
  }
  auto history = CHECK_OK(RunHistory::open_to_read(folder.path()));
  const auto runs = CHECK_OK(history.list(10));
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].id == "ab22");
  CHECK(runs[0].status == "running");
  CHECK(!runs[0].finished_micros);
  CHECK(runs[1].status == "error");
  CHECK(runs[1].finished_micros == 5);
  CHECK(runs[1].counts == std::map<std::string, std::int64_t>{{"error", 1}, {"success", 1}});
  CHECK(runs[1].arguments == R"({"select":["a"]})");
  const auto nodes = CHECK_OK(history.nodes("aa11"));
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[1].unique_id == "model.p.b");
  CHECK(nodes[1].rows_affected == 7);
  CHECK(!nodes[1].failures);
  CHECK(nodes[1].work.bytes_written == 100);
  CHECK(CHECK_OK(history.list(1)).size() == 1);

  CHECK(CHECK_OK(history.find("aa")).id == "aa11");
  CHECK(CHECK_OK(history.find("")).id == "ab22");
  CHECK_ERROR(history.find("a"), ErrorCode::InvalidInput, "several runs");
  CHECK_ERROR(history.find("ff"), ErrorCode::NotFound, "no run `ff`");
  CHECK_ERROR(history.find("*"), ErrorCode::InvalidInput, "no id");
}

TEST_CASE("old runs are forgotten with their nodes") {
  const TempFolder folder;
  auto history = CHECK_OK(RunHistory::open_to_write(folder.path()));
  for (int i = 0; i < 8; ++i) {
    const std::string id = "a" + std::to_string(i);
    CHECK_OK(history.begin(run_of(id, i), 3));
    CHECK_OK(history.finish(id, i + 1, "success", {node_of("model.p.a", "success")}));
  }
  const auto runs = CHECK_OK(history.list(100));
  REQUIRE(runs.size() == 3);
  CHECK(runs[2].id == "a5");
  CHECK(CHECK_OK(history.nodes("a0")).empty());
  CHECK(CHECK_OK(history.nodes("a5")).size() == 1);
}

TEST_CASE("several runs write at once") {
  const TempFolder folder;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      auto history = CHECK_OK(RunHistory::open_to_write(folder.path()));
      for (int i = 0; i < 5; ++i) {
        const std::string id = std::to_string(t) + std::to_string(i);
        CHECK_OK(history.begin(run_of(id, i), 100));
        CHECK_OK(history.finish(id, i, "success", {node_of("model.p.a", "success")}));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  auto history = CHECK_OK(RunHistory::open_to_read(folder.path()));
  CHECK(CHECK_OK(history.list(100)).size() == 20);
}

struct Told {
  explicit Told(EventStream& events)
      : subscription(events.subscribe<Message>(
            [this](const Message& message) { texts.push_back(message.text); })) {}
  std::vector<std::string> texts;
  Subscription subscription;
};

TEST_CASE("a listener keeps a run; one that never finishes has failed") {
  const TempFolder folder;
  const Plan plan;
  EventStream events;
  FakeClock clock;
  Told told(events);
  {
    HistoryWriter writer(events, clock, folder.path(), "{}");
    events.emit(RunStarted{Command::Build, "cc33", "local", 1, &plan, 4});
  }
  {
    HistoryWriter writer(events, clock, folder.path(), "{}");
    events.emit(RunStarted{Command::Run, "dd44", "local", 1, &plan, 4});
    const RunSummary summary;
    events.emit(RunFinished{&summary});
  }
  auto history = CHECK_OK(RunHistory::open_to_read(folder.path()));
  const auto runs = CHECK_OK(history.list(10));
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].status == "success");
  CHECK(runs[1].status == "error");
  CHECK(runs[1].command == "build");
  CHECK(told.texts.empty());
}

TEST_CASE("a folder that cannot be written fails nothing") {
  const TempFolder folder;
  const std::string file = folder.file("file");
  std::fclose(std::fopen(file.c_str(), "w"));
  const Plan plan;
  EventStream events;
  FakeClock clock;
  Told told(events);
  HistoryWriter writer(events, clock, file + "/below", "{}");
  events.emit(RunStarted{Command::Run, "ee55", "local", 1, &plan, 4});
  const RunSummary summary;
  events.emit(RunFinished{&summary});
  REQUIRE(told.texts.size() == 1);
  CHECK(told.texts[0].starts_with("this run is not in the history"));
}

}  // namespace
}  // namespace tarn::run
