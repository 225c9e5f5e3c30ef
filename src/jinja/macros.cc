// SPDX-License-Identifier: Apache-2.0
// Calls of macros, loops and their objects.
#include <algorithm>

#include "jinja/interpreter.h"
#include "jinja/methods.h"

namespace tarn::jinja {

Result<Value> InlineMacro::call(Runtime& runtime, const Arguments& arguments) {
  return static_cast<Interpreter&>(runtime).invoke(definition_, tree_, outer_, arguments);
}

Result<std::string> InlineMacro::to_repr(Runtime&) const {
  return fmt::format("<Macro '{}'>", definition_.name);
}

Result<std::optional<Value>> InlineMacro::get_attribute(Runtime&, std::string_view name) {
  if (name == "name") return std::optional<Value>(Value(definition_.name));
  if (name == "arguments") {
    std::vector<Value> names;
    for (const auto& parameter : definition_.parameters) names.push_back(parameter->name.text);
    return std::optional<Value>(Value::tuple(std::move(names)));
  }
  if (name == "catch_kwargs") return std::optional<Value>(Value(definition_.uses_kwargs));
  if (name == "catch_varargs") return std::optional<Value>(Value(definition_.uses_varargs));
  if (name == "caller") return std::optional<Value>(Value(definition_.uses_caller));
  return std::optional<Value>();
}

Result<void> Interpreter::bind_arguments(const MacroDefinition& macro, const Arguments& arguments,
                                         Activation& scope) {
  const std::size_t count = macro.parameters.size();
  const std::size_t given = std::min(arguments.positional.size(), count);
  for (std::size_t i = 0; i < given; ++i) {
    scope.at(macro.parameters[i]->slot) = arguments.positional[i];
  }
  std::vector<const NamedArgument*> extra;
  Value caller = Value::missing();
  bool found_caller = macro.explicit_caller && given == count;
  for (const auto& named : arguments.named) {
    bool taken = false;
    for (std::size_t i = given; i < count && !taken; ++i) {
      if (macro.parameters[i]->name.text != named.name) continue;
      scope.at(macro.parameters[i]->slot) = named.value;
      taken = true;
    }
    if (taken) continue;
    if (named.name == "caller" && macro.uses_caller && !macro.explicit_caller) {
      caller = named.value;
      found_caller = true;
    } else {
      extra.push_back(&named);
    }
  }
  if (macro.uses_caller && !macro.explicit_caller) {
    if (!found_caller || caller.is_none()) {
      caller = undefined_hint("No caller defined", "caller");
    }
    scope.at(macro.caller_slot) = std::move(caller);
  }
  if (macro.uses_kwargs) {
    auto kwargs = make_ref<Dict>();
    for (const auto* named : extra) kwargs->set(named->name, named->value);
    scope.at(macro.kwargs_slot) = kwargs;
  } else if (!extra.empty()) {
    for (const auto* named : extra) {
      if (named->name == "caller") {
        return type_error(
            "macro '{}' was invoked with two values for the special caller argument. This is most "
            "likely a bug.",
            macro.name);
      }
    }
    return type_error("macro '{}' takes no keyword argument '{}'", macro.name, extra[0]->name);
  }
  if (macro.uses_varargs) {
    std::vector<Value> rest(arguments.positional.begin() + static_cast<std::ptrdiff_t>(given),
                            arguments.positional.end());
    scope.at(macro.varargs_slot) = Value::tuple(std::move(rest));
  } else if (arguments.positional.size() > count) {
    return type_error("macro '{}' takes not more than {} argument(s)", macro.name, count);
  }
  return {};
}

Result<Value> Interpreter::invoke(const MacroDefinition& macro, const TemplateTree& tree,
                                  const Ref<Activation>& outer, const Arguments& arguments) {
  if (!may_step()) return exhausted();
  if (frames_.size() >= options_.limits.call_depth_max * 2) {
    return fail(kLimitError, "maximum recursion depth exceeded");
  }
  const auto scope = make_ref<Activation>(macro.function.slot_count, outer);
  TRY(bind_arguments(macro, arguments, *scope));
  const FrameGuard guard(*this, {&tree, macro.name});
  enter_frame(macro.function.frame, *scope);
  const std::size_t required = macro.parameters.size() - macro.defaults.size();
  for (std::size_t i = 0; i < macro.parameters.size(); ++i) {
    auto& slot = scope->at(macro.parameters[i]->slot);
    if (!slot.is_missing()) continue;
    const auto& name = macro.parameters[i]->name.text;
    if (i < required) {
      slot = undefined_hint(fmt::format("parameter '{}' was not provided", name), name);
    } else {
      auto value = TRY(eval(*macro.defaults[i - required], scope));
      scope->at(macro.parameters[i]->slot) = std::move(value);
    }
  }
  Sink out;
  SourceMap map;
  if (options_.keep_source_map) out.map = &map;
  auto flow = run(macro.body, scope, out);
  if (macro.function.holds_macros) cyclic_.push_back(scope);
  if (!flow) return std::move(flow).error();
  Value text = captured_text(TRY(joined(std::move(out))));
  return options_.keep_source_map ? remember(std::move(text), macro.name, std::move(map)) : text;
}

Result<Flow> Interpreter::run_for(const ForStmt& node, const Ref<Activation>& scope, Sink& out) {
  auto iterable = TRY(eval(*node.iterable, scope));
  if (node.recursive) {
    const std::size_t start = out.text.size();
    auto text = TRY(run_recursive_loop(node, scope, iterable, 0));
    if (out.map != nullptr) {
      out.map->add({start, node.place.offset, node.place.length, false});
    }
    TRY(write_raw(Value(text), out));
    return Flow::Normal;
  }
  return run_loop(node, iterable, scope, out, Value::none(), 0);
}

Result<std::string> Interpreter::run_recursive_loop(const ForStmt& loop,
                                                    const Ref<Activation>& outer,
                                                    const Value& iterable, std::size_t depth) {
  if (!may_step()) return exhausted();
  if (depth >= options_.limits.call_depth_max) {
    return fail(kLimitError, "maximum recursion depth exceeded");
  }
  const auto scope = make_ref<Activation>(loop.function.slot_count, outer);
  Value recurse = make_function(
      "loop", [this, &loop, outer, depth](Runtime&, const Arguments& arguments) -> Result<Value> {
        TRY(expect_arguments("loop", arguments, 1, 1));
        return Value(TRY(run_recursive_loop(loop, outer, arguments.positional[0], depth + 1)));
      });
  Sink inner;
  TRY(run_loop(loop, iterable, scope, inner, std::move(recurse), depth));
  if (loop.function.holds_macros) cyclic_.push_back(scope);
  return joined(std::move(inner));
}

Result<Flow> Interpreter::run_plain_loop(const ForStmt& node, const Value& iterable,
                                         const Ref<Activation>& scope, Sink& out) {
  auto iteration = TRY(Iteration::over(*this, iterable));
  bool ran = false;
  Value item;
  while (TRY(iteration.next(*this, item))) {
    if (node.test && !TRY(passes_test(node, *scope, item))) continue;
    TRY(assign(*node.target, std::move(item), *scope));
    enter_frame(node.body_frame, *scope);
    const Flow flow = TRY(run(node.body, scope, out));
    if (flow == Flow::Break) break;
    // As in Jinja, a turn that ends by `continue` does not keep `else` from running.
    if (flow == Flow::Normal) ran = true;
  }
  if (ran || node.otherwise.empty()) return Flow::Normal;
  enter_frame(node.otherwise_frame, *scope);
  return run(node.otherwise, scope, out);
}

Result<Flow> Interpreter::run_loop(const ForStmt& node, const Value& iterable,
                                   const Ref<Activation>& scope, Sink& out, Value recurse,
                                   std::size_t depth) {
  if (node.test) enter_frame(node.test_frame, *scope);
  if (!node.extended) return run_plain_loop(node, iterable, scope, out);
  std::optional<std::size_t> length;
  if (!node.test) {
    auto known = length_of(*this, iterable);
    if (known) length = *known;
  }
  auto loop = make_ref<LoopObject>(*this, node, scope, TRY(Iteration::over(*this, iterable)),
                                   length, std::move(recurse), depth);
  bool ran = false;
  Value item;
  while (TRY(loop->advance(item))) {
    scope->at(node.loop_slot) = loop;
    TRY(assign(*node.target, std::move(item), *scope));
    enter_frame(node.body_frame, *scope);
    const Flow flow = TRY(run(node.body, scope, out));
    if (flow == Flow::Break) break;
    if (flow == Flow::Normal) ran = true;
  }
  loop->end();
  if (ran || node.otherwise.empty()) return Flow::Normal;
  enter_frame(node.otherwise_frame, *scope);
  return run(node.otherwise, scope, out);
}

namespace {

// The variables of a target as the value that would set them again.
Value value_of_target(const Expr& target, Activation& scope) {
  if (target.kind == ExprKind::Name) return scope.at(static_cast<const NameExpr&>(target).slot);
  std::vector<Value> items;
  for (const auto& item : static_cast<const SequenceExpr&>(target).items) {
    items.push_back(value_of_target(*item, scope));
  }
  return Value::tuple(std::move(items));
}

}  // namespace

Result<bool> Interpreter::passes_test(const ForStmt& loop, Activation& scope, Value& item) {
  TRY(assign(*loop.test_target, item, scope));
  if (loop.test_target->kind != ExprKind::Name) item = value_of_target(*loop.test_target, scope);
  const Ref<Activation> held(&scope);
  return truth(*this, TRY(eval(*loop.test, held)));
}

Result<bool> LoopObject::fetch(Value& out) {
  while (TRY(values_.next(interpreter_, out))) {
    if (!node_.test || TRY(interpreter_.passes_test(node_, *scope_, out))) return true;
  }
  return false;
}

Result<bool> LoopObject::advance(Value& out) {
  if (!ahead_.empty()) {
    out = std::move(ahead_.back());
    ahead_.pop_back();
  } else if (at_end_ || !TRY(fetch(out))) {
    at_end_ = true;
    return false;
  }
  ++index0_;
  before_ = std::move(current_);
  current_ = out;
  return true;
}

Result<void> LoopObject::peek() {
  if (!ahead_.empty() || at_end_ || !scope_) return {};
  Value next;
  if (TRY(fetch(next))) {
    ahead_.push_back(std::move(next));
  } else {
    at_end_ = true;
  }
  return {};
}

Result<std::size_t> LoopObject::total() const {
  if (length_) return *length_;
  auto& self = const_cast<LoopObject&>(*this);
  TRY(self.peek());
  std::vector<Value> rest;
  Value next;
  while (scope_ && !at_end_ && TRY(self.fetch(next))) rest.push_back(std::move(next));
  self.at_end_ = true;
  for (auto& value : ahead_) rest.insert(rest.begin(), std::move(value));
  std::reverse(rest.begin(), rest.end());
  ahead_ = std::move(rest);
  length_ = ahead_.size() + static_cast<std::size_t>(index0_ + 1);
  return *length_;
}

Result<std::optional<std::size_t>> LoopObject::length(Runtime&) const {
  return std::optional<std::size_t>(TRY(total()));
}

Result<std::string> LoopObject::to_repr(Runtime&) const {
  return fmt::format("<LoopContext {}/{}>", index0_ + 1, TRY(total()));
}

Result<std::optional<Value>> LoopObject::get_attribute(Runtime& runtime, std::string_view name) {
  using Found = std::optional<Value>;
  if (name == "index") return Found(Value(index0_ + 1));
  if (name == "index0") return Found(Value(index0_));
  if (name == "first") return Found(Value(index0_ == 0));
  if (name == "last") {
    if (length_) return Found(Value(index0_ + 1 >= static_cast<std::int64_t>(*length_)));
    TRY(peek());
    return Found(Value(ahead_.empty()));
  }
  if (name == "length") return Found(Value(TRY(total())));
  if (name == "revindex") {
    return Found(Value(static_cast<std::int64_t>(TRY(total())) - index0_));
  }
  if (name == "revindex0") {
    return Found(Value(static_cast<std::int64_t>(TRY(total())) - index0_ - 1));
  }
  if (name == "depth") return Found(Value(depth_ + 1));
  if (name == "depth0") return Found(Value(depth_));
  if (name == "previtem") {
    if (index0_ == 0) return Found(runtime.undefined_hint("there is no previous item", ""));
    return Found(before_);
  }
  if (name == "nextitem") {
    TRY(peek());
    if (ahead_.empty()) return Found(runtime.undefined_hint("there is no next item", ""));
    return Found(ahead_.back());
  }
  if (name == "cycle" || name == "changed") {
    Ref<LoopObject> self(this);
    std::string method(name);
    return Found(make_function(
        name, [self, method](Runtime& inner, const Arguments& arguments) -> Result<Value> {
          return *TRY(self->call_method(inner, method, arguments));
        }));
  }
  return Found();
}

Result<std::optional<Value>> LoopObject::call_method(Runtime& runtime, std::string_view name,
                                                     const Arguments& arguments) {
  if (name == "cycle") {
    if (arguments.positional.empty()) return type_error("no items for cycling given");
    const auto index = static_cast<std::size_t>(index0_) % arguments.positional.size();
    return std::optional<Value>(arguments.positional[index]);
  }
  if (name == "changed") {
    Value now = Value::tuple({arguments.positional.begin(), arguments.positional.end()});
    if (!last_changed_.is_missing() && TRY(jinja::equals(last_changed_, now))) {
      return std::optional<Value>(Value(false));
    }
    last_changed_ = std::move(now);
    return std::optional<Value>(Value(true));
  }
  return Object::call_method(runtime, name, arguments);
}

Result<Value> LoopObject::call(Runtime& runtime, const Arguments& arguments) {
  if (recurse_.is_none()) {
    return type_error("The loop must have the 'recursive' marker to be called recursively.");
  }
  return runtime.call(recurse_, arguments);
}

Result<std::optional<Value>> Namespace::get_attribute(Runtime&, std::string_view name) {
  const auto* found = attributes_.find(name);
  return found == nullptr ? std::optional<Value>() : std::optional<Value>(*found);
}

Result<std::string> Namespace::to_repr(Runtime& runtime) const {
  auto copy = make_ref<Dict>(attributes_);
  return "<Namespace " + TRY(jinja::to_repr(runtime, Value(copy))) + ">";
}

}  // namespace tarn::jinja
