// SPDX-License-Identifier: Apache-2.0
#include "avro/decoder.h"

#include "avro/encoder.h"
#include "base/bytes.h"
#include "base/testing.h"

using namespace tarn;
using namespace tarn::avro;

namespace {

Layout layout_of(std::string_view schema) {
  return CHECK_OK(Layout::make(CHECK_OK(parse_schema(schema))));
}

std::string encode(const Layout& layout, const Value& value) {
  Encoder encoder;
  CHECK_OK(encoder.write_value(layout.root(), value));
  return encoder.data();
}

}  // namespace

TEST_CASE("numbers have the bytes of the specification") {
  const std::pair<std::int64_t, const char*> rows[] = {
      {0, "00"},
      {-1, "01"},
      {1, "02"},
      {-64, "7f"},
      {64, "8001"},
      {-2147483648, "ffffffff0f"},
      {INT64_MAX, "feffffffffffffffff01"},
      {INT64_MIN, "ffffffffffffffffff01"},
  };
  for (const auto& [value, hex] : rows) {
    Encoder encoder;
    encoder.write_long(value);
    CHECK(to_hex(encoder.data()) == hex);
    Decoder at_end(encoder.data());
    CHECK(at_end.read_long() == value);
    CHECK(at_end.at_end());
    const std::string padded = encoder.data() + std::string(16, '\xff');
    Decoder in_the_middle(padded);
    CHECK(in_the_middle.read_long() == value);
    CHECK(in_the_middle.position() == encoder.size());
  }
}

TEST_CASE("values of every type come back") {
  const Value::Record inner{{Value(std::int64_t{1}), Value()}};
  struct Row {
    const char* schema;
    Value value;
  };
  const Row rows[] = {
      {R"("null")", Value()},
      {R"("boolean")", true},
      {R"("int")", -5},
      {R"("float")", 0.5},
      {R"("double")", 0.1},
      {R"("bytes")", std::string("\0a", 2)},
      {R"("string")", "text"},
      {R"({"type":"fixed","name":"f","size":2})", "ab"},
      {R"({"type":"enum","name":"e","symbols":["A","B"]})", "B"},
      {R"(["null","long"])", 7},
      {R"(["null","long"])", Value()},
      {R"(["string","int"])", 7},
      {R"({"type":"array","items":"int"})", Value::Array{{1, 2, 3}}},
      {R"({"type":"array","items":"null"})", Value::Array{{Value(), Value()}}},
      {R"({"type":"map","values":"string"})", Value::Map{{{"a", "x"}, {"b", "y"}}}},
      {R"({"type":"record","name":"r","fields":[{"name":"a","type":"int"},
          {"name":"b","type":["null","r"]}]})",
       Value::Record{{1, Value::Record{{2, Value()}}}}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.schema);
    const auto layout = layout_of(row.schema);
    const auto bytes = encode(layout, row.value);
    Decoder decoder(bytes);
    CHECK(to_string(decoder.read_value(layout.root())) == to_string(row.value));
    CHECK_OK(decoder.status());
    CHECK(decoder.at_end());
    Decoder skipper(bytes);
    skipper.skip(layout.root());
    CHECK_OK(skipper.status());
    CHECK(skipper.at_end());
    // Whatever is missing at the end is noticed.
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      Decoder cut(std::string_view(bytes).substr(0, size));
      cut.read_value(layout.root());
      CHECK(cut.failed());
      Decoder cut_skip(std::string_view(bytes).substr(0, size));
      cut_skip.skip(layout.root());
      CHECK(cut_skip.failed());
    }
  }
}

TEST_CASE("values of the wrong type are not written") {
  const std::pair<const char*, Value> rows[] = {
      {R"("int")", std::int64_t{1} << 40},
      {R"("int")", "x"},
      {R"("string")", 1},
      {R"(["null","int"])", "x"},
      {R"({"type":"fixed","name":"f","size":2})", "abc"},
      {R"({"type":"enum","name":"e","symbols":["A"]})", "B"},
      {R"({"type":"record","name":"r","fields":[]})", Value::Record{{1}}},
      {R"({"type":"array","items":"int"})", Value::Array{{"x"}}},
  };
  for (const auto& [schema, value] : rows) {
    CAPTURE(schema);
    Encoder encoder;
    CHECK_ERROR(encoder.write_value(layout_of(schema).root(), value), ErrorCode::InvalidInput,
                "is not a value of the Avro type");
  }
}

