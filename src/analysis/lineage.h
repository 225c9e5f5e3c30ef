// SPDX-License-Identifier: Apache-2.0
// Column lineage of an analyzed query: which columns of which tables each output column is made of,
// and which ones only decide about rows. Views and common tables are looked through.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "analysis/typed_tree.h"

namespace tarn::analysis {

struct SourceColumn {
  TableId table;
  std::string column;
  bool operator==(const SourceColumn&) const = default;
};

enum class LineageKind : std::uint8_t {
  PassedThrough,  // the value as it is, implicit coercions aside
  Derived         // part of a computation
};

struct ColumnSource {
  SourceColumn source;
  LineageKind kind = LineageKind::Derived;
  bool operator==(const ColumnSource&) const = default;
};

struct OutputLineage {
  std::string name;
  std::vector<ColumnSource> sources;  // sorted by table and column, each once
};

struct QueryLineage {
  std::vector<OutputLineage> outputs;
  // Read by WHERE, ON, HAVING, GROUP BY, EXISTS, IN or the order of a limited query; sorted. A
  // column may be here and a source of an output too.
  std::vector<SourceColumn> deciding;
  std::vector<TableId> tables;  // that are read, sorted, each once
};

QueryLineage trace_lineage(const TypedQuery& query);

}  // namespace tarn::analysis
