// SPDX-License-Identifier: Apache-2.0
#include "duckdb/row_source.h"

#include <map>
#include <mutex>
#include <utility>

#include "duckdb/counted_work.h"
#include "duckdb/lake_catalog.h"
#include "duckdb/lake_transaction.h"
#include "duckdb/native.h"
#include "postgres/struct_fields.h"

namespace tarn::duckdb {
namespace {

constexpr const char* kFunctionName = "tarn_rows";

using postgres::ColumnBuffer;
using postgres::ColumnKind;
using postgres::ColumnPlan;

// All sources of one instance; hangs on the function.
struct SourceRegistry final : dk::TableFunctionInfo {
  std::mutex mutex;
  std::int64_t last_id = 0;
  std::map<std::int64_t, std::shared_ptr<RowSource>> sources;

  std::shared_ptr<RowSource> find(std::int64_t id) {
    std::lock_guard lock(mutex);
    auto found = sources.find(id);
    return found == sources.end() ? nullptr : found->second;
  }
};

struct SourceBindData final : dk::TableFunctionData {
  std::shared_ptr<RowSource> source;
};

struct SourceGlobalState final : dk::GlobalTableFunctionState {
  std::shared_ptr<RowSource> source;
  dk::idx_t threads = 1;
  dk::idx_t MaxThreads() const override { return threads; }
};

struct SourceLocalState final : dk::LocalTableFunctionState {
  std::unique_ptr<RowReader> reader;
  dk::vector<dk::LogicalType> types;
};

dk::LogicalType native_type(const ColumnPlan& plan) {
  switch (plan.kind) {
    case ColumnKind::Boolean:
      return dk::LogicalType::BOOLEAN;
    case ColumnKind::Int32:
      return dk::LogicalType::INTEGER;
    case ColumnKind::Int64:
      return dk::LogicalType::BIGINT;
    case ColumnKind::Float32:
      return dk::LogicalType::FLOAT;
    case ColumnKind::Float64:
      return dk::LogicalType::DOUBLE;
    case ColumnKind::Decimal:
      return dk::LogicalType::DECIMAL(static_cast<std::uint8_t>(plan.precision),
                                      static_cast<std::uint8_t>(plan.scale));
    case ColumnKind::Text:
      return dk::LogicalType::VARCHAR;
    case ColumnKind::Bytes:
      return dk::LogicalType::BLOB;
    case ColumnKind::Date:
      return dk::LogicalType::DATE;
    case ColumnKind::Time:
      return dk::LogicalType::TIME;
    case ColumnKind::Timestamp:
      return dk::LogicalType::TIMESTAMP;
    case ColumnKind::TimestampTz:
      return dk::LogicalType::TIMESTAMP_TZ;
    case ColumnKind::Uuid:
      return dk::LogicalType::UUID;
    case ColumnKind::List:
      return dk::LogicalType::LIST(native_type(plan.children.at(0)));
    case ColumnKind::Map:
      return dk::LogicalType::MAP(dk::LogicalType::VARCHAR, dk::LogicalType::VARCHAR);
    case ColumnKind::Struct: {
      dk::child_list_t<dk::LogicalType> fields;
      for (const ColumnPlan& field : postgres::struct_fields(plan)) {
        fields.emplace_back(field.name, native_type(field));
      }
      return dk::LogicalType::STRUCT(std::move(fields));
    }
  }
  throw dk::InvalidInputException("unknown kind of column");
}

void copy_uuids(const ColumnBuffer& buffer, dk::Vector& vector) {
  auto* out = dk::FlatVector::GetData<dk::hugeint_t>(vector);
  for (std::size_t i = 0; i < buffer.size; ++i) {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, buffer.data() + i * 16, 8);
    std::memcpy(&low, buffer.data() + i * 16 + 8, 8);
    high = __builtin_bswap64(high);
    // The order of signed numbers is the order of UUIDs.
    out[i].upper = static_cast<std::int64_t>(high ^ (std::uint64_t{1} << 63));
    out[i].lower = __builtin_bswap64(low);
  }
}

// The buffer's entries as a vector that points into it, but for UUIDs.
dk::Vector make_vector(const dk::LogicalType& type, const ColumnBuffer& buffer) {
  auto* data = const_cast<std::uint8_t*>(buffer.data());  // DuckDB's vectors are not const-correct
  const dk::idx_t size = std::max<dk::idx_t>(buffer.size, 1);
  auto with_validity = [&](dk::Vector vector) {
    if (buffer.has_nulls) {
      auto* bits = const_cast<std::uint64_t*>(buffer.validity.data());
      dk::FlatVector::Validity(vector) = dk::ValidityMask(bits, size);
    }
    return vector;
  };
  switch (buffer.kind) {
    case ColumnKind::Uuid: {
      dk::Vector vector(type, size);
      copy_uuids(buffer, vector);
      return with_validity(std::move(vector));
    }
    case ColumnKind::List:
    case ColumnKind::Map: {
      dk::Vector vector(type, size);
      std::memcpy(dk::FlatVector::GetData(vector), data, buffer.size * sizeof(dk::list_entry_t));
      const ColumnBuffer& child = buffer.children.at(0);
      dk::Vector elements = make_vector(dk::ListType::GetChildType(type), child);
      dk::ListVector::GetEntry(vector).Reference(elements);
      dk::ListVector::SetListSize(vector, child.size);
      return with_validity(std::move(vector));
    }
    case ColumnKind::Struct: {
      dk::Vector vector(type, size);
      auto& entries = dk::StructVector::GetEntries(vector);
      for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& field_type = dk::StructType::GetChildType(type, i);
        dk::Vector field = make_vector(field_type, buffer.children.at(i));
        entries[i]->Reference(field);
      }
      return with_validity(std::move(vector));
    }
    default:
      return with_validity(dk::Vector(type, data));
  }
}

