// SPDX-License-Identifier: Apache-2.0
#include "avro/file_reader.h"

namespace tarn::avro {

namespace {

constexpr std::string_view kMagic("Obj\x01", 4);
constexpr std::size_t kSyncSize = 16;
// Rows that take no bytes, in one block.
constexpr std::uint64_t kFreeRowsMax = 1'000'000;

}  // namespace

Result<FileReader> FileReader::open(std::string_view file, const ReadOptions& options) {
  FileReader reader;
  reader.file_ = file;
  reader.options_ = options;
  TRY(reader.read_header());
  return reader;
}

Result<void> FileReader::read_header() {
  if (!file_.starts_with(kMagic)) return corrupt("not an Avro container file");
  Decoder decoder(file_.substr(kMagic.size()));
  for (;;) {
    std::int64_t count = decoder.read_long();
    if (count < 0) {
      decoder.read_long();
      count = count == INT64_MIN ? INT64_MAX : -count;
    }
    if (count == 0) break;
    for (; count > 0 && !decoder.failed(); --count) {
      const auto key = decoder.read_bytes();
      const auto value = decoder.read_bytes();
      metadata_.emplace_back(key, value);
    }
  }
  sync_ = decoder.read_fixed(kSyncSize);
  TRY(decoder.status());
  position_ = kMagic.size() + decoder.position();

  const auto schema = metadata("avro.schema");
  if (!schema) return corrupt("an Avro file without `avro.schema`");
  schema_json_ = *schema;
  if (const auto codec = metadata("avro.codec")) codec_ = TRY(parse_codec(*codec));
  if (options_.layouts != nullptr) {
    layout_ = TRY(options_.layouts->get(schema_json_));
  } else {
    layout_ = std::make_shared<const Layout>(TRY(Layout::make(TRY(parse_schema(schema_json_)))));
  }
  return {};
}

std::optional<std::string_view> FileReader::metadata(std::string_view key) const {
  for (const auto& [name, value] : metadata_) {
    if (name == key) return value;
  }
  return std::nullopt;
}

Result<std::optional<Block>> FileReader::next_block() {
  if (position_ == file_.size()) return std::optional<Block>();
  Decoder decoder(file_.substr(position_));
  const std::int64_t row_count = decoder.read_long();
  const auto stored = decoder.read_bytes();
  const auto sync = decoder.read_fixed(kSyncSize);
  TRY(decoder.status());
  if (row_count < 0) return corrupt("an Avro block of {} rows", row_count);
  if (sync != sync_) {
    return corrupt("the marker behind the Avro block at offset {} is wrong", position_);
  }
  position_ += decoder.position();

  Block block;
  block.row_count = static_cast<std::uint64_t>(row_count);
  block.data = stored;
  if (codec_ != Codec::None) {
    buffer_ = TRY(decompress_block(codec_, stored, options_.block_size_max));
    block.data = buffer_;
  }
  const std::uint64_t least = row_type().size_min;
  const std::uint64_t rows_max = least == 0 ? kFreeRowsMax : block.data.size() / least;
  if (block.row_count > rows_max) {
    return corrupt("an Avro block of {} rows has only {} bytes", row_count, block.data.size());
  }
  return std::optional(block);
}

Result<void> FileReader::check_block_end(const Decoder& decoder) {
  TRY(decoder.status());
  if (!decoder.at_end()) return corrupt("bytes are left behind the rows of an Avro block");
  return {};
}

Result<std::vector<Value>> FileReader::read_values() {
  std::vector<Value> values;
  TRY(for_each_row(
      [&](Decoder& decoder, const Type& type) { values.push_back(decoder.read_value(type)); }));
  return values;
}

}  // namespace tarn::avro
