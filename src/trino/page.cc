// SPDX-License-Identifier: Apache-2.0
#include "trino/page.h"

#include <boost/json.hpp>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "base/compression.h"
#include "base/json.h"
#include "types/type_text.h"
#include "types/wire.h"

namespace tarn::trino {

namespace {

namespace json = boost::json;

constexpr std::string_view kZstd = "json+zstd";
constexpr std::string_view kLz4 = "json+lz4";

Result<std::string> text_or_empty(const json::object& object, std::string_view key) {
  return TRY(json_optional_text(object, key)).value_or("");
}

Result<std::int64_t> int_or_zero(const json::object& object, std::string_view key) {
  return TRY(json_optional_int(object, key)).value_or(0);
}

Result<const json::object*> as_object(const json::value& value, std::string_view what) {
  const auto* object = value.if_object();
  if (object == nullptr) return corrupt("{} of a result is no JSON object", what);
  return object;
}

Result<std::vector<Column>> parse_columns(const json::array& items) {
  std::vector<Column> columns;
  columns.reserve(items.size());
  for (const auto& item : items) {
    const auto* object = TRY(as_object(item, "a column"));
    Column column;
    column.name = TRY(json_text(*object, "name"));
    const auto text = TRY(json_text(*object, "type"));
    auto type = types::parse_type(text);
    if (!type) {
      return unsupported("column `{}` of the result has the type `{}`, which is not known",
                         column.name, text);
    }
    column.type = std::move(*type);
    columns.push_back(std::move(column));
  }
  return columns;
}

Result<std::vector<Row>> decode_rows(const json::array& items, const std::vector<Column>& columns) {
  std::vector<Row> rows;
  rows.reserve(items.size());
  for (const auto& item : items) {
    const auto* values = item.if_array();
    if (values == nullptr || values->size() != columns.size()) {
      return corrupt("a row of the result does not have its {} columns", columns.size());
    }
    Row& row = rows.emplace_back();
    row.reserve(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      row.push_back(TRY(with_context(types::decode_wire_json(columns[i].type, (*values)[i]),
                                     fmt::format("in column `{}`", columns[i].name))));
    }
  }
  return rows;
}

Result<std::vector<http::Header>> parse_segment_headers(const json::object& segment) {
  std::vector<http::Header> headers;
  const auto* object = TRY(json_optional_object(segment, "headers"));
  if (object == nullptr) return headers;
  for (const auto& member : *object) {
    const auto* values = member.value().if_array();
    if (values == nullptr) return corrupt("the headers of a segment are no lists");
    for (const auto& value : *values) {
      const auto* text = value.if_string();
      if (text == nullptr) return corrupt("a header of a segment is no text");
      headers.push_back({std::string(member.key()), std::string(*text)});
    }
  }
  return headers;
}

Result<Segment> parse_segment(const json::object& object) {
  Segment segment;
  const auto type = TRY(json_text(object, "type"));
  if (type == "inline") {
    auto bytes = from_base64(TRY(json_text(object, "data")));
    if (!bytes) return corrupt("a segment of a result is no base64");
    segment.payload = std::move(*bytes);
  } else if (type == "spooled") {
    segment.uri = TRY(json_text(object, "uri"));
    segment.ack_uri = TRY(text_or_empty(object, "ackUri"));
    segment.headers = TRY(parse_segment_headers(object));
  } else {
    return unsupported("segments of the type `{}` in a result", type);
  }
  const auto* metadata = TRY(json_object(object, "metadata"));
  segment.rows_count = TRY(json_int(*metadata, "rowsCount"));
  segment.uncompressed_size = TRY(json_optional_int(*metadata, "uncompressedSize"));
  return segment;
}

Result<std::string> unpack(std::string_view encoding, const Segment& segment) {
  const auto announced = *segment.uncompressed_size;
  if (announced < 0 || static_cast<std::uint64_t>(announced) > kSegmentBytesMax) {
    return corrupt("a segment of a result announces {} bytes", announced);
  }
  const auto size = static_cast<std::size_t>(announced);
  if (encoding == "json") return corrupt("a segment without compression announces another size");
  auto text = encoding == kZstd ? TRY(zstd_decompress(segment.payload, size))
                                : TRY(lz4_block_decompress(segment.payload, size));
  if (text.size() != size) {
    return corrupt("a segment of a result has {} bytes instead of {}", text.size(), size);
  }
  return text;
}

Result<void> parse_spooled(const json::object& data, Page& page) {
  page.encoding = TRY(json_text(data, "encoding"));
  for (const auto& item : *TRY(json_array(data, "segments"))) {
    page.segments.push_back(TRY(parse_segment(*TRY(as_object(item, "a segment")))));
  }
  return {};
}

Result<void> parse_data(const json::object& object, const std::vector<Column>& columns,
                        Page& page) {
  const auto* data = object.if_contains("data");
  if (data == nullptr || data->is_null()) return {};
  if (columns.empty()) return corrupt("a result has data and no columns");
  if (const auto* rows = data->if_array()) {
    page.rows = TRY(decode_rows(*rows, columns));
    return {};
  }
  return parse_spooled(*TRY(as_object(*data, "the data")), page);
}

Result<Progress> parse_progress(const json::object& object) {
  Progress progress;
  const auto* stats = TRY(json_optional_object(object, "stats"));
  if (stats == nullptr) return progress;
  progress.state = TRY(text_or_empty(*stats, "state"));
  progress.completed_splits = TRY(int_or_zero(*stats, "completedSplits"));
  progress.total_splits = TRY(int_or_zero(*stats, "totalSplits"));
  progress.processed_rows = TRY(int_or_zero(*stats, "processedRows"));
  progress.processed_bytes = TRY(int_or_zero(*stats, "processedBytes"));
  progress.elapsed_ms = TRY(int_or_zero(*stats, "elapsedTimeMillis"));
  return progress;
}

Result<std::vector<Warning>> parse_warnings(const json::object& object) {
  std::vector<Warning> warnings;
  const auto* items = TRY(json_optional_array(object, "warnings"));
  if (items == nullptr) return warnings;
  for (const auto& item : *items) {
    const auto* warning = TRY(as_object(item, "a warning"));
    const auto* code = TRY(json_optional_object(*warning, "warningCode"));
    const auto name = code == nullptr ? std::string() : TRY(text_or_empty(*code, "name"));
    warnings.push_back({name, TRY(text_or_empty(*warning, "message"))});
  }
  return warnings;
}

Result<std::optional<Failure>> parse_failure(const json::object& object) {
  const auto* error = TRY(json_optional_object(object, "error"));
  if (error == nullptr) return std::optional<Failure>();
  Failure failure;
  failure.message = TRY(text_or_empty(*error, "message"));
  failure.name = TRY(text_or_empty(*error, "errorName"));
  failure.type = TRY(text_or_empty(*error, "errorType"));
  if (const auto* place = TRY(json_optional_object(*error, "errorLocation"))) {
    failure.line = TRY(int_or_zero(*place, "lineNumber"));
    failure.column = TRY(int_or_zero(*place, "columnNumber"));
  }
  return std::optional<Failure>(std::move(failure));
}

}  // namespace

Result<Page> parse_page(std::string_view text, const std::vector<Column>& columns) {
  const auto value = TRY(parse_json(text));
  const auto& object = *TRY(as_object(value, "the answer"));
  Page page;
  page.query_id = TRY(json_text(object, "id"));
  page.info_uri = TRY(text_or_empty(object, "infoUri"));
  page.next_uri = TRY(text_or_empty(object, "nextUri"));
  page.failure = TRY(parse_failure(object));
  page.progress = TRY(parse_progress(object));
  page.warnings = TRY(parse_warnings(object));
  page.update_type = TRY(text_or_empty(object, "updateType"));
  page.update_count = TRY(json_optional_int(object, "updateCount"));
  if (page.failure) return page;
  if (const auto* items = TRY(json_optional_array(object, "columns"))) {
    page.columns = TRY(parse_columns(*items));
  }
  TRY(parse_data(object, page.columns.empty() ? columns : page.columns, page));
  return page;
}

Result<std::vector<Row>> decode_segment(std::string_view encoding, const Segment& segment,
                                        const std::vector<Column>& columns) {
  if (encoding != "json" && encoding != kZstd && encoding != kLz4) {
    return unsupported("results in the encoding `{}`", encoding);
  }
  std::string unpacked;
  if (segment.uncompressed_size) unpacked = TRY(unpack(encoding, segment));
  const auto value = TRY(parse_json(segment.uncompressed_size ? unpacked : segment.payload));
  const auto* items = value.if_array();
  if (items == nullptr) return corrupt("a segment of a result is no list of rows");
  auto rows = TRY(decode_rows(*items, columns));
  if (static_cast<std::int64_t>(rows.size()) != segment.rows_count) {
    return corrupt("a segment of a result has {} rows instead of {}", rows.size(),
                   segment.rows_count);
  }
  return rows;
}

}  // namespace tarn::trino
