// SPDX-License-Identifier: Apache-2.0
#include "base/testing.h"
#include "iceberg/table_requirement.h"
#include "iceberg/table_update.h"

namespace tarn::iceberg {

TEST_CASE("every update has its REST form") {
  const std::string text =
      R"([{"action":"assign-uuid","uuid":"u"},{"action":"upgrade-format-version",)"
      R"("format-version":2},{"action":"add-schema","schema":{"type":"struct","schema-id":1,)"
      R"("fields":[]}},{"action":"set-current-schema","schema-id":-1},{"action":"add-spec",)"
      R"("spec":{"spec-id":1,"fields":[{"source-id":1,"name":"a","transform":"void"}]}},)"
      R"({"action":"set-default-spec","spec-id":-1},{"action":"add-sort-order",)"
      R"("sort-order":{"order-id":0,"fields":[]}},{"action":"set-default-sort-order",)"
      R"("sort-order-id":0},{"action":"add-snapshot","snapshot":{"sequence-number":1,)"
      R"("snapshot-id":9007199254740993,"timestamp-ms":1,"summary":{"operation":"append"},)"
      R"("manifest-list":"l"}},{"action":"set-snapshot-ref","ref-name":"main",)"
      R"("snapshot-id":9007199254740993,"type":"branch","min-snapshots-to-keep":2},)"
      R"({"action":"remove-snapshots","snapshot-ids":[1,2]},{"action":"remove-snapshot-ref",)"
      R"("ref-name":"t"},{"action":"set-location","location":"/t"},{"action":"set-properties",)"
      R"("updates":{"a":"b"}},{"action":"remove-properties","removals":["c"]},)"
      R"({"action":"set-statistics","snapshot-id":1,"statistics":{"snapshot-id":1,)"
      R"("statistics-path":"p","file-size-in-bytes":1,"file-footer-size-in-bytes":1,)"
      R"("blob-metadata":[]}},{"action":"remove-statistics","snapshot-id":1},)"
      R"({"action":"set-partition-statistics","partition-statistics":{"snapshot-id":1,)"
      R"("statistics-path":"p","file-size-in-bytes":1}},{"action":"remove-partition-statistics",)"
      R"("snapshot-id":1},{"action":"remove-partition-specs","spec-ids":[1]},)"
      R"({"action":"remove-schemas","schema-ids":[1]},{"action":"add-encryption-key",)"
      R"("encryption-key":{"key-id":"k","encrypted-key-metadata":"AA=="}},)"
      R"({"action":"remove-encryption-key","key-id":"k"}])";
  const auto updates = CHECK_OK(table_updates_from_json(text));
  CHECK(updates.size() == 23);
  CHECK(table_updates_to_json(updates) == text);
  CHECK_ERROR(table_updates_from_json(R"([{"action":"set-magic"}])"), ErrorCode::InvalidInput,
              "unknown update `set-magic`");
  CHECK_ERROR(table_updates_from_json(R"([{"action":"set-location"}])"), ErrorCode::Corrupt,
              "location");
  const auto old =
      CHECK_OK(table_updates_from_json(R"([{"action":"set-properties","updated":{"a":"b"}},)"
                                       R"({"action":"remove-properties","removed":["c"]}])"));
  CHECK(old[0].properties.at("a") == "b");
  CHECK(old[1].names == std::vector<std::string>{"c"});
}

TEST_CASE("every requirement has its REST form") {
  const std::string text =
      R"([{"type":"assert-create"},{"type":"assert-table-uuid","uuid":"u"},)"
      R"({"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":9007199254740993},)"
      R"({"type":"assert-ref-snapshot-id","ref":"x","snapshot-id":null},)"
      R"({"type":"assert-last-assigned-field-id","last-assigned-field-id":1},)"
      R"({"type":"assert-current-schema-id","current-schema-id":2},)"
      R"({"type":"assert-last-assigned-partition-id","last-assigned-partition-id":3},)"
      R"({"type":"assert-default-spec-id","default-spec-id":4},)"
      R"({"type":"assert-default-sort-order-id","default-sort-order-id":5}])";
  const auto requirements = CHECK_OK(table_requirements_from_json(text));
  CHECK(table_requirements_to_json(requirements) == text);
  CHECK_ERROR(table_requirements_from_json(R"([{"type":"assert-x"}])"), ErrorCode::InvalidInput,
              "unknown requirement `assert-x`");
}

}  // namespace tarn::iceberg
