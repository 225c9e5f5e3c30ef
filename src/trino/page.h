// SPDX-License-Identifier: Apache-2.0
// One answer of the client protocol: the JSON object QueryResults, of the direct and of the spooled
// protocol. Pure: bytes in, typed rows out. What does not fit is ErrorCode::Corrupt; a column of a
// type that Tarn does not know is ErrorCode::Unsupported.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/client.h"
#include "types/value.h"

namespace tarn::trino {

struct Column {
  std::string name;
  types::Type type;
};

using Row = std::vector<types::Value>;

// How far a statement is.
struct Progress {
  std::string state;  // QUEUED, RUNNING, FINISHED, …
  std::int64_t completed_splits = 0;
  std::int64_t total_splits = 0;
  std::int64_t processed_rows = 0;
  std::int64_t processed_bytes = 0;
  std::int64_t elapsed_ms = 0;
};

struct Warning {
  std::string name;  // of the warning's code
  std::string message;
};

// Why a statement failed, in the server's words.
struct Failure {
  std::string message;
  std::string name;       // TABLE_NOT_FOUND, …
  std::string type;       // USER_ERROR, INTERNAL_ERROR, INSUFFICIENT_RESOURCES, EXTERNAL
  std::int64_t line = 0;  // from 1; 0: no place known
  std::int64_t column = 0;
};

// A part of the rows as the spooled protocol carries them, maybe still to be fetched.
struct Segment {
  std::string payload;  // the bytes; empty until they are fetched
  std::string uri;      // spooled: where they are; "" for inline
  std::string ack_uri;
  std::vector<http::Header> headers;  // for `uri` and `ack_uri`
  std::int64_t rows_count = 0;
  std::optional<std::int64_t> uncompressed_size;  // missing: the payload is not compressed
};

struct Page {
  std::string query_id;
  std::string info_uri;
  std::string next_uri;  // "" at the end
  std::vector<Column> columns;
  std::vector<Row> rows;          // direct protocol
  std::string encoding;           // spooled protocol: `json`, `json+zstd`, `json+lz4`
  std::vector<Segment> segments;  // spooled protocol
  Progress progress;
  std::vector<Warning> warnings;
  std::optional<Failure> failure;
  std::string update_type;
  std::optional<std::int64_t> update_count;
};

// `columns` are those of earlier pages, used when this one repeats none.
Result<Page> parse_page(std::string_view text, const std::vector<Column>& columns);

// More bytes than this in one segment, once unpacked, are refused.
inline constexpr std::size_t kSegmentBytesMax = std::size_t{512} << 20;

// The rows of a segment whose payload is there.
Result<std::vector<Row>> decode_segment(std::string_view encoding, const Segment& segment,
                                        const std::vector<Column>& columns);

// The error of a failed statement: Trino's name in front (types/error_name.h), the place in `sql`.
Error make_error(const Failure& failure, std::string_view sql, std::string_view query_id);

}  // namespace tarn::trino
