// SPDX-License-Identifier: Apache-2.0
// Gives every name its slot, every filter its function, and finds the faults that Jinja finds when
// it compiles.
#include <algorithm>

#include "jinja/symbols.h"
#include "jinja/tree.h"

namespace tarn::jinja {

namespace {

bool holds(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Where a statement stands.
struct Context {
  Symbols* symbols = nullptr;
  bool top = false;   // its variables are those of the template
  bool soft = false;  // in a branch: an unknown filter fails only when it runs
  bool in_loop = false;

  Context inner(Symbols& frame) const { return {&frame, false, false, in_loop}; }
};

class Resolver {
 public:
  Resolver(const Environment& environment, TemplateTree& tree)
      : environment_(environment), tree_(tree) {}

  Result<void> run() {
    FunctionScope function;
    Symbols symbols(function, nullptr);
    if (holds(find_undeclared({&tree_.body}, {"self"}), "self")) {
      tree_.self_slot = symbols.declare_parameter("self");
    }
    collect_symbols(symbols, tree_.body);
    const Context context{&symbols, true, false, false};
    TRY(body(tree_.body, context));
    finish(tree_.function, function, symbols);
    for (std::size_t i = 0; i < blocks_.size(); ++i) TRY(block_body(*blocks_[i]));
    tree_.blocks.assign(blocks_.begin(), blocks_.end());
    return {};
  }

 private:
  static void finish(FunctionLayout& layout, const FunctionScope& function,
                     const Symbols& symbols) {
    layout.frame = symbols.frame();
    layout.slot_count = function.slot_count;
    layout.captures = function.captures;
    layout.holds_macros = function.holds_macros;
  }

  Error fail_at(const Place& place, std::string message) const {
    auto error = syntax_error(tree_.text, place, std::move(message));
    error.where->line = place.line;
    return error;
  }
  Error python_error(const Place& place, std::string message) const {
    auto error = fail_at(place, std::move(message));
    error.kind = kPythonSyntaxError;
    return error;
  }

  Result<void> body(Body& statements, const Context& context) {
    for (auto& statement : statements) TRY(stmt(*statement, context));
    return {};
  }

  Result<void> arguments(CallArguments& call, const Context& context, const Place& place) {
    for (auto& argument : call.positional) TRY(expr(argument.get(), context));
    for (std::size_t i = 0; i < call.named.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (call.named[j].first == call.named[i].first) {
          return python_error(place,
                              fmt::format("keyword argument repeated: {}", call.named[i].first));
        }
      }
      TRY(expr(call.named[i].second.get(), context));
    }
    TRY(expr(call.star.get(), context));
    return expr(call.double_star.get(), context);
  }

  Result<void> filter(FilterExpr& node, const Context& context) {
    const bool is_filter = node.kind == ExprKind::Filter;
    node.function =
        is_filter ? environment_.find_filter(node.name) : environment_.find_test(node.name);
    if (node.function == nullptr && !context.soft) {
      return fail_at(node.place,
                     fmt::format("No {} named '{}'.", is_filter ? "filter" : "test", node.name));
    }
    TRY(expr(node.subject.get(), context));
    return arguments(node.arguments, context, node.place);
  }

  Result<void> expr(Expr* node, const Context& context);
  Result<void> stmt(Stmt& statement, const Context& context);
  Result<void> load(LoaderStmt& loader, const Context& context);

  Result<void> loop(ForStmt& node, const Context& context) {
    FunctionScope* function = &context.symbols->function();
    FunctionScope own(function);
    if (node.recursive) function = &own;
    Symbols loop_symbols(*function, context.symbols);
    node.extended = node.recursive || holds(find_undeclared({&node.body}, {"loop"}), "loop");
    if (node.extended) node.loop_slot = loop_symbols.declare_parameter("loop");
    declare_targets(loop_symbols, *node.target);
    collect_symbols(loop_symbols, node.body);
    Symbols test_symbols(*function, context.symbols, true);
    if (node.test) {
      declare_targets(test_symbols, *node.test_target);
      collect_symbols(test_symbols, node.test.get());
      Context test_context = context.inner(test_symbols);
      TRY(expr(node.test.get(), test_context));
      TRY(expr(node.test_target.get(), test_context));
    }
    TRY(check_loop_name(node));
    TRY(expr(node.iterable.get(), context));
    Context inner = context.inner(loop_symbols);
    TRY(expr(node.target.get(), inner));
    inner.in_loop = true;
    TRY(body(node.body, inner));
    node.body_frame = loop_symbols.frame();
    node.test_frame = test_symbols.frame();
    Symbols else_symbols(*function, context.symbols);
    collect_symbols(else_symbols, node.otherwise);
    Context otherwise = context.inner(else_symbols);
    if (node.recursive) otherwise.in_loop = false;
    TRY(body(node.otherwise, otherwise));
    node.otherwise_frame = else_symbols.frame();
    if (node.recursive) {
      node.function.slot_count = own.slot_count;
      node.function.captures = own.captures;
      node.function.holds_macros = own.holds_macros;
    }
    return {};
  }

  static void declare_targets(Symbols& symbols, const Expr& target) {
    if (target.kind == ExprKind::Name) {
      symbols.declare_parameter(static_cast<const NameExpr&>(target).name.text);
    } else if (target.kind == ExprKind::Tuple) {
      for (const auto& item : static_cast<const SequenceExpr&>(target).items) {
        declare_targets(symbols, *item);
      }
    }
  }

  static bool stores_loop(const Expr& target) {
    if (target.kind == ExprKind::Name) {
      return static_cast<const NameExpr&>(target).name.text == "loop";
    }
    if (target.kind != ExprKind::Tuple) return false;
    const auto& items = static_cast<const SequenceExpr&>(target).items;
    return std::any_of(items.begin(), items.end(),
                       [](const ExprPtr& item) { return stores_loop(*item); });
  }

  // Any statement in a loop that stores `loop` is a fault.
  static bool stores_loop(const Body& statements) {
    for (const auto& statement : statements) {
      switch (statement->kind) {
        case StmtKind::For: {
          const auto& node = static_cast<const ForStmt&>(*statement);
          if (stores_loop(*node.target) || stores_loop(node.body) || stores_loop(node.otherwise)) {
            return true;
          }
          break;
        }
        case StmtKind::If:
          for (const auto& branch : static_cast<const IfStmt&>(*statement).branches) {
            if (stores_loop(branch.body)) return true;
          }
          break;
        case StmtKind::Set:
          if (stores_loop(*static_cast<const SetStmt&>(*statement).target)) return true;
          break;
        case StmtKind::SetBlock:
          if (stores_loop(*static_cast<const SetBlockStmt&>(*statement).target) ||
              stores_loop(static_cast<const SetBlockStmt&>(*statement).body)) {
            return true;
          }
          break;
        default:
          break;
      }
    }
    return false;
  }

  Result<void> check_loop_name(const ForStmt& node) const {
    if (stores_loop(*node.target) || stores_loop(node.body) || stores_loop(node.otherwise)) {
      return fail_at(node.place, "Can't assign to special loop variable in for-loop target");
    }
    return {};
  }

  Result<void> macro(MacroDefinition& node, const Context& context, const Place& place) {
    FunctionScope function(&context.symbols->function());
    Symbols symbols(function, context.symbols);
    for (const auto& parameter : node.parameters) {
      symbols.declare_parameter(parameter->name.text);
    }
    for (const auto& value : node.defaults) collect_symbols(symbols, value.get());
    collect_symbols(symbols, node.body);
    bool explicit_kwargs = false;
    bool explicit_varargs = false;
    for (std::size_t i = 0; i < node.parameters.size(); ++i) {
      auto& parameter = *node.parameters[i];
      parameter.slot = symbols.use(parameter.name.text);
      explicit_kwargs |= parameter.name.text == "kwargs";
      explicit_varargs |= parameter.name.text == "varargs";
      if (parameter.name.text != "caller") continue;
      node.explicit_caller = true;
    }
    const auto undeclared = find_undeclared({&node.body}, {"caller", "kwargs", "varargs"});
    if (holds(undeclared, "caller")) {
      if (node.explicit_caller && !has_default(node, "caller")) {
        return fail_at(place,
                       "When defining macros or call blocks the special \"caller\" argument must "
                       "be omitted or be given a default.");
      }
      node.uses_caller = true;
      if (!node.explicit_caller) node.caller_slot = symbols.declare_parameter("caller");
    }
    if (holds(undeclared, "kwargs") && !explicit_kwargs) {
      node.uses_kwargs = true;
      node.kwargs_slot = symbols.declare_parameter("kwargs");
    }
    if (holds(undeclared, "varargs") && !explicit_varargs) {
      node.uses_varargs = true;
      node.varargs_slot = symbols.declare_parameter("varargs");
    }
    const Context inner{&symbols, false, false, false};
    for (auto& value : node.defaults) TRY(expr(value.get(), inner));
    TRY(body(node.body, inner));
    finish(node.function, function, symbols);
    return {};
  }

  static bool has_default(const MacroDefinition& node, std::string_view name) {
    const std::size_t first = node.parameters.size() - node.defaults.size();
    for (std::size_t i = first; i < node.parameters.size(); ++i) {
      if (node.parameters[i]->name.text == name) return true;
    }
    return false;
  }

  Result<void> block_body(BlockStmt& node) {
    FunctionScope function;
    Symbols symbols(function, nullptr);
    const auto undeclared = find_undeclared({&node.body}, {"self", "super"});
    if (holds(undeclared, "self")) node.self_slot = symbols.declare_parameter("self");
    if (holds(undeclared, "super")) node.super_slot = symbols.declare_parameter("super");
    collect_symbols(symbols, node.body);
    const Context context{&symbols, false, false, false};
    TRY(body(node.body, context));
    finish(node.function, function, symbols);
    return {};
  }

  Result<void> define_block(BlockStmt& node, const Context& context) {
    for (const auto* other : blocks_) {
      if (other->name == node.name) {
        return fail_at(node.place, fmt::format("block '{}' defined twice", node.name));
      }
    }
    blocks_.push_back(&node);
    if (node.scoped) {
      for (const auto& [name, slot] : context.symbols->visible()) {
        node.visible.emplace_back(Symbol(name), slot);
      }
    }
    return {};
  }

  Result<void> autoescape(AutoescapeStmt& node, const Context& context) {
    Symbols symbols(context.symbols->function(), context.symbols);
    collect_symbols(symbols, node.value.get());
    collect_symbols(symbols, node.body);
    const Context inner = context.inner(symbols);
    TRY(expr(node.value.get(), inner));
    TRY(body(node.body, inner));
    node.frame = symbols.frame();
    return {};
  }

  Result<void> with(WithStmt& node, const Context& context) {
    for (auto& value : node.values) TRY(expr(value.get(), context));
    Symbols symbols(context.symbols->function(), context.symbols);
    for (const auto& target : node.targets) declare_targets(symbols, *target);
    collect_symbols(symbols, node.body);
    const Context inner = context.inner(symbols);
    for (auto& target : node.targets) TRY(expr(target.get(), inner));
    TRY(body(node.body, inner));
    node.frame = symbols.frame();
    return {};
  }

  Result<void> set_block(SetBlockStmt& node, const Context& context) {
    Symbols symbols(context.symbols->function(), context.symbols);
    collect_symbols(symbols, node.body);
    const Context inner = context.inner(symbols);
    // The names in the filter's arguments belong to the frame of the body.
    collect_symbols(symbols, node.filter.get());
    TRY(body(node.body, inner));
    TRY(expr(node.target.get(), context));
    TRY(expr(node.filter.get(), inner));
    node.frame = symbols.frame();
    node.exported = context.top;
    return {};
  }

  const Environment& environment_;
  TemplateTree& tree_;
  std::vector<BlockStmt*> blocks_;
};

Result<void> Resolver::expr(Expr* node, const Context& context) {
  if (node == nullptr) return {};
  switch (node->kind) {
    case ExprKind::Constant:
      return {};
    case ExprKind::Name: {
      auto& name = static_cast<NameExpr&>(*node);
      name.slot = context.symbols->use(name.name.text);
      return {};
    }
    case ExprKind::NamespaceTarget: {
      auto& target = static_cast<NamespaceExpr&>(*node);
      target.slot = context.symbols->use(target.name.text);
      return {};
    }
    case ExprKind::List:
    case ExprKind::Tuple:
    case ExprKind::Concat:
      for (auto& item : static_cast<SequenceExpr&>(*node).items) TRY(expr(item.get(), context));
      return {};
    case ExprKind::Dict:
      for (auto& [key, value] : static_cast<DictExpr&>(*node).items) {
        TRY(expr(key.get(), context));
        TRY(expr(value.get(), context));
      }
      return {};
    case ExprKind::Attribute:
      return expr(static_cast<AttributeExpr&>(*node).object.get(), context);
    case ExprKind::Item:
      TRY(expr(static_cast<ItemExpr&>(*node).object.get(), context));
      return expr(static_cast<ItemExpr&>(*node).key.get(), context);
    case ExprKind::Slice:
      TRY(expr(static_cast<SliceExpr&>(*node).start.get(), context));
      TRY(expr(static_cast<SliceExpr&>(*node).stop.get(), context));
      return expr(static_cast<SliceExpr&>(*node).step.get(), context);
    case ExprKind::Call:
      TRY(expr(static_cast<CallExpr&>(*node).callee.get(), context));
      return arguments(static_cast<CallExpr&>(*node).arguments, context, node->place);
    case ExprKind::Filter:
    case ExprKind::Test:
      return filter(static_cast<FilterExpr&>(*node), context);
    case ExprKind::Not:
    case ExprKind::Negate:
    case ExprKind::Plus:
      return expr(static_cast<UnaryExpr&>(*node).operand.get(), context);
    case ExprKind::Binary:
    case ExprKind::And:
    case ExprKind::Or:
      TRY(expr(static_cast<BinaryExpr&>(*node).left.get(), context));
      return expr(static_cast<BinaryExpr&>(*node).right.get(), context);
    case ExprKind::Compare:
      TRY(expr(static_cast<CompareExpr&>(*node).first.get(), context));
      for (auto& [op, operand] : static_cast<CompareExpr&>(*node).rest) {
        TRY(expr(operand.get(), context));
      }
      return {};
    case ExprKind::Conditional: {
      auto& conditional = static_cast<ConditionalExpr&>(*node);
      Context soft = context;
      soft.soft = true;
      TRY(expr(conditional.yes.get(), soft));
      TRY(expr(conditional.test.get(), soft));
      return expr(conditional.no.get(), soft);
    }
  }
  return {};
}

Result<void> Resolver::load(LoaderStmt& loader, const Context& context) {
  TRY(expr(loader.source.get(), context));
  for (auto& target : loader.targets) TRY(expr(target.get(), context));
  return {};
}

Result<void> Resolver::stmt(Stmt& statement, const Context& context) {
  switch (statement.kind) {
    case StmtKind::Output:
      for (auto& piece : static_cast<OutputStmt&>(statement).pieces) {
        TRY(expr(piece.expr.get(), context));
      }
      return {};
    case StmtKind::For:
      return loop(static_cast<ForStmt&>(statement), context);
    case StmtKind::If: {
      Context soft = context;
      soft.soft = true;
      for (auto& branch : static_cast<IfStmt&>(statement).branches) {
        TRY(expr(branch.test.get(), soft));
        TRY(body(branch.body, soft));
      }
      return {};
    }
    case StmtKind::Set: {
      auto& set = static_cast<SetStmt&>(statement);
      TRY(expr(set.target.get(), context));
      set.exported = context.top;
      return expr(set.value.get(), context);
    }
    case StmtKind::SetBlock:
      return set_block(static_cast<SetBlockStmt&>(statement), context);
    case StmtKind::Do:
      return expr(static_cast<DoStmt&>(statement).value.get(), context);
    case StmtKind::With:
      return with(static_cast<WithStmt&>(statement), context);
    case StmtKind::Macro: {
      auto& macro_statement = static_cast<MacroStmt&>(statement);
      context.symbols->function().holds_macros = true;
      TRY(macro(macro_statement.macro, context, statement.place));
      TRY(expr(macro_statement.target.get(), context));
      macro_statement.exported = context.top;
      if (context.top) tree_.macros.push_back(&macro_statement);
      return {};
    }
    case StmtKind::CallBlock: {
      auto& call = static_cast<CallBlockStmt&>(statement);
      TRY(macro(call.caller, context, statement.place));
      return expr(call.call.get(), context);
    }
    case StmtKind::FilterBlock: {
      auto& block = static_cast<FilterBlockStmt&>(statement);
      Symbols symbols(context.symbols->function(), context.symbols);
      collect_symbols(symbols, block.body);
      collect_symbols(symbols, block.filter.get());
      const Context inner = context.inner(symbols);
      TRY(body(block.body, inner));
      TRY(expr(block.filter.get(), inner));
      block.frame = symbols.frame();
      return {};
    }
    case StmtKind::Block:
      return define_block(static_cast<BlockStmt&>(statement), context);
    case StmtKind::Autoescape:
      return autoescape(static_cast<AutoescapeStmt&>(statement), context);
    case StmtKind::Break:
    case StmtKind::Continue:
      if (context.in_loop) return {};
      return python_error(statement.place, statement.kind == StmtKind::Break
                                               ? "'break' outside loop"
                                               : "'continue' not properly in loop");
    case StmtKind::Loader:
      return load(static_cast<LoaderStmt&>(statement), context);
  }
  return {};
}

}  // namespace

Result<void> resolve_names(const Environment& environment, TemplateTree& tree) {
  return Resolver(environment, tree).run();
}

}  // namespace tarn::jinja
