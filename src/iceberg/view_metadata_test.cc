// SPDX-License-Identifier: Apache-2.0
#include "iceberg/view_metadata.h"

#include "base/testing.h"
#include "base/text.h"

namespace tarn::iceberg {

namespace {

ViewDefinition definition_of(std::string sql, std::string dialect = "trino") {
  ViewDefinition definition;
  definition.schema.fields = {optional_field(1, "a", TypeKind::Int)};
  definition.version.default_namespace = {"db"};
  definition.version.default_catalog = "lake";
  definition.version.summary = {{"engine-name", "tarn"}};
  ViewRepresentation text;
  text.sql = std::move(sql);
  text.dialect = std::move(dialect);
  definition.version.representations = {text};
  return definition;
}

}  // namespace

TEST_CASE("view metadata round trip") {
  const std::string text =
      R"({"view-uuid":"fa6506c3-7681-40c8-86dc-e36561f83385","format-version":1,)"
      R"("location":"s3://bucket/v","properties":{"comment":"c"},"schemas":[{"type":"struct",)"
      R"("schema-id":1,"fields":[{"id":1,"name":"count","required":false,"type":"int"}]}],)"
      R"("current-version-id":1,"versions":[{"version-id":1,"timestamp-ms":1573518431292,)"
      R"("schema-id":1,"summary":{"engine-name":"Spark"},"default-catalog":"prod",)"
      R"("default-namespace":["default"],"representations":[{"type":"sql",)"
      R"("sql":"SELECT 1","dialect":"spark","x":1},{"type":"tree","tree":[]}],"y":2}],)"
      R"("version-log":[{"timestamp-ms":1573518431292,"version-id":1}],"z":3})";
  const ViewMetadata metadata = CHECK_OK(view_metadata_from_json(text));
  CHECK(view_metadata_to_json(metadata) == text);
  CHECK(metadata.current_version().find_sql("SPARK")->sql == "SELECT 1");
  CHECK(metadata.current_version().find_sql("trino") == nullptr);
  CHECK(metadata.schema().fields[0].name == "count");
  CHECK_ERROR(view_metadata_from_json(
                  replace_all(text, "\"current-version-id\":1", "\"current-version-id\":2")),
              ErrorCode::Corrupt, "current-version-id");
  CHECK_ERROR(
      view_metadata_from_json(replace_all(text, "\"format-version\":1", "\"format-version\":2")),
      ErrorCode::Unsupported, "format version 2");
}

TEST_CASE("versions of a view") {
  ViewMetadata view = CHECK_OK(make_view_metadata(definition_of("select 1"), "/v", "u",
                                                  {{"version.history.num-entries", "2"}}, 10));
  CHECK(view.current_version_id == 1);
  CHECK(view.schemas.size() == 1);
  CHECK(view.version_log.size() == 1);
  CHECK(CHECK_OK(replace_view_version(view, definition_of("select 1"), 11)) == view);
  view = CHECK_OK(replace_view_version(view, definition_of("select 2"), 12));
  CHECK(view.current_version_id == 2);
  CHECK(view.current_version().timestamp_ms == 12);
  view = CHECK_OK(replace_view_version(view, definition_of("select 1"), 13));
  CHECK(view.current_version_id == 1);
  view = CHECK_OK(replace_view_version(view, definition_of("select 3"), 14));
  CHECK(view.current_version_id == 3);
  CHECK(view.versions.size() == 2);
  CHECK(view.version_log.size() == 1);
  CHECK_OK(view_metadata_from_json(view_metadata_to_json(view)));
  CHECK_ERROR(replace_view_version(view, definition_of("select 1", "spark"), 15),
              ErrorCode::InvalidInput, "dialect `trino`");
  view.properties["replace.drop-dialect.allowed"] = "true";
  CHECK_OK(replace_view_version(view, definition_of("select 1", "spark"), 15));
  ViewDefinition twice = definition_of("select 1");
  twice.version.representations.push_back(twice.version.representations[0]);
  CHECK_ERROR(replace_view_version(view, twice, 15), ErrorCode::InvalidInput, "two texts");
  ViewDefinition none = definition_of("select 1");
  none.version.representations.clear();
  CHECK_ERROR(make_view_metadata(none, "/v", "u", {}, 1), ErrorCode::InvalidInput, "no SQL");
}

}  // namespace tarn::iceberg
