// SPDX-License-Identifier: Apache-2.0
#include "engine/lake_access.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "base/time.h"
#include "duckdb/lake_session.h"
#include "engine/lake_source.h"
#include "engine/lake_type.h"
#include "engine/metadata_table.h"
#include "types/error_name.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::engine {

namespace {

using types::TypeKind;

std::string property_of(const iceberg::TableMetadata& metadata, std::string_view name) {
  const auto found = metadata.properties.find(std::string(name));
  return found == metadata.properties.end() ? std::string() : found->second;
}

bool is_not_found(const Error& error) { return error.code == ErrorCode::NotFound; }

// The entry whose name is `name` but for case.
std::optional<iceberg::TableIdentifier> find_ignoring_case(
    const Result<std::vector<iceberg::TableIdentifier>>& entries, const std::string& name) {
  if (!entries) return std::nullopt;
  for (const auto& entry : *entries) {
    if (equals_ignore_case(entry.name, name)) return entry;
  }
  return std::nullopt;
}

// Which state a FOR VERSION or FOR TIMESTAMP clause asks for.
struct ChosenState {
  const iceberg::Snapshot* snapshot = nullptr;
  const iceberg::Schema* schema = nullptr;
  std::string at;  // ` AT (VERSION => 5)`
};

std::string instant_text(std::int64_t millis) {
  std::string text = format_timestamp_micros(millis * 1'000);
  return text + "Z";
}

Result<std::int64_t> pointer_millis(const types::TypedValue& value, types::TimeZone zone) {
  std::int64_t micros = 0;
  if (value.type.is(TypeKind::TimestampWithTimeZone)) {
    return floor_divide(value.value.as_timestamp().micros, 1'000);
  }
  if (value.type.is(TypeKind::Timestamp)) {
    micros = value.value.as_timestamp().micros;
  } else if (value.type.is(TypeKind::Date)) {
    micros = value.value.as_int() * kMicrosPerDay;
  } else {
    return types::named_error("NOT_SUPPORTED", {},
                              "Unsupported type for temporal table version: {}",
                              types::to_string(value.type));
  }
  const auto local = zone.resolve_local(floor_divide(micros, kMicrosPerSecond));
  return floor_divide(micros - local.offset_seconds * kMicrosPerSecond, 1'000);
}

Result<ChosenState> choose_by_time(const iceberg::LoadedTable& table,
                                   const types::TypedValue& pointer, StatementRun& run) {
  const std::int64_t millis = TRY(pointer_millis(pointer, run.options().time_zone));
  if (millis * 1'000 > run.values().start_micros) {
    return types::named_error("INVALID_ARGUMENTS", {}, "Pointer value '{}' is not in the past",
                              types::cast_to_text(pointer.type, pointer.value));
  }
  const auto* snapshot = table.metadata->snapshot_at(millis);
  if (snapshot == nullptr) {
    return types::named_error(
        "INVALID_ARGUMENTS", {}, "No version history table \"{}\".\"{}\" at or before {}",
        to_string(table.identifier.space), table.identifier.name, instant_text(millis));
  }
  return ChosenState{snapshot, &table.metadata->schema_of(*snapshot),
                     fmt::format(" AT (VERSION => {})", snapshot->id.value)};
}

Result<ChosenState> choose_state(const iceberg::LoadedTable& table,
                                 const std::optional<analysis::TableVersion>& version,
                                 StatementRun& run) {
  const iceberg::TableMetadata& metadata = *table.metadata;
  if (!version) return ChosenState{metadata.current_snapshot(), &metadata.schema(), ""};
  const types::TypedValue& pointer = version->value;
  if (pointer.value.is_null()) {
    return types::named_error("INVALID_ARGUMENTS", {}, "Pointer value cannot be NULL");
  }
  if (!version->by_version) return choose_by_time(table, pointer, run);
  if (pointer.type.is(TypeKind::BigInt)) {
    const auto* snapshot = metadata.find_snapshot(iceberg::SnapshotId(pointer.value.as_int()));
    if (snapshot == nullptr) {
      return types::named_error("INVALID_ARGUMENTS", {}, "Iceberg snapshot ID does not exists: {}",
                                pointer.value.as_int());
    }
    return ChosenState{snapshot, &metadata.schema_of(*snapshot),
                       fmt::format(" AT (VERSION => {})", snapshot->id.value)};
  }
  if (pointer.type.is(TypeKind::Varchar)) {
    const std::string& name = pointer.value.as_text();
    const auto ref = metadata.refs.find(name);
    const auto* snapshot = metadata.find_ref(name);
    if (ref == metadata.refs.end() || snapshot == nullptr) {
      return types::named_error("INVALID_ARGUMENTS", {},
                                "Cannot find snapshot with reference name: {}", name);
    }
    const bool branch = ref->second.kind == iceberg::RefKind::Branch;
    return ChosenState{snapshot, branch ? &metadata.schema() : &metadata.schema_of(*snapshot),
                       fmt::format(" AT (VERSION => {})", quote(name, '\''))};
  }
  return types::named_error("NOT_SUPPORTED", {}, "Unsupported type for table version: {}",
                            types::to_string(pointer.type));
}

Result<std::vector<analysis::TableColumn>> columns_of(const iceberg::Schema& schema) {
  std::vector<analysis::TableColumn> columns;
  for (const iceberg::Field& field : schema.fields) {
    columns.push_back(
        {to_lower(field.name), TRY(from_lake_type(field.type)), false, !field.required});
  }
  return columns;
}

std::vector<std::optional<std::string>> comments_of(const iceberg::Schema& schema) {
  std::vector<std::optional<std::string>> comments;
  bool any = false;
  for (const iceberg::Field& field : schema.fields) {
    any = any || !field.doc.empty();
    comments.push_back(field.doc.empty() ? std::nullopt : std::optional(field.doc));
  }
  if (!any) comments.clear();
  return comments;
}

// Schemas are lower case in SQL; in a lake they are as their writer called them.
Result<iceberg::Namespace> actual_namespace(iceberg::Catalog& catalog, const std::string& schema) {
  const auto plain = namespace_of(schema);
  if (TRY(catalog.namespace_exists(plain))) return plain;
  for (const auto& space : TRY(catalog.list_all_namespaces())) {
    if (equals_ignore_case(to_string(space), schema)) return space;
  }
  return plain;
}

class LakeAccess final : public CatalogAccess {
 public:
  LakeAccess(StatementRun& run, const LakeCatalog& catalog) : run_(run), catalog_(catalog) {}

  Result<std::vector<std::string>> list_schemas() override {
    std::vector<std::string> names;
    for (const auto& space : TRY(catalog_.catalog->list_all_namespaces())) {
      names.push_back(to_lower(to_string(space)));
      known_schemas_.emplace(names.back(), space);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<bool> has_schema(const std::string& schema) override {
    return TRY(find_schema(schema)).has_value();
  }

  Result<std::vector<ListedRelation>> list_relations(const std::string& schema) override {
    std::vector<ListedRelation> out;
    const auto space = TRY(find_schema(schema));
    if (!space) return out;
    for (const auto& table : TRY(catalog_.catalog->list_tables(*space))) {
      out.push_back({to_lower(table.name), RelationKind::Table});
    }
    for (const auto& view : TRY(catalog_.catalog->list_views(*space))) {
      out.push_back({to_lower(view.name), RelationKind::View});
    }
    if (const auto& open = run_.session().transaction) {
      const std::string prefix = catalog_.name + "." + schema + ".";
      for (const auto& [name, table] : open->created) {
        if (name.starts_with(prefix)) {
          out.push_back({name.substr(prefix.size()), RelationKind::Table});
        }
      }
    }
    std::sort(out.begin(), out.end(),
              [](const ListedRelation& a, const ListedRelation& b) { return a.name < b.name; });
    return out;
  }

  Result<RelationPtr> find(const analysis::TableId& id,
                           const std::optional<analysis::TableVersion>& version) override {
    const std::size_t dollar = id.table.rfind('$');
    if (dollar != std::string::npos && dollar > 0) {
      auto kind = find_metadata_kind(std::string_view(id.table).substr(dollar + 1));
      if (kind) return find_metadata_table(id, dollar, *kind, version);
    }
    auto object = TRY(find_object(id));
    if (!object) return RelationPtr();
    if (object->view) return make_view(id, *object->view);
    return make_table(id, *object, version);
  }

 private:
  // The namespace of a schema; nullopt if there is none.
  Result<std::optional<iceberg::Namespace>> find_schema(const std::string& schema) {
    if (!known_schemas_.contains(schema)) {
      const auto plain = namespace_of(schema);
      if (TRY(catalog_.catalog->namespace_exists(plain))) {
        known_schemas_.emplace(schema, plain);
      } else {
        TRY(list_schemas());
      }
    }
    const auto found = known_schemas_.find(schema);
    if (found == known_schemas_.end()) return std::optional<iceberg::Namespace>();
    return std::optional(found->second);
  }

  // Tables that the transaction has created are not in the catalog yet.
  Result<std::optional<LakeObject>> find_object(const analysis::TableId& id) {
    if (const auto& open = run_.session().transaction) {
      const auto found = open->created.find(to_string(id));
      if (found != open->created.end()) {
        LakeObject object;
        object.table = found->second;
        return std::optional(std::move(object));
      }
    }
    return find_lake_object(catalog_, id);
  }

  Result<RelationPtr> make_view(const analysis::TableId& id, const iceberg::LoadedView& view) {
    const auto& current = view.metadata->current_version();
    const auto* text = current.find_sql("trino");
    if (text == nullptr) {
      return types::named_error("UNSUPPORTED_VIEW_TYPE", {},
                                "Cannot read unsupported dialect of view '{}.{}'", id.schema,
                                id.table);
    }
    auto info = std::make_shared<analysis::TableInfo>();
    info->id = id;
    info->columns = TRY(columns_of(view.metadata->schema()));
    for (auto& column : info->columns) column.nullable = true;
    analysis::ViewDefinition definition;
    definition.sql = text->sql;
    if (!current.default_catalog.empty()) definition.catalog = current.default_catalog;
    if (!current.default_namespace.empty()) {
      definition.schema = join(current.default_namespace, ".");
    }
    info->view = std::move(definition);
    auto relation = std::make_shared<Relation>();
    relation->kind = RelationKind::View;
    relation->info = std::move(info);
    const auto comment = view.metadata->properties.find(kCommentProperty);
    if (comment != view.metadata->properties.end()) relation->comment = comment->second;
    relation->column_comments = comments_of(view.metadata->schema());
    return RelationPtr(std::move(relation));
  }

  // Rows of a materialized view that was never refreshed are those of its definition.
  Result<RelationPtr> make_table(const analysis::TableId& id, LakeObject& object,
                                 const std::optional<analysis::TableVersion>& version) {
    auto definition = materialized_definition(*object.table->metadata);
    TRY(run_.begin());
    const auto table =
        TRY(duckdb::pin_table(run_.connection(), catalog_.name, std::move(*object.table)));
    const ChosenState state = TRY(choose_state(table, version, run_));
    auto info = std::make_shared<analysis::TableInfo>();
    info->id = id;
    info->columns = TRY(columns_of(*state.schema));
    if (definition && !definition->is_refreshed && !version) {
      info->view = definition->view;
    } else {
      LakeTableState lake;
      lake.instance = &run_.catalogs().instance();
      lake.store = catalog_.store;
      lake.table = table;
      lake.snapshot = state.snapshot;
      lake.from = fmt::format("{}.{}.{}{}", quote(catalog_.name, '"'),
                              quote(to_string(table.identifier.space), '"'),
                              quote(table.identifier.name, '"'), state.at);
      add_hidden_columns(info->columns);
      info->handle = make_lake_source(std::move(lake), info->columns);
    }
    auto relation = std::make_shared<Relation>();
    relation->kind = definition ? RelationKind::MaterializedView : RelationKind::Table;
    const std::string comment = property_of(*table.metadata, kCommentProperty);
    if (table.metadata->properties.contains(kCommentProperty)) relation->comment = comment;
    relation->column_comments = comments_of(*state.schema);
    if (!relation->column_comments.empty()) relation->column_comments.resize(info->columns.size());
    relation->info = std::move(info);
    return RelationPtr(std::move(relation));
  }

  Result<RelationPtr> find_metadata_table(const analysis::TableId& id, std::size_t dollar,
                                          MetadataKind kind,
                                          const std::optional<analysis::TableVersion>& version) {
    analysis::TableId base = id;
    base.table.resize(dollar);
    auto object = TRY(find_object(base));
    if (!object || !object->table) return RelationPtr();
    MetadataSource source;
    source.store = catalog_.store;
    source.table = *object->table;
    source.snapshot = TRY(choose_state(source.table, version, run_)).snapshot;
    auto relation = std::make_shared<Relation>();
    relation->info = make_computed_info(run_.catalogs().instance(), id,
                                        TRY(make_metadata_table(kind, std::move(source))));
    return RelationPtr(std::move(relation));
  }

  StatementRun& run_;
  const LakeCatalog& catalog_;
  std::map<std::string, iceberg::Namespace> known_schemas_;  // by their names in SQL
};

}  // namespace

std::string_view to_string(RelationKind kind) {
  switch (kind) {
    case RelationKind::Table:
      return "table";
    case RelationKind::View:
      return "view";
    case RelationKind::MaterializedView:
      return "materialized view";
  }
  return "table";
}

iceberg::Namespace namespace_of(const std::string& schema) {
  iceberg::Namespace space;
  for (std::string_view level : split(schema, '.')) space.levels.emplace_back(level);
  return space;
}

iceberg::TableIdentifier identifier_of(const analysis::TableId& id) {
  return {namespace_of(id.schema), id.table};
}

std::optional<MaterializedDefinition> materialized_definition(
    const iceberg::TableMetadata& metadata) {
  const auto sql = metadata.properties.find(std::string(kMaterializedSql));
  if (sql == metadata.properties.end()) return std::nullopt;
  MaterializedDefinition out;
  out.view.sql = sql->second;
  if (auto text = property_of(metadata, kMaterializedCatalog); !text.empty()) {
    out.view.catalog = text;
  }
  if (auto text = property_of(metadata, kMaterializedSchema); !text.empty()) {
    out.view.schema = text;
  }
  if (metadata.properties.contains(kCommentProperty)) {
    out.comment = property_of(metadata, kCommentProperty);
  }
  out.grace_period_ms = parse_int64(property_of(metadata, kMaterializedGrace));
  out.sources = property_of(metadata, kMaterializedSources);
  out.refreshed_ms = parse_int64(property_of(metadata, kMaterializedTime)).value_or(0);
  out.is_refreshed = out.refreshed_ms != 0;
  return out;
}

Result<std::optional<LakeObject>> find_lake_object(const LakeCatalog& catalog,
                                                   const analysis::TableId& id) {
  LakeObject object;
  const auto identifier = identifier_of(id);
  auto table = catalog.catalog->load_table(identifier);
  if (!table && !is_not_found(table.error())) return std::move(table).error();
  if (!table) {
    auto view = catalog.catalog->load_view(identifier);
    if (view) {
      object.kind = RelationKind::View;
      object.view = *std::move(view);
      return std::optional(std::move(object));
    }
    if (!is_not_found(view.error())) return std::move(view).error();
    const auto space = TRY(actual_namespace(*catalog.catalog, id.schema));
    if (auto other = find_ignoring_case(catalog.catalog->list_tables(space), id.table)) {
      table = TRY(catalog.catalog->load_table(*other));
    } else if (auto named = find_ignoring_case(catalog.catalog->list_views(space), id.table)) {
      object.kind = RelationKind::View;
      object.view = TRY(catalog.catalog->load_view(*named));
      return std::optional(std::move(object));
    } else {
      return std::optional<LakeObject>();
    }
  }
  object.table = *std::move(table);
  if (materialized_definition(*object.table->metadata)) {
    object.kind = RelationKind::MaterializedView;
  }
  return std::optional(std::move(object));
}

Result<const LakeCatalog*> find_lake(StatementRun& run, const std::string& catalog) {
  const CatalogHandle* handle = TRY(run.handle(catalog));
  if (handle == nullptr) return static_cast<const LakeCatalog*>(nullptr);
  return std::get_if<LakeCatalog>(handle);
}

std::unique_ptr<CatalogAccess> make_lake_access(StatementRun& run, const LakeCatalog& catalog) {
  return std::make_unique<LakeAccess>(run, catalog);
}

}  // namespace tarn::engine
