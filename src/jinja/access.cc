// SPDX-License-Identifier: Apache-2.0
// Attributes, items, slices, iteration, length and truth of values.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "jinja/bigint.h"
#include "jinja/methods.h"
#include "jinja/runtime.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

// `x.upper` without a call.
class BoundMethod final : public Object {
 public:
  BoundMethod(Value self, std::string_view name, Method method)
      : self_(std::move(self)), name_(name), method_(method) {}
  std::string_view type_name() const override { return "builtin_function_or_method"; }
  bool is_callable() const override { return true; }
  Result<Value> call(Runtime& runtime, const Arguments& arguments) override {
    return method_(runtime, self_, arguments);
  }
  Result<std::string> to_repr(Runtime&) const override {
    return fmt::format("<built-in method {} of {} object>", name_, jinja::type_name(self_));
  }

 private:
  Value self_;
  std::string name_;
  Method method_;
};

Value unsafe_attribute(const Value& object, std::string_view name) {
  UndefinedInfo info;
  info.name = name;
  info.kind = kSecurityError;
  info.hint =
      fmt::format("access to attribute '{}' of '{}' object is unsafe.", name, type_name(object));
  return Value::undefined(std::move(info));
}

// Attributes of undefined values; the error of using them in the lazy mode.
Result<Value> undefined_attribute_of(const Value& object, std::string_view name) {
  const auto& info = object.undefined_info();
  if (name.starts_with("__") && is_hidden_attribute(object, name)) {
    return unsafe_attribute(object, name);
  }
  if (!info.swallows || name.starts_with("__")) return undefined_error(object);
  if (name == "name") return Value(info.name);
  UndefinedInfo next = info;
  next.name = name;
  return Value::undefined(std::move(next));
}

// A plain attribute of a value that is neither undefined nor a host object.
Result<std::optional<Value>> plain_attribute(const Value& object, std::string_view name) {
  if (const auto method = find_method(object, name)) {
    return std::optional<Value>(make_ref<BoundMethod>(object, name, method));
  }
  if (is_numeric_value(object)) {
    const bool is_float = object.kind() == Kind::Float;
    if (name == "real" || (name == "numerator" && !is_float)) {
      return std::optional<Value>(object.is_bool() ? Value(object.as_int()) : object);
    }
    if (name == "imag") return std::optional<Value>(is_float ? Value(0.0) : Value(0));
    if (name == "denominator" && !is_float) return std::optional<Value>(Value(1));
  }
  if (name.starts_with('_') && is_hidden_attribute(object, name)) {
    return std::optional<Value>(unsafe_attribute(object, name));
  }
  return std::optional<Value>();
}

std::optional<std::size_t> normal_index(const Value& key, std::size_t size) {
  if (!key.is_int64()) return std::nullopt;
  std::int64_t index = key.as_int();
  if (index < 0) index += static_cast<std::int64_t>(size);
  if (index < 0 || index >= static_cast<std::int64_t>(size)) return std::nullopt;
  return static_cast<std::size_t>(index);
}

std::string_view code_point_at(const Text& text, std::size_t index) {
  if (text.is_ascii()) return text.view().substr(index, 1);
  const std::size_t start = offset_of_code_point(text.view(), index);
  std::size_t end = start;
  next_code_point(text.view(), end);
  return text.view().substr(start, end - start);
}

// `object[key]` alone; nullopt where Python raises TypeError or LookupError.
Result<std::optional<Value>> plain_item(Runtime& runtime, const Value& object, const Value& key) {
  switch (object.kind()) {
    case Kind::List:
    case Kind::Tuple: {
      const auto index = normal_index(key, object.items().size());
      if (!index) break;
      return std::optional<Value>(object.items()[*index]);
    }
    case Kind::Text: {
      if (!key.is_int64()) break;
      const auto index = normal_index(key, object.text_object().code_points());
      if (!index) break;
      return std::optional<Value>(Value(code_point_at(object.text_object(), *index),
                                        object.is_markup() ? Flavor::Markup : Flavor::Plain));
    }
    case Kind::Dict: {
      if (key.is_text()) {
        const auto* found = object.dict_items().find(key.text());
        return found == nullptr ? std::optional<Value>() : std::optional<Value>(*found);
      }
      const auto found = object.dict_items().find(key);
      if (!found || *found == nullptr) break;
      return std::optional<Value>((*found)->value);
    }
    case Kind::Object:
      return object.object()->get_item(runtime, key);
    default:
      break;
  }
  return std::optional<Value>();
}

}  // namespace

