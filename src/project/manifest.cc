// SPDX-License-Identifier: Apache-2.0
#include "project/manifest.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/json_text.h"
#include "base/time.h"
#include "project/config.h"
#include "project/context/contexts.h"
#include "project/macro_calls.h"
#include "project/version_check.h"

namespace tarn::project {

namespace {

Data text_or_null(std::string_view text) { return text.empty() ? Data() : Data(text); }
Data empty_map() { return Data(std::span<const Member>()); }
Data empty_list() { return Data(std::span<const Data>()); }
Data or_map(const Data& data) { return data.is_null() ? empty_map() : data; }
Data or_list(const Data& data) { return data.is_null() ? empty_list() : data; }

Data default_docs(Arena& arena) {
  return Data(arena.copy(std::vector<Member>{{"show", Data(true)}, {"node_color", Data()}}));
}

class NodeWriter {
 public:
  NodeWriter(const Node& node, Arena& arena) : node_(node), arena_(arena) {}

  Data write() {
    switch (node_.type) {
      case ResourceType::Source:
        write_source();
        break;
      case ResourceType::Exposure:
        write_exposure();
        break;
      case ResourceType::Metric:
        write_metric();
        break;
      case ResourceType::SemanticModel:
        write_semantic_model();
        break;
      case ResourceType::SavedQuery:
        write_saved_query();
        break;
      case ResourceType::UnitTest:
        write_unit_test();
        break;
      default:
        write_node();
    }
    return Data(arena_.copy(members_));
  }

 private:
  void add(std::string_view key, Data value) { members_.push_back({key, value}); }
  void add_body(std::initializer_list<const char*> keys) {
    for (const auto* key : keys) add(key, node_.body.get(key));
  }
  Data map(std::initializer_list<Member> members) {
    return Data(arena_.copy(std::vector<Member>(members)));
  }
  Data texts(const std::vector<std::string_view>& list) { return make_text_list(arena_, list); }
  Data config() { return full_config(node_.type, node_.config, arena_); }
  Data depends_on() {
    return map({{"macros", texts(node_.depends_macros)}, {"nodes", texts(node_.depends_nodes)}});
  }
  Data refs() {
    std::vector<Data> out;
    for (const auto& ref : node_.refs) {
      out.push_back(map(
          {{"name", ref.name}, {"package", text_or_null(ref.package)}, {"version", ref.version}}));
    }
    return make_list(arena_, out);
  }
  Data sources() {
    std::vector<Data> out;
    for (const auto& source : node_.sources) out.push_back(texts({source.source, source.table}));
    return make_list(arena_, out);
  }
  Data metrics() {
    std::vector<Data> out;
    for (const auto& metric : node_.metrics) out.push_back(texts(metric));
    return make_list(arena_, out);
  }
  Data checksum() { return map({{"name", node_.checksum_kind}, {"checksum", node_.checksum}}); }

  void write_names() {
    add("name", node_.name);
    add("resource_type", to_string(node_.type));
    add("package_name", node_.package_name);
    add("path", node_.path);
    add("original_file_path", node_.original_path);
    add("unique_id", node_.unique_id);
  }

  void write_node() {
    add("database", node_.database);
    add("schema", node_.schema);
    write_names();
    add("fqn", texts(node_.fqn));
    add("alias", node_.alias);
    add("checksum", checksum());
    add("config", config());
    add("tags", texts(node_.tags));
    add("description", node_.description);
    add("columns", or_map(node_.columns));
    add("meta", or_map(node_.meta));
    add("group", text_or_null(node_.group));
    add("docs", node_.docs.is_null() ? default_docs(arena_) : node_.docs);
    add("patch_path", text_or_null(node_.patch_path));
    add("build_path", Data());
    add("unrendered_config", or_map(node_.unrendered_config));
    add("relation_name", text_or_null(node_.relation_name));
    add("raw_code", node_.raw_code);
    add("doc_blocks", texts(node_.doc_blocks));
    if (node_.type == ResourceType::Seed) {
      add("root_path", Data());
      add("depends_on", map({{"macros", texts(node_.depends_macros)}}));
      return;
    }
    add("language", node_.language);
    add("refs", refs());
    add("sources", sources());
    add("metrics", metrics());
    add("functions", empty_list());
    add("depends_on", depends_on());
    add("compiled_path", Data());
    const Data contract = config_value(node_.type, node_.config, "contract");
    const bool enforced = contract.get("enforced").truthy();
    const Data* alias_types = contract.find("alias_types");
    add("contract", map({{"enforced", enforced},
                         {"alias_types", alias_types != nullptr ? *alias_types : Data(true)},
                         {"checksum", text_or_null(node_.contract_checksum)}}));
    if (node_.type == ResourceType::Model) write_model();
    if (node_.test != nullptr) write_test();
    if (node_.type == ResourceType::Operation) {
      add("index",
          Data(static_cast<std::int64_t>(std::atoi(std::string(node_.hook_index).c_str()))));
    }
  }

