// SPDX-License-Identifier: Apache-2.0
#include "jinja/symbols.h"

#include <algorithm>

#include "base/check.h"

namespace tarn::jinja {

std::uint32_t FunctionScope::slot_for(std::uint32_t level, std::string_view name) {
  for (const auto& slot : slots_) {
    if (slot.level == level && slot.name == name) return slot.slot;
  }
  slots_.push_back({level, name, slot_count});
  return slot_count++;
}

Symbols::Symbols(FunctionScope& function, const Symbols* parent, bool test)
    : function_(&function), parent_(parent), level_(parent == nullptr ? 0 : parent->level_ + 2) {
  if (test) ++level_;
}

const Symbols::Reference* Symbols::own(std::string_view name) const {
  for (const auto& reference : references_) {
    if (reference.name == name) return &reference;
  }
  return nullptr;
}

std::optional<SlotRef> Symbols::find(std::string_view name) const {
  for (const Symbols* symbols = this; symbols != nullptr; symbols = symbols->parent_) {
    const auto* reference = symbols->own(name);
    if (reference == nullptr) continue;
    SlotRef slot{0, reference->slot};
    for (const auto* f = function_; f != symbols->function_; f = f->outer) ++slot.hops;
    return slot;
  }
  return std::nullopt;
}

void Symbols::note_capture(SlotRef slot) const {
  auto* function = function_;
  for (std::uint32_t i = 0; i < slot.hops; ++i) {
    function->captures = true;
    function = function->outer;
  }
}

SlotRef Symbols::use(std::string_view name) const {
  const auto slot = find(name);
  VERIFY(slot.has_value());
  note_capture(*slot);
  return *slot;
}

void Symbols::set_load(const Load& load) {
  const auto found = std::find_if(loads_.begin(), loads_.end(),
                                  [&](const Load& other) { return other.slot == load.slot; });
  if (found == loads_.end()) {
    loads_.push_back(load);
  } else {
    *found = load;
  }
}

void Symbols::define(std::string_view name, SlotLoad::Action action, SlotRef from) {
  const std::uint32_t slot = function_->slot_for(level_, name);
  if (own(name) == nullptr) references_.push_back({name, slot});
  set_load({slot, action, name, from});
}

void Symbols::load(std::string_view name) {
  if (!find(name)) define(name, SlotLoad::Action::Resolve);
}

bool Symbols::stored(std::string_view name) const {
  return std::find(stores_.begin(), stores_.end(), name) != stores_.end();
}

void Symbols::store(std::string_view name) {
  if (!stored(name)) stores_.push_back(name);
  if (own(name) != nullptr) return;
  if (const auto outer = find(name)) {
    define(name, SlotLoad::Action::Alias, *outer);
  } else {
    define(name, SlotLoad::Action::Undefined);
  }
}

std::uint32_t Symbols::declare_parameter(std::string_view name) {
  if (!stored(name)) stores_.push_back(name);
  define(name, SlotLoad::Action::Parameter);
  return own(name)->slot;
}

void Symbols::merge_branches(const std::vector<Symbols>& branches) {
  std::vector<std::pair<std::string_view, std::size_t>> counts;
  for (const auto& branch : branches) {
    for (const auto& name : branch.stores_) {
      if (stored(name)) continue;
      const auto found = std::find_if(counts.begin(), counts.end(),
                                      [&](const auto& count) { return count.first == name; });
      if (found == counts.end()) {
        counts.emplace_back(name, 1);
      } else {
        ++found->second;
      }
    }
  }
  for (const auto& branch : branches) {
    for (const auto& reference : branch.references_) {
      if (own(reference.name) == nullptr) references_.push_back(reference);
    }
    for (const auto& load : branch.loads_) set_load(load);
    for (const auto& name : branch.stores_) {
      if (!stored(name)) stores_.push_back(name);
    }
  }
  for (const auto& [name, count] : counts) {
    if (count == branches.size()) continue;
    const auto* reference = own(name);
    VERIFY(reference != nullptr);
    std::optional<SlotRef> outer;
    if (parent_ != nullptr) outer = parent_->find(name);
    if (outer) {
      for (const auto* f = function_; f != parent_->function_; f = f->outer) ++outer->hops;
      set_load({reference->slot, SlotLoad::Action::Alias, name, *outer});
    } else {
      set_load({reference->slot, SlotLoad::Action::Resolve, name, {}});
    }
  }
}

Frame Symbols::frame() const {
  Frame frame;
  for (const auto& load : loads_) {
    if (load.action == SlotLoad::Action::Parameter) continue;
    SlotLoad& added = frame.loads.emplace_back();
    added.slot = load.slot;
    added.action = load.action;
    added.from = load.from;
    if (load.action == SlotLoad::Action::Resolve) added.name = Symbol(load.name);
    if (load.action == SlotLoad::Action::Alias) note_capture(load.from);
  }
  return frame;
}

std::vector<std::pair<std::string_view, SlotRef>> Symbols::visible() const {
  std::vector<std::pair<std::string_view, SlotRef>> names;
  for (const Symbols* symbols = this; symbols != nullptr; symbols = symbols->parent_) {
    for (const auto& reference : symbols->references_) {
      const bool known = std::any_of(names.begin(), names.end(), [&](const auto& name) {
        return name.first == reference.name;
      });
      if (!known) names.emplace_back(reference.name, use(reference.name));
    }
  }
  return names;
}

namespace {

// Calls `visit` with each NameExpr of an expression, in the order of evaluation.
template <typename Visit>
class NameWalker {
 public:
  explicit NameWalker(Visit visit) : visit_(std::move(visit)) {}

