// SPDX-License-Identifier: Apache-2.0
#include "avro/file_reader.h"

#include "avro/file_writer.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/testing.h"

using namespace tarn;
using namespace tarn::avro;

namespace {

constexpr Codec kCodecs[] = {Codec::None, Codec::Deflate, Codec::Snappy, Codec::Zstandard};

std::string fixture(const std::string& name) {
  return CHECK_OK(read_file(std::string(TARN_SOURCE_DIR) + "/tests/interop/avro/" + name));
}

std::string small_file(Codec codec, int row_count) {
  FakeRandom random;
  const auto schema = record_type("r", {required_field(1, "a", primitive(Kind::Long)),
                                        optional_field(2, "b", primitive(Kind::String))});
  FileWriter writer(schema, {.codec = codec, .block_size = 500, .metadata = {{"k", "v"}}}, random);
  for (int i = 0; i < row_count; ++i) {
    writer.encoder().write_long(i);
    if (i % 2 == 0) {
      writer.encoder().write_present();
      writer.encoder().write_text("row " + std::to_string(i));
    } else {
      writer.encoder().write_absent();
    }
    writer.end_row();
  }
  CHECK(writer.row_count() == row_count);
  return std::move(writer).finish();
}

}  // namespace

TEST_CASE("files of another program are read, every type and codec") {
  for (const auto* codec : {"null", "deflate", "snappy", "zstandard"}) {
    CAPTURE(std::string(codec));
    const auto file = fixture(std::string("every_type_") + codec + ".avro");
    auto reader = CHECK_OK(FileReader::open(file));
    CHECK(to_string(reader.codec()) == codec);
    CHECK(reader.metadata("format-version") == "2");
    CHECK(reader.metadata("schema") == "{\"fields\": []}");
    CHECK(reader.metadata("nothing") == std::nullopt);
    CHECK(reader.row_type().find(14) == nullptr);  // an element-id is not a field-id
    CHECK(reader.row_type().find(8)->name == "maybe");
    const auto rows = CHECK_OK(reader.read_values());
    REQUIRE(rows.size() == 200);
    CHECK(to_string(rows[7]) ==
          "{true, -7, 7000000000000000, 7.5, 0.7, \"" + std::string("\0\x07\xff", 3) +
              "\", \"row 7 äöü\", \"xxxxxxx\", 7, true, \"BLUE\", \"" +
              std::string("\0\0\0\x07", 4) +
              "\", \"abcd\", [0, 1], {\"a\": 7, \"b\": null}, "
              "[{0, 0}], {false, -8, 8000000000000000, 8.5, 0.8, \"" +
              std::string("\0\x08\xff", 3) +
              "\", \"row 8 äöü\", \"xxxxxxxx\", null, null, \"RED\", \"" +
              std::string("\0\0\0\x08", 4) +
              "\", \"abcd\", [0, 1, 2], {}, [{0, 0}, {1, -1}], "
              "null, 8, 1577836800000008, \"" +
              std::string("\0\0\0\x03", 4) +
              "\", \"00000000-0000-0000-0000-000000000008\"}, 7, 1577836800000007, \"" +
              std::string("\0\0\0\x02", 4) + "\", \"00000000-0000-0000-0000-000000000007\"}");
  }
  const auto empty = fixture("no_rows.avro");
  CHECK(CHECK_OK(CHECK_OK(FileReader::open(empty)).read_values()).empty());
}

