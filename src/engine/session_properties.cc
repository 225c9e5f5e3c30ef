// SPDX-License-Identifier: Apache-2.0
#include "engine/session_properties.h"

#include "base/text.h"
#include "types/error_name.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::engine {

namespace {

using types::named_error;

constexpr SessionProperty kSystem[] = {
    {"execution_policy", PropertyKind::Text, "phased", "Policy used for scheduling query tasks"},
    {"iterative_optimizer_timeout", PropertyKind::Duration, "3.00m",
     "Timeout for plan optimization in iterative optimizer"},
    {"join_distribution_type", PropertyKind::Text, "AUTOMATIC", "Join distribution type"},
    {"join_reordering_strategy", PropertyKind::Text, "AUTOMATIC", "Join reordering strategy"},
    {"max_recursion_depth", PropertyKind::Integer, "10",
     "Maximum recursion depth for recursive common table expression"},
    {"query_max_cpu_time", PropertyKind::Duration, "1000000000.00d", "Maximum CPU time of a query"},
    {"query_max_execution_time", PropertyKind::Duration, "100.00d",
     "Maximum execution time of a query"},
    {"query_max_memory", PropertyKind::DataSize, "20GB",
     "Maximum amount of distributed memory a query can use"},
    {"query_max_run_time", PropertyKind::Duration, "100.00d", "Maximum run time of a query"},
    {"query_priority", PropertyKind::Integer, "1", "The priority of queries"},
    {"retry_policy", PropertyKind::Text, "NONE", "Retry policy"},
    {"scale_writers", PropertyKind::Flag, "true", "Scale out writers based on throughput"},
    {"spill_enabled", PropertyKind::Flag, "false", "Enable spilling"},
    {"statistics_precalculation_for_pushdown_enabled", PropertyKind::Flag, "true",
     "Enable statistics precalculation for pushdown"},
    {"task_concurrency", PropertyKind::Integer, "32", "Default number of local parallel jobs"},
    {"time_zone_id", PropertyKind::Text, "", "Time zone id for the current session"},
    {"use_table_statistics", PropertyKind::Flag, "true", "Use statistics for tables"},
    {"enable_dynamic_filtering", PropertyKind::Flag, "true", "Enable dynamic filtering"},
    {"distributed_sort", PropertyKind::Flag, "true", "Parallelize sort across multiple nodes"},
    {"redistribute_writes", PropertyKind::Flag, "true", "Force parallel distributed writes"},
};

constexpr SessionProperty kLake[] = {
    {"compression_codec", PropertyKind::Text, "ZSTD",
     "Compression codec to use when writing files"},
    {"collect_extended_statistics_on_write", PropertyKind::Flag, "true",
     "Collect extended statistics during writes"},
    {"expire_snapshots_min_retention", PropertyKind::Duration, "7.00d",
     "Minimal retention period for expire_snapshot procedure"},
    {"extended_statistics_enabled", PropertyKind::Flag, "true",
     "Use extended statistics collected by ANALYZE"},
    {"merge_manifests_on_write", PropertyKind::Flag, "true",
     "Compact manifest files when performing write operations"},
    {"minimum_assigned_split_weight", PropertyKind::Double, "0.05",
     "Minimum assigned split weight"},
    {"projection_pushdown_enabled", PropertyKind::Flag, "true",
     "Read only required fields from a row type"},
    {"remove_orphan_files_min_retention", PropertyKind::Duration, "7.00d",
     "Minimal retention period for remove_orphan_files procedure"},
    {"sorted_writing_enabled", PropertyKind::Flag, "true",
     "Enable sorted writing to tables with a specified sort order"},
    {"statistics_enabled", PropertyKind::Flag, "true", "Expose table statistics"},
    {"target_max_file_size", PropertyKind::DataSize, "1GB", "Target maximum size of written files"},
    {"use_file_size_from_metadata", PropertyKind::Flag, "true",
     "Use file size stored in Iceberg metadata"},
};

constexpr SessionProperty kPostgres[] = {
    {"aggregation_pushdown_enabled", PropertyKind::Flag, "true", "Enable aggregation pushdown"},
    {"topn_pushdown_enabled", PropertyKind::Flag, "true", "Enable TopN pushdown"},
};

Error wrong_type(const SessionProperty& property, std::string_view wanted,
                 const types::TypedValue& value) {
  return named_error("INVALID_SESSION_PROPERTY", {},
                     "Unable to set session property '{}' to '{}': Cannot convert to {}",
                     property.name,
                     value.value.is_null() || !value.type.is(types::TypeKind::Varchar)
                         ? types::to_string(value.type)
                         : value.value.as_text(),
                     wanted);
}

bool is_data_size(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && ((text[at] >= '0' && text[at] <= '9') || text[at] == '.')) ++at;
  const std::string_view unit = trim(text.substr(at));
  return at > 0 && parse_double(text.substr(0, at)) &&
         (unit == "B" || unit == "kB" || unit == "MB" || unit == "GB" || unit == "TB" ||
          unit == "PB");
}

}  // namespace

