// SPDX-License-Identifier: Apache-2.0
#include "jinja/value.h"

#include <cmath>
#include <cstring>
#include <new>

#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"
#include "jinja/bigint.h"
#include "jinja/limits.h"
#include "jinja/object.h"

namespace tarn::jinja {

namespace {

// Keeps the information of an undefined value on the heap.
struct UndefinedBox final : Counted {
  explicit UndefinedBox(UndefinedInfo value) : info(std::move(value)) {}
  UndefinedInfo info;
};

std::uint64_t mix_bits(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

// The integer that a float equals, if there is one in 64 bits.
std::optional<std::int64_t> exact_int64(double number) {
  if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0)) return std::nullopt;
  const auto integer = static_cast<std::int64_t>(number);
  if (static_cast<double>(integer) != number) return std::nullopt;
  return integer;
}

}  // namespace

void Counted::destroy(const Counted* object) {
  constexpr int kDirectDepth = 64;
  thread_local int depth = 0;
  thread_local std::vector<const Counted*> pending;
  if (depth >= kDirectDepth) {
    pending.push_back(object);
    return;
  }
  ++depth;
  delete object;
  while (depth == 1 && !pending.empty()) {
    const Counted* next = pending.back();
    pending.pop_back();
    delete next;
  }
  --depth;
}

Ref<Text> Text::make_uninitialized(std::size_t size) {
  void* memory = ::operator new(sizeof(Text) + size);
  return Ref<Text>(::new (memory) Text(size));
}

Ref<Text> Text::make(std::string_view bytes) {
  auto text = make_uninitialized(bytes.size());
  if (!bytes.empty()) std::memcpy(text->bytes(), bytes.data(), bytes.size());
  return text;
}

void Text::operator delete(void* memory) { ::operator delete(memory); }

std::size_t Text::code_points() const {
  std::size_t count = code_points_.load(std::memory_order_relaxed);
  if (count == SIZE_MAX) {
    count = 0;
    for (const char c : view()) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
    code_points_.store(count, std::memory_order_relaxed);
  }
  return count;
}

std::uint64_t Text::hash() const {
  std::uint64_t hash = hash_.load(std::memory_order_relaxed);
  if (hash == 0) {
    hash = hash_of_text(view());
    hash_.store(hash, std::memory_order_relaxed);
  }
  return hash;
}

Value::Value(std::string_view text, Flavor flavor) : Value(Text::make(text), flavor) {}
Value::Value(Ref<Text> text, Flavor flavor) : kind_(Kind::Text), flavor_(flavor) {
  payload_.object = text.get();
  payload_.object->retain();
}
Value::Value(Ref<Dict> dict) : kind_(Kind::Dict) {
  payload_.object = dict.get();
  payload_.object->retain();
}
Value::Value(Ref<Set> set) : kind_(Kind::Set) {
  payload_.object = set.get();
  payload_.object->retain();
}
Value::Value(Ref<BigInt> integer) : kind_(Kind::BigInt) {
  payload_.object = integer.get();
  payload_.object->retain();
}

Value Value::from_object(Object* object) {
  Value value;
  value.kind_ = Kind::Object;
  value.payload_.object = object;
  object->retain();
  return value;
}

Value Value::from_list(Kind kind, std::vector<Value> items) {
  Value value;
  value.kind_ = kind;
  value.payload_.object = new List(std::move(items));
  value.payload_.object->retain();
  return value;
}

Value Value::undefined(UndefinedInfo info) {
  Value value;
  value.kind_ = Kind::Undefined;
  value.payload_.object = new UndefinedBox(std::move(info));
  value.payload_.object->retain();
  return value;
}

Value Value::undefined_name(std::string_view name) {
  UndefinedInfo info;
  info.name = name;
  return undefined(std::move(info));
}

Value Value::list(std::vector<Value> items) { return from_list(Kind::List, std::move(items)); }
Value Value::tuple(std::vector<Value> items) { return from_list(Kind::Tuple, std::move(items)); }

Value Value::dict(std::initializer_list<std::pair<std::string_view, Value>> items) {
  auto dict = make_ref<Dict>();
  for (const auto& [key, value] : items) dict->set(key, value);
  return dict;
}

