// SPDX-License-Identifier: Apache-2.0
#include "engine/plan_text.h"

#include <algorithm>

#include "base/text.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::engine {
namespace {

using analysis::ColumnId;
using analysis::TypedExpression;
using analysis::TypedExpressionPtr;
using analysis::TypedKind;
using analysis::TypedRelation;
using analysis::TypedRelationKind;

constexpr std::size_t kTextMax = 400;  // of one line's expressions

struct Sign {
  std::string_view function;
  std::string_view text;
};
constexpr Sign kSigns[] = {
    {"$equal", " = "},   {"$not_equal", " <> "}, {"$less_than", " < "},
    {"$add", " + "},     {"$subtract", " - "},   {"$multiply", " * "},
    {"$divide", " / "},  {"$modulus", " % "},    {"$less_than_or_equal", " <= "},
    {"$concat", " || "},
};

class PlanPrinter {
 public:
  explicit PlanPrinter(const ScanNotes& notes) : notes_(notes) {}

  std::string print(const analysis::TypedQuery& query) {
    std::string columns;
    name_columns(*query.relation);
    subqueries_.clear();
    for (const auto& output : query.outputs) {
      columns += fmt::format("{}{}:{}", columns.empty() ? "" : ", ", output.name,
                             types::to_string(output.type));
    }
    line("Output", columns);
    child(*query.relation, true);
    return std::move(out_);
  }

 private:
  // Columns that are plain names further down keep them; others are `expr_N`.
  void name_columns(const TypedRelation& node) {
    for (const auto& input : node.inputs) name_columns(*input);
    for (const auto& definition : node.definitions) {
      name_columns(*definition.relation);
      if (definition.step) name_columns(*definition.step);
    }
    if (node.kind == TypedRelationKind::Scan) {
      for (std::size_t i = 0; i < node.columns.size(); ++i) {
        const auto at = static_cast<std::size_t>(node.source_columns[i]);
        names_[node.columns[i].id] = node.table->columns.at(at).name;
      }
    }
    if (node.kind == TypedRelationKind::Project) {
      for (std::size_t i = 0; i < node.expressions.size(); ++i) {
        if (node.expressions[i]->kind != TypedKind::Column) continue;
        const auto found = names_.find(node.expressions[i]->column);
        if (found != names_.end()) names_[node.columns[i].id] = found->second;
      }
    }
    for (const auto& call : node.aggregates) names_[call.id] = call_text(call);
    if (node.kind == TypedRelationKind::SetOperation) {
      for (std::size_t i = 0; i < node.columns.size(); ++i) {
        names_[node.columns[i].id] = name(node.inputs[0]->columns[i].id);
      }
    }
  }

  std::string name(ColumnId id) const {
    const auto found = names_.find(id);
    return found == names_.end() ? fmt::format("expr_{}", id.value) : found->second;
  }

  std::string list(const std::vector<TypedExpressionPtr>& nodes, std::string_view between = ", ") {
    std::string out;
    for (const auto& node : nodes) out += (out.empty() ? "" : std::string(between)) + text(*node);
    return out;
  }

  std::string text(const TypedExpression& node) {
    switch (node.kind) {
      case TypedKind::Constant:
        if (!node.constant.is_null() &&
            (types::is_integral(node.type) || node.type.is(types::TypeKind::Decimal))) {
          return types::cast_to_text(node.type, node.constant);
        }
        return types::to_sql_literal(node.type, node.constant).value_or("?");
      case TypedKind::Column:
        return name(node.column);
      case TypedKind::Parameter:
        return "?";
      case TypedKind::Call:
        return function_text(node);
      case TypedKind::Cast:
        if (node.implicit) return text(*node.children[0]);
        return fmt::format("{}({} AS {})", node.null_on_error ? "TRY_CAST" : "CAST",
                           text(*node.children[0]), types::to_string(node.type));
      case TypedKind::And:
        return "(" + list(node.children, " AND ") + ")";
      case TypedKind::Or:
        return "(" + list(node.children, " OR ") + ")";
      case TypedKind::Not:
        return "NOT " + text(*node.children[0]);
      case TypedKind::IsNull:
        return text(*node.children[0]) + " IS NULL";
      case TypedKind::In:
        return in_text(node);
      case TypedKind::Between:
        return fmt::format("{} BETWEEN {} AND {}", text(*node.children[0]), text(*node.children[1]),
                           text(*node.children[2]));
      case TypedKind::Like:
        return text(*node.children[0]) + " LIKE " + text(*node.children[1]);
      default:
        return other_text(node);
    }
  }

  std::string in_text(const TypedExpression& node) {
    std::string items;
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      items += (i > 1 ? ", " : "") + text(*node.children[i]);
    }
    return text(*node.children[0]) + " IN (" + items + ")";
  }

