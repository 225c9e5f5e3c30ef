// SPDX-License-Identifier: Apache-2.0
// Binary COPY streams from outside: any bytes decode or fail, and the cut of the chunks does not
// matter. An input that is no stream is taken as one value, of the type and policy that its first
// two bytes choose.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "postgres/copy_decoder.h"
#include "postgres/type_mapping.h"

using namespace tarn;
using namespace tarn::postgres;

namespace {

constexpr std::uint32_t kOids[] = {23,   16,   21,   23,   20,   26,   5069, 700,  701,  1700, 1700,
                                   1700, 1700, 1700, 1700, 1700, 1700, 25,   1043, 1042, 17,   1082,
                                   1114, 1184, 1083, 1266, 1186, 2950, 114,  3802, 25,   790,  1560,
                                   1562, 869,  650,  829,  774,  3220, 27,   1007, 1009, 1231, 1009,
                                   1017, 9000, 3904, 3906, 9001, 600,  3614, 142};

TypePolicy policy_of(std::uint8_t bits) {
  TypePolicy policy;
  policy.range_as_struct = true;
  policy.composite_as_struct = true;
  policy.interval_as_struct = (bits & 1) != 0;
  if ((bits & 2) != 0) policy.unbounded_numeric = Decimal{(bits & 4) != 0 ? 38 : 9, 5};
  policy.losses.fill(static_cast<LossPolicy>((bits >> 3) % 3));
  return policy;
}

TypeTable fuzz_types() {
  TypeTable types;
  types[9000] = {.oid = 9000,
                 .name = "pair",
                 .kind = 'c',
                 .fields = {{"a", 23, -1}, {"b", 25, -1}, {"c", 1231, -1}}};
  types[9001] = {.oid = 9001, .name = "hstore"};
  return types;
}

ColumnPlan plan_of(std::uint32_t oid, const TypePolicy& policy) {
  static const TypeTable types = fuzz_types();
  auto plan = plan_column("x", oid, -1, types, policy);
  VERIFY(plan.has_value());
  return std::move(*plan);
}

// Touches every entry; sizes must agree.
std::uint64_t sum_column(const ColumnBuffer& column) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < column.size; ++i) {
    if (!column.is_valid(i)) continue;
    if (column.kind == ColumnKind::Text || column.kind == ColumnKind::Bytes) {
      for (const char c : column.text_at(i)) sum += static_cast<unsigned char>(c);
    } else if (column.kind == ColumnKind::List || column.kind == ColumnKind::Map) {
      const auto entry = column.at<ListEntry>(i);
      VERIFY(entry.offset + entry.length <= column.children[0].size);
    }
  }
  for (const ColumnBuffer& child : column.children) {
    VERIFY(column.kind != ColumnKind::Struct || child.size == column.size);
    sum += sum_column(child);
  }
  return sum;
}

struct Outcome {
  bool good = false;
  std::uint64_t rows = 0;
  std::uint64_t sum = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome decode_stream(std::string_view stream, std::size_t chunk_size) {
  static const std::vector<ColumnPlan> plans = [] {
    std::vector<ColumnPlan> made;
    for (const std::uint32_t oid : kOids) made.push_back(plan_of(oid, policy_of(0)));
    return made;
  }();
  CopyDecoder decoder(plans, {.batch_rows_max = 16});
  RowBatch batch = decoder.make_batch();
  Outcome outcome;
  while (!stream.empty()) {
    std::string_view chunk = stream.substr(0, chunk_size);
    stream.remove_prefix(chunk.size());
    while (!chunk.empty()) {
      const auto used = decoder.decode(chunk, batch);
      if (!used) return outcome;
      VERIFY(*used > 0);
      chunk.remove_prefix(*used);
      if (!decoder.is_full(batch)) continue;
      for (const ColumnBuffer& column : batch.columns) outcome.sum += sum_column(column);
      outcome.rows += batch.row_count;
      batch.clear();
    }
  }
  for (const ColumnBuffer& column : batch.columns) outcome.sum += sum_column(column);
  outcome.rows += batch.row_count;
  outcome.good = decoder.finish().has_value();
  return outcome;
}

void decode_value(std::string_view input) {
  if (input.size() < 2) return;
  const std::uint32_t oid = kOids[static_cast<std::uint8_t>(input[0]) % std::size(kOids)];
  const ColumnPlan plan = plan_of(oid, policy_of(static_cast<std::uint8_t>(input[1])));
  // Exactly these bytes, so that a read beyond them is found.
  const std::vector<char> bytes(input.begin() + 2, input.end());
  RowBatch batch{std::span(&plan, 1)};
  FieldContext context;
  context.heap = &batch.heap;
  for (int i = 0; i < 3; ++i) {
    const bool good = decode_field(plan, bytes.data(), static_cast<std::uint32_t>(bytes.size()),
                                   batch.columns[0], context);
    VERIFY(good == !context.error.has_value());
    if (!good) return;
    VERIFY(batch.columns[0].size == static_cast<std::size_t>(i) + 1);
  }
  sum_column(batch.columns[0]);
  batch.clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (!input.starts_with("PGCOPY")) {
    decode_value(input);
    return 0;
  }
  const Outcome whole = decode_stream(input, size);
  VERIFY(decode_stream(input, 1) == whole || !whole.good);
  VERIFY(decode_stream(input, 61).good == whole.good);
  return 0;
}
