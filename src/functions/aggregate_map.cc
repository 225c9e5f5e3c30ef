// SPDX-License-Identifier: Apache-2.0
// Aggregates that make maps: histogram, map_agg, map_union, multimap_agg, approx_most_frequent and
// numeric_histogram. NULL for groups without rows that count.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "functions/aggregate_rows.h"
#include "functions/lists.h"
#include "functions/value_index.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;
using Items = std::vector<Value>;

// Keys in the order in which they came, each with what was made of its rows.
template <typename Made>
struct KeyedRows {
  explicit KeyedRows(const Type& type) : keys(type) {}

  ValueIndex keys;
  std::vector<Made> made;

  // REQUIRES: `key` outlives this.
  Made& of(const Value& key) {
    const auto added = keys.add(key);
    if (added.is_new) made.emplace_back();
    return made[added.index];
  }
};

Value map_of(KeyedRows<Value>& rows) {
  if (rows.made.empty()) return {};
  Items out;
  out.reserve(rows.made.size() * 2);
  for (std::size_t i = 0; i < rows.made.size(); ++i) {
    out.push_back(rows.keys.at(i));
    out.push_back(std::move(rows.made[i]));
  }
  return Value(std::move(out));
}

KeyedRows<std::int64_t> count_values(const Type& type, const GroupRows& rows, std::size_t at) {
  KeyedRows<std::int64_t> counts(type);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i][at].is_null()) ++counts.of(rows[i][at]);
  }
  return counts;
}

BoundFunction bind_histogram(const CallSignature& signature) {
  const Type& key = signature.result.key();
  return over_rows(false, [key](const GroupRows& rows) -> Result<Value> {
    const auto counts = count_values(key, rows, 0);
    if (counts.made.empty()) return Value();
    Items out;
    for (std::size_t i = 0; i < counts.made.size(); ++i) {
      out.push_back(counts.keys.at(i));
      out.push_back(Value(counts.made[i]));
    }
    return Value(std::move(out));
  });
}

// The first value of a key stays.
BoundFunction bind_map_agg(const CallSignature& signature) {
  const Type& key = signature.result.key();
  return over_rows(true, [key](const GroupRows& rows) -> Result<Value> {
    KeyedRows<Value> out(key);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = rows[i];
      if (row[0].is_null()) continue;
      if (out.keys.add(row[0]).is_new) out.made.push_back(row[1]);
    }
    return map_of(out);
  });
}

BoundFunction bind_map_union(const CallSignature& signature) {
  const Type& key = signature.result.key();
  return over_rows(false, [key](const GroupRows& rows) -> Result<Value> {
    KeyedRows<Value> out(key);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i][0].is_null()) continue;
      const Items& map = rows[i][0].as_list();
      for (std::size_t j = 0; j + 1 < map.size(); j += 2) {
        if (out.keys.add(map[j]).is_new) out.made.push_back(map[j + 1]);
      }
    }
    return map_of(out);
  });
}

BoundFunction bind_multimap_agg(const CallSignature& signature) {
  const Type& key = signature.result.key();
  return over_rows(true, [key](const GroupRows& rows) -> Result<Value> {
    KeyedRows<Items> lists(key);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = rows[i];
      if (row[0].is_null()) continue;
      lists.of(row[0]).push_back(row[1]);
    }
    if (lists.made.empty()) return Value();
    Items out;
    for (std::size_t i = 0; i < lists.made.size(); ++i) {
      out.push_back(lists.keys.at(i));
      out.push_back(Value(std::move(lists.made[i])));
    }
    return Value(std::move(out));
  });
}

// Rows are (buckets, value, capacity): exact counts of the most frequent values.
BoundFunction bind_most_frequent(const CallSignature& signature) {
  const Type& key = signature.result.key();
  return over_rows(true, [key](const GroupRows& rows) -> Result<Value> {
    const auto counts = count_values(key, rows, 1);
    if (counts.made.empty()) return Value();
    const Value& buckets = rows[0][0];
    if (buckets.is_null() || buckets.as_int() < 2) {
      return types::named_error("INVALID_FUNCTION_ARGUMENT", {},
                                "approx_most_frequent bucket count must be greater than one, "
                                "input value: {}",
                                buckets.is_null() ? 0 : buckets.as_int());
    }
    std::vector<std::size_t> order(counts.made.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return counts.made[a] > counts.made[b]; });
    order.resize(std::min(order.size(), static_cast<std::size_t>(buckets.as_int())));
    Items out;
    for (std::size_t index : order) {
      out.push_back(counts.keys.at(index));
      out.push_back(Value(counts.made[index]));
    }
    return Value(std::move(out));
  });
}