  std::string other_text(const TypedExpression& node) {
    switch (node.kind) {
      case TypedKind::Field: {
        const auto& fields = node.children[0]->type.fields;
        const auto at = static_cast<std::size_t>(node.index);
        const bool named = at < fields.size() && fields[at].name;
        return text(*node.children[0]) + "." +
               (named ? *fields[at].name : fmt::format("{}", node.index + 1));
      }
      case TypedKind::Row:
        return "ROW(" + list(node.children) + ")";
      case TypedKind::Array:
        return "ARRAY[" + list(node.children) + "]";
      case TypedKind::Coalesce:
        return "coalesce(" + list(node.children) + ")";
      case TypedKind::NullIf:
        return "nullif(" + list(node.children) + ")";
      case TypedKind::Try:
        return "TRY(" + list(node.children) + ")";
      case TypedKind::Case:
      case TypedKind::SimpleCase:
        return "CASE … END";
      case TypedKind::Lambda:
        return "lambda";
      case TypedKind::SessionValue:
        return node.name;
      case TypedKind::Exists:
        return "EXISTS (subquery " + subquery(node) + ")";
      case TypedKind::InSubquery:
        return text(*node.children[0]) + " IN (subquery " + subquery(node) + ")";
      case TypedKind::Quantified:
        return fmt::format("{} {} {} (subquery {})", text(*node.children[0]), node.name,
                           node.all ? "ALL" : "ANY", subquery(node));
      default:
        return "(subquery " + subquery(node) + ")";
    }
  }

  // The number under which the subquery is shown below the operator.
  std::string subquery(const TypedExpression& node) {
    subqueries_.push_back(node.relation.get());
    return std::to_string(subqueries_.size());
  }

  std::string function_text(const TypedExpression& node) {
    const std::string& function = node.function->name;
    for (const Sign& sign : kSigns) {
      if (function != sign.function || node.children.size() != 2) continue;
      return "(" + list(node.children, sign.text) + ")";
    }
    return (function.starts_with('$') ? function.substr(1) : function) + "(" + list(node.children) +
           ")";
  }

  std::string keys_text(const std::vector<analysis::SortKey>& keys) {
    std::string out;
    for (const auto& key : keys) {
      out += fmt::format("{}{}{}{}", out.empty() ? "" : ", ", text(*key.key),
                         key.descending ? " DESC" : "", key.nulls_first ? " NULLS FIRST" : "");
    }
    return out;
  }

  std::string call_text(const analysis::AggregateCall& call) {
    std::string arguments = list(call.arguments);
    if (call.arguments.empty() && call.function->name == "count") arguments = "*";
    std::string out =
        fmt::format("{}({}{})", call.function->name, call.distinct ? "DISTINCT " : "", arguments);
    if (call.filter) out += " FILTER (WHERE " + text(*call.filter) + ")";
    return out;
  }

  void line(std::string_view operation, std::string details) {
    if (details.size() > kTextMax) {
      details.resize(kTextMax);
      while (!is_valid_utf8(details)) details.pop_back();
      details += "…";
    }
    out_ += prefix_ + branch_ + std::string(operation);
    if (!details.empty()) out_ += "[" + details + "]";
    out_ += '\n';
  }

  // A projection that only passes columns on tells nothing.
  static const TypedRelation& without_renaming(const TypedRelation& node) {
    const TypedRelation* at = &node;
    while (at->kind == TypedRelationKind::Project &&
           std::all_of(at->expressions.begin(), at->expressions.end(),
                       [](const auto& item) { return item->kind == TypedKind::Column; })) {
      at = at->inputs[0].get();
    }
    return *at;
  }

  void child(const TypedRelation& whole, bool last) {
    const TypedRelation& node = without_renaming(whole);
    const std::string outer = prefix_;
    const std::string outer_branch = branch_;
    if (!branch_.empty()) prefix_ += outer_is_last_ ? "   " : "│  ";
    const bool outer_last = outer_is_last_;
    branch_ = last ? "└─ " : "├─ ";
    outer_is_last_ = last;
    put(node);
    prefix_ = outer;
    branch_ = outer_branch;
    outer_is_last_ = outer_last;
  }

  // Below the operator's line.
  void note(const std::string& note) {
    out_ += prefix_ + (outer_is_last_ ? "   " : "│  ") + "    " + note + '\n';
  }

  void put(const TypedRelation& node) {
    const std::size_t first_subquery = subqueries_.size();
    const bool at_source = show(node);
    std::vector<const TypedRelation*> below;
    for (const auto& definition : node.definitions) {
      below.push_back(definition.relation.get());
      if (definition.step) below.push_back(definition.step.get());
    }
    if (!at_source) {
      for (const auto& input : node.inputs) below.push_back(input.get());
    }
    // A copy: deeper ones add their own.
    const std::vector<const TypedRelation*> nested(
        subqueries_.begin() + static_cast<std::ptrdiff_t>(first_subquery), subqueries_.end());
    below.insert(below.begin(), nested.begin(), nested.end());
    for (std::size_t i = 0; i < below.size(); ++i) child(*below[i], i + 1 == below.size());
  }

