// SPDX-License-Identifier: Apache-2.0
// Filters that look at whole sequences.
#include <algorithm>

#include "base/text.h"
#include "jinja/builtins.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

class Generator final : public Iterator {
 public:
  explicit Generator(std::function<Result<bool>(Runtime&, Value&)> next) : next_(std::move(next)) {}
  Result<bool> next(Runtime& runtime, Value& out) override {
    if (ended_) return false;
    TRY(runtime.charge(1));
    auto more = next_(runtime, out);
    ended_ = !more || !*more;
    return more;
  }

 private:
  std::function<Result<bool>(Runtime&, Value&)> next_;
  bool ended_ = false;
};

// One group of groupby: a tuple whose parts have names.
class Group final : public Object {
 public:
  Group(Value grouper, Value list) : grouper_(std::move(grouper)), list_(std::move(list)) {}
  std::string_view type_name() const override { return "_GroupTuple"; }
  bool is_sequence() const override { return true; }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "grouper") return std::optional<Value>(grouper_);
    if (name == "list") return std::optional<Value>(list_);
    return std::optional<Value>();
  }
  Result<std::optional<Value>> get_item(Runtime&, const Value& key) override {
    if (!key.is_int64()) return std::optional<Value>();
    if (key.as_int() == 0 || key.as_int() == -2) return std::optional<Value>(grouper_);
    if (key.as_int() == 1 || key.as_int() == -1) return std::optional<Value>(list_);
    return std::optional<Value>();
  }
  Result<std::optional<std::size_t>> length(Runtime&) const override {
    return std::optional<std::size_t>(2);
  }
  Result<std::optional<Value>> iterate(Runtime&) override {
    return std::optional<Value>(Value::tuple({grouper_, list_}));
  }
  Result<std::string> to_repr(Runtime& runtime) const override {
    return jinja::to_repr(runtime, Value::tuple({grouper_, list_}));
  }

 private:
  Value grouper_;
  Value list_;
};

Result<Value> length(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  return Value(TRY(length_of(runtime, subject)));
}

Result<Value> first(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  auto iteration = TRY(Iteration::over(runtime, subject));
  Value item;
  if (TRY(iteration.next(runtime, item))) return item;
  return runtime.undefined_hint("No first item, sequence was empty.", "");
}

Result<Value> last(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  if (subject.as<Iterator>() != nullptr) {
    return type_error("'{}' object is not reversible", type_name(subject));
  }
  if (is_numeric_value(subject) || subject.is_none() || subject.is_set()) {
    return type_error("'{}' object is not reversible", type_name(subject));
  }
  auto items = TRY(collect(runtime, subject));
  if (items.empty()) return runtime.undefined_hint("No last item, sequence was empty.", "");
  return std::move(items.back());
}

Result<Value> list(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  return Value::list(TRY(collect(runtime, subject)));
}

Result<Value> reverse(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  if (subject.is_text()) {
    return slice_value(runtime, subject, Value::none(), Value::none(), Value(-1));
  }
  auto items = TRY(collect(runtime, subject));
  std::reverse(items.begin(), items.end());
  if (subject.as<Iterator>() != nullptr || subject.is_set() || subject.is_undefined()) {
    return Value::list(std::move(items));
  }
  return make_generator([items = std::move(items), at = std::size_t{0}](
                            Runtime&, Value& out) mutable -> Result<bool> {
    if (at >= items.size()) return false;
    out = items[at++];
    return true;
  });
}

Result<Value> join(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  const bool has_path = TRY(truth(runtime, arguments[1]));
  const auto path = has_path ? attribute_path(arguments[1]) : std::vector<Value>();
  const bool escapes = runtime.autoescape();
  const std::string separator =
      escapes ? TRY(escape_value(runtime, arguments[0])) : TRY(to_text(runtime, arguments[0]));
  auto iteration = TRY(Iteration::over(runtime, subject));
  std::string out;
  Value item;
  for (std::size_t i = 0; TRY(iteration.next(runtime, item)); ++i) {
    if (i > 0) out += separator;
    if (has_path) item = TRY(follow_path(runtime, std::move(item), path, Value::none()));
    if (escapes) {
      out += TRY(escape_value(runtime, item));
    } else {
      TRY(append_text(runtime, item, out));
    }
    TRY(check_size(runtime, out.size()));
  }
  return Value(out, escapes ? Flavor::Markup : Flavor::Plain);
}

