// SPDX-License-Identifier: Apache-2.0
#include "iceberg/partition.h"

#include <array>

#include "base/testing.h"
#include "iceberg/sort_order.h"

namespace tarn::iceberg {

namespace {

Schema partition_test_schema() {
  Schema schema;
  schema.fields = {required_field(1, "id", TypeKind::Long),
                   optional_field(2, "ts", TypeKind::Timestamp),
                   optional_field(3, "data", TypeKind::String),
                   optional_field(4, "list", list_type(5, TypeKind::Int, false))};
  return schema;
}

PartitionSpec spec_of(std::string_view text) { return CHECK_OK(partition_spec_from_json(text)); }

}  // namespace

TEST_CASE("partition spec JSON") {
  const std::string text =
      R"({"spec-id":1,"fields":[{"source-id":2,"field-id":1000,"name":"ts_day","transform":"day"},)"
      R"({"source-id":1,"field-id":1001,"name":"id_bucket","transform":"bucket[16]","x":1},)"
      R"({"source-ids":[1,3],"field-id":1002,"name":"z","transform":"zorder[1]"}],"y":"z"})";
  CHECK(partition_spec_to_json(spec_of(text)) == text);
  const auto fields =
      CHECK_OK(partition_fields_from_json(R"([{"source-id":1,"name":"id","transform":"identity"},)"
                                          R"({"source-id":3,"name":"data","transform":"void"}])",
                                          7));
  CHECK(fields.spec_id == 7);
  CHECK(fields.fields[1].field_id == 1001);
  CHECK_ERROR(partition_spec_from_json(R"({"spec-id":1,"fields":[{"name":"a"}]})"),
              ErrorCode::Corrupt, "source-id");
}

TEST_CASE("partition types and paths") {
  const PartitionSpec spec = spec_of(
      R"({"spec-id":1,"fields":[{"source-id":2,"field-id":1000,"name":"ts_day","transform":"day"},)"
      R"({"source-id":3,"field-id":1001,"name":"da ta","transform":"identity"},)"
      R"({"source-id":9,"field-id":1002,"name":"gone","transform":"bucket[4]"},)"
      R"({"source-id":9,"field-id":1003,"name":"lost","transform":"identity"}]})");
  CHECK(to_string(partition_type(spec, partition_test_schema())) ==
        "struct<1000: ts_day: optional date, 1001: da ta: optional string, "
        "1002: gone: optional int, 1003: lost: optional unknown>");
  const PartitionTuple tuple{{date_value(17486), string_value("a/b=ü c"), int_value(3), Value{}}};
  CHECK(partition_path(spec, tuple) == "ts_day=2017-11-16/da+ta=a%2Fb%3D%C3%BC+c/gone=3/lost=null");
  CHECK(partition_path(PartitionSpec{}, PartitionTuple{}).empty());
  CHECK(PartitionTupleHash{}(tuple) == PartitionTupleHash{}(PartitionTuple{tuple}));
}

TEST_CASE("the type over all specs takes the newest names") {
  const std::array specs = {
      spec_of(R"({"spec-id":0,"fields":[{"source-id":3,"field-id":1000,"name":"d",)"
              R"("transform":"identity"}]})"),
      spec_of(R"({"spec-id":1,"fields":[{"source-id":9,"field-id":1000,"name":"d2",)"
              R"("transform":"void"},{"source-id":2,"field-id":1001,"name":"h",)"
              R"("transform":"hour"}]})")};
  CHECK(to_string(unified_partition_type(specs, partition_test_schema())) ==
        "struct<1000: d2: optional string, 1001: h: optional int>");
}

TEST_CASE("rules of partition specs") {
  const auto check = [](std::string_view fields) {
    const auto spec = CHECK_OK(partition_fields_from_json(fields, 0));
    const auto result = validate_partition_spec(spec, partition_test_schema());
    return result ? std::string() : result.error().message;
  };
  CHECK(check(R"([{"source-id":1,"name":"id","transform":"identity"}])").empty());
  CHECK(check(R"([{"source-id":1,"name":"ts","transform":"identity"}])").find("name of a column") !=
        std::string::npos);
  CHECK(check(R"([{"source-id":1,"name":"x","transform":"hour"}])").find("does not take") !=
        std::string::npos);
  CHECK(check(R"([{"source-id":8,"name":"x","transform":"hour"}])").find("missing source") !=
        std::string::npos);
  CHECK(check(R"([{"source-id":5,"name":"x","transform":"identity"}])").find("list") !=
        std::string::npos);
  CHECK(check(R"([{"source-id":1,"name":"x","transform":"bucket[2]"},)"
              R"({"source-id":1,"name":"x","transform":"bucket[3]"}])")
            .find("twice") != std::string::npos);
}

TEST_CASE("sort order JSON and rules") {
  const std::string text =
      R"({"order-id":1,"fields":[{"transform":"identity","source-id":1,"direction":"desc",)"
      R"("null-order":"nulls-last"},{"transform":"bucket[4]","source-id":3,"direction":"asc",)"
      R"("null-order":"nulls-first","q":null}]})";
  const SortOrder order = CHECK_OK(sort_order_from_json(text));
  CHECK(sort_order_to_json(order) == text);
  CHECK_OK(validate_sort_order(order, partition_test_schema()));
  SortOrder bad = order;
  bad.fields[0].source_id = 4;
  CHECK_ERROR(validate_sort_order(bad, partition_test_schema()), ErrorCode::InvalidInput, "list");
  CHECK_ERROR(
      sort_order_from_json(R"({"order-id":1,"fields":[{"transform":"identity","source-id":1,)"
                           R"("direction":"up","null-order":"nulls-last"}]})"),
      ErrorCode::Corrupt, "direction");
}

}  // namespace tarn::iceberg
