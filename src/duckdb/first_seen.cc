// SPDX-License-Identifier: Apache-2.0
#include "duckdb/first_seen.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <duckdb/common/allocator.hpp>
#include <duckdb/common/serializer/deserializer.hpp>
#include <duckdb/common/serializer/serializer.hpp>
#include <duckdb/execution/expression_executor_state.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <duckdb/storage/buffer_manager.hpp>
#include <memory>
#include <mutex>
#include <span>

#include "functions/byte_hash.h"

namespace tarn::duckdb {
namespace {

using functions::Hash128;

// Threads meet only in the same shard, and a table that grows is a small one.
constexpr std::size_t kShardBits = 6;
constexpr std::size_t kShards = std::size_t{1} << kShardBits;
constexpr std::size_t kSlotsAtFirst = 64;

// Open addressing; all zero is an empty slot. The memory is the engine's, within its limit.
class Shard {
 public:
  explicit Shard(dk::Allocator& allocator) : allocator_(allocator) {}

  // For each hash whether it was not there. REQUIRES: no other thread is in it.
  bool insert(Hash128 hash) {
    if (hash.first == 0 && hash.second == 0) hash.second = 1;
    if ((count_ + 1) * 4 > slots_ * 3) grow();
    const std::size_t at = find(hash);
    if (slot(at).first == hash.first && slot(at).second == hash.second) return false;
    slot(at) = hash;
    ++count_;
    return true;
  }
  void prefetch(const Hash128& hash) {
    if (slots_ > 0) __builtin_prefetch(&slot(hash.first & (slots_ - 1)), 1);
  }

  std::mutex mutex;

 private:
  Hash128& slot(std::size_t at) { return reinterpret_cast<Hash128*>(memory_.get())[at]; }

  // Where it is, or the empty slot for it.
  std::size_t find(const Hash128& hash) {
    std::size_t at = hash.first & (slots_ - 1);
    while (true) {
      const Hash128& there = slot(at);
      if (there.first == 0 && there.second == 0) return at;
      if (there.first == hash.first && there.second == hash.second) return at;
      at = (at + 1) & (slots_ - 1);
    }
  }

  void grow() {
    const std::size_t old_slots = slots_;
    dk::AllocatedData old = std::move(memory_);
    slots_ = old_slots == 0 ? kSlotsAtFirst : old_slots * 2;
    memory_ = allocator_.Allocate(slots_ * sizeof(Hash128));
    std::memset(memory_.get(), 0, memory_.GetSize());
    const auto* hashes = reinterpret_cast<const Hash128*>(old.get());
    for (std::size_t i = 0; i < old_slots; ++i) {
      if (hashes[i].first != 0 || hashes[i].second != 0) slot(find(hashes[i])) = hashes[i];
    }
  }

  dk::Allocator& allocator_;
  dk::AllocatedData memory_;
  std::size_t slots_ = 0;  // zero or a power of two
  std::size_t count_ = 0;
};

class SeenTexts {
 public:
  explicit SeenTexts(dk::ClientContext& context) {
    for (auto& shard : shards_) {
      shard = std::make_unique<Shard>(dk::BufferAllocator::Get(context));
    }
  }

  // `hashes` of the rows `rows`, of which `is_first` is told.
  void insert(std::span<const Hash128> hashes, std::span<const std::uint32_t> rows,
              bool* is_first) {
    // Rows by shard, so that each is locked once.
    std::array<std::uint32_t, kShards + 1> ends{};
    for (const Hash128& hash : hashes) ++ends[shard_of(hash) + 1];
    for (std::size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
    auto next = ends;
    std::array<std::uint32_t, STANDARD_VECTOR_SIZE> order;
    for (std::uint32_t i = 0; i < hashes.size(); ++i) order[next[shard_of(hashes[i])]++] = i;
    for (std::size_t i = 0; i < kShards; ++i) {
      if (ends[i] == ends[i + 1]) continue;
      Shard& shard = *shards_[i];
      const std::lock_guard lock(shard.mutex);
      for (auto k = ends[i]; k < ends[i + 1]; ++k) shard.prefetch(hashes[order[k]]);
      for (auto k = ends[i]; k < ends[i + 1]; ++k) {
        is_first[rows[order[k]]] = shard.insert(hashes[order[k]]);
      }
    }
  }

 private:
  static std::size_t shard_of(const Hash128& hash) { return hash.second >> (64 - kShardBits); }

  std::array<std::unique_ptr<Shard>, kShards> shards_;
};

struct FirstSeenData final : dk::FunctionData {
  std::shared_ptr<SeenTexts> seen;