  void write_model() {
    add("access", node_.access);
    add("constraints", or_list(node_.constraints));
    add("version", node_.version);
    add("latest_version", node_.latest_version);
    Data date = node_.deprecation_date;
    if (date.kind == DataKind::Date) {
      date = Data(arena_.copy(fmt::format("{}T00:00:00+00:00", date.text())), DataKind::Time);
    }
    add("deprecation_date", date);
    add("primary_key", or_list(node_.primary_key));
    add("time_spine", node_.time_spine);
  }

  void write_test() {
    const TestInfo& test = *node_.test;
    add("column_name", text_or_null(test.column));
    add("file_key_name", test.file_key);
    add("attached_node", text_or_null(test.attached));
    add("test_metadata", map({{"name", test.name},
                              {"kwargs", test.kwargs},
                              {"namespace", text_or_null(test.package)}}));
  }

  void write_source() {
    add("database", node_.database);
    add("schema", node_.schema);
    write_names();
    add("fqn", texts(node_.fqn));
    add_body({"source_name", "source_description", "loader", "identifier", "quoting",
              "loaded_at_field", "loaded_at_query", "freshness", "external"});
    add("description", node_.description);
    add("columns", or_map(node_.columns));
    add("meta", or_map(node_.meta));
    add_body({"source_meta"});
    add("tags", texts(node_.tags));
    add("config", config());
    add("patch_path", Data());
    add("unrendered_config", or_map(node_.unrendered_config));
    add("relation_name", text_or_null(node_.relation_name));
    add("unrendered_database", node_.unrendered_database);
    add("unrendered_schema", node_.unrendered_schema);
    add("doc_blocks", texts(node_.doc_blocks));
  }

  void write_exposure() {
    write_names();
    add("fqn", texts(node_.fqn));
    add_body({"type", "owner"});
    add("description", node_.description);
    add_body({"label", "maturity"});
    add("meta", or_map(node_.meta));
    add("tags", texts(node_.tags));
    add("config", config());
    add("unrendered_config", or_map(node_.unrendered_config));
    add_body({"url"});
    add("depends_on", depends_on());
    add("refs", refs());
    add("sources", sources());
    add("metrics", metrics());
  }

  void write_metric() {
    write_names();
    add("fqn", texts(node_.fqn));
    add("description", node_.description);
    add_body({"label", "type", "type_params", "filter", "metadata", "time_granularity"});
    add("meta", or_map(node_.meta));
    add("tags", texts(node_.tags));
    add("config", config());
    add("unrendered_config", or_map(node_.unrendered_config));
    add("sources", sources());
    add("depends_on", depends_on());
    add("refs", refs());
    add("metrics", metrics());
    add("group", text_or_null(node_.group));
  }

  void write_semantic_model() {
    write_names();
    add("fqn", texts(node_.fqn));
    add_body({"model", "node_relation", "description", "label", "defaults", "entities", "measures",
              "dimensions", "metadata"});
    add("depends_on", depends_on());
    add("refs", refs());
    add("config", config());
    add("unrendered_config", or_map(node_.unrendered_config));
    add_body({"primary_entity"});
    add("group", text_or_null(node_.group));
  }

  void write_saved_query() {
    write_names();
    add("fqn", texts(node_.fqn));
    add_body({"query_params", "exports", "description", "label", "metadata"});
    add("config", config());
    add("unrendered_config", or_map(node_.unrendered_config));
    add("group", text_or_null(node_.group));
    add("depends_on", depends_on());
    add("refs", refs());
    add("tags", texts(node_.tags));
  }

  void write_unit_test() {
    add_body({"model", "given", "expect"});
    write_names();
    add("fqn", texts(node_.fqn));
    add("description", node_.description);
    add_body({"overrides"});
    add("depends_on", depends_on());
    add("config", config());
    add("checksum", node_.checksum);
    add("schema", node_.schema);
    add_body({"versions"});
    add("version", node_.version);
  }

  const Node& node_;
  Arena& arena_;
  std::vector<Member> members_;
};

// Sections of the manifest, in order, with the types that they hold.
struct Section {
  const char* name;
  ResourceType type;  // Model: everything that runs
};

bool is_in_section(const Node& node, ResourceType type) {
  if (type == ResourceType::Model) {
    return node.is_executable() && node.type != ResourceType::Function;
  }
  return node.type == type;
}

class ManifestWriter {
 public:
  ManifestWriter(const Project& project, ManifestIndex* index) : project_(project), index_(index) {}