Value Value::integer(BigInt value) {
  if (const auto small = value.to_int64()) return Value(*small);
  return Value(make_ref<BigInt>(std::move(value)));
}

std::string_view Value::text() const { return text_object().view(); }
const Text& Value::text_object() const {
  VERIFY(is_text());
  return *static_cast<const Text*>(static_cast<const Counted*>(payload_.object));
}
const BigInt& Value::big_int() const {
  VERIFY(kind_ == Kind::BigInt);
  return *static_cast<const BigInt*>(payload_.object);
}
std::vector<Value>& Value::items() const {
  VERIFY(is_list() || is_tuple());
  return static_cast<List*>(payload_.object)->items;
}
Dict& Value::dict_items() const {
  VERIFY(is_dict());
  return *static_cast<Dict*>(payload_.object);
}
Set& Value::set_items() const {
  VERIFY(is_set());
  return *static_cast<Set*>(payload_.object);
}
Object* Value::object() const {
  VERIFY(is_object());
  return static_cast<Object*>(payload_.object);
}
const UndefinedInfo& Value::undefined_info() const {
  VERIFY(is_undefined());
  static const UndefinedInfo kEmpty;
  if (payload_.object == nullptr) return kEmpty;
  return static_cast<const UndefinedBox*>(payload_.object)->info;
}

std::string undefined_message(const UndefinedInfo& info) {
  if (!info.hint.empty()) return info.hint;
  if (info.object_type.empty()) return fmt::format("'{}' is undefined", info.name);
  if (!info.name_is_text) return fmt::format("{} has no element {}", info.object_type, info.name);
  return fmt::format("'{}' has no attribute '{}'", info.object_type, info.name);
}

Error undefined_error(const Value& undefined) {
  const auto& info = undefined.undefined_info();
  return fail(info.kind, "{}", undefined_message(info));
}

std::uint64_t hash_of_text(std::string_view text) {
  const std::uint64_t hash = fast_hash(text);
  return hash == 0 ? 1 : hash;
}

namespace {

Result<std::uint64_t> hash_nested(const Value& value, int depth) {
  if (depth > kNestingMax) return fail(kLimitError, "value is nested too deeply");
  switch (value.kind()) {
    case Kind::Undefined:
      return mix_bits(3);
    case Kind::None:
      return mix_bits(7);
    case Kind::Bool:
    case Kind::Int:
      return mix_bits(static_cast<std::uint64_t>(value.as_int()));
    case Kind::BigInt:
      return value.big_int().hash();
    case Kind::Float: {
      const double number = value.as_float();
      if (const auto integer = exact_int64(number)) {
        return mix_bits(static_cast<std::uint64_t>(*integer));
      }
      if (std::isfinite(number) && std::trunc(number) == number) {
        return BigInt::from_double(number).hash();
      }
      std::uint64_t bits = 0;
      std::memcpy(&bits, &number, sizeof(bits));
      return mix_bits(bits);
    }
    case Kind::Text:
      return value.text_object().hash();
    case Kind::Tuple: {
      std::uint64_t hash = 0x345678;
      for (const auto& item : value.items()) {
        hash = mix_bits(hash ^ TRY(hash_nested(item, depth + 1)));
      }
      return hash;
    }
    case Kind::Object:
      return value.object()->hash();
    case Kind::List:
    case Kind::Dict:
    case Kind::Set:
      break;
  }
  return type_error("unhashable type: '{}'", type_name(value));
}

Result<bool> equals_nested(const Value& a, const Value& b, int depth);

Result<bool> items_equal(const Value& a, const Value& b, int depth) {
  const auto& left = a.items();
  const auto& right = b.items();
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (!TRY(equals_nested(left[i], right[i], depth + 1))) return false;
  }
  return true;
}

Result<bool> tables_equal(const Table& a, const Table& b, int depth) {
  if (a.size() != b.size()) return false;
  for (const auto& entry : a.entries()) {
    if (!entry.live) continue;
    const auto* other = TRY(b.find(entry.key));
    if (other == nullptr) return false;
    if (!TRY(equals_nested(entry.value, other->value, depth + 1))) return false;
  }
  return true;
}

