// SPDX-License-Identifier: Apache-2.0
#include "iceberg/name_mapping.h"

#include "base/testing.h"

namespace tarn::iceberg {

TEST_CASE("name mapping JSON and updates") {
  const std::string text =
      R"([{"field-id":1,"names":["id","record_id"]},{"names":["data"]},)"
      R"({"field-id":3,"names":["location"],"fields":[{"field-id":4,"names":["latitude","lat"]}]}])";
  const NameMapping mapping = CHECK_OK(name_mapping_from_json(text));
  CHECK(name_mapping_to_json(mapping) == text);
  CHECK(find_mapped(mapping.fields, "record_id")->field_id == 1);
  CHECK(find_mapped(mapping.fields, "data")->field_id == std::nullopt);
  CHECK(find_mapped(mapping.fields, "x") == nullptr);
  CHECK_ERROR(name_mapping_from_json(R"([{"names":["a"]},{"names":["a"]}])"), ErrorCode::Corrupt,
              "mapped twice");
  CHECK_ERROR(name_mapping_from_json("{}"), ErrorCode::Corrupt, "not an array");
}

TEST_CASE("name mappings follow the schema") {
  Schema schema;
  schema.fields = {optional_field(1, "a", TypeKind::Int),
                   optional_field(2, "l", list_type(3, TypeKind::Int, false))};
  NameMapping mapping = make_name_mapping(schema);
  CHECK(name_mapping_to_json(mapping) ==
        R"([{"field-id":1,"names":["a"]},{"field-id":2,"names":["l"],"fields":)"
        R"([{"field-id":3,"names":["element"]}]}])");
  schema.fields[0].name = "b";
  schema.fields.push_back(optional_field(4, "a", TypeKind::Int));
  mapping = update_name_mapping(mapping, schema);
  CHECK(find_mapped(mapping.fields, "a")->field_id == 4);
  CHECK(find_mapped(mapping.fields, "b")->field_id == 1);
}

}  // namespace tarn::iceberg
