// SPDX-License-Identifier: Apache-2.0
#include "avro/file_writer.h"

namespace tarn::avro {

FileWriter::FileWriter(const Schema& schema, WriteOptions options, Random& random)
    : options_(std::move(options)) {
  append_little_endian(sync_, random.next());
  append_little_endian(sync_, random.next());
  Encoder header;
  header.write_fixed(std::string_view("Obj\x01", 4));
  header.begin_items(options_.metadata.size() + 2);
  header.write_text("avro.schema");
  header.write_text(write_schema(schema));
  header.write_text("avro.codec");
  header.write_text(to_string(options_.codec));
  for (const auto& [key, value] : options_.metadata) {
    header.write_text(key);
    header.write_text(value);
  }
  header.end_items();
  header.write_fixed(sync_);
  file_ = header.data();
}

void FileWriter::end_row() {
  ++row_count_;
  ++block_rows_;
  if (encoder_.size() >= options_.block_size) close_block();
}

void FileWriter::close_block() {
  if (block_rows_ == 0) return;
  Encoder head;
  head.write_long(static_cast<std::int64_t>(block_rows_));
  if (options_.codec == Codec::None) {
    head.write_text(encoder_.data());
  } else {
    head.write_text(compress_block(options_.codec, encoder_.data()));
  }
  file_ += head.data();
  file_ += sync_;
  encoder_.clear();
  block_rows_ = 0;
}

std::string FileWriter::finish() && {
  close_block();
  return std::move(file_);
}

}  // namespace tarn::avro