Value Runtime::undefined_name(std::string_view name) const {
  UndefinedInfo info;
  info.name = name;
  info.swallows = swallows_undefined();
  return Value::undefined(std::move(info));
}

Value Runtime::undefined_hint(std::string_view hint, std::string_view name) const {
  UndefinedInfo info;
  info.name = name;
  info.hint = hint;
  info.swallows = swallows_undefined();
  return Value::undefined(std::move(info));
}

Value Runtime::undefined_attribute(const Value& object, std::string_view name) const {
  UndefinedInfo info;
  info.name = name;
  info.object_type = object_type_name(object);
  info.swallows = swallows_undefined();
  return Value::undefined(std::move(info));
}

Value Runtime::undefined_item(const Value& object, const Value& key) const {
  if (key.is_text()) return undefined_attribute(object, key.text());
  UndefinedInfo info;
  switch (key.kind()) {
    case Kind::Int:
      info.name = fmt::format("{}", key.as_int());
      break;
    case Kind::Bool:
      info.name = key.as_bool() ? "True" : "False";
      break;
    case Kind::Float:
      info.name = float_repr(key.as_float());
      break;
    default:
      info.name = type_name(key);
  }
  info.name_is_text = false;
  info.object_type = object_type_name(object);
  info.swallows = swallows_undefined();
  return Value::undefined(std::move(info));
}

Result<Value> get_attribute(Runtime& runtime, const Value& object, std::string_view name) {
  if (object.is_undefined()) return undefined_attribute_of(object, name);
  if (object.is_object()) {
    auto found = TRY(object.object()->get_attribute(runtime, name));
    if (found) return *std::move(found);
    found = TRY(object.object()->get_item(runtime, Value(name)));
    if (found) return *std::move(found);
    if (name.starts_with("__") && is_hidden_attribute(object, name)) {
      return unsafe_attribute(object, name);
    }
    return runtime.undefined_attribute(object, name);
  }
  auto found = TRY(plain_attribute(object, name));
  if (found) return *std::move(found);
  if (object.is_dict()) {
    if (const auto* item = object.dict_items().find(name)) return *item;
  }
  return runtime.undefined_attribute(object, name);
}

Result<Value> get_item(Runtime& runtime, const Value& object, const Value& key) {
  if (object.is_undefined()) {
    if (!object.undefined_info().swallows) return undefined_error(object);
    return object;
  }
  auto found = TRY(plain_item(runtime, object, key));
  if (found) return *std::move(found);
  if (key.is_text()) {
    found = object.is_object() ? TRY(object.object()->get_attribute(runtime, key.text()))
                               : TRY(plain_attribute(object, key.text()));
    if (found) return *std::move(found);
  }
  return runtime.undefined_item(object, key);
}

bool is_callable(const Value& value) {
  if (value.is_undefined()) return true;
  return value.is_object() && value.object()->is_callable();
}

Result<Value> call_method(Runtime& runtime, const Value& object, std::string_view name,
                          const Arguments& arguments) {
  if (object.is_object()) {
    auto result = TRY(object.object()->call_method(runtime, name, arguments));
    if (result) return *std::move(result);
  } else if (const auto method = find_method(object, name)) {
    return method(runtime, object, arguments);
  }
  return runtime.call(TRY(get_attribute(runtime, object, name)), arguments);
}

Result<SliceRange> slice_range(std::size_t size, const Value& start, const Value& stop,
                               const Value& step) {
  const auto length = static_cast<std::int64_t>(size);
  const auto bound = [&](const Value& value, std::int64_t missing, std::int64_t low,
                         std::int64_t high) -> Result<std::int64_t> {
    if (value.is_none()) return missing;
    std::int64_t index = 0;
    if (value.kind() == Kind::BigInt) {
      index = value.big_int().is_negative() ? INT64_MIN / 2 : INT64_MAX / 2;
    } else if (value.is_int64()) {
      index = value.as_int();
    } else {
      return type_error("slice indices must be integers or None or have an __index__ method");
    }
    if (index < 0) index += length;
    return std::clamp(index, low, high);
  };
  SliceRange range;
  if (!step.is_none()) {
    if (step.is_int64()) {
      range.step = std::clamp<std::int64_t>(step.as_int(), -INT32_MAX, INT32_MAX);
    } else if (step.kind() == Kind::BigInt) {
      range.step = step.big_int().is_negative() ? -INT32_MAX : INT32_MAX;
    } else {
      return type_error("slice indices must be integers or None or have an __index__ method");
    }
  }
  if (range.step == 0) return value_error("slice step cannot be zero");
  if (range.step > 0) {
    range.start = TRY(bound(start, 0, 0, length));
    const std::int64_t end = range.stop = TRY(bound(stop, length, 0, length));
    if (end > range.start) range.count = (end - range.start - 1) / range.step + 1;
  } else {
    range.start = TRY(bound(start, length - 1, -1, length - 1));
    const std::int64_t end = range.stop = TRY(bound(stop, -1, -1, length - 1));
    if (end < range.start) range.count = (range.start - end - 1) / -range.step + 1;
  }
  return range;
}