Result<Value> sum(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  if (arguments[1].is_text()) {
    return type_error("sum() can't sum strings [use ''.join(seq) instead]");
  }
  const bool has_path = !arguments[0].is_none();
  const auto path = attribute_path(arguments[0]);
  auto iteration = TRY(Iteration::over(runtime, subject));
  Value total = arguments[1];
  Value item;
  while (TRY(iteration.next(runtime, item))) {
    if (has_path) item = TRY(follow_path(runtime, std::move(item), path, Value::none()));
    total = TRY(binary(runtime, BinaryOp::Add, total, item));
  }
  return total;
}

Result<Value> sort(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  const bool reversed = TRY(truth(runtime, arguments[0]));
  const bool case_sensitive = TRY(truth(runtime, arguments[1]));
  std::vector<std::vector<Value>> paths;
  if (arguments[2].is_text()) {
    for (const auto& part : split(arguments[2].text(), ',')) {
      paths.push_back(attribute_path(Value(part)));
    }
  } else {
    paths.push_back(attribute_path(arguments[2]));
  }
  auto items = TRY(collect(runtime, subject));
  std::vector<Value> keys;
  keys.reserve(items.size());
  for (const auto& item : items) {
    std::vector<Value> key;
    for (const auto& path : paths) {
      Value part = TRY(follow_path(runtime, item, path, Value::none()));
      key.push_back(case_sensitive ? std::move(part) : ignore_case(part));
    }
    keys.push_back(Value::list(std::move(key)));
  }
  TRY(sort_values(runtime, items, std::move(keys), reversed));
  return Value::list(std::move(items));
}

Result<Value> extreme(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments,
                      int wanted, std::string_view op) {
  const bool case_sensitive = TRY(truth(runtime, arguments[0]));
  const auto path = attribute_path(arguments[1]);
  auto iteration = TRY(Iteration::over(runtime, subject));
  Value best;
  Value best_key;
  bool any = false;
  Value item;
  while (TRY(iteration.next(runtime, item))) {
    Value key = TRY(follow_path(runtime, item, path, Value::none()));
    if (!case_sensitive) key = ignore_case(key);
    if (any && TRY(compare(runtime, key, best_key, op)) != wanted) continue;
    any = true;
    best = item;
    best_key = std::move(key);
  }
  if (!any) return runtime.undefined_hint("No aggregated item, sequence was empty.", "");
  return best;
}

Result<Value> min(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  return extreme(runtime, subject, arguments, -1, "<");
}
Result<Value> max(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  return extreme(runtime, subject, arguments, 1, ">");
}

Result<Value> unique(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  const bool case_sensitive = TRY(truth(runtime, arguments[0]));
  auto path = attribute_path(arguments[1]);
  auto seen = make_ref<Set>();
  std::optional<Iteration> iteration;
  return make_generator([subject, case_sensitive, path = std::move(path), seen, iteration](
                            Runtime& inner, Value& out) mutable -> Result<bool> {
    if (!iteration) iteration = TRY(Iteration::over(inner, subject));
    while (TRY(iteration->next(inner, out))) {
      Value key = TRY(follow_path(inner, out, path, Value::none()));
      if (!case_sensitive) key = ignore_case(key);
      if (TRY(seen->find(key)) != nullptr) continue;
      TRY(seen->set(std::move(key), Value()));
      return true;
    }
    return false;
  });
}

Result<Value> groupby(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  const auto path = attribute_path(arguments[0]);
  const bool case_sensitive = TRY(truth(runtime, arguments[2]));
  auto items = TRY(collect(runtime, subject));
  std::vector<Value> keys;
  for (const auto& item : items) {
    Value key = TRY(follow_path(runtime, item, path, arguments[1]));
    keys.push_back(case_sensitive ? std::move(key) : ignore_case(key));
  }
  std::vector<Value> pairs;
  for (std::size_t i = 0; i < items.size(); ++i) {
    pairs.push_back(Value::tuple({keys[i], items[i]}));
  }
  TRY(sort_values(runtime, pairs, std::move(keys), false));
  std::vector<Value> groups;
  std::size_t i = 0;
  while (i < pairs.size()) {
    const Value key = pairs[i].items()[0];
    std::vector<Value> members;
    while (i < pairs.size() && TRY(equals(pairs[i].items()[0], key))) {
      members.push_back(pairs[i++].items()[1]);
    }
    Value shown = case_sensitive ? key : TRY(follow_path(runtime, members[0], path, arguments[1]));
    groups.push_back(make_ref<Group>(std::move(shown), Value::list(std::move(members))));
  }
  return Value::list(std::move(groups));
}

