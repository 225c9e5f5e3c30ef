// SPDX-License-Identifier: Apache-2.0
#include "duckdb/transform_function.h"

#include <duckdb/common/types/uuid.hpp>
#include <duckdb/execution/expression_executor_state.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>

#include "base/check.h"
#include "duckdb/lake_type.h"

namespace tarn::duckdb {
namespace {

using iceberg::TransformKind;
using iceberg::TypeKind;

struct TransformData final : dk::FunctionData {
  iceberg::Transform transform;
  iceberg::Type source;

  TransformData(iceberg::Transform the_transform, iceberg::Type the_source)
      : transform(std::move(the_transform)), source(std::move(the_source)) {}
  dk::unique_ptr<dk::FunctionData> Copy() const override {
    return dk::make_uniq<TransformData>(transform, source);
  }
  bool Equals(const dk::FunctionData& other_data) const override {
    const auto& other = other_data.Cast<TransformData>();
    return transform == other.transform && source == other.source;
  }
};

std::int64_t read_integer(const dk::UnifiedVectorFormat& data, dk::PhysicalType type,
                          dk::idx_t at) {
  switch (type) {
    case dk::PhysicalType::INT16:
      return dk::UnifiedVectorFormat::GetData<std::int16_t>(data)[at];
    case dk::PhysicalType::INT32:
      return dk::UnifiedVectorFormat::GetData<std::int32_t>(data)[at];
    default:
      return dk::UnifiedVectorFormat::GetData<std::int64_t>(data)[at];
  }
}

void write_result(dk::Vector& result, dk::idx_t row, const iceberg::Value& value) {
  switch (result.GetType().InternalType()) {
    case dk::PhysicalType::INT16:
      dk::FlatVector::GetData<std::int16_t>(result)[row] =
          static_cast<std::int16_t>(value.as_decimal());
      return;
    case dk::PhysicalType::INT32:
      dk::FlatVector::GetData<std::int32_t>(result)[row] = static_cast<std::int32_t>(
          value.kind == TypeKind::Decimal ? static_cast<std::int64_t>(value.as_decimal())
                                          : value.as_int());
      return;
    case dk::PhysicalType::INT64:
      dk::FlatVector::GetData<std::int64_t>(result)[row] =
          value.kind == TypeKind::Decimal ? static_cast<std::int64_t>(value.as_decimal())
                                          : value.as_int();
      return;
    case dk::PhysicalType::INT128: {
      const Int128 wide = value.as_decimal();
      dk::FlatVector::GetData<dk::hugeint_t>(result)[row] =
          dk::hugeint_t(static_cast<std::int64_t>(wide >> 64), static_cast<std::uint64_t>(wide));
      return;
    }
    case dk::PhysicalType::VARCHAR:
      dk::FlatVector::GetData<dk::string_t>(result)[row] =
          dk::StringVector::AddStringOrBlob(result, value.as_bytes());
      return;
    default:
      UNREACHABLE();
  }
}

iceberg::Value read_value(const dk::UnifiedVectorFormat& data, const dk::LogicalType& native,
                          const iceberg::Type& source, dk::idx_t at) {
  switch (source.kind) {
    case TypeKind::Int:
      return iceberg::int_value(
          static_cast<std::int32_t>(read_integer(data, dk::PhysicalType::INT32, at)));
    case TypeKind::Long:
      return iceberg::long_value(read_integer(data, dk::PhysicalType::INT64, at));
    case TypeKind::Date:
      return iceberg::date_value(read_integer(data, dk::PhysicalType::INT32, at));
    case TypeKind::Time:
      return iceberg::time_value(read_integer(data, dk::PhysicalType::INT64, at));
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
      return iceberg::timestamp_value(source.kind, read_integer(data, dk::PhysicalType::INT64, at));
    case TypeKind::Decimal: {
      if (native.InternalType() != dk::PhysicalType::INT128) {
        return iceberg::decimal_value(read_integer(data, native.InternalType(), at), source.scale);
      }
      const auto& wide = dk::UnifiedVectorFormat::GetData<dk::hugeint_t>(data)[at];
      return iceberg::decimal_value(
          (static_cast<Int128>(wide.upper) << 64) | static_cast<Int128>(wide.lower), source.scale);
    }
    case TypeKind::Uuid: {
      const auto& wide = dk::UnifiedVectorFormat::GetData<dk::hugeint_t>(data)[at];
      return iceberg::uuid_value(value_or_throw(parse_uuid(dk::UUID::ToString(wide))));
    }
    case TypeKind::String:
    case TypeKind::Fixed:
    case TypeKind::Binary: {
      const auto& text = dk::UnifiedVectorFormat::GetData<dk::string_t>(data)[at];
      std::string bytes(text.GetData(), text.GetSize());
      if (source.kind == TypeKind::String) return iceberg::string_value(std::move(bytes));
      return source.kind == TypeKind::Fixed ? iceberg::fixed_value(std::move(bytes))
                                            : iceberg::binary_value(std::move(bytes));
    }
    default:
      throw_error(unsupported("a transform of {}", iceberg::to_string(source)));
  }
}

void run_transform(dk::DataChunk& arguments, dk::ExpressionState& state, dk::Vector& result) {
  const auto& data =
      state.expr.Cast<dk::BoundFunctionExpression>().bind_info->Cast<TransformData>();
  dk::Vector& input = arguments.data[0];
  const bool constant = input.GetVectorType() == dk::VectorType::CONSTANT_VECTOR;
  const dk::idx_t count = constant ? 1 : arguments.size();
  dk::UnifiedVectorFormat format;
  input.ToUnifiedFormat(count, format);
  result.SetVectorType(dk::VectorType::FLAT_VECTOR);
  auto& validity = dk::FlatVector::Validity(result);
  // Neighbors are often equal.
  iceberg::Value last_value;
  iceberg::Value last_result;
  for (dk::idx_t row = 0; row < count; ++row) {
    const dk::idx_t at = format.sel->get_index(row);
    if (!format.validity.RowIsValid(at)) {
      validity.SetInvalid(row);
      continue;
    }
    iceberg::Value value = read_value(format, input.GetType(), data.source, at);
    if (last_value.is_null() || !(value == last_value)) {
      last_result = value_or_throw(iceberg::apply_transform(data.transform, value));
      last_value = std::move(value);
    }
    if (last_result.is_null()) {
      validity.SetInvalid(row);
    } else {
      write_result(result, row, last_result);
    }
  }
  if (constant) result.SetVectorType(dk::VectorType::CONSTANT_VECTOR);
}

}  // namespace

Result<dk::unique_ptr<dk::Expression>> make_transform_expression(
    const iceberg::Transform& transform, const iceberg::Type& source,
    dk::unique_ptr<dk::Expression> input) {
  if (transform.kind == TransformKind::Unknown) {
    return unsupported("the transform `{}` is not known: it cannot be written",
                       iceberg::to_string(transform));
  }
  if (transform.kind == TransformKind::Identity) return input;
  const iceberg::Type result = iceberg::result_type(transform, source);
  dk::LogicalType native_result = result.kind == TypeKind::Unknown
                                      ? dk::LogicalType(dk::LogicalType::INTEGER)
                                      : TRY(to_native_type(result));
  if (transform.kind == TransformKind::Void) {
    return dk::unique_ptr<dk::Expression>(
        dk::make_uniq<dk::BoundConstantExpression>(dk::Value(native_result)));
  }
  dk::ScalarFunction function("tarn_" + iceberg::to_string(transform), {input->return_type},
                              native_result, run_transform);
  function.null_handling = dk::FunctionNullHandling::SPECIAL_HANDLING;
  dk::vector<dk::unique_ptr<dk::Expression>> arguments;
  arguments.push_back(std::move(input));
  return dk::unique_ptr<dk::Expression>(dk::make_uniq<dk::BoundFunctionExpression>(
      native_result, std::move(function), std::move(arguments),
      dk::make_uniq<TransformData>(transform, source)));
}

}  // namespace tarn::duckdb
