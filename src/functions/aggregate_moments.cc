// SPDX-License-Identifier: Apache-2.0
// Variance and its relatives, correlation and linear regression, by updates of central moments
// that stay exact for large means.
#include <cmath>

#include "functions/aggregate_rows.h"
#include "functions/lists.h"
#include "functions/moments.h"

namespace tarn::functions {

namespace {

using types::TypeKind;
using types::Value;

double number_of_value(const Value& value) {
  return std::holds_alternative<double>(value.data) ? value.as_double()
                                                    : static_cast<double>(value.as_int());
}

template <typename State>
State state_of(const GroupRows& rows) {
  State out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i][0].is_null()) out.add(number_of_value(rows[i][0]));
  }
  return out;
}

template <auto kResult, bool kRoot = false>
BoundFunction bind_variance(const CallSignature&) {
  return over_rows(false, [](const GroupRows& rows) -> Result<Value> {
    const auto result = (state_of<Variance>(rows).*kResult)();
    if (!result) return Value();
    return Value(kRoot ? std::sqrt(*result) : *result);
  });
}

template <auto kResult>
BoundFunction bind_moments(const CallSignature&) {
  return over_rows(false, [](const GroupRows& rows) -> Result<Value> {
    const auto result = (state_of<Moments>(rows).*kResult)();
    return result ? Value(*result) : Value();
  });
}

PairMoments pair_moments_of(const GroupRows& rows) {
  PairMoments out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows[i];
    if (row[0].is_null() || row[1].is_null()) continue;
    out.add(number_of_value(row[0]), number_of_value(row[1]));
  }
  return out;
}

template <PairResult kResult>
BoundFunction bind_pairs(const CallSignature& signature) {
  const bool real = signature.result.is(TypeKind::Real);
  return over_rows(true, [real](const GroupRows& rows) -> Result<Value> {
    const auto result = kResult(pair_moments_of(rows));
    if (!result) return Value();
    return Value(real ? static_cast<double>(static_cast<float>(*result)) : *result);
  });
}

constexpr FunctionEntry kAggregateMomentFunctions[] = {
    {"$final_var_pop", bind_variance<&Variance::population>},
    {"$final_var_samp", bind_variance<&Variance::sample>},
    {"$final_variance", bind_variance<&Variance::sample>},
    {"$final_stddev_pop", bind_variance<&Variance::population, true>},
    {"$final_stddev_samp", bind_variance<&Variance::sample, true>},
    {"$final_stddev", bind_variance<&Variance::sample, true>},
    {"$final_skewness", bind_moments<&Moments::skewness>},
    {"$final_kurtosis", bind_moments<&Moments::kurtosis>},
    {"$final_corr", bind_pairs<corr>},
    {"$final_covar_pop", bind_pairs<covar_pop>},
    {"$final_covar_samp", bind_pairs<covar_samp>},
    {"$final_regr_slope", bind_pairs<regr_slope>},
    {"$final_regr_intercept", bind_pairs<regr_intercept>},
    {"$final_regr_avgx", bind_pairs<regr_avgx>},
    {"$final_regr_avgy", bind_pairs<regr_avgy>},
    {"$final_regr_count", bind_pairs<regr_count>},
    {"$final_regr_r2", bind_pairs<regr_r2>},
    {"$final_regr_sxx", bind_pairs<regr_sxx>},
    {"$final_regr_sxy", bind_pairs<regr_sxy>},
    {"$final_regr_syy", bind_pairs<regr_syy>},
};

}  // namespace

FunctionList aggregate_moment_functions() { return kAggregateMomentFunctions; }

}  // namespace tarn::functions
