// SPDX-License-Identifier: Apache-2.0
// Global functions: range, dict, namespace, cycler, joiner, lipsum.
#include <algorithm>

#include "jinja/bigint.h"
#include "jinja/builtins.h"
#include "jinja/interpreter.h"
#include "jinja/methods.h"

namespace tarn::jinja {

namespace {

class Range final : public Object {
 public:
  Range(std::int64_t start, std::int64_t stop, std::int64_t step)
      : start_(start), stop_(stop), step_(step) {
    if (step > 0 && start < stop) count_ = (stop - start - 1) / step + 1;
    if (step < 0 && start > stop) count_ = (start - stop - 1) / -step + 1;
  }
  std::string_view type_name() const override { return "range"; }
  bool is_sequence() const override { return true; }
  std::int64_t count() const { return count_; }

  Result<std::optional<std::size_t>> length(Runtime&) const override {
    return std::optional<std::size_t>(static_cast<std::size_t>(count_));
  }
  Result<std::string> to_repr(Runtime&) const override {
    if (step_ == 1) return fmt::format("range({}, {})", start_, stop_);
    return fmt::format("range({}, {}, {})", start_, stop_, step_);
  }
  Result<std::optional<Value>> get_item(Runtime&, const Value& key) override {
    if (!key.is_int64()) return std::optional<Value>();
    std::int64_t index = key.as_int();
    if (index < 0) index += count_;
    if (index < 0 || index >= count_) return std::optional<Value>();
    return std::optional<Value>(Value(start_ + index * step_));
  }
  Result<std::optional<Value>> get_slice(Runtime&, const Value& start, const Value& stop,
                                         const Value& step) override {
    const auto part = TRY(slice_range(static_cast<std::size_t>(count_), start, stop, step));
    return std::optional<Value>(make_ref<Range>(at(part.start), at(part.stop), step_ * part.step));
  }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "start") return std::optional<Value>(Value(start_));
    if (name == "stop") return std::optional<Value>(Value(stop_));
    if (name == "step") return std::optional<Value>(Value(step_));
    if (name != "count" && name != "index") return std::optional<Value>();
    Ref<Range> self(this);
    const bool count = name == "count";
    return std::optional<Value>(make_function(
        name, [self, count](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
          TRY(expect_arguments("range method", arguments, 1, 1));
          const Value& key = arguments.positional[0];
          const bool found = *TRY(self->contains(runtime, key));
          if (count) return Value(found ? 1 : 0);
          if (!found) return value_error("{} is not in range", TRY(jinja::to_repr(runtime, key)));
          return Value((static_cast<std::int64_t>(TRY(to_double(key))) - self->start_) /
                       self->step_);
        }));
  }
  Result<std::optional<Value>> iterate(Runtime&) override;
  Result<std::optional<bool>> contains(Runtime&, const Value& key) override {
    if (key.kind() == Kind::Float) {
      const auto whole = static_cast<std::int64_t>(key.as_float());
      if (static_cast<double>(whole) != key.as_float()) return std::optional<bool>(false);
      return std::optional<bool>(holds(whole));
    }
    return std::optional<bool>(key.is_int64() && holds(key.as_int()));
  }
  bool equals(const Object& other) const override {
    const auto* range = dynamic_cast<const Range*>(&other);
    if (range == nullptr || range->count_ != count_) return false;
    return count_ == 0 || (range->start_ == start_ && (count_ == 1 || range->step_ == step_));
  }
  Result<std::uint64_t> hash() const override {
    return static_cast<std::uint64_t>(count_ * 31 + start_);
  }
  std::int64_t at(std::int64_t index) const { return start_ + index * step_; }

 private:
  bool holds(std::int64_t number) const {
    const std::int64_t offset = number - start_;
    return offset % step_ == 0 && offset / step_ >= 0 && offset / step_ < count_;
  }
  std::int64_t start_, stop_, step_;
  std::int64_t count_ = 0;
};

class RangeIterator final : public Iterator {
 public:
  explicit RangeIterator(Ref<Range> range) : range_(std::move(range)) {}
  std::string_view type_name() const override { return "range_iterator"; }
  Result<bool> next(Runtime&, Value& out) override {
    if (position_ >= range_->count()) return false;
    out = Value(range_->at(position_++));
    return true;
  }

 private:
  Ref<Range> range_;
  std::int64_t position_ = 0;
};

Result<std::optional<Value>> Range::iterate(Runtime&) {
  return std::optional<Value>(make_ref<RangeIterator>(Ref<Range>(this)));
}

