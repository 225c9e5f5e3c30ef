// SPDX-License-Identifier: Apache-2.0
#include "avro/schema.h"

#include "avro/layout.h"
#include "base/testing.h"

using namespace tarn;
using namespace tarn::avro;

TEST_CASE("schemas are written as they were read") {
  const char* texts[] = {
      R"("long")",
      R"(["null","string"])",
      R"({"type":"long","logicalType":"timestamp-micros","adjust-to-utc":true})",
      R"({"type":"fixed","name":"decimal_9_2","size":4,"logicalType":"decimal","precision":9,"scale":2})",
      R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":0})",
      R"({"type":"fixed","name":"u","size":16,"logicalType":"uuid"})",
      R"({"type":"array","items":"long","element-id":133})",
      R"({"type":"map","values":"int","key-id":5,"value-id":6})",
      R"({"type":"enum","name":"e","symbols":["A","B"]})",
      R"({"type":"record","name":"r","fields":[{"name":"a","type":["null","r"],"default":null,"field-id":1},{"name":"b","type":"int","doc":"text","default":7}]})",
      R"({"type":"array","items":{"type":"record","name":"k117_v118","fields":[{"name":"key","type":"int","field-id":117},{"name":"value","type":"long","field-id":118}]},"logicalType":"map"})",
  };
  for (const auto* text : texts) {
    const auto schema = CHECK_OK(parse_schema(text));
    CHECK(write_schema(schema) == text);
    CHECK(CHECK_OK(parse_schema(write_schema(schema))) == schema);
  }
}

TEST_CASE("schemas that are built are as those that are read") {
  const auto built = record_type(
      "manifest_entry",
      {required_field(0, "status", primitive(Kind::Int)),
       optional_field(1, "snapshot_id", primitive(Kind::Long)),
       optional_field(108, "column_sizes",
                      key_value_array(primitive(Kind::Int), 117, primitive(Kind::Long), 118)),
       optional_field(132, "split_offsets", array_type(primitive(Kind::Long), 133))});
  CHECK(
      write_schema(built) ==
      R"({"type":"record","name":"manifest_entry","fields":[)"
      R"({"name":"status","type":"int","field-id":0},)"
      R"({"name":"snapshot_id","type":["null","long"],"default":null,"field-id":1},)"
      R"({"name":"column_sizes","type":["null",{"type":"array","items":)"
      R"({"type":"record","name":"k117_v118","fields":[{"name":"key","type":"int","field-id":117},)"
      R"({"name":"value","type":"long","field-id":118}]},"logicalType":"map"}],)"
      R"("default":null,"field-id":108},)"
      R"({"name":"split_offsets","type":["null",{"type":"array","items":"long","element-id":133}],)"
      R"("default":null,"field-id":132}]})");
  CHECK(CHECK_OK(parse_schema(write_schema(built))) == built);
}

TEST_CASE("names and their spaces") {
  const auto schema = CHECK_OK(parse_schema(
      R"({"type":"record","name":"Outer","namespace":"a.b","fields":[
          {"name":"x","type":{"type":"fixed","name":"F","size":2}},
          {"name":"y","type":"F"},
          {"name":"z","type":{"type":"enum","name":"E","namespace":"","symbols":["S"]}},
          {"name":"w","type":"c.d.G"}]})"));
  CHECK(schema.name == "a.b.Outer");
  CHECK(schema.fields[0].type.name == "a.b.F");
  CHECK(schema.fields[1].type.name == "a.b.F");
  CHECK(schema.fields[2].type.name == "E");
  CHECK(schema.fields[3].type.name == "c.d.G");
  CHECK(CHECK_OK(parse_schema(write_schema(schema))) == schema);
}

