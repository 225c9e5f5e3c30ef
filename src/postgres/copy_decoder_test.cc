// SPDX-License-Identifier: Apache-2.0
#include "postgres/copy_decoder.h"

#include <map>

#include "base/bytes.h"
#include "base/decimal.h"
#include "base/file.h"
#include "base/testing.h"
#include "base/text.h"
#include "base/uuid.h"
#include "postgres/type_mapping.h"

namespace tarn::postgres {
namespace {

std::string fixture(std::string_view name) {
  return CHECK_OK(read_file(fmt::format("{}/tests/interop/copy/{}", TARN_SOURCE_DIR, name)));
}

std::vector<std::vector<std::string>> read_table(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    auto& row = rows.emplace_back();
    for (const std::string_view cell : split(line, '\t')) row.emplace_back(cell);
  }
  return rows;
}

TypeTable recorded_types() {
  std::vector<TextRow> rows;
  for (const auto& line : read_table(fixture("all_types.types"))) {
    TextRow& row = rows.emplace_back();
    for (const std::string& cell : line) {
      row.push_back(cell == "\\N" ? std::nullopt : std::optional(cell));
    }
  }
  return CHECK_OK(read_type_table(rows));
}

std::vector<ColumnPlan> recorded_plans(const TypePolicy& policy) {
  const TypeTable types = recorded_types();
  std::vector<ColumnPlan> plans;
  for (const auto& row : read_table(fixture("all_types.columns"))) {
    plans.push_back(CHECK_OK(plan_column(row[0], static_cast<std::uint32_t>(std::stoul(row[1])),
                                         std::stoi(row[2]), types, policy)));
  }
  return plans;
}

std::string decimal_text(const ColumnPlan& plan, const ColumnBuffer& column, std::size_t row) {
  switch (column.width) {
    case 2:
      return format_decimal(column.at<std::int16_t>(row), plan.scale);
    case 4:
      return format_decimal(column.at<std::int32_t>(row), plan.scale);
    case 8:
      return format_decimal(column.at<std::int64_t>(row), plan.scale);
    default:
      return format_decimal(column.at<Int128>(row), plan.scale);
  }
}

std::string big_endian_hex(std::uint64_t value, std::size_t bytes) {
  std::string raw;
  append_big_endian(raw, value);
  return to_hex(raw.substr(8 - bytes));
}

std::string render(const ColumnPlan& plan, const ColumnBuffer& column, std::size_t row);

// JSON as the server writes it: texts and numerics in quotes.
std::string render_part(const ColumnPlan& plan, const ColumnBuffer& column, std::size_t row) {
  if (!column.is_valid(row)) return "null";
  const std::string text = render(plan, column, row);
  const bool quoted = plan.kind == ColumnKind::Text || plan.kind == ColumnKind::Decimal;
  return quoted ? fmt::format("\"{}\"", replace_all(text, "\"", "\\\"")) : text;
}

std::string render_struct(const ColumnPlan& plan, const ColumnBuffer& column, std::size_t row) {
  std::string out = "[";
  for (std::size_t i = 0; i < column.children.size(); ++i) {
    ColumnPlan flag;
    flag.kind = ColumnKind::Boolean;
    flag.op = DecodeOp::Boolean;
    const ColumnPlan& part = plan.op != DecodeOp::Range ? plan.children[i]
                             : i < 2                    ? plan.children[0]
                                                        : flag;
    if (i > 0) out += ", ";
    out += render_part(part, column.children[i], row);
  }
  return out + "]";
}

std::string render_list(const ColumnPlan& plan, const ColumnBuffer& column, std::size_t row) {
  const auto entry = column.at<ListEntry>(row);
  std::string out = "[";
  const bool spaced = plan.children[0].kind == ColumnKind::Decimal;
  for (std::size_t i = 0; i < entry.length; ++i) {
    if (i > 0) out += spaced ? ", " : ",";
    out += render_part(plan.children[0], column.children[0], entry.offset + i);
  }
  return out + "]";
}

std::string render_map(const ColumnBuffer& column, std::size_t row) {
  const auto entry = column.at<ListEntry>(row);
  ColumnPlan text;
  std::string out = "{";
  for (std::size_t i = 0; i < entry.length; ++i) {
    if (i > 0) out += ", ";
    const ColumnBuffer& pairs = column.children[0];
    out += render_part(text, pairs.children[0], entry.offset + i);
    out += ": ";
    out += render_part(text, pairs.children[1], entry.offset + i);
  }
  return out + "}";
}

// The same text as record.sh makes of the value.
std::string render(const ColumnPlan& plan, const ColumnBuffer& column, std::size_t row) {
  if (!column.is_valid(row)) return "\\N";
  switch (column.kind) {
    case ColumnKind::Boolean:
      return std::to_string(column.at<std::uint8_t>(row));
    case ColumnKind::Int32:
    case ColumnKind::Date:
      return std::to_string(column.at<std::int32_t>(row));
    case ColumnKind::Int64:
    case ColumnKind::Time:
    case ColumnKind::Timestamp:
    case ColumnKind::TimestampTz:
      return std::to_string(column.at<std::int64_t>(row));
    case ColumnKind::Float32:
      return big_endian_hex(column.at<std::uint32_t>(row), 4);
    case ColumnKind::Float64:
      return big_endian_hex(column.at<std::uint64_t>(row), 8);
    case ColumnKind::Decimal:
      return decimal_text(plan, column, row);
    case ColumnKind::Text:
      return replace_all(column.text_at(row), "\t", "\\t");
    case ColumnKind::Bytes:
      return to_hex(column.text_at(row));
    case ColumnKind::Uuid: {
      Uuid uuid;
      std::memcpy(uuid.bytes.data(), column.data() + row * 16, 16);
      return to_string(uuid);
    }
    case ColumnKind::List:
      return render_list(plan, column, row);
    case ColumnKind::Struct:
      return render_struct(plan, column, row);
    case ColumnKind::Map:
      return render_map(column, row);
  }
  return "";
}

// Decodes a whole stream cut into chunks; rows are rendered as batches fill.
Result<std::vector<std::vector<std::string>>> decode_all(CopyDecoder& decoder,
                                                         std::string_view stream,
                                                         std::size_t chunk_size) {
  std::vector<std::vector<std::string>> rows;
  RowBatch batch = decoder.make_batch();
  const auto flush = [&] {
    for (std::size_t row = 0; row < batch.row_count; ++row) {
      auto& out = rows.emplace_back();
      for (std::size_t i = 0; i < batch.columns.size(); ++i) {
        CHECK(batch.columns[i].size == batch.row_count);
        out.push_back(render(decoder.columns()[i], batch.columns[i], row));
      }
    }
    batch.clear();
  };
  for (std::size_t begin = 0; begin < stream.size(); begin += chunk_size) {
    std::string_view chunk = stream.substr(begin, chunk_size);
    while (!chunk.empty()) {
      chunk.remove_prefix(TRY(decoder.decode(chunk, batch)));
      if (decoder.is_full(batch)) flush();
    }
  }
  TRY(decoder.finish());
  flush();
  return rows;
}

TypePolicy struct_policy() {
  TypePolicy policy;
  for (const char* name : {"range", "composite"}) {
    CHECK(set_type_policy(policy, name, "struct").has_value());
  }
  return policy;
}

TEST_CASE("a recorded stream of all types, at any cut") {
  const std::string stream = fixture("all_types.copy");
  const auto plans = recorded_plans(struct_policy());
  std::map<std::pair<std::size_t, std::string>, std::string> expected;
  for (auto& row : read_table(fixture("all_types.expected"))) {
    expected[{std::stoul(row[0]), row[1]}] = row[2];
  }
  std::vector<std::vector<std::string>> whole;
  for (const std::size_t chunk :
       {stream.size(), std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    CopyDecoder decoder(plans, {.batch_rows_max = chunk == 7 ? 3U : 2048U});
    const auto rows = CHECK_OK(decode_all(decoder, stream, chunk));
    REQUIRE(rows.size() == 51);
    if (!whole.empty()) {
      CHECK(rows == whole);
      continue;
    }
    whole = rows;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t i = 0; i < plans.size(); ++i) {
        CAPTURE(row);
        CAPTURE(plans[i].name);
        CAPTURE(plans[i].target_type);
        CHECK(rows[row][i] == expected.at({row, plans[i].name}));
      }
    }
    // Years before 1 and after 9999 are counted: 4713 BC twice, 5874897 and 294246.
    std::uint64_t far = 0;
    for (std::size_t i = 0; i < plans.size(); ++i) {
      far += decoder.losses(i)[static_cast<std::size_t>(Loss::FarTime)];
    }
    CHECK(far == 4);
  }
}

