// SPDX-License-Identifier: Apache-2.0
// Arithmetic of decimals: in 64 bits where operands and result have at most 18 digits, else in 128.
#include <array>

#include "duckdb/vector_rows.h"
#include "functions/decimal_arithmetic.h"

namespace tarn::duckdb {
namespace {

using types::Type;
using types::TypeKind;

constexpr int kDigits64 = 18;

enum class DecimalOp : std::uint8_t { Add, Subtract, Multiply, Divide, Modulus };

struct DecimalShape {
  int scale_a = 0;
  int scale_b = 0;
};

Int128 wide_of(const dk::hugeint_t& value) {
  return static_cast<Int128>((static_cast<UInt128>(static_cast<std::uint64_t>(value.upper)) << 64) |
                             value.lower);
}
template <typename T>
Int128 wide_of(T value) {
  return value;
}

// All entries of a column as numbers of one width.
template <typename T>
class Numbers {
 public:
  Numbers(dk::Vector& vector, dk::idx_t count) {
    vector.ToUnifiedFormat(count, format_);
    switch (vector.GetType().InternalType()) {
      case dk::PhysicalType::INT16:
        fill<std::int16_t>(count);
        break;
      case dk::PhysicalType::INT32:
        fill<std::int32_t>(count);
        break;
      case dk::PhysicalType::INT64:
        fill<std::int64_t>(count);
        break;
      default:
        fill<dk::hugeint_t>(count);
    }
  }
  bool is_valid(dk::idx_t row) const {
    return format_.validity.RowIsValid(format_.sel->get_index(row));
  }
  bool all_valid() const { return format_.validity.AllValid(); }
  T operator[](dk::idx_t row) const { return numbers_[row]; }

 private:
  template <typename S>
  void fill(dk::idx_t count) {
    const auto* data = dk::UnifiedVectorFormat::GetData<S>(format_);
    if (!format_.sel->IsSet()) {
      for (dk::idx_t row = 0; row < count; ++row)
        numbers_[row] = static_cast<T>(wide_of(data[row]));
      return;
    }
    for (dk::idx_t row = 0; row < count; ++row) {
      numbers_[row] = static_cast<T>(wide_of(data[format_.sel->get_index(row)]));
    }
  }

  dk::UnifiedVectorFormat format_;
  std::array<T, STANDARD_VECTOR_SIZE> numbers_;
};

template <typename S>
void store_one(dk::Vector& result, dk::idx_t row, Int128 value) {
  dk::FlatVector::GetData<S>(result)[row] = static_cast<S>(value);
}

void store(dk::Vector& result, dk::idx_t row, Int128 value) {
  switch (result.GetType().InternalType()) {
    case dk::PhysicalType::INT16:
      return store_one<std::int16_t>(result, row, value);
    case dk::PhysicalType::INT32:
      return store_one<std::int32_t>(result, row, value);
    case dk::PhysicalType::INT64:
      return store_one<std::int64_t>(result, row, value);
    default:
      dk::FlatVector::GetData<dk::hugeint_t>(result)[row] =
          dk::hugeint_t(static_cast<std::int64_t>(value >> 64), static_cast<std::uint64_t>(value));
  }
}

// Rounded half away from zero. REQUIRES: b ≠ 0.
std::int64_t divide_rounded(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  const std::int64_t rest = a % b;
  const std::int64_t rest_size = rest < 0 ? -rest : rest;
  const std::int64_t half = b < 0 ? -b - rest_size : b - rest_size;
  if (rest_size < half) return quotient;
  return (a < 0) != (b < 0) ? quotient - 1 : quotient + 1;
}

// False: left to the function over rows (errors, numbers that grow too large on the way).
template <DecimalOp op>
struct Compute64 {
  std::int64_t factor_a = 1;
  std::int64_t factor_b = 1;

  explicit Compute64(const DecimalShape& shape) {
    const int scale = std::max(shape.scale_a, shape.scale_b);
    if constexpr (op == DecimalOp::Divide) {
      factor_a = power(scale - shape.scale_a + shape.scale_b);
    } else if constexpr (op != DecimalOp::Multiply) {
      factor_a = power(scale - shape.scale_a);
      factor_b = power(scale - shape.scale_b);
    }
  }
  // Zero where 64 bits are not enough: no row is computed then.
  static std::int64_t power(int digits) {
    return digits > kDigits64 ? 0 : static_cast<std::int64_t>(power_of_ten(digits));
  }

  bool operator()(std::int64_t a, std::int64_t b, std::int64_t& out) const {
    if (factor_a == 0 || factor_b == 0) return false;
    if constexpr (op == DecimalOp::Multiply) return !__builtin_mul_overflow(a, b, &out);
    if (__builtin_mul_overflow(a, factor_a, &a)) return false;
    if (__builtin_mul_overflow(b, factor_b, &b)) return false;
    if constexpr (op == DecimalOp::Add) return !__builtin_add_overflow(a, b, &out);
    if constexpr (op == DecimalOp::Subtract) return !__builtin_sub_overflow(a, b, &out);
    if (b == 0) return false;
    out = op == DecimalOp::Divide ? divide_rounded(a, b) : a % b;
    return true;
  }
};

template <DecimalOp op>
struct Compute128 {
  DecimalShape shape;

