// SPDX-License-Identifier: Apache-2.0
#include "duckdb/vector_function.h"

#include <algorithm>
#include <array>

#include "duckdb/value_writer.h"
#include "duckdb/vector_rows.h"
#include "types/error_name.h"

namespace tarn::duckdb {

std::shared_ptr<const RowCall> make_row_call(const functions::CallSignature& signature) {
  auto bound = functions::bind_function(signature);
  if (!bound || bound->sees_nulls) return nullptr;
  return std::make_shared<RowCall>(RowCall{signature, *std::move(bound)});
}

// Inside of `try(…)` DuckDB takes NULL for errors of its type InvalidInput: Trino does for these.
void throw_call_error(const functions::CallSignature& signature, Error error) {
  constexpr std::array kCaught = {"DIVISION_BY_ZERO", "INVALID_CAST_ARGUMENT",
                                  "INVALID_FUNCTION_ARGUMENT", "NUMERIC_VALUE_OUT_OF_RANGE"};
  if (error.code == ErrorCode::InvalidInput) {
    const bool cast = signature.name == "$cast";
    error = types::with_name(std::move(error),
                             cast ? "INVALID_CAST_ARGUMENT" : "INVALID_FUNCTION_ARGUMENT", {});
  }
  const types::NamedError named = types::split_error(error);
  if (error.code == ErrorCode::Cancelled ||
      std::find(kCaught.begin(), kCaught.end(), named.name) != kCaught.end()) {
    throw_error(error);
  }
  throw_uncaught_error(error);
}

void RowFallback::compute(dk::idx_t row, dk::Vector& result) {
  if (readers_.empty()) {
    readers_.reserve(arguments_.ColumnCount());
    for (dk::idx_t i = 0; i < arguments_.ColumnCount(); ++i) {
      readers_.emplace_back(call_.signature.arguments[i], arguments_.data[i], arguments_.size());
    }
    values_.resize(readers_.size());
  }
  for (std::size_t i = 0; i < readers_.size(); ++i) readers_[i].read(row, values_[i]);
  auto answer = call_.function.call(values_);
  if (!answer) throw_call_error(call_.signature, std::move(answer).error());
  write_value(call_.signature.result, *answer, result, row);
}

std::optional<VectorFunction> find_vector_function(const functions::CallSignature& signature) {
  if (auto found = find_decimal_function(signature)) return found;
  if (auto found = find_number_function(signature)) return found;
  return find_text_function(signature);
}

}  // namespace tarn::duckdb
