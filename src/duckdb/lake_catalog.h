// SPDX-License-Identifier: Apache-2.0
// DuckDB's catalog over a lake: schemas are namespaces, tables are Iceberg tables. Entries belong
// to a transaction. Internal: shows DuckDB's types.
#pragma once

#include <duckdb/parser/parsed_data/create_schema_info.hpp>

#include "duckdb/lake_state.h"
#include "duckdb/lake_transaction.h"
#include "duckdb/native.h"

namespace tarn::duckdb {

// `a.b` ↔ the namespace with the levels a and b.
iceberg::Namespace namespace_of(const std::string& schema);

class LakeTable final : public dk::TableCatalogEntry {
 public:
  LakeTable(dk::Catalog& catalog, dk::SchemaCatalogEntry& schema, dk::CreateTableInfo& info,
            std::shared_ptr<const TableState> state)
      : dk::TableCatalogEntry(catalog, schema, info), state_(std::move(state)) {}

  const TableState& state() const { return *state_; }
  const iceberg::TableIdentifier& identifier() const { return state_->table.identifier; }

  dk::unique_ptr<dk::BaseStatistics> GetStatistics(dk::ClientContext&, dk::column_t) override {
    return nullptr;
  }
  dk::TableFunction GetScanFunction(dk::ClientContext& context,
                                    dk::unique_ptr<dk::FunctionData>& bind_data) override;
  dk::TableStorageInfo GetStorageInfo(dk::ClientContext& context) override;
  // UPDATE writes whole rows: asks for all columns, each once.
  void BindUpdateConstraints(dk::Binder& binder, dk::LogicalGet& get,
                             dk::LogicalProjection& projection, dk::LogicalUpdate& update,
                             dk::ClientContext& context) override;
  dk::virtual_column_map_t GetVirtualColumns() const override;
  dk::vector<dk::column_t> GetRowIdColumns() const override;

 private:
  std::shared_ptr<const TableState> state_;
};

// The table entry for `state`. Column names that differ only by case are ErrorCode::Unsupported.
Result<dk::unique_ptr<LakeTable>> make_lake_table(LakeCatalog& catalog, LakeSchema& schema,
                                                  std::shared_ptr<const TableState> state);

class LakeSchema final : public dk::SchemaCatalogEntry {
 public:
  LakeSchema(dk::Catalog& catalog, dk::CreateSchemaInfo& info)
      : dk::SchemaCatalogEntry(catalog, info), space_(namespace_of(info.schema)) {}

  const iceberg::Namespace& space() const { return space_; }

  void Scan(dk::ClientContext& context, dk::CatalogType type,
            const std::function<void(dk::CatalogEntry&)>& callback) override;
  void Scan(dk::CatalogType, const std::function<void(dk::CatalogEntry&)>&) override;
  dk::optional_ptr<dk::CatalogEntry> LookupEntry(dk::CatalogTransaction transaction,
                                                 const dk::EntryLookupInfo& lookup) override;
  dk::optional_ptr<dk::CatalogEntry> CreateTable(dk::CatalogTransaction transaction,
                                                 dk::BoundCreateTableInfo& info) override;
  void DropEntry(dk::ClientContext& context, dk::DropInfo& info) override;