struct Bucket {
  double value = 0;
  double weight = 0;
};

// What the sum of squared errors grows by if two buckets become one.
double merge_penalty(const Bucket& a, const Bucket& b) {
  const double weight = a.weight + b.weight;
  const double squares = a.weight * a.value * a.value + b.weight * b.value * b.value;
  const double sum = a.weight * a.value + b.weight * b.value;
  return squares - sum * sum / weight;
}

Bucket merged(const Bucket& a, const Bucket& b) {
  const double weight = a.weight + b.weight;
  return {(a.value * a.weight + b.value * b.weight) / weight, weight};
}

// Equal values first, then the two neighbours that cost least, until few enough are left.
void merge_buckets(std::vector<Bucket>& buckets, std::size_t wanted) {
  std::sort(buckets.begin(), buckets.end(),
            [](const Bucket& a, const Bucket& b) { return a.value < b.value; });
  std::vector<Bucket> distinct;
  for (const Bucket& bucket : buckets) {
    if (!distinct.empty() && distinct.back().value == bucket.value) {
      distinct.back().weight += bucket.weight;
    } else {
      distinct.push_back(bucket);
    }
  }
  buckets = std::move(distinct);
  while (buckets.size() > wanted) {
    std::size_t best = 0;
    double best_penalty = merge_penalty(buckets[0], buckets[1]);
    for (std::size_t i = 1; i + 1 < buckets.size(); ++i) {
      const double penalty = merge_penalty(buckets[i], buckets[i + 1]);
      if (penalty < best_penalty) {
        best = i;
        best_penalty = penalty;
      }
    }
    buckets[best] = merged(buckets[best], buckets[best + 1]);
    buckets.erase(buckets.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}

// Rows are (buckets, value) or (buckets, value, weight). Merges after every few hundred rows, so
// that the work stays small.
BoundFunction bind_numeric_histogram(const CallSignature& signature) {
  const bool real = signature.result.key().is(TypeKind::Real);
  return over_rows(true, [real](const GroupRows& rows) -> Result<Value> {
    std::vector<Bucket> buckets;
    std::size_t wanted = 0;
    constexpr std::size_t kBuffer = 200;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = rows[i];
      if (std::any_of(row.begin(), row.end(), [](const Value& v) { return v.is_null(); })) {
        continue;
      }
      if (row[0].as_int() < 2) {
        return types::named_error("INVALID_FUNCTION_ARGUMENT", {},
                                  "numeric_histogram bucket count must be greater than one");
      }
      wanted = static_cast<std::size_t>(row[0].as_int());
      buckets.push_back({row[1].as_double(), row.size() > 2 ? row[2].as_double() : 1.0});
      if (buckets.size() >= kBuffer && buckets.size() / 2 > wanted) {
        merge_buckets(buckets, wanted);
      }
    }
    if (buckets.empty()) return Value();
    merge_buckets(buckets, wanted);
    Items out;
    for (const Bucket& bucket : buckets) {
      for (double number : {bucket.value, bucket.weight}) {
        out.push_back(Value(real ? static_cast<double>(static_cast<float>(number)) : number));
      }
    }
    return Value(std::move(out));
  });
}

constexpr FunctionEntry kAggregateMapFunctions[] = {
    {"$final_histogram", bind_histogram},
    {"$final_map_agg", bind_map_agg},
    {"$final_map_union", bind_map_union},
    {"$final_multimap_agg", bind_multimap_agg},
    {"$final_approx_most_frequent", bind_most_frequent},
    {"$final_numeric_histogram", bind_numeric_histogram},
};

}  // namespace

FunctionList aggregate_map_functions() { return kAggregateMapFunctions; }

}  // namespace tarn::functions
