// SPDX-License-Identifier: Apache-2.0
#include "duckdb/typed_rows.h"

#include "duckdb/cancel_watch.h"
#include "duckdb/statement.h"
#include "duckdb/trino_error.h"
#include "duckdb/value_reader.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::duckdb {
namespace {

Result<void> check_columns(const dk::QueryResult& result, const std::vector<types::Type>& types) {
  if (result.types.size() != types.size()) {
    return types::named_error("GENERIC_INTERNAL_ERROR", {},
                              "the engine gives {} columns instead of {}", result.types.size(),
                              types.size());
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i].is(types::TypeKind::Unknown)) continue;
    const dk::LogicalType wanted = TRY(to_physical_type(types[i]));
    if (wanted == result.types[i]) continue;
    return types::named_error("GENERIC_INTERNAL_ERROR", {},
                              "the engine gives {} for column {} of type {}",
                              result.types[i].ToString(), i + 1, types::to_string(types[i]));
  }
  return {};
}

}  // namespace

struct TypedRows::Impl {
  std::vector<types::Type> types;
  dk::unique_ptr<dk::QueryResult> result;
  const Cancel* cancel = nullptr;
  std::unique_ptr<CancelWatch> watch;

  Result<std::vector<TypedRow>> next() {
    while (result != nullptr) {
      if (cancel != nullptr) TRY(cancel->check());
      auto chunk = result->Fetch();
      if (result->HasError()) return to_error(result->GetErrorObject());
      if (chunk == nullptr) break;
      if (chunk->size() > 0) return rows_of(*chunk);
    }
    result.reset();
    watch.reset();
    return std::vector<TypedRow>();
  }

  // Column by column: the types are looked at once.
  std::vector<TypedRow> rows_of(dk::DataChunk& chunk) const {
    std::vector<TypedRow> rows(chunk.size());
    for (TypedRow& row : rows) row.resize(types.size());
    for (std::size_t column = 0; column < types.size(); ++column) {
      if (types[column].is(types::TypeKind::Unknown)) continue;
      const ValueReader reader(types[column], chunk.data[column], chunk.size());
      for (std::size_t row = 0; row < rows.size(); ++row) reader.read(row, rows[row][column]);
    }
    return rows;
  }
};

TypedRows::TypedRows(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TypedRows::TypedRows(TypedRows&&) noexcept = default;
TypedRows& TypedRows::operator=(TypedRows&&) noexcept = default;
TypedRows::~TypedRows() = default;

Result<TypedRows> TypedRows::open(Connection& connection, const std::string& sql,
                                  std::vector<types::Type> types, const Cancel* cancel) {
  auto impl = std::make_unique<Impl>();
  impl->types = std::move(types);
  impl->cancel = cancel;
  impl->watch = std::make_unique<CancelWatch>(connection.impl().connection, cancel);
  impl->result = TRY(with_trino_error(run_statements(connection, sql, cancel, Delivery::Streamed)));
  if (impl->result == nullptr) impl->types.clear();
  if (impl->result != nullptr) TRY(check_columns(*impl->result, impl->types));
  return TypedRows(std::move(impl));
}

Result<std::vector<TypedRow>> TypedRows::next() {
  return with_trino_error(guard([&] { return impl_->next(); }));
}

}  // namespace tarn::duckdb
