// SPDX-License-Identifier: Apache-2.0
// Integers: division and remainder; floating-point numbers to integers; decimals to double; the
// comparisons of instants with zones and of char(n).
#include <cmath>
#include <cstring>
#include <limits>

#include "duckdb/vector_rows.h"

namespace tarn::duckdb {
namespace {

using types::Type;
using types::TypeKind;

template <typename T>
struct DivideIntegers {
  bool operator()(T a, T b, T& out) const {
    if (b == 0 || (b == -1 && a == std::numeric_limits<T>::min())) return false;
    out = static_cast<T>(a / b);
    return true;
  }
};

template <typename T>
struct ModuloIntegers {
  bool operator()(T a, T b, T& out) const {
    if (b == 0) return false;
    out = b == -1 ? T{0} : static_cast<T>(a % b);
    return true;
  }
};

template <template <typename> typename Op>
std::optional<VectorFunction> make_integer(const functions::CallSignature& signature) {
  auto call = make_row_call(signature);
  if (!call || signature.arguments.size() != 2) return std::nullopt;
  for (const Type& type : signature.arguments) {
    if (type.kind != signature.result.kind) return std::nullopt;
  }
  switch (signature.result.kind) {
    case TypeKind::TinyInt:
      return VectorFunction{
          binary_run<std::int8_t, std::int8_t, std::int8_t>(call, Op<std::int8_t>())};
    case TypeKind::SmallInt:
      return VectorFunction{
          binary_run<std::int16_t, std::int16_t, std::int16_t>(call, Op<std::int16_t>())};
    case TypeKind::Integer:
      return VectorFunction{
          binary_run<std::int32_t, std::int32_t, std::int32_t>(call, Op<std::int32_t>())};
    case TypeKind::BigInt:
      return VectorFunction{
          binary_run<std::int64_t, std::int64_t, std::int64_t>(call, Op<std::int64_t>())};
    default:
      return std::nullopt;
  }
}

// Rounds half away from zero; NaN and what is out of range is left to the function over rows.
template <typename From, typename To>
struct RoundToInteger {
  bool operator()(From value, To& out) const {
    const double rounded = std::round(static_cast<double>(value));
    // The bounds of 64 bits are no doubles: these are next to them on the safe side.
    constexpr double kMin =
        sizeof(To) == 8 ? -9.2e18 : static_cast<double>(std::numeric_limits<To>::min());
    constexpr double kMax =
        sizeof(To) == 8 ? 9.2e18 : static_cast<double>(std::numeric_limits<To>::max());
    if (!(rounded >= kMin && rounded <= kMax)) return false;
    out = static_cast<To>(rounded);
    return true;
  }
};

template <typename From>
std::optional<VectorFunction> make_rounding(const functions::CallSignature& signature) {
  auto call = make_row_call(signature);
  if (!call) return std::nullopt;
  switch (signature.result.kind) {
    case TypeKind::TinyInt:
      return VectorFunction{
          unary_run<From, std::int8_t>(call, RoundToInteger<From, std::int8_t>())};
    case TypeKind::SmallInt:
      return VectorFunction{
          unary_run<From, std::int16_t>(call, RoundToInteger<From, std::int16_t>())};
    case TypeKind::Integer:
      return VectorFunction{
          unary_run<From, std::int32_t>(call, RoundToInteger<From, std::int32_t>())};
    case TypeKind::BigInt:
      return VectorFunction{
          unary_run<From, std::int64_t>(call, RoundToInteger<From, std::int64_t>())};
    default:
      return std::nullopt;
  }
}

// Decimals of at most 18 digits are divided as doubles.
std::optional<VectorFunction> make_decimal_to_double(const functions::CallSignature& signature) {
  const Type& from = signature.arguments[0];
  auto call = make_row_call(signature);
  if (!call || from.precision > 18 || from.precision <= 9) return std::nullopt;
  const auto unit = static_cast<double>(static_cast<std::int64_t>(power_of_ten(from.scale)));
  return VectorFunction{
      unary_run<std::int64_t, double>(call, [unit](std::int64_t value, double& out) {
        out = static_cast<double>(value) / unit;
        return true;
      })};
}

enum class Comparison : std::uint8_t { Equal, NotEqual, Less, LessOrEqual };

template <typename T>
bool compare(Comparison comparison, const T& a, const T& b) {
  switch (comparison) {
    case Comparison::Equal:
      return a == b;
    case Comparison::NotEqual:
      return a != b;
    case Comparison::Less:
      return a < b;
    case Comparison::LessOrEqual:
      return a <= b;
  }
  return false;
}

// The first part of both structs decides.
VectorRun compare_instants(Comparison comparison) {
  return [comparison](dk::DataChunk& arguments, dk::Vector& result) {
    const ResultRows rows(arguments, result);
    dk::RecursiveUnifiedVectorFormat formats[2];
    for (int i = 0; i < 2; ++i) {
      dk::Vector::RecursiveToUnifiedFormat(arguments.data[i], rows.count(), formats[i]);
    }
    auto* out = dk::FlatVector::GetData<bool>(result);
    for (dk::idx_t row = 0; row < rows.count(); ++row) {
      std::int64_t micros[2] = {0, 0};
      bool valid = true;
      for (int i = 0; i < 2; ++i) {
        const auto& whole = formats[i].unified;
        const dk::idx_t at = whole.sel->get_index(row);
        valid = valid && whole.validity.RowIsValid(at);
        const auto& first = formats[i].children[0].unified;
        if (valid) {
          micros[i] =
              dk::UnifiedVectorFormat::GetData<std::int64_t>(first)[first.sel->get_index(at)];
        }
      }
      if (!valid) {
        dk::FlatVector::SetNull(result, row, true);
      } else {
        out[row] = compare(comparison, micros[0], micros[1]);
      }
    }
  };
}

// Equal texts are equal; the order of others counts blanks at the end.
VectorRun compare_chars(std::shared_ptr<const RowCall> call, Comparison comparison) {
  return binary_run<dk::string_t, dk::string_t, bool>(
      std::move(call), [comparison](const dk::string_t& a, const dk::string_t& b, bool& out) {
        const bool ordered =
            comparison == Comparison::Less || comparison == Comparison::LessOrEqual;
        const std::size_t common = std::min<std::size_t>(a.GetSize(), b.GetSize());
        const int order = std::memcmp(a.GetData(), b.GetData(), common);
        if (order == 0 && a.GetSize() != b.GetSize()) {
          if (ordered) return false;
          // No blanks at the end of either.
          out = comparison == Comparison::NotEqual;
          return true;
        }
        out = compare(comparison, order, 0);
        return true;
      });
}

std::optional<VectorFunction> make_comparison(const functions::CallSignature& signature,
                                              Comparison comparison) {
  if (signature.arguments.size() != 2) return std::nullopt;
  const Type& a = signature.arguments[0];
  const Type& b = signature.arguments[1];
  if (a.is(TypeKind::TimestampWithTimeZone) && b.is(TypeKind::TimestampWithTimeZone) &&
      a.precision <= 6 && b.precision <= 6) {
    return VectorFunction{compare_instants(comparison), false};
  }
  if (a.is(TypeKind::Char) && b.is(TypeKind::Char)) {
    if (auto call = make_row_call(signature)) {
      return VectorFunction{compare_chars(std::move(call), comparison), false};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<VectorFunction> find_number_function(const functions::CallSignature& signature) {
  const std::string& name = signature.name;
  if (name == "$divide") return make_integer<DivideIntegers>(signature);
  if (name == "$modulus" || name == "mod") return make_integer<ModuloIntegers>(signature);
  if (name == "$equal") return make_comparison(signature, Comparison::Equal);
  if (name == "$not_equal") return make_comparison(signature, Comparison::NotEqual);
  if (name == "$less_than") return make_comparison(signature, Comparison::Less);
  if (name == "$less_than_or_equal") return make_comparison(signature, Comparison::LessOrEqual);
  if (name != "$cast" || signature.arguments.size() != 1) return std::nullopt;
  const Type& from = signature.arguments[0];
  if (from.is(TypeKind::Double)) return make_rounding<double>(signature);
  if (from.is(TypeKind::Real)) return make_rounding<float>(signature);
  if (from.is(TypeKind::Decimal) && signature.result.is(TypeKind::Double)) {
    return make_decimal_to_double(signature);
  }
  return std::nullopt;
}

}  // namespace tarn::duckdb
