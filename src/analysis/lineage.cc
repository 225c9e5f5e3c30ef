// SPDX-License-Identifier: Apache-2.0
#include "analysis/lineage.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace tarn::analysis {

namespace {

auto order_of(const SourceColumn& column) {
  return std::tie(column.table.catalog, column.table.schema, column.table.table, column.column);
}

struct SourceLess {
  bool operator()(const SourceColumn& a, const SourceColumn& b) const {
    return order_of(a) < order_of(b);
  }
};

// Sources with the strongest kind: a column that is passed through and also computed with counts as
// derived.
using Sources = std::map<SourceColumn, LineageKind, SourceLess>;

void add_source(Sources& sources, const SourceColumn& column, LineageKind kind) {
  auto [found, added] = sources.try_emplace(column, kind);
  if (!added && kind == LineageKind::Derived) found->second = kind;
}

// How a column comes to be. Pointers into the tree.
struct Origin {
  const SourceColumn* source = nullptr;
  std::vector<const TypedExpression*> expressions;
  std::vector<ColumnId> columns;  // passed through from these
  bool computed = false;          // even of plain columns
};

class Tracer {
 public:
  QueryLineage trace(const TypedQuery& query) {
    index(*query.relation);
    QueryLineage lineage;
    for (const auto& output : query.outputs) {
      Sources sources;
      std::unordered_set<ColumnId> visiting;
      follow(output.id, LineageKind::PassedThrough, sources, visiting);
      OutputLineage traced;
      traced.name = output.name;
      for (const auto& [column, kind] : sources) traced.sources.push_back({column, kind});
      lineage.outputs.push_back(std::move(traced));
    }
    Sources deciding;
    for (const TypedExpression* expression : deciding_) {
      std::unordered_set<ColumnId> visiting;
      follow(*expression, LineageKind::Derived, deciding, visiting);
    }
    for (const auto& [column, kind] : deciding) lineage.deciding.push_back(column);
    for (const auto& key : tables_) {
      lineage.tables.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key)});
    }
    return lineage;
  }

 private:
  void index(const TypedExpression& node) {
    for (const auto& child : node.children) index(*child);
    if (node.relation) index(*node.relation);
  }

  void index_keys(const std::vector<SortKey>& keys) {
    for (const auto& key : keys) index(*key.key);
  }

  void index_scan(const TypedRelation& node) {
    const TableInfo& table = *node.table;
    tables_.insert({table.id.catalog, table.id.schema, table.id.table});
    for (std::size_t i = 0; i < node.columns.size(); ++i) {
      auto column = static_cast<std::size_t>(node.source_columns[i]);
      names_.push_back(
          std::make_unique<SourceColumn>(SourceColumn{table.id, table.columns[column].name}));
      origins_[node.columns[i].id].source = names_.back().get();
    }
  }

  void index_calls(const TypedRelation& node) {
    for (const auto& call : node.aggregates) {
      Origin& origin = origins_[call.id];
      origin.computed = true;
      for (const auto& argument : call.arguments) origin.expressions.push_back(argument.get());
      for (const auto& argument : call.arguments) index(*argument);
      index_keys(call.order_by);
      if (call.filter) {
        index(*call.filter);
        deciding_.push_back(call.filter.get());
      }
    }
    for (const auto& call : node.windows) {
      Origin& origin = origins_[call.id];
      origin.computed = true;
      for (const auto& argument : call.arguments) origin.expressions.push_back(argument.get());
      for (const auto& key : call.partition_by) origin.expressions.push_back(key.get());
      for (const auto& key : call.order_by) origin.expressions.push_back(key.key.get());
      for (const auto* expression : origin.expressions) index(*expression);
    }
    for (const auto& call : node.groupings) origins_[call.id].computed = true;
  }

  void index_definitions(const TypedRelation& node) {
    for (const auto& definition : node.definitions) {
      std::vector<std::vector<ColumnId>>& columns = definitions_[definition.index];
      for (std::size_t i = 0; i < definition.columns.size(); ++i) {
        columns.push_back({definition.columns[i].id});
        if (definition.step) columns.back().push_back(definition.step->columns[i].id);
      }
      index(*definition.relation);
      if (definition.step) {
        recursive_ = true;
        index(*definition.step);
      }
    }
  }

  void index(const TypedRelation& node) {
    if (node.kind == TypedRelationKind::With) index_definitions(node);
    for (const auto& input : node.inputs) index(*input);
    for (const auto& expression : node.expressions) index(*expression);
    for (const auto& row : node.rows) {
      for (const auto& value : row) index(*value);
    }
    if (node.condition) {
      index(*node.condition);
      deciding_.push_back(node.condition.get());
    }
    index_keys(node.keys);
    index_calls(node);
    switch (node.kind) {
      case TypedRelationKind::Scan:
        index_scan(node);
        break;
      case TypedRelationKind::Values:
        for (std::size_t i = 0; i < node.columns.size(); ++i) {
          for (const auto& row : node.rows) {
            origins_[node.columns[i].id].expressions.push_back(row[i].get());
          }
        }
        break;
      case TypedRelationKind::Project:
      case TypedRelationKind::Aggregate:
        for (std::size_t i = 0; i < node.expressions.size(); ++i) {
          const TypedExpression& expression = *node.expressions[i];
          if (node.kind == TypedRelationKind::Aggregate) deciding_.push_back(&expression);
          bool same =
              expression.kind == TypedKind::Column && expression.column == node.columns[i].id;
          if (!same) origins_[node.columns[i].id].expressions.push_back(&expression);
        }
        break;
      case TypedRelationKind::Unnest:
        for (const auto& column : node.columns) {
          Origin& origin = origins_[column.id];
          origin.computed = true;
          for (const auto& item : node.expressions) origin.expressions.push_back(item.get());
        }
        break;
      case TypedRelationKind::SetOperation:
        for (std::size_t i = 0; i < node.columns.size(); ++i) {
          for (const auto& input : node.inputs) {
            origins_[node.columns[i].id].columns.push_back(input->columns[i].id);
          }
        }
        break;
      case TypedRelationKind::CommonTable:
        for (std::size_t i = 0; i < node.columns.size(); ++i) {
          references_[node.columns[i].id] = {node.index, i};
        }
        break;
      case TypedRelationKind::Limit:
        if (node.inputs[0]->kind == TypedRelationKind::Sort) {
          for (const auto& key : node.inputs[0]->keys) deciding_.push_back(key.key.get());
        }
        break;
      default:
        break;
    }
  }

  // Sources of a column as if it were passed through. Remembered, since columns of nested queries
  // are reached on many ways; not with recursion, where an answer depends on the way.
  void follow(ColumnId id, LineageKind kind, Sources& sources,
              std::unordered_set<ColumnId>& visiting) {
    if (auto known = known_.find(id); known != known_.end()) {
      merge(known->second, kind, sources);
      return;
    }
    if (!visiting.insert(id).second) return;
    Sources own;
    trace_origin(id, own, visiting);
    visiting.erase(id);
    merge(own, kind, sources);
    if (!recursive_) known_.emplace(id, std::move(own));
  }

  static void merge(const Sources& from, LineageKind kind, Sources& into) {
    for (const auto& [column, own] : from) {
      add_source(into, column, kind == LineageKind::Derived ? kind : own);
    }
  }

  void trace_origin(ColumnId id, Sources& sources, std::unordered_set<ColumnId>& visiting) {
    LineageKind kind = LineageKind::PassedThrough;
    if (auto reference = references_.find(id); reference != references_.end()) {
      auto [table, column] = reference->second;
      auto found = definitions_.find(table);
      if (found != definitions_.end() && column < found->second.size()) {
        for (ColumnId source : found->second[column]) follow(source, kind, sources, visiting);
      }
    }
    auto origin = origins_.find(id);
    if (origin == origins_.end()) return;
    if (origin->second.source) add_source(sources, *origin->second.source, kind);
    LineageKind inner = origin->second.computed ? LineageKind::Derived : kind;
    for (const auto* expression : origin->second.expressions) {
      follow(*expression, inner, sources, visiting);
    }
    for (ColumnId source : origin->second.columns) follow(source, inner, sources, visiting);
  }

  void follow(const TypedExpression& node, LineageKind kind, Sources& sources,
              std::unordered_set<ColumnId>& visiting) {
    if (node.kind == TypedKind::Column) {
      follow(node.column, kind, sources, visiting);
      return;
    }
    bool plain = node.kind == TypedKind::Cast && node.implicit;
    LineageKind inner = plain ? kind : LineageKind::Derived;
    for (const auto& child : node.children) follow(*child, inner, sources, visiting);
    if (node.relation && node.kind != TypedKind::Exists) {
      for (const auto& column : node.relation->columns) {
        follow(column.id, LineageKind::Derived, sources, visiting);
      }
    }
  }

  std::unordered_map<ColumnId, Origin> origins_;
  std::unordered_map<ColumnId, std::pair<std::int32_t, std::size_t>> references_;
  std::map<std::int32_t, std::vector<std::vector<ColumnId>>> definitions_;
  std::vector<const TypedExpression*> deciding_;
  std::unordered_map<ColumnId, Sources> known_;
  bool recursive_ = false;
  std::vector<std::unique_ptr<SourceColumn>> names_;
  std::set<std::tuple<std::string, std::string, std::string>> tables_;
};

}  // namespace

QueryLineage trace_lineage(const TypedQuery& query) { return Tracer().trace(query); }

}  // namespace tarn::analysis
