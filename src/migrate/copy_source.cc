// SPDX-License-Identifier: Apache-2.0
#include "migrate/copy_source.h"

#include <algorithm>
#include <optional>

#include "postgres/copy.h"
#include "postgres/quoting.h"

namespace tarn::migrate {
namespace {

constexpr std::uint64_t kChunkBytesMax = 64 << 20;
constexpr std::uint64_t kChunkBytesMin = 2 << 20;
constexpr std::uint64_t kChunksPerJob = 8;

std::string from_leaf(const SourceLeaf& leaf) {
  // Children of an inherited table are leaves of their own.
  return std::string(leaf.with_children ? "FROM " : "FROM ONLY ") +
         postgres::quote_qualified(leaf.schema, leaf.name);
}

std::string with_conditions(std::string from, const std::string& range, const std::string& where) {
  if (!range.empty()) from += " WHERE " + range;
  // On a line of its own: the text may end in a comment.
  if (!where.empty()) from += (range.empty() ? " WHERE (" : " AND (") + where + "\n)";
  return from;
}

}  // namespace

std::vector<Chunk> make_chunks(const SourceTable& table, const std::string& where, int jobs) {
  const std::uint64_t wanted = table.bytes / (static_cast<std::uint64_t>(jobs) * kChunksPerJob);
  const std::uint64_t chunk_bytes = std::clamp(wanted, kChunkBytesMin, kChunkBytesMax);
  std::vector<Chunk> chunks;
  for (const SourceLeaf& leaf : table.leaves) {
    const std::string from = from_leaf(leaf);
    const std::uint64_t count = leaf.has_ranges ? leaf.bytes / chunk_bytes + 1 : 1;
    const std::uint64_t pages = std::max<std::uint64_t>((leaf.pages + count - 1) / count, 1);
    if (count <= 1 || leaf.pages <= pages) {
      chunks.push_back({with_conditions(from, "", where), leaf.bytes});
      continue;
    }
    for (std::uint64_t page = 0; page < leaf.pages; page += pages) {
      std::string range;
      if (page > 0) range = fmt::format("ctid >= '({},0)'", page);
      if (page + pages < leaf.pages) {
        range += fmt::format("{}ctid < '({},0)'", range.empty() ? "" : " AND ", page + pages);
      }
      chunks.push_back({with_conditions(from, range, where), leaf.bytes / count});
    }
  }
  return chunks;
}

class CopySource::Reader final : public duckdb::RowReader {
 public:
  explicit Reader(CopySource& source) : source_(source) {}

  Result<const postgres::RowBatch*> next() override {
    if (batch_) batch_->clear();
    while (true) {
      if (!copy_) {
        if (!TRY(open_chunk())) return nullptr;
      }
      while (!decoder_->is_full(*batch_)) {
        if (rest_.empty()) {
          auto piece = TRY(copy_->next());
          if (!piece) {
            TRY(close_chunk());
            break;
          }
          rest_ = *piece;
          bytes_ += piece->size();
        }
        const std::size_t used = TRY(decoder_->decode(rest_, *batch_));
        rest_.remove_prefix(used);
      }
      if (batch_->row_count == 0) continue;
      source_.progress_.rows += static_cast<std::int64_t>(batch_->row_count);
      source_.progress_.bytes += std::exchange(bytes_, 0);
      return &*batch_;
    }
  }

 private:
  // False when there is none.
  Result<bool> open_chunk() {
    const Chunk* chunk = source_.next_chunk();
    if (chunk == nullptr) {
      lease_.reset();
      return false;
    }
    if (!lease_) lease_.emplace(TRY(source_.snapshot_.take()));
    decoder_.emplace(source_.plan_.columns);
    if (!batch_) batch_.emplace(decoder_->make_batch());
    copy_.emplace(TRY(postgres::CopyOut::start(
        **lease_, fmt::format("COPY (SELECT {} {}) TO STDOUT (FORMAT binary)", source_.select_list_,
                              chunk->from_and_where))));
    return true;
  }

  Result<void> close_chunk() {
    TRY(decoder_->finish());
    if (copy_->row_count() != static_cast<std::int64_t>(decoder_->row_count())) {
      return corrupt("the server sent {} rows, but {} were read", copy_->row_count(),
                     decoder_->row_count());
    }
    source_.add_losses(*decoder_);
    copy_.reset();
    return {};
  }

  CopySource& source_;
  std::optional<SourceSnapshot::Lease> lease_;
  std::optional<postgres::CopyOut> copy_;
  std::optional<postgres::CopyDecoder> decoder_;
  std::optional<postgres::RowBatch> batch_;
  std::string_view rest_;  // of the piece that copy_ gave
  std::uint64_t bytes_ = 0;
};

CopySource::CopySource(SourceSnapshot& snapshot, const TablePlan& plan, int jobs,
                       CopyProgress& progress)
    : snapshot_(snapshot),
      plan_(plan),
      progress_(progress),
      jobs_(std::max(jobs, 1)),
      chunks_(make_chunks(plan.source, plan.where, jobs_)),
      select_list_(postgres::select_list(plan.columns)),
      losses_(plan.columns.size()) {}

std::size_t CopySource::readers_max() const {
  return std::min(chunks_.size(), static_cast<std::size_t>(jobs_));
}

std::int64_t CopySource::row_estimate() const { return plan_.source.row_estimate.value_or(1'000); }

Result<std::unique_ptr<duckdb::RowReader>> CopySource::open_reader() {
  return std::unique_ptr<duckdb::RowReader>(std::make_unique<Reader>(*this));
}

const Chunk* CopySource::next_chunk() {
  const std::size_t at = next_.fetch_add(1);
  return at < chunks_.size() ? &chunks_[at] : nullptr;
}

void CopySource::add_losses(const postgres::CopyDecoder& decoder) {
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < losses_.size(); ++i) {
    for (std::size_t k = 0; k < postgres::kLossCount; ++k) losses_[i][k] += decoder.losses(i)[k];
  }
}

ColumnLosses CopySource::losses() const {
  std::lock_guard lock(mutex_);
  return losses_;
}

}  // namespace tarn::migrate