namespace {

std::vector<Value> slice_items(const std::vector<Value>& items, const SliceRange& range) {
  std::vector<Value> taken;
  taken.reserve(static_cast<std::size_t>(range.count));
  for (std::int64_t i = 0, at = range.start; i < range.count; ++i, at += range.step) {
    taken.push_back(items[static_cast<std::size_t>(at)]);
  }
  return taken;
}

Value slice_text(const Value& object, const SliceRange& range) {
  const Flavor flavor = object.is_markup() ? Flavor::Markup : Flavor::Plain;
  const Text& text = object.text_object();
  const std::string_view bytes = text.view();
  if (range.step == 1) {
    const auto first = static_cast<std::size_t>(range.start);
    const auto count = static_cast<std::size_t>(range.count);
    if (text.is_ascii()) return Value(bytes.substr(first, count), flavor);
    const std::string_view rest = bytes.substr(offset_of_code_point(bytes, first));
    return Value(rest.substr(0, offset_of_code_point(rest, count)), flavor);
  }
  std::vector<std::string_view> points;
  std::size_t offset = 0;
  while (offset < bytes.size()) {
    const std::size_t start = offset;
    next_code_point(bytes, offset);
    points.push_back(bytes.substr(start, offset - start));
  }
  std::string out;
  for (std::int64_t i = 0, at = range.start; i < range.count; ++i, at += range.step) {
    out += points[static_cast<std::size_t>(at)];
  }
  return Value(out, flavor);
}

}  // namespace

Result<Value> slice_value(Runtime& runtime, const Value& object, const Value& start,
                          const Value& stop, const Value& step) {
  switch (object.kind()) {
    case Kind::Undefined:
      if (object.undefined_info().swallows) return object;
      return undefined_error(object);
    case Kind::List:
    case Kind::Tuple: {
      const auto range = TRY(slice_range(object.items().size(), start, stop, step));
      TRY(runtime.charge(static_cast<std::uint64_t>(range.count)));
      auto items = slice_items(object.items(), range);
      return object.is_list() ? Value::list(std::move(items)) : Value::tuple(std::move(items));
    }
    case Kind::Text: {
      TRY(runtime.charge(object.text().size() / 16));
      const auto range = TRY(slice_range(object.text_object().code_points(), start, stop, step));
      return slice_text(object, range);
    }
    case Kind::Dict:
      return type_error("unhashable type: 'slice'");
    case Kind::Object: {
      auto part = TRY(object.object()->get_slice(runtime, start, stop, step));
      if (part) return *std::move(part);
      if (!object.object()->is_sequence()) break;
      const auto iterable = TRY(object.object()->iterate(runtime));
      if (!iterable) break;
      const auto items = TRY(collect(runtime, *iterable));
      const auto range = TRY(slice_range(items.size(), start, stop, step));
      return Value::tuple(slice_items(items, range));
    }
    default:
      break;
  }
  return type_error("'{}' object is not subscriptable", type_name(object));
}

Result<bool> truth(Runtime& runtime, const Value& value) {
  switch (value.kind()) {
    case Kind::Undefined:
    case Kind::None:
      return false;
    case Kind::Bool:
    case Kind::Int:
      return value.as_int() != 0;
    case Kind::BigInt:
      return true;
    case Kind::Float:
      return value.as_float() != 0;
    case Kind::Text:
      return !value.text().empty();
    case Kind::List:
    case Kind::Tuple:
      return !value.items().empty();
    case Kind::Dict:
      return !value.dict_items().empty();
    case Kind::Set:
      return !value.set_items().empty();
    case Kind::Object:
      return value.object()->truth(runtime);
  }
  return true;
}

Result<std::size_t> length_of(Runtime& runtime, const Value& value) {
  switch (value.kind()) {
    case Kind::Undefined:
      return 0;
    case Kind::Text:
      return value.text_object().code_points();
    case Kind::List:
    case Kind::Tuple:
      return value.items().size();
    case Kind::Dict:
      return value.dict_items().size();
    case Kind::Set:
      return value.set_items().size();
    case Kind::Object: {
      const auto size = TRY(value.object()->length(runtime));
      if (size) return *size;
      break;
    }
    default:
      break;
  }
  return type_error("object of type '{}' has no len()", type_name(value));
}

