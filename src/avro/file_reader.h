// SPDX-License-Identifier: Apache-2.0
// Reading container files that are in memory. Damage of any kind is ErrorCode::Corrupt.
// Avro 1.11 specification, "Object Container Files".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "avro/codec.h"
#include "avro/decoder.h"
#include "avro/layout.h"
#include "base/result.h"

namespace tarn::avro {

struct ReadOptions {
  std::size_t block_size_max = std::size_t{512} << 20;  // bytes of a block when decompressed
  LayoutCache* layouts = nullptr;  // shares layouts between files of the same schema
};

struct Block {
  std::uint64_t row_count = 0;
  std::string_view data;  // decompressed; valid until the next block is read
};

class FileReader {
 public:
  // `file` must outlive the reader.
  static Result<FileReader> open(std::string_view file, const ReadOptions& options = {});

  // The type of a row; lives as long as the reader.
  const Type& row_type() const { return layout_->root(); }
  std::string_view schema_json() const { return schema_json_; }
  Codec codec() const { return codec_; }
  // Values of the header, such as `partition-spec-id`; views into the file.
  std::optional<std::string_view> metadata(std::string_view key) const;
  const std::vector<std::pair<std::string_view, std::string_view>>& metadata() const {
    return metadata_;
  }

  // nullopt at the end of the file.
  Result<std::optional<Block>> next_block();

  // Calls read_row(decoder, row type) for each row that is left. It reads exactly one row; errors
  // that stick in the decoder need not be looked at. It may return void or Result<void>.
  template <typename ReadRow>
  Result<void> for_each_row(ReadRow&& read_row) {
    while (const auto block = TRY(next_block())) {
      Decoder decoder(block->data);
      for (std::uint64_t i = 0; i < block->row_count; ++i) {
        if constexpr (std::is_void_v<decltype(read_row(decoder, row_type()))>) {
          read_row(decoder, row_type());
        } else {
          auto result = read_row(decoder, row_type());
          TRY(decoder.status());
          TRY(std::move(result));
        }
        if (decoder.failed()) return decoder.status();
      }
      TRY(check_block_end(decoder));
    }
    return {};
  }

  // All rows that are left, as trees.
  Result<std::vector<Value>> read_values();

 private:
  FileReader() = default;
  Result<void> read_header();
  static Result<void> check_block_end(const Decoder& decoder);

  std::string_view file_;
  std::size_t position_ = 0;
  ReadOptions options_;
  std::string_view sync_;
  std::string_view schema_json_;
  Codec codec_ = Codec::None;
  std::vector<std::pair<std::string_view, std::string_view>> metadata_;
  std::shared_ptr<const Layout> layout_;
  std::string buffer_;
};

}  // namespace tarn::avro