  dk::optional_ptr<dk::CatalogEntry> CreateIndex(dk::CatalogTransaction, dk::CreateIndexInfo&,
                                                 dk::TableCatalogEntry&) override;
  dk::optional_ptr<dk::CatalogEntry> CreateFunction(dk::CatalogTransaction,
                                                    dk::CreateFunctionInfo&) override;
  dk::optional_ptr<dk::CatalogEntry> CreateView(dk::CatalogTransaction,
                                                dk::CreateViewInfo&) override;
  dk::optional_ptr<dk::CatalogEntry> CreateSequence(dk::CatalogTransaction,
                                                    dk::CreateSequenceInfo&) override;
  dk::optional_ptr<dk::CatalogEntry> CreateTableFunction(dk::CatalogTransaction,
                                                         dk::CreateTableFunctionInfo&) override;
  dk::optional_ptr<dk::CatalogEntry> CreateCopyFunction(dk::CatalogTransaction,
                                                        dk::CreateCopyFunctionInfo&) override;
  dk::optional_ptr<dk::CatalogEntry> CreatePragmaFunction(dk::CatalogTransaction,
                                                          dk::CreatePragmaFunctionInfo&) override;
  dk::optional_ptr<dk::CatalogEntry> CreateCollation(dk::CatalogTransaction,
                                                     dk::CreateCollationInfo&) override;
  dk::optional_ptr<dk::CatalogEntry> CreateType(dk::CatalogTransaction,
                                                dk::CreateTypeInfo&) override;
  void Alter(dk::CatalogTransaction, dk::AlterInfo&) override;

 private:
  iceberg::Namespace space_;
};

class LakeCatalog final : public dk::Catalog {
 public:
  LakeCatalog(dk::AttachedDatabase& database, std::shared_ptr<Lake> lake)
      : dk::Catalog(database), lake_(std::move(lake)) {}

  const std::shared_ptr<Lake>& lake() const { return lake_; }

  void Initialize(bool) override {}
  dk::string GetCatalogType() override { return "lake"; }
  dk::string GetDefaultSchema() const override { return "default"; }
  bool SupportsTimeTravel() const override { return true; }
  bool InMemory() override { return false; }
  dk::string GetDBPath() override { return lake_->options.name; }
  dk::DatabaseSize GetDatabaseSize(dk::ClientContext&) override { return {}; }
  dk::ErrorData SupportsCreateTable(dk::BoundCreateTableInfo&) override { return {}; }

  dk::optional_ptr<dk::SchemaCatalogEntry> LookupSchema(dk::CatalogTransaction transaction,
                                                        const dk::EntryLookupInfo& lookup,
                                                        dk::OnEntryNotFound if_not_found) override;
  void ScanSchemas(dk::ClientContext& context,
                   std::function<void(dk::SchemaCatalogEntry&)> callback) override;
  dk::optional_ptr<dk::CatalogEntry> CreateSchema(dk::CatalogTransaction transaction,
                                                  dk::CreateSchemaInfo& info) override;

  dk::PhysicalOperator& PlanCreateTableAs(dk::ClientContext& context,
                                          dk::PhysicalPlanGenerator& planner,
                                          dk::LogicalCreateTable& op,
                                          dk::PhysicalOperator& plan) override;
  dk::PhysicalOperator& PlanInsert(dk::ClientContext& context, dk::PhysicalPlanGenerator& planner,
                                   dk::LogicalInsert& op,
                                   dk::optional_ptr<dk::PhysicalOperator> plan) override;
  dk::PhysicalOperator& PlanDelete(dk::ClientContext& context, dk::PhysicalPlanGenerator& planner,
                                   dk::LogicalDelete& op, dk::PhysicalOperator& plan) override;
  dk::PhysicalOperator& PlanUpdate(dk::ClientContext& context, dk::PhysicalPlanGenerator& planner,
                                   dk::LogicalUpdate& op, dk::PhysicalOperator& plan) override;
  dk::PhysicalOperator& PlanMergeInto(dk::ClientContext& context,
                                      dk::PhysicalPlanGenerator& planner, dk::LogicalMergeInto& op,
                                      dk::PhysicalOperator& plan) override;

 protected:
  void DropSchema(dk::ClientContext& context, dk::DropInfo& info) override;

 private:
  std::shared_ptr<Lake> lake_;
};

LakeTransaction& lake_transaction(dk::ClientContext& context, dk::Catalog& catalog);

// CREATE TABLE as DuckDB parsed it: columns, PARTITIONED BY, SORTED BY, WITH.
Result<iceberg::TableCreation> make_table_creation(const dk::CreateTableInfo& info);

}  // namespace tarn::duckdb
