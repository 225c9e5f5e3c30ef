// SPDX-License-Identifier: Apache-2.0
// What the vectorized functions share: loops over the rows of a chunk that compute the plain case
// at once and leave every other row to the function over rows, so that results and errors stay the
// same. Internal: shows DuckDB's types.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "duckdb/native.h"
#include "duckdb/value_reader.h"
#include "duckdb/vector_function.h"
#include "functions/registry.h"

namespace tarn::duckdb {

// The function over rows of the same signature. Shared by threads.
struct RowCall {
  functions::CallSignature signature;
  functions::BoundFunction function;
};
// nullptr if there is none.
std::shared_ptr<const RowCall> make_row_call(const functions::CallSignature& signature);

// Throws the error of a call, named.
[[noreturn]] void throw_call_error(const functions::CallSignature& signature, Error error);

// One chunk.
class RowFallback {
 public:
  RowFallback(const RowCall& call, dk::DataChunk& arguments) : call_(call), arguments_(arguments) {}

  // Computes one row with the function over rows and writes it.
  void compute(dk::idx_t row, dk::Vector& result);

 private:
  const RowCall& call_;
  dk::DataChunk& arguments_;
  std::vector<ValueReader> readers_;
  std::vector<types::Value> values_;
};

// How many rows are to be computed; makes `result` flat, or constant in the end.
class ResultRows {
 public:
  ResultRows(dk::DataChunk& arguments, dk::Vector& result)
      : result_(result),
        constant_(arguments.AllConstant() && arguments.size() > 0),
        count_(constant_ ? 1 : arguments.size()) {
    result.SetVectorType(dk::VectorType::FLAT_VECTOR);
  }
  ~ResultRows() {
    if (constant_) result_.SetVectorType(dk::VectorType::CONSTANT_VECTOR);
  }
  ResultRows(const ResultRows&) = delete;
  ResultRows& operator=(const ResultRows&) = delete;
  dk::idx_t count() const { return count_; }

 private:
  dk::Vector& result_;
  bool constant_;
  dk::idx_t count_;
};

// `op(a, out)` and `op(a, b, out)` give false for rows that they leave to the function over rows.
template <typename A, typename R, typename Op>
VectorRun unary_run(std::shared_ptr<const RowCall> call, Op op) {
  return [call = std::move(call), op](dk::DataChunk& arguments, dk::Vector& result) {
    const ResultRows rows(arguments, result);
    dk::UnifiedVectorFormat a;
    arguments.data[0].ToUnifiedFormat(rows.count(), a);
    const auto* values = dk::UnifiedVectorFormat::GetData<A>(a);
    auto* out = dk::FlatVector::GetData<R>(result);
    RowFallback fallback(*call, arguments);
    for (dk::idx_t row = 0; row < rows.count(); ++row) {
      const dk::idx_t at = a.sel->get_index(row);
      if (!a.validity.RowIsValid(at)) {
        dk::FlatVector::SetNull(result, row, true);
      } else if (!op(values[at], out[row])) {
        fallback.compute(row, result);
      }
    }
  };
}

template <typename A, typename B, typename R, typename Op>
VectorRun binary_run(std::shared_ptr<const RowCall> call, Op op) {
  return [call = std::move(call), op](dk::DataChunk& arguments, dk::Vector& result) {
    const ResultRows rows(arguments, result);
    dk::UnifiedVectorFormat a;
    dk::UnifiedVectorFormat b;
    arguments.data[0].ToUnifiedFormat(rows.count(), a);
    arguments.data[1].ToUnifiedFormat(rows.count(), b);
    const auto* left = dk::UnifiedVectorFormat::GetData<A>(a);
    const auto* right = dk::UnifiedVectorFormat::GetData<B>(b);
    auto* out = dk::FlatVector::GetData<R>(result);
    RowFallback fallback(*call, arguments);
    for (dk::idx_t row = 0; row < rows.count(); ++row) {
      const dk::idx_t at = a.sel->get_index(row);
      const dk::idx_t other = b.sel->get_index(row);
      if (!a.validity.RowIsValid(at) || !b.validity.RowIsValid(other)) {
        dk::FlatVector::SetNull(result, row, true);
      } else if (!op(left[at], right[other], out[row])) {
        fallback.compute(row, result);
      }
    }
  };
}

// One list of functions a file; nullopt for others.
std::optional<VectorFunction> find_decimal_function(const functions::CallSignature& signature);
std::optional<VectorFunction> find_number_function(const functions::CallSignature& signature);
std::optional<VectorFunction> find_text_function(const functions::CallSignature& signature);

}  // namespace tarn::duckdb
