// SPDX-License-Identifier: Apache-2.0
#include "iceberg/deletion_vector.h"

#include <roaring/roaring.h>

#include <algorithm>
#include <map>

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"

namespace tarn::iceberg {

struct FreeBitmap {
  void operator()(roaring_bitmap_t* bitmap) const { roaring_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<roaring_bitmap_t, FreeBitmap>;

namespace {

constexpr std::uint32_t kBlobMagic = 0x6439D3D1;  // bytes D1 D3 39 64

// The library's reader checks sizes but not order: a bitmap whose values do not ascend would give
// wrong answers later.
bool ascends(const roaring_bitmap_t* bitmap) {
  roaring_uint32_iterator_t iterator;
  roaring_init_iterator(bitmap, &iterator);
  bool first = true;
  std::uint32_t last = 0;
  std::uint64_t seen = 0;
  while (iterator.has_value) {
    if (!first && iterator.current_value <= last) return false;
    first = false;
    last = iterator.current_value;
    ++seen;
    roaring_advance_uint32_iterator(&iterator);
  }
  return seen == roaring_bitmap_get_cardinality(bitmap);
}

}  // namespace

// Keyed by the high 32 bits of the positions.
struct DeletionVector::Bitmaps {
  std::map<std::uint32_t, Bitmap> by_high;
};

DeletionVector::DeletionVector() : bitmaps_(std::make_unique<Bitmaps>()) {}
DeletionVector::DeletionVector(DeletionVector&&) noexcept = default;
DeletionVector& DeletionVector::operator=(DeletionVector&&) noexcept = default;
DeletionVector::~DeletionVector() = default;

DeletionVector DeletionVector::clone() const {
  DeletionVector copy;
  copy.add_all(*this);
  return copy;
}

void DeletionVector::add(std::uint64_t position) {
  VERIFY(position < kRowPositionMax);
  Bitmap& bitmap = bitmaps_->by_high[static_cast<std::uint32_t>(position >> 32)];
  if (!bitmap) bitmap.reset(roaring_bitmap_create());
  roaring_bitmap_add(bitmap.get(), static_cast<std::uint32_t>(position));
}

void DeletionVector::add_all(const DeletionVector& other) {
  for (const auto& [high, bitmap] : other.bitmaps_->by_high) {
    Bitmap& own = bitmaps_->by_high[high];
    if (own) {
      roaring_bitmap_or_inplace(own.get(), bitmap.get());
    } else {
      own.reset(roaring_bitmap_copy(bitmap.get()));
    }
  }
}

bool DeletionVector::contains(std::uint64_t position) const {
  auto found = bitmaps_->by_high.find(static_cast<std::uint32_t>(position >> 32));
  return found != bitmaps_->by_high.end() &&
         roaring_bitmap_contains(found->second.get(), static_cast<std::uint32_t>(position));
}

std::uint64_t DeletionVector::cardinality() const {
  std::uint64_t count = 0;
  for (const auto& [high, bitmap] : bitmaps_->by_high) {
    count += roaring_bitmap_get_cardinality(bitmap.get());
  }
  return count;
}

bool DeletionVector::operator==(const DeletionVector& other) const {
  return positions() == other.positions();
}

std::size_t DeletionVector::offsets_in(std::uint64_t start, std::uint32_t count,
                                       std::uint32_t* offsets) const {
  std::uint64_t end = start + count;
  std::size_t found = 0;
  auto at = bitmaps_->by_high.lower_bound(static_cast<std::uint32_t>(start >> 32));
  for (; at != bitmaps_->by_high.end(); ++at) {
    std::uint64_t base = std::uint64_t{at->first} << 32;
    if (base >= end) break;
    roaring_uint32_iterator_t iterator;
    roaring_init_iterator(at->second.get(), &iterator);
    if (base < start) {
      roaring_move_uint32_iterator_equalorlarger(&iterator, static_cast<std::uint32_t>(start));
    }
    for (; iterator.has_value && base + iterator.current_value < end;
         roaring_advance_uint32_iterator(&iterator)) {
      offsets[found++] = static_cast<std::uint32_t>(base + iterator.current_value - start);
    }
  }
  return found;
}

std::vector<std::uint64_t> DeletionVector::positions() const {
  std::vector<std::uint64_t> result;
  result.reserve(cardinality());
  for (const auto& [high, bitmap] : bitmaps_->by_high) {
    std::uint64_t base = std::uint64_t{high} << 32;
    roaring_uint32_iterator_t iterator;
    for (roaring_init_iterator(bitmap.get(), &iterator); iterator.has_value;
         roaring_advance_uint32_iterator(&iterator)) {
      result.push_back(base + iterator.current_value);
    }
  }
  return result;
}

std::string DeletionVector::to_blob() const {
  std::string body;
  append_little_endian<std::uint32_t>(body, kBlobMagic);
  append_little_endian<std::uint64_t>(body, bitmaps_->by_high.size());
  for (const auto& [high, bitmap] : bitmaps_->by_high) {
    append_little_endian<std::uint32_t>(body, high);
    roaring_bitmap_run_optimize(bitmap.get());
    std::size_t at = body.size();
    body.resize(at + roaring_bitmap_portable_size_in_bytes(bitmap.get()));
    roaring_bitmap_portable_serialize(bitmap.get(), body.data() + at);
  }
  std::string blob;
  blob.reserve(body.size() + 8);
  append_big_endian<std::uint32_t>(blob, static_cast<std::uint32_t>(body.size()));
  blob += body;
  append_big_endian<std::uint32_t>(blob, crc32(body));
  return blob;
}

Result<DeletionVector> DeletionVector::from_blob(std::string_view blob) {
  ByteReader frame(blob);
  auto size = TRY(frame.read_big_endian<std::uint32_t>());
  if (size + std::uint64_t{8} != blob.size()) {
    return corrupt("deletion vector of {} bytes says that it has {}", blob.size(), size + 8ULL);
  }
  std::string_view body = TRY(frame.read_bytes(size));
  if (TRY(frame.read_big_endian<std::uint32_t>()) != crc32(body)) {
    return corrupt("checksum of a deletion vector does not match");
  }
  ByteReader reader(body);
  if (TRY(reader.read_little_endian<std::uint32_t>()) != kBlobMagic) {
    return corrupt("deletion vector does not begin with its magic number");
  }
  auto count = TRY(reader.read_little_endian<std::uint64_t>());
  DeletionVector vector;
  std::int64_t last = -1;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto high = TRY(reader.read_little_endian<std::uint32_t>());
    std::string_view rest = body.substr(reader.position());
    if (high <= last || high >= kRowPositionMax >> 32) {
      return corrupt("keys of a deletion vector do not ascend");
    }
    Bitmap bitmap(roaring_bitmap_portable_deserialize_safe(rest.data(), rest.size()));
    if (!bitmap || !ascends(bitmap.get())) return corrupt("damaged bitmap in a deletion vector");
    TRY(reader.skip(roaring_bitmap_portable_deserialize_size(rest.data(), rest.size())));
    last = high;
    vector.bitmaps_->by_high.emplace(high, std::move(bitmap));
  }
  if (!reader.at_end()) return corrupt("bytes follow the last bitmap of a deletion vector");
  return vector;
}

}  // namespace tarn::iceberg
