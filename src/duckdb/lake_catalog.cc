// SPDX-License-Identifier: Apache-2.0
#include "duckdb/lake_catalog.h"

#include <duckdb/parser/constraints/not_null_constraint.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/parsed_data/create_schema_info.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/parser/parsed_data/drop_info.hpp>
#include <duckdb/planner/parsed_data/bound_create_table_info.hpp>
#include <duckdb/planner/tableref/bound_at_clause.hpp>
#include <duckdb/storage/database_size.hpp>
#include <duckdb/storage/table_storage_info.hpp>

#include "base/text.h"
#include "duckdb/lake_type.h"
#include "duckdb/table_scan.h"

namespace tarn::duckdb {
namespace {

[[noreturn]] void refuse(const char* what) { throw_error(unsupported("a lake holds no {}", what)); }

void refuse_in_transaction(dk::ClientContext& context, const char* what) {
  if (!context.transaction.IsAutoCommit()) {
    throw_error(unsupported("{} cannot be undone: run it outside of a transaction", what));
  }
}

// `AT (VERSION => 123)`, `AT (VERSION => 'branch')`, `AT (TIMESTAMP => …)`.
TableVersion parse_version(const dk::optional_ptr<dk::BoundAtClause> at) {
  TableVersion version;
  if (!at) return version;
  const dk::Value& value = at->GetValue();
  if (value.IsNull()) throw_error(invalid_input("the version of a table must not be null"));
  version.text = fmt::format("{} {}", at->Unit(), value.ToString());
  if (equals_ignore_case(at->Unit(), "timestamp")) {
    const auto micros =
        value.DefaultCastAs(dk::LogicalType::TIMESTAMP).GetValueUnsafe<dk::timestamp_t>().value;
    version.choice.timestamp_ms = micros >= 0 ? micros / 1'000 : -((-micros + 999) / 1'000);
    return version;
  }
  if (value.type().IsIntegral()) {
    version.choice.id = iceberg::SnapshotId(value.GetValue<std::int64_t>());
  } else {
    version.choice.ref = value.ToString();
  }
  return version;
}

}  // namespace

iceberg::Namespace namespace_of(const std::string& schema) {
  iceberg::Namespace space;
  for (std::string_view level : split(schema, '.')) space.levels.emplace_back(level);
  return space;
}

LakeTransaction& lake_transaction(dk::ClientContext& context, dk::Catalog& catalog) {
  return dk::Transaction::Get(context, catalog).Cast<LakeTransaction>();
}

dk::TableFunction LakeTable::GetScanFunction(dk::ClientContext& context,
                                             dk::unique_ptr<dk::FunctionData>& bind_data) {
  return make_scan_function(context, state_, this, bind_data);
}

dk::TableStorageInfo LakeTable::GetStorageInfo(dk::ClientContext&) { return {}; }

dk::virtual_column_map_t LakeTable::GetVirtualColumns() const { return lake_virtual_columns(); }

dk::vector<dk::column_t> LakeTable::GetRowIdColumns() const { return lake_row_id_columns(); }

Result<dk::unique_ptr<LakeTable>> make_lake_table(LakeCatalog& catalog, LakeSchema& schema,
                                                  std::shared_ptr<const TableState> state) {
  dk::CreateTableInfo info(schema, state->table.identifier.name);
  dk::case_insensitive_set_t names;
  for (const iceberg::Field& field : state->schema->fields) {
    if (!names.insert(field.name).second) {
      return unsupported("columns of table `{}` differ only by case: `{}`",
                         iceberg::to_string(state->table.identifier), field.name);
    }
    dk::ColumnDefinition column(
        field.name, TRY(with_context(to_native_type(field.type),
                                     fmt::format("column `{}` of table `{}`", field.name,
                                                 iceberg::to_string(state->table.identifier)))));
    if (!field.write_default.is_null() && field.type.is_primitive()) {
      column.SetDefaultValue(
          dk::make_uniq<dk::ConstantExpression>(to_native_value(field.write_default, field.type)));
    }
    if (field.required) {
      info.constraints.push_back(dk::make_uniq<dk::NotNullConstraint>(
          dk::LogicalIndex(info.columns.LogicalColumnCount())));
    }
    info.columns.AddColumn(std::move(column));
  }
  return dk::make_uniq<LakeTable>(catalog, schema, info, std::move(state));
}

