// SPDX-License-Identifier: Apache-2.0
// Values of templates, with Python's meaning: undefined, None, bool, int (any size), float, str,
// list, tuple, dict, set and host objects. A Value is 16 bytes; texts and containers are shared by
// reference as in Python, so a copy of a list is the same list.
//
// Threads: counts are atomic, so values may be shared between threads; a list, dict or set that any
// thread may change must belong to one thread (see deep_copy).
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "jinja/error.h"

namespace tarn::jinja {

class BigInt;
class Object;
class Value;
class Dict;
class Set;
struct List;
struct UndefinedInfo;

// Base of everything on the heap: an intrusive count. Destruction of deep nests does not recurse.
class Counted {
 public:
  Counted() = default;
  Counted(const Counted&) : count_(0) {}
  Counted& operator=(const Counted&) { return *this; }
  virtual ~Counted() = default;

  void retain() const { count_.fetch_add(1, std::memory_order_relaxed); }
  void release() const {
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(this);
  }
  std::uint32_t use_count() const { return count_.load(std::memory_order_relaxed); }

 private:
  static void destroy(const Counted* object);
  mutable std::atomic<std::uint32_t> count_{0};
};

// A counted pointer to T.
template <typename T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  explicit Ref(T* object) : object_(object) {
    if (object_ != nullptr) object_->retain();
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  template <std::derived_from<T> U>
  Ref(const Ref<U>& other) : Ref(other.get()) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->release();
  }
  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

template <typename T, typename... Args>
Ref<T> make_ref(Args&&... args) {
  return Ref<T>(new T(std::forward<Args>(args)...));
}

enum class Kind : std::uint8_t {
  Undefined,
  None,
  Bool,
  Int,
  BigInt,
  Float,
  Text,
  List,
  Tuple,
  Dict,
  Set,
  Object,
};

// Subclasses of str: Markup (escaped for HTML), and dbt's marks on how native rendering converts.
enum class Flavor : std::uint8_t { Plain, Markup, AsText, AsNative, AsBool, AsNumber };

// Immutable UTF-8 bytes with a cached count of code points.
class Text final : public Counted {
 public:
  static Ref<Text> make(std::string_view bytes);
  // The bytes are written by the caller before anybody else sees the text.
  static Ref<Text> make_uninitialized(std::size_t size);
  std::string_view view() const { return {bytes(), size_}; }
  char* bytes() { return reinterpret_cast<char*>(this + 1); }
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
  std::size_t code_points() const;
  bool is_ascii() const { return code_points() == size_; }
  std::uint64_t hash() const;
  static void operator delete(void* memory);

