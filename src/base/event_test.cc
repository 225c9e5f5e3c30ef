// SPDX-License-Identifier: Apache-2.0
#include "base/event.h"

#include <string>
#include <thread>

#include "base/testing.h"

using namespace tarn;

namespace {
struct RowsRead {
  int count = 0;
};
struct TestNote {
  std::string text;
};
}  // namespace

TEST_CASE("handlers get the events of their type") {
  EventStream stream;
  int rows = 0;
  std::string notes;
  const auto first =
      stream.subscribe<RowsRead>([&](const RowsRead& event) { rows += event.count; });
  {
    const auto second =
        stream.subscribe<TestNote>([&](const TestNote& event) { notes += event.text; });
    stream.emit(RowsRead{2});
    stream.emit(TestNote{"a"});
  }
  stream.emit(TestNote{"b"});
  stream.emit(RowsRead{3});
  CHECK(rows == 5);
  CHECK(notes == "a");
}

TEST_CASE("handlers may emit, subscribe and unsubscribe") {
  EventStream stream;
  std::string notes;
  Subscription inner;
  auto outer = std::make_unique<Subscription>();
  *outer = stream.subscribe<RowsRead>([&](const RowsRead&) {
    inner = stream.subscribe<TestNote>([&](const TestNote& event) { notes += event.text; });
    stream.emit(TestNote{"x"});
    outer.reset();
  });
  stream.emit(RowsRead{1});
  stream.emit(RowsRead{1});
  stream.emit(TestNote{"y"});
  CHECK(notes == "xy");
}

TEST_CASE("a subscription may outlive the stream") {
  Subscription subscription;
  {
    EventStream stream;
    subscription = stream.subscribe<RowsRead>([](const RowsRead&) {});
  }
  subscription = Subscription();
}

TEST_CASE("handlers run one at a time") {
  EventStream stream;
  int rows = 0;
  const auto subscription =
      stream.subscribe<RowsRead>([&](const RowsRead& event) { rows += event.count; });
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1'000; ++j) stream.emit(RowsRead{1});
    });
  }
  threads.clear();
  CHECK(rows == 4'000);
}