void LakeSchema::Scan(dk::ClientContext& context, dk::CatalogType type,
                      const std::function<void(dk::CatalogEntry&)>& callback) {
  if (type != dk::CatalogType::TABLE_ENTRY) return;
  LakeTransaction& transaction = lake_transaction(context, catalog);
  for (const std::string& table : transaction.table_names(*this)) {
    if (auto entry = transaction.find_table(*this, table, {})) callback(*entry);
  }
}

void LakeSchema::Scan(dk::CatalogType, const std::function<void(dk::CatalogEntry&)>&) {
  refuse("entries outside of a transaction");
}

dk::optional_ptr<dk::CatalogEntry> LakeSchema::LookupEntry(dk::CatalogTransaction transaction,
                                                           const dk::EntryLookupInfo& lookup) {
  if (lookup.GetCatalogType() != dk::CatalogType::TABLE_ENTRY) return nullptr;
  auto& lake = lake_transaction(transaction.GetContext(), catalog);
  return lake.find_table(*this, lookup.GetEntryName(), parse_version(lookup.GetAtClause()));
}

dk::optional_ptr<dk::CatalogEntry> LakeSchema::CreateTable(dk::CatalogTransaction transaction,
                                                           dk::BoundCreateTableInfo& bound) {
  auto& info = bound.Base();
  auto& lake_txn = lake_transaction(transaction.GetContext(), catalog);
  if (auto existing = lake_txn.find_table(*this, info.table, {})) {
    if (info.on_conflict == dk::OnCreateConflict::IGNORE_ON_CONFLICT) return nullptr;
    if (info.on_conflict == dk::OnCreateConflict::REPLACE_ON_CONFLICT) {
      throw_error(unsupported("CREATE OR REPLACE TABLE: drop the table first"));
    }
    throw_error(
        already_exists("table `{}` exists already", iceberg::to_string(existing->identifier())));
  }
  auto creation = value_or_throw(make_table_creation(info));
  auto& lake = *static_cast<LakeCatalog&>(catalog).lake();
  lake_txn.add_created(value_or_throw(lake.catalog.stage_table({space_, info.table}, creation)));
  return lake_txn.find_table(*this, info.table, {});
}

void LakeSchema::DropEntry(dk::ClientContext& context, dk::DropInfo& info) {
  refuse_in_transaction(context, "DROP TABLE");
  if (info.type != dk::CatalogType::TABLE_ENTRY) refuse("such entries");
  auto& lake = *static_cast<LakeCatalog&>(catalog).lake();
  auto table = lake_transaction(context, catalog).find_table(*this, info.name, {});
  if (!table) {
    if (info.if_not_found == dk::OnEntryNotFound::RETURN_NULL) return;
    throw_error(not_found("table `{}.{}` does not exist", name, info.name));
  }
  value_or_throw(lake.catalog.drop_table(table->identifier(), iceberg::DropMode::Purge));
}