  std::string write() {
    out_.reserve(project_.nodes.size() * 3000 + 100'000);
    out_ += '{';
    write_metadata();
    write_nodes("nodes", ResourceType::Model);
    write_nodes("sources", ResourceType::Source);
    write_macros();
    write_docs();
    write_nodes("exposures", ResourceType::Exposure);
    write_nodes("metrics", ResourceType::Metric);
    write_groups();
    write_selectors();
    write_disabled();
    write_maps();
    write_group_map();
    write_nodes("saved_queries", ResourceType::SavedQuery);
    write_nodes("semantic_models", ResourceType::SemanticModel);
    write_nodes("unit_tests", ResourceType::UnitTest);
    write_nodes("functions", ResourceType::Function);
    out_ += '}';
    return std::move(out_);
  }

 private:
  void begin(const char* name, char open) {
    if (out_.size() > 1) out_ += ',';
    append_json_text(out_, name);
    out_ += ':';
    out_ += open;
    first_ = true;
  }
  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_text(out_, name);
    out_ += ':';
  }

  void write_metadata() {
    begin("metadata", '{');
    const auto text = [&](const char* name, std::string_view value) {
      key(name);
      append_json_text(out_, value);
    };
    text("dbt_schema_version", "https://schemas.getdbt.com/dbt/manifest/v12.json");
    text("dbt_version", kDbtVersion);
    text("generated_at", format_timestamp_micros(project_.options.now_micros) + "Z");
    if (index_ != nullptr) {
      index_->time_size = format_timestamp_micros(project_.options.now_micros).size() + 3;
      index_->time_offset = out_.size() - index_->time_size;
    }
    text("invocation_id", project_.options.invocation_id);
    if (index_ != nullptr) {
      std::string written;
      append_json_text(written, project_.options.invocation_id);
      index_->invocation_size = written.size();
      index_->invocation_offset = out_.size() - written.size();
    }
    key("env");
    out_ += "{}";
    text("project_name", project_.root().name);
    key("project_id");
    out_ += "null";
    key("user_id");
    out_ += "null";
    key("send_anonymous_usage_stats");
    out_ += "false";
    text("adapter_type", "trino");
    out_ += '}';
  }

  void write_nodes(const char* name, ResourceType type) {
    begin(name, '{');
    for (const auto& node : project_.nodes) {
      if (!is_in_section(node, type)) continue;
      Arena arena;
      key(node.unique_id);
      const std::size_t begin = out_.size();
      append_json(out_, node_data(project_, node, arena));
      if (index_ != nullptr && node.parse_digest != 0) note_places(node, begin);
    }
    out_ += '}';
  }

  // Only members that this writer itself makes can read like these.
  void note_places(const Node& node, std::size_t begin) {
    const std::string_view entry = std::string_view(out_).substr(begin);
    std::string code = "\"raw_code\":";
    const std::size_t key_size = code.size();
    append_json_text(code, node.raw_code);
    const auto at = entry.rfind(code);
    const std::string checksum =
        fmt::format("\"checksum\":{{\"name\":\"sha256\",\"checksum\":\"{}\"}}", node.checksum);
    const auto sum = entry.find(checksum);
    if (at == std::string_view::npos || sum == std::string_view::npos || sum > at) return;
    index_->nodes.push_back({&node, begin + sum + checksum.size() - 2 - node.checksum.size(),
                             begin + at + key_size, code.size() - key_size});
  }

  void write_macros() {
    begin("macros", '{');
    for (const auto& macro : project_.macros) {
      Arena arena;
      key(macro.unique_id);
      append_json(out_, macro_data(macro, arena));
    }
    out_ += '}';
  }

  void write_docs() {
    begin("docs", '{');
    for (const auto& doc : project_.docs) {
      Arena arena;
      key(doc.unique_id);
      append_json(out_, doc_data(doc, arena));
    }
    out_ += '}';
  }

  void write_groups() {
    begin("groups", '{');
    for (const auto& group : project_.groups) {
      Arena arena;
      key(group.unique_id);
      append_json(out_, group_data(group, arena));
    }
    out_ += '}';
  }

  void write_selectors() {
    begin("selectors", '{');
    for (const auto& selector : project_.selectors) {
      key(selector.name);
      append_json(out_, selector.definition);
    }
    out_ += '}';
  }

