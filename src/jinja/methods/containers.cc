// SPDX-License-Identifier: Apache-2.0
// Methods of list, tuple, dict and set.
#include <algorithm>
#include <unordered_map>

#include "jinja/methods.h"
#include "jinja/object.h"

namespace tarn::jinja {

namespace {

using Methods = std::unordered_map<std::string_view, Method>;

Method look_up(const Methods& methods, std::string_view name) {
  const auto found = methods.find(name);
  return found == methods.end() ? nullptr : found->second;
}

// --- list and tuple ---

Result<Value> list_append(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("list.append", arguments, 1, 1));
  self.items().push_back(arguments.positional[0]);
  return Value::none();
}

Result<Value> list_extend(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("list.extend", arguments, 1, 1));
  auto added = TRY(collect(runtime, arguments.positional[0]));
  auto& items = self.items();
  items.insert(items.end(), std::make_move_iterator(added.begin()),
               std::make_move_iterator(added.end()));
  return Value::none();
}

Result<Value> list_insert(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("insert", arguments, 2, 2));
  auto& items = self.items();
  const auto size = static_cast<std::int64_t>(items.size());
  std::int64_t at = TRY(int_argument(arguments.positional[0]));
  if (at < 0) at += size;
  at = std::clamp<std::int64_t>(at, 0, size);
  items.insert(items.begin() + at, arguments.positional[1]);
  return Value::none();
}

Result<Value> list_pop(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("pop", arguments, 0, 1));
  auto& items = self.items();
  const auto size = static_cast<std::int64_t>(items.size());
  std::int64_t at = arguments.positional.empty() ? -1 : TRY(int_argument(arguments.positional[0]));
  if (size == 0) return fail(kIndexError, "pop from empty list");
  if (at < 0) at += size;
  if (at < 0 || at >= size) return fail(kIndexError, "pop index out of range");
  Value taken = std::move(items[static_cast<std::size_t>(at)]);
  items.erase(items.begin() + at);
  return taken;
}

Result<std::optional<std::size_t>> position_of(Runtime& runtime, const Value& self,
                                               const Value& wanted, std::size_t from,
                                               std::size_t to) {
  for (std::size_t i = from; i < std::min(to, self.items().size()); ++i) {
    TRY(runtime.charge(1));
    if (self.items()[i].same(wanted) || TRY(equals(self.items()[i], wanted))) {
      return std::optional<std::size_t>(i);
    }
  }
  return std::optional<std::size_t>();
}

Result<Value> list_remove(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("list.remove", arguments, 1, 1));
  const auto at = TRY(position_of(runtime, self, arguments.positional[0], 0, SIZE_MAX));
  if (!at) return value_error("list.remove(x): x not in list");
  self.items().erase(self.items().begin() + static_cast<std::ptrdiff_t>(*at));
  return Value::none();
}

Result<Value> sequence_index(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("index", arguments, 1, 3));
  const auto size = static_cast<std::int64_t>(self.items().size());
  std::int64_t bounds[2] = {0, size};
  for (std::size_t i = 1; i < arguments.positional.size(); ++i) {
    std::int64_t bound = TRY(int_argument(arguments.positional[i]));
    if (bound < 0) bound += size;
    bounds[i - 1] = std::clamp<std::int64_t>(bound, 0, size);
  }
  const auto at =
      TRY(position_of(runtime, self, arguments.positional[0], static_cast<std::size_t>(bounds[0]),
                      static_cast<std::size_t>(bounds[1])));
  if (at) return Value(*at);
  if (self.is_tuple()) return value_error("tuple.index(x): x not in tuple");
  return value_error("{} is not in list", TRY(to_repr(runtime, arguments.positional[0])));
}

Result<Value> sequence_count(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("count", arguments, 1, 1));
  std::int64_t found = 0;
  for (const auto& item : self.items()) {
    TRY(runtime.charge(1));
    if (item.same(arguments.positional[0]) || TRY(equals(item, arguments.positional[0]))) ++found;
  }
  return Value(found);
}

Result<Value> list_reverse(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("list.reverse", arguments, 0, 0));
  std::reverse(self.items().begin(), self.items().end());
  return Value::none();
}

Result<Value> list_copy(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("list.copy", arguments, 0, 0));
  TRY(runtime.charge(self.items().size()));
  return Value::list(self.items());
}

