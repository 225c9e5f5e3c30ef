// SPDX-License-Identifier: Apache-2.0
#include "engine/inline_common_tables.h"

#include <unordered_map>

#include "analysis/typed_walk.h"

namespace tarn::engine {

namespace {

using analysis::CommonTableDefinition;
using analysis::TypedRelation;
using analysis::TypedRelationKind;
using analysis::TypedRelationPtr;

using Readers = std::unordered_map<std::int32_t, int>;

// Everywhere, subqueries included.
Readers count_readers(const TypedRelation& root) {
  Readers readers;
  analysis::any_relation(root, [&](const TypedRelation& node) {
    if (node.kind == TypedRelationKind::CommonTable) ++readers[node.index];
    return false;
  });
  return readers;
}

// The readers that a definition may move to: each is computed once where it stands.
void find_places(TypedRelationPtr& node,
                 std::unordered_map<std::int32_t, TypedRelationPtr*>& places) {
  if (node->kind == TypedRelationKind::CommonTable) places.insert_or_assign(node->index, &node);
  for (std::size_t i = 0; i < node->inputs.size(); ++i) {
    if (i == 1 && node->lateral) continue;
    find_places(node->inputs[i], places);
  }
  for (auto& definition : node->definitions) {
    if (!definition.step) find_places(definition.relation, places);
  }
}

// The definition's rows under the ids of the reader.
void move_to(TypedRelation& reader, CommonTableDefinition& definition) {
  reader.kind = TypedRelationKind::Project;
  for (const auto& column : definition.columns) {
    reader.expressions.push_back(analysis::column_node(column.id, column.type));
  }
  reader.inputs.push_back(std::move(definition.relation));
}

void inline_below(TypedRelationPtr& node, const Readers& readers) {
  if (node->kind == TypedRelationKind::With) {
    // A definition may read an earlier one: the last is moved first, and takes its readers along.
    auto& definitions = node->definitions;
    for (std::size_t i = definitions.size(); i-- > 0;) {
      CommonTableDefinition& definition = definitions[i];
      const auto count = readers.find(definition.index);
      if (definition.step || count == readers.end() || count->second != 1) continue;
      if (!analysis::is_deterministic(*definition.relation)) continue;
      std::unordered_map<std::int32_t, TypedRelationPtr*> places;
      find_places(node, places);
      const auto place = places.find(definition.index);
      if (place == places.end()) continue;
      move_to(**place->second, definition);
      definitions.erase(definitions.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (definitions.empty()) {
      TypedRelationPtr input = std::move(node->inputs[0]);
      node = std::move(input);
      return inline_below(node, readers);
    }
  }
  for (auto& input : node->inputs) inline_below(input, readers);
  for (auto& definition : node->definitions) inline_below(definition.relation, readers);
}

}  // namespace

void inline_common_tables(TypedRelationPtr& relation) {
  inline_below(relation, count_readers(*relation));
}

}  // namespace tarn::engine
