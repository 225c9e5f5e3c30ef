// SPDX-License-Identifier: Apache-2.0
// Catalogs of sample data: made by DuckDB's tpch extension when they are first read, or Parquet
// files of a folder.
#include "base/check.h"
#include "base/file.h"
#include "base/text.h"
#include "duckdb/physical_type.h"
#include "duckdb/tpch_data.h"
#include "engine/scan_source.h"
#include "engine/session_state.h"
#include "engine/tpch_table.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {
namespace {

// The names that Trino lists.
constexpr const char* kSchemas[] = {"sf1",   "sf100",  "sf1000",  "sf10000", "sf100000",
                                    "sf300", "sf3000", "sf30000", "tiny"};

class TpchSource final : public ScanSource {
 public:
  TpchSource(duckdb::Instance& instance, const TpchTable& table, double scale,
             std::vector<types::Type> types, const Cancel* cancel)
      : instance_(instance),
        table_(table),
        scale_(scale),
        types_(std::move(types)),
        cancel_(cancel) {}
  TpchSource(duckdb::Instance& instance, const TpchTable& table, std::string file,
             std::vector<types::Type> types)
      : instance_(instance), table_(table), file_(std::move(file)), types_(std::move(types)) {}

  Result<ScanText> scan(const ScanRequest& request, KeepAlive&) const override {
    ScanText out;
    if (file_.empty()) {
      out.from = fmt::format("{}.{}", TRY(duckdb::make_tpch_schema(instance_, scale_, cancel_)),
                             quote(table_.name, '"'));
    } else {
      out.from = fmt::format("read_parquet({})", quote(file_, '\''));
    }
    const std::string_view prefix = file_.empty() ? table_.prefix : std::string_view();
    for (const std::int32_t index : request.columns) {
      const auto at = static_cast<std::size_t>(index);
      const std::string name = fmt::format("{}{}", prefix, table_.columns[at].name);
      out.columns.push_back({fmt::format("CAST({} AS {})", quote(name, '"'),
                                         TRY(duckdb::physical_type(types_[at])))});
    }
    return out;
  }

 private:
  duckdb::Instance& instance_;
  const TpchTable& table_;
  double scale_ = 0;
  std::string file_;  // empty: made
  std::vector<types::Type> types_;
  const Cancel* cancel_ = nullptr;
};

class TpchAccess final : public CatalogAccess {
 public:
  TpchAccess(StatementRun& run, const TpchCatalog& catalog) : run_(run), catalog_(catalog) {}

  Result<std::vector<std::string>> list_schemas() override {
    if (!catalog_.folder.empty()) return std::vector<std::string>{"tiny"};
    return std::vector<std::string>(std::begin(kSchemas), std::end(kSchemas));
  }

  Result<bool> has_schema(const std::string& schema) override {
    if (!catalog_.folder.empty()) return schema == "tiny";
    return tpch_scale(schema).has_value();
  }

  Result<std::vector<ListedRelation>> list_relations(const std::string& schema) override {
    std::vector<ListedRelation> out;
    if (!TRY(has_schema(schema))) return out;
    for (const TpchTable& table : tpch_tables()) out.push_back({std::string(table.name)});
    return out;
  }

  Result<RelationPtr> find(const analysis::TableId& id,
                           const std::optional<analysis::TableVersion>& version) override {
    for (const TpchTable& table : tpch_tables()) {
      if (table.name != id.table || !TRY(has_schema(id.schema))) continue;
      if (version) {
        return types::named_error("NOT_SUPPORTED", {},
                                  "This connector does not support versioned tables");
      }
      return make_relation(id, table);
    }
    return RelationPtr();
  }

 private:
  RelationPtr make_relation(const analysis::TableId& id, const TpchTable& table) {
    auto info = std::make_shared<analysis::TableInfo>();
    info->id = id;
    std::vector<types::Type> types;
    for (const TpchColumn& column : table.columns) {
      auto type = types::parse_type(column.type);
      VERIFY(type.has_value());
      info->columns.push_back({std::string(column.name), *type, false, false});
      types.push_back(*std::move(type));
    }
    duckdb::Instance& instance = run_.catalogs().instance();
    std::shared_ptr<const ScanSource> source;
    if (catalog_.folder.empty()) {
      source = std::make_shared<TpchSource>(instance, table, *tpch_scale(id.schema),
                                            std::move(types), run_.cancel());
    } else {
      source = std::make_shared<TpchSource>(
          instance, table, fmt::format("{}/{}.parquet", catalog_.folder, table.name),
          std::move(types));
    }
    info->handle = source;
    auto relation = std::make_shared<Relation>();
    relation->info = std::move(info);
    return relation;
  }

  StatementRun& run_;
  const TpchCatalog& catalog_;
};

}  // namespace

std::unique_ptr<CatalogAccess> make_tpch_access(StatementRun& run, const TpchCatalog& catalog) {
  return std::make_unique<TpchAccess>(run, catalog);
}

}  // namespace tarn::engine