  // The operator's line and notes; true if the source of the scan below does all of it.
  bool show(const TypedRelation& node) {
    switch (node.kind) {
      case TypedRelationKind::Scan:
        show_scan(node);
        return false;
      case TypedRelationKind::Values:
        line("Values",
             fmt::format("{} {}", node.rows.size(), node.rows.size() == 1 ? "row" : "rows"));
        return false;
      case TypedRelationKind::Filter:
        line("Filter", text(*node.condition));
        return false;
      case TypedRelationKind::Project:
        line("Project", list(node.expressions));
        return false;
      case TypedRelationKind::Join:
        show_join(node);
        return false;
      case TypedRelationKind::Unnest:
        line("Unnest", list(node.expressions));
        return false;
      case TypedRelationKind::Aggregate:
        show_aggregate(node);
        break;
      case TypedRelationKind::Distinct:
        line("Distinct", "");
        break;
      default:
        show_other(node);
        return false;
    }
    const auto found = notes_.find(&node);
    if (found == notes_.end()) return false;
    for (const std::string& text : found->second) note(text);
    return true;
  }

  void show_scan(const TypedRelation& node) {
    line("Scan " + analysis::to_string(node.table->id), "");
    const auto found = notes_.find(&node);
    if (found == notes_.end()) return;
    for (const std::string& text : found->second) note(text);
  }

  void show_join(const TypedRelation& node) {
    constexpr std::string_view kJoins[] = {"CrossJoin", "InnerJoin", "LeftJoin", "RightJoin",
                                           "FullJoin"};
    line(kJoins[static_cast<std::size_t>(node.join)],
         node.condition ? text(*node.condition) : std::string());
  }

  void show_aggregate(const TypedRelation& node) {
    std::string details = list(node.expressions);
    if (!details.empty()) details = "keys: " + details;
    std::string calls;
    for (const auto& call : node.aggregates) {
      calls += (calls.empty() ? "" : ", ") + call_text(call);
    }
    if (!details.empty() && !calls.empty()) details += "; ";
    if (!node.sets.empty()) details += fmt::format("{} grouping sets; ", node.sets.size());
    line("Aggregate", details + calls);
  }

  void show_other(const TypedRelation& node) {
    switch (node.kind) {
      case TypedRelationKind::Sort:
        return line("Sort", keys_text(node.keys));
      case TypedRelationKind::Limit: {
        std::string details = node.limit ? fmt::format("{}", node.limit->count) : "";
        if (node.with_ties) details += " with ties";
        if (node.offset && node.offset->count > 0) {
          details += fmt::format("{}offset {}", details.empty() ? "" : " ", node.offset->count);
        }
        return line("Limit", details);
      }
      case TypedRelationKind::Window:
        return show_window(node);
      case TypedRelationKind::SetOperation: {
        constexpr std::string_view kOperators[] = {"Union", "Intersect", "Except"};
        return line(kOperators[static_cast<std::size_t>(node.set_operator)],
                    node.all ? "all" : "distinct");
      }
      case TypedRelationKind::With:
        for (const auto& definition : node.definitions) common_[definition.index] = definition.name;
        return line("With", "");
      case TypedRelationKind::CommonTable:
        return line("CommonTable", common_[node.index]);
      case TypedRelationKind::Sample:
        return line("Sample", text(*node.percentage) + " percent");
      default:
        return line("OneRow", "");
    }
  }

  void show_window(const TypedRelation& node) {
    std::string details;
    for (const auto& call : node.windows) {
      details += fmt::format("{}{}({}) OVER (", details.empty() ? "" : ", ", call.function->name,
                             list(call.arguments));
      if (!call.partition_by.empty()) details += "PARTITION BY " + list(call.partition_by);
      if (!call.order_by.empty()) {
        details += fmt::format("{}ORDER BY {}", call.partition_by.empty() ? "" : " ",
                               keys_text(call.order_by));
      }
      details += ")";
    }
    line("Window", details);
  }

  const ScanNotes& notes_;
  std::unordered_map<ColumnId, std::string> names_;
  std::unordered_map<std::int32_t, std::string> common_;
  std::vector<const TypedRelation*> subqueries_;
  std::string out_;
  std::string prefix_;
  std::string branch_;
  bool outer_is_last_ = true;
};

}  // namespace

std::string plan_text(const analysis::TypedQuery& query, const ScanNotes& notes) {
  return PlanPrinter(notes).print(query);
}

}  // namespace tarn::engine
