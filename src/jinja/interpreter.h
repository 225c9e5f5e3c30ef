// SPDX-License-Identifier: Apache-2.0
// Runs the tree of a template; private to the folder (use Render of environment.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "jinja/environment.h"
#include "jinja/stack.h"
#include "jinja/tree.h"

namespace tarn::jinja {

// The variables of one running function.
class Activation final : public Counted {
 public:
  Activation(std::uint32_t slot_count, Ref<Activation> outer)
      : outer_(std::move(outer)), slots_(slot_count, Value::missing()) {}
  Value& at(SlotRef ref) {
    Activation* target = this;
    for (std::uint32_t i = 0; i < ref.hops; ++i) target = target->outer_.get();
    return target->slots_[ref.slot];
  }
  Value& at(std::uint32_t slot) { return slots_[slot]; }
  // Breaks cycles between variables and the macros that see them.
  void clear() { slots_.assign(slots_.size(), Value::missing()); }

 private:
  Ref<Activation> outer_;
  std::vector<Value> slots_;
};

// Where output goes.
struct Sink {
  std::string text;
  std::vector<Value>* values = nullptr;  // native, at the top: pieces keep their types
  SourceMap* map = nullptr;
  std::size_t pieces = 0;
  std::optional<std::string> misfit;  // a piece that is no text: fails when the output is joined
};

enum class Flow : std::uint8_t { Normal, Break, Continue };

// A macro or caller that is defined in a running template.
class InlineMacro final : public Object {
 public:
  InlineMacro(const MacroDefinition& definition, const TemplateTree& tree, Ref<Activation> outer)
      : definition_(definition), tree_(tree), outer_(std::move(outer)) {}
  std::string_view type_name() const override { return "Macro"; }
  std::string object_type_name() const override { return "jinja2.runtime.Macro object"; }
  bool is_callable() const override { return true; }
  Result<Value> call(Runtime& runtime, const Arguments& arguments) override;
  Result<std::string> to_repr(Runtime& runtime) const override;
  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override;

 private:
  const MacroDefinition& definition_;
  const TemplateTree& tree_;
  Ref<Activation> outer_;
};

class Interpreter final : public Runtime {
 public:
  Interpreter(const Environment& environment, const NameTable& names, const RenderOptions& options)
      : environment_(environment), names_(names), options_(options) {}
  ~Interpreter() override;

  Result<std::string> render_text(const TemplateTree& tree);
  Result<Value> render_value(const TemplateTree& tree);
  Result<Value> call_project_macro(const Macro& macro, const Arguments& arguments);
  Result<Value> invoke(const MacroDefinition& macro, const TemplateTree& tree,
                       const Ref<Activation>& outer, const Arguments& arguments);
  // The value of a constant expression; an error if it is not constant.
  Result<Value> constant(const TemplateTree& tree, const Expr& expr);
  Result<std::string> run_block(const TemplateTree& tree, const BlockStmt& block);
  Result<std::string> run_recursive_loop(const ForStmt& loop, const Ref<Activation>& outer,
                                         const Value& iterable, std::size_t depth);
  // For the loop object: the condition of `for x in xs if condition`.
  Result<bool> passes_test(const ForStmt& loop, Activation& scope, Value& item);

  Result<Value> call(const Value& callee, const Arguments& arguments) override;
  Error return_from_macro(Value value) override;
  Result<void> charge(std::uint64_t steps) override;
  const Environment& environment() const override { return environment_; }
  const Limits& limits() const override { return options_.limits; }
  const NameTable& names() const override { return names_; }
  Host* host() const override { return options_.host; }
  bool swallows_undefined() const override { return environment_.options().swallow_undefined; }
  bool autoescape() const override { return autoescape_; }
  const std::vector<const Macro*>& macro_stack() const override { return macro_stack_; }

  const Trace& trace() const { return trace_; }
  SourceMap& source_map() { return source_map_; }