TEST_CASE("logical types that do not fit are dropped") {
  CHECK(CHECK_OK(parse_schema(R"({"type":"int","logicalType":"timestamp-micros"})")).logical ==
        Logical::None);
  CHECK(CHECK_OK(parse_schema(R"({"type":"string","logicalType":"odd"})")).logical ==
        Logical::None);
  CHECK(
      CHECK_OK(parse_schema(R"({"type":"bytes","logicalType":"decimal","precision":0})")).logical ==
      Logical::None);
  CHECK(CHECK_OK(parse_schema(R"({"type":{"type":"int","logicalType":"date"}})")).logical ==
        Logical::Date);
}

TEST_CASE("bad schemas are corrupt") {
  const std::pair<const char*, const char*> rows[] = {
      {"", "bad JSON"},
      {"7", "string, an array or an object"},
      {"{}", "no `type`"},
      {R"({"type":"record","fields":[]})", "`name` is missing"},
      {R"({"type":"record","name":"","fields":[]})", "empty name"},
      {R"({"type":"record","name":"r"})", "`fields` is missing"},
      {R"({"type":"record","name":"r","fields":[1]})", "no object"},
      {R"({"type":"record","name":"r","fields":[{"name":"a"}]})", "no `type`"},
      {R"({"type":"record","name":"r","fields":[{"name":"a","type":"int","field-id":"x"}]})",
       "`field-id` is not an integer"},
      {R"({"type":"int","element-id":5000000000})", "out of range"},
      {R"({"type":"fixed","name":"f","size":-1})", "-1 bytes"},
      {R"({"type":"enum","name":"e","symbols":[1]})", "no string"},
      {R"({"type":"array"})", "no `items`"},
      {R"({"type":"map"})", "no `values`"},
  };
  for (const auto& [text, part] : rows) {
    CAPTURE(text);
    CHECK_ERROR(parse_schema(text), ErrorCode::Corrupt, part);
  }
  const std::pair<const char*, const char*> layouts[] = {
      {R"("nothing")", "`nothing` is not defined"},
      {R"([])", "without branches"},
      {R"(["int",["null","long"]])", "directly in a union"},
      {R"({"type":"enum","name":"e","symbols":[]})", "no symbols"},
  };
  for (const auto& [text, part] : layouts) {
    CHECK_ERROR(Layout::make(CHECK_OK(parse_schema(text))), ErrorCode::Corrupt, part);
  }
}

TEST_CASE("layouts know the sizes of values") {
  struct Row {
    const char* schema;
    std::uint64_t size_min;
    std::optional<std::uint64_t> size_is;
  };
  const Row rows[] = {
      {R"("null")", 0, 0},
      {R"("double")", 8, 8},
      {R"("string")", 1, {}},
      {R"({"type":"fixed","name":"f","size":7})", 7, 7},
      {R"({"type":"record","name":"r","fields":[]})", 0, 0},
      {R"({"type":"record","name":"r","fields":[{"name":"a","type":"float"},
          {"name":"b","type":{"type":"fixed","name":"f","size":7}},{"name":"c","type":"f"}]})",
       18, 18},
      {R"({"type":"record","name":"r","fields":[{"name":"a","type":"int"},{"name":"b","type":
          ["null","r"]}]})",
       2,
       {}},
      {R"(["float","double"])", 5, {}},
      {R"({"type":"array","items":"null"})", 1, {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.schema);
    const auto layout = CHECK_OK(Layout::make(CHECK_OK(parse_schema(row.schema))));
    CHECK(layout.root().size_min == row.size_min);
    CHECK(layout.root().size_is == row.size_is);
  }
}

TEST_CASE("layouts are shared by their text") {
  LayoutCache cache;
  const auto first = CHECK_OK(cache.get(R"(["long","null"])"));
  CHECK(CHECK_OK(cache.get(R"(["long","null"])")) == first);
  CHECK(CHECK_OK(cache.get(R"("long")")) != first);
  CHECK(first->root().has_null());
  CHECK(first->root().without_null().kind == Kind::Long);
  CHECK_ERROR(cache.get("["), ErrorCode::Corrupt, "bad JSON");
}