  void walk(const CallArguments& arguments) {
    for (const auto& argument : arguments.positional) walk(argument.get());
    for (const auto& [name, argument] : arguments.named) walk(argument.get());
    walk(arguments.star.get());
    walk(arguments.double_star.get());
  }

  void walk(const Expr* expr) {
    if (expr == nullptr) return;
    switch (expr->kind) {
      case ExprKind::Constant:
        break;
      case ExprKind::Name:
      case ExprKind::NamespaceTarget:
        visit_(*expr);
        break;
      case ExprKind::List:
      case ExprKind::Tuple:
      case ExprKind::Concat:
        for (const auto& item : static_cast<const SequenceExpr*>(expr)->items) walk(item.get());
        break;
      case ExprKind::Dict:
        for (const auto& [key, value] : static_cast<const DictExpr*>(expr)->items) {
          walk(key.get());
          walk(value.get());
        }
        break;
      case ExprKind::Attribute:
        walk(static_cast<const AttributeExpr*>(expr)->object.get());
        break;
      case ExprKind::Item:
        walk(static_cast<const ItemExpr*>(expr)->object.get());
        walk(static_cast<const ItemExpr*>(expr)->key.get());
        break;
      case ExprKind::Slice: {
        const auto& slice = *static_cast<const SliceExpr*>(expr);
        walk(slice.start.get());
        walk(slice.stop.get());
        walk(slice.step.get());
        break;
      }
      case ExprKind::Call:
        walk(static_cast<const CallExpr*>(expr)->callee.get());
        walk(static_cast<const CallExpr*>(expr)->arguments);
        break;
      case ExprKind::Filter:
      case ExprKind::Test:
        walk(static_cast<const FilterExpr*>(expr)->subject.get());
        walk(static_cast<const FilterExpr*>(expr)->arguments);
        break;
      case ExprKind::Not:
      case ExprKind::Negate:
      case ExprKind::Plus:
        walk(static_cast<const UnaryExpr*>(expr)->operand.get());
        break;
      case ExprKind::Binary:
      case ExprKind::And:
      case ExprKind::Or:
        walk(static_cast<const BinaryExpr*>(expr)->left.get());
        walk(static_cast<const BinaryExpr*>(expr)->right.get());
        break;
      case ExprKind::Compare:
        walk(static_cast<const CompareExpr*>(expr)->first.get());
        for (const auto& [op, operand] : static_cast<const CompareExpr*>(expr)->rest) {
          walk(operand.get());
        }
        break;
      case ExprKind::Conditional: {
        const auto& conditional = *static_cast<const ConditionalExpr*>(expr);
        walk(conditional.test.get());
        walk(conditional.yes.get());
        walk(conditional.no.get());
        break;
      }
    }
  }

