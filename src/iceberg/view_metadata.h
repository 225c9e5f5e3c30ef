// SPDX-License-Identifier: Apache-2.0
// Views: the Iceberg view spec, format version 1.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/schema.h"

namespace tarn::iceberg {

// One SQL text of a view; at most one for a dialect (compared without case).
struct ViewRepresentation {
  std::string type = "sql";
  std::string sql;
  std::string dialect;  // such as `trino`
  std::string extra;    // unknown JSON members, "" = none

  bool operator==(const ViewRepresentation&) const = default;
};

struct ViewVersion {
  int version_id = 1;
  int schema_id = 0;
  std::int64_t timestamp_ms = 0;
  std::map<std::string, std::string> summary;
  std::vector<ViewRepresentation> representations;
  std::string default_catalog;  // "" = none
  std::vector<std::string> default_namespace;
  std::string extra;

  bool operator==(const ViewVersion&) const = default;
  // nullptr when there is none for the dialect.
  const ViewRepresentation* find_sql(std::string_view dialect) const;
};

struct ViewLogEntry {
  std::int64_t timestamp_ms = 0;
  int version_id = 0;

  bool operator==(const ViewLogEntry&) const = default;
};

struct ViewMetadata {
  std::string uuid;
  int format_version = 1;
  std::string location;
  int current_version_id = 0;
  std::vector<ViewVersion> versions;
  std::vector<ViewLogEntry> version_log;
  std::vector<Schema> schemas;
  std::map<std::string, std::string> properties;
  std::string extra;

  bool operator==(const ViewMetadata&) const = default;
  // Never fail on metadata from the parser or from the functions below.
  const ViewVersion& current_version() const;
  const Schema& schema() const;
};

// What a view is made or replaced by. `schema_id` and `version_id` are given by the functions.
struct ViewDefinition {
  Schema schema;
  ViewVersion version;
};

Result<ViewMetadata> make_view_metadata(ViewDefinition definition, std::string location,
                                        std::string uuid,
                                        std::map<std::string, std::string> properties,
                                        std::int64_t now_ms);
// Adds a version and makes it current; an equal version that exists becomes current again. Keeps
// `version.history.num-entries` versions. Dropping a dialect is ErrorCode::InvalidInput unless
// `replace.drop-dialect.allowed` is true.
Result<ViewMetadata> replace_view_version(const ViewMetadata& base, ViewDefinition definition,
                                          std::int64_t now_ms);

Result<ViewMetadata> view_metadata_from_json(std::string_view text);
std::string view_metadata_to_json(const ViewMetadata& metadata);

}  // namespace tarn::iceberg
