// SPDX-License-Identifier: Apache-2.0
// Container files from outside: reading, skipping and typed reads must agree on how long each row
// is, and what was read is read the same after it is written.
#include <cstdint>
#include <string_view>

#include "avro/encoder.h"
#include "avro/file_reader.h"
#include "base/check.h"

using namespace tarn;
using namespace tarn::avro;

namespace {

// Reads a row through the interface that goes by field ids.
void read_typed(Decoder& decoder, const Type& type) {
  const Type* branch = decoder.read_branch(type);
  if (branch == nullptr) return;
  switch (branch->kind) {
    case Kind::Record:
      decoder.read_record(*branch, [&](const TypeField& field) {
        if (!decoder.failed()) read_typed(decoder, *field.type);
      });
      break;
    case Kind::Array:
      decoder.read_array(*branch, [&](const Type& element) { read_typed(decoder, element); });
      break;
    case Kind::Map:
      decoder.read_map(*branch,
                       [&](std::string_view, const Type& value) { read_typed(decoder, value); });
      break;
    case Kind::Boolean:
      decoder.read_bool(*branch);
      break;
    case Kind::Float:
    case Kind::Double:
      decoder.read_double(*branch);
      break;
    case Kind::String:
    case Kind::Bytes:
    case Kind::Fixed:
      decoder.read_text(*branch);
      break;
    default:
      decoder.read_long(*branch);
  }
}

void check_row(const Type& type, Decoder& decoder, std::string_view block) {
  const auto rest = block.substr(decoder.position());
  Decoder skipper(rest);
  skipper.skip(type);
  const std::size_t start = decoder.position();
  const Value value = decoder.read_value(type);
  if (decoder.failed()) return;
  VERIFY(!skipper.failed());
  VERIFY(skipper.position() == decoder.position() - start);
  Decoder typed(rest);
  read_typed(typed, type);
  VERIFY(typed.failed() || typed.position() == skipper.position());

  Encoder encoder;
  VERIFY(encoder.write_value(type, value).has_value());
  Decoder again(encoder.data());
  VERIFY(to_string(again.read_value(type)) == to_string(value));
  VERIFY(!again.failed() && again.at_end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  auto reader = FileReader::open(file, {.block_size_max = std::size_t{1} << 20});
  if (!reader) return 0;
  const auto schema = parse_schema(reader->schema_json());
  VERIFY(schema.has_value());
  const auto written = parse_schema(write_schema(*schema));
  VERIFY(written.has_value());
  VERIFY(write_schema(*written) == write_schema(*schema));
  for (;;) {
    const auto block = reader->next_block();
    if (!block || !*block) return 0;
    Decoder decoder((*block)->data);
    for (std::uint64_t i = 0; i < (*block)->row_count && i < 1'000 && !decoder.failed(); ++i) {
      check_row(reader->row_type(), decoder, (*block)->data);
    }
  }
}