 private:
  explicit Text(std::size_t size) : size_(size) {}
  std::size_t size_;
  mutable std::atomic<std::size_t> code_points_{SIZE_MAX};
  mutable std::atomic<std::uint64_t> hash_{0};
};

class Value {
 public:
  Value() : kind_(Kind::None) { payload_.integer = 0; }
  Value(std::same_as<bool> auto value) : kind_(Kind::Bool) { payload_.integer = value ? 1 : 0; }
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char> && sizeof(T) <= 8) Value(T value)
      : kind_(Kind::Int) {
    payload_.integer = static_cast<std::int64_t>(value);
  }
  Value(double value) : kind_(Kind::Float) { payload_.number = value; }
  Value(std::string_view text, Flavor flavor = Flavor::Plain);
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(Ref<Text> text, Flavor flavor = Flavor::Plain);
  Value(Ref<Dict> dict);
  Value(Ref<Set> set);
  Value(Ref<BigInt> integer);
  template <std::derived_from<Object> T>
  Value(Ref<T> object) : Value(from_object(object.get())) {}
  Value(const Value& other) : kind_(other.kind_), flavor_(other.flavor_), payload_(other.payload_) {
    if (counted()) payload_.object->retain();
  }
  Value(Value&& other) noexcept
      : kind_(other.kind_), flavor_(other.flavor_), payload_(other.payload_) {
    other.kind_ = Kind::None;
  }
  Value& operator=(const Value& other) {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Value() {
    if (counted()) payload_.object->release();
  }
  void swap(Value& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(flavor_, other.flavor_);
    std::swap(payload_, other.payload_);
  }

  static Value none() { return {}; }
  // An undefined value without a reason: a variable that has not been set.
  static Value missing() {
    Value value;
    value.kind_ = Kind::Undefined;
    value.payload_.object = nullptr;
    return value;
  }
  bool is_missing() const { return kind_ == Kind::Undefined && payload_.object == nullptr; }
  static Value undefined(UndefinedInfo info);
  // `'name' is undefined`
  static Value undefined_name(std::string_view name);
  static Value list(std::vector<Value> items);
  static Value tuple(std::vector<Value> items);
  static Value dict(std::initializer_list<std::pair<std::string_view, Value>> items = {});
  // Integers beyond 64 bits become BigInt, others Int.
  static Value integer(BigInt value);
  static Value markup(std::string_view text) { return Value(text, Flavor::Markup); }

  Kind kind() const { return kind_; }
  Flavor flavor() const { return flavor_; }
  bool is_undefined() const { return kind_ == Kind::Undefined; }
  bool is_none() const { return kind_ == Kind::None; }
  bool is_bool() const { return kind_ == Kind::Bool; }
  bool is_text() const { return kind_ == Kind::Text; }
  bool is_markup() const { return kind_ == Kind::Text && flavor_ == Flavor::Markup; }
  bool is_list() const { return kind_ == Kind::List; }
  bool is_tuple() const { return kind_ == Kind::Tuple; }
  bool is_dict() const { return kind_ == Kind::Dict; }
  bool is_set() const { return kind_ == Kind::Set; }
  bool is_object() const { return kind_ == Kind::Object; }
  // An int or bool that fits in 64 bits.
  bool is_int64() const { return kind_ == Kind::Int || kind_ == Kind::Bool; }

  // REQUIRE the matching kind.
  bool as_bool() const { return payload_.integer != 0; }
  std::int64_t as_int() const { return payload_.integer; }  // Int or Bool
  double as_float() const { return payload_.number; }
  std::string_view text() const;
  const Text& text_object() const;
  const BigInt& big_int() const;
  std::vector<Value>& items() const;  // List or Tuple
  Dict& dict_items() const;
  Set& set_items() const;
  Object* object() const;
  const UndefinedInfo& undefined_info() const;
  // The host object if this is one of that class, else nullptr.
  template <typename T>
  T* as() const {
    return kind_ == Kind::Object ? dynamic_cast<T*>(object()) : nullptr;
  }
  // Identity (Python's `is`), not equality.
  bool same(const Value& other) const {
    return kind_ == other.kind_ && payload_.integer == other.payload_.integer;
  }

 private:
  struct ListTag {};
  static Value from_object(Object* object);
  static Value from_list(Kind kind, std::vector<Value> items);
  bool counted() const {
    return kind_ >= Kind::BigInt ? kind_ != Kind::Float
                                 : (kind_ == Kind::Undefined && payload_.object != nullptr);
  }

  Kind kind_;
  Flavor flavor_ = Flavor::Plain;
  union Payload {
    std::int64_t integer;
    double number;
    Counted* object;
  } payload_;
};
static_assert(sizeof(Value) == 16);

// Payload of a list or tuple.
struct List final : Counted {
  explicit List(std::vector<Value> values) : items(std::move(values)) {}
  std::vector<Value> items;
};

// Why a value is missing; told when it is used.
struct UndefinedInfo final {
  std::string name;         // of the variable, attribute or key (as it is printed in a message)
  std::string object_type;  // `dict object`; empty: a variable
  std::string hint;         // the whole message instead
  std::string_view kind = kUndefinedError;
  bool name_is_text = true;  // else `has no element 5`
  bool swallows = false;     // parse mode: attributes, items and calls give this value again
};
std::string undefined_message(const UndefinedInfo& info);
// The error of using an undefined value.
Error undefined_error(const Value& undefined);

// Equality and hash as Python has them: 1 == 1.0 == True. Unhashable: kind `type`. Nests beyond
// kNestingMax are errors of kind `limit`.
Result<bool> equals(const Value& a, const Value& b);
Result<std::uint64_t> hash_of(const Value& value);
std::uint64_t hash_of_text(std::string_view text);

// An insertion-ordered hash table of values; base of Dict and Set.
class Table {
 public:
  struct Entry {
    Value key;
    Value value;
    std::uint64_t hash = 0;
    bool live = true;
  };
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Result<Entry*> find(const Value& key) const;
  // Replaces the value of an equal key and keeps the first key, as Python does.
  Result<void> set(Value key, Value value);
  Result<std::optional<Entry>> take(const Value& key);
  Value* find(std::string_view key) const;
  void set(std::string_view key, Value value);
  Value* find(const std::string& key) const { return find(std::string_view(key)); }
  void set(const std::string& key, Value value) { set(std::string_view(key), std::move(value)); }
  Value* find(const char* key) const { return find(std::string_view(key)); }
  void set(const char* key, Value value) { set(std::string_view(key), std::move(value)); }
  void clear();
  // Entries in order; skip those that are not live. Invalidated by `set` and `take`.
  const std::vector<Entry>& entries() const { return entries_; }
  std::vector<Entry>& entries() { return entries_; }
  // Changes with each insertion or removal of a key.
  std::uint64_t version() const { return version_; }

 private:
  std::size_t probe(std::uint64_t hash) const;
  void rebuild(std::size_t capacity);
  Result<std::size_t> locate(const Value& key, std::uint64_t hash) const;
  std::size_t locate(std::string_view key, std::uint64_t hash) const;
  void append(Value key, Value value, std::uint64_t hash);
  void erase_at(std::size_t position);
  mutable std::vector<Entry> entries_;
  std::vector<std::uint32_t> index_;  // position + 1, 0 free; empty while there are few entries
  std::size_t size_ = 0;
  std::uint64_t version_ = 0;
};

class Dict final : public Counted, public Table {};
class Set final : public Counted, public Table {};

// `int`, `str`, `NoneType`, …: as Python's type(x).__name__.
std::string_view type_name(const Value& value);
// `dict object`, `None`, `dbt.x.Y object`: as in messages about undefined attributes.
std::string object_type_name(const Value& value);

// A copy in which lists, dicts and sets are new; texts and host objects are shared.
Value deep_copy(const Value& value);

}  // namespace tarn::jinja