Result<Value> make_range(Runtime&, const Arguments& arguments) {
  TRY(expect_arguments("range", arguments, 1, 3));
  std::int64_t parts[3] = {0, 0, 1};
  for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
    parts[i] = TRY(int_argument(arguments.positional[i]));
  }
  if (arguments.positional.size() == 1) std::swap(parts[0], parts[1]);
  if (parts[2] == 0) return value_error("range() arg 3 must not be zero");
  constexpr std::int64_t kBound = INT64_MAX / 4;
  for (auto& part : parts) part = std::clamp(part, -kBound, kBound);
  auto range = make_ref<Range>(parts[0], parts[1], parts[2]);
  if (range->count() > kRangeMax) {
    return fail(kOverflowError,
                "Range too big. The sandbox blocks ranges larger than MAX_RANGE ({}).", kRangeMax);
  }
  return Value(range);
}

// Fills a dict from dict(x, a=1): a mapping or pairs, then named arguments.
Result<Ref<Dict>> build_dict(Runtime& runtime, std::string_view function,
                             const Arguments& arguments) {
  if (arguments.positional.size() > 1) {
    return type_error("{} expected at most 1 argument, got {}", function,
                      arguments.positional.size());
  }
  auto dict = make_ref<Dict>();
  if (!arguments.positional.empty()) {
    TRY(call_method(runtime, Value(dict), "update", {arguments.positional, {}}));
  }
  for (const auto& named : arguments.named) dict->set(named.name, named.value);
  return dict;
}

Result<Value> make_dict(Runtime& runtime, const Arguments& arguments) {
  return Value(TRY(build_dict(runtime, "dict", arguments)));
}

Result<Value> make_namespace(Runtime& runtime, const Arguments& arguments) {
  auto space = make_ref<Namespace>();
  const auto dict = TRY(build_dict(runtime, "dict", arguments));
  static_cast<Table&>(space->attributes()) = *dict;
  return Value(space);
}

class Cycler final : public Object {
 public:
  explicit Cycler(std::vector<Value> items) : items_(std::move(items)) {}
  std::string_view type_name() const override { return "Cycler"; }
  std::string object_type_name() const override { return "jinja2.utils.Cycler object"; }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "current") return std::optional<Value>(items_[position_]);
    if (name == "items") return std::optional<Value>(Value::tuple(items_));
    if (name == "pos") return std::optional<Value>(Value(position_));
    if (name != "next" && name != "reset") return std::optional<Value>();
    Ref<Cycler> self(this);
    const bool reset = name == "reset";
    return std::optional<Value>(
        make_function(name, [self, reset](Runtime&, const Arguments&) -> Result<Value> {
          if (reset) {
            self->position_ = 0;
            return Value::none();
          }
          Value item = self->items_[self->position_];
          self->position_ = (self->position_ + 1) % self->items_.size();
          return item;
        }));
  }

 private:
  std::vector<Value> items_;
  std::size_t position_ = 0;
};

class Joiner final : public Object {
 public:
  explicit Joiner(Value separator) : separator_(std::move(separator)) {}
  std::string_view type_name() const override { return "Joiner"; }
  std::string object_type_name() const override { return "jinja2.utils.Joiner object"; }
  bool is_callable() const override { return true; }
  Result<Value> call(Runtime&, const Arguments&) override {
    return std::exchange(used_, true) ? separator_ : Value("");
  }

 private:
  Value separator_;
  bool used_ = false;
};

Result<Value> make_cycler(Runtime&, const Arguments& arguments) {
  if (arguments.positional.empty()) {
    return fail(kRuntimeError, "at least one item has to be provided");
  }
  return Value(make_ref<Cycler>(
      std::vector<Value>(arguments.positional.begin(), arguments.positional.end())));
}

}  // namespace

void add_globals(Environment& environment) {
  environment.add_global("range", make_function("range", make_range));
  environment.add_global("dict", make_function("dict", make_dict));
  environment.add_global("namespace", make_function("Namespace", make_namespace));
  environment.add_global("cycler", make_function("Cycler", make_cycler));
  environment.add_global(
      "joiner", make_function(Signature("Joiner", {{"sep", Value(", ")}}),
                              [](Runtime&, std::span<const Value> values) -> Result<Value> {
                                return Value(make_ref<Joiner>(values[0]));
                              }));
  environment.add_global("lipsum",
                         make_function("lipsum", [](Runtime&, const Arguments&) -> Result<Value> {
                           return unsupported("lipsum(): its text is random");
                         }));
}

}  // namespace tarn::jinja