Result<Value> list_clear(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("list.clear", arguments, 0, 0));
  const auto dropped = std::move(self.items());
  self.items().clear();
  return Value::none();
}

Result<Value> list_sort(Runtime& runtime, const Value& self, const Arguments& arguments) {
  if (!arguments.positional.empty()) {
    return type_error("sort() takes no positional arguments");
  }
  static const Signature kSignature("sort", {{"key", Value::none()}, {"reverse", Value(false)}});
  const auto values = TRY(kSignature.bind(arguments));
  std::vector<Value> items = self.items();
  std::vector<Value> keys = items;
  for (auto& key : keys) {
    if (values[0].is_none()) break;
    key = TRY(runtime.call(values[0], {{&key, 1}, {}}));
  }
  TRY(sort_values(runtime, items, std::move(keys), TRY(truth(runtime, values[1]))));
  self.items() = std::move(items);
  return Value::none();
}

// --- dict ---

// dict.keys(), values(), items(): live views.
class DictView final : public Object {
 public:
  enum class Part { Keys, Values, Items };
  DictView(Value dict, Part part) : dict_(std::move(dict)), part_(part) {}

  std::string_view type_name() const override {
    return part_ == Part::Keys ? "dict_keys" : part_ == Part::Values ? "dict_values" : "dict_items";
  }
  Result<std::optional<std::size_t>> length(Runtime&) const override {
    return std::optional<std::size_t>(dict_.dict_items().size());
  }
  Result<std::optional<Value>> iterate(Runtime&) override;
  Result<std::string> to_repr(Runtime& runtime) const override {
    std::string out = std::string(type_name()) + "([";
    bool first = true;
    for (const auto& entry : dict_.dict_items().entries()) {
      if (!entry.live) continue;
      if (!first) out += ", ";
      first = false;
      TRY(append_repr(runtime, part(entry), out));
      TRY(check_size(runtime, out.size()));
    }
    return out + "])";
  }
  Result<std::optional<bool>> contains(Runtime&, const Value& key) override {
    if (part_ != Part::Keys) return std::optional<bool>();
    return std::optional<bool>(TRY(dict_.dict_items().find(key)) != nullptr);
  }
  Value part(const Table::Entry& entry) const {
    if (part_ == Part::Keys) return entry.key;
    if (part_ == Part::Values) return entry.value;
    return Value::tuple({entry.key, entry.value});
  }
  const Dict& dict() const { return dict_.dict_items(); }

 private:
  Value dict_;
  Part part_;
};

class DictViewIterator final : public Iterator {
 public:
  explicit DictViewIterator(Ref<DictView> view)
      : view_(std::move(view)), size_(view_->dict().size()) {}
  std::string_view type_name() const override { return "dict_iterator"; }
  Result<bool> next(Runtime&, Value& out) override {
    const auto& dict = view_->dict();
    if (dict.size() != size_)
      return fail(kRuntimeError, "dictionary changed size during iteration");
    const auto& entries = dict.entries();
    while (position_ < entries.size() && !entries[position_].live) ++position_;
    if (position_ >= entries.size()) return false;
    out = view_->part(entries[position_++]);
    return true;
  }

 private:
  Ref<DictView> view_;
  std::size_t size_;
  std::size_t position_ = 0;
};

Result<std::optional<Value>> DictView::iterate(Runtime&) {
  return std::optional<Value>(make_ref<DictViewIterator>(Ref<DictView>(this)));
}

template <DictView::Part part>
Result<Value> dict_view(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("dict view", arguments, 0, 0));
  return Value(make_ref<DictView>(self, part));
}

Result<Value> dict_get(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("get", arguments, 1, 2));
  const auto* entry = TRY(self.dict_items().find(arguments.positional[0]));
  if (entry != nullptr) return entry->value;
  return arguments.positional.size() > 1 ? arguments.positional[1] : Value::none();
}

Result<Value> dict_setdefault(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("setdefault", arguments, 1, 2));
  const auto* entry = TRY(self.dict_items().find(arguments.positional[0]));
  if (entry != nullptr) return entry->value;
  Value value = arguments.positional.size() > 1 ? arguments.positional[1] : Value::none();
  TRY(self.dict_items().set(arguments.positional[0], value));
  return value;
}

Result<Value> dict_pop(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("pop", arguments, 1, 2));
  auto taken = TRY(self.dict_items().take(arguments.positional[0]));
  if (taken) return std::move(taken->value);
  if (arguments.positional.size() > 1) return arguments.positional[1];
  return fail(kKeyError, "{}", TRY(to_repr(runtime, arguments.positional[0])));
}

