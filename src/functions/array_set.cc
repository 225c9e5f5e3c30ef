// SPDX-License-Identifier: Apache-2.0
// Arrays as sets, their order, and arrays made of arrays.
#include <algorithm>

#include "functions/lists.h"
#include "functions/value_index.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;
using Items = std::vector<Value>;
using Arguments = std::span<const Value>;

constexpr std::int64_t kCombinationSizeMax = 5;
constexpr std::int64_t kCombinedItemsMax = 100'000;

template <typename... Args>
Error bad_set_argument(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("INVALID_FUNCTION_ARGUMENT", {}, format, std::forward<Args>(args)...);
}

const Type& first_element(const CallSignature& signature) {
  return signature.arguments[0].element();
}

BoundFunction bind_array_distinct(const CallSignature& signature) {
  return {[element = first_element(signature)](Arguments v) -> Result<Value> {
    const Items& items = v[0].as_list();
    ValueIndex seen(element, items.size());
    Items out;
    for (const Value& item : items) {
      if (seen.add(item).is_new) out.push_back(item);
    }
    return Value(std::move(out));
  }};
}

// The order is that of the longer array, the first if they are equally long.
BoundFunction bind_array_intersect(const CallSignature& signature) {
  return {[element = first_element(signature)](Arguments v) -> Result<Value> {
    const Items* longer = &v[0].as_list();
    const Items* shorter = &v[1].as_list();
    if (longer->size() < shorter->size()) std::swap(longer, shorter);
    ValueIndex wanted(element, shorter->size());
    for (const Value& item : *shorter) wanted.add(item);
    ValueIndex seen(element, shorter->size());
    Items out;
    for (const Value& item : *longer) {
      if (wanted.find(item) && seen.add(item).is_new) out.push_back(item);
    }
    return Value(std::move(out));
  }};
}

BoundFunction bind_array_except(const CallSignature& signature) {
  return {[element = first_element(signature)](Arguments v) -> Result<Value> {
    ValueIndex seen(element, v[1].as_list().size());
    for (const Value& item : v[1].as_list()) seen.add(item);
    Items out;
    for (const Value& item : v[0].as_list()) {
      if (seen.add(item).is_new) out.push_back(item);
    }
    return Value(std::move(out));
  }};
}

BoundFunction bind_array_union(const CallSignature& signature) {
  return {[element = first_element(signature)](Arguments v) -> Result<Value> {
    ValueIndex seen(element, v[0].as_list().size());
    Items out;
    for (const Value& argument : v) {
      for (const Value& item : argument.as_list()) {
        if (seen.add(item).is_new) out.push_back(item);
      }
    }
    return Value(std::move(out));
  }};
}

BoundFunction bind_arrays_overlap(const CallSignature& signature) {
  return {[element = first_element(signature)](Arguments v) -> Result<Value> {
    const Items* longer = &v[0].as_list();
    const Items* shorter = &v[1].as_list();
    if (longer->size() < shorter->size()) std::swap(longer, shorter);
    if (shorter->empty()) return Value(false);
    bool saw_null = false;
    ValueIndex wanted(element, shorter->size());
    for (const Value& item : *shorter) {
      if (item.is_null()) saw_null = true;
      if (!item.is_null()) wanted.add(item);
    }
    for (const Value& item : *longer) {
      if (item.is_null()) saw_null = true;
      if (!item.is_null() && wanted.find(item)) return Value(true);
    }
    return saw_null ? Value() : Value(false);
  }};
}

BoundFunction bind_array_histogram(const CallSignature& signature) {
  return {[element = first_element(signature)](Arguments v) -> Result<Value> {
    ValueIndex keys(element);
    std::vector<std::int64_t> counts;
    for (const Value& item : v[0].as_list()) {
      if (item.is_null()) continue;
      const auto added = keys.add(item);
      if (added.is_new) counts.push_back(0);
      ++counts[added.index];
    }
    Items out;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      out.push_back(keys.at(i));
      out.push_back(Value(counts[i]));
    }
    return Value(std::move(out));
  }};
}

// NULL if any item is NULL.
Result<Value> extreme_of_array(const Type& element, const Items& items, bool largest) {
  const Value* best = nullptr;
  for (const Value& item : items) {
    if (item.is_null()) return Value();
  }
  for (const Value& item : items) {
    if (best == nullptr) {
      best = &item;
      continue;
    }
    const int sign =
        TRY(compare_ordered(element, item, *best, largest ? NanOrder::First : NanOrder::Last));
    if (largest ? sign > 0 : sign < 0) best = &item;
  }
  return best == nullptr ? Value() : *best;
}

BoundFunction bind_array_max(const CallSignature& signature) {
  return {[element = first_element(signature)](Arguments v) {
    return extreme_of_array(element, v[0].as_list(), true);
  }};
}

BoundFunction bind_array_min(const CallSignature& signature) {
  return {[element = first_element(signature)](Arguments v) {
    return extreme_of_array(element, v[0].as_list(), false);
  }};
}