dk::optional_ptr<dk::CatalogEntry> LakeSchema::CreateIndex(dk::CatalogTransaction,
                                                           dk::CreateIndexInfo&,
                                                           dk::TableCatalogEntry&) {
  refuse("indexes");
}
dk::optional_ptr<dk::CatalogEntry> LakeSchema::CreateFunction(dk::CatalogTransaction,
                                                              dk::CreateFunctionInfo&) {
  refuse("functions");
}
dk::optional_ptr<dk::CatalogEntry> LakeSchema::CreateView(dk::CatalogTransaction,
                                                          dk::CreateViewInfo&) {
  refuse("views of DuckDB");
}
dk::optional_ptr<dk::CatalogEntry> LakeSchema::CreateSequence(dk::CatalogTransaction,
                                                              dk::CreateSequenceInfo&) {
  refuse("sequences");
}
dk::optional_ptr<dk::CatalogEntry> LakeSchema::CreateTableFunction(dk::CatalogTransaction,
                                                                   dk::CreateTableFunctionInfo&) {
  refuse("table functions");
}
dk::optional_ptr<dk::CatalogEntry> LakeSchema::CreateCopyFunction(dk::CatalogTransaction,
                                                                  dk::CreateCopyFunctionInfo&) {
  refuse("copy functions");
}
dk::optional_ptr<dk::CatalogEntry> LakeSchema::CreatePragmaFunction(dk::CatalogTransaction,
                                                                    dk::CreatePragmaFunctionInfo&) {
  refuse("pragmas");
}
dk::optional_ptr<dk::CatalogEntry> LakeSchema::CreateCollation(dk::CatalogTransaction,
                                                               dk::CreateCollationInfo&) {
  refuse("collations");
}
dk::optional_ptr<dk::CatalogEntry> LakeSchema::CreateType(dk::CatalogTransaction,
                                                          dk::CreateTypeInfo&) {
  refuse("types of its own");
}
void LakeSchema::Alter(dk::CatalogTransaction, dk::AlterInfo&) {
  throw_error(
      unsupported("ALTER TABLE through the engine: tables of a lake change by their own "
                  "catalog"));
}

dk::optional_ptr<dk::SchemaCatalogEntry> LakeCatalog::LookupSchema(
    dk::CatalogTransaction transaction, const dk::EntryLookupInfo& lookup,
    dk::OnEntryNotFound if_not_found) {
  auto& lake = lake_transaction(transaction.GetContext(), *this);
  auto schema = lake.find_schema(lookup.GetEntryName());
  if (!schema && if_not_found == dk::OnEntryNotFound::THROW_EXCEPTION) {
    throw_error(not_found("schema `{}.{}` does not exist", GetName(), lookup.GetEntryName()));
  }
  return schema;
}

void LakeCatalog::ScanSchemas(dk::ClientContext& context,
                              std::function<void(dk::SchemaCatalogEntry&)> callback) {
  for (LakeSchema& schema : lake_transaction(context, *this).all_schemas()) callback(schema);
}

dk::optional_ptr<dk::CatalogEntry> LakeCatalog::CreateSchema(dk::CatalogTransaction transaction,
                                                             dk::CreateSchemaInfo& info) {
  auto& context = transaction.GetContext();
  refuse_in_transaction(context, "CREATE SCHEMA");
  auto& lake_txn = lake_transaction(context, *this);
  auto created = lake_->catalog.create_namespace(namespace_of(info.schema), {});
  if (!created) {
    if (created.error().code == ErrorCode::AlreadyExists &&
        info.on_conflict == dk::OnCreateConflict::IGNORE_ON_CONFLICT) {
      return nullptr;
    }
    throw_error(created.error());
  }
  lake_txn.forget_schema(info.schema);
  return lake_txn.find_schema(info.schema);
}

void LakeCatalog::DropSchema(dk::ClientContext& context, dk::DropInfo& info) {
  refuse_in_transaction(context, "DROP SCHEMA");
  if (info.cascade) throw_error(unsupported("DROP SCHEMA … CASCADE: drop the tables first"));
  auto dropped = lake_->catalog.drop_namespace(namespace_of(info.name));
  if (!dropped && !(dropped.error().code == ErrorCode::NotFound &&
                    info.if_not_found == dk::OnEntryNotFound::RETURN_NULL)) {
    throw_error(dropped.error());
  }
  lake_transaction(context, *this).forget_schema(info.name);
}

}  // namespace tarn::duckdb
