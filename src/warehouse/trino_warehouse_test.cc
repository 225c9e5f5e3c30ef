// SPDX-License-Identifier: Apache-2.0
#include "warehouse/trino_warehouse.h"

#include "base/testing.h"
#include "trino/testing.h"

namespace tarn::warehouse {
namespace {

std::string page(const std::string& rest, const std::string& next = "") {
  const auto uri = next.empty() ? "" : R"("nextUri":"http://SERVER)" + next + R"(",)";
  return trino::json_answer(R"({"id":"q1",)" + uri +
                            R"("columns":[{"name":"a","type":"bigint"}],)" + rest + R"("x":1})");
}

std::unique_ptr<Warehouse> open(const std::string& url) {
  TrinoOptions options{.client = {.server = url, .user = "anna"}, .session = {}};
  options.session.catalog = "lake";
  options.session.schema = "s";
  return CHECK_OK(make_trino_warehouse(std::move(options)));
}

TEST_CASE("a connection keeps its session, another one starts afresh") {
  trino::Playback server(
      {trino::json_answer(R"({"id":"q1","updateType":"USE"})", "X-Trino-Set-Schema: t\r\n"),
       page(R"("data":[[1]],)"), page("")});
  auto warehouse = open(server.url());
  CHECK(warehouse->kind() == Kind::Trino);
  auto connection = CHECK_OK(warehouse->connect());
  CHECK(CHECK_OK(connection->execute("USE t")).update_type == "USE");
  const auto answer = CHECK_OK(connection->execute("SELECT 1"));
  CHECK(answer.columns.at(0).name == "a");
  CHECK(answer.rows.at(0).at(0).as_int() == 1);
  CHECK(answer.query_id == "q1");
  CHECK(CHECK_OK(CHECK_OK(warehouse->connect())->execute("SELECT 1")).rows.empty());
  const char* schemas[] = {"s", "t", "s"};
  for (int i = 0; i < 3; ++i) {
    CHECK(server.requests()[i].find(std::string("X-Trino-Schema: ") + schemas[i] + "\r\n") !=
          std::string::npos);
  }
}

TEST_CASE("only as many rows as asked for; changes run to their end") {
  const auto rows = R"("data":[[1],[2],[3]],)";
  const struct {
    std::size_t rows_max;
    std::size_t rows;
    const char* update_type;
    const char* last_request;
  } cases[] = {
      {0, 6, "", "GET /2"},    {2, 2, "", "DELETE /1"}, {3, 3, "", "DELETE /1"},
      {4, 4, "", "DELETE /2"}, {7, 6, "", "GET /2"},    {1, 1, "INSERT", "GET /2"},
  };
  for (const auto& row : cases) {
    CAPTURE(row.rows_max);
    const auto update = std::string(R"("updateType":")") + row.update_type + R"(",)";
    trino::Playback server({page(rows + update, "/1"), page(rows + update, "/2"), page(update)});
    auto warehouse = open(server.url());
    auto connection = CHECK_OK(warehouse->connect());
    CHECK(CHECK_OK(connection->execute("X", nullptr, row.rows_max)).rows.size() == row.rows);
    CHECK(server.request_lines().back() == row.last_request);
  }
}

TEST_CASE("wrong options") {
  TrinoOptions options{.client = {.server = "https://h", .user = "a"}, .session = {}};
  options.session.schema = "s";
  CHECK_ERROR(make_trino_warehouse(options), ErrorCode::InvalidInput, "catalog");
  options.session.schema.reset();
  options.client.server = "h";
  CHECK_ERROR(make_trino_warehouse(options), ErrorCode::InvalidInput, "http");
}

}  // namespace
}  // namespace tarn::warehouse
