// SPDX-License-Identifier: Apache-2.0
#include "iceberg/view_metadata.h"

#include <algorithm>
#include <boost/json.hpp>
#include <unordered_set>

#include "base/check.h"
#include "base/text.h"
#include "iceberg/model_json.h"
#include "iceberg/table_properties.h"

namespace tarn::iceberg {

namespace {

namespace json = boost::json;

constexpr int kViewFormatVersion = 1;

Result<ViewRepresentation> parse_representation(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "a view representation"));
  ViewRepresentation representation;
  representation.type = TRY(json_text(object, "type"));
  if (representation.type == "sql") {
    representation.sql = TRY(json_text(object, "sql"));
    representation.dialect = TRY(json_text(object, "dialect"));
    representation.extra = unknown_members(object, {"type", "sql", "dialect"});
  } else {
    representation.extra = unknown_members(object, {"type"});
  }
  return representation;
}

json::object to_json(const ViewRepresentation& representation) {
  json::object object;
  object["type"] = representation.type;
  if (representation.type == "sql") {
    object["sql"] = representation.sql;
    object["dialect"] = representation.dialect;
  }
  append_members(object, representation.extra);
  return object;
}

Result<ViewVersion> parse_version(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "a view version"));
  ViewVersion version;
  version.version_id = TRY(json_int32(object, "version-id"));
  version.schema_id = TRY(json_int32(object, "schema-id"));
  version.timestamp_ms = TRY(json_int(object, "timestamp-ms"));
  version.summary = TRY(text_map(object, "summary"));
  for (const json::value& item : *TRY(json_array(object, "representations"))) {
    version.representations.push_back(TRY(parse_representation(item)));
  }
  version.default_catalog = TRY(json_optional_text(object, "default-catalog")).value_or("");
  const json::array* levels = TRY(json_array(object, "default-namespace"));
  version.default_namespace = TRY(text_list(*levels, "`default-namespace`"));
  version.extra =
      unknown_members(object, {"version-id", "schema-id", "timestamp-ms", "summary",
                               "representations", "default-catalog", "default-namespace"});
  return version;
}

json::object to_json(const ViewVersion& version) {
  json::object object;
  object["version-id"] = version.version_id;
  object["timestamp-ms"] = version.timestamp_ms;
  object["schema-id"] = version.schema_id;
  object["summary"] = text_map_to_json(version.summary);
  if (!version.default_catalog.empty()) object["default-catalog"] = version.default_catalog;
  json::array levels;
  for (const std::string& level : version.default_namespace) {
    levels.push_back(json::string(level));
  }
  object["default-namespace"] = std::move(levels);
  json::array representations;
  for (const auto& item : version.representations) representations.push_back(to_json(item));
  object["representations"] = std::move(representations);
  append_members(object, version.extra);
  return object;
}

const ViewVersion* find_version(const ViewMetadata& metadata, int id) {
  const auto found =
      std::find_if(metadata.versions.begin(), metadata.versions.end(),
                   [id](const ViewVersion& version) { return version.version_id == id; });
  return found == metadata.versions.end() ? nullptr : &*found;
}

const Schema* find_view_schema(const ViewMetadata& metadata, int id) {
  const auto found = std::find_if(metadata.schemas.begin(), metadata.schemas.end(),
                                  [id](const Schema& schema) { return schema.schema_id == id; });
  return found == metadata.schemas.end() ? nullptr : &*found;
}

Result<void> validate_view(const ViewMetadata& metadata) {
  if (metadata.versions.empty()) return corrupt("`versions` is empty");
  const ViewVersion* current = find_version(metadata, metadata.current_version_id);
  if (current == nullptr) {
    return corrupt("`current-version-id` {} is not among `versions`", metadata.current_version_id);
  }
  if (find_view_schema(metadata, current->schema_id) == nullptr) {
    return corrupt("`schema-id` {} of the current version is not among `schemas`",
                   current->schema_id);
  }
  return {};
}

Result<void> check_dialects(const ViewVersion& version) {
  std::unordered_set<std::string> dialects;
  for (const ViewRepresentation& item : version.representations) {
    if (item.type != "sql") continue;
    if (!dialects.insert(to_lower(item.dialect)).second) {
      return invalid_input("the view has two texts in dialect `{}`", item.dialect);
    }
  }
  if (dialects.empty()) return invalid_input("the view has no SQL text");
  return {};
}

Result<void> check_no_dialect_dropped(const ViewVersion& before, const ViewVersion& after) {
  for (const ViewRepresentation& item : before.representations) {
    if (item.type == "sql" && after.find_sql(item.dialect) == nullptr) {
      return invalid_input("replacing the view would drop its text in dialect `{}`", item.dialect);
    }
  }
  return {};
}

// Puts the schema in, or finds an equal one; gives its id.
int add_view_schema(ViewMetadata& metadata, Schema schema) {
  int next = 0;
  for (const Schema& known : metadata.schemas) {
    if (same_schema(known, schema)) return known.schema_id;
    next = std::max(next, known.schema_id + 1);
  }
  schema.schema_id = next;
  metadata.schemas.push_back(std::move(schema));
  return next;
}

bool same_version(const ViewVersion& a, const ViewVersion& b) {
  return a.schema_id == b.schema_id && a.summary == b.summary &&
         a.representations == b.representations && a.default_catalog == b.default_catalog &&
         a.default_namespace == b.default_namespace;
}

