// SPDX-License-Identifier: Apache-2.0
#include "run/snapshot_sql.h"

#include <doctest/doctest.h>

#include "base/testing.h"
#include "sql/parser.h"

namespace tarn::run {

namespace {

SnapshotStatement example(HardDeletes hard_deletes, KeyCheck check) {
  SnapshotStatement out;
  out.target = "\"lake\".\"snap\".\"customer\"";
  out.source_sql = "select id, part, name from \"shop\".\"public\".\"customer\"";
  out.strategy = {
      .unique_key = {"id", "part"},
      .updated_at = "cast(current_timestamp(6) as timestamp(6))",
      .scd_id = "lower(to_hex(md5(to_utf8(concat(coalesce(cast(id as varchar), ''), '|')))))",
      .row_changed = "snapshotted_data.name <> source_data.name",
      .hard_deletes = hard_deletes};
  out.now = "cast(current_timestamp(6) as timestamp(6))";
  out.source_columns = {"id", "part", "na\"me"};
  out.key_check = check;
  return out;
}

}  // namespace

TEST_CASE("the statements of a snapshot are Trino SQL") {
  for (auto hard_deletes : {HardDeletes::Ignore, HardDeletes::Invalidate, HardDeletes::NewRecord}) {
    for (auto check : {KeyCheck::Fail, KeyCheck::Accept}) {
      for (const char* current : {"", "timestamp '9999-12-31 00:00:00'"}) {
        for (auto search : {KeySearch::Window, KeySearch::FirstSeen}) {
          auto statement = example(hard_deletes, check);
          statement.valid_to_current = current;
          statement.key_search = search;
          CHECK_OK(sql::parse_statement(snapshot_first_query(statement)));
          CHECK_OK(sql::parse_statement(snapshot_merge(statement)));
          CHECK_OK(sql::parse_statement(snapshot_key_report(statement)));
        }
      }
    }
  }
}

TEST_CASE("the source is named once in each statement") {
  const auto statement = example(HardDeletes::NewRecord, KeyCheck::Fail);
  for (const std::string& text : {snapshot_first_query(statement), snapshot_merge(statement)}) {
    const auto first = text.find("\"shop\"");
    REQUIRE(first != std::string::npos);
    CHECK(text.find("\"shop\"", first + 1) == std::string::npos);
  }
}

}  // namespace tarn::run
