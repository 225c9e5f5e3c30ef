// SPDX-License-Identifier: Apache-2.0
// Puffin files: blobs (deletion vectors, statistics) behind one footer. Spec: "Puffin".
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::iceberg {

inline constexpr std::string_view kDeletionVectorBlob = "deletion-vector-v1";

struct PuffinBlob {
  std::string type;
  std::vector<int> fields;
  std::int64_t snapshot_id = -1;
  std::int64_t sequence_number = -1;
  std::int64_t offset = 0;  // of the stored bytes in the file
  std::int64_t length = 0;
  std::optional<std::string> compression;  // `lz4` or `zstd`
  std::map<std::string, std::string> properties;

  bool operator==(const PuffinBlob&) const = default;
};

struct PuffinFooter {
  std::vector<PuffinBlob> blobs;
  std::map<std::string, std::string> properties;

  bool operator==(const PuffinFooter&) const = default;
};

// Builds a file in memory; blobs are stored as they are.
class PuffinWriter {
 public:
  PuffinWriter();
  // Sets offset and length of `blob` and returns it as it will stand in the footer.
  const PuffinBlob& add(PuffinBlob blob, std::string_view data);
  void set_property(const std::string& name, std::string value);
  // The whole file. The writer is empty afterwards.
  std::string finish();
  // Bytes of the last finished file's footer, as statistics entries record it.
  std::int64_t footer_size() const { return footer_size_; }

 private:
  std::string bytes_;
  PuffinFooter footer_;
  std::int64_t footer_size_ = 0;
};

// Bytes that the tail of a file must have so that the size of its footer can be read.
inline constexpr std::size_t kPuffinTailSize = 12;
// The size of the whole footer, magic to magic, read from the last kPuffinTailSize bytes.
Result<std::size_t> puffin_footer_size(std::string_view tail);
// `footer` is exactly the footer. Damage is ErrorCode::Corrupt.
Result<PuffinFooter> parse_puffin_footer(std::string_view footer);
// The bytes of a blob, decompressed, from a whole file.
Result<std::string> read_puffin_blob(std::string_view file, const PuffinBlob& blob);

}  // namespace tarn::iceberg