BoundFunction bind_array_sort(const CallSignature& signature) {
  return {[element = first_element(signature)](Arguments v) -> Result<Value> {
    Items out = v[0].as_list();
    auto nulls = std::stable_partition(out.begin(), out.end(),
                                       [](const Value& item) { return !item.is_null(); });
    std::optional<Error> failure;
    std::stable_sort(out.begin(), nulls, [&](const Value& a, const Value& b) {
      auto sign = compare_ordered(element, a, b, NanOrder::Last);
      if (!sign && !failure) failure = sign.error();
      return sign && *sign < 0;
    });
    if (failure) return *failure;
    return Value(std::move(out));
  }};
}

BoundFunction bind_array_join(const CallSignature& signature) {
  const Type& element = first_element(signature);
  RowFunction cast = [](Arguments v) -> Result<Value> { return v[0]; };
  if (element.is(TypeKind::Unknown)) {
    cast = [](Arguments) -> Result<Value> { return Value(std::string()); };
  } else if (!element.is(TypeKind::Varchar)) {
    auto bound = bind_function({"$cast", {element}, types::make_varchar(), signature.zone});
    if (!bound) return {};
    cast = bound->call;
  }
  return {[cast](Arguments v) -> Result<Value> {
    std::string out;
    bool first = true;
    for (const Value& item : v[0].as_list()) {
      // The text of a json null is NULL too.
      const Value text = item.is_null() ? Value() : TRY(cast(Arguments(&item, 1)));
      if (text.is_null() && v.size() < 3) continue;
      if (!first) out += v[1].as_text();
      first = false;
      out += text.is_null() ? v[2].as_text() : text.as_text();
    }
    return Value(std::move(out));
  }};
}

BoundFunction bind_ngrams(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& items = v[0].as_list();
    const std::int64_t length = v[1].as_int();
    if (length <= 0) return bad_set_argument("N must be positive");
    if (length >= static_cast<std::int64_t>(items.size())) return Value(Items{v[0]});
    const auto size = static_cast<std::size_t>(length);
    if (items.size() * size > 10'000'000) {
      return bad_set_argument("ngrams of {} items are too many", items.size());
    }
    Items out;
    for (std::size_t i = 0; i + size <= items.size(); ++i) {
      Items gram;
      for (std::size_t j = i; j < i + size; ++j) gram.push_back(items[j]);
      out.push_back(Value(std::move(gram)));
    }
    return Value(std::move(out));
  }};
}

std::int64_t combination_count(std::int64_t items, std::int64_t size) {
  std::int64_t count = 1;
  for (std::int64_t i = 1; i <= size; ++i) {
    count = count * (items - size + i) / i;
    if (count > kCombinedItemsMax) break;
  }
  return count;
}

// In the order of the last item, then of the one before it, ….
bool next_combination(std::vector<std::size_t>& positions, std::size_t count) {
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const std::size_t end = i + 1 < positions.size() ? positions[i + 1] : count;
    if (positions[i] + 1 >= end) continue;
    ++positions[i];
    for (std::size_t j = 0; j < i; ++j) positions[j] = j;
    return true;
  }
  return false;
}

BoundFunction bind_combinations(const CallSignature&) {
  return {[](Arguments v) -> Result<Value> {
    const Items& items = v[0].as_list();
    const std::int64_t size = v[1].as_int();
    if (size < 0) return bad_set_argument("combination size must not be negative: {}", size);
    if (size > kCombinationSizeMax) {
      return bad_set_argument("combination size must not exceed {}: {}", kCombinationSizeMax, size);
    }
    const auto count = static_cast<std::int64_t>(items.size());
    if (size > count) return Value(Items{});
    if (size == 0) return Value(Items{Value(Items{})});
    if (combination_count(count, size) * size > kCombinedItemsMax) {
      return bad_set_argument("combinations exceed max size");
    }
    std::vector<std::size_t> positions(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < positions.size(); ++i) positions[i] = i;
    Items out;
    do {
      Items combination;
      for (std::size_t position : positions) combination.push_back(items[position]);
      out.push_back(Value(std::move(combination)));
    } while (next_combination(positions, items.size()));
    return Value(std::move(out));
  }};
}

BoundFunction bind_zip(const CallSignature& signature) {
  for (const Type& argument : signature.arguments) {
    if (!argument.is(TypeKind::Array)) return {};
  }
  return {[](Arguments v) -> Result<Value> {
    std::size_t length = 0;
    for (const Value& argument : v) length = std::max(length, argument.as_list().size());
    Items out;
    out.reserve(length);
    for (std::size_t i = 0; i < length; ++i) {
      Items row;
      row.reserve(v.size());
      for (const Value& argument : v) {
        const Items& items = argument.as_list();
        row.push_back(i < items.size() ? items[i] : Value());
      }
      out.push_back(Value(std::move(row)));
    }
    return Value(std::move(out));
  }};
}

constexpr FunctionEntry kArraySetFunctions[] = {
    {"array_distinct", bind_array_distinct},
    {"array_intersect", bind_array_intersect},
    {"array_except", bind_array_except},
    {"array_union", bind_array_union},
    {"arrays_overlap", bind_arrays_overlap},
    {"array_histogram", bind_array_histogram},
    {"array_max", bind_array_max},
    {"array_min", bind_array_min},
    {"array_sort", bind_array_sort},
    {"array_join", bind_array_join},
    {"ngrams", bind_ngrams},
    {"combinations", bind_combinations},
    {"zip", bind_zip},
};

}  // namespace

FunctionList array_set_functions() { return kArraySetFunctions; }

}  // namespace tarn::functions