  void write_disabled() {
    begin("disabled", '{');
    std::vector<const Node*> done;
    for (const auto& node : project_.disabled) {
      const bool seen = std::any_of(done.begin(), done.end(), [&](const Node* one) {
        return one->unique_id == node.unique_id;
      });
      if (seen) continue;
      done.push_back(&node);
      key(node.unique_id);
      out_ += '[';
      bool first = true;
      for (const auto& other : project_.disabled) {
        if (other.unique_id != node.unique_id) continue;
        Arena arena;
        if (!first) out_ += ',';
        first = false;
        append_json(out_, node_data(project_, other, arena));
      }
      out_ += ']';
    }
    out_ += '}';
  }

  void write_lists(
      const char* name,
      const std::vector<std::pair<std::string_view, std::vector<std::string_view>>>& lists) {
    begin(name, '{');
    for (const auto& [id, list] : lists) {
      key(id);
      out_ += '[';
      for (std::size_t i = 0; i < list.size(); ++i) {
        if (i != 0) out_ += ',';
        append_json_text(out_, list[i]);
      }
      out_ += ']';
    }
    out_ += '}';
  }

  void write_maps() {
    std::vector<std::pair<std::string_view, std::vector<std::string_view>>> parents;
    std::vector<std::pair<std::string_view, std::vector<std::string_view>>> children;
    std::unordered_map<std::string_view, std::size_t> place;
    for (const auto& node : project_.nodes) {
      if (node.type == ResourceType::Operation) continue;
      place.emplace(node.unique_id, parents.size());
      parents.emplace_back(node.unique_id, node.depends_nodes);
      children.emplace_back(node.unique_id, std::vector<std::string_view>());
    }
    for (auto& [id, list] : parents) {
      for (const auto parent : list) {
        const auto found = place.find(parent);
        if (found != place.end()) children[found->second].second.push_back(id);
      }
      std::sort(list.begin(), list.end());
    }
    for (auto& [id, list] : children) {
      (void)id;
      std::sort(list.begin(), list.end());
    }
    write_lists("parent_map", parents);
    write_lists("child_map", children);
  }

  void write_group_map() {
    std::vector<std::pair<std::string_view, std::vector<std::string_view>>> groups;
    for (const auto& group : project_.groups) {
      std::vector<std::string_view> members;
      for (const auto& node : project_.nodes) {
        if (node.group == group.name) members.push_back(node.unique_id);
      }
      groups.emplace_back(group.name, std::move(members));
    }
    write_lists("group_map", groups);
  }

  const Project& project_;
  ManifestIndex* index_;
  std::string out_;
  bool first_ = true;
};

}  // namespace

Data node_data(const Project& project, const Node& node, Arena& arena) {
  (void)project;
  return NodeWriter(node, arena).write();
}

Data macro_data(const MacroDefinition& macro, Arena& arena) {
  std::vector<Data> arguments;
  for (const auto& argument : macro.arguments) {
    arguments.push_back(Data(arena.copy(std::vector<Member>{
        {"name", argument.name}, {"type", argument.type}, {"description", argument.description}})));
  }
  const Data docs = full_config(ResourceType::Macro, or_map(macro.config), arena);
  return Data(arena.copy(std::vector<Member>{
      {"name", macro.name},
      {"resource_type", "macro"},
      {"package_name", macro.package_name},
      {"path", macro.path},
      {"original_file_path", macro.path},
      {"unique_id", macro.unique_id},
      {"macro_sql", macro.text},
      {"depends_on", Data(arena.copy(std::vector<Member>{
                         {"macros", make_text_list(arena, macro.depends_macros)}}))},
      {"description", macro.description},
      {"meta", or_map(macro.meta)},
      {"docs", macro.docs.is_null() ? default_docs(arena) : macro.docs},
      {"config", docs},
      {"patch_path", text_or_null(macro.patch_path)},
      {"arguments", make_list(arena, arguments)},
      {"supported_languages", macro.supported_languages}}));
}

Data doc_data(const DocBlock& doc, Arena& arena) {
  return Data(arena.copy(std::vector<Member>{{"name", doc.name},
                                             {"resource_type", "doc"},
                                             {"package_name", doc.package_name},
                                             {"path", doc.path},
                                             {"original_file_path", doc.original_path},
                                             {"unique_id", doc.unique_id},
                                             {"block_contents", doc.contents}}));
}

Data group_data(const GroupDefinition& group, Arena& arena) {
  return Data(arena.copy(std::vector<Member>{{"name", group.name},
                                             {"resource_type", "group"},
                                             {"package_name", group.package_name},
                                             {"path", group.path},
                                             {"original_file_path", group.original_path},
                                             {"unique_id", group.unique_id},
                                             {"owner", group.owner},
                                             {"description", group.description},
                                             {"config", group.config}}));
}

std::string write_manifest(const Project& project, ManifestIndex* index) {
  return ManifestWriter(project, index).write();
}

}  // namespace tarn::project
