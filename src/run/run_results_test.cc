// SPDX-License-Identifier: Apache-2.0
#include "run/run_results.h"

#include <doctest/doctest.h>

#include "base/testing.h"

namespace tarn::run {

TEST_CASE("results that are written can be read back") {
  project::Node model;
  model.unique_id = "model.shop.orders";
  model.relation_name = "\"lake\".\"shop\".\"orders\"";
  project::Node test;
  test.unique_id = "test.shop.unique_orders";
  RunSummary summary{.started_micros = 1'700'000'000'000'000, .seconds = 1.5};
  summary.results.push_back({.node = &model,
                             .status = NodeStatus::PartialSuccess,
                             .message = "MERGE (3 rows)",
                             .timings = {{"compile", 1'700'000'000'000'000, 1'700'000'000'000'001}},
                             .response = {.message = "MERGE (3 rows)", .rows_affected = 3}});
  summary.results.push_back({.node = &test, .status = NodeStatus::Fail, .failures = 7});
  RunResultsHead head{.dbt_version = "1.11.16",
                      .invocation_id = "id",
                      .generated_micros = 1'700'000'001'000'042,
                      .arguments = {{"which", "\"build\""}, {"select", "[\"orders+\"]"}}};
  const std::string text = write_run_results(head, summary);
  CHECK(text.find("\"generated_at\":\"2023-11-14T22:13:21.000042Z\"") != std::string::npos);
  CHECK(text.find("\"rows_affected\":3") != std::string::npos);
  auto read = read_run_results(text);
  CHECK_OK(read);
  CHECK(read->command == "build");
  CHECK(read->arguments.at("select") == "[\"orders+\"]");
  REQUIRE(read->results.size() == 2);
  CHECK(read->results[0].unique_id == "model.shop.orders");
  CHECK(read->results[0].status == NodeStatus::PartialSuccess);
  CHECK(read->results[1].status == NodeStatus::Fail);
}

TEST_CASE("other documents are refused") {
  CHECK_ERROR(read_run_results("{}"), ErrorCode::Corrupt, "results");
  CHECK_ERROR(read_run_results("[1]"), ErrorCode::Corrupt, "not a JSON object");
  CHECK_ERROR(read_run_results(R"({"results":[{"unique_id":"a","status":"odd"}],"args":{}})"),
              ErrorCode::Corrupt, "unknown status `odd`");
}

}  // namespace tarn::run
