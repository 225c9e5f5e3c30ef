// SPDX-License-Identifier: Apache-2.0
// How the values of one column of a binary COPY are decoded: what comes in, what goes out, and what
// happens to values that the target cannot hold. Made by type_mapping.h, carried out by
// copy_decoder.h. Plain data.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::postgres {

// The form of a binary value on the wire.
enum class DecodeOp : std::uint8_t {
  Boolean,
  Int2,
  Int4,
  Int8,
  Oid,   // also xid, cid: 32 bits without sign
  Xid8,  // 64 bits without sign
  Float4,
  Float8,
  NumericDecimal,
  NumericText,
  Money,
  Text,  // all whose binary form is their text: varchar, bpchar, json, enums, name, …
  Jsonb,
  Bytes,
  Date,
  Time,
  TimeTz,
  Timestamp,
  TimestampTz,
  IntervalText,
  IntervalStruct,
  Uuid,
  UuidText,
  Bits,
  Inet,  // also cidr
  MacAddress,
  Lsn,
  Tid,
  Array,
  Composite,
  Range,
  Hstore,
  ServerText,  // none: the planner makes it Text with a cast at the server
};

// What a column of the batch holds; see row_batch.h for the bytes.
enum class ColumnKind : std::uint8_t {
  Boolean,
  Int32,
  Int64,
  Float32,
  Float64,
  Decimal,
  Text,
  Bytes,
  Date,
  Time,
  Timestamp,
  TimestampTz,
  Uuid,
  List,
  Struct,
  Map,
};

// Values that a target cannot hold as they are.
enum class Loss : std::uint8_t {
  NumericSpecial,   // NaN or ±Infinity for a decimal
  NumericOverflow,  // too many digits for the decimal
  NumericScale,     // more digits of the fraction than the decimal has
  InfiniteTime,     // infinity and -infinity of date, timestamp, timestamptz
  EndOfDay,         // time 24:00:00
  ArrayShape,       // arrays of several dimensions
  ArrayBounds,      // arrays that do not begin at 1
  InvalidText,      // text that is no UTF-8, from SQL_ASCII databases
  FarTime,          // not lossy, but many readers stop at the years 1 and 9999: counted only
};
inline constexpr std::size_t kLossCount = 9;

enum class LossPolicy : std::uint8_t {
  Error,
  Null,
  // The nearest value: rounded scale, 9999-12-31 and 0001-01-01 (with 23:59:59.999999 and
  // 00:00:00), 23:59:59.999999, bounds dropped, U+FFFD. Not for NumericSpecial, NumericOverflow and
  // ArrayShape.
  Clamp,
};

std::string_view to_string(Loss loss);

using LossPolicies = std::array<LossPolicy, kLossCount>;
using LossCounts = std::array<std::uint64_t, kLossCount>;

struct ColumnPlan {
  std::string name;
  DecodeOp op = DecodeOp::Text;
  ColumnKind kind = ColumnKind::Text;
  // Decimal: 1–38 digits, and the scale.
  int precision = 0;
  int scale = 0;
  // Array: the element. Composite: its fields. Range: the bound. Hstore: none.
  std::vector<ColumnPlan> children;
  LossPolicies policies{};

  std::string source_type;  // as format_type prints it
  // In Iceberg's notation: `decimal(10,2)`, `timestamptz`, `list<long>`.
  std::string target_type;
  // Losses that can happen in this column; empty if it is lossless.
  std::vector<Loss> may_lose;
  // What a reader should know: `money has the currency of lc_monetary`. May be empty.
  std::string note;

  // `text` or `text[]`: the query must cast the column to it. Empty for most.
  std::string cast;
};

}  // namespace tarn::postgres
