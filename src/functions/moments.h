// SPDX-License-Identifier: Apache-2.0
// Central moments of numbers and of pairs, kept so that large means cost no digits, and what
// Trino's aggregates make of them. Plain data: states of aggregates may be copied as bytes.
#pragma once

#include <cmath>
#include <optional>

namespace tarn::functions {

struct Variance {
  double count = 0;
  double mean = 0;
  double second = 0;  // sum of squared distances from the mean

  void add(double value) {
    ++count;
    const double delta = value - mean;
    mean += delta / count;
    second += delta * (value - mean);
  }
  void combine(const Variance& other) {
    if (other.count == 0) return;
    const double total = count + other.count;
    const double delta = other.mean - mean;
    second += other.second + delta * delta * count * other.count / total;
    mean += delta * other.count / total;
    count = total;
  }

  std::optional<double> population() const {
    if (count < 1) return std::nullopt;
    return second / count;
  }
  std::optional<double> sample() const {
    if (count < 2) return std::nullopt;
    return second / (count - 1);
  }
};

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
  void combine(const Moments& other) {
    if (other.count == 0) return;
    const double a = count;
    const double b = other.count;
    const double n = a + b;
    const double delta = other.mean - mean;
    const double step = delta / n;
    fourth += other.fourth + delta * step * step * step * a * b * (a * a - a * b + b * b) +
              6 * step * step * (a * a * other.second + b * b * second) +
              4 * step * (a * other.third - b * third);
    third += other.third + delta * step * step * a * b * (a - b) +
             3 * step * (a * other.second - b * second);
    second += other.second + delta * step * a * b;
    mean += step * b;
    count = n;
  }

  std::optional<double> skewness() const {
    if (count < 3) return std::nullopt;
    return std::sqrt(count) * third / std::pow(second, 1.5);
  }
  std::optional<double> kurtosis() const {
    const double n = count;
    if (n < 4) return std::nullopt;
    return ((n - 1) * n * (n + 1)) / ((n - 2) * (n - 3)) * fourth / (second * second) -
           3 * ((n - 1) * (n - 1)) / ((n - 2) * (n - 3));
  }
};

// Of pairs (y, x), as the arguments of the aggregates stand.
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
  void combine(const PairMoments& other) {
    if (other.count == 0) return;
    const double total = count + other.count;
    const double weight = count * other.count / total;
    const double delta_x = other.mean_x - mean_x;
    const double delta_y = other.mean_y - mean_y;
    product += other.product + delta_x * delta_y * weight;
    square_x += other.square_x + delta_x * delta_x * weight;
    square_y += other.square_y + delta_y * delta_y * weight;
    mean_x += delta_x * other.count / total;
    mean_y += delta_y * other.count / total;
    count = total;
  }
};

using PairResult = std::optional<double> (*)(const PairMoments&);

inline std::optional<double> if_finite(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}
inline std::optional<double> if_any(const PairMoments& m, double value) {
  if (m.count < 1) return std::nullopt;
  return value;
}

inline std::optional<double> corr(const PairMoments& m) {
  return if_finite(m.product / std::sqrt(m.square_x) / std::sqrt(m.square_y));
}
inline std::optional<double> covar_pop(const PairMoments& m) {
  return if_any(m, m.product / m.count);
}
inline std::optional<double> covar_samp(const PairMoments& m) {
  if (m.count < 2) return std::nullopt;
  return m.product / (m.count - 1);
}
inline std::optional<double> regr_slope(const PairMoments& m) {
  return if_finite(m.product / m.square_x);
}
inline std::optional<double> regr_intercept(const PairMoments& m) {
  return if_finite(m.mean_y - m.product / m.square_x * m.mean_x);
}
inline std::optional<double> regr_avgx(const PairMoments& m) { return if_any(m, m.mean_x); }
inline std::optional<double> regr_avgy(const PairMoments& m) { return if_any(m, m.mean_y); }
inline std::optional<double> regr_count(const PairMoments& m) { return m.count; }
inline std::optional<double> regr_r2(const PairMoments& m) {
  if (m.square_x == 0) return std::nullopt;
  if (m.square_y == 0) return 1.0;
  return if_finite(m.product * m.product / (m.square_x * m.square_y));
}
inline std::optional<double> regr_sxx(const PairMoments& m) { return if_any(m, m.square_x); }
inline std::optional<double> regr_sxy(const PairMoments& m) { return if_any(m, m.product); }
inline std::optional<double> regr_syy(const PairMoments& m) { return if_any(m, m.square_y); }

}  // namespace tarn::functions
