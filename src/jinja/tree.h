// SPDX-License-Identifier: Apache-2.0
// The syntax tree of a template, with the slots of its variables. Made by parse_template and
// resolve_names; immutable afterwards.
//
// Variables: each Function (template body, macro, call block, block, recursive loop) has an array
// of slots; inner functions reach outer arrays by hops. A Frame (loop body, with, …) says how its
// slots start. The rules are those of Jinja's compiler, so names resolve in the same way.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/environment.h"
#include "jinja/runtime.h"
#include "jinja/value.h"

namespace tarn::jinja {

struct Place {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t line = 1;
};

struct Symbol {
  std::string text;
  std::uint64_t hash = 0;
  Symbol() = default;
  explicit Symbol(std::string_view name) : text(name), hash(hash_of_text(name)) {}
};

struct SlotRef {
  std::uint32_t hops = 0;  // functions outward
  std::uint32_t slot = 0;
};

enum class ExprKind : std::uint8_t {
  Constant,
  Name,
  NamespaceTarget,
  List,
  Tuple,
  Dict,
  Attribute,
  Item,
  Slice,
  Call,
  Filter,
  Test,
  Not,
  Negate,
  Plus,
  Binary,
  And,
  Or,
  Concat,
  Compare,
  Conditional,
};

struct Expr {
  explicit Expr(ExprKind k) : kind(k) {}
  virtual ~Expr() = default;
  ExprKind kind;
  std::uint16_t depth = 1;
  Place place;
};
using ExprPtr = std::unique_ptr<Expr>;

struct ConstantExpr final : Expr {
  explicit ConstantExpr(Value v) : Expr(ExprKind::Constant), value(std::move(v)) {}
  Value value;
};

enum class NameUse : std::uint8_t { Load, Store, Parameter };

struct NameExpr final : Expr {
  explicit NameExpr(std::string_view n) : Expr(ExprKind::Name), name(n) {}
  Symbol name;
  NameUse use = NameUse::Load;
  SlotRef slot;
};

// `ns.attribute` on the left of a set.
struct NamespaceExpr final : Expr {
  NamespaceExpr(std::string_view n, std::string_view a)
      : Expr(ExprKind::NamespaceTarget), name(n), attribute(a) {}
  Symbol name;
  Symbol attribute;
  SlotRef slot;
};

struct SequenceExpr final : Expr {  // List, Tuple, Concat
  explicit SequenceExpr(ExprKind k) : Expr(k) {}
  std::vector<ExprPtr> items;
};

struct DictExpr final : Expr {
  DictExpr() : Expr(ExprKind::Dict) {}
  std::vector<std::pair<ExprPtr, ExprPtr>> items;
};

struct AttributeExpr final : Expr {
  AttributeExpr() : Expr(ExprKind::Attribute) {}
  ExprPtr object;
  Symbol name;
};

struct ItemExpr final : Expr {
  ItemExpr() : Expr(ExprKind::Item) {}
  ExprPtr object;
  ExprPtr key;  // may be a SliceExpr
};

struct SliceExpr final : Expr {
  SliceExpr() : Expr(ExprKind::Slice) {}
  ExprPtr start, stop, step;  // each may be null
};

struct CallArguments {
  std::vector<ExprPtr> positional;
  std::vector<std::pair<std::string, ExprPtr>> named;
  ExprPtr star;
  ExprPtr double_star;
  bool empty() const { return positional.empty() && named.empty() && !star && !double_star; }
};

struct CallExpr final : Expr {
  CallExpr() : Expr(ExprKind::Call) {}
  ExprPtr callee;
  CallArguments arguments;
};

struct FilterExpr final : Expr {  // Filter, Test
  explicit FilterExpr(ExprKind k) : Expr(k) {}
  ExprPtr subject;  // null in filter blocks and block sets: the captured text
  std::string name;
  CallArguments arguments;
  const Filter* function = nullptr;  // null: unknown, fails when it runs
};

struct UnaryExpr final : Expr {  // Not, Negate, Plus
  explicit UnaryExpr(ExprKind k) : Expr(k) {}
  ExprPtr operand;
};

struct BinaryExpr final : Expr {  // Binary, And, Or
  explicit BinaryExpr(ExprKind k) : Expr(k) {}
  BinaryOp op = BinaryOp::Add;
  ExprPtr left, right;
};

enum class CompareOp : std::uint8_t {
  Equal,
  NotEqual,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  In,
  NotIn,
};

struct CompareExpr final : Expr {
  CompareExpr() : Expr(ExprKind::Compare) {}
  ExprPtr first;
  std::vector<std::pair<CompareOp, ExprPtr>> rest;
};

struct ConditionalExpr final : Expr {
  ConditionalExpr() : Expr(ExprKind::Conditional) {}
  ExprPtr test, yes, no;  // `no` may be null
};

// How a frame's slot gets its value at entry.
struct SlotLoad {
  enum class Action : std::uint8_t { Parameter, Resolve, Alias, Undefined };
  std::uint32_t slot = 0;
  Action action = Action::Undefined;
  Symbol name;   // Resolve: looked up among the names of the render
  SlotRef from;  // Alias
};
struct Frame {
  std::vector<SlotLoad> loads;  // without parameters
};

enum class StmtKind : std::uint8_t {
  Output,
  For,
  If,
  Set,
  SetBlock,
  Do,
  With,
  Macro,
  CallBlock,
  FilterBlock,
  Block,
  Autoescape,
  Break,
  Continue,
  Loader,
};

struct Stmt {
  explicit Stmt(StmtKind k) : kind(k) {}
  virtual ~Stmt() = default;
  StmtKind kind;
  Place place;
};
using StmtPtr = std::unique_ptr<Stmt>;
using Body = std::vector<StmtPtr>;

// A piece of output: template text (expr null) or an expression.
struct OutputPiece {
  std::string_view data;
  ExprPtr expr;
  Place place;
  std::optional<std::string> constant;  // a constant expression, as text
};

struct OutputStmt final : Stmt {
  OutputStmt() : Stmt(StmtKind::Output) {}
  std::vector<OutputPiece> pieces;
};

// Slots of one function.
struct FunctionLayout {
  std::uint32_t slot_count = 0;
  Frame frame;
  bool captures = false;      // reads slots of outer functions
  bool holds_macros = false;  // a macro is defined in it, and may outlive it
};

struct ForStmt final : Stmt {
  ForStmt() : Stmt(StmtKind::For) {}
  ExprPtr target, iterable, test;
  ExprPtr test_target;  // a copy of `target` in the slots of the test
  Body body, otherwise;
  bool recursive = false;
  bool extended = false;  // `loop` is used
  std::uint32_t loop_slot = 0;
  Frame body_frame, test_frame, otherwise_frame;
  FunctionLayout function;  // of recursive loops
};

struct IfBranch {
  ExprPtr test;  // null: else
  Body body;
};
struct IfStmt final : Stmt {
  IfStmt() : Stmt(StmtKind::If) {}
  std::vector<IfBranch> branches;  // if, elif…; the last may be else
  bool has_otherwise = false;
};

struct SetStmt final : Stmt {
  SetStmt() : Stmt(StmtKind::Set) {}
  ExprPtr target, value;
  bool exported = false;  // at the top: visible to blocks
};

struct SetBlockStmt final : Stmt {
  SetBlockStmt() : Stmt(StmtKind::SetBlock) {}
  ExprPtr target;
  ExprPtr filter;  // may be null
  Frame frame;
  Body body;
  bool exported = false;
};

struct DoStmt final : Stmt {
  DoStmt() : Stmt(StmtKind::Do) {}
  ExprPtr value;
};

struct WithStmt final : Stmt {
  WithStmt() : Stmt(StmtKind::With) {}
  std::vector<ExprPtr> targets, values;
  Frame frame;
  Body body;
};

struct MacroDefinition {
  std::string name;
  std::vector<std::unique_ptr<NameExpr>> parameters;
  std::vector<std::string> annotations;  // one per parameter, often empty
  std::vector<ExprPtr> defaults;         // of the last parameters
  Body body;
  FunctionLayout function;
  bool uses_caller = false, uses_kwargs = false, uses_varargs = false;
  bool explicit_caller = false;
  std::uint32_t caller_slot = 0, kwargs_slot = 0, varargs_slot = 0;
};

struct MacroStmt final : Stmt {
  MacroStmt() : Stmt(StmtKind::Macro) {}
  MacroDefinition macro;
  std::unique_ptr<NameExpr> target;
  bool exported = false;
};

struct CallBlockStmt final : Stmt {
  CallBlockStmt() : Stmt(StmtKind::CallBlock) {}
  std::unique_ptr<CallExpr> call;
  MacroDefinition caller;
};

struct FilterBlockStmt final : Stmt {
  FilterBlockStmt() : Stmt(StmtKind::FilterBlock) {}
  ExprPtr filter;
  Frame frame;
  Body body;
};

struct BlockStmt final : Stmt {
  BlockStmt() : Stmt(StmtKind::Block) {}
  std::string name;
  bool scoped = false, required = false;
  Body body;
  FunctionLayout function;
  std::optional<std::uint32_t> self_slot, super_slot;
  std::vector<std::pair<Symbol, SlotRef>> visible;  // scoped: names around it
};

struct AutoescapeStmt final : Stmt {
  AutoescapeStmt() : Stmt(StmtKind::Autoescape) {}
  ExprPtr value;
  Frame frame;
  Body body;
};

struct BreakStmt final : Stmt {  // Break, Continue
  explicit BreakStmt(StmtKind k) : Stmt(k) {}
};

// extends, include, import, from: there is no loader, so these fail when they run.
struct LoaderStmt final : Stmt {
  LoaderStmt() : Stmt(StmtKind::Loader) {}
  ExprPtr source;
  std::vector<std::unique_ptr<NameExpr>> targets;
};

struct TemplateTree {
  std::string name;
  std::string text;  // with LF line ends; pieces of data are views into it
  bool native = false;
  bool has_slices = false;
  Body body;
  FunctionLayout function;
  std::vector<const BlockStmt*> blocks;
  std::vector<const MacroStmt*> macros;  // at the top
  std::optional<std::uint32_t> self_slot;
};

// Both fail with kind `syntax` and Error::where.
Result<std::unique_ptr<TemplateTree>> parse_template(const Environment& environment,
                                                     std::string text, std::string_view name);
Result<void> resolve_names(const Environment& environment, TemplateTree& tree);
// Prints the constant expressions of the output beforehand, as Jinja does: in native templates they
// become text, and slices that fail at run time are undefined.
void fold_constants(const Environment& environment, TemplateTree& tree);

// `list`, `name`, `getattr`, …: as messages about assignment say.
std::string_view class_name(const Expr& expr);
Error syntax_error(std::string_view text, const Place& place, std::string message);

}  // namespace tarn::jinja
