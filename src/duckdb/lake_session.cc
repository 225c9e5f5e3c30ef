// SPDX-License-Identifier: Apache-2.0
#include "duckdb/lake_session.h"

#include "duckdb/lake_catalog.h"
#include "duckdb/lake_transaction.h"
#include "duckdb/native.h"

namespace tarn::duckdb {
namespace {

LakeTransaction& transaction_of(Connection& connection, const std::string& lake) {
  dk::ClientContext& context = *connection.impl().connection.context;
  return lake_transaction(context, dk::Catalog::GetCatalog(context, lake));
}

}  // namespace

Result<iceberg::LoadedTable> pin_table(Connection& connection, const std::string& lake,
                                       iceberg::LoadedTable table) {
  return guard([&]() -> Result<iceberg::LoadedTable> {
    return transaction_of(connection, lake).pin(std::move(table));
  });
}

Result<std::optional<std::int64_t>> delete_whole_files(Connection& connection,
                                                       const std::string& lake,
                                                       const iceberg::TableIdentifier& table,
                                                       const iceberg::Expression& filter) {
  return guard([&]() -> Result<std::optional<std::int64_t>> {
    return transaction_of(connection, lake).delete_whole_files(table, filter);
  });
}

}  // namespace tarn::duckdb