TEST_CASE("typed reads promote and look through unions in any order") {
  const auto layout = layout_of(R"({"type":"record","name":"r","fields":[
      {"name":"a","type":["int","null"],"field-id":1},
      {"name":"b","type":["null","float"],"field-id":2},
      {"name":"unknown","type":{"type":"map","values":["null","string"]},"field-id":99},
      {"name":"c","type":"bytes","field-id":3},
      {"name":"no id","type":"long"},
      {"name":"d","type":["null","long","string"],"field-id":4},
      {"name":"e","type":["null",{"type":"array","items":"long"}],"field-id":5}]})");
  const auto bytes = encode(layout, Value::Record{{7, 0.5, Value::Map{{{"k", Value()}, {"l", "m"}}},
                                                   "raw", 1, "text", Value::Array{{1, 2}}}});
  Decoder decoder(bytes);
  std::optional<std::int64_t> a;
  std::optional<double> b;
  std::string_view c;
  std::string_view d;
  std::vector<std::int64_t> e;
  decoder.read_record(layout.root(), [&](const TypeField& field) {
    switch (field.id) {
      case 1:
        a = decoder.read_optional_long(*field.type);
        break;
      case 2:
        b = decoder.read_optional_double(*field.type);
        break;
      case 3:
        c = decoder.read_text(*field.type);
        break;
      case 4:
        d = decoder.read_text(*field.type);
        break;
      case 5:
        decoder.read_array(*field.type,
                           [&](const Type& element) { e.push_back(decoder.read_long(element)); });
        break;
      default:
        decoder.skip(*field.type);
    }
  });
  CHECK_OK(decoder.status());
  CHECK(decoder.at_end());
  CHECK(a == 7);
  CHECK(b == 0.5);
  CHECK(c == "raw");
  CHECK(d == "text");
  CHECK(e == std::vector<std::int64_t>{1, 2});
  CHECK(layout.root().find(4)->name == "d");
  CHECK(layout.root().find(6) == nullptr);
}

TEST_CASE("typed reads of other types and of null are errors") {
  const auto check = [](const char* schema, const Value& value, auto read, const char* part) {
    const auto layout = layout_of(schema);
    const auto bytes = encode(layout, value) + std::string(16, '\0');
    Decoder decoder(bytes);
    read(decoder, layout.root());
    CHECK_ERROR(decoder.status(), ErrorCode::Corrupt, part);
    CHECK(decoder.at_end());
    // Nothing more comes after an error.
    CHECK(decoder.read_optional_long(layout.root()) == std::nullopt);
  };
  const auto read_long = [](Decoder& d, const Type& t) { d.read_long(t); };
  const auto read_int = [](Decoder& d, const Type& t) { d.read_int(t); };
  const auto read_text = [](Decoder& d, const Type& t) { d.read_text(t); };
  const auto read_bool = [](Decoder& d, const Type& t) { d.read_bool(t); };
  const auto read_double = [](Decoder& d, const Type& t) { d.read_double(t); };
  check(R"("string")", "x", read_long, "a number was expected");
  check(R"(["null","long"])", Value(), read_long, "required value is null");
  check(R"("null")", Value(), read_text, "required value is null");
  check(R"("long")", std::int64_t{1} << 40, read_int, "int out of range");
  check(R"("int")", 1, read_text, "a text was expected");
  check(R"("int")", 1, read_bool, "another type");
  check(R"("int")", 1, read_double, "floating-point number was expected");
}