TEST_CASE("files of every codec come back") {
  for (const auto codec : kCodecs) {
    for (const int row_count : {0, 1, 1'000}) {
      const auto file = small_file(codec, row_count);
      LayoutCache layouts;
      auto reader = CHECK_OK(FileReader::open(file, {.layouts = &layouts}));
      CHECK(reader.codec() == codec);
      CHECK(reader.metadata().size() == 3);
      CHECK(reader.metadata("k") == "v");
      int row = 0;
      CHECK_OK(reader.for_each_row([&](Decoder& decoder, const Type& type) {
        decoder.read_record(type, [&](const TypeField& field) {
          if (field.id == 1) CHECK(decoder.read_long(*field.type) == row);
          if (field.id == 2) {
            CHECK(decoder.read_optional_text(*field.type).has_value() == (row % 2 == 0));
          }
        });
        ++row;
      }));
      CHECK(row == row_count);
    }
  }
}

TEST_CASE("a row that is refused ends the reading") {
  const auto file = small_file(Codec::None, 10);
  auto reader = CHECK_OK(FileReader::open(file));
  int rows = 0;
  const auto result = reader.for_each_row([&](Decoder& decoder, const Type& type) -> Result<void> {
    decoder.skip(type);
    if (++rows == 3) return invalid_input("enough");
    return {};
  });
  CHECK_ERROR(result, ErrorCode::InvalidInput, "enough");
  CHECK(rows == 3);
}

TEST_CASE("damaged files are errors, wherever the damage is") {
  for (const auto codec : kCodecs) {
    CAPTURE(to_string(codec));
    const auto file = small_file(codec, 60);
    const auto read = [](std::string_view bytes) -> Result<std::size_t> {
      auto reader = TRY(FileReader::open(bytes));
      return TRY(reader.read_values()).size();
    };
    CHECK(CHECK_OK(read(file)) == 60);
    std::size_t whole = 0;
    for (std::size_t size = 0; size < file.size(); ++size) {
      // A file may end after any block.
      if (read(std::string_view(file).substr(0, size))) ++whole;
    }
    CHECK(whole <= 3);
    for (std::size_t at = 0; at < file.size(); ++at) {
      for (const char flip : {'\x01', '\x80', '\xff'}) {
        std::string damaged = file;
        damaged[at] = static_cast<char>(damaged[at] ^ flip);
        const auto result = read(damaged);
        if (!result && result.error().code != ErrorCode::Unsupported) {
          CHECK(result.error().code == ErrorCode::Corrupt);
        }
      }
    }
  }
}

TEST_CASE("files that are not what they say") {
  CHECK_ERROR(FileReader::open(""), ErrorCode::Corrupt, "not an Avro container file");
  CHECK_ERROR(FileReader::open("Obj\x01"), ErrorCode::Corrupt, "past the end");
  CHECK_ERROR(FileReader::open(std::string_view("Obj\x01\0 0123456789abcdef", 22)),
              ErrorCode::Corrupt, "without `avro.schema`");
  const auto file = small_file(Codec::Zstandard, 60);
  auto reader = CHECK_OK(FileReader::open(file, {.block_size_max = 100}));
  CHECK_ERROR(reader.read_values(), ErrorCode::Corrupt, "longer than 100 bytes");
  CHECK_ERROR(parse_codec("bzip2"), ErrorCode::Unsupported, "`bzip2`");

  // A block of the schema "null" cannot claim any number of rows.
  FakeRandom random;
  FileWriter writer(primitive(Kind::Null), {.codec = Codec::None}, random);
  for (int i = 0; i < 100; ++i) writer.end_row();
  auto nulls = std::move(writer).finish();
  CHECK(CHECK_OK(CHECK_OK(FileReader::open(nulls)).read_values()).size() == 100);
  const auto sync = nulls.substr(nulls.size() - 16);
  const auto header = nulls.substr(0, nulls.size() - 19);
  const auto huge = header +
                    CHECK_OK(from_hex("feffffffffffffffff01"
                                      "00")) +
                    sync;
  auto huge_reader = CHECK_OK(FileReader::open(huge));
  CHECK_ERROR(huge_reader.next_block(), ErrorCode::Corrupt, "has only 0 bytes");
  const auto negative = header +
                        CHECK_OK(from_hex("01"
                                          "00")) +
                        sync;
  auto negative_reader = CHECK_OK(FileReader::open(negative));
  CHECK_ERROR(negative_reader.next_block(), ErrorCode::Corrupt, "-1 rows");
}
