// SPDX-License-Identifier: Apache-2.0
// Distributions, intervals and vectors.
#include <cmath>
#include <numbers>
#include <optional>
#include <unordered_map>

#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

// The continued fraction of the incomplete beta function, by Lentz's method.
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr double kPrecision = 1e-16;
  const auto guarded = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / guarded(1 - (a + b) * x / (a + 1));
  double result = d;
  for (int m = 1; m < 100'000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    result *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    const double step = d * c;
    result *= step;
    if (std::abs(step - 1) < kPrecision) break;
  }
  return result;
}

// I_x(a, b).
double regularized_beta(double x, double a, double b) {
  if (std::isnan(x) || std::isnan(a) || std::isnan(b)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double log_beta = std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
  const double front = std::exp(a * std::log(x) + b * std::log1p(-x) - log_beta);
  if (x <= (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

// The root of an increasing function between 0 and 1 by Brent's method, with the tolerances of
// Trino's solver: results agree with its own beyond the tolerance.
template <typename Function>
double find_root(const Function& function) {
  constexpr double kAbsolute = 1e-9;
  constexpr double kRelative = 1e-14;
  double a = 0.5;
  double fa = function(a);
  if (std::abs(fa) <= 1e-15) return a;
  double b = 0;
  double fb = function(b);
  if (std::abs(fb) <= 1e-15) return b;
  if (fa * fb < 0) {
    std::swap(a, b);
    std::swap(fa, fb);
  } else {
    b = 1;
    fb = function(b);
    if (std::abs(fb) <= 1e-15) return b;
  }
  double c = a;
  double fc = fa;
  double step = b - a;
  double before = step;
  while (true) {
    if (std::abs(fc) < std::abs(fb)) {
      a = b;
      b = c;
      c = a;
      fa = fb;
      fb = fc;
      fc = fa;
    }
    const double tolerance = 2 * kRelative * std::abs(b) + kAbsolute;
    const double middle = 0.5 * (c - b);
    if (std::abs(middle) <= tolerance || fb == 0) return b;
    double p = 0;
    double q = 1;
    bool halve = std::abs(before) < tolerance || std::abs(fa) <= std::abs(fb);
    if (!halve) {
      const double s = fb / fa;
      if (a == c) {
        p = 2 * middle * s;
        q = 1 - s;
      } else {
        const double t = fa / fc;
        const double r = fb / fc;
        p = s * (2 * middle * t * (t - r) - (b - a) * (r - 1));
        q = (t - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) {
        q = -q;
      } else {
        p = -p;
      }
      halve = p >= 1.5 * middle * q - std::abs(tolerance * q) || p >= std::abs(0.5 * before * q);
    }
    before = halve ? middle : step;
    step = halve ? middle : p / q;
    a = b;
    fa = fb;
    b += std::abs(step) > tolerance ? step : middle > 0 ? tolerance : -tolerance;
    fb = function(b);
    if ((fb > 0) == (fc > 0)) {
      c = a;
      fc = fa;
      step = b - a;
      before = step;
    }
  }
}

// The inverse of erf: a first guess, then Newton's steps.
double inverse_erf(double y) {
  if (y <= -1) return -std::numeric_limits<double>::infinity();
  if (y >= 1) return std::numeric_limits<double>::infinity();
  if (y == 0) return 0;
  const double logarithm = std::log1p(-y * y);
  constexpr double kWinitzki = 0.147;
  const double first = 2 / (std::numbers::pi * kWinitzki) + logarithm / 2;
  double x = std::copysign(std::sqrt(std::sqrt(first * first - logarithm / kWinitzki) - first), y);
  for (int i = 0; i < 6; ++i) {
    const double error = y > 0.5    ? (1 - y) - std::erfc(x)
                         : y < -0.5 ? std::erfc(-x) - (1 + y)
                                    : std::erf(x) - y;
    const double slope = 2 / std::sqrt(std::numbers::pi) * std::exp(-x * x);
    if (slope == 0) break;
    const double delta = error / slope;
    x -= delta / (1 + x * delta);
  }
  return x;
}

Result<Value> normal_cdf(Arguments values) {
  const double mean = values[0].as_double();
  const double deviation = values[1].as_double();
  const double value = values[2].as_double();
  if (!(deviation > 0)) return invalid_argument("standardDeviation must be > 0");
  return Value(0.5 * (1 + std::erf((value - mean) / (deviation * std::sqrt(2.0)))));
}

Result<Value> inverse_normal_cdf(Arguments values) {
  const double mean = values[0].as_double();
  const double deviation = values[1].as_double();
  const double p = values[2].as_double();
  if (!(p > 0 && p < 1)) return invalid_argument("p must be 0 > p > 1");
  if (!(deviation > 0)) return invalid_argument("sd must be > 0");
  return Value(mean + deviation * 1.4142135623730951 * inverse_erf(2 * p - 1));
}

Result<Value> beta_cdf(Arguments values) {
  const double a = values[0].as_double();
  const double b = values[1].as_double();
  const double value = values[2].as_double();
  if (!(value >= 0 && value <= 1)) return invalid_argument("value must be 0 >= v >= 1");
  if (!(a > 0 && b > 0)) return invalid_argument("a, b must be > 0");
  return Value(regularized_beta(value, a, b));
}

Result<Value> inverse_beta_cdf(Arguments values) {
  const double a = values[0].as_double();
  const double b = values[1].as_double();
  const double p = values[2].as_double();
  if (!(p >= 0 && p <= 1)) return invalid_argument("p must be 0 >= p >= 1");
  if (!(a > 0 && b > 0)) return invalid_argument("a, b must be > 0");
  if (p == 0 || p == 1) return values[2];
  return Value(find_root([&](double x) { return regularized_beta(x, a, b) - p; }));
}

Result<Value> t_cdf(Arguments values) {
  const double x = values[0].as_double();
  const double freedom = values[1].as_double();
  if (!(freedom > 0)) return invalid_argument("df must be greater than 0");
  if (x == 0) return Value(0.5);
  const double tail = 0.5 * regularized_beta(freedom / (freedom + x * x), 0.5 * freedom, 0.5);
  return Value(x < 0 ? tail : 1 - tail);
}

Result<Value> t_pdf(Arguments values) {
  const double x = values[0].as_double();
  const double freedom = values[1].as_double();
  if (!(freedom > 0)) return invalid_argument("df must be greater than 0");
  const double half = (freedom + 1) / 2;
  const double factor = std::lgamma(half) - 0.5 * (std::log(std::numbers::pi) + std::log(freedom)) -
                        std::lgamma(freedom / 2);
  return Value(std::exp(factor - half * std::log(1 + x * x / freedom)));
}

// One bound of Wilson's score interval.
template <int sign>
Result<Value> wilson_interval(Arguments values) {
  const std::int64_t successes = values[0].as_int();
  const std::int64_t trials = values[1].as_int();
  const double z = values[2].as_double();
  if (successes < 0) return invalid_argument("number of successes must not be negative");
  if (trials <= 0) return invalid_argument("number of trials must be positive");
  if (successes > trials) {
    return invalid_argument("number of successes must not be larger than number of trials");
  }
  if (!(z >= 0)) return invalid_argument("z-score must not be negative");
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double root = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return Value((p + z * z / (2 * n) + sign * root) / (1 + z * z / n));
}

struct VectorSums {
  double left = 0;
  double right = 0;
  double product = 0;
  double distance = 0;
};

Result<VectorSums> vector_sums(Arguments values) {
  const std::vector<Value>& left = values[0].as_list();
  const std::vector<Value>& right = values[1].as_list();
  if (left.size() != right.size()) {
    return invalid_argument("The arguments must have the same length");
  }
  VectorSums sums;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].is_null() || right[i].is_null()) {
      return types::named_error("NOT_SUPPORTED", {}, "NULL in a vector is not supported");
    }
    const double a = left[i].as_double();
    const double b = right[i].as_double();
    sums.left += a * a;
    sums.right += b * b;
    sums.product += a * b;
    sums.distance += (a - b) * (a - b);
  }
  return sums;
}

Result<double> vector_similarity(Arguments values) {
  const VectorSums sums = TRY(vector_sums(values));
  if (sums.left == 0 || sums.right == 0) {
    return invalid_argument("Vector magnitude cannot be zero");
  }
  return sums.product / std::sqrt(sums.left * sums.right);
}

Result<Value> dot_product(Arguments values) { return Value(TRY(vector_sums(values)).product); }
Result<Value> euclidean_distance(Arguments values) {
  return Value(std::sqrt(TRY(vector_sums(values)).distance));
}
Result<Value> cosine_similarity(Arguments values) { return Value(TRY(vector_similarity(values))); }
Result<Value> cosine_distance(Arguments values) {
  return Value(1.0 - TRY(vector_similarity(values)));
}

// Sparse vectors: maps from names to numbers. Nullopt for a NULL among the numbers.
std::optional<double> map_similarity(Arguments values) {
  double norms[2] = {0, 0};
  for (std::size_t side = 0; side < 2; ++side) {
    const std::vector<Value>& map = values[side].as_list();
    for (std::size_t i = 1; i < map.size(); i += 2) {
      if (map[i].is_null()) return std::nullopt;
      norms[side] += map[i].as_double() * map[i].as_double();
    }
  }
  const std::vector<Value>& left = values[0].as_list();
  const std::vector<Value>& right = values[1].as_list();
  std::unordered_map<std::string_view, double> by_name;
  for (std::size_t i = 0; i + 1 < right.size(); i += 2) {
    by_name.emplace(right[i].as_text(), right[i + 1].as_double());
  }
  double product = 0;
  for (std::size_t i = 0; i + 1 < left.size(); i += 2) {
    const auto found = by_name.find(left[i].as_text());
    if (found != by_name.end()) product += left[i + 1].as_double() * found->second;
  }
  return product / (std::sqrt(norms[0]) * std::sqrt(norms[1]));
}

Result<Value> map_cosine_similarity(Arguments values) {
  const auto similarity = map_similarity(values);
  return similarity ? Value(*similarity) : Value();
}

Result<Value> map_cosine_distance(Arguments values) {
  const auto similarity = map_similarity(values);
  return similarity ? Value(1.0 - *similarity) : Value();
}

constexpr FunctionEntry kMathStatisticsFunctions[] = {
    {"beta_cdf", takes<beta_cdf, Double, Double, Double>},
    {"cosine_distance", takes<cosine_distance, Array, Array>},
    {"cosine_distance", takes<map_cosine_distance, Map, Map>},
    {"cosine_similarity", takes<cosine_similarity, Array, Array>},
    {"cosine_similarity", takes<map_cosine_similarity, Map, Map>},
    {"dot_product", takes<dot_product, Array, Array>},
    {"euclidean_distance", takes<euclidean_distance, Array, Array>},
    {"inverse_beta_cdf", takes<inverse_beta_cdf, Double, Double, Double>},
    {"inverse_normal_cdf", takes<inverse_normal_cdf, Double, Double, Double>},
    {"normal_cdf", takes<normal_cdf, Double, Double, Double>},
    {"t_cdf", takes<t_cdf, Double, Double>},
    {"t_pdf", takes<t_pdf, Double, Double>},
    {"wilson_interval_lower", takes<wilson_interval<-1>, BigInt, BigInt, Double>},
    {"wilson_interval_upper", takes<wilson_interval<1>, BigInt, BigInt, Double>},
};

}  // namespace

FunctionList math_statistics_functions() { return kMathStatisticsFunctions; }

}  // namespace tarn::functions
