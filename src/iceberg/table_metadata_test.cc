// SPDX-License-Identifier: Apache-2.0
#include "iceberg/table_metadata.h"

#include "base/testing.h"
#include "base/text.h"

namespace tarn::iceberg {

namespace {

constexpr std::string_view kMinimalV2 =
    R"({"format-version":2,"table-uuid":"9c12d441-03fe-4693-9a96-a0705ddf69c1",)"
    R"("location":"s3://bucket/t","last-sequence-number":34,"last-updated-ms":1602638573590,)"
    R"("last-column-id":3,"current-schema-id":0,"schemas":[{"type":"struct","schema-id":0,)"
    R"("fields":[{"id":1,"name":"x","required":true,"type":"long"},)"
    R"({"id":2,"name":"y","required":false,"type":"string"}]}],"default-spec-id":0,)"
    R"("partition-specs":[{"spec-id":0,"fields":[{"name":"x","transform":"identity",)"
    R"("source-id":1,"field-id":1000}]}],"last-partition-id":1000,"default-sort-order-id":0,)"
    R"("sort-orders":[{"order-id":0,"fields":[]}])";

std::string v2_with(std::string_view more) {
  return std::string(kMinimalV2) + (more.empty() ? "" : ",") + std::string(more) + "}";
}

}  // namespace

TEST_CASE("version 2 round trip keeps unknown members and large numbers") {
  const std::string text =
      R"({"format-version":2,"table-uuid":"9c12d441-03fe-4693-9a96-a0705ddf69c1",)"
      R"("location":"s3://bucket/t","last-sequence-number":34,"last-updated-ms":1602638573590,)"
      R"("last-column-id":3,"current-schema-id":1,"schemas":[{"type":"struct","schema-id":1,)"
      R"("identifier-field-ids":[1],"fields":[{"id":1,"name":"x","required":true,"type":"long",)"
      R"("u1":0}],"u2":[]}],"default-spec-id":0,"partition-specs":[{"spec-id":0,"fields":[)"
      R"({"source-id":1,"field-id":1000,"name":"x","transform":"identity","u3":1}],"u4":{}}],)"
      R"("last-partition-id":1000,"default-sort-order-id":3,"sort-orders":[{"order-id":3,)"
      R"("fields":[{"transform":"identity","source-id":1,"direction":"asc",)"
      R"("null-order":"nulls-first","u5":"5"}],"u6":6}],"properties":{"a":"b"},)"
      R"("current-snapshot-id":3055729675574597004,"refs":{"main":{)"
      R"("snapshot-id":3055729675574597004,"type":"branch","max-ref-age-ms":9007199254740993,)"
      R"("u7":7},"t":{"snapshot-id":3051729675574597004,"type":"tag"}},"snapshots":[)"
      R"({"sequence-number":0,"snapshot-id":3051729675574597004,"timestamp-ms":1515100955770,)"
      R"("summary":{"operation":"append"},"manifest-list":"s3://a/b/1.avro"},)"
      R"({"sequence-number":1,"snapshot-id":3055729675574597004,)"
      R"("parent-snapshot-id":3051729675574597004,"timestamp-ms":1555100955770,)"
      R"("summary":{"operation":"append","added-records":"2"},)"
      R"("manifest-list":"s3://a/b/2.avro","schema-id":1,"u8":8.5}],"statistics":[)"
      R"({"snapshot-id":3055729675574597004,"statistics-path":"s3://a/b/stats.puffin",)"
      R"("file-size-in-bytes":413,"file-footer-size-in-bytes":42,"blob-metadata":[)"
      R"({"type":"ndv","snapshot-id":3055729675574597004,"sequence-number":1,"fields":[1],)"
      R"("properties":{"ndv":"9"},"u9":null}],"u10":true}],"partition-statistics":[)"
      R"({"snapshot-id":3055729675574597004,"statistics-path":"s3://a/b/ps.parquet",)"
      R"("file-size-in-bytes":43,"u11":11}],"snapshot-log":[{"timestamp-ms":1515100955770,)"
      R"("snapshot-id":3051729675574597004},{"timestamp-ms":1555100955770,)"
      R"("snapshot-id":3055729675574597004}],"metadata-log":[{"timestamp-ms":1515100,)"
      R"("metadata-file":"s3://bucket/.../v1.json"}],"u12":{"deep":[9007199254740993]}})";
  const TableMetadata metadata = CHECK_OK(table_metadata_from_json(text));
  CHECK(table_metadata_to_json(metadata) == text);
  CHECK(metadata.current_snapshot()->parent_id == SnapshotId(3051729675574597004));
  CHECK(metadata.current_snapshot()->summary.at("added-records") == "2");
  CHECK(metadata.find_ref("t")->sequence_number == 0);
  CHECK(metadata.snapshot_at(1555100955769)->id == SnapshotId(3051729675574597004));
  CHECK(metadata.snapshot_at(1515100955769) == nullptr);
  CHECK(is_ancestor(metadata, SnapshotId(3051729675574597004), SnapshotId(3055729675574597004)));
  CHECK_FALSE(
      is_ancestor(metadata, SnapshotId(3055729675574597004), SnapshotId(3051729675574597004)));
  CHECK(ancestors(metadata, SnapshotId(3055729675574597004)).size() == 2);
}

TEST_CASE("version 3 round trip") {
  const std::string text =
      R"({"format-version":3,"table-uuid":"u","location":"/t","last-sequence-number":1,)"
      R"("last-updated-ms":5,"last-column-id":1,"current-schema-id":0,"schemas":[)"
      R"({"type":"struct","schema-id":0,"fields":[{"id":1,"name":"x","required":true,)"
      R"("type":"timestamp_ns","initial-default":"2017-11-16T22:31:08.123456789",)"
      R"("write-default":"2018-11-16T22:31:08"}]}],"default-spec-id":0,)"
      R"("partition-specs":[{"spec-id":0,"fields":[]}],"last-partition-id":999,)"
      R"("default-sort-order-id":0,"sort-orders":[{"order-id":0,"fields":[]}],"properties":{},)"
      R"("next-row-id":77,"refs":{"side":{"snapshot-id":5,"type":"branch"}},"snapshots":[)"
      R"({"sequence-number":1,"snapshot-id":5,"timestamp-ms":5,"summary":{"operation":"append"},)"
      R"("manifest-list":"/t/l","first-row-id":0,"added-rows":77,"key-id":"k"}],"statistics":[],)"
      R"("partition-statistics":[],"snapshot-log":[],"metadata-log":[],"encryption-keys":[)"
      R"({"key-id":"k","encrypted-key-metadata":"AA==","encrypted-by-id":"m",)"
      R"("properties":{"a":"b"},"x":1}]})";
  const TableMetadata metadata = CHECK_OK(table_metadata_from_json(text));
  CHECK(table_metadata_to_json(metadata) == text);
  CHECK(metadata.next_row_id == 77);
  CHECK(metadata.current_snapshot() == nullptr);
}

TEST_CASE("version 1 with the old single schema and spec") {
  const TableMetadata metadata = CHECK_OK(table_metadata_from_json(
      R"({"format-version":1,"location":"s3://b/t/","last-updated-ms":7,"last-column-id":2,)"
      R"("schema":{"type":"struct","fields":[{"id":1,"name":"x","required":true,"type":"long"}]},)"
      R"("partition-spec":[{"name":"x","transform":"identity","source-id":1}],)"
      R"("current-snapshot-id":-1,"snapshots":[{"snapshot-id":1,"timestamp-ms":3,)"
      R"("manifests":["s3://b/m1.avro"]}]})"));
  CHECK(metadata.uuid.empty());
  CHECK(metadata.location == "s3://b/t");
  CHECK(metadata.spec().fields[0].field_id == 1000);
  CHECK(metadata.last_partition_id == 1000);
  CHECK(metadata.sort_order().is_unsorted());
  CHECK_FALSE(metadata.current_snapshot_id.has_value());
  CHECK(metadata.refs.empty());
  CHECK(metadata.snapshots[0].manifests == std::vector<std::string>{"s3://b/m1.avro"});
  const std::string written = table_metadata_to_json(metadata);
  CHECK(written.find(R"("schema":{)") != std::string::npos);
  CHECK(written.find(R"("partition-spec":[)") != std::string::npos);
  CHECK(CHECK_OK(table_metadata_from_json(written)) == metadata);
}

TEST_CASE("a table without refs has main at its current snapshot") {
  const TableMetadata metadata = CHECK_OK(table_metadata_from_json(
      v2_with(R"("current-snapshot-id":9,"snapshots":[{"snapshot-id":9,"sequence-number":1,)"
              R"("timestamp-ms":1,"manifest-list":"l","summary":{"operation":"append"}}])")));
  CHECK(metadata.refs.at("main").snapshot_id == SnapshotId(9));
  CHECK(CHECK_OK(table_metadata_from_json(v2_with(""))).refs.empty());
  CHECK_FALSE(CHECK_OK(table_metadata_from_json(v2_with(R"("current-snapshot-id":-1)")))
                  .current_snapshot_id.has_value());
}

TEST_CASE("what metadata must have") {
  struct Case {
    std::string text;
    ErrorCode code;
    std::string message;
  };
  const auto without = [](std::string_view what, std::string_view with) {
    return replace_all(v2_with(""), what, with);
  };
  const std::vector<Case> cases = {
      {"{", ErrorCode::Corrupt, ""},
      {"[]", ErrorCode::Corrupt, "not an object"},
      {without("\"format-version\":2", "\"format-version\":4"), ErrorCode::Unsupported,
       "format version 4"},
      {without("\"format-version\":2", "\"format-version\":0"), ErrorCode::Corrupt,
       "format-version"},
      {without("\"format-version\":2", "\"format-version\":3"), ErrorCode::Corrupt, "next-row-id"},
      {without("table-uuid", "x"), ErrorCode::Corrupt, "table-uuid"},
      {without("\"location\"", "\"x\""), ErrorCode::Corrupt, "location"},
      {without("last-sequence-number", "x"), ErrorCode::Corrupt, "last-sequence-number"},
      {without("last-updated-ms", "x"), ErrorCode::Corrupt, "last-updated-ms"},
      {without("last-column-id", "x"), ErrorCode::Corrupt, "last-column-id"},
      {without("\"schemas\"", "\"x\""), ErrorCode::Corrupt, "schemas"},
      {without("\"current-schema-id\":0", "\"current-schema-id\":7"), ErrorCode::Corrupt,
       "`current-schema-id` 7"},
      {without("partition-specs", "x"), ErrorCode::Corrupt, "partition-specs"},
      {without("\"default-spec-id\":0", "\"default-spec-id\":7"), ErrorCode::Corrupt,
       "`default-spec-id` 7"},
      {without("last-partition-id", "x"), ErrorCode::Corrupt, "last-partition-id"},
      {without("\"sort-orders\"", "\"x\""), ErrorCode::Corrupt, "sort-orders"},
      {without("\"default-sort-order-id\":0", "\"default-sort-order-id\":7"), ErrorCode::Corrupt,
       "`default-sort-order-id` 7"},
      {without("\"id\":2", "\"id\":1"), ErrorCode::Corrupt, "field id 1 twice"},
      {without("\"last-column-id\":3", "\"last-column-id\":3000000000"), ErrorCode::Corrupt,
       "out of range"},
      {v2_with(R"("refs":{"a":{"snapshot-id":5,"type":"branch"}})"), ErrorCode::Corrupt,
       "missing snapshot 5"},
      {v2_with(R"("current-snapshot-id":5)"), ErrorCode::Corrupt, "missing snapshot 5"},
      {v2_with(R"("snapshots":[{"snapshot-id":9,"sequence-number":35,"timestamp-ms":1,)"
               R"("manifest-list":"l"}])"),
       ErrorCode::Corrupt, "sequence number 35"},
      {v2_with(R"("snapshots":[{"snapshot-id":9,"timestamp-ms":1}])"), ErrorCode::Corrupt,
       "manifest-list"},
      {v2_with(R"("current-snapshot-id":8,"refs":{"main":{"snapshot-id":9,"type":"branch"}},)"
               R"("snapshots":[{"snapshot-id":9,"timestamp-ms":1,"manifest-list":"l"},)"
               R"({"snapshot-id":8,"timestamp-ms":1,"manifest-list":"l"}])"),
       ErrorCode::Corrupt, "`main` is at 9"},
      {v2_with(R"("refs":{"main":{"snapshot-id":9,"type":"tag"}},)"
               R"("snapshots":[{"snapshot-id":9,"timestamp-ms":1,"manifest-list":"l"}])"),
       ErrorCode::Corrupt, "not a branch"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto result = table_metadata_from_json(c.text);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == c.code);
    CHECK_MESSAGE(describe(result.error()).find(c.message) != std::string::npos,
                  describe(result.error()));
  }
}

TEST_CASE("a cycle of parents ends the walk") {
  const TableMetadata metadata = CHECK_OK(table_metadata_from_json(
      v2_with(R"("snapshots":[{"snapshot-id":9,"parent-snapshot-id":8,"timestamp-ms":1,)"
              R"("manifest-list":"l"},{"snapshot-id":8,"parent-snapshot-id":9,"timestamp-ms":1,)"
              R"("manifest-list":"l"}])")));
  CHECK(ancestors(metadata, SnapshotId(9)).size() == 2);
}

TEST_CASE("partition types use the newest schema that has the column") {
  TableMetadata metadata = CHECK_OK(table_metadata_from_json(v2_with("")));
  Schema next = metadata.schema();
  next.schema_id = 1;
  next.fields.erase(next.fields.begin());
  metadata.schemas.push_back(next);
  metadata.current_schema_id = 1;
  CHECK(to_string(partition_type(metadata, metadata.spec())) == "struct<1000: x: optional long>");
}

}  // namespace tarn::iceberg
