// SPDX-License-Identifier: Apache-2.0
#include "duckdb/tarn_call.h"

#include <duckdb/common/serializer/deserializer.hpp>
#include <duckdb/common/serializer/serializer.hpp>
#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/execution/expression_executor_state.hpp>
#include <duckdb/function/cast/cast_function_set.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <duckdb/storage/buffer_manager.hpp>

#include "duckdb/value_reader.h"
#include "duckdb/value_writer.h"
#include "duckdb/vector_function.h"
#include "duckdb/vector_rows.h"
#include "functions/registry.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::duckdb {
namespace {

using types::Value;

// What a bound call is, shared by its copies and threads.
struct Call {
  functions::CallSignature signature;
  functions::BoundFunction function;  // empty if vectorized
  std::optional<VectorFunction> vector;
};

struct CallData final : dk::FunctionData {
  std::shared_ptr<const Call> call;

  explicit CallData(std::shared_ptr<const Call> the_call) : call(std::move(the_call)) {}
  dk::unique_ptr<dk::FunctionData> Copy() const override { return dk::make_uniq<CallData>(call); }
  bool Equals(const dk::FunctionData& other) const override {
    const auto& other_call = other.Cast<CallData>().call;
    return call == other_call || call->signature == other_call->signature;
  }
};

constexpr std::uint64_t kFreeItems = 100'000;

// About what one item of a list takes as a value.
std::uint64_t value_bytes(const types::Type& type) {
  std::uint64_t bytes = sizeof(Value);
  if (type.is(types::TypeKind::Varchar) || type.is(types::TypeKind::Varbinary)) bytes += 16;
  if (type.is(types::TypeKind::Row)) {
    bytes += 48;
    for (const auto& field : type.fields) bytes += value_bytes(field.type);
  }
  return bytes;
}

// The lists of one row (an aggregate gets all rows of a group as one) count against the memory
// limit while they are values: an error instead of a machine without memory.
class ListMemory {
 public:
  ListMemory(const Call& call, dk::DataChunk& arguments, dk::ExpressionState& state)
      : buffers_(state.HasContext() ? &dk::BufferManager::GetBufferManager(state.GetContext())
                                    : nullptr) {
    if (buffers_ == nullptr) return;
    for (dk::idx_t i = 0; i < arguments.ColumnCount(); ++i) {
      const types::Type& type = call.signature.arguments[i];
      if (!type.is(types::TypeKind::Array)) continue;
      auto& list = lists_.emplace_back();
      arguments.data[i].ToUnifiedFormat(arguments.size(), list.format);
      list.item_bytes = value_bytes(type.element());
    }
  }
  ListMemory(const ListMemory&) = delete;
  ListMemory& operator=(const ListMemory&) = delete;
  ~ListMemory() { release(); }

  void enter_row(dk::idx_t row) {
    release();
    for (const List& list : lists_) {
      const dk::idx_t at = list.format.sel->get_index(row);
      if (!list.format.validity.RowIsValid(at)) continue;
      const std::uint64_t items =
          dk::UnifiedVectorFormat::GetData<dk::list_entry_t>(list.format)[at].length;
      if (items <= kFreeItems) continue;
      buffers_->ReserveMemory(items * list.item_bytes);
      reserved_ += items * list.item_bytes;
    }
  }

 private:
  struct List {
    dk::UnifiedVectorFormat format;
    std::uint64_t item_bytes = 0;
  };

  void release() {
    if (reserved_ > 0) buffers_->FreeReservedMemory(std::exchange(reserved_, 0));
  }

