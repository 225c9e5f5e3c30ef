// SPDX-License-Identifier: Apache-2.0
#include "run/schema_change.h"

#include <doctest/doctest.h>

namespace tarn::run {

TEST_CASE("columns of a query against those of the table") {
  const auto change = compare_columns({{"ID", "bigint"},
                                       {"name", "varchar(3)"},
                                       {"small", "smallint"},
                                       {"new", "date"},
                                       {"amount", "decimal(12,2)"},
                                       {"at", "timestamp(3)"}},
                                      {{"id", "integer"},
                                       {"name", "varchar"},
                                       {"small", "integer"},
                                       {"old", "date"},
                                       {"amount", "decimal(10,2)"},
                                       {"at", "timestamp(6)"}});
  REQUIRE(change.added.size() == 1);
  CHECK(change.added[0].name == "new");
  REQUIRE(change.removed.size() == 1);
  CHECK(change.removed[0].name == "old");
  REQUIRE(change.retyped.size() == 2);
  CHECK(change.retyped[0].name == "id");
  CHECK(change.retyped[1].to == "decimal(12,2)");
}

TEST_CASE("only what the table format allows is widened in place") {
  CHECK(can_widen("integer", "bigint"));
  CHECK(can_widen("real", "double"));
  CHECK(can_widen("decimal(10,2)", "decimal(12,2)"));
  CHECK_FALSE(can_widen("decimal(10,2)", "decimal(12,3)"));
  CHECK_FALSE(can_widen("bigint", "integer"));
  CHECK_FALSE(can_widen("date", "timestamp(6)"));
}

TEST_CASE("statements name columns in quotes and types as tables keep them") {
  CHECK(add_column_statements("t", {{"a\"b", "varchar(3)"}}) ==
        std::vector<std::string>{"alter table t add column \"a\"\"b\" varchar"});
  CHECK(widen_column_statements("t", {{"id", "integer", "bigint"}}) ==
        std::vector<std::string>{"alter table t alter column \"id\" set data type bigint"});
}

TEST_CASE("words of on_schema_change") {
  CHECK(parse_on_schema_change("") == OnSchemaChange::Ignore);
  CHECK(parse_on_schema_change("sync_all_columns") == OnSchemaChange::SyncAllColumns);
  CHECK_FALSE(parse_on_schema_change("sometimes"));
}

}  // namespace tarn::run
