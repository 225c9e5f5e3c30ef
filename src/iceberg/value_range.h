// SPDX-License-Identifier: Apache-2.0
// Predicates on a range of values, for bounds of files and manifests. Inside this folder only.
#pragma once

#include <compare>
#include <optional>

#include "iceberg/expression.h"
#include "iceberg/value.h"

namespace tarn::iceberg {

// Every value that is neither null nor NaN lies in [lower, upper]; nullopt = not known.
struct ValueRange {
  std::optional<Value> lower;
  std::optional<Value> upper;
};

// Also compares what differs only in form: integers with dates that were written as integers,
// timestamps of both precisions. nullopt if the two cannot be compared.
std::optional<std::strong_ordering> order_of(const Value& value, const Value& literal);

// The predicate on one value, which is not null. nullopt if they cannot be compared.
std::optional<bool> predicate_holds(const Expression& filter, const Value& value);

// The filter is a predicate other than IsNull and IsNan. False only if no value of the range can
// match.
bool may_match_range(const Expression& filter, const ValueRange& range);
// True only if all values of the range match; nulls and NaN are the caller's.
bool must_match_range(const Expression& filter, const ValueRange& range);

}  // namespace tarn::iceberg