dk::unique_ptr<dk::FunctionData> bind_source(dk::ClientContext&, dk::TableFunctionBindInput& input,
                                             dk::vector<dk::LogicalType>& types,
                                             dk::vector<dk::string>& names) {
  auto& registry = static_cast<SourceRegistry&>(*input.info);
  auto data = dk::make_uniq<SourceBindData>();
  data->source = registry.find(input.inputs.at(0).GetValue<std::int64_t>());
  if (!data->source) throw dk::BinderException("there is no such source of rows");
  for (const ColumnPlan& plan : data->source->columns()) {
    types.push_back(native_type(plan));
    names.push_back(plan.name);
  }
  return data;
}

dk::unique_ptr<dk::GlobalTableFunctionState> init_source(dk::ClientContext&,
                                                         dk::TableFunctionInitInput& input) {
  auto state = dk::make_uniq<SourceGlobalState>();
  const auto& data = input.bind_data->Cast<SourceBindData>();
  state->source = value_or_throw(data.source->begin_scan());
  if (!state->source) state->source = data.source;
  state->threads = std::max<dk::idx_t>(state->source->readers_max(), 1);
  return state;
}

dk::unique_ptr<dk::LocalTableFunctionState> init_reader(dk::ExecutionContext&,
                                                        dk::TableFunctionInitInput& input,
                                                        dk::GlobalTableFunctionState* global) {
  auto state = dk::make_uniq<SourceLocalState>();
  const auto& data = input.bind_data->Cast<SourceBindData>();
  for (const ColumnPlan& plan : data.source->columns()) state->types.push_back(native_type(plan));
  state->reader = value_or_throw(global->Cast<SourceGlobalState>().source->open_reader());
  return state;
}

void read_source(dk::ClientContext& context, dk::TableFunctionInput& input, dk::DataChunk& output) {
  auto& state = input.local_state->Cast<SourceLocalState>();
  if (context.IsInterrupted()) throw dk::InterruptException();
  const postgres::RowBatch* batch = value_or_throw(state.reader->next());
  if (batch == nullptr) return;
  for (std::size_t i = 0; i < state.types.size(); ++i) {
    dk::Vector vector = make_vector(state.types[i], batch->columns[i]);
    output.data[i].Reference(vector);
  }
  CountedWork::of(context)->rows_read += static_cast<std::int64_t>(batch->row_count);
  output.SetCardinality(batch->row_count);
}

dk::unique_ptr<dk::NodeStatistics> estimate_rows(dk::ClientContext&, const dk::FunctionData* data) {
  const std::int64_t rows = data->Cast<SourceBindData>().source->row_estimate();
  return dk::make_uniq<dk::NodeStatistics>(static_cast<dk::idx_t>(std::max<std::int64_t>(rows, 0)));
}

// The registry of an instance; the first call makes the function.
Result<SourceRegistry*> registry_of(Instance& instance) {
  return guard([&]() -> Result<SourceRegistry*> {
    std::lock_guard lock(instance.impl().mutex);
    auto& kept = instance.impl().row_sources;
    if (!kept) {
      auto registry = dk::make_shared_ptr<SourceRegistry>();
      dk::TableFunction function(kFunctionName, {dk::LogicalType::BIGINT}, read_source, bind_source,
                                 init_source, init_reader);
      function.cardinality = estimate_rows;
      function.function_info = registry;
      dk::ExtensionLoader loader(instance.impl().native(), "tarn");
      loader.RegisterFunction(std::move(function));
      kept = std::make_shared<dk::shared_ptr<SourceRegistry>>(std::move(registry));
    }
    return std::static_pointer_cast<dk::shared_ptr<SourceRegistry>>(kept)->get();
  });
}

}  // namespace

Result<RegisteredSource> RegisteredSource::add(Instance& instance,
                                               std::shared_ptr<RowSource> source) {
  SourceRegistry* registry = TRY(registry_of(instance));
  std::lock_guard lock(registry->mutex);
  const std::int64_t id = ++registry->last_id;
  registry->sources.emplace(id, std::move(source));
  return RegisteredSource(instance, id);
}

RegisteredSource::RegisteredSource(RegisteredSource&& other) noexcept
    : instance_(std::exchange(other.instance_, nullptr)), id_(other.id_) {}

RegisteredSource::~RegisteredSource() {
  if (instance_ == nullptr) return;
  auto registry = registry_of(*instance_);
  if (!registry) return;
  std::lock_guard lock((*registry)->mutex);
  (*registry)->sources.erase(id_);
}

std::string RegisteredSource::sql() const { return fmt::format("{}({})", kFunctionName, id_); }

Result<void> add_staged_table(Connection& connection, const std::string& lake,
                              iceberg::LoadedTable staged) {
  return guard([&]() -> Result<void> {
    dk::ClientContext& context = *connection.impl().connection.context;
    lake_transaction(context, dk::Catalog::GetCatalog(context, lake))
        .add_created(std::move(staged));
    return {};
  });
}

Result<void> add_replacing_table(Connection& connection, const std::string& lake,
                                 iceberg::LoadedTable staged, iceberg::LoadedTable existing,
                                 std::function<void(iceberg::TableTransaction&)> changes) {
  return guard([&]() -> Result<void> {
    dk::ClientContext& context = *connection.impl().connection.context;
    auto& transaction = lake_transaction(context, dk::Catalog::GetCatalog(context, lake));
    transaction.add_replacing(std::move(staged), {std::move(existing), std::move(changes)});
    return {};
  });
}

}  // namespace tarn::duckdb