Result<Value> batch(Runtime&, const Value& subject, const std::vector<Value>& arguments) {
  const std::int64_t size = TRY(int_argument(arguments[0]));
  std::optional<Iteration> iteration;
  std::vector<Value> pending;
  return make_generator([subject, size, fill = arguments[1], iteration, pending, done = false](
                            Runtime& inner, Value& out) mutable -> Result<bool> {
    if (done) return false;
    if (!iteration) iteration = TRY(Iteration::over(inner, subject));
    Value item;
    while (TRY(iteration->next(inner, item))) {
      const bool full = static_cast<std::int64_t>(pending.size()) == size;
      if (full) {
        out = Value::list(std::exchange(pending, {std::move(item)}));
        return true;
      }
      pending.push_back(std::move(item));
    }
    done = true;
    if (pending.empty()) return false;
    if (!fill.is_none() && static_cast<std::int64_t>(pending.size()) < size) {
      TRY(inner.charge(static_cast<std::uint64_t>(size)));
      pending.resize(static_cast<std::size_t>(size), fill);
    }
    out = Value::list(std::move(pending));
    return true;
  });
}

Result<Value> slice(Runtime&, const Value& subject, const std::vector<Value>& arguments) {
  const std::int64_t count = TRY(int_argument(arguments[0]));
  std::vector<Value> items;
  return make_generator(
      [subject, count, fill = arguments[1], items, index = std::int64_t{0},
       offset = std::int64_t{0}](Runtime& inner, Value& out) mutable -> Result<bool> {
        if (index == 0) {
          items = TRY(collect(inner, subject));
          if (count == 0) return fail(kZeroDivisionError, "integer division or modulo by zero");
        }
        if (index >= count) return false;
        const auto size = static_cast<std::int64_t>(items.size());
        const std::int64_t per_slice = size / count;
        const std::int64_t with_extra = size % count;
        const std::int64_t start = offset + index * per_slice;
        if (index < with_extra) ++offset;
        const std::int64_t end = offset + (index + 1) * per_slice;
        std::vector<Value> part(items.begin() + start, items.begin() + end);
        if (!fill.is_none() && index >= with_extra) part.push_back(fill);
        ++index;
        out = Value::list(std::move(part));
        return true;
      });
}

Result<Value> random(Runtime&, const Value&, const std::vector<Value>&) {
  return unsupported("the filter `random`: renders must be repeatable");
}

}  // namespace

Value make_generator(std::function<Result<bool>(Runtime&, Value&)> next) {
  return make_ref<Generator>(std::move(next));
}

std::vector<Value> attribute_path(const Value& attribute) {
  if (attribute.is_none()) return {};
  if (!attribute.is_text()) return {attribute};
  std::vector<Value> path;
  for (const auto& part : split(attribute.text(), '.')) {
    const bool digits =
        !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    const auto index = digits ? parse_int64(part) : std::nullopt;
    path.push_back(index ? Value(*index) : Value(part));
  }
  return path;
}

Result<Value> follow_path(Runtime& runtime, Value item, const std::vector<Value>& path,
                          const Value& missing) {
  for (const auto& part : path) {
    item = TRY(get_item(runtime, item, part));
    if (item.is_undefined() && !missing.is_none()) item = missing;
  }
  return item;
}

Value ignore_case(const Value& value) {
  if (!value.is_text()) return value;
  return Value(lower_text(value.text()));
}

void add_sequence_filters(Environment& environment) {
  const auto add = [&](std::string_view name, std::vector<Signature::Parameter> parameters,
                       FilterBody body) {
    add_filter(environment, name, std::move(parameters), body);
  };
  add("length", {}, length);
  add("count", {}, length);
  add("first", {}, first);
  add("last", {}, last);
  add("list", {}, list);
  add("reverse", {}, reverse);
  add("join", {{"d", Value("")}, {"attribute", Value::none()}}, join);
  add("sum", {{"attribute", Value::none()}, {"start", Value(0)}}, sum);
  add("sort",
      {{"reverse", Value(false)}, {"case_sensitive", Value(false)}, {"attribute", Value::none()}},
      sort);
  add("min", {{"case_sensitive", Value(false)}, {"attribute", Value::none()}}, min);
  add("max", {{"case_sensitive", Value(false)}, {"attribute", Value::none()}}, max);
  add("unique", {{"case_sensitive", Value(false)}, {"attribute", Value::none()}}, unique);
  add("groupby",
      {{"attribute", std::nullopt}, {"default", Value::none()}, {"case_sensitive", Value(false)}},
      groupby);
  add("batch", {{"linecount", std::nullopt}, {"fill_with", Value::none()}}, batch);
  add("slice", {{"slices", std::nullopt}, {"fill_with", Value::none()}}, slice);
  add("random", {}, random);
}

}  // namespace tarn::jinja