bool is_any_number(const Value& value) {
  return value.is_int64() || value.kind() == Kind::Float || value.kind() == Kind::BigInt;
}

bool numbers_equal(const Value& a, const Value& b) {
  if (a.kind() == Kind::Float && b.kind() == Kind::Float) return a.as_float() == b.as_float();
  if (a.kind() == Kind::Float) return numbers_equal(b, a);
  if (b.kind() == Kind::Float) {
    const double number = b.as_float();
    if (a.kind() != Kind::BigInt) return exact_int64(number) == a.as_int();
    return std::isfinite(number) && std::trunc(number) == number &&
           BigInt::from_double(number) == a.big_int();
  }
  if (a.kind() == Kind::BigInt && b.kind() == Kind::BigInt) return a.big_int() == b.big_int();
  if (a.kind() == Kind::BigInt || b.kind() == Kind::BigInt) return false;
  return a.as_int() == b.as_int();
}

Result<bool> equals_nested(const Value& a, const Value& b, int depth) {
  if (depth > kNestingMax) return fail(kLimitError, "value is nested too deeply");
  if (a.kind() == b.kind()) {
    switch (a.kind()) {
      case Kind::Undefined:
      case Kind::None:
        return true;
      case Kind::Text:
        return a.text() == b.text();
      case Kind::List:
      case Kind::Tuple:
        return a.same(b) || TRY(items_equal(a, b, depth));
      case Kind::Dict:
        return a.same(b) || TRY(tables_equal(a.dict_items(), b.dict_items(), depth));
      case Kind::Set:
        return a.same(b) || TRY(tables_equal(a.set_items(), b.set_items(), depth));
      case Kind::Object:
        return a.same(b) || a.object()->equals(*b.object());
      default:
        return numbers_equal(a, b);
    }
  }
  if (is_any_number(a) && is_any_number(b)) return numbers_equal(a, b);
  return false;
}

}  // namespace

Result<std::uint64_t> hash_of(const Value& value) { return hash_nested(value, 0); }
Result<bool> equals(const Value& a, const Value& b) { return equals_nested(a, b, 0); }

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::Undefined:
      return "Undefined";
    case Kind::None:
      return "NoneType";
    case Kind::Bool:
      return "bool";
    case Kind::Int:
    case Kind::BigInt:
      return "int";
    case Kind::Float:
      return "float";
    case Kind::Text:
      switch (value.flavor()) {
        case Flavor::Plain:
          return "str";
        case Flavor::Markup:
          return "Markup";
        case Flavor::AsText:
          return "TextMarker";
        case Flavor::AsNative:
          return "NativeMarker";
        case Flavor::AsBool:
          return "BoolMarker";
        case Flavor::AsNumber:
          return "NumberMarker";
      }
      return "str";
    case Kind::List:
      return "list";
    case Kind::Tuple:
      return "tuple";
    case Kind::Dict:
      return "dict";
    case Kind::Set:
      return "set";
    case Kind::Object:
      return value.object()->type_name();
  }
  return "object";
}

std::string object_type_name(const Value& value) {
  if (value.is_none()) return "None";
  if (value.is_object()) return value.object()->object_type_name();
  if (value.is_markup()) return "markupsafe.Markup object";
  return std::string(type_name(value)) + " object";
}

namespace {

Value copy_nested(const Value& value, int depth) {
  if (depth > kNestingMax) return value;
  if (value.is_list() || value.is_tuple()) {
    std::vector<Value> items;
    items.reserve(value.items().size());
    for (const auto& item : value.items()) items.push_back(copy_nested(item, depth + 1));
    return value.is_list() ? Value::list(std::move(items)) : Value::tuple(std::move(items));
  }
  if (value.is_dict()) {
    auto copy = make_ref<Dict>(value.dict_items());
    for (auto& entry : copy->entries()) entry.value = copy_nested(entry.value, depth + 1);
    return copy;
  }
  if (value.is_set()) return make_ref<Set>(value.set_items());
  return value;
}

}  // namespace

Value deep_copy(const Value& value) { return copy_nested(value, 0); }

}  // namespace tarn::jinja