Result<Iteration> Iteration::over(Runtime& runtime, const Value& value) {
  Iteration iteration;
  switch (value.kind()) {
    case Kind::Undefined:
    case Kind::List:
    case Kind::Tuple:
    case Kind::Text:
      iteration.source_ = value;
      return iteration;
    case Kind::Dict:
      iteration.expected_size_ = value.dict_items().size();
      iteration.source_ = value;
      return iteration;
    case Kind::Set:
      iteration.expected_size_ = value.set_items().size();
      iteration.source_ = value;
      return iteration;
    case Kind::Object: {
      if (value.as<Iterator>() != nullptr) {
        iteration.source_ = value;
        return iteration;
      }
      auto inner = TRY(value.object()->iterate(runtime));
      if (!inner) break;
      if (inner->is_object() && inner->as<Iterator>() == nullptr) {
        return fail(kTypeError, "iter() returned non-iterator of type '{}'", type_name(*inner));
      }
      if (!inner->is_object()) return over(runtime, *inner);
      iteration.source_ = *std::move(inner);
      return iteration;
    }
    default:
      break;
  }
  return type_error("'{}' object is not iterable", type_name(value));
}

std::optional<std::size_t> Iteration::remaining() const {
  switch (source_.kind()) {
    case Kind::Undefined:
      return 0;
    case Kind::List:
    case Kind::Tuple: {
      const std::size_t size = source_.items().size();
      return size > position_ ? size - position_ : 0;
    }
    case Kind::Text:
    case Kind::Dict:
    case Kind::Set:
    default:
      return std::nullopt;
  }
}

Result<bool> Iteration::next(Runtime& runtime, Value& out) {
  TRY(runtime.charge(1));
  switch (source_.kind()) {
    case Kind::List:
    case Kind::Tuple: {
      const auto& items = source_.items();
      if (position_ >= items.size()) return false;
      out = items[position_++];
      return true;
    }
    case Kind::Text: {
      const std::string_view text = source_.text();
      if (position_ >= text.size()) return false;
      const std::size_t start = position_;
      next_code_point(text, position_);
      out = Value(text.substr(start, position_ - start));
      return true;
    }
    case Kind::Dict:
    case Kind::Set: {
      const Table& table = source_.is_dict() ? static_cast<const Table&>(source_.dict_items())
                                             : static_cast<const Table&>(source_.set_items());
      if (table.size() != expected_size_) {
        return fail(kRuntimeError, "{} changed size during iteration",
                    source_.is_dict() ? "dictionary" : "Set");
      }
      const auto& entries = table.entries();
      while (position_ < entries.size() && !entries[position_].live) ++position_;
      if (position_ >= entries.size()) return false;
      out = entries[position_++].key;
      return true;
    }
    case Kind::Object:
      return static_cast<Iterator*>(source_.object())->next(runtime, out);
    default:
      return false;
  }
}

Result<std::vector<Value>> collect(Runtime& runtime, const Value& iterable) {
  std::vector<Value> items;
  if (iterable.is_list() || iterable.is_tuple()) {
    TRY(runtime.charge(iterable.items().size()));
    return iterable.items();
  }
  auto iteration = TRY(Iteration::over(runtime, iterable));
  Value item;
  while (TRY(iteration.next(runtime, item))) items.push_back(std::move(item));
  return items;
}

Result<bool> contains(Runtime& runtime, const Value& container, const Value& item) {
  switch (container.kind()) {
    case Kind::Text:
      if (!item.is_text()) {
        return type_error("'in <string>' requires string as left operand, not {}", type_name(item));
      }
      TRY(runtime.charge(container.text().size() / 64));
      return container.text().find(item.text()) != std::string_view::npos;
    case Kind::Dict:
      return TRY(container.dict_items().find(item)) != nullptr;
    case Kind::Set:
      return TRY(container.set_items().find(item)) != nullptr;
    case Kind::Object: {
      const auto found = TRY(container.object()->contains(runtime, item));
      if (found) return *found;
      break;
    }
    case Kind::Undefined:
    case Kind::List:
    case Kind::Tuple:
      break;
    default:
      return type_error("argument of type '{}' is not iterable", type_name(container));
  }
  auto iteration = Iteration::over(runtime, container);
  if (!iteration) {
    return type_error("argument of type '{}' is not iterable", type_name(container));
  }
  Value element;
  while (TRY(iteration->next(runtime, element))) {
    if (element.same(item) || TRY(equals(element, item))) return true;
  }
  return false;
}

}  // namespace tarn::jinja