 private:
  struct ArgumentBuffer;
  // What runs: for messages.
  struct CallFrame {
    const TemplateTree* tree;
    std::string_view macro;
  };
  class FrameGuard {
   public:
    FrameGuard(Interpreter& interpreter, const CallFrame& frame) : interpreter_(interpreter) {
      interpreter_.frames_.push_back(frame);
    }
    ~FrameGuard() { interpreter_.frames_.pop_back(); }
    FrameGuard(const FrameGuard&) = delete;
    FrameGuard& operator=(const FrameGuard&) = delete;

   private:
    Interpreter& interpreter_;
  };

  // Statements (interpreter.cc).
  Value make_self(const TemplateTree& tree);
  Result<void> run_root(const TemplateTree& tree, const Ref<Activation>& scope, Sink& out);
  Result<Flow> run(const Body& body, const Ref<Activation>& scope, Sink& out);
  Result<Flow> run(const Stmt& statement, const Ref<Activation>& scope, Sink& out);
  Result<Flow> run_kind(const Stmt& statement, const Ref<Activation>& scope, Sink& out);
  Result<void> run_output(const OutputStmt& node, const Ref<Activation>& scope, Sink& out);
  Result<void> print(const Value& value, Sink& out);
  Result<void> write_raw(const Value& value, Sink& out);
  Result<void> write_data(const OutputPiece& piece, Sink& out);
  Result<std::string> joined(Sink&& out) const;
  Value captured_text(std::string text) const;
  Result<Flow> run_for(const ForStmt& node, const Ref<Activation>& scope, Sink& out);
  Result<Flow> run_loop(const ForStmt& node, const Value& iterable, const Ref<Activation>& scope,
                        Sink& out, Value recurse, std::size_t depth);
  Result<Flow> run_plain_loop(const ForStmt& node, const Value& iterable,
                              const Ref<Activation>& scope, Sink& out);
  Result<Flow> run_if(const IfStmt& node, const Ref<Activation>& scope, Sink& out);
  Result<void> run_set(const SetStmt& node, const Ref<Activation>& scope);
  Result<Flow> run_set_block(const SetBlockStmt& node, const Ref<Activation>& scope);
  Result<Flow> run_with(const WithStmt& node, const Ref<Activation>& scope, Sink& out);
  Result<void> run_macro(const MacroStmt& node, const Ref<Activation>& scope);
  Result<void> run_call_block(const CallBlockStmt& node, const Ref<Activation>& scope, Sink& out);
  Result<Flow> run_filter_block(const FilterBlockStmt& node, const Ref<Activation>& scope,
                                Sink& out);
  Result<Flow> run_autoescape(const AutoescapeStmt& node, const Ref<Activation>& scope, Sink& out);
  void enter_frame(const Frame& frame, Activation& scope);
  Result<void> assign(const Expr& target, Value value, Activation& scope);
  void export_names(const Expr& target, Activation& scope);
  Value resolve(const Symbol& name) const;
  Result<void> bind_arguments(const MacroDefinition& macro, const Arguments& arguments,
                              Activation& scope);
  void note_failure(const Place& place, Error& error);
  // For the source map: which text was made where.
  Value remember(Value text, std::string_view macro, SourceMap map);
  std::shared_ptr<const MadeText> made_of(const Value& value) const;
  // One step; false if the steps or the stack are used up. Inline: it runs for every node.
  bool may_step() {
    return ++steps_ <= options_.limits.steps_max &&
           reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) >= stack_low_;
  }
  Error exhausted() const;