// Keeps the current version and the newest others.
void trim_versions(ViewMetadata& metadata, std::int64_t limit) {
  std::vector<int> ids;
  for (const ViewVersion& version : metadata.versions) {
    if (version.version_id != metadata.current_version_id) ids.push_back(version.version_id);
  }
  std::sort(ids.rbegin(), ids.rend());
  const auto others = static_cast<std::size_t>(std::max<std::int64_t>(limit, 1) - 1);
  if (ids.size() <= others) return;
  const std::unordered_set<int> gone(ids.begin() + static_cast<std::ptrdiff_t>(others), ids.end());
  std::erase_if(metadata.versions,
                [&](const ViewVersion& version) { return gone.contains(version.version_id); });
  std::vector<ViewLogEntry> log;
  for (const ViewLogEntry& entry : metadata.version_log) {
    if (gone.contains(entry.version_id)) {
      log.clear();
    } else {
      log.push_back(entry);
    }
  }
  metadata.version_log = std::move(log);
}

Result<ViewMetadata> set_version(ViewMetadata metadata, ViewDefinition definition,
                                 std::int64_t now_ms) {
  TRY(check_dialects(definition.version));
  ViewVersion version = std::move(definition.version);
  version.schema_id = add_view_schema(metadata, std::move(definition.schema));
  version.timestamp_ms = now_ms;
  version.version_id = 1;
  std::optional<int> equal;
  for (const ViewVersion& known : metadata.versions) {
    if (same_version(known, version)) equal = known.version_id;
    version.version_id = std::max(version.version_id, known.version_id + 1);
  }
  const int id = equal.value_or(version.version_id);
  if (equal && id == metadata.current_version_id) return metadata;
  if (!equal) metadata.versions.push_back(std::move(version));
  metadata.current_version_id = id;
  metadata.version_log.push_back({now_ms, id});
  trim_versions(metadata, TRY(read_property(metadata.properties, property::kViewVersionsMax)));
  return metadata;
}

}  // namespace

const ViewRepresentation* ViewVersion::find_sql(std::string_view dialect) const {
  const auto found = std::find_if(
      representations.begin(), representations.end(), [&](const ViewRepresentation& item) {
        return item.type == "sql" && equals_ignore_case(item.dialect, dialect);
      });
  return found == representations.end() ? nullptr : &*found;
}

const ViewVersion& ViewMetadata::current_version() const {
  const ViewVersion* found = find_version(*this, current_version_id);
  VERIFY(found != nullptr);
  return *found;
}

const Schema& ViewMetadata::schema() const {
  const Schema* found = find_view_schema(*this, current_version().schema_id);
  VERIFY(found != nullptr);
  return *found;
}

Result<ViewMetadata> make_view_metadata(ViewDefinition definition, std::string location,
                                        std::string uuid,
                                        std::map<std::string, std::string> properties,
                                        std::int64_t now_ms) {
  ViewMetadata metadata;
  metadata.uuid = std::move(uuid);
  metadata.location = std::move(location);
  metadata.properties = std::move(properties);
  return set_version(std::move(metadata), std::move(definition), now_ms);
}

Result<ViewMetadata> replace_view_version(const ViewMetadata& base, ViewDefinition definition,
                                          std::int64_t now_ms) {
  if (!read_property(base.properties, property::kViewDropDialect)) {
    TRY(check_no_dialect_dropped(base.current_version(), definition.version));
  }
  return set_version(base, std::move(definition), now_ms);
}

Result<ViewMetadata> view_metadata_from_json(std::string_view text) {
  const json::value value = TRY(parse_json(text));
  const json::object& object = *TRY(as_object(value, "view metadata"));
  ViewMetadata metadata;
  metadata.format_version = TRY(json_int32(object, "format-version"));
  if (metadata.format_version != kViewFormatVersion) {
    return unsupported("format version {} of the view", metadata.format_version);
  }
  metadata.uuid = TRY(json_text(object, "view-uuid"));
  metadata.location = TRY(json_text(object, "location"));
  metadata.current_version_id = TRY(json_int32(object, "current-version-id"));
  metadata.properties = TRY(text_map(object, "properties"));
  for (const json::value& item : *TRY(json_array(object, "versions"))) {
    metadata.versions.push_back(TRY(parse_version(item)));
  }
  for (const json::value& item : *TRY(json_array(object, "version-log"))) {
    const json::object& entry = *TRY(as_object(item, "an entry of `version-log`"));
    metadata.version_log.push_back(
        {TRY(json_int(entry, "timestamp-ms")), TRY(json_int32(entry, "version-id"))});
  }
  for (const json::value& item : *TRY(json_array(object, "schemas"))) {
    metadata.schemas.push_back(TRY(parse_schema(item)));
  }
  metadata.extra =
      unknown_members(object, {"format-version", "view-uuid", "location", "current-version-id",
                               "properties", "versions", "version-log", "schemas"});
  TRY(validate_view(metadata));
  return metadata;
}

std::string view_metadata_to_json(const ViewMetadata& metadata) {
  json::object object;
  object["view-uuid"] = metadata.uuid;
  object["format-version"] = metadata.format_version;
  object["location"] = metadata.location;
  if (!metadata.properties.empty()) object["properties"] = text_map_to_json(metadata.properties);
  json::array schemas;
  for (const Schema& schema : metadata.schemas) schemas.push_back(iceberg::to_json(schema));
  object["schemas"] = std::move(schemas);
  object["current-version-id"] = metadata.current_version_id;
  json::array versions;
  for (const ViewVersion& version : metadata.versions) versions.push_back(to_json(version));
  object["versions"] = std::move(versions);
  json::array log;
  for (const ViewLogEntry& entry : metadata.version_log) {
    log.push_back(
        json::object{{"timestamp-ms", entry.timestamp_ms}, {"version-id", entry.version_id}});
  }
  object["version-log"] = std::move(log);
  append_members(object, metadata.extra);
  return write_json(object);
}

}  // namespace tarn::iceberg
