// SPDX-License-Identifier: Apache-2.0
#include "iceberg/schema.h"

#include <array>

#include "base/testing.h"

namespace tarn::iceberg {

namespace {

constexpr std::string_view kNested =
    R"j({"type":"struct","schema-id":3,"identifier-field-ids":[1],)j"
    R"j("fields":[{"id":1,"name":"id","required":true,"type":"long","doc":"the key"},)j"
    R"j({"id":2,"name":"place","required":false,"type":{"type":"struct","fields":[)j"
    R"j({"id":3,"name":"lat.","required":true,"type":"decimal(9, 6)"},)j"
    R"j({"id":4,"name":"Tags","required":false,"type":{"type":"list","element-id":5,)j"
    R"j("element":"string","element-required":true}}]}},)j"
    R"j({"id":6,"name":"m","required":false,"type":{"type":"map","key-id":7,"key":"string",)j"
    R"j("value-id":8,"value":"fixed[4]","value-required":false}}]})j";

Schema nested_schema() { return CHECK_OK(schema_from_json(kNested)); }

Schema make_schema(std::vector<Field> fields, std::vector<int> identifiers = {}) {
  Schema schema;
  schema.fields = std::move(fields);
  schema.identifier_field_ids = std::move(identifiers);
  return schema;
}

}  // namespace

TEST_CASE("schema JSON round trip") {
  CHECK(schema_to_json(nested_schema()) == kNested);
  const std::string strange =
      R"({"type":"struct","schema-id":0,"fields":[{"id":1,"name":"a","required":false,)"
      R"("type":{"type":"list","element-id":2,"element":"timestamp_ns","element-required":false,)"
      R"("new":[1]},"x":{"y":9007199254740993}},{"id":3,"name":"d","required":true,"type":"int",)"
      R"("initial-default":5,"write-default":6}],"z":true})";
  CHECK(schema_to_json(CHECK_OK(schema_from_json(strange))) == strange);
}

TEST_CASE("bad schema JSON") {
  struct Case {
    std::string_view text;
    ErrorCode code;
    std::string_view message;
  };
  std::string deep = R"({"type":"struct","fields":[{"id":1,"name":"a","required":true,"type":)";
  for (int i = 0; i < 100; ++i)
    deep += R"({"type":"list","element-id":1,"element-required":true,"element":)";
  deep += "\"int\"" + std::string(100, '}') + "}]}";
  const std::vector<Case> cases = {
      {"[]", ErrorCode::Corrupt, "not an object"},
      {R"({"type":"struct"})", ErrorCode::Corrupt, "fields"},
      {R"j({"fields":[{"id":1,"name":"a","required":true,"type":"decimal(39, 1)"}]})j",
       ErrorCode::Corrupt, "bad decimal type"},
      {R"({"fields":[{"id":1,"name":"a","required":true,"type":"blob"}]})", ErrorCode::Unsupported,
       "in column `a`"},
      {R"({"fields":[{"id":"1","name":"a","required":true,"type":"int"}]})", ErrorCode::Corrupt,
       "id"},
      {deep, ErrorCode::Corrupt, ""},
  };
  for (const Case& c : cases) {
    const auto result = schema_from_json(c.text);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == c.code);
    CHECK_MESSAGE(describe(result.error()).find(c.message) != std::string::npos,
                  describe(result.error()));
  }
}

