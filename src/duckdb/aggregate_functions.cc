// SPDX-License-Identifier: Apache-2.0
#include "duckdb/aggregate_functions.h"

#include <cmath>
#include <duckdb/function/aggregate_function.hpp>

#include "functions/moments.h"
#include "functions/wide_sum.h"
#include "types/error_name.h"

namespace tarn::duckdb {
namespace {

using functions::Moments;
using functions::PairMoments;
using functions::PairResult;
using functions::Variance;
using functions::WideSum;

// The parts that all states share; they have `combine`.
struct StateOperation {
  template <class State>
  static void Initialize(State& state) {
    static_assert(alignof(State) <= 8);  // as DuckDB lays them out
    state = State();
  }
  template <class State, class Operation>
  static void Combine(const State& source, State& target, dk::AggregateInputData&) {
    target.combine(source);
  }
  static bool IgnoreNull() { return true; }
};

// `kAdd` adds one input to the state.
template <auto kAdd>
struct UnaryOperation : StateOperation {
  template <class Input, class State, class Operation_>
  static void Operation(State& state, const Input& input, dk::AggregateUnaryInput&) {
    kAdd(state, input);
  }
  template <class Input, class State, class Operation_>
  static void ConstantOperation(State& state, const Input& input, dk::AggregateUnaryInput&,
                                dk::idx_t count) {
    for (dk::idx_t i = 0; i < count; ++i) kAdd(state, input);
  }
};

void set_result(std::optional<double> result, double& target, dk::AggregateFinalizeData& data) {
  if (result) {
    target = *result;
  } else {
    data.ReturnNull();
  }
}

struct LogSum {
  double sum = 0;
  double count = 0;