std::string header() { return std::string("PGCOPY\n\xff\r\n\0", 11) + std::string(8, '\0'); }

std::string row_of(std::initializer_list<std::string> fields) {
  std::string out;
  append_big_endian(out, static_cast<std::int16_t>(fields.size()));
  for (const std::string& field : fields) {
    append_big_endian(out, static_cast<std::int32_t>(field.size()));
    out += field;
  }
  return out;
}

template <typename T>
std::string bytes_of(T value) {
  std::string out;
  append_big_endian(out, value);
  return out;
}

const std::string kTrailer("\xff\xff", 2);

// Decodes one value of a type under one policy: its text, or the error.
std::string decode_one(std::uint32_t oid, const std::string& bytes, std::string_view policy_text,
                       std::int32_t modifier = -1, LossCounts* counts = nullptr) {
  TypePolicy policy;
  for (const std::string_view part : split(policy_text, ';')) {
    if (part.empty()) continue;
    const std::size_t at = part.find('=');
    const auto set = set_type_policy(policy, part.substr(0, at), part.substr(at + 1));
    if (!set) return describe(set.error());
  }
  const ColumnPlan plan = CHECK_OK(plan_column("x", oid, modifier, {}, policy));
  CopyDecoder decoder({plan});
  const auto rows = decode_all(decoder, header() + row_of({bytes}) + kTrailer, 1 << 20);
  if (counts != nullptr) *counts = decoder.losses(0);
  return rows ? (*rows)[0][0] : describe(rows.error());
}

