// SPDX-License-Identifier: Apache-2.0
// Column metrics: which are kept, how bounds are cut, and what they say about a filter.
// Spec: "Data File Fields", reference behavior of metrics modes.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "iceberg/data_file.h"
#include "iceberg/expression.h"
#include "iceberg/schema.h"
#include "iceberg/sort_order.h"

namespace tarn::iceberg {

enum class MetricsKind { None, Counts, Truncate, Full };
struct MetricsMode {
  MetricsKind kind = MetricsKind::Truncate;
  int length = 16;  // code points or bytes, Truncate only

  bool operator==(const MetricsMode&) const = default;
};

// `none`, `counts`, `truncate(16)`, `full`; other texts are ErrorCode::InvalidInput.
Result<MetricsMode> parse_metrics_mode(std::string_view text);
// The mode of each leaf by field id from the table's properties: explicit
// `write.metadata.metrics.column.<name>`, the default mode for the first columns up to the limit,
// sorted columns at least truncate(16). Leaves under lists and maps have none. Bad property values
// count as the default.
IdMap<MetricsMode> metrics_modes(const std::map<std::string, std::string>& properties,
                                 const Schema& schema, const SortOrder& order);

// Bounds of strings, cut after `length` code points, and of binary values, after `length` bytes. An
// upper bound that cannot be raised is nullopt: leave the bound out.
std::string truncate_lower_text(std::string_view text, std::size_t length);
std::optional<std::string> truncate_upper_text(std::string_view text, std::size_t length);
std::string truncate_lower_bytes(std::string_view bytes, std::size_t length);
std::optional<std::string> truncate_upper_bytes(std::string_view bytes, std::size_t length);

// Sets the file's bounds of one column from exact minimum and maximum by the mode. NaN is never a
// bound; -0 and +0 become -0 as lower and +0 as upper.
void set_bounds(DataFile& file, int field_id, const Value& lower, const Value& upper,
                const MetricsMode& mode);

// False only if no row of the file can match the bound filter; true only if all rows must.
bool may_match_file(const Expression& filter, const Schema& schema, const DataFile& file);
bool must_match_file(const Expression& filter, const Schema& schema, const DataFile& file);

}  // namespace tarn::iceberg