Result<Value> dict_popitem(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("popitem", arguments, 0, 0));
  auto& dict = self.dict_items();
  if (dict.empty()) return fail(kKeyError, "'popitem(): dictionary is empty'");
  std::size_t last = dict.entries().size();
  while (!dict.entries()[last - 1].live) --last;
  const Value key = dict.entries()[last - 1].key;
  auto taken = TRY(dict.take(key));
  return Value::tuple({std::move(taken->key), std::move(taken->value)});
}

Result<void> update_from(Runtime& runtime, Dict& target, const Value& source) {
  if (source.is_dict()) {
    const auto entries = source.dict_items().entries();
    TRY(runtime.charge(entries.size()));
    for (const auto& entry : entries) {
      if (entry.live) TRY(target.set(entry.key, entry.value));
    }
    return {};
  }
  const bool mapping = source.is_object() && source.object()->is_mapping();
  auto iteration = TRY(Iteration::over(runtime, source));
  Value item;
  for (std::size_t i = 0; TRY(iteration.next(runtime, item)); ++i) {
    if (mapping) {
      TRY(target.set(item, TRY(get_item(runtime, source, item))));
      continue;
    }
    auto pair = collect(runtime, item);
    if (!pair) {
      if (pair.error().kind != kTypeError) return std::move(pair).error();
      return type_error("cannot convert dictionary update sequence element #{} to a sequence", i);
    }
    if (pair->size() != 2) {
      return value_error("dictionary update sequence element #{} has length {}; 2 is required", i,
                         pair->size());
    }
    TRY(target.set((*pair)[0], (*pair)[1]));
  }
  return {};
}

Result<Value> dict_update(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("update", {arguments.positional, {}}, 0, 1));
  if (!arguments.positional.empty()) {
    TRY(update_from(runtime, self.dict_items(), arguments.positional[0]));
  }
  for (const auto& named : arguments.named) self.dict_items().set(named.name, named.value);
  return Value::none();
}

Result<Value> dict_copy(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("dict.copy", arguments, 0, 0));
  TRY(runtime.charge(self.dict_items().size()));
  return Value(make_ref<Dict>(self.dict_items()));
}

Result<Value> dict_clear(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("dict.clear", arguments, 0, 0));
  self.dict_items().clear();
  return Value::none();
}

Result<Value> dict_fromkeys(Runtime& runtime, const Value&, const Arguments& arguments) {
  TRY(expect_arguments("fromkeys", arguments, 1, 2));
  auto dict = make_ref<Dict>();
  const Value value = arguments.positional.size() > 1 ? arguments.positional[1] : Value::none();
  for (auto& key : TRY(collect(runtime, arguments.positional[0]))) {
    TRY(dict->set(std::move(key), value));
  }
  return Value(dict);
}

// --- set ---

Result<Ref<Set>> to_set(Runtime& runtime, const Value& value) {
  auto set = make_ref<Set>();
  for (auto& item : TRY(collect(runtime, value))) TRY(set->set(std::move(item), Value()));
  return set;
}

Result<Value> set_add(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("set.add", arguments, 1, 1));
  TRY(self.set_items().set(arguments.positional[0], Value()));
  return Value::none();
}

Result<Value> set_discard(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("set.discard", arguments, 1, 1));
  TRY(self.set_items().take(arguments.positional[0]));
  return Value::none();
}

Result<Value> set_remove(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("set.remove", arguments, 1, 1));
  if (!TRY(self.set_items().take(arguments.positional[0]))) {
    return fail(kKeyError, "{}", TRY(to_repr(runtime, arguments.positional[0])));
  }
  return Value::none();
}

Result<Value> set_pop(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("set.pop", arguments, 0, 0));
  for (const auto& entry : self.set_items().entries()) {
    if (!entry.live) continue;
    const Value key = entry.key;
    TRY(self.set_items().take(key));
    return key;
  }
  return fail(kKeyError, "'pop from an empty set'");
}

Result<Value> set_update(Runtime& runtime, const Value& self, const Arguments& arguments) {
  for (const auto& other : arguments.positional) {
    for (auto& item : TRY(collect(runtime, other))) {
      TRY(self.set_items().set(std::move(item), Value()));
    }
  }
  return Value::none();
}