  // Expressions (evaluate.cc).
  Result<Value> eval(const Expr& expr, const Ref<Activation>& scope);
  Result<Value> eval_kind(const Expr& expr, const Ref<Activation>& scope);
  Result<Value> eval_name(const NameExpr& node, Activation& scope);
  Result<Value> eval_sequence(const SequenceExpr& node, const Ref<Activation>& scope);
  Result<Value> eval_dict(const DictExpr& node, const Ref<Activation>& scope);
  Result<Value> eval_item(const ItemExpr& node, const Ref<Activation>& scope);
  Result<Value> eval_call(const CallExpr& node, const Ref<Activation>& scope, Value caller);
  Result<Value> eval_filter(const FilterExpr& node, const Ref<Activation>& scope);
  Result<Value> eval_unary(const UnaryExpr& node, const Ref<Activation>& scope);
  Result<Value> eval_concat(const SequenceExpr& node, const Ref<Activation>& scope);
  Result<Value> eval_compare(const CompareExpr& node, const Ref<Activation>& scope);
  Result<Value> eval_conditional(const ConditionalExpr& node, const Ref<Activation>& scope);
  Result<void> eval_arguments(const CallArguments& call, const Ref<Activation>& scope,
                              ArgumentBuffer& buffer);
  Result<bool> compare_op(CompareOp op, const Value& a, const Value& b);

  const Environment& environment_;
  const NameTable& names_;
  RenderOptions options_;
  std::uint64_t steps_ = 0;
  const std::uintptr_t stack_low_ = lowest_stack_address();
  bool autoescape_ = false;
  bool constant_mode_ = false;
  Value captured_;  // subject of filters without one
  bool returning_ = false;
  Value returned_;
  std::vector<CallFrame> frames_;
  std::vector<const Macro*> macro_stack_;
  // Names that blocks see besides those of the render: top-level variables.
  Dict exports_;
  const std::vector<std::pair<Symbol, Value>>* block_names_ = nullptr;
  bool in_block_ = false;
  std::vector<Ref<Activation>> cyclic_;  // to be cleared at the end
  Trace trace_;
  std::size_t trace_depth_ = 0;
  std::string trace_message_;
  SourceMap source_map_;
  // Texts made by macros and blocks, by their bytes, which the value keeps alive.
  std::unordered_map<const char*, std::pair<Value, std::shared_ptr<const MadeText>>> made_;
};

// The variable `loop`; it also walks over the values.
class LoopObject final : public Object {
 public:
  LoopObject(Interpreter& interpreter, const ForStmt& node, Ref<Activation> scope, Iteration values,
             std::optional<std::size_t> length, Value recurse, std::size_t depth)
      : interpreter_(interpreter),
        node_(node),
        scope_(std::move(scope)),
        values_(std::move(values)),
        length_(length),
        recurse_(std::move(recurse)),
        depth_(depth) {}
  // The next value of the loop; false at its end.
  Result<bool> advance(Value& out);

  std::string_view type_name() const override { return "LoopContext"; }
  std::string object_type_name() const override { return "jinja2.runtime.LoopContext object"; }
  bool is_callable() const override { return true; }
  Result<Value> call(Runtime& runtime, const Arguments& arguments) override;
  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override;
  Result<std::optional<Value>> call_method(Runtime& runtime, std::string_view name,
                                           const Arguments& arguments) override;
  Result<std::optional<std::size_t>> length(Runtime& runtime) const override;
  Result<std::string> to_repr(Runtime& runtime) const override;
  void end() { scope_ = nullptr; }

 private:
  Result<bool> fetch(Value& out);
  Result<void> peek();
  Result<std::size_t> total() const;

  Interpreter& interpreter_;
  const ForStmt& node_;
  Ref<Activation> scope_;
  mutable Iteration values_;
  mutable std::optional<std::size_t> length_;
  Value recurse_;
  std::size_t depth_;
  std::int64_t index0_ = -1;
  Value current_ = Value::missing();
  Value before_ = Value::missing();
  mutable std::vector<Value> ahead_;  // fetched, not yet given; the next one is last
  bool at_end_ = false;
  Value last_changed_ = Value::missing();
};

// `namespace()`: attributes that a set can change.
class Namespace final : public Object {
 public:
  std::string_view type_name() const override { return "Namespace"; }
  std::string object_type_name() const override { return "jinja2.utils.Namespace object"; }
  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override;
  Result<std::string> to_repr(Runtime& runtime) const override;
  Dict& attributes() { return attributes_; }

 private:
  Dict attributes_;
};

}  // namespace tarn::jinja
