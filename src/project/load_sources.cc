// SPDX-License-Identifier: Apache-2.0
// Sources and their tables.
#include <fmt/core.h>

#include <algorithm>

#include "project/config.h"
#include "project/context/contexts.h"
#include "project/load.h"
#include "project/properties.h"

namespace tarn::project {

namespace {

Data nullable(const Data* data) { return data != nullptr ? *data : Data(); }

Data threshold(const Data& value, Arena& arena) {
  return Data(arena.copy(
      std::vector<Member>{{"count", value.get("count")}, {"period", value.get("period")}}));
}

// Freshness of the table over that of the source; an explicit null at the table turns it off.
Data merged_freshness(const Data* source, const Data* table, Arena& arena) {
  if (table != nullptr && table->is_null()) return {};
  if (source != nullptr && source->is_null() && table == nullptr) return {};
  const auto part = [&](const char* key) {
    MapBuilder merged(nullable(source).get(key));
    for (const auto& [name, value] : nullable(table).get(key).members()) merged.set(name, value);
    return threshold(merged.build(arena), arena);
  };
  Data filter = nullable(table).get("filter");
  if (filter.is_null()) filter = nullable(source).get("filter");
  return Data(arena.copy(std::vector<Member>{{"warn_after", part("warn_after")},
                                             {"error_after", part("error_after")},
                                             {"filter", filter}}));
}

Data merged_quoting(const Data& source, const Data& table, Arena& arena) {
  std::vector<Member> out;
  for (const char* key : {"database", "schema", "identifier", "column"}) {
    const Data* own = table.find(key);
    out.push_back({key, own != nullptr ? *own : source.get(key)});
  }
  return Data(arena.copy(out));
}

std::vector<Data> listed(const Data& value) {
  if (value.is_null()) return {};
  if (value.is_list()) return {value.items().begin(), value.items().end()};
  return {value};
}

class SourceBuilder {
 public:
  SourceBuilder(LoadState& state, const Patch& patch)
      : state_(state), project_(state.project), patch_(patch), arena_(state.project.arena()) {}

  void build() {
    for (const auto& table : patch_.data.get("tables").items()) {
      if (auto added = add_table(table); !added) {
        report_at(project_, Severity::Error, "source",
                  fmt::format("in source {}.{}: {}", patch_.name, table.get("name").text(),
                              describe(added.error())),
                  *patch_.file, patch_.value);
      }
    }
  }

 private:
  const Data* of_config(const Data& owner, const char* key) const {
    const Data config = owner.get("config");
    const Data* found = config.is_map() ? find_in(owner, "config", key) : nullptr;
    return found != nullptr ? found : owner.find(key);
  }
  static const Data* find_in(const Data& owner, const char* outer, const char* key) {
    const Data* map = owner.find(outer);
    return map != nullptr ? map->find(key) : nullptr;
  }

  // Configs of the file, as one partial: the source's, then the table's.
  Data file_config(const Data& table, const Data& freshness) {
    MapBuilder config;
    const Data& source = patch_.data;
    for (const Data* owner : {&source, &table}) {
      for (const auto& [key, value] : owner->get("config").members()) {
        if (key != "tags" && key != "meta" && key != "freshness") config.set(key, value);
      }
    }
    std::vector<Data> tags;
    MapBuilder meta;
    for (const Data* owner : {&source, &table}) {
      for (const Data& part : {owner->get("tags"), owner->get("config").get("tags")}) {
        for (const auto& tag : listed(part)) tags.push_back(tag);
      }
      for (const Data& part : {owner->get("meta"), owner->get("config").get("meta")}) {
        for (const auto& [key, value] : part.members()) meta.set(key, value);
      }
    }
    config.set("loaded_at_field", loaded_at(table, "loaded_at_field"));
    config.set("loaded_at_query", loaded_at(table, "loaded_at_query"));
    config.set("meta", meta.build(arena_));
    config.set("tags", make_list(arena_, tags));
    if (of_config(source, "freshness") != nullptr || of_config(table, "freshness") != nullptr) {
      config.set("freshness", freshness);
    }
    return config.build(arena_);
  }

  Data loaded_at(const Data& table, const char* key) const {
    const Data* own = of_config(table, key);
    if (own != nullptr && !own->is_null()) return *own;
    return nullable(of_config(patch_.data, key));
  }

