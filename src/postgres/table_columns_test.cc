// SPDX-License-Identifier: Apache-2.0
#include "postgres/table_columns.h"

#include "base/decimal.h"
#include "base/testing.h"
#include "postgres/copy.h"
#include "postgres/copy_decoder.h"
#include "postgres/testing.h"

namespace tarn::postgres {
namespace {

Connection connect_to_test_server() {
  ConnectionOptions options;
  options.target = TestServer::url();
  options.settings = {{"TimeZone", "UTC"}, {"client_min_messages", "warning"}};
  return CHECK_OK(Connection::connect(options));
}

// Streams a table into one batch after the other.
template <typename Visit>
void read_table(Connection& connection, const std::string& table,
                const std::vector<ColumnPlan>& plans, Visit visit) {
  CopyDecoder decoder(plans);
  RowBatch batch = decoder.make_batch();
  auto copy = CHECK_OK(CopyOut::start(
      connection, fmt::format("COPY (SELECT {} FROM {} ORDER BY 1) TO STDOUT (FORMAT binary)",
                              select_list(plans), table)));
  while (auto piece = CHECK_OK(copy.next())) {
    std::string_view rest = *piece;
    while (!rest.empty()) {
      rest.remove_prefix(CHECK_OK(decoder.decode(rest, batch)));
      if (decoder.is_full(batch)) {
        visit(batch);
        batch.clear();
      }
    }
  }
  CHECK(decoder.finish().has_value());
  visit(batch);
  CHECK(static_cast<std::int64_t>(decoder.row_count()) == copy.row_count());
}

std::vector<ColumnPlan> plan_table(Connection& connection, const std::string& table) {
  const TypeTable types = CHECK_OK(load_type_table(connection));
  std::vector<ColumnPlan> plans;
  for (const SourceColumn& column : CHECK_OK(load_columns(connection, "public", table))) {
    plans.push_back(CHECK_OK(plan_column(column.name, column.type, column.modifier, types, {})));
  }
  return plans;
}

TEST_CASE("columns of a table, with keys and comments") {
  if (TestServer::url().empty()) return;
  Connection connection = connect_to_test_server();
  CHECK(connection
            .execute("DROP TABLE IF EXISTS described; DROP DOMAIN IF EXISTS amount;"
                     "CREATE DOMAIN amount AS numeric(12,3);"
                     "CREATE TABLE described (gone int, \"B b\" amount NOT NULL, a int,"
                     " c varchar(7), twice int GENERATED ALWAYS AS (a * 2) STORED,"
                     " PRIMARY KEY (c, a));"
                     "ALTER TABLE described DROP COLUMN gone;"
                     "COMMENT ON COLUMN described.c IS 'it''s c'")
            .has_value());
  const auto columns = CHECK_OK(load_columns(connection, "public", "described"));
  REQUIRE(columns.size() == 4);
  CHECK(columns[0].name == "B b");
  CHECK_FALSE(columns[0].is_nullable);
  CHECK(columns[1].primary_key_position == 2);
  CHECK(columns[2].primary_key_position == 1);
  CHECK(columns[2].comment == "it's c");
  CHECK(columns[3].is_generated);
  const auto plans = plan_table(connection, "described");
  CHECK(plans[0].target_type == "decimal(12,3)");
  CHECK(plans[0].source_type == "amount");
  CHECK_ERROR(load_columns(connection, "public", "nosuch"), ErrorCode::NotFound, "nosuch");
  CHECK(CHECK_OK(load_money_scale(connection)) == 2);
}

TEST_CASE("random numerics arrive as the server prints them") {
  if (TestServer::url().empty()) return;
  Connection connection = connect_to_test_server();
  CHECK(
      connection
          .execute("DROP TABLE IF EXISTS numbers; SELECT setseed(0.5);"
                   "CREATE TABLE numbers AS SELECT n, v::numeric(38,12) AS d, v::text AS dt,"
                   " w::numeric(14,3) AS s, w::numeric(14,3)::text AS st, v * w AS u,"
                   " (v * w)::text AS ut FROM (SELECT n,"
                   "  trunc((random() - 0.5)::numeric * 10::numeric ^ (n % 26), 12)::numeric(38,12)"
                   "  AS v,"
                   "  trunc((random() - 0.5)::numeric * 10::numeric ^ (n % 11), 3) AS w"
                   "  FROM generate_series(1, 5000) n) q")
          .has_value());
  const auto plans = plan_table(connection, "numbers");
  CHECK(plans[1].target_type == "decimal(38,12)");
  CHECK(plans[3].target_type == "decimal(14,3)");
  CHECK(plans[5].target_type == "string");
  std::size_t wrong = 0;
  read_table(connection, "numbers", plans, [&](const RowBatch& batch) {
    const auto text = [&](std::size_t column, std::size_t row) {
      return batch.columns[column].text_at(row);
    };
    for (std::size_t row = 0; row < batch.row_count; ++row) {
      wrong += format_decimal(batch.columns[1].at<Int128>(row), 12) != text(2, row);
      wrong += format_decimal(batch.columns[3].at<std::int64_t>(row), 3) != text(4, row);
      wrong += text(5, row) != text(6, row);
    }
  });
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace tarn::postgres