TEST_CASE("look-ups by id and name") {
  const Schema schema = nested_schema();
  CHECK(find_field(schema, 5)->name == "element");
  CHECK(find_field(schema, 9) == nullptr);
  CHECK(CHECK_OK(find_column(schema, "PLACE")) == nullptr);
  CHECK(CHECK_OK(find_column(schema, "PLACE", NameCase::Insensitive))->id == 2);
  const std::array<std::string, 2> path = {"place", "lat."};
  CHECK(CHECK_OK(find_path(schema, path))->id == 3);
  const SchemaIndex index(schema);
  CHECK(index.find(5)->name == "place.Tags.element");
  CHECK(index.find(5)->repeated);
  CHECK_FALSE(index.find(4)->repeated);
  CHECK(index.find(3)->optional);
  CHECK(index.find(3)->parent_id == 2);
  CHECK(index.find("place.lat.")->field->id == 3);
  CHECK(index.find("place.tags") == nullptr);
  CHECK(index.find("place.tags", NameCase::Insensitive)->field->id == 4);
  CHECK(index.ids() == std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(highest_field_id(schema) == 8);
  const Schema twins =
      make_schema({optional_field(1, "a", TypeKind::Int), optional_field(2, "A", TypeKind::Int)});
  CHECK(CHECK_OK(find_column(twins, "A", NameCase::Insensitive))->id == 2);
  const Schema three =
      make_schema({optional_field(1, "aB", TypeKind::Int), optional_field(2, "Ab", TypeKind::Int)});
  CHECK_ERROR(find_column(three, "AB", NameCase::Insensitive), ErrorCode::InvalidInput,
              "ambiguous");
}

TEST_CASE("fresh ids go level by level") {
  Schema schema = nested_schema();
  CHECK(assign_fresh_ids(schema, 0) == 8);
  CHECK(find_field(schema, 3)->name == "m");
  CHECK(find_field(schema, 4)->name == "lat.");
  CHECK(find_field(schema, 6)->name == "element");
  CHECK(find_field(schema, 8)->name == "value");
  CHECK(schema.identifier_field_ids == std::vector<int>{1});
  Schema other = make_schema({required_field(0, "x", TypeKind::Int)});
  CHECK(assign_fresh_ids(other, 10) == 11);
  CHECK(other.fields[0].id == 11);
}

TEST_CASE("rules of schemas") {
  struct Case {
    Schema schema;
    int version;
    std::string message;
  };
  Field with_default = required_field(1, "a", TypeKind::Int);
  with_default.initial_default = int_value(1);
  const Type inner = struct_type({required_field(2, "b", TypeKind::Int)});
  const std::vector<Case> cases = {
      {nested_schema(), 1, ""},
      {make_schema({optional_field(1, "a", TypeKind::Int), optional_field(1, "b", TypeKind::Int)}),
       2, "id 1 of another"},
      {make_schema({optional_field(1, "a", TypeKind::Int), optional_field(2, "a", TypeKind::Int)}),
       2, "`a` is twice"},
      {make_schema({optional_field(kFirstReservedFieldId, "a", TypeKind::Int)}), 2, "invalid id"},
      {make_schema({optional_field(1, "a", TypeKind::TimestampNs)}), 2, "format version 3"},
      {make_schema({optional_field(1, "a", TypeKind::TimestampNs)}), 3, ""},
      {make_schema({with_default}), 2, "default"},
      {make_schema({with_default}), 3, ""},
      {make_schema({optional_field(1, "a", TypeKind::Int)}, {1}), 2, "optional"},
      {make_schema({required_field(1, "a", TypeKind::Double)}, {1}), 2, "floating"},
      {make_schema({required_field(1, "a", inner)}, {2}), 2, ""},
      {make_schema({optional_field(1, "a", inner)}, {2}), 2, "optional struct"},
      {make_schema({required_field(1, "a", list_type(2, TypeKind::Int, true))}, {2}), 2,
       "inside a list"},
      {make_schema({required_field(1, "a", TypeKind::Int)}, {7}), 2, "not in the schema"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    const auto result = validate_schema(c.schema, c.version);
    if (c.message.empty()) {
      CHECK_OK(result);
    } else {
      CHECK_ERROR(result, ErrorCode::InvalidInput, c.message);
    }
  }
}

TEST_CASE("projection by ids") {
  const auto names = [](const Schema& schema) {
    std::string text;
    const SchemaIndex index(schema);
    for (const int id : index.ids()) text += std::to_string(id) + " ";
    return text;
  };
  const Schema schema = nested_schema();
  CHECK(names(select_fields(schema, std::array{1})) == "1 ");
  CHECK(names(select_fields(schema, std::array{3})) == "2 3 ");
  CHECK(names(select_fields(schema, std::array{2, 6})) == "2 3 4 5 6 7 8 ");
  CHECK(names(select_fields(schema, std::array{8})) == "6 7 8 ");
  CHECK(select_fields(schema, std::array{3}).identifier_field_ids.empty());
}

TEST_CASE("writes into a table are checked by id and type") {
  const Schema table = make_schema(
      {required_field(1, "a", TypeKind::Long), optional_field(2, "b", decimal_type(9, 2))});
  CHECK_OK(check_write_compatible(table, make_schema({required_field(1, "x", TypeKind::Int)}), 2));
  const Schema bad = make_schema({optional_field(1, "a", TypeKind::String),
                                  optional_field(2, "b", decimal_type(10, 2)),
                                  optional_field(3, "c", TypeKind::Int)});
  const auto result = check_write_compatible(table, bad, 2);
  CHECK_ERROR(result, ErrorCode::InvalidInput, "column `c` (id 3) is not in the table");
  CHECK_ERROR(result, ErrorCode::InvalidInput, "column `a` must not be null");
  CHECK_ERROR(result, ErrorCode::InvalidInput, "has type `long`, not `string`");
  CHECK_ERROR(result, ErrorCode::InvalidInput, "`decimal(9, 2)`, not `decimal(10, 2)`");
}

}  // namespace tarn::iceberg