Result<Value> set_union(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Value result = make_ref<Set>(self.set_items());
  TRY(set_update(runtime, result, arguments));
  return result;
}

Result<Value> filtered_set(const Value& self, const Set& other, bool keep_common) {
  auto result = make_ref<Set>();
  for (const auto& entry : self.set_items().entries()) {
    if (!entry.live) continue;
    if ((TRY(other.find(entry.key)) != nullptr) == keep_common) {
      TRY(result->set(entry.key, Value()));
    }
  }
  return Value(result);
}

Result<Value> set_intersection(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Value result = make_ref<Set>(self.set_items());
  for (const auto& other : arguments.positional) {
    result = TRY(filtered_set(result, *TRY(to_set(runtime, other)), true));
  }
  return result;
}

Result<Value> set_difference_method(Runtime& runtime, const Value& self,
                                    const Arguments& arguments) {
  Value result = make_ref<Set>(self.set_items());
  for (const auto& other : arguments.positional) {
    result = TRY(filtered_set(result, *TRY(to_set(runtime, other)), false));
  }
  return result;
}

Result<Value> set_symmetric_difference(Runtime& runtime, const Value& self,
                                       const Arguments& arguments) {
  TRY(expect_arguments("set.symmetric_difference", arguments, 1, 1));
  const Value other = TRY(to_set(runtime, arguments.positional[0]));
  Value result = TRY(filtered_set(self, other.set_items(), false));
  const Value rest = TRY(filtered_set(other, self.set_items(), false));
  TRY(set_update(runtime, result, {{&rest, 1}, {}}));
  return result;
}

Result<Value> set_issubset(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("set.issubset", arguments, 1, 1));
  const Value other = TRY(to_set(runtime, arguments.positional[0]));
  return Value(TRY(filtered_set(self, other.set_items(), false)).set_items().empty());
}

Result<Value> set_issuperset(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("set.issuperset", arguments, 1, 1));
  const Value other = TRY(to_set(runtime, arguments.positional[0]));
  return Value(TRY(filtered_set(other, self.set_items(), false)).set_items().empty());
}

Result<Value> set_isdisjoint(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("set.isdisjoint", arguments, 1, 1));
  const Value other = TRY(to_set(runtime, arguments.positional[0]));
  return Value(TRY(filtered_set(self, other.set_items(), true)).set_items().empty());
}

Result<Value> set_copy(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("set.copy", arguments, 0, 0));
  return Value(make_ref<Set>(self.set_items()));
}

Result<Value> set_clear(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("set.clear", arguments, 0, 0));
  self.set_items().clear();
  return Value::none();
}

}  // namespace

Method find_list_method(std::string_view name) {
  static const Methods kMethods = {
      {"append", list_append},   {"clear", list_clear},   {"copy", list_copy},
      {"count", sequence_count}, {"extend", list_extend}, {"index", sequence_index},
      {"insert", list_insert},   {"pop", list_pop},       {"remove", list_remove},
      {"reverse", list_reverse}, {"sort", list_sort},
  };
  return look_up(kMethods, name);
}

Method find_tuple_method(std::string_view name) {
  if (name == "index") return sequence_index;
  if (name == "count") return sequence_count;
  return nullptr;
}

Method find_dict_method(std::string_view name) {
  static const Methods kMethods = {
      {"clear", dict_clear},
      {"copy", dict_copy},
      {"fromkeys", dict_fromkeys},
      {"get", dict_get},
      {"items", dict_view<DictView::Part::Items>},
      {"keys", dict_view<DictView::Part::Keys>},
      {"pop", dict_pop},
      {"popitem", dict_popitem},
      {"setdefault", dict_setdefault},
      {"update", dict_update},
      {"values", dict_view<DictView::Part::Values>},
  };
  return look_up(kMethods, name);
}

Method find_set_method(std::string_view name) {
  static const Methods kMethods = {
      {"add", set_add},
      {"clear", set_clear},
      {"copy", set_copy},
      {"difference", set_difference_method},
      {"discard", set_discard},
      {"intersection", set_intersection},
      {"isdisjoint", set_isdisjoint},
      {"issubset", set_issubset},
      {"issuperset", set_issuperset},
      {"pop", set_pop},
      {"remove", set_remove},
      {"symmetric_difference", set_symmetric_difference},
      {"union", set_union},
      {"update", set_update},
  };
  return look_up(kMethods, name);
}

}  // namespace tarn::jinja
