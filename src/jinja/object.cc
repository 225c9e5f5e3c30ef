// SPDX-License-Identifier: Apache-2.0
#include "jinja/object.h"

#include <algorithm>

#include "jinja/runtime.h"

namespace tarn::jinja {

Signature::Signature(std::string function, std::vector<Parameter> parameters)
    : function_(std::move(function)), parameters_(std::move(parameters)) {}

Result<std::vector<Value>> Signature::bind(const Arguments& arguments) const {
  if (arguments.positional.size() > parameters_.size()) {
    return type_error("{}() takes {} positional argument{} but {} {} given", function_,
                      parameters_.size(), parameters_.size() == 1 ? "" : "s",
                      arguments.positional.size(),
                      arguments.positional.size() == 1 ? "was" : "were");
  }
  std::vector<Value> values;
  std::vector<bool> given(parameters_.size(), false);
  values.reserve(parameters_.size());
  values.assign(arguments.positional.begin(), arguments.positional.end());
  values.resize(parameters_.size());
  for (std::size_t i = 0; i < arguments.positional.size(); ++i) given[i] = true;
  for (const auto& named : arguments.named) {
    const auto found =
        std::find_if(parameters_.begin(), parameters_.end(),
                     [&](const Parameter& parameter) { return parameter.name == named.name; });
    if (found == parameters_.end()) {
      return type_error("{}() got an unexpected keyword argument '{}'", function_, named.name);
    }
    const auto index = static_cast<std::size_t>(found - parameters_.begin());
    if (given[index]) {
      return type_error("{}() got multiple values for argument '{}'", function_, named.name);
    }
    values[index] = named.value;
    given[index] = true;
  }
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (given[i]) continue;
    if (!parameters_[i].default_value) {
      return type_error("{}() missing 1 required positional argument: '{}'", function_,
                        parameters_[i].name);
    }
    values[i] = *parameters_[i].default_value;
  }
  return values;
}

std::string Object::object_type_name() const { return std::string(type_name()) + " object"; }

Result<std::optional<Value>> Object::get_attribute(Runtime&, std::string_view) {
  return std::optional<Value>();
}

Result<std::optional<Value>> Object::get_item(Runtime&, const Value&) {
  return std::optional<Value>();
}

Result<std::optional<Value>> Object::get_slice(Runtime&, const Value&, const Value&, const Value&) {
  return std::optional<Value>();
}

Result<std::optional<Value>> Object::call_method(Runtime& runtime, std::string_view name,
                                                 const Arguments& arguments) {
  const auto attribute = TRY(get_attribute(runtime, name));
  if (!attribute) return std::optional<Value>();
  return std::optional<Value>(TRY(runtime.call(*attribute, arguments)));
}

Result<Value> Object::call(Runtime&, const Arguments&) {
  return type_error("'{}' object is not callable", type_name());
}

Result<std::string> Object::to_repr(Runtime&) const {
  return fmt::format("<{} object>", type_name());
}

Result<bool> Object::truth(Runtime& runtime) const {
  const auto size = TRY(length(runtime));
  return !size || *size > 0;
}

Result<std::optional<std::size_t>> Object::length(Runtime&) const {
  return std::optional<std::size_t>();
}

Result<std::optional<Value>> Object::iterate(Runtime&) { return std::optional<Value>(); }

Result<std::optional<bool>> Object::contains(Runtime&, const Value&) {
  return std::optional<bool>();
}

Result<std::uint64_t> Object::hash() const {
  return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(this) >> 4);
}

std::optional<int> Object::compare(const Object&) const { return std::nullopt; }

Result<std::optional<Value>> Object::binary(Runtime&, std::string_view, const Value&, bool) const {
  return std::optional<Value>();
}

Result<std::optional<std::string>> Object::format(Runtime&, std::string_view) const {
  return std::optional<std::string>();
}

Result<std::optional<Value>> Iterator::iterate(Runtime&) {
  return std::optional<Value>(Value(Ref<Iterator>(this)));
}

namespace {

class FunctionObject final : public Object {
 public:
  FunctionObject(std::string_view name, Function function)
      : name_(name), function_(std::move(function)) {}
  std::string_view type_name() const override { return "function"; }
  bool is_callable() const override { return true; }
  Result<Value> call(Runtime& runtime, const Arguments& arguments) override {
    return function_(runtime, arguments);
  }
  Result<std::string> to_repr(Runtime&) const override {
    return fmt::format("<function {}>", name_);
  }

 private:
  std::string name_;
  Function function_;
};

class ModuleObject final : public Object {
 public:
  explicit ModuleObject(std::string_view type_name) : type_name_(type_name) {}
  void set(std::string_view name, Value value) { attributes_.set(name, std::move(value)); }

  std::string_view type_name() const override { return type_name_; }
  bool is_mapping() const override { return true; }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    const Value* found = attributes_.find(name);
    return found == nullptr ? std::optional<Value>() : std::optional<Value>(*found);
  }
  Result<std::optional<Value>> get_item(Runtime&, const Value& key) override {
    const auto* found = TRY(attributes_.find(key));
    return found == nullptr ? std::optional<Value>() : std::optional<Value>(found->value);
  }
  Result<std::optional<std::size_t>> length(Runtime&) const override {
    return std::optional<std::size_t>(attributes_.size());
  }
  Result<std::optional<bool>> contains(Runtime&, const Value& key) override {
    return std::optional<bool>(TRY(attributes_.find(key)) != nullptr);
  }
  Result<std::optional<Value>> iterate(Runtime&) override {
    std::vector<Value> names;
    for (const auto& entry : attributes_.entries()) names.push_back(entry.key);
    return std::optional<Value>(Value::list(std::move(names)));
  }

 private:
  std::string type_name_;
  Table attributes_;
};

}  // namespace

Value make_function(std::string_view name, Function function) {
  return make_ref<FunctionObject>(name, std::move(function));
}

Value make_function(Signature signature, BoundFunction function) {
  std::string name = signature.function();
  return make_function(name,
                       [signature = std::move(signature), function = std::move(function)](
                           Runtime& runtime, const Arguments& arguments) -> Result<Value> {
                         const auto values = TRY(signature.bind(arguments));
                         return function(runtime, values);
                       });
}

Value make_module(std::string_view type_name,
                  const std::vector<std::pair<std::string_view, Value>>& attributes) {
  auto module = make_ref<ModuleObject>(type_name);
  for (const auto& [name, value] : attributes) module->set(name, value);
  return module;
}

}  // namespace tarn::jinja