std::string numeric_bytes(std::int16_t weight, std::uint16_t sign, std::uint16_t scale,
                          std::initializer_list<std::int16_t> digits) {
  std::string out = bytes_of(static_cast<std::int16_t>(digits.size())) + bytes_of(weight) +
                    bytes_of(sign) + bytes_of(scale);
  for (const std::int16_t digit : digits) out += bytes_of(digit);
  return out;
}

TEST_CASE("values that do not fit follow the policy and are counted") {
  const std::int32_t kNumeric52 = ((5 << 16) | 2) + 4;
  const std::string nan = numeric_bytes(0, 0xC000, 0, {});
  const std::string big = numeric_bytes(1, 0, 0, {12, 3456});
  const std::string fine = numeric_bytes(0, 0x4000, 3, {12, 3456});
  const std::string end_of_day = bytes_of(std::int64_t{86'400'000'000});
  struct Case {
    std::uint32_t oid;
    std::int32_t modifier;
    std::string bytes;
    std::string_view policy, expected;
    std::optional<Loss> loss;
  };
  using enum Loss;
  const Case cases[] = {
      {1700, kNumeric52, nan, "", "policy `numeric-special` can be null or text", NumericSpecial},
      {1700, kNumeric52, nan, "numeric-special=null", "\\N", NumericSpecial},
      {1700, kNumeric52, nan, "numeric-special=text", "NaN", std::nullopt},
      {1700, kNumeric52, nan, "numeric-special=clamp", "cannot be `clamp`, only error, null, text",
       std::nullopt},
      {1700, -1, big, "", "123456", std::nullopt},
      {1700, -1, big, "numeric=decimal(5,2)", "numeric-overflow", NumericOverflow},
      {1700, -1, big, "numeric=decimal(5,2);numeric-overflow=null", "\\N", NumericOverflow},
      {1700, -1, fine, "numeric=decimal(5,2)", "numeric-scale", NumericScale},
      {1700, -1, fine, "numeric=decimal(5,2);numeric-scale=clamp", "-12.35", NumericScale},
      {1700, -1, fine, "numeric=decimal(5,2);numeric-scale=null", "\\N", NumericScale},
      {1082, -1, bytes_of(std::int32_t{INT32_MAX}), "", "value `infinity`", InfiniteTime},
      {1082, -1, bytes_of(std::int32_t{INT32_MAX}), "infinity=clamp", "2932896", InfiniteTime},
      {1082, -1, bytes_of(std::int32_t{INT32_MIN}), "infinity=clamp", "-719162", InfiniteTime},
      {1114, -1, bytes_of(std::int64_t{INT64_MAX}), "infinity=null", "\\N", InfiniteTime},
      {1184, -1, bytes_of(std::int64_t{INT64_MIN}), "infinity=clamp", "-62135596800000000",
       InfiniteTime},
      {1184, -1, bytes_of(std::int64_t{9'223'371'331'199'999'999}), "", "infinity", InfiniteTime},
      {1114, -1, bytes_of(std::int64_t{INT64_MAX}), "infinity=clamp", "253402300799999999",
       InfiniteTime},
      {1083, -1, end_of_day, "", "end-of-day", EndOfDay},
      {1083, -1, end_of_day, "end-of-day=clamp", "86399999999", EndOfDay},
      {1083, -1, end_of_day, "end-of-day=null", "\\N", EndOfDay},
      {25, -1,
       "a\xff"
       "b",
       "", "invalid-text", InvalidText},
      {25, -1,
       "a\xff"
       "b",
       "invalid-text=clamp",
       "a\xef\xbf\xbd"
       "b",
       InvalidText},
      {25, -1,
       "a\xff"
       "b",
       "invalid-text=null", "\\N", InvalidText},
      {1007, -1,
       bytes_of(2) + bytes_of(0) + bytes_of(23) + bytes_of(1) + bytes_of(1) + bytes_of(1) +
           bytes_of(1) + bytes_of(4) + bytes_of(7),
       "", "array-shape", ArrayShape},
      {1007, -1,
       bytes_of(1) + bytes_of(0) + bytes_of(23) + bytes_of(1) + bytes_of(0) + bytes_of(4) +
           bytes_of(7),
       "", "array from 0", ArrayBounds},
      {1007, -1,
       bytes_of(1) + bytes_of(0) + bytes_of(23) + bytes_of(1) + bytes_of(-5) + bytes_of(4) +
           bytes_of(7),
       "array-bounds=clamp", "[7]", ArrayBounds},
      {1186, -1, bytes_of(INT64_MAX) + bytes_of(INT32_MAX) + bytes_of(INT32_MAX), "", "infinity",
       std::nullopt},
      {1186, -1, bytes_of(INT64_MIN) + bytes_of(INT32_MIN) + bytes_of(INT32_MIN),
       "interval=struct;infinity=null", "\\N", InfiniteTime},
      {1186, -1, bytes_of(std::int64_t{5}) + bytes_of(3) + bytes_of(-14), "", "P-1Y-2M3DT0.000005S",
       std::nullopt},
  };
  for (const Case& c : cases) {
    CAPTURE(c.oid);
    CAPTURE(c.policy);
    LossCounts counts{};
    const std::string text = decode_one(c.oid, c.bytes, c.policy, c.modifier, &counts);
    CAPTURE(text);
    CHECK(text.find(c.expected) != std::string::npos);
    for (std::size_t i = 0; i < kLossCount; ++i) {
      CHECK(counts[i] == (c.loss && static_cast<std::size_t>(*c.loss) == i ? 1U : 0U));
    }
  }
}

TEST_CASE("bad streams are errors that name column and row") {
  const auto decode = [](std::string_view stream) {
    CopyDecoder decoder({CHECK_OK(plan_column("n", 23, -1, {}, {}))}, {.row_bytes_max = 1000});
    const auto rows = decode_all(decoder, stream, 1 << 20);
    CopyDecoder again({CHECK_OK(plan_column("n", 23, -1, {}, {}))}, {.row_bytes_max = 1000});
    const auto slow = decode_all(again, stream, 1);
    CHECK(rows.has_value() == slow.has_value());
    return rows ? std::string("ok") : describe(rows.error());
  };
  const std::string good = header() + row_of({bytes_of(7)});
  const std::pair<std::string, std::string_view> cases[] = {
      {good + kTrailer, "ok"},
      {header() + kTrailer, "ok"},
      {"", "ended too early"},
      {good, "ended too early"},
      {good + "\xff", "ended too early"},
      {good + kTrailer + "x", "goes on after its end"},
      {"PGCOPX\n", "no binary COPY"},
      {std::string("PGCOPY\n\xff\r\n\0\0\1\0\0\0\0\0\0", 19), "flags"},
      {std::string("PGCOPY\n\xff\r\n\0\0\0\0\0\x7f\0\0\0", 19), "header"},
      {std::string("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\2ab", 21) + kTrailer, "ok"},
      {header() + row_of({bytes_of(7), ""}), "row 1 of the COPY stream has 2 columns instead of 1"},
      {good + row_of({"abc"}), "bytes are no int4 (in column `n` of row 2)"},
      {header() + bytes_of(std::int16_t{1}) + bytes_of(-2), "negative length"},
      {header() + bytes_of(std::int16_t{1}) + bytes_of(999), "larger than 1000 bytes"},
  };
  for (const auto& [stream, expected] : cases) {
    CAPTURE(expected);
    const std::string text = decode(stream);
    CAPTURE(text);
    CHECK(text.find(expected) != std::string::npos);
  }
  // Nested values with wrong sizes inside.
  for (const std::uint32_t oid : {1007U, 1700U, 869U, 1560U, 3802U, 1266U, 2950U, 790U, 3220U}) {
    for (std::size_t size = 0; size < 15; ++size) {
      const std::string text = decode_one(oid, std::string(size, '\x07'), "");
      CHECK((size == 8 || text.find("bytes are no") != std::string::npos));
    }
  }
}

TEST_CASE("every prefix of a recorded stream is an early end") {
  const std::string stream = fixture("all_types.copy");
  const auto plans = recorded_plans(struct_policy());
  for (std::size_t size = 0; size < 2'000; size += 13) {
    CopyDecoder decoder(plans);
    CHECK_ERROR(decode_all(decoder, std::string_view(stream).substr(0, size), 100),
                ErrorCode::Corrupt, "ended too early");
  }
}

TEST_CASE("batches end at their limits") {
  CopyDecoder decoder({CHECK_OK(plan_column("t", 25, -1, {}, {}))},
                      {.batch_rows_max = 10, .batch_bytes_max = 1000});
  RowBatch batch = decoder.make_batch();
  std::string stream = header();
  for (int i = 0; i < 30; ++i) stream += row_of({std::string(300, 'x')});
  const std::string whole = stream + kTrailer;
  std::string_view rest = whole;
  rest.remove_prefix(CHECK_OK(decoder.decode(rest, batch)));
  CHECK(batch.row_count == 4);
  CHECK(batch.heap.bytes_used() == 1200);
  batch.clear();
  rest.remove_prefix(CHECK_OK(decoder.decode(rest, batch)));
  CHECK(batch.row_count == 4);
  CHECK(batch.columns[0].text_at(3) == std::string(300, 'x'));
}

}  // namespace
}  // namespace tarn::postgres