std::span<const SessionProperty> system_properties() { return kSystem; }
std::span<const SessionProperty> lake_properties() { return kLake; }
std::span<const SessionProperty> postgres_properties() { return kPostgres; }

const SessionProperty* find_property(std::span<const SessionProperty> all, std::string_view name) {
  for (const auto& property : all) {
    if (property.name == name) return &property;
  }
  return nullptr;
}

std::string_view property_type(PropertyKind kind) {
  switch (kind) {
    case PropertyKind::Flag:
      return "boolean";
    case PropertyKind::Integer:
      return "integer";
    case PropertyKind::BigInt:
      return "bigint";
    case PropertyKind::Double:
      return "double";
    default:
      return "varchar";
  }
}

Result<std::string> property_text(const SessionProperty& property, const types::TypedValue& value) {
  if (value.value.is_null()) {
    return named_error("INVALID_SESSION_PROPERTY", {}, "Session property value must not be null");
  }
  const bool text = value.type.is(types::TypeKind::Varchar);
  switch (property.kind) {
    case PropertyKind::Flag:
      if (!value.type.is(types::TypeKind::Boolean)) return wrong_type(property, "boolean", value);
      return std::string(value.value.as_bool() ? "true" : "false");
    case PropertyKind::Integer:
    case PropertyKind::BigInt:
      if (!types::is_integral(value.type)) {
        return wrong_type(property, property_type(property.kind), value);
      }
      return std::to_string(value.value.as_int());
    case PropertyKind::Double:
      if (!types::is_numeric(value.type)) return wrong_type(property, "double", value);
      return types::cast_to_text(value.type, value.value);
    case PropertyKind::Duration:
      if (!text) return wrong_type(property, "varchar", value);
      if (!parse_duration(value.value.as_text())) {
        return named_error("INVALID_SESSION_PROPERTY", {},
                           "duration is not a valid data duration string: {}",
                           value.value.as_text());
      }
      return value.value.as_text();
    case PropertyKind::DataSize:
      if (!text) return wrong_type(property, "varchar", value);
      if (!is_data_size(value.value.as_text())) {
        return named_error("INVALID_SESSION_PROPERTY", {},
                           "size is not a valid data size string: {}", value.value.as_text());
      }
      return value.value.as_text();
    case PropertyKind::Text:
      if (!text) return wrong_type(property, "varchar", value);
      return value.value.as_text();
  }
  return std::string();
}

std::optional<double> parse_duration(std::string_view text) {
  text = trim(text);
  std::size_t at = 0;
  while (at < text.size() && ((text[at] >= '0' && text[at] <= '9') || text[at] == '.')) ++at;
  const auto number = parse_double(text.substr(0, at));
  if (at == 0 || !number) return std::nullopt;
  const std::string_view unit = trim(text.substr(at));
  double factor = 0;
  if (unit == "ns") factor = 1e-6;
  if (unit == "us") factor = 1e-3;
  if (unit == "ms") factor = 1;
  if (unit == "s") factor = 1e3;
  if (unit == "m") factor = 60e3;
  if (unit == "h") factor = 3'600e3;
  if (unit == "d") factor = 86'400e3;
  if (factor == 0) return std::nullopt;
  return *number * factor;
}

std::string show_duration(double millis) {
  struct Unit {
    const char* name;
    double millis;
  };
  static constexpr Unit kUnits[] = {{"d", 86'400e3}, {"h", 3'600e3}, {"m", 60e3}, {"s", 1e3}};
  for (const Unit& unit : kUnits) {
    if (millis >= unit.millis) return fmt::format("{:.2f}{}", millis / unit.millis, unit.name);
  }
  return fmt::format("{:.2f}{}", millis < 1 ? 0.0 : millis, millis < 1 ? "s" : "ms");
}

}  // namespace tarn::engine
