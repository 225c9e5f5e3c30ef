// SPDX-License-Identifier: Apache-2.0
// Writing container files into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "avro/codec.h"
#include "avro/encoder.h"
#include "avro/schema.h"
#include "base/clock.h"

namespace tarn::avro {

struct WriteOptions {
  Codec codec = Codec::Deflate;
  std::size_t block_size = 64 * 1024;  // bytes before compression at which a block is closed
  // Keys of the header in their order; `avro.*` keys are made by the writer.
  std::vector<std::pair<std::string, std::string>> metadata;
};

//   FileWriter writer(schema, options, random);
//   for (…) { writer.encoder().write_long(…); …; writer.end_row(); }
//   std::string file = std::move(writer).finish();
class FileWriter {
 public:
  // `random` gives the marker between blocks.
  FileWriter(const Schema& schema, WriteOptions options, Random& random);

  // Takes the values of one row in the order of the schema.
  Encoder& encoder() { return encoder_; }
  void end_row();

  std::uint64_t row_count() const { return row_count_; }
  // Bytes of closed blocks and, not yet compressed, of the open one: an upper estimate of the file.
  std::size_t size() const { return file_.size() + encoder_.size(); }

  // Closes the last block and gives the file.
  std::string finish() &&;

 private:
  void close_block();

  WriteOptions options_;
  std::string sync_;
  std::string file_;
  Encoder encoder_;
  std::uint64_t row_count_ = 0;
  std::uint64_t block_rows_ = 0;
};

}  // namespace tarn::avro