  explicit FirstSeenData(std::shared_ptr<SeenTexts> the_seen) : seen(std::move(the_seen)) {}
  dk::unique_ptr<dk::FunctionData> Copy() const override {
    return dk::make_uniq<FirstSeenData>(seen);
  }
  bool Equals(const dk::FunctionData& other) const override {
    return seen == other.Cast<FirstSeenData>().seen;
  }
};

dk::unique_ptr<dk::FunctionData> bind_first_seen(dk::ClientContext& context, dk::ScalarFunction&,
                                                 dk::vector<dk::unique_ptr<dk::Expression>>&) {
  return dk::make_uniq<FirstSeenData>(std::make_shared<SeenTexts>(context));
}

// DuckDB copies plans by writing and reading them: a copy that runs sees rows of its own.
void write_nothing(dk::Serializer&, const dk::optional_ptr<dk::FunctionData>,
                   const dk::ScalarFunction&) {}
dk::unique_ptr<dk::FunctionData> read_nothing(dk::Deserializer& deserializer, dk::ScalarFunction&) {
  return dk::make_uniq<FirstSeenData>(
      std::make_shared<SeenTexts>(deserializer.Get<dk::ClientContext&>()));
}

void run_first_seen(dk::DataChunk& arguments, dk::ExpressionState& state, dk::Vector& result) {
  auto& data = state.expr.Cast<dk::BoundFunctionExpression>().bind_info->Cast<FirstSeenData>();
  const dk::idx_t count = arguments.size();
  dk::UnifiedVectorFormat format;
  arguments.data[0].ToUnifiedFormat(count, format);
  const auto* texts = dk::UnifiedVectorFormat::GetData<dk::string_t>(format);
  result.SetVectorType(dk::VectorType::FLAT_VECTOR);
  auto* is_first = dk::FlatVector::GetData<bool>(result);
  auto& validity = dk::FlatVector::Validity(result);
  std::array<Hash128, STANDARD_VECTOR_SIZE> hashes;
  std::array<std::uint32_t, STANDARD_VECTOR_SIZE> rows;
  std::size_t used = 0;
  for (dk::idx_t row = 0; row < count; ++row) {
    const dk::idx_t at = format.sel->get_index(row);
    if (!format.validity.RowIsValid(at)) {
      validity.SetInvalid(row);
      continue;
    }
    hashes[used] = functions::murmur3_x64_128({texts[at].GetData(), texts[at].GetSize()});
    rows[used++] = static_cast<std::uint32_t>(row);
  }
  data.seen->insert({hashes.data(), used}, {rows.data(), used}, is_first);
}

}  // namespace

void register_first_seen(dk::DatabaseInstance& database) {
  dk::ExtensionLoader loader(database, "tarn");
  dk::ScalarFunction function("tarn_first_seen", {dk::LogicalType::VARCHAR},
                              dk::LogicalType::BOOLEAN, run_first_seen, bind_first_seen);
  function.SetNullHandling(dk::FunctionNullHandling::SPECIAL_HANDLING);
  function.SetVolatile();
  function.SetSerializeCallback(write_nothing);
  function.SetDeserializeCallback(read_nothing);
  loader.RegisterFunction(std::move(function));
}

}  // namespace tarn::duckdb
