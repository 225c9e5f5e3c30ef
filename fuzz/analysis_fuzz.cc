// SPDX-License-Identifier: Apache-2.0
// Any query text over a small catalog: the analyzer neither crashes nor hangs, errors have a name,
// and the columns of what it gives agree with the outputs.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "analysis/analyzer.h"
#include "analysis/lineage.h"
#include "sql/parser.h"
#include "sql/tree/visit.h"
#include "types/error_name.h"

namespace {

using namespace tarn;
using namespace tarn::analysis;

class OneTable : public TableLookup {
 public:
  OneTable() {
    auto table = std::make_shared<TableInfo>();
    table->id = {"c", "s", "t"};
    table->columns = {{"a", types::make_type(types::TypeKind::BigInt), false, true},
                      {"b", types::make_varchar(5), false, true},
                      {"x", types::make_array(types::make_varchar()), false, true}};
    table_ = std::move(table);
  }
  Result<TableInfoPtr> find_table(const TableId&, const std::optional<TableVersion>&) override {
    return table_;
  }

 private:
  TableInfoPtr table_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto statement = sql::parse_statement(text);
  if (!statement) return 0;
  OneTable tables;
  AnalyzerOptions options;
  options.catalog = "c";
  options.schema = "s";
  const auto* query = sql::as<sql::QueryStatement>(**statement);
  if (!query) return 0;
  auto typed = analyze_query(*query->query, tables, options);
  if (!typed) {
    if (!types::has_name(typed.error())) std::abort();
    return 0;
  }
  if (typed->relation->columns.size() != typed->outputs.size()) std::abort();
  for (std::size_t i = 0; i < typed->outputs.size(); ++i) {
    if (typed->relation->columns[i].id != typed->outputs[i].id) std::abort();
    if (!(typed->relation->columns[i].type == typed->outputs[i].type)) std::abort();
  }
  if (trace_lineage(*typed).outputs.size() != typed->outputs.size()) std::abort();
  return 0;
}