 private:
  Visit visit_;
};

class SymbolCollector {
 public:
  explicit SymbolCollector(Symbols& symbols) : symbols_(&symbols) {}

  void expr(const Expr* expr) {
    NameWalker walker([this](const Expr& name) { add(name); });
    walker.walk(expr);
  }

  void body(const Body& statements) {
    for (const auto& statement : statements) stmt(*statement);
  }

 private:
  void add(const Expr& expr) {
    if (expr.kind == ExprKind::NamespaceTarget) {
      symbols_->load(static_cast<const NamespaceExpr&>(expr).name.text);
      return;
    }
    const auto& name = static_cast<const NameExpr&>(expr);
    switch (name.use) {
      case NameUse::Load:
        symbols_->load(name.name.text);
        break;
      case NameUse::Store:
        symbols_->store(name.name.text);
        break;
      case NameUse::Parameter:
        symbols_->declare_parameter(name.name.text);
        break;
    }
  }

  void branches(const IfStmt& statement) {
    // Jinja joins three branches: the first body, everything in elifs, the else.
    expr(statement.branches[0].test.get());
    Symbols* original = symbols_;
    std::vector<Symbols> joined(3, *original);
    symbols_ = &joined[0];
    body(statement.branches[0].body);
    symbols_ = &joined[1];
    const std::size_t count = statement.branches.size() - (statement.has_otherwise ? 1 : 0);
    for (std::size_t i = 1; i < count; ++i) {
      elif (statement.branches[i]);
    }
    symbols_ = &joined[2];
    if (statement.has_otherwise) body(statement.branches.back().body);
    symbols_ = original;
    symbols_->merge_branches(joined);
  }

  void elif (const IfBranch& branch) {
    expr(branch.test.get());
    Symbols* original = symbols_;
    std::vector<Symbols> joined(3, *original);
    symbols_ = &joined[0];
    body(branch.body);
    symbols_ = original;
    symbols_->merge_branches(joined);
  }

  void stmt(const Stmt& statement) {
    switch (statement.kind) {
      case StmtKind::Output:
        for (const auto& piece : static_cast<const OutputStmt&>(statement).pieces) {
          expr(piece.expr.get());
        }
        break;
      case StmtKind::For:
        expr(static_cast<const ForStmt&>(statement).iterable.get());
        break;
      case StmtKind::If:
        branches(static_cast<const IfStmt&>(statement));
        break;
      case StmtKind::Set:
        expr(static_cast<const SetStmt&>(statement).value.get());
        expr(static_cast<const SetStmt&>(statement).target.get());
        break;
      case StmtKind::SetBlock:
        expr(static_cast<const SetBlockStmt&>(statement).target.get());
        break;
      case StmtKind::Do:
        expr(static_cast<const DoStmt&>(statement).value.get());
        break;
      case StmtKind::With:
        for (const auto& value : static_cast<const WithStmt&>(statement).values) {
          expr(value.get());
        }
        break;
      case StmtKind::Macro:
        symbols_->store(static_cast<const MacroStmt&>(statement).target->name.text);
        break;
      case StmtKind::CallBlock:
        expr(static_cast<const CallBlockStmt&>(statement).call.get());
        break;
      case StmtKind::FilterBlock:
        expr(static_cast<const FilterBlockStmt&>(statement).filter.get());
        break;
      case StmtKind::Loader:
        expr(static_cast<const LoaderStmt&>(statement).source.get());
        for (const auto& target : static_cast<const LoaderStmt&>(statement).targets) {
          symbols_->store(target->name.text);
        }
        break;
      case StmtKind::Block:
      case StmtKind::Autoescape:
      case StmtKind::Break:
      case StmtKind::Continue:
        break;
    }
  }

  Symbols* symbols_;
};

class UndeclaredFinder {
 public:
  explicit UndeclaredFinder(std::vector<std::string_view> names) : names_(std::move(names)) {}