  void add(double value) {
    sum += std::log(value);
    ++count;
  }
  void combine(const LogSum& other) {
    sum += other.sum;
    count += other.count;
  }
  std::optional<double> mean() const {
    if (count == 0) return std::nullopt;
    return std::exp(sum / count);
  }
};

constexpr auto kAddDouble = [](auto& state, double value) { state.add(value); };

template <auto kResult, bool kRoot = false>
struct DoubleOperation : UnaryOperation<kAddDouble> {
  template <class Target, class State>
  static void Finalize(State& state, Target& target, dk::AggregateFinalizeData& data) {
    std::optional<double> result = (state.*kResult)();
    if (kRoot && result) result = std::sqrt(*result);
    set_result(result, target, data);
  }
};

template <PairResult kResult>
struct PairOperation : StateOperation {
  template <class Y, class X, class State, class Operation_>
  static void Operation(State& state, const Y& y, const X& x, dk::AggregateBinaryInput&) {
    state.add(y, x);
  }
  template <class Target, class State>
  static void Finalize(State& state, Target& target, dk::AggregateFinalizeData& data) {
    set_result(kResult(state), target, data);
  }
};

constexpr auto kAddWide = [](WideSum& state, const dk::hugeint_t& value) {
  state.add(static_cast<Int128>(
      (static_cast<UInt128>(static_cast<std::uint64_t>(value.upper)) << 64) | value.lower));
};

dk::hugeint_t to_hugeint(Int128 value) {
  dk::hugeint_t out;
  out.lower = static_cast<std::uint64_t>(value);
  out.upper = static_cast<std::int64_t>(value >> 64);
  return out;
}

struct SumOperation : UnaryOperation<kAddWide> {
  template <class Target, class State>
  static void Finalize(State& state, Target& target, dk::AggregateFinalizeData& data) {
    if (state.count == 0) return data.ReturnNull();
    const auto total = state.total();
    if (!total) {
      throw_error(types::named_error("NUMERIC_VALUE_OUT_OF_RANGE", {}, "Decimal overflow"));
    }
    target = to_hugeint(*total);
  }
};

struct AverageOperation : UnaryOperation<kAddWide> {
  template <class Target, class State>
  static void Finalize(State& state, Target& target, dk::AggregateFinalizeData& data) {
    if (state.count == 0) return data.ReturnNull();
    target = to_hugeint(state.average());
  }
};

// The scale of the argument stays.
dk::unique_ptr<dk::FunctionData> bind_decimal(
    dk::ClientContext&, dk::AggregateFunction& function,
    dk::vector<dk::unique_ptr<dk::Expression>>& arguments) {
  dk::LogicalType found = arguments[0]->return_type;
  if (found.id() == dk::LogicalTypeId::SQLNULL) found = dk::LogicalType::DECIMAL(38, 0);
  if (found.id() != dk::LogicalTypeId::DECIMAL) {
    throw dk::BinderException("tarn_sum and tarn_avg take decimals");
  }
  const auto type = dk::LogicalType::DECIMAL(38, dk::DecimalType::GetScale(found));
  const bool is_wide = found.InternalType() == dk::PhysicalType::INT128;
  function.arguments[0] = is_wide ? found : type;
  function.SetReturnType(type);
  return nullptr;
}

template <class Operation>
void add_decimal(dk::ExtensionLoader& loader, const char* name) {
  const auto type = dk::LogicalType::DECIMAL(38, 0);
  auto function =
      dk::AggregateFunction::UnaryAggregate<WideSum, dk::hugeint_t, dk::hugeint_t, Operation>(type,
                                                                                              type);
  function.name = name;
  function.arguments[0] = dk::LogicalTypeId::DECIMAL;
  function.SetBindCallback(bind_decimal);
  function.order_dependent = dk::AggregateOrderDependent::NOT_ORDER_DEPENDENT;
  loader.RegisterFunction(std::move(function));
}

template <class State, class Operation>
void add_double(dk::ExtensionLoader& loader, const char* name) {
  auto function = dk::AggregateFunction::UnaryAggregate<State, double, double, Operation>(
      dk::LogicalType::DOUBLE, dk::LogicalType::DOUBLE);
  function.name = name;
  loader.RegisterFunction(std::move(function));
}

template <PairResult kResult>
void add_pair(dk::ExtensionLoader& loader, const char* name) {
  auto function = dk::AggregateFunction::BinaryAggregate<PairMoments, double, double, double,
                                                         PairOperation<kResult>>(
      dk::LogicalType::DOUBLE, dk::LogicalType::DOUBLE, dk::LogicalType::DOUBLE);
  function.name = name;
  loader.RegisterFunction(std::move(function));
}

}  // namespace

void register_aggregates(dk::DatabaseInstance& database) {
  dk::ExtensionLoader loader(database, "tarn");
  add_decimal<SumOperation>(loader, "tarn_sum");
  add_decimal<AverageOperation>(loader, "tarn_avg");
  add_double<Variance, DoubleOperation<&Variance::population>>(loader, "tarn_var_pop");
  add_double<Variance, DoubleOperation<&Variance::sample>>(loader, "tarn_var_samp");
  add_double<Variance, DoubleOperation<&Variance::population, true>>(loader, "tarn_stddev_pop");
  add_double<Variance, DoubleOperation<&Variance::sample, true>>(loader, "tarn_stddev_samp");
  add_double<Moments, DoubleOperation<&Moments::skewness>>(loader, "tarn_skewness");
  add_double<Moments, DoubleOperation<&Moments::kurtosis>>(loader, "tarn_kurtosis");
  add_double<LogSum, DoubleOperation<&LogSum::mean>>(loader, "tarn_geometric_mean");
  add_pair<functions::corr>(loader, "tarn_corr");
  add_pair<functions::covar_pop>(loader, "tarn_covar_pop");
  add_pair<functions::covar_samp>(loader, "tarn_covar_samp");
  add_pair<functions::regr_slope>(loader, "tarn_regr_slope");
  add_pair<functions::regr_intercept>(loader, "tarn_regr_intercept");
  add_pair<functions::regr_avgx>(loader, "tarn_regr_avgx");
  add_pair<functions::regr_avgy>(loader, "tarn_regr_avgy");
  add_pair<functions::regr_count>(loader, "tarn_regr_count");
  add_pair<functions::regr_r2>(loader, "tarn_regr_r2");
  add_pair<functions::regr_sxx>(loader, "tarn_regr_sxx");
  add_pair<functions::regr_sxy>(loader, "tarn_regr_sxy");
  add_pair<functions::regr_syy>(loader, "tarn_regr_syy");
}

}  // namespace tarn::duckdb
