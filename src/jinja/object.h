// SPDX-License-Identifier: Apache-2.0
// Host objects: what a template can read, call and iterate besides plain values. One object may be
// shared by renders on many threads; state of one render belongs in its Host (runtime.h).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/value.h"

namespace tarn::jinja {

class Runtime;

struct NamedArgument {
  std::string_view name;  // lives at least as long as the call
  Value value;
};

// Views of one call's arguments.
struct Arguments {
  std::span<const Value> positional;
  std::span<const NamedArgument> named;
};

// The parameters of a function as Python would declare them: binds positional and named arguments,
// and fails with Python's words (kind `type`).
class Signature {
 public:
  struct Parameter {
    std::string name;
    std::optional<Value> default_value;  // nullopt: required
  };
  Signature(std::string function, std::vector<Parameter> parameters);
  // One value per parameter, in order.
  Result<std::vector<Value>> bind(const Arguments& arguments) const;
  const std::string& function() const { return function_; }

 private:
  std::string function_;
  std::vector<Parameter> parameters_;
};

class Object : public Counted {
 public:
  // Python's name of the class, such as `TrinoRelation`; what messages print.
  virtual std::string_view type_name() const = 0;
  // `dbt.adapters.trino.relation.TrinoRelation object` in messages about missing attributes.
  virtual std::string object_type_name() const;

  // `x.name`. nullopt: there is none, so the template sees undefined. An item of that name
  // (`get_item`) is tried next.
  virtual Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name);
  // `x[key]`; nullopt: no such item, then an attribute of that name is tried.
  virtual Result<std::optional<Value>> get_item(Runtime& runtime, const Value& key);
  // `x[start:stop:step]`, each None if it is not given; nullopt: a sequence becomes a tuple first.
  virtual Result<std::optional<Value>> get_slice(Runtime& runtime, const Value& start,
                                                 const Value& stop, const Value& step);
  // `x.name(…)`; by default the attribute is called. Override to save the bound method.
  // nullopt: there is no such method.
  virtual Result<std::optional<Value>> call_method(Runtime& runtime, std::string_view name,
                                                   const Arguments& arguments);
  virtual bool is_callable() const { return false; }
  virtual Result<Value> call(Runtime& runtime, const Arguments& arguments);

  // str(x) and repr(x).
  virtual Result<std::string> to_text(Runtime& runtime) const { return to_repr(runtime); }
  virtual Result<std::string> to_repr(Runtime& runtime) const;
  virtual Result<bool> truth(Runtime& runtime) const;
  // nullopt: `object of type 'X' has no len()`.
  virtual Result<std::optional<std::size_t>> length(Runtime& runtime) const;
  // A list, tuple or Iterator; nullopt: not iterable.
  virtual Result<std::optional<Value>> iterate(Runtime& runtime);
  // `key in x`; nullopt: by iteration.
  virtual Result<std::optional<bool>> contains(Runtime& runtime, const Value& key);
  virtual bool is_mapping() const { return false; }
  virtual bool is_sequence() const { return false; }
  // By identity unless overridden; equal objects have equal hashes.
  virtual bool equals(const Object& other) const { return this == &other; }
  virtual Result<std::uint64_t> hash() const;
  // Order for `<` and sort; nullopt: not comparable.
  virtual std::optional<int> compare(const Object& other) const;
  // Binary operators `+`, `-`, `*`, `/`, …; `reflected` if this is the right operand. nullopt: not
  // supported.
  virtual Result<std::optional<Value>> binary(Runtime& runtime, std::string_view op,
                                              const Value& other, bool reflected) const;
  // What `"{:spec}".format(x)` prints; nullopt: only the empty spec is known.
  virtual Result<std::optional<std::string>> format(Runtime& runtime, std::string_view spec) const;
};

// Gives each of its values once (a generator of Python).
class Iterator : public Object {
 public:
  std::string_view type_name() const override { return "generator"; }
  // False at the end.
  virtual Result<bool> next(Runtime& runtime, Value& out) = 0;
  Result<std::optional<Value>> iterate(Runtime& runtime) override;
};

using Function = std::function<Result<Value>(Runtime&, const Arguments&)>;
// A callable object from a function; `name` is what messages and repr print.
Value make_function(std::string_view name, Function function);
// With a signature: the function gets one value per parameter.
using BoundFunction = std::function<Result<Value>(Runtime&, std::span<const Value>)>;
Value make_function(Signature signature, BoundFunction function);
// An object with a fixed set of attributes, such as `modules` (dict-like: `x.a` and `x['a']`).
Value make_module(std::string_view type_name,
                  const std::vector<std::pair<std::string_view, Value>>& attributes);

}  // namespace tarn::jinja
