// SPDX-License-Identifier: Apache-2.0
#include "cli/run_output.h"

#include <cstdlib>

#include "base/testing.h"

namespace tarn::cli {
namespace {

// What a stream has taken so far.
class Memory {
 public:
  Memory() : file_(open_memstream(&text_, &size_)) {}
  ~Memory() {
    std::fclose(file_);
    std::free(text_);
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  std::FILE* file() { return file_; }
  std::string text() {
    std::fflush(file_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

struct Trial {
  explicit Trial(RunOutputOptions options, bool interactive = false)
      : terminal(out.file(), err.file(),
                 {.color_out = false,
                  .color_err = false,
                  .interactive_err = interactive,
                  .interactive_out = interactive,
                  .width = 70}),
        output(events, terminal, options, clock, "an id") {
    node.type = project::ResourceType::Snapshot;
    node.unique_id = "snapshot.p.history";
    node.name = "history";
    node.original_path = "snapshots/history.sql";
    node.schema = "s";
    node.alias = "history";
    plan.nodes = {&node};
  }

  void start() {
    events.emit(run::RunStarted{run::Command::Snapshot, "an id", "local", 1, &plan, 0});
    events.emit(run::NodeStarted{&node, 1, 1});
  }
  void progress(double seconds, std::int64_t rows) {
    run::RunProgressed progressed;
    progressed.total = 1;
    progressed.nodes.push_back(
        {.node = &node, .index = 1, .seconds = seconds, .work = {.rows_read = rows}});
    events.emit(progressed);
  }
  void finish(run::NodeStatus status, const std::string& message) {
    run::NodeResult result{.node = &node};
    result.status = status;
    result.message = message;
    result.response.message = message;
    result.seconds = 1.5;
    result.work.files_written = 2;
    result.work.bytes_written = 2048;
    events.emit(run::NodeFinished{&result, 1, 1});
    summary.results.push_back(std::move(result));
    events.emit(run::RunFinished{&summary});
  }
  void say(run::Message::Level level, const std::string& text) {
    events.emit(run::Message{level, &node, text});
  }

  project::Node node;
  run::Plan plan;
  run::RunSummary summary;
  Memory out, err;
  EventStream events;
  FakeClock clock;
  Terminal terminal;
  RunOutput output;
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("lines of a run, piped: nothing is drawn, long nodes are told every ten seconds") {
  Trial trial({});
  trial.start();
  for (int quarter = 1; quarter < 100; ++quarter) trial.progress(quarter * 0.25, quarter * 10);
  trial.say(run::Message::Level::Debug, "a detail");
  trial.say(run::Message::Level::Info, "from a macro");
  trial.say(run::Message::Level::Print, "printed");
  trial.finish(run::NodeStatus::Success, "MERGE (3 rows)");
  const std::string text = trial.err.text();
  CHECK(text.find('\r') == std::string::npos);
  CHECK(text.find('\033') == std::string::npos);
  CHECK(has(text, "1 of 1 START snapshot s.history"));
  CHECK(has(text, "1 of 1 RUNNING snapshot s.history, 400 rows read, 10 s"));
  CHECK(has(text, "1 of 1 RUNNING snapshot s.history, 800 rows read, 20 s"));
  CHECK(!has(text, "15 s"));
  CHECK(has(text, "[MERGE (3 rows) (2 files, 2.0 KB) in 1.50s]"));
  CHECK(has(text, "from a macro"));
  CHECK(!has(text, "a detail"));
  CHECK(!has(text, "printed"));
  CHECK(has(text, "Done. PASS=1"));
  CHECK(trial.out.text() == "printed\n");
}

TEST_CASE("on a terminal the progress is drawn below the lines and taken away") {
  Trial trial({}, true);
  trial.start();
  const std::size_t before = trial.err.text().size();
  trial.progress(0.5, 10);
  CHECK(trial.err.text().size() == before);  // short nodes are not drawn
  trial.progress(2, 1'000);
  trial.progress(3, 2'000);
  CHECK(has(trial.err.text(),
            "\033[K1 of 1 RUNNING snapshot s.history, 1,000 rows read, 2 s\n"
            "\r\033[1A\033[K1 of 1 RUNNING snapshot s.history, 2,000 rows read, 3 s\n"));
  trial.finish(run::NodeStatus::Success, "MERGE (3 rows)");
  const std::string text = trial.err.text();
  CHECK(has(text, "3 s\n\r\033[1A\033[J"));
  CHECK(text.rfind('\033') < text.find("OK snapshotted"));
}

TEST_CASE("levels") {
  for (const auto& [options, told] : std::vector<std::pair<RunOutputOptions, std::string>>{
           {{.level = LogLevel::Debug}, "detail info warning error print"},
           {{.level = LogLevel::Info}, "info warning error print"},
           {{.level = LogLevel::Warning}, "warning error print"},
           {{.level = LogLevel::Error}, "error print"},
           {{.level = LogLevel::None}, "print"},
           {{.level = LogLevel::Error, .shows_prints = false}, "error"},
       }) {
    Trial trial(options);
    trial.start();
    trial.say(run::Message::Level::Debug, "is-detail");
    trial.say(run::Message::Level::Info, "is-info");
    trial.say(run::Message::Level::Warning, "is-warning");
    trial.say(run::Message::Level::Print, "is-print");
    trial.finish(run::NodeStatus::Error, "Error in snapshot history is-error");
    const std::string text = trial.err.text() + trial.out.text();
    CAPTURE(told);
    for (const char* word : {"detail", "info", "warning", "error", "print"}) {
      CAPTURE(word);
      CHECK(has(text, std::string("is-") + word) == has(told, word));
    }
    CHECK(has(text, "tarn retry") == has(told, "info"));
  }
}

TEST_CASE("a line of JSON for each event") {
  Trial trial({.format = LogFormat::Json});
  trial.start();
  trial.progress(12, 10);
  trial.say(run::Message::Level::Print, "printed");
  trial.finish(run::NodeStatus::Success, "MERGE (3 rows)");
  CHECK(trial.err.text().empty());
  const std::string text = trial.out.text();
  CHECK(has(text, R"("name":"NodeProgress")"));
  CHECK(has(text, R"("rows_read":"10")"));
  CHECK(has(text, R"("name":"PrintEvent")"));
  CHECK(has(text, R"("files_written":"2")"));
  CHECK(has(text, R"("name":"StatsLine")"));
}

}  // namespace
}  // namespace tarn::cli
