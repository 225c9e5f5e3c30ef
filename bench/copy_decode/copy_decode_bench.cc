// SPDX-License-Identifier: Apache-2.0
// Decoding of binary COPY rows of 16 columns like those of TPC-H's lineitem. The goal is 0.2 µs a
// row (5 million items a second) on one core, in the preset `release`.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "postgres/copy_decoder.h"
#include "postgres/type_mapping.h"

namespace {

using namespace tarn;
using namespace tarn::postgres;

constexpr std::int32_t kMoney = ((12 << 16) | 2) + 4;  // numeric(12,2)

std::vector<ColumnPlan> lineitem_plans() {
  struct Column {
    std::uint32_t type;
    std::int32_t modifier;
  };
  constexpr Column kColumns[] = {{20, -1},       {20, -1},       {20, -1},       {23, -1},
                                 {1700, kMoney}, {1700, kMoney}, {1700, kMoney}, {1700, kMoney},
                                 {1042, 5},      {1042, 5},      {1082, -1},     {1082, -1},
                                 {1082, -1},     {1042, 29},     {1042, 14},     {1043, 48}};
  std::vector<ColumnPlan> plans;
  for (const Column& column : kColumns) {
    plans.push_back(*plan_column("c", column.type, column.modifier, {}, {}));
  }
  return plans;
}

void append_field(std::string& out, std::string_view bytes) {
  append_big_endian(out, static_cast<std::int32_t>(bytes.size()));
  out += bytes;
}

template <typename T>
void append_number(std::string& out, T value) {
  append_big_endian(out, static_cast<std::int32_t>(sizeof(T)));
  append_big_endian(out, value);
}

// `cents` with two digits of fraction.
void append_numeric(std::string& out, int cents) {
  std::vector<std::int16_t> groups = {static_cast<std::int16_t>(cents / 1'000'000),
                                      static_cast<std::int16_t>(cents / 100 % 10'000),
                                      static_cast<std::int16_t>(cents % 100 * 100)};
  std::int16_t weight = 1;
  while (!groups.empty() && groups.front() == 0) {
    groups.erase(groups.begin());
    --weight;
  }
  std::string bytes;
  append_big_endian(bytes, static_cast<std::int16_t>(groups.size()));
  append_big_endian(bytes, weight);
  append_big_endian(bytes, std::uint16_t{0});
  append_big_endian(bytes, std::uint16_t{2});
  for (const std::int16_t group : groups) append_big_endian(bytes, group);
  append_field(out, bytes);
}

std::string lineitem_rows(int count) {
  std::string out("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", 19);
  for (int i = 1; i <= count; ++i) {
    append_big_endian(out, std::int16_t{16});
    append_number(out, std::int64_t{i});
    append_number(out, std::int64_t{i} * 7);
    append_number(out, std::int64_t{i} * 3);
    append_number(out, std::int32_t{i % 7});
    append_numeric(out, i % 50 * 100);
    append_numeric(out, i % 10'000'000 * 137 % 90'000'000);
    append_numeric(out, i % 10);
    append_numeric(out, i % 8);
    append_field(out, "N");
    append_field(out, "O");
    for (int date = 0; date < 3; ++date) append_number(out, std::int32_t{-1400 + i % 2000});
    append_field(out, "DELIVER IN PERSON        ");
    append_field(out, "TRUCK     ");
    append_field(out, "carefully final deposits detect slyly agai");
  }
  append_big_endian(out, std::int16_t{-1});
  return out;
}

void decode_lineitem(benchmark::State& state) {
  const std::string stream = lineitem_rows(100'000);
  const auto plans = lineitem_plans();
  const auto chunk_size = static_cast<std::size_t>(state.range(0));
  std::int64_t rows = 0;
  for (auto _ : state) {
    CopyDecoder decoder(plans);
    RowBatch batch = decoder.make_batch();
    std::string_view rest = stream;
    while (!rest.empty()) {
      std::string_view chunk = rest.substr(0, chunk_size);
      rest.remove_prefix(chunk.size());
      while (!chunk.empty()) {
        const auto used = decoder.decode(chunk, batch);
        if (!used) return state.SkipWithError(used.error().message.c_str());
        chunk.remove_prefix(*used);
        if (decoder.is_full(batch)) batch.clear();
      }
    }
    benchmark::DoNotOptimize(batch.row_count);
    rows += static_cast<std::int64_t>(decoder.row_count());
  }
  state.SetItemsProcessed(rows);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(stream.size()));
}
BENCHMARK(decode_lineitem)->Arg(64 << 10)->Arg(1 << 20)->Arg(200)->Unit(benchmark::kMillisecond);

}  // namespace