TEST_CASE("damaged data is noticed") {
  struct Row {
    const char* schema;
    const char* hex;
    const char* part;
  };
  const Row rows[] = {
      {R"("boolean")", "02", "neither 0 nor 1"},
      {R"("int")", "8080808010", "int out of range"},
      {R"("long")", "ffffffffffffffffffffff", "more than 10 bytes"},
      {R"("string")", "01", "negative size"},
      {R"("string")", "feffffffffffffffff01", "past the end"},
      {R"(["null","int"])", "0400", "past the branches"},
      {R"(["null","int"])", "0100", "past the branches"},
      {R"({"type":"enum","name":"e","symbols":["A"]})", "02", "past the symbols"},
      {R"({"type":"array","items":"int"})",
       "8001"
       "0000",
       "more items than"},
      {R"({"type":"array","items":"int"})",
       "feffffffffffffffff01"
       "00",
       "more items than"},
      {R"({"type":"array","items":"int"})",
       "ffffffffffffffffff01"
       "02"
       "00",
       "more items than"},
      {R"({"type":"array","items":"null"})",
       "feffffffffffffffff01"
       "00",
       "values without bytes"},
      {R"({"type":"array","items":{"type":"record","name":"r","fields":[]}})", "8092f40100",
       ""},  // 2,000,000 of them
      {R"({"type":"array","items":"int"})", "0306020400", "of another size"},
      {R"({"type":"array","items":"int"})", "0301020400", "past the end"},
      {R"({"type":"map","values":"null"})", "8092f40100", "more items than"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.schema);
    CAPTURE(row.hex);
    const auto layout = layout_of(row.schema);
    const auto bytes = CHECK_OK(from_hex(row.hex));
    Decoder decoder(bytes);
    decoder.read_value(layout.root());
    CHECK_ERROR(decoder.status(), ErrorCode::Corrupt, row.part);
  }
}

TEST_CASE("types that refer to themselves end somewhere") {
  const auto endless =
      layout_of(R"({"type":"record","name":"r","fields":[{"name":"a","type":"r"}]})");
  Decoder decoder("");
  decoder.read_value(endless.root());
  CHECK_ERROR(decoder.status(), ErrorCode::Corrupt, "nested too deeply");
  Decoder skipper("");
  skipper.skip(endless.root());
  CHECK_ERROR(skipper.status(), ErrorCode::Corrupt, "nested too deeply");

  const auto list =
      layout_of(R"({"type":"record","name":"r","fields":[{"name":"a","type":["null","r"]}]})");
  const std::string deep = std::string(100, '\2') + '\0';
  Decoder fine(deep);
  fine.read_value(list.root());
  CHECK_OK(fine.status());
  const std::string deeper = std::string(200'000, '\2') + '\0';
  Decoder too_deep(deeper);
  too_deep.skip(list.root());
  CHECK_ERROR(too_deep.status(), ErrorCode::Corrupt, "nested too deeply");
}

TEST_CASE("types that multiply without bytes cost no time") {
  // Ten levels of ten: 10^10 empty values.
  std::string schema = R"({"type":"record","name":"r0","fields":[]})";
  for (int level = 1; level <= 10; ++level) {
    std::string fields = "{\"name\":\"f0\",\"type\":" + schema + "}";
    for (int i = 1; i < 10; ++i) {
      fields += ",{\"name\":\"f" + std::to_string(i) + "\",\"type\":\"r" +
                std::to_string(level - 1) + "\"}";
    }
    schema = "{\"type\":\"record\",\"name\":\"r" + std::to_string(level) + "\",\"fields\":[" +
             fields + "]}";
  }
  const auto layout = layout_of(schema);
  Decoder skipper("");
  skipper.skip(layout.root());
  CHECK_OK(skipper.status());
  Decoder reader("");
  reader.read_value(layout.root());
  CHECK_ERROR(reader.status(), ErrorCode::Corrupt, "values without bytes");
}

TEST_CASE("blocks of arrays with their size can be read and skipped") {
  const auto layout = layout_of(R"({"type":"array","items":"int"})");
  // -2 items in 2 bytes, then 1 item, then the end.
  const auto bytes =
      CHECK_OK(from_hex("03"
                        "04"
                        "02"
                        "04"
                        "02"
                        "06"
                        "00"));
  Decoder decoder(bytes);
  CHECK(to_string(decoder.read_value(layout.root())) == "[1, 2, 3]");
  CHECK(decoder.at_end());
  Decoder skipper(bytes);
  skipper.skip(layout.root());
  CHECK_OK(skipper.status());
  CHECK(skipper.at_end());
}
