// SPDX-License-Identifier: Apache-2.0
#include "duckdb/value_table.h"

#include <map>
#include <mutex>
#include <utility>

#include "duckdb/native.h"
#include "duckdb/value_reader.h"
#include "duckdb/value_writer.h"

namespace tarn::duckdb {
namespace {

constexpr const char* kValuesFunction = "tarn_values";

struct ValueTable {
  std::vector<ValueColumn> columns;
  dk::vector<dk::LogicalType> native_types;
  RegisteredValues::Open open;
  std::optional<std::size_t> row_count;  // if known
};

// All tables of one instance; hangs on the function.
struct ValueRegistry final : dk::TableFunctionInfo {
  std::mutex mutex;
  std::int64_t last_id = 0;
  std::map<std::int64_t, std::shared_ptr<const ValueTable>> tables;

  std::shared_ptr<const ValueTable> find(std::int64_t id) {
    std::lock_guard lock(mutex);
    auto found = tables.find(id);
    return found == tables.end() ? nullptr : found->second;
  }
};

struct ValueBindData final : dk::TableFunctionData {
  std::shared_ptr<const ValueTable> table;
};

struct ValueScanState final : dk::GlobalTableFunctionState {
  std::unique_ptr<ValueSource> source;
  std::vector<TypedRow> rows;  // the batch at hand
  std::size_t next = 0;
  dk::vector<dk::column_t> columns;
};

class FixedRows final : public ValueSource {
 public:
  explicit FixedRows(std::shared_ptr<const std::vector<TypedRow>> rows) : rows_(std::move(rows)) {}

  Result<std::vector<TypedRow>> next() override {
    const std::size_t count = std::min<std::size_t>(rows_->size() - at_, STANDARD_VECTOR_SIZE);
    const auto first = rows_->begin() + static_cast<std::ptrdiff_t>(at_);
    at_ += count;
    return std::vector<TypedRow>(first, first + static_cast<std::ptrdiff_t>(count));
  }

 private:
  std::shared_ptr<const std::vector<TypedRow>> rows_;
  std::size_t at_ = 0;
};

dk::unique_ptr<dk::FunctionData> bind_values(dk::ClientContext&, dk::TableFunctionBindInput& input,
                                             dk::vector<dk::LogicalType>& types,
                                             dk::vector<dk::string>& names) {
  auto data = dk::make_uniq<ValueBindData>();
  data->table =
      static_cast<ValueRegistry&>(*input.info).find(input.inputs.at(0).GetValue<std::int64_t>());
  if (!data->table) throw dk::BinderException("there is no such table of values");
  types = data->table->native_types;
  for (const ValueColumn& column : data->table->columns) names.push_back(column.name);
  return data;
}

dk::unique_ptr<dk::GlobalTableFunctionState> init_values(dk::ClientContext&,
                                                         dk::TableFunctionInitInput& input) {
  auto state = dk::make_uniq<ValueScanState>();
  const auto& table = *input.bind_data->Cast<ValueBindData>().table;
  state->source = value_or_throw(table.open());
  state->columns = input.column_ids;
  return state;
}

void scan_values(dk::ClientContext& context, dk::TableFunctionInput& input, dk::DataChunk& output) {
  auto& state = input.global_state->Cast<ValueScanState>();
  const auto& table = *input.bind_data->Cast<ValueBindData>().table;
  if (context.IsInterrupted()) throw dk::InterruptException();
  if (state.next == state.rows.size()) {
    state.rows = value_or_throw(state.source->next());
    state.next = 0;
  }
  const std::size_t count =
      std::min<std::size_t>(state.rows.size() - state.next, STANDARD_VECTOR_SIZE);
  for (std::size_t i = 0; i < state.columns.size(); ++i) {
    const dk::column_t column = state.columns[i];
    if (column >= table.columns.size()) continue;  // only the number of rows is asked for
    const types::Type& type = table.columns[column].type;
    for (std::size_t row = 0; row < count; ++row) {
      write_value(type, state.rows[state.next + row].at(column), output.data[i], row);
    }
  }
  state.next += count;
  output.SetCardinality(count);
}

dk::unique_ptr<dk::NodeStatistics> count_values(dk::ClientContext&, const dk::FunctionData* data) {
  const auto& table = *data->Cast<ValueBindData>().table;
  return dk::make_uniq<dk::NodeStatistics>(table.row_count.value_or(1000));
}

// The registry of an instance; the first call makes the function.
Result<ValueRegistry*> value_registry_of(Instance& instance) {
  return guard([&]() -> Result<ValueRegistry*> {
    std::lock_guard lock(instance.impl().mutex);
    auto& kept = instance.impl().value_tables;
    if (!kept) {
      auto registry = dk::make_shared_ptr<ValueRegistry>();
      dk::TableFunction function(kValuesFunction, {dk::LogicalType::BIGINT}, scan_values,
                                 bind_values, init_values);
      function.projection_pushdown = true;
      function.cardinality = count_values;
      function.function_info = registry;
      dk::ExtensionLoader loader(instance.impl().native(), "tarn");
      loader.RegisterFunction(std::move(function));
      kept = std::make_shared<dk::shared_ptr<ValueRegistry>>(std::move(registry));
    }
    return std::static_pointer_cast<dk::shared_ptr<ValueRegistry>>(kept)->get();
  });
}

Result<std::int64_t> add_table(Instance& instance, ValueTable table) {
  for (const ValueColumn& column : table.columns) {
    table.native_types.push_back(TRY(to_physical_type(column.type)));
  }
  ValueRegistry* registry = TRY(value_registry_of(instance));
  std::lock_guard lock(registry->mutex);
  const std::int64_t id = ++registry->last_id;
  registry->tables.emplace(id, std::make_shared<ValueTable>(std::move(table)));
  return id;
}

}  // namespace

Result<RegisteredValues> RegisteredValues::add(Instance& instance, std::vector<ValueColumn> columns,
                                               std::vector<TypedRow> rows) {
  ValueTable table;
  table.columns = std::move(columns);
  table.row_count = rows.size();
  table.open = [kept = std::make_shared<const std::vector<TypedRow>>(
                    std::move(rows))]() -> Result<std::unique_ptr<ValueSource>> {
    return std::unique_ptr<ValueSource>(std::make_unique<FixedRows>(kept));
  };
  return RegisteredValues(instance, TRY(add_table(instance, std::move(table))));
}

Result<RegisteredValues> RegisteredValues::add(Instance& instance, std::vector<ValueColumn> columns,
                                               Open open) {
  ValueTable table;
  table.columns = std::move(columns);
  table.open = std::move(open);
  return RegisteredValues(instance, TRY(add_table(instance, std::move(table))));
}

RegisteredValues::RegisteredValues(RegisteredValues&& other) noexcept
    : instance_(std::exchange(other.instance_, nullptr)), id_(other.id_) {}

RegisteredValues::~RegisteredValues() {
  if (instance_ == nullptr) return;
  auto registry = value_registry_of(*instance_);
  if (!registry) return;
  std::lock_guard lock((*registry)->mutex);
  (*registry)->tables.erase(id_);
}

std::string RegisteredValues::sql() const { return fmt::format("{}({})", kValuesFunction, id_); }

}  // namespace tarn::duckdb
