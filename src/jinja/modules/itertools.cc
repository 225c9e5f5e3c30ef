// SPDX-License-Identifier: Apache-2.0
// Python's itertools, as far as dbt shows it. Endless ones are bounded by the steps of the render.
#include <algorithm>
#include <memory>

#include "jinja/methods.h"
#include "jinja/modules.h"

namespace tarn::jinja {

namespace {

Result<Value> count(Runtime&, std::span<const Value> values) {
  return make_generator(
      [now = values[0], step = values[1]](Runtime& runtime, Value& out) mutable -> Result<bool> {
        out = now;
        now = TRY(binary(runtime, BinaryOp::Add, now, step));
        return true;
      });
}

Result<Value> cycle(Runtime& runtime, std::span<const Value> values) {
  auto items = TRY(collect(runtime, values[0]));
  return make_generator([items = std::move(items), at = std::size_t{0}](
                            Runtime&, Value& out) mutable -> Result<bool> {
    if (items.empty()) return false;
    out = items[at];
    at = (at + 1) % items.size();
    return true;
  });
}

Result<Value> repeat(Runtime&, std::span<const Value> values) {
  std::int64_t left = values[1].is_none() ? INT64_MAX : TRY(int_argument(values[1]));
  return make_generator([item = values[0], left](Runtime&, Value& out) mutable -> Result<bool> {
    if (left <= 0) return false;
    --left;
    out = item;
    return true;
  });
}

Result<Value> accumulate(Runtime& runtime, std::span<const Value> values) {
  auto iteration = TRY(Iteration::over(runtime, values[0]));
  return make_generator([iteration, function = values[1], total = values[2], started = false](
                            Runtime& inner, Value& out) mutable -> Result<bool> {
    if (!started && !total.is_none()) {
      started = true;
      out = total;
      return true;
    }
    Value item;
    if (!TRY(iteration.next(inner, item))) return false;
    if (!started) {
      started = true;
      total = std::move(item);
    } else if (function.is_none()) {
      total = TRY(binary(inner, BinaryOp::Add, total, item));
    } else {
      const Value pair[] = {total, item};
      total = TRY(inner.call(function, {pair, {}}));
    }
    out = total;
    return true;
  });
}

Value chain_values(std::vector<Value> iterables) {
  std::optional<Iteration> current;
  return make_generator([iterables = std::move(iterables), current, at = std::size_t{0}](
                            Runtime& runtime, Value& out) mutable -> Result<bool> {
    while (true) {
      if (current && TRY(current->next(runtime, out))) return true;
      if (at >= iterables.size()) return false;
      current = TRY(Iteration::over(runtime, iterables[at++]));
    }
  });
}

// chain(…) and chain.from_iterable(…).
class Chain final : public Object {
 public:
  std::string_view type_name() const override { return "type"; }
  bool is_callable() const override { return true; }
  Result<Value> call(Runtime&, const Arguments& arguments) override {
    return chain_values({arguments.positional.begin(), arguments.positional.end()});
  }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name != "from_iterable") return std::optional<Value>();
    return std::optional<Value>(
        make_function(name, [](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
          TRY(expect_arguments("from_iterable", arguments, 1, 1));
          return chain_values(TRY(collect(runtime, arguments.positional[0])));
        }));
  }
};

Result<Value> compress(Runtime& runtime, std::span<const Value> values) {
  auto data = TRY(Iteration::over(runtime, values[0]));
  auto selectors = TRY(Iteration::over(runtime, values[1]));
  return make_generator([data, selectors](Runtime& inner, Value& out) mutable -> Result<bool> {
    Value selected;
    while (TRY(data.next(inner, out)) && TRY(selectors.next(inner, selected))) {
      if (TRY(truth(inner, selected))) return true;
    }
    return false;
  });
}

