// SPDX-License-Identifier: Apache-2.0
// Variance and its relatives, correlation and linear regression, by updates of central moments
// that stay exact for large means.
#include <cmath>
#include <optional>

#include "functions/aggregate_rows.h"
#include "functions/lists.h"

namespace tarn::functions {

namespace {

using types::Type;
using types::TypeKind;
using types::Value;

double number_of_value(const Value& value) {
  return std::holds_alternative<double>(value.data) ? value.as_double()
                                                    : static_cast<double>(value.as_int());
}

struct Moments {
  double count = 0;
  double mean = 0;
  double second = 0;
  double third = 0;
  double fourth = 0;

  void add(double value) {
    const double before = count;
    ++count;
    const double delta = value - mean;
    const double step = delta / count;
    const double square = step * step;
    const double term = delta * step * before;
    mean += step;
    fourth +=
        term * square * (count * count - 3 * count + 3) + 6 * square * second - 4 * step * third;
    third += term * step * (count - 2) - 3 * step * second;
    second += term;
  }
};

Moments moments_of(const GroupRows& rows) {
  Moments out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i][0].is_null()) out.add(number_of_value(rows[i][0]));
  }
  return out;
}

using MomentResult = std::optional<double> (*)(const Moments&);

std::optional<double> var_pop(const Moments& m) {
  if (m.count < 1) return std::nullopt;
  return m.second / m.count;
}
std::optional<double> var_samp(const Moments& m) {
  if (m.count < 2) return std::nullopt;
  return m.second / (m.count - 1);
}
std::optional<double> root(std::optional<double> value) {
  if (!value) return std::nullopt;
  return std::sqrt(*value);
}
std::optional<double> stddev_pop(const Moments& m) { return root(var_pop(m)); }
std::optional<double> stddev_samp(const Moments& m) { return root(var_samp(m)); }
std::optional<double> skewness(const Moments& m) {
  if (m.count < 3) return std::nullopt;
  return std::sqrt(m.count) * m.third / std::pow(m.second, 1.5);
}
std::optional<double> kurtosis(const Moments& m) {
  const double n = m.count;
  if (n < 4) return std::nullopt;
  return ((n - 1) * n * (n + 1)) / ((n - 2) * (n - 3)) * m.fourth / (m.second * m.second) -
         3 * ((n - 1) * (n - 1)) / ((n - 2) * (n - 3));
}

template <MomentResult kResult>
BoundFunction bind_moments(const CallSignature&) {
  return over_rows(false, [](const GroupRows& rows) -> Result<Value> {
    const auto result = kResult(moments_of(rows));
    return result ? Value(*result) : Value();
  });
}

// Of pairs (y, x), as the arguments stand.
struct PairMoments {
  double count = 0;
  double mean_x = 0;
  double mean_y = 0;
  double square_x = 0;
  double square_y = 0;
  double product = 0;

  void add(double y, double x) {
    ++count;
    const double delta_x = x - mean_x;
    const double delta_y = y - mean_y;
    mean_x += delta_x / count;
    mean_y += delta_y / count;
    product += delta_x * (y - mean_y);
    square_x += delta_x * (x - mean_x);
    square_y += delta_y * (y - mean_y);
  }
};

PairMoments pair_moments_of(const GroupRows& rows) {
  PairMoments out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows[i];
    if (row[0].is_null() || row[1].is_null()) continue;
    out.add(number_of_value(row[0]), number_of_value(row[1]));
  }
  return out;
}

using PairResult = std::optional<double> (*)(const PairMoments&);

std::optional<double> if_finite(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}
std::optional<double> if_any(const PairMoments& m, double value) {
  if (m.count < 1) return std::nullopt;
  return value;
}
std::optional<double> corr(const PairMoments& m) {
  return if_finite(m.product / std::sqrt(m.square_x) / std::sqrt(m.square_y));
}
std::optional<double> covar_pop(const PairMoments& m) { return if_any(m, m.product / m.count); }
std::optional<double> covar_samp(const PairMoments& m) {
  if (m.count < 2) return std::nullopt;
  return m.product / (m.count - 1);
}
std::optional<double> regr_slope(const PairMoments& m) { return if_finite(m.product / m.square_x); }
std::optional<double> regr_intercept(const PairMoments& m) {
  return if_finite(m.mean_y - m.product / m.square_x * m.mean_x);
}
std::optional<double> regr_avgx(const PairMoments& m) { return if_any(m, m.mean_x); }
std::optional<double> regr_avgy(const PairMoments& m) { return if_any(m, m.mean_y); }
std::optional<double> regr_count(const PairMoments& m) { return m.count; }
std::optional<double> regr_r2(const PairMoments& m) {
  if (m.square_x == 0) return std::nullopt;
  if (m.square_y == 0) return 1.0;
  return if_finite(m.product * m.product / (m.square_x * m.square_y));
}
std::optional<double> regr_sxx(const PairMoments& m) { return if_any(m, m.square_x); }
std::optional<double> regr_sxy(const PairMoments& m) { return if_any(m, m.product); }
std::optional<double> regr_syy(const PairMoments& m) { return if_any(m, m.square_y); }

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
    {"$final_var_pop", bind_moments<var_pop>},
    {"$final_var_samp", bind_moments<var_samp>},
    {"$final_variance", bind_moments<var_samp>},
    {"$final_stddev_pop", bind_moments<stddev_pop>},
    {"$final_stddev_samp", bind_moments<stddev_samp>},
    {"$final_stddev", bind_moments<stddev_samp>},
    {"$final_skewness", bind_moments<skewness>},
    {"$final_kurtosis", bind_moments<kurtosis>},
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
