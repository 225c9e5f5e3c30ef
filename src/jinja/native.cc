// SPDX-License-Identifier: Apache-2.0
// Native rendering: pieces that keep their types, constants that become text.
#include <algorithm>

#include "jinja/interpreter.h"

namespace tarn::jinja {

namespace {

// Values that Jinja puts into the code it makes; others stay expressions.
bool has_safe_repr(const Value& value, int depth = 0) {
  if (depth > kNestingMax) return false;
  switch (value.kind()) {
    case Kind::None:
    case Kind::Bool:
    case Kind::Int:
    case Kind::BigInt:
    case Kind::Float:
      return true;
    case Kind::Text:
      return value.flavor() == Flavor::Plain || value.flavor() == Flavor::Markup;
    case Kind::List:
    case Kind::Tuple:
      return std::all_of(value.items().begin(), value.items().end(),
                         [depth](const Value& item) { return has_safe_repr(item, depth + 1); });
    case Kind::Dict:
    case Kind::Set: {
      const Table& table = value.is_dict() ? static_cast<const Table&>(value.dict_items())
                                           : static_cast<const Table&>(value.set_items());
      return std::all_of(table.entries().begin(), table.entries().end(), [depth](const auto& e) {
        return has_safe_repr(e.key, depth + 1) && has_safe_repr(e.value, depth + 1);
      });
    }
    case Kind::Object:
      return value.object()->type_name() == "range";
    case Kind::Undefined:
      return false;
  }
  return false;
}

class Folder {
 public:
  Folder(const Environment& environment, const TemplateTree& tree)
      : environment_(environment), tree_(tree) {}

  void body(Body& statements) {
    for (auto& statement : statements) stmt(*statement);
  }

 private:
  void output(OutputStmt& node) {
    for (auto& piece : node.pieces) {
      if (!piece.expr) continue;
      RenderOptions options;
      options.limits.steps_max = 100'000;
      options.limits.text_bytes_max = 1'048'576;
      const NameTable names;
      Interpreter interpreter(environment_, names, options);
      auto value = interpreter.constant(tree_, *piece.expr);
      if (!value || (tree_.native && !has_safe_repr(*value))) continue;
      auto text = to_text(interpreter, *value);
      if (text) piece.constant = *std::move(text);
    }
  }

  void stmt(Stmt& statement) {
    switch (statement.kind) {
      case StmtKind::Output:
        return output(static_cast<OutputStmt&>(statement));
      case StmtKind::For:
        body(static_cast<ForStmt&>(statement).body);
        return body(static_cast<ForStmt&>(statement).otherwise);
      case StmtKind::If:
        for (auto& branch : static_cast<IfStmt&>(statement).branches) body(branch.body);
        return;
      case StmtKind::SetBlock:
        return body(static_cast<SetBlockStmt&>(statement).body);
      case StmtKind::With:
        return body(static_cast<WithStmt&>(statement).body);
      case StmtKind::Macro:
        return body(static_cast<MacroStmt&>(statement).macro.body);
      case StmtKind::CallBlock:
        return body(static_cast<CallBlockStmt&>(statement).caller.body);
      case StmtKind::FilterBlock:
        return body(static_cast<FilterBlockStmt&>(statement).body);
      case StmtKind::Block:
        return body(static_cast<BlockStmt&>(statement).body);
      case StmtKind::Autoescape:
        return body(static_cast<AutoescapeStmt&>(statement).body);
      default:
        return;
    }
  }

  const Environment& environment_;
  const TemplateTree& tree_;
};

}  // namespace

void fold_constants(const Environment& environment, TemplateTree& tree) {
  Folder(environment, tree).body(tree.body);
}

Result<Value> Interpreter::render_value(const TemplateTree& tree) {
  std::vector<Value> values;
  Sink out;
  out.values = &values;
  const auto scope = make_ref<Activation>(tree.function.slot_count, Ref<Activation>());
  TRY(run_root(tree, scope, out));
  if (values.empty()) return Value("");
  if (values.size() > 1) {
    std::string text;
    for (const auto& value : values) TRY(append_text(*this, value, text));
    return Value(text);
  }
  Value raw = std::move(values[0]);
  if (!raw.is_text()) return raw;
  switch (raw.flavor()) {
    case Flavor::Plain:
    case Flavor::Markup:
      return raw;
    case Flavor::AsText:
      return Value(raw.text());
    case Flavor::AsNative:
    case Flavor::AsBool:
    case Flavor::AsNumber:
      break;
  }
  auto literal = literal_eval(raw.text());
  if (!literal && literal.error().kind != kValueError) return literal;
  const Value value = literal ? *literal : raw;
  if (raw.flavor() == Flavor::AsBool && !value.is_bool()) {
    return fail(kNativeConversionError, "Could not convert value '{}' into type 'bool'",
                raw.text());
  }
  const bool is_number =
      value.kind() == Kind::Int || value.kind() == Kind::BigInt || value.kind() == Kind::Float;
  if (raw.flavor() == Flavor::AsNumber && !is_number) {
    return fail(kNativeConversionError, "Could not convert value '{}' into type 'number'",
                raw.text());
  }
  return value;
}

}  // namespace tarn::jinja