  explicit Compute128(const DecimalShape& the_shape) : shape(the_shape) {}

  bool operator()(Int128 a, Int128 b, Int128& out) const {
    std::optional<Int128> value;
    if constexpr (op == DecimalOp::Add) {
      value = functions::add_decimals(a, shape.scale_a, b, shape.scale_b);
    } else if constexpr (op == DecimalOp::Subtract) {
      value = functions::subtract_decimals(a, shape.scale_a, b, shape.scale_b);
    } else if constexpr (op == DecimalOp::Multiply) {
      const auto narrow_a = static_cast<std::int64_t>(a);
      const auto narrow_b = static_cast<std::int64_t>(b);
      if (narrow_a == a && narrow_b == b) {  // less than 38 digits
        out = static_cast<Int128>(narrow_a) * narrow_b;
        return true;
      }
      value = functions::multiply_decimals(a, b);
    } else {
      if (b == 0) return false;
      if constexpr (op == DecimalOp::Divide) {
        value = functions::divide_decimals(a, shape.scale_a, b, shape.scale_b);
      } else {
        value = functions::modulo_decimals(a, shape.scale_a, b, shape.scale_b);
      }
    }
    if (value) out = *value;
    return value.has_value();
  }
};

template <typename T, typename Compute>
VectorRun decimal_run(std::shared_ptr<const RowCall> call, Compute compute) {
  return [call = std::move(call), compute](dk::DataChunk& arguments, dk::Vector& result) {
    const ResultRows rows(arguments, result);
    const Numbers<T> left(arguments.data[0], rows.count());
    const Numbers<T> right(arguments.data[1], rows.count());
    RowFallback fallback(*call, arguments);
    const bool all_valid = left.all_valid() && right.all_valid();
    for (dk::idx_t row = 0; row < rows.count(); ++row) {
      T out = 0;
      if (!all_valid && (!left.is_valid(row) || !right.is_valid(row))) {
        dk::FlatVector::SetNull(result, row, true);
      } else if (compute(left[row], right[row], out)) {
        store(result, row, out);
      } else {
        fallback.compute(row, result);
      }
    }
  };
}

// A product of two numbers of 64 bits, which always fits.
VectorRun wide_product_run() {
  return [](dk::DataChunk& arguments, dk::Vector& result) {
    const ResultRows rows(arguments, result);
    const Numbers<std::int64_t> left(arguments.data[0], rows.count());
    const Numbers<std::int64_t> right(arguments.data[1], rows.count());
    auto* out = dk::FlatVector::GetData<dk::hugeint_t>(result);
    const bool all_valid = left.all_valid() && right.all_valid();
    for (dk::idx_t row = 0; row < rows.count(); ++row) {
      if (!all_valid && (!left.is_valid(row) || !right.is_valid(row))) {
        dk::FlatVector::SetNull(result, row, true);
        continue;
      }
      const Int128 product = static_cast<Int128>(left[row]) * right[row];
      out[row] = dk::hugeint_t(static_cast<std::int64_t>(product >> 64),
                               static_cast<std::uint64_t>(product));
    }
  };
}

template <DecimalOp op>
std::optional<VectorFunction> make_decimal(const functions::CallSignature& signature) {
  auto call = make_row_call(signature);
  if (!call) return std::nullopt;
  const Type& a = signature.arguments[0];
  const Type& b = signature.arguments[1];
  const DecimalShape shape{a.scale, b.scale};
  if (a.precision <= kDigits64 && b.precision <= kDigits64 &&
      signature.result.precision <= kDigits64) {
    return VectorFunction{decimal_run<std::int64_t>(std::move(call), Compute64<op>(shape))};
  }
  const bool narrow = a.precision <= kDigits64 && b.precision <= kDigits64;
  if (op == DecimalOp::Multiply && narrow) return VectorFunction{wide_product_run()};
  return VectorFunction{decimal_run<Int128>(std::move(call), Compute128<op>(shape))};
}

}  // namespace

std::optional<VectorFunction> find_decimal_function(const functions::CallSignature& signature) {
  if (signature.arguments.size() != 2 || !signature.result.is(TypeKind::Decimal) ||
      !signature.arguments[0].is(TypeKind::Decimal) ||
      !signature.arguments[1].is(TypeKind::Decimal)) {
    return std::nullopt;
  }
  const std::string& name = signature.name;
  if (name == "$add") return make_decimal<DecimalOp::Add>(signature);
  if (name == "$subtract") return make_decimal<DecimalOp::Subtract>(signature);
  if (name == "$multiply") return make_decimal<DecimalOp::Multiply>(signature);
  if (name == "$divide") return make_decimal<DecimalOp::Divide>(signature);
  if (name == "$modulus" || name == "mod") return make_decimal<DecimalOp::Modulus>(signature);
  return std::nullopt;
}

}  // namespace tarn::duckdb