  void body(const Body& statements) {
    for (const auto& statement : statements) stmt(*statement);
  }
  std::vector<std::string_view> found() && { return std::move(found_); }

 private:
  void name(const Expr& expr) {
    if (expr.kind != ExprKind::Name) return;
    const auto& name = static_cast<const NameExpr&>(expr);
    const auto at = std::find(names_.begin(), names_.end(), name.name.text);
    if (at == names_.end()) return;
    if (name.use != NameUse::Load) {
      names_.erase(at);
    } else if (std::find(found_.begin(), found_.end(), *at) == found_.end()) {
      found_.push_back(*at);
    }
  }

  void expr(const Expr* expr) {
    NameWalker walker([this](const Expr& found) { name(found); });
    walker.walk(expr);
  }

  void macro(const MacroDefinition& macro) {
    for (const auto& parameter : macro.parameters) name(*parameter);
    for (const auto& value : macro.defaults) expr(value.get());
    body(macro.body);
  }

  void stmt(const Stmt& statement);

  std::vector<std::string_view> names_;
  std::vector<std::string_view> found_;
};

void UndeclaredFinder::stmt(const Stmt& statement) {
  switch (statement.kind) {
    case StmtKind::Output:
      for (const auto& piece : static_cast<const OutputStmt&>(statement).pieces) {
        expr(piece.expr.get());
      }
      break;
    case StmtKind::For: {
      const auto& loop = static_cast<const ForStmt&>(statement);
      expr(loop.target.get());
      expr(loop.iterable.get());
      body(loop.body);
      body(loop.otherwise);
      expr(loop.test.get());
      break;
    }
    case StmtKind::If:
      for (const auto& branch : static_cast<const IfStmt&>(statement).branches) {
        expr(branch.test.get());
        body(branch.body);
      }
      break;
    case StmtKind::Set:
      expr(static_cast<const SetStmt&>(statement).target.get());
      expr(static_cast<const SetStmt&>(statement).value.get());
      break;
    case StmtKind::SetBlock: {
      const auto& set = static_cast<const SetBlockStmt&>(statement);
      expr(set.target.get());
      expr(set.filter.get());
      body(set.body);
      break;
    }
    case StmtKind::Do:
      expr(static_cast<const DoStmt&>(statement).value.get());
      break;
    case StmtKind::With: {
      const auto& with = static_cast<const WithStmt&>(statement);
      for (const auto& target : with.targets) expr(target.get());
      for (const auto& value : with.values) expr(value.get());
      body(with.body);
      break;
    }
    case StmtKind::Macro:
      macro(static_cast<const MacroStmt&>(statement).macro);
      break;
    case StmtKind::CallBlock:
      expr(static_cast<const CallBlockStmt&>(statement).call.get());
      macro(static_cast<const CallBlockStmt&>(statement).caller);
      break;
    case StmtKind::FilterBlock:
      body(static_cast<const FilterBlockStmt&>(statement).body);
      expr(static_cast<const FilterBlockStmt&>(statement).filter.get());
      break;
    case StmtKind::Autoescape:
      expr(static_cast<const AutoescapeStmt&>(statement).value.get());
      body(static_cast<const AutoescapeStmt&>(statement).body);
      break;
    case StmtKind::Loader:
      expr(static_cast<const LoaderStmt&>(statement).source.get());
      break;
    case StmtKind::Block:
    case StmtKind::Break:
    case StmtKind::Continue:
      break;
  }
}

}  // namespace

void collect_symbols(Symbols& symbols, const Body& body) { SymbolCollector(symbols).body(body); }
void collect_symbols(Symbols& symbols, const Expr* expr) { SymbolCollector(symbols).expr(expr); }

std::vector<std::string_view> find_undeclared(const std::vector<const Body*>& bodies,
                                              std::vector<std::string_view> names) {
  UndeclaredFinder finder(std::move(names));
  for (const auto* body : bodies) finder.body(*body);
  return std::move(finder).found();
}

}  // namespace tarn::jinja