  dk::BufferManager* buffers_;
  std::vector<List> lists_;
  std::uint64_t reserved_ = 0;
};

void run_rows(const Call& call, dk::DataChunk& arguments, dk::idx_t count,
              dk::ExpressionState& state, dk::Vector& result) {
  ListMemory memory(call, arguments, state);
  std::vector<ValueReader> readers;
  readers.reserve(arguments.ColumnCount());
  for (dk::idx_t i = 0; i < arguments.ColumnCount(); ++i) {
    readers.emplace_back(call.signature.arguments[i], arguments.data[i], count);
  }
  std::vector<Value> values(readers.size());
  for (dk::idx_t row = 0; row < count; ++row) {
    memory.enter_row(row);
    bool is_null = false;
    for (std::size_t i = 0; i < readers.size() && !is_null; ++i) {
      readers[i].read(row, values[i]);
      is_null = !call.function.sees_nulls && values[i].is_null();
    }
    if (is_null) {
      write_value(call.signature.result, Value(), result, row);
      continue;
    }
    auto answer = call.function.call(values);
    if (!answer) throw_call_error(call.signature, answer.error());
    write_value(call.signature.result, *answer, result, row);
  }
}

void run_call(dk::DataChunk& arguments, dk::ExpressionState& state, dk::Vector& result) {
  const auto& expression = state.expr.Cast<dk::BoundFunctionExpression>();
  const Call& call = *expression.bind_info->Cast<CallData>().call;
  if (call.vector) return call.vector->run(arguments, result);
  const bool constant = expression.function.GetStability() != dk::FunctionStability::VOLATILE &&
                        arguments.AllConstant() && arguments.size() > 0;
  const dk::idx_t count = constant ? 1 : arguments.size();
  result.SetVectorType(dk::VectorType::FLAT_VECTOR);
  run_rows(call, arguments, count, state, result);
  if (constant) result.SetVectorType(dk::VectorType::CONSTANT_VECTOR);
}

void check_argument(dk::ClientContext& context, const functions::CallSignature& signature,
                    std::size_t index, const dk::LogicalType& found,
                    const dk::LogicalType& wanted) {
  if (found == wanted || found.id() == dk::LogicalTypeId::SQLNULL) return;
  if (dk::CastFunctionSet::ImplicitCastCost(context, found, wanted) >= 0) return;
  throw_error(internal("{}: argument {} is {} instead of {}", functions::to_text(signature),
                       index + 1, found.ToString(), wanted.ToString()));
}

std::shared_ptr<const Call> make_call(functions::CallSignature signature) {
  auto call = std::make_shared<Call>();
  call->vector = find_vector_function(signature);
  if (!call->vector) {
    auto bound = functions::bind_function(signature);
    if (!bound) throw_call_error(signature, bound.error());
    call->function = *std::move(bound);
  }
  call->signature = std::move(signature);
  return call;
}

dk::unique_ptr<dk::FunctionData> bind_call(dk::ClientContext& context, dk::ScalarFunction& function,
                                           dk::vector<dk::unique_ptr<dk::Expression>>& arguments) {
  if (arguments.empty() || !arguments[0]->IsFoldable()) {
    throw dk::BinderException("tarn_call needs a constant signature");
  }
  const dk::Value text = dk::ExpressionExecutor::EvaluateScalar(context, *arguments[0]);
  auto signature = value_or_throw(functions::parse_call_signature(text.ToString()));
  if (signature.arguments.size() + 1 != arguments.size()) {
    throw_error(internal("{} is called with {} arguments", functions::to_text(signature),
                         arguments.size() - 1));
  }
  function.arguments = {dk::LogicalType::VARCHAR};
  for (std::size_t i = 0; i < signature.arguments.size(); ++i) {
    dk::LogicalType wanted = value_or_throw(to_physical_type(signature.arguments[i]));
    check_argument(context, signature, i, arguments[i + 1]->return_type, wanted);
    function.arguments.push_back(std::move(wanted));
  }
  function.SetReturnType(value_or_throw(to_physical_type(signature.result)));
  auto call = make_call(std::move(signature));
  if (!call->function.sees_nulls) {
    function.SetNullHandling(dk::FunctionNullHandling::DEFAULT_NULL_HANDLING);
  }
  if (call->vector && !call->vector->can_fail) {
    function.SetErrorMode(dk::FunctionErrors::CANNOT_ERROR);
  }
  dk::Function::EraseArgument(function, arguments, 0);
  function.varargs = dk::LogicalType(dk::LogicalTypeId::INVALID);
  return dk::make_uniq<CallData>(std::move(call));
}

// DuckDB copies plans by writing and reading them.
void write_call(dk::Serializer& serializer, const dk::optional_ptr<dk::FunctionData> data,
                const dk::ScalarFunction&) {
  const Call& call = *data->Cast<CallData>().call;
  serializer.WriteProperty(100, "signature", functions::to_text(call.signature));
}

dk::unique_ptr<dk::FunctionData> read_call(dk::Deserializer& deserializer,
                                           dk::ScalarFunction& function) {
  const auto text = deserializer.ReadProperty<dk::string>(100, "signature");
  auto signature = value_or_throw(functions::parse_call_signature(text));
  function.SetReturnType(value_or_throw(to_physical_type(signature.result)));
  function.varargs = dk::LogicalType(dk::LogicalTypeId::INVALID);
  return dk::make_uniq<CallData>(make_call(std::move(signature)));
}

}  // namespace

void register_tarn_call(dk::DatabaseInstance& database) {
  dk::ExtensionLoader loader(database, "tarn");
  for (const bool is_volatile : {false, true}) {
    dk::ScalarFunction function(is_volatile ? "tarn_call_volatile" : "tarn_call",
                                {dk::LogicalType::VARCHAR}, dk::LogicalType::ANY, run_call,
                                bind_call);
    function.varargs = dk::LogicalType::ANY;
    function.SetNullHandling(dk::FunctionNullHandling::SPECIAL_HANDLING);
    function.SetFallible();
    if (is_volatile) function.SetVolatile();
    function.SetSerializeCallback(write_call);
    function.SetDeserializeCallback(read_call);
    loader.RegisterFunction(std::move(function));
  }
}

}  // namespace tarn::duckdb
