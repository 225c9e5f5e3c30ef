// SPDX-License-Identifier: Apache-2.0
// Partition and sort transforms. Spec: "Partition Transforms", "Appendix B".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "iceberg/type.h"
#include "iceberg/value.h"

namespace tarn::iceberg {

enum class TransformKind { Identity, Void, Year, Month, Day, Hour, Bucket, Truncate, Unknown };

// `parameter` is the number of buckets or the width. `text` is the JSON text of an unknown
// transform, which is kept, compared, and never evaluated.
struct Transform {
  TransformKind kind = TransformKind::Identity;
  int parameter = 0;
  std::string text;

  bool operator==(const Transform&) const = default;
};

Transform bucket_transform(int buckets);
Transform truncate_transform(int width);

// `identity`, `bucket[16]`, …
std::string to_string(const Transform& transform);
// Never fails on a name that it does not know: that is an unknown transform. A bad parameter of a
// known one is ErrorCode::Corrupt.
Result<Transform> parse_transform(std::string_view text);

// Whether the transform takes this source type.
bool can_transform(const Transform& transform, const Type& source);
// Unknown transforms give String. REQUIRES: can_transform(), or void or unknown.
Type result_type(const Transform& transform, const Type& source);
// Whether a <= b implies transform(a) <= transform(b).
bool preserves_order(const Transform& transform);

// Null for null. ErrorCode::Unsupported for unknown transforms, InvalidInput for a wrong source.
// The value must be of a type for which can_transform() holds. Results of `day` are dates, of
// `year`, `month`, `hour` and `bucket` ints.
Result<Value> apply_transform(const Transform& transform, const Value& value);

// murmur3 hash of the value as bucket takes it. REQUIRES: not null, a type that bucket takes.
std::int32_t bucket_hash(const Value& value);

// The text of a partition value in paths, before escaping: `2017-12-01-10` for hour, `2017-12`
// for month, base64 for binary, `null` for null.
std::string to_human_string(const Transform& transform, const Value& partition_value);

}  // namespace tarn::iceberg
