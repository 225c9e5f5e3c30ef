// SPDX-License-Identifier: Apache-2.0
// What a run tells while it goes on: the terminal, the log and the history of runs listen
// (base/event.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "run/node_result.h"
#include "run/plan.h"

namespace tarn::run {

struct RunStarted {
  Command command = Command::Run;
  std::string invocation_id;
  std::string target;
  std::size_t threads = 1;
  const Plan* plan = nullptr;
  std::int64_t started_micros = 0;
};

struct NodeStarted {
  const project::Node* node = nullptr;
  std::size_t index = 0;  // from 1
  std::size_t total = 0;
  Command command = Command::Run;
};

struct NodeFinished {
  const NodeResult* result = nullptr;
  std::size_t index = 0;
  std::size_t total = 0;
  Command command = Command::Run;
};

// How far the nodes are that run now; told about four times a second.
struct RunProgressed {
  struct Running {
    const project::Node* node = nullptr;
    std::size_t index = 0;
    double seconds = 0;
    warehouse::Work work;
  };
  std::vector<Running> nodes;  // in the order in which they started
  std::size_t finished = 0;
  std::size_t total = 0;
};

// Texts of log() and print() in templates, warnings of macros.
struct Message {
  enum class Level : std::uint8_t { Debug, Info, Print, Warning, Error };
  Level level = Level::Info;
  const project::Node* node = nullptr;  // may be null
  std::string text;
};

struct RunFinished {
  const RunSummary* summary = nullptr;
};

}  // namespace tarn::run
