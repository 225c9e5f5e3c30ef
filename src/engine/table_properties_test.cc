// SPDX-License-Identifier: Apache-2.0
#include "engine/table_properties.h"

#include "base/testing.h"
#include "base/text.h"
#include "types/error_name.h"

namespace tarn::engine {
namespace {

iceberg::Schema test_schema() {
  iceberg::Schema schema;
  schema.fields = {
      iceberg::optional_field(1, "id", iceberg::TypeKind::Long),
      iceberg::optional_field(2, "day", iceberg::TypeKind::Date),
      iceberg::optional_field(3, "name", iceberg::TypeKind::String),
      iceberg::optional_field(
          4, "r",
          iceberg::struct_type({iceberg::optional_field(5, "x y", iceberg::TypeKind::Int)})),
      iceberg::optional_field(6, "id_bucket", iceberg::TypeKind::String)};
  return schema;
}

std::string partitioning(const std::vector<std::string>& texts) {
  const auto schema = test_schema();
  const auto spec = parse_partitioning(texts, schema);
  if (!spec) return types::split_error(spec.error()).message;
  std::string out;
  for (const auto& field : spec->fields) out += field.name + " ";
  return out + "= " + join(partitioning_texts(*spec, schema), ", ");
}

TEST_CASE("partitioning is read and shown as Trino does") {
  struct Case {
    std::vector<std::string> texts;
    const char* expected;
  };
  const std::string prefix = "Unable to parse partitioning value: ";
  const Case cases[] = {
      {{}, "= "},
      {{"id"}, "id = id"},
      {{"ID", "month( DAY )"}, "id day_month = id, month(day)"},
      {{"bucket(name, 16)", "truncate(name,3)"},
       "name_bucket name_trunc = bucket(name, 16), truncate(name, 3)"},
      {{"\"r.x y\""}, "r.x y = \"r.x y\""},
      // Another column has the name.
      {{"bucket(id, 2)"}, "id_bucket_2 = bucket(id, 2)"},
      {{"nosuch"}, "Cannot find source column: nosuch"},
      {{"day(id)"}, "Invalid source type long for transform: day"},
      {{"bucket(name, 0)"}, "Invalid number of buckets: 0 (must be > 0)"},
      {{"bucket(name)"}, "Invalid partition field declaration: bucket(name)"},
      {{"foo(name)"}, "Invalid partition field declaration: foo(name)"},
      {{"id", "id"}, "Cannot use partition name more than once: id"},
      {{"day(day)", "month(day)"},
       "Cannot add redundant partition: 1000: day_day: day(2) conflicts with 1001: day_month: "
       "month(2)"},
      {{"r"}, "Cannot partition by non-primitive source field: struct<5: x y: optional int>"},
      {{"id) or (1"}, "Invalid partition field declaration: id) or (1"},
      {{"\"id"}, "Invalid partition field declaration: \"id"},
  };
  for (const Case& test : cases) {
    INFO(join(test.texts, "; "));
    const std::string got = partitioning(test.texts);
    CHECK((got == test.expected || got == prefix + test.expected));
  }
}

TEST_CASE("sorted_by has Trino's defaults") {
  const auto schema = test_schema();
  const auto order = CHECK_OK(parse_sorted_by(
      {"id", "name DESC", "day desc nulls first", "\"id\" ASC NULLS LAST"}, schema));
  CHECK(join(sorted_by_texts(order, schema), ", ") ==
        "id ASC NULLS FIRST, name DESC NULLS LAST, day DESC NULLS FIRST, id ASC NULLS LAST");
  CHECK_ERROR(parse_sorted_by({"id NULLS"}, schema), ErrorCode::InvalidInput, "id NULLS");
  CHECK_ERROR(parse_sorted_by({"nosuch"}, schema), ErrorCode::NotFound, "nosuch");
}

GivenProperty text_property(const char* name, const char* value) {
  return {name, types::TypedValue{types::make_varchar(), types::Value(std::string(value))}};
}
GivenProperty number_property(const char* name, std::int64_t value) {
  return {name, types::TypedValue{types::make_type(types::TypeKind::Integer), types::Value(value)}};
}

TEST_CASE("properties of a new table") {
  const auto properties = CHECK_OK(read_table_properties(
      {text_property("format", "parquet"), number_property("max_commit_retry", 7),
       number_property("format_version", 1), text_property("compression_codec", "snappy"),
       text_property("type", "ICEBERG"), text_property("target_max_file_size", "64MB")},
      "lake", PropertyUse::CreateTable));
  const auto stored = new_table_properties(properties);
  CHECK(stored.at("write.format.default") == "PARQUET");
  CHECK(stored.at("commit.retry.num-retries") == "7");
  CHECK(stored.at("format-version") == "1");
  CHECK(stored.at("write.parquet.compression-codec") == "snappy");
  CHECK(stored.at("write.target-file-size-bytes") == "67108864");
}

TEST_CASE("wrong properties are named") {
  struct Case {
    GivenProperty given;
    const char* message;
  };
  const Case cases[] = {
      {number_property("nonsense", 1), "Catalog 'lake' table property 'nonsense' does not exist"},
      {text_property("format", "CSV"),
       "Unable to set catalog 'lake' table property 'format' to ['CSV']: Invalid value [CSV]. "
       "Valid "
       "values: [ORC, PARQUET, AVRO]"},
      {number_property("format", 5),
       "Invalid value for catalog 'lake' table property 'format': Cannot convert [5] to varchar"},
      {text_property("partitioning", "b"),
       "Invalid value for catalog 'lake' table property 'partitioning': Cannot convert ['b'] to "
       "array(varchar)"},
      {number_property("format_version", 9),
       "Unable to set catalog 'lake' table property 'format_version' to [9]: format_version must "
       "be "
       "between 1 and 3"},
      {text_property("type", "hive"),
       "Unable to set catalog 'lake' table property 'type' to ['hive']: the only type of tables is "
       "iceberg"},
  };
  for (const Case& test : cases) {
    const auto result = read_table_properties({test.given}, "lake", PropertyUse::CreateTable);
    REQUIRE_FALSE(result.has_value());
    CHECK(types::split_error(result.error()).message == test.message);
    CHECK(types::split_error(result.error()).name == "INVALID_TABLE_PROPERTY");
  }
}

}  // namespace
}  // namespace tarn::engine
