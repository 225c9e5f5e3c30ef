// SPDX-License-Identifier: Apache-2.0
#include "functions/lambda.h"

#include <algorithm>
#include <numeric>

#include "functions/value_index.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using types::Value;
using Items = std::vector<Value>;
using Arguments = std::span<const Value>;

// Results of a lambda for each item; another count is a bug of the printer.
Result<void> check_result_count(std::size_t items, std::size_t results) {
  if (items == results) return ok();
  return internal("{} results of a lambda over {} items", results, items);
}

// Looks for `wanted`: `found` if it is there, NULL if it might be, else the contrary.
template <bool kWanted, bool kFound>
BoundFunction bind_match(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    bool saw_null = false;
    for (const Value& item : v[0].as_list()) {
      if (item.is_null()) {
        saw_null = true;
      } else if (item.as_bool() == kWanted) {
        return Value(kFound);
      }
    }
    return saw_null ? Value() : Value(!kFound);
  }};
}

BoundFunction bind_filter(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& items = v[0].as_list();
    const Items& keep = v[1].as_list();
    TRY(check_result_count(items.size(), keep.size()));
    Items out;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!keep[i].is_null() && keep[i].as_bool()) out.push_back(items[i]);
    }
    return Value(std::move(out));
  }};
}

// The order that Java's sort gives to a short array also where the comparator contradicts itself:
// a run at the start, then binary insertion. Longer arrays: any stable order.
class ComparatorSort {
 public:
  explicit ComparatorSort(const Items& matrix) : matrix_(matrix) {}

  Result<std::vector<std::size_t>> sort(std::size_t count) {
    order_.resize(count);
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    if (count < kShortMax) {
      sort_short();
    } else {
      std::stable_sort(order_.begin(), order_.end(),
                       [this](std::size_t a, std::size_t b) { return compare(a, b) < 0; });
    }
    if (bad_result_) {
      return types::named_error("INVALID_FUNCTION_ARGUMENT", {},
                                "Lambda comparator must return either -1, 0, or 1");
    }
    return order_;
  }

 private:
  static constexpr std::size_t kShortMax = 32;

  std::int64_t compare(std::size_t a, std::size_t b) {
    const Value& sign = matrix_[a].as_list()[b];
    if (sign.is_null() || sign.as_int() < -1 || sign.as_int() > 1) {
      bad_result_ = true;
      return 0;
    }
    return sign.as_int();
  }

  std::size_t first_run() {
    std::size_t end = 2;
    if (compare(order_[1], order_[0]) < 0) {
      while (end < order_.size() && compare(order_[end], order_[end - 1]) < 0) ++end;
      std::reverse(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(end));
    } else {
      while (end < order_.size() && compare(order_[end], order_[end - 1]) >= 0) ++end;
    }
    return end;
  }

  void sort_short() {
    if (order_.size() < 2) return;
    for (std::size_t next = first_run(); next < order_.size(); ++next) {
      const std::size_t pivot = order_[next];
      std::size_t left = 0;
      std::size_t right = next;
      while (left < right) {
        const std::size_t middle = (left + right) / 2;
        if (compare(pivot, order_[middle]) < 0) {
          right = middle;
        } else {
          left = middle + 1;
        }
      }
      auto place = order_.begin() + static_cast<std::ptrdiff_t>(left);
      std::move_backward(place, order_.begin() + static_cast<std::ptrdiff_t>(next),
                         order_.begin() + static_cast<std::ptrdiff_t>(next) + 1);
      *place = pivot;
    }
  }

  const Items& matrix_;
  std::vector<std::size_t> order_;
  bool bad_result_ = false;
};

BoundFunction bind_sort_by_matrix(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& items = v[0].as_list();
    const Items& matrix = v[1].as_list();
    TRY(check_result_count(items.size(), matrix.size()));
    for (const Value& row : matrix) {
      TRY(check_result_count(items.size(), row.as_list().size()));
    }
    ComparatorSort sort(matrix);
    Items out;
    out.reserve(items.size());
    for (std::size_t index : TRY(sort.sort(items.size()))) out.push_back(items[index]);
    return Value(std::move(out));
  }};
}

BoundFunction bind_map_filter(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& map = v[0].as_list();
    const Items& keep = v[1].as_list();
    TRY(check_result_count(map.size() / 2, keep.size()));
    Items out;
    for (std::size_t i = 0; i < keep.size(); ++i) {
      if (keep[i].is_null() || !keep[i].as_bool()) continue;
      out.push_back(map[2 * i]);
      out.push_back(map[2 * i + 1]);
    }
    return Value(std::move(out));
  }};
}

BoundFunction bind_transform_keys(const CallSignature& signature) {
  return {[key = signature.result.key()](Arguments v) -> Result<Value> {
    const Items& map = v[0].as_list();
    const Items& keys = v[1].as_list();
    TRY(check_result_count(map.size() / 2, keys.size()));
    Items values;
    for (std::size_t i = 1; i < map.size(); i += 2) values.push_back(map[i]);
    return make_map_value(key, keys, values);
  }};
}

BoundFunction bind_transform_values(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    Items out = v[0].as_list();
    const Items& values = v[1].as_list();
    TRY(check_result_count(out.size() / 2, values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) out[2 * i + 1] = values[i];
    return Value(std::move(out));
  }};
}

BoundFunction bind_map_zip(const CallSignature& signature) {
  return {[key = signature.arguments[0].key()](Arguments v) -> Result<Value> {
    const Items& left = v[0].as_list();
    const Items& right = v[1].as_list();
    Items out;
    ValueIndex keys(key);
    for (std::size_t i = 0; i + 1 < left.size(); i += 2) {
      keys.add(left[i]);
      out.push_back(Value(Items{left[i], left[i + 1], Value()}));
    }
    for (std::size_t i = 0; i + 1 < right.size(); i += 2) {
      if (const auto found = keys.find(right[i])) {
        std::get<Items>(out[*found].data)[2] = right[i + 1];
      } else {
        out.push_back(Value(Items{right[i], Value(), right[i + 1]}));
      }
    }
    return Value(std::move(out));
  }};
}

BoundFunction bind_map_zip_result(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& rows = v[0].as_list();
    const Items& values = v[1].as_list();
    TRY(check_result_count(rows.size(), values.size()));
    Items out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      out.push_back(rows[i].as_list()[0]);
      out.push_back(values[i]);
    }
    return Value(std::move(out));
  }};
}

constexpr FunctionEntry kLambdaFunctions[] = {
    {"$any_match", bind_match<true, true>},
    {"$all_match", bind_match<false, false>},
    {"$none_match", bind_match<true, false>},
    {"$filter", bind_filter},
    {"$array_sort", bind_sort_by_matrix},
    {"$map_filter", bind_map_filter},
    {"$transform_keys", bind_transform_keys},
    {"$transform_values", bind_transform_values},
    {"$map_zip", bind_map_zip},
    {"$map_zip_result", bind_map_zip_result},
};

}  // namespace

FunctionList lambda_functions() { return kLambdaFunctions; }

}  // namespace tarn::functions