  Result<void> add_table(const Data& table) {
    const Data& source = patch_.data;
    Node node;
    node.type = ResourceType::Source;
    node.package = patch_.package;
    node.package_name = project_.packages[patch_.package]->name;
    node.file = patch_.file;
    node.line = patch_.value->line;
    node.name = arena_.copy(to_python(table.get("name")));
    node.path = node.original_path = patch_.file->path;
    node.unique_id =
        arena_.copy(fmt::format("source.{}.{}.{}", node.package_name, patch_.name, node.name));
    node.fqn = make_fqn(arena_, node.package_name, patch_.file->relative, patch_.name);
    node.fqn.push_back(node.name);
    const Data freshness =
        merged_freshness(of_config(source, "freshness"), of_config(table, "freshness"), arena_);
    const Data config = file_config(table, freshness);
    const ConfigParts parts{node.type, node.package, node.fqn, nullptr, &config};
    const MergedConfig merged = TRY(merge_config(project_, parts, arena_));
    node.config = merged.values;
    node.unrendered_config = merged.unrendered;
    node.enabled = config_value(node.type, node.config, "enabled").truthy();
    set_names(node, table);
    const auto description = TRY(render_description(project_, node.package, node.unique_id,
                                                    table.get("description"), arena_));
    node.description = description.text;
    node.doc_blocks = description.doc_blocks;
    const auto source_description = TRY(render_description(project_, node.package, node.unique_id,
                                                           source.get("description"), arena_));
    node.columns =
        TRY(make_columns(project_, node.package, node.unique_id, table.get("columns"), arena_));
    fill_body(node, table, source_description.text, freshness);
    node.relation_name = arena_.copy(relation_of(project_, node).render());
    add_node(project_, std::move(node));
    return ok();
  }

  void set_names(Node& node, const Data& table) {
    const Data& source = patch_.data;
    const auto text_or = [&](const Data& value, std::string_view fallback) {
      return value.is_null() ? fallback : arena_.copy(to_python(value));
    };
    const Data database =
        source.get("database").is_null() ? source.get("catalog") : source.get("database");
    node.database = text_or(database, project_.profile.database);
    node.schema = text_or(source.get("schema"), patch_.name);
    node.identifier = text_or(table.get("identifier"), node.name);
    const yaml::Value* raw_database = patch_.value->find("database");
    const yaml::Value* raw_schema = patch_.value->find("schema");
    if (raw_database != nullptr) node.unrendered_database = from_yaml(*raw_database, arena_);
    if (raw_schema != nullptr) node.unrendered_schema = from_yaml(*raw_schema, arena_);
    for (const auto& tag : config_value(node.type, node.config, "tags").items()) {
      const std::string_view text = arena_.copy(to_python(tag));
      if (std::find(node.tags.begin(), node.tags.end(), text) == node.tags.end()) {
        node.tags.push_back(text);
      }
    }
    node.meta = config_value(node.type, node.config, "meta");
  }

  void fill_body(Node& node, const Data& table, std::string_view source_description,
                 const Data& freshness) {
    const Data& source = patch_.data;
    MapBuilder source_meta(source.get("meta"));
    for (const auto& [key, value] : source.get("config").get("meta").members()) {
      source_meta.set(key, value);
    }
    const Data external = table.get("external");
    node.body = Data(arena_.copy(std::vector<Member>{
        {"source_name", patch_.name},
        {"source_description", source_description},
        {"loader", source.get("loader").is_null() ? Data("") : source.get("loader")},
        {"identifier", node.identifier},
        {"quoting", merged_quoting(source.get("quoting"), table.get("quoting"), arena_)},
        {"loaded_at_field", loaded_at(table, "loaded_at_field")},
        {"loaded_at_query", loaded_at(table, "loaded_at_query")},
        {"freshness", freshness},
        {"external", external},
        {"source_meta", source_meta.build(arena_)}}));
  }

  LoadState& state_;
  Project& project_;
  const Patch& patch_;
  Arena& arena_;
};

}  // namespace

void load_sources(LoadState& state) {
  for (const auto& patch : state.patch_store) {
    if (patch.section == "sources") SourceBuilder(state, patch).build();
  }
}

}  // namespace tarn::project
