// SPDX-License-Identifier: Apache-2.0
// A set of deleted row positions of one data file, and its blob form in Puffin files. Position
// delete files are loaded into the same set. Spec: "Deletion Vectors", Puffin `deletion-vector-v1`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::iceberg {

// Positions count rows of the file from 0 and stay below this.
inline constexpr std::uint64_t kRowPositionMax = std::uint64_t{1} << 62;

// Not thread-safe while it changes; any number of readers afterwards.
class DeletionVector {
 public:
  DeletionVector();
  DeletionVector(DeletionVector&&) noexcept;
  DeletionVector& operator=(DeletionVector&&) noexcept;
  ~DeletionVector();
  DeletionVector clone() const;

  // REQUIRES: position < kRowPositionMax.
  void add(std::uint64_t position);
  void add_all(const DeletionVector& other);
  bool contains(std::uint64_t position) const;
  bool empty() const { return cardinality() == 0; }
  std::uint64_t cardinality() const;
  bool operator==(const DeletionVector& other) const;

  // Writes the offsets (position - start) of deleted rows among [start, start + count) in ascending
  // order to `offsets`, which has room for `count`, and returns how many there are.
  std::size_t offsets_in(std::uint64_t start, std::uint32_t count, std::uint32_t* offsets) const;
  // Ascending.
  std::vector<std::uint64_t> positions() const;

  // Length, magic, vector and checksum, as `content_offset` and `content_size` frame it.
  std::string to_blob() const;
  // Damage of any kind is ErrorCode::Corrupt.
  static Result<DeletionVector> from_blob(std::string_view blob);

 private:
  struct Bitmaps;
  std::unique_ptr<Bitmaps> bitmaps_;
};

}  // namespace tarn::iceberg