Result<Value> islice(Runtime& runtime, const Arguments& arguments) {
  TRY(expect_arguments("islice", arguments, 2, 4));
  auto iteration = TRY(Iteration::over(runtime, arguments.positional[0]));
  std::int64_t parts[3] = {0, INT64_MAX, 1};
  const std::size_t given = arguments.positional.size();
  for (std::size_t i = 1; i < given; ++i) {
    const Value& value = arguments.positional[i];
    const std::size_t slot = given == 2 ? 1 : i - 1;
    if (value.is_none()) continue;
    parts[slot] = TRY(int_argument(value));
    if (parts[slot] < (slot == 2 ? 1 : 0)) {
      return value_error("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    }
  }
  return make_generator([iteration, wanted = parts[0], stop = parts[1], step = parts[2],
                         at = std::int64_t{0}](Runtime& inner, Value& out) mutable -> Result<bool> {
    if (wanted >= stop) return false;
    while (at <= wanted) {
      if (!TRY(iteration.next(inner, out))) return false;
      ++at;
    }
    wanted += step;
    return true;
  });
}

Result<Value> starmap(Runtime& runtime, std::span<const Value> values) {
  auto iteration = TRY(Iteration::over(runtime, values[1]));
  return make_generator(
      [iteration, function = values[0]](Runtime& inner, Value& out) mutable -> Result<bool> {
        Value item;
        if (!TRY(iteration.next(inner, item))) return false;
        const auto arguments = TRY(collect(inner, item));
        out = TRY(inner.call(function, {arguments, {}}));
        return true;
      });
}

Value iterate_list(std::shared_ptr<const std::vector<Value>> items) {
  return make_generator([items = std::move(items), at = std::size_t{0}](
                            Runtime&, Value& out) mutable -> Result<bool> {
    if (at >= items->size()) return false;
    out = (*items)[at++];
    return true;
  });
}

Result<Value> tee(Runtime& runtime, std::span<const Value> values) {
  const auto items = std::make_shared<const std::vector<Value>>(TRY(collect(runtime, values[0])));
  const std::int64_t copies = TRY(int_argument(values[1]));
  if (copies < 0) return value_error("n must be >= 0");
  TRY(runtime.charge(static_cast<std::uint64_t>(copies)));
  std::vector<Value> iterators;
  for (std::int64_t i = 0; i < copies; ++i) iterators.push_back(iterate_list(items));
  return Value::tuple(std::move(iterators));
}

Result<Value> zip_longest(Runtime& runtime, const Arguments& arguments) {
  Value fill;
  for (const auto& named : arguments.named) {
    if (named.name != "fillvalue") {
      return type_error("zip_longest() got an unexpected keyword argument");
    }
    fill = named.value;
  }
  std::vector<Iteration> iterations;
  for (const auto& iterable : arguments.positional) {
    iterations.push_back(TRY(Iteration::over(runtime, iterable)));
  }
  return make_generator([iterations, fill](Runtime& inner, Value& out) mutable -> Result<bool> {
    std::vector<Value> row;
    bool any = false;
    for (auto& iteration : iterations) {
      Value item = fill;
      if (TRY(iteration.next(inner, item))) {
        any = true;
      } else {
        item = fill;
      }
      row.push_back(std::move(item));
    }
    out = Value::tuple(std::move(row));
    return any;
  });
}

Result<Value> product(Runtime& runtime, const Arguments& arguments) {
  std::int64_t copies = 1;
  for (const auto& named : arguments.named) {
    if (named.name != "repeat") return type_error("product() got an unexpected keyword argument");
    copies = TRY(int_argument(named.value));
    if (copies < 0) return value_error("repeat argument cannot be negative");
  }
  std::vector<std::vector<Value>> pools;
  TRY(runtime.charge(static_cast<std::uint64_t>(copies)));
  for (std::int64_t i = 0; i < copies; ++i) {
    for (const auto& iterable : arguments.positional) {
      pools.push_back(TRY(collect(runtime, iterable)));
    }
  }
  std::vector<std::size_t> at(pools.size(), 0);
  const bool empty = std::any_of(pools.begin(), pools.end(),
                                 [](const std::vector<Value>& pool) { return pool.empty(); });
  return make_generator([pools = std::move(pools), at, done = empty](
                            Runtime& inner, Value& out) mutable -> Result<bool> {
    if (done) return false;
    TRY(inner.charge(pools.size()));
    std::vector<Value> row;
    for (std::size_t i = 0; i < pools.size(); ++i) row.push_back(pools[i][at[i]]);
    out = Value::tuple(std::move(row));
    std::size_t i = pools.size();
    while (i > 0 && ++at[i - 1] == pools[i - 1].size()) at[--i] = 0;
    done = i == 0;
    return true;
  });
}

// Positions of `size` out of `count`: all orders, or only rising ones, with or without repeats.
enum class Choice { Permutations, Combinations, WithReplacement };

bool next_choice(std::vector<std::size_t>& at, std::size_t count, Choice choice) {
  const std::size_t size = at.size();
  for (std::size_t i = size; i-- > 0;) {
    if (choice == Choice::Combinations) {
      if (at[i] + 1 > count - (size - i)) continue;
      ++at[i];
      for (std::size_t j = i + 1; j < size; ++j) at[j] = at[j - 1] + 1;
      return true;
    }
    if (choice == Choice::WithReplacement) {
      if (at[i] + 1 >= count) continue;
      ++at[i];
      for (std::size_t j = i + 1; j < size; ++j) at[j] = at[i];
      return true;
    }
    const auto used = [&](std::size_t value, std::size_t upto) {
      return std::find(at.begin(), at.begin() + static_cast<std::ptrdiff_t>(upto), value) !=
             at.begin() + static_cast<std::ptrdiff_t>(upto);
    };
    std::size_t value = at[i] + 1;
    while (value < count && used(value, i)) ++value;
    if (value >= count) continue;
    at[i] = value;
    for (std::size_t j = i + 1; j < size; ++j) {
      std::size_t smallest = 0;
      while (used(smallest, j)) ++smallest;
      at[j] = smallest;
    }
    return true;
  }
  return false;
}

Result<Value> choices(Runtime& runtime, const Value& iterable, const Value& size_value,
                      Choice choice) {
  auto pool = TRY(collect(runtime, iterable));
  const std::int64_t size =
      size_value.is_none() ? static_cast<std::int64_t>(pool.size()) : TRY(int_argument(size_value));
  if (size < 0) return value_error("r must be non-negative");
  TRY(runtime.charge(static_cast<std::uint64_t>(size)));
  const auto count = static_cast<std::int64_t>(pool.size());
  const bool none = choice == Choice::WithReplacement ? count == 0 && size > 0 : size > count;
  std::vector<std::size_t> at;
  for (std::int64_t i = 0; i < size && !none; ++i) {
    at.push_back(choice == Choice::WithReplacement ? 0 : static_cast<std::size_t>(i));
  }
  return make_generator([pool = std::move(pool), at, choice, first = true, done = none](
                            Runtime& inner, Value& out) mutable -> Result<bool> {
    TRY(inner.charge(at.size() * at.size() + 1));
    if (!done && !first) done = !next_choice(at, pool.size(), choice);
    first = false;
    if (done) return false;
    std::vector<Value> row;
    for (const std::size_t index : at) row.push_back(pool[index]);
    out = Value::tuple(std::move(row));
    return true;
  });
}

Value choice_function(const std::string& name, Choice choice) {
  std::optional<Value> size;
  if (choice == Choice::Permutations) size = Value::none();
  return make_function(Signature(name, {{"iterable", std::nullopt}, {"r", size}}),
                       [choice](Runtime& runtime, std::span<const Value> values) {
                         return choices(runtime, values[0], values[1], choice);
                       });
}

Value with_signature(const std::string& name, std::vector<Signature::Parameter> parameters,
                     BoundFunction function) {
  return make_function(Signature(name, std::move(parameters)), std::move(function));
}

}  // namespace

Value make_itertools_module() {
  return make_module(
      "dict",
      {{"count", with_signature("count", {{"start", Value(0)}, {"step", Value(1)}}, count)},
       {"cycle", with_signature("cycle", {{"iterable", std::nullopt}}, cycle)},
       {"repeat",
        with_signature("repeat", {{"object", std::nullopt}, {"times", Value::none()}}, repeat)},
       {"accumulate",
        with_signature(
            "accumulate",
            {{"iterable", std::nullopt}, {"func", Value::none()}, {"initial", Value::none()}},
            accumulate)},
       {"chain", make_ref<Chain>()},
       {"compress",
        with_signature("compress", {{"data", std::nullopt}, {"selectors", std::nullopt}},
                       compress)},
       {"islice", make_function("islice", islice)},
       {"starmap",
        with_signature("starmap", {{"function", std::nullopt}, {"iterable", std::nullopt}},
                       starmap)},
       {"tee", with_signature("tee", {{"iterable", std::nullopt}, {"n", Value(2)}}, tee)},
       {"zip_longest", make_function("zip_longest", zip_longest)},
       {"product", make_function("product", product)},
       {"permutations", choice_function("permutations", Choice::Permutations)},
       {"combinations", choice_function("combinations", Choice::Combinations)},
       {"combinations_with_replacement",
        choice_function("combinations_with_replacement", Choice::WithReplacement)}});
}

}  // namespace tarn::jinja
