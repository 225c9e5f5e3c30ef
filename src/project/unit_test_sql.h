// SPDX-License-Identifier: Apache-2.0
// Unit tests as queries: the tested model's SQL over its given rows.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "project/compile.h"
#include "project/session.h"

namespace tarn::project {

// What replaces the outside world while a unit test's model renders.
struct UnitTestScope {
  // Unique id of a node that is given → name of its CTE; in the order of `given`.
  std::vector<std::pair<std::string_view, std::string>> inputs;
  Data vars;
  Data env_vars;
  const std::string* find(std::string_view unique_id) const;
};

struct CompiledUnitTest {
  // A node to run with Session: `Session(…, {.node = &test.node, .compiled_code = test.code,
  // .config = test.config}).materialize()`, then result("main") has the rows, `actual_or_expected`
  // last.
  Node node;
  std::string code;
  std::vector<std::pair<std::string, jinja::Value>> config;
  std::vector<LogLine> logs;
  std::vector<std::string> warnings;

  std::unique_ptr<Arena> arena;
};

// Asks the adapter for the columns of the given nodes. `defer` maps unique ids to the relations of
// an earlier run.
Result<CompiledUnitTest> compile_unit_test(
    const Project& project, const Node& test, Adapter& adapter, RelationCache& cache,
    const std::map<std::string, RelationParts>* defer = nullptr);

}  // namespace tarn::project
