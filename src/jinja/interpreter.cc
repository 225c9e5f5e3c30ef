// SPDX-License-Identifier: Apache-2.0
// Statements.
#include "jinja/interpreter.h"

#include <algorithm>

#include "base/check.h"
#include "jinja/methods.h"

namespace tarn::jinja {

namespace {

// Texts whose places are known, in one render.
constexpr std::size_t kMadeTextsMax = 10'000;

}  // namespace

Interpreter::~Interpreter() {
  for (const auto& activation : cyclic_) activation->clear();
}

Result<void> Interpreter::charge(std::uint64_t steps) {
  steps_ += steps;
  if (steps_ > options_.limits.steps_max) {
    return fail(kLimitError, "the template takes more than {} steps", options_.limits.steps_max);
  }
  return {};
}

Error Interpreter::exhausted() const {
  if (steps_ > options_.limits.steps_max) {
    return fail(kLimitError, "the template takes more than {} steps", options_.limits.steps_max);
  }
  return fail(kLimitError, "the template is nested too deeply");
}

Error Interpreter::return_from_macro(Value value) {
  returned_ = std::move(value);
  returning_ = true;
  return fail(kReturnOutsideMacroError, "return() was called outside of a macro");
}

// Notes where an error passed: once for each function that runs.
void Interpreter::note_failure(const Place& place, Error& error) {
  if (returning_ && !macro_stack_.empty()) return;
  if (frames_.empty()) return;
  const bool known = !trace_.empty() && trace_message_ == error.message;
  if (known && trace_depth_ <= frames_.size()) return;
  const auto& frame = frames_.back();
  const auto span = make_text_span(frame.tree->text, place.offset, place.length);
  if (!known) {
    trace_.clear();
    trace_message_ = error.message;
    if (!error.where) error.where = span;
  }
  trace_depth_ = frames_.size();
  TraceFrame& added = trace_.emplace_back();
  added.template_name = frame.tree->name;
  added.macro = frame.macro;
  added.where = span;
  if (trace_.size() == 1) added.excerpt = excerpt(frame.tree->text, span);
}

Value Interpreter::resolve(const Symbol& name) const {
  if (in_block_) {
    if (block_names_ != nullptr) {
      for (const auto& [visible, value] : *block_names_) {
        if (visible.text == name.text) return value;
      }
    }
    if (const auto* exported = exports_.find(name.text)) return *exported;
  }
  if (const auto* found = names_.find(name.text, name.hash)) return *found;
  if (const auto* found = environment_.globals().find(name.text, name.hash)) return *found;
  return Value::missing();
}

void Interpreter::enter_frame(const Frame& frame, Activation& scope) {
  for (const auto& load : frame.loads) {
    switch (load.action) {
      case SlotLoad::Action::Resolve:
        scope.at(load.slot) = resolve(load.name);
        break;
      case SlotLoad::Action::Alias:
        scope.at(load.slot) = scope.at(load.from);
        break;
      case SlotLoad::Action::Undefined:
        scope.at(load.slot) = Value::missing();
        break;
      case SlotLoad::Action::Parameter:
        break;
    }
  }
}

// `self`: the blocks of the template as functions.
Value Interpreter::make_self(const TemplateTree& tree) {
  auto self = make_ref<Namespace>();
  for (const auto* block : tree.blocks) {
    self->attributes().set(
        block->name,
        make_function(block->name,
                      [this, &tree, block](Runtime&, const Arguments&) -> Result<Value> {
                        return Value(TRY(run_block(tree, *block)));
                      }));
  }
  return self;
}

Result<void> Interpreter::run_root(const TemplateTree& tree, const Ref<Activation>& scope,
                                   Sink& out) {
  const FrameGuard guard(*this, {&tree, {}});
  enter_frame(tree.function.frame, *scope);
  if (tree.self_slot) scope->at(*tree.self_slot) = make_self(tree);
  auto flow = run(tree.body, scope, out);
  if (tree.function.holds_macros) cyclic_.push_back(scope);
  if (!flow) return std::move(flow).error();
  return {};
}

Result<std::string> Interpreter::joined(Sink&& out) const {
  if (out.misfit) return type_error("{}", *out.misfit);
  return std::move(out.text);
}

Value Interpreter::captured_text(std::string text) const {
  return Value(text, autoescape_ ? Flavor::Markup : Flavor::Plain);
}

Result<std::string> Interpreter::render_text(const TemplateTree& tree) {
  Sink out;
  if (options_.keep_source_map) out.map = &source_map_;
  out.text.reserve(tree.text.size());
  const auto scope = make_ref<Activation>(tree.function.slot_count, Ref<Activation>());
  TRY(run_root(tree, scope, out));
  return joined(std::move(out));
}

Result<Flow> Interpreter::run(const Body& body, const Ref<Activation>& scope, Sink& out) {
  for (const auto& statement : body) {
    const Flow flow = TRY(run(*statement, scope, out));
    if (flow != Flow::Normal) return flow;
  }
  return Flow::Normal;
}

Result<Flow> Interpreter::run(const Stmt& statement, const Ref<Activation>& scope, Sink& out) {
  if (!may_step()) return exhausted();
  auto flow = run_kind(statement, scope, out);
  if (!flow) note_failure(statement.place, flow.error());
  return flow;
}

Result<Flow> Interpreter::run_kind(const Stmt& statement, const Ref<Activation>& scope, Sink& out) {
  switch (statement.kind) {
    case StmtKind::Output:
      TRY(run_output(static_cast<const OutputStmt&>(statement), scope, out));
      return Flow::Normal;
    case StmtKind::For:
      return run_for(static_cast<const ForStmt&>(statement), scope, out);
    case StmtKind::If:
      return run_if(static_cast<const IfStmt&>(statement), scope, out);
    case StmtKind::Set:
      TRY(run_set(static_cast<const SetStmt&>(statement), scope));
      return Flow::Normal;
    case StmtKind::SetBlock:
      return run_set_block(static_cast<const SetBlockStmt&>(statement), scope);
    case StmtKind::Do:
      TRY(eval(*static_cast<const DoStmt&>(statement).value, scope));
      return Flow::Normal;
    case StmtKind::With:
      return run_with(static_cast<const WithStmt&>(statement), scope, out);
    case StmtKind::Macro:
      TRY(run_macro(static_cast<const MacroStmt&>(statement), scope));
      return Flow::Normal;
    case StmtKind::CallBlock:
      TRY(run_call_block(static_cast<const CallBlockStmt&>(statement), scope, out));
      return Flow::Normal;
    case StmtKind::FilterBlock:
      return run_filter_block(static_cast<const FilterBlockStmt&>(statement), scope, out);
    case StmtKind::Block: {
      const auto& block = static_cast<const BlockStmt&>(statement);
      if (block.required) {
        return fail(kRuntimeError, "Required block '{}' not found", block.name);
      }
      std::vector<std::pair<Symbol, Value>> visible;
      for (const auto& [name, slot] : block.visible) {
        const Value& value = scope->at(slot);
        if (!value.is_missing()) visible.emplace_back(name, value);
      }
      const auto* saved = std::exchange(block_names_, &visible);
      auto text = run_block(*frames_.back().tree, block);
      block_names_ = saved;
      TRY(write_raw(captured_text(TRY(std::move(text))), out));
      return Flow::Normal;
    }
    case StmtKind::Autoescape:
      return run_autoescape(static_cast<const AutoescapeStmt&>(statement), scope, out);
    case StmtKind::Break:
      return Flow::Break;
    case StmtKind::Continue:
      return Flow::Continue;
    case StmtKind::Loader:
      TRY(eval(*static_cast<const LoaderStmt&>(statement).source, scope));
      return type_error("no loader for this environment specified");
  }
  UNREACHABLE();
}

Result<std::string> Interpreter::run_block(const TemplateTree& tree, const BlockStmt& block) {
  if (frames_.size() > options_.limits.call_depth_max) {
    return fail(kLimitError, "maximum recursion depth exceeded");
  }
  const auto scope = make_ref<Activation>(block.function.slot_count, Ref<Activation>());
  const bool saved = std::exchange(in_block_, true);
  const FrameGuard guard(*this, {&tree, {}});
  enter_frame(block.function.frame, *scope);
  if (block.self_slot) scope->at(*block.self_slot) = make_self(tree);
  if (block.super_slot) {
    scope->at(*block.super_slot) =
        undefined_hint(fmt::format("there is no parent block called '{}'.", block.name), "super");
  }
  Sink out;
  auto flow = run(block.body, scope, out);
  in_block_ = saved;
  if (block.function.holds_macros) cyclic_.push_back(scope);
  if (!flow) return std::move(flow).error();
  return joined(std::move(out));
}

Value Interpreter::remember(Value text, std::string_view macro, SourceMap map) {
  if (made_.size() >= kMadeTextsMax) made_.clear();  // places become those of the calls
  auto made = std::make_shared<MadeText>();
  made->tree = frames_.back().tree;
  made->macro = macro;
  made->map = std::move(map);
  const char* key = text.text().data();
  made_.insert_or_assign(key, std::pair(text, std::move(made)));
  return text;
}

std::shared_ptr<const MadeText> Interpreter::made_of(const Value& value) const {
  if (!value.is_text()) return nullptr;
  const auto found = made_.find(value.text().data());
  return found == made_.end() ? nullptr : found->second.second;
}

Result<void> Interpreter::write_data(const OutputPiece& piece, Sink& out) {
  ++out.pieces;
  if (out.values != nullptr) {
    out.values->emplace_back(piece.data);
    return {};
  }
  if (out.map != nullptr) {
    out.map->add({out.text.size(), piece.place.offset, piece.place.length, true});
  }
  out.text += piece.data;
  return check_size(*this, out.text.size());
}

// A value that must be text where it stands; the failure shows when the output is joined.
Result<void> Interpreter::write_raw(const Value& value, Sink& out) {
  ++out.pieces;
  if (out.values != nullptr) {
    out.values->push_back(value);
    return {};
  }
  if (value.is_text()) {
    out.text += value.text();
    return check_size(*this, out.text.size());
  }
  if (!out.misfit) {
    out.misfit = fmt::format("sequence item {}: expected str instance, {} found", out.pieces - 1,
                             type_name(value));
  }
  return {};
}

Result<void> Interpreter::print(const Value& value, Sink& out) {
  ++out.pieces;
  if (autoescape_) {
    out.text += TRY(escape_value(*this, value));
  } else {
    TRY(append_text(*this, value, out.text));
  }
  return check_size(*this, out.text.size());
}

Result<void> Interpreter::run_output(const OutputStmt& node, const Ref<Activation>& scope,
                                     Sink& out) {
  const bool native = frames_.back().tree->native;
  for (const auto& piece : node.pieces) {
    if (!piece.expr) {
      TRY(write_data(piece, out));
      continue;
    }
    if (piece.constant) {
      TRY(write_raw(Value(*piece.constant), out));
      continue;
    }
    auto value = TRY(eval(*piece.expr, scope));
    if (native) {
      TRY(write_raw(value, out));
      continue;
    }
    if (out.map != nullptr) {
      out.map->add(
          {out.text.size(), piece.place.offset, piece.place.length, false, made_of(value)});
    }
    auto printed = print(value, out);
    if (!printed) {
      note_failure(piece.expr->place, printed.error());
      return printed;
    }
  }
  return {};
}

Result<Flow> Interpreter::run_if(const IfStmt& node, const Ref<Activation>& scope, Sink& out) {
  for (const auto& branch : node.branches) {
    if (branch.test && !TRY(truth(*this, TRY(eval(*branch.test, scope))))) continue;
    return run(branch.body, scope, out);
  }
  return Flow::Normal;
}

void Interpreter::export_names(const Expr& target, Activation& scope) {
  if (target.kind == ExprKind::Name) {
    const auto& name = static_cast<const NameExpr&>(target);
    exports_.set(name.name.text, scope.at(name.slot));
  } else if (target.kind == ExprKind::Tuple) {
    for (const auto& item : static_cast<const SequenceExpr&>(target).items) {
      export_names(*item, scope);
    }
  }
}

Result<void> Interpreter::run_set(const SetStmt& node, const Ref<Activation>& scope) {
  TRY(assign(*node.target, TRY(eval(*node.value, scope)), *scope));
  if (node.exported && !frames_.back().tree->blocks.empty()) export_names(*node.target, *scope);
  return {};
}

Result<Flow> Interpreter::run_set_block(const SetBlockStmt& node, const Ref<Activation>& scope) {
  enter_frame(node.frame, *scope);
  Sink inner;
  SourceMap map;
  if (options_.keep_source_map) inner.map = &map;
  const Flow flow = TRY(run(node.body, scope, inner));
  if (flow != Flow::Normal) return flow;
  Value value = captured_text(TRY(joined(std::move(inner))));
  if (options_.keep_source_map) {
    value = remember(std::move(value), frames_.back().macro, std::move(map));
  }
  if (node.filter) {
    std::swap(captured_, value);
    auto filtered = eval(*node.filter, scope);
    std::swap(captured_, value);
    value = TRY(std::move(filtered));
  }
  TRY(assign(*node.target, std::move(value), *scope));
  if (node.exported && !frames_.back().tree->blocks.empty()) export_names(*node.target, *scope);
  return Flow::Normal;
}

Result<Flow> Interpreter::run_filter_block(const FilterBlockStmt& node,
                                           const Ref<Activation>& scope, Sink& out) {
  enter_frame(node.frame, *scope);
  Sink inner;
  const Flow flow = TRY(run(node.body, scope, inner));
  if (flow != Flow::Normal) return flow;
  Value text = captured_text(TRY(joined(std::move(inner))));
  std::swap(captured_, text);
  auto filtered = eval(*node.filter, scope);
  std::swap(captured_, text);
  TRY(write_raw(TRY(std::move(filtered)), out));
  return Flow::Normal;
}

Result<Flow> Interpreter::run_with(const WithStmt& node, const Ref<Activation>& scope, Sink& out) {
  std::vector<Value> values;
  values.reserve(node.values.size());
  for (const auto& value : node.values) values.push_back(TRY(eval(*value, scope)));
  enter_frame(node.frame, *scope);
  for (std::size_t i = 0; i < values.size(); ++i) {
    TRY(assign(*node.targets[i], std::move(values[i]), *scope));
  }
  return run(node.body, scope, out);
}

Result<Flow> Interpreter::run_autoescape(const AutoescapeStmt& node, const Ref<Activation>& scope,
                                         Sink& out) {
  enter_frame(node.frame, *scope);
  const bool on = TRY(truth(*this, TRY(eval(*node.value, scope))));
  const bool saved = std::exchange(autoescape_, on);
  auto flow = run(node.body, scope, out);
  autoescape_ = saved;
  return flow;
}

Result<void> Interpreter::run_macro(const MacroStmt& node, const Ref<Activation>& scope) {
  Value macro = make_ref<InlineMacro>(node.macro, *frames_.back().tree, scope);
  return assign(*node.target, std::move(macro), *scope);
}

Result<void> Interpreter::run_call_block(const CallBlockStmt& node, const Ref<Activation>& scope,
                                         Sink& out) {
  Value caller = make_ref<InlineMacro>(node.caller, *frames_.back().tree, scope);
  const Value value = TRY(eval_call(*node.call, scope, std::move(caller)));
  if (out.map != nullptr) {
    out.map->add({out.text.size(), node.place.offset, node.place.length, false, made_of(value)});
  }
  return write_raw(value, out);
}

Result<void> Interpreter::assign(const Expr& target, Value value, Activation& scope) {
  if (target.kind == ExprKind::Name) {
    scope.at(static_cast<const NameExpr&>(target).slot) = std::move(value);
    return {};
  }
  if (target.kind == ExprKind::NamespaceTarget) {
    const auto& reference = static_cast<const NamespaceExpr&>(target);
    auto* space = scope.at(reference.slot).as<Namespace>();
    if (space == nullptr) {
      return fail(kRuntimeError, "cannot assign attribute on non-namespace object");
    }
    space->attributes().set(reference.attribute.text, std::move(value));
    return {};
  }
  const auto& targets = static_cast<const SequenceExpr&>(target).items;
  auto iteration = Iteration::over(*this, value);
  if (!iteration) {
    if (iteration.error().kind != kTypeError) return std::move(iteration).error();
    return type_error("cannot unpack non-iterable {} object", type_name(value));
  }
  std::vector<Value> items;
  Value item;
  while (items.size() <= targets.size() && TRY(iteration->next(*this, item))) {
    items.push_back(std::move(item));
  }
  if (items.size() > targets.size()) {
    return value_error("too many values to unpack (expected {})", targets.size());
  }
  if (items.size() < targets.size()) {
    return value_error("not enough values to unpack (expected {}, got {})", targets.size(),
                       items.size());
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    TRY(assign(*targets[i], std::move(items[i]), scope));
  }
  return {};
}

Result<Value> Interpreter::call_project_macro(const Macro& macro, const Arguments& arguments) {
  if (macro_stack_.size() >= options_.limits.call_depth_max) {
    return fail(kLimitError, "maximum recursion depth exceeded");
  }
  if (host() != nullptr) TRY(host()->enter_macro(macro, macro_stack_.size() + 1));
  macro_stack_.push_back(&macro);
  const bool saved_block = std::exchange(in_block_, false);
  const bool saved_escape = std::exchange(autoescape_, false);
  const auto& node = *static_cast<const MacroStmt*>(macro.node());
  const auto& tree = macro.source().tree();
  auto result = [&]() -> Result<Value> {
    Ref<Activation> outer;
    if (node.macro.function.captures) {
      outer = make_ref<Activation>(tree.function.slot_count, Ref<Activation>());
      Sink discarded;
      TRY(run_root(tree, outer, discarded));
    }
    return invoke(node.macro, tree, outer, arguments);
  }();
  macro_stack_.pop_back();
  in_block_ = saved_block;
  autoescape_ = saved_escape;
  if (host() != nullptr) host()->leave_macro(macro);
  if (!result && returning_) {
    returning_ = false;
    return std::move(returned_);
  }
  return result;
}

}  // namespace tarn::jinja
