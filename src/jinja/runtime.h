// SPDX-License-Identifier: Apache-2.0
// What a running template offers to the functions and objects that it calls, and the operations on
// values that need it. One Runtime belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jinja/limits.h"
#include "jinja/object.h"
#include "jinja/value.h"

namespace tarn::jinja {

class Environment;
class Macro;
class NameTable;

// State of one render that belongs to the program around it: the node, its recorded refs, ….
// Derive from it; functions find it by Runtime::host.
class Host {
 public:
  virtual ~Host() = default;
  // Before a macro of the project (not one defined in the template itself) runs. `depth` is 1 for
  // calls made by the template.
  virtual Result<void> enter_macro(const Macro& macro, std::size_t depth) {
    (void)macro, (void)depth;
    return {};
  }
  virtual void leave_macro(const Macro& macro) { (void)macro; }
};

class Runtime {
 public:
  virtual ~Runtime() = default;
  virtual Result<Value> call(const Value& callee, const Arguments& arguments) = 0;
  // What `return()` gives to its caller: ends the innermost macro of the project with this value;
  // outside of one it is the error of kind `return_outside_macro`.
  virtual Error return_from_macro(Value value) = 0;
  // Takes steps from the budget; error of kind `limit` at its end.
  virtual Result<void> charge(std::uint64_t steps) = 0;
  virtual const Environment& environment() const = 0;
  virtual const Limits& limits() const = 0;
  // The names that the template sees at its top.
  virtual const NameTable& names() const = 0;
  // May be null.
  virtual Host* host() const = 0;
  virtual bool swallows_undefined() const = 0;
  virtual bool autoescape() const = 0;
  // Macros of the project that run now, innermost last.
  virtual const std::vector<const Macro*>& macro_stack() const = 0;

  template <typename T>
  T& host_as() const {
    return dynamic_cast<T&>(*host());
  }
  // Undefined values that follow the mode of this render.
  Value undefined_attribute(const Value& object, std::string_view name) const;
  Value undefined_item(const Value& object, const Value& key) const;
  Value undefined_name(std::string_view name) const;
  Value undefined_hint(std::string_view hint, std::string_view name) const;
};

// Text in `{{ x }}` and repr inside containers.
Result<std::string> to_text(Runtime& runtime, const Value& value);
Result<std::string> to_repr(Runtime& runtime, const Value& value);
Result<void> append_text(Runtime& runtime, const Value& value, std::string& out);
Result<void> append_repr(Runtime& runtime, const Value& value, std::string& out);

Result<bool> truth(Runtime& runtime, const Value& value);
Result<std::size_t> length_of(Runtime& runtime, const Value& value);
// `x.name`, `x[key]` with the rules of Jinja's sandbox; never fails for a missing one: undefined.
Result<Value> get_attribute(Runtime& runtime, const Value& object, std::string_view name);
Result<Value> get_item(Runtime& runtime, const Value& object, const Value& key);
Result<Value> call_method(Runtime& runtime, const Value& object, std::string_view name,
                          const Arguments& arguments);
Result<bool> contains(Runtime& runtime, const Value& container, const Value& item);
// Order as Python has it; kind `type` where it has none. `op` is what the message prints.
Result<int> compare(Runtime& runtime, const Value& a, const Value& b, std::string_view op = "<");
enum class BinaryOp : std::uint8_t { Add, Subtract, Multiply, Divide, FloorDivide, Modulo, Power };
Result<Value> binary(Runtime& runtime, BinaryOp op, const Value& a, const Value& b);
bool is_callable(const Value& value);

// Walks over any iterable. `next` gives false at the end.
class Iteration {
 public:
  static Result<Iteration> over(Runtime& runtime, const Value& value);
  Result<bool> next(Runtime& runtime, Value& out);
  // Number of values still to come, where it is known without walking.
  std::optional<std::size_t> remaining() const;

 private:
  Value source_;
  std::size_t position_ = 0;
  std::size_t expected_size_ = 0;
};
// All values of an iterable.
Result<std::vector<Value>> collect(Runtime& runtime, const Value& iterable);

}  // namespace tarn::jinja
