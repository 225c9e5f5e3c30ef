// SPDX-License-Identifier: Apache-2.0
// Semantic models, metrics and saved queries: read, checked as far as the graph needs, and kept.
#include <fmt/core.h>

#include <algorithm>

#include "project/config.h"
#include "project/context/contexts.h"
#include "project/load.h"
#include "project/node_basics.h"
#include "project/node_parse.h"
#include "project/properties.h"
#include "project/reference.h"
#include "project/static_scan.h"

namespace tarn::project {

namespace {

const Data kNull;

class SemanticReader {
 public:
  explicit SemanticReader(LoadState& state)
      : state_(state), project_(state.project), arena_(state.project.arena()) {}

  Result<void> add_model(const Patch& patch);
  Result<void> add_metric(const Patch& patch);
  Result<void> add_saved_query(const Patch& patch);

 private:
  template <typename Make>
  Data each(const Data& list, Make make) {
    std::vector<Data> out;
    for (const auto& item : list.items()) out.push_back(make(item));
    return make_list(arena_, out);
  }
  // A list of maps with their defaults and the configuration that the model hands down.
  Data read_parts(const Data& list, const Data& meta, const std::vector<Member>& defaults);
  Data inherited_config(const Data& item, const Data& meta) {
    MapBuilder merged(meta);
    for (const auto& [key, value] : item.get("config").get("meta").members()) {
      merged.set(key, value);
    }
    return Data(arena_.copy(std::vector<Member>{{"meta", merged.build(arena_)}}));
  }
  Data measure_input(const Data& value) {
    if (value.is_null()) return value;
    const Data map =
        value.is_text() ? Data(arena_.copy(std::vector<Member>{{"name", value}})) : value;
    return with_defaults(map,
                         {{"name", kNull},
                          {"filter", kNull},
                          {"alias", kNull},
                          {"join_to_timespine", false},
                          {"fill_nulls_with", kNull}},
                         arena_);
  }
  Data metric_input(const Data& value) {
    if (value.is_null()) return value;
    const Data map =
        value.is_text() ? Data(arena_.copy(std::vector<Member>{{"name", value}})) : value;
    return with_defaults(map,
                         {{"name", kNull},
                          {"filter", kNull},
                          {"alias", kNull},
                          {"offset_window", kNull},
                          {"offset_to_grain", kNull}},
                         arena_);
  }

  LoadState& state_;
  Project& project_;
  Arena& arena_;
};

Data SemanticReader::read_parts(const Data& list, const Data& meta,
                                const std::vector<Member>& defaults) {
  return each(list, [&](const Data& item) {
    MapBuilder out(with_defaults(item, defaults, arena_));
    out.set("config", inherited_config(item, meta));
    return out.build(arena_);
  });
}

Result<void> SemanticReader::add_model(const Patch& patch) {
  const Data& data = patch.data;
  Node node = basic_node(project_, patch, ResourceType::SemanticModel, arena_);
  TRY(apply_entry_config(project_, node, patch, arena_));
  node.tags.clear();
  ParseRecord record(arena_);
  const std::string_view model = data.get("model").text();
  if (!scan_static(arena_.copy(fmt::format("{{{{ {} }}}}", model)), record) ||
      record.refs.size() != 1) {
    return invalid_input("`model` must be a ref(), not `{}`", model);
  }
  take_record(node, record);
  const Data meta = node.meta;
  const Data entities = read_parts(data.get("entities"), meta,
                                   {{"name", kNull},
                                    {"type", kNull},
                                    {"description", kNull},
                                    {"label", kNull},
                                    {"role", kNull},
                                    {"expr", kNull}});
  const Data measures = read_parts(data.get("measures"), meta,
                                   {{"name", kNull},
                                    {"agg", kNull},
                                    {"description", kNull},
                                    {"label", kNull},
                                    {"create_metric", false},
                                    {"expr", kNull},
                                    {"agg_params", kNull},
                                    {"non_additive_dimension", kNull},
                                    {"agg_time_dimension", kNull}});
  const Data dimensions = each(data.get("dimensions"), [&](const Data& item) {
    const Data params = item.get("type_params");
    MapBuilder out(with_defaults(item,
                                 {{"name", kNull},
                                  {"type", kNull},
                                  {"description", kNull},
                                  {"label", kNull},
                                  {"is_partition", false}},
                                 arena_));
    out.set("type_params",
            params.is_null()
                ? params
                : with_defaults(params, {{"time_granularity", kNull}, {"validity_params", kNull}},
                                arena_));
    out.set("expr", item.get("expr"));
    out.set("metadata", kNull);
    out.set("config", inherited_config(item, meta));
    return out.build(arena_);
  });
  const Data defaults = data.get("defaults");
  node.body = Data(arena_.copy(std::vector<Member>{
      {"model", data.get("model")},
      {"node_relation", kNull},
      {"description", data.get("description")},
      {"label", data.get("label")},
      {"defaults", defaults.is_null()
                       ? defaults
                       : with_defaults(defaults, {{"agg_time_dimension", kNull}}, arena_)},
      {"entities", entities},
      {"measures", measures},
      {"dimensions", dimensions},
      {"metadata", kNull},
      {"primary_entity", data.get("primary_entity")}}));
  add_node(project_, std::move(node));
  return ok();
}

Result<void> SemanticReader::add_metric(const Patch& patch) {
  const Data& data = patch.data;
  Node node = basic_node(project_, patch, ResourceType::Metric, arena_);
  TRY(apply_entry_config(project_, node, patch, arena_));
  node.tags.clear();
  const auto description = TRY(
      render_description(project_, node.package, node.unique_id, data.get("description"), arena_));
  node.description = description.text;
  if (!data.get("type").is_text()) return invalid_input("`type` is a required property");
  const Data params = data.get("type_params");
  const Data type_params = Data(arena_.copy(std::vector<Member>{
      {"measure", measure_input(params.get("measure"))},
      {"input_measures", Data(std::span<const Data>())},
      {"numerator", metric_input(params.get("numerator"))},
      {"denominator", metric_input(params.get("denominator"))},
      {"expr", params.get("expr")},
      {"window", params.get("window")},
      {"grain_to_date", params.get("grain_to_date")},
      {"metrics", each(params.get("metrics"), [&](const Data& one) { return metric_input(one); })},
      {"conversion_type_params", params.get("conversion_type_params")},
      {"cumulative_type_params", params.get("cumulative_type_params")},
      {"metric_aggregation_params", kNull}}));
  node.body =
      Data(arena_.copy(std::vector<Member>{{"label", data.get("label")},
                                           {"type", data.get("type")},
                                           {"type_params", type_params},
                                           {"filter", data.get("filter")},
                                           {"metadata", kNull},
                                           {"time_granularity", data.get("time_granularity")}}));
  add_node(project_, std::move(node));
  return ok();
}

Result<void> SemanticReader::add_saved_query(const Patch& patch) {
  const Data& data = patch.data;
  Node node = basic_node(project_, patch, ResourceType::SavedQuery, arena_);
  TRY(apply_entry_config(project_, node, patch, arena_));
  const Data params = data.get("query_params");
  const Data empty = Data(std::span<const Data>());
  const Data query_params = with_defaults(params,
                                          {{"metrics", empty},
                                           {"group_by", empty},
                                           {"where", kNull},
                                           {"order_by", empty},
                                           {"limit", kNull}},
                                          arena_);
  const Data exports = each(data.get("exports"), [&](const Data& item) {
    const Data config = item.get("config");
    const Data schema = member_or(config, "schema", std::string_view(project_.profile.schema));
    return Data(arena_.copy(std::vector<Member>{
        {"name", item.get("name")},
        {"config", Data(arena_.copy(std::vector<Member>{
                       {"export_as", config.get("export_as")},
                       {"schema_name", schema},
                       {"alias", member_or(config, "alias", item.get("name"))},
                       {"database", member_or(config, "database",
                                              std::string_view(project_.profile.database))}}))},
        {"unrendered_config", config.is_null() ? Data(std::span<const Member>()) : config}}));
  });
  node.body = Data(arena_.copy(std::vector<Member>{{"query_params", query_params},
                                                   {"exports", exports},
                                                   {"description", data.get("description")},
                                                   {"label", data.get("label")},
                                                   {"metadata", kNull}}));
  add_node(project_, std::move(node));
  return ok();
}

// --- resolution: metrics to semantic models, saved queries to metrics

class MetricResolver {
 public:
  explicit MetricResolver(Project& project) : project_(project), arena_(project.arena()) {}

  void run() {
    for (auto& node : project_.nodes) {
      if (node.type == ResourceType::Metric) resolve_metric(node);
    }
    for (auto& node : project_.nodes) {
      if (node.type == ResourceType::Metric) set_input_measures(node);
      if (node.type == ResourceType::SavedQuery) resolve_saved_query(node);
    }
  }

 private:
  const Node* semantic_model_of(std::string_view measure) const {
    for (const auto& node : project_.nodes) {
      if (node.type != ResourceType::SemanticModel) continue;
      for (const auto& item : node.body.get("measures").items()) {
        if (item.get("name").text() == measure) return &node;
      }
    }
    return nullptr;
  }
  const Node* metric_named(std::string_view name) const {
    for (const auto& node : project_.nodes) {
      if (node.type == ResourceType::Metric && node.name == name) return &node;
    }
    return nullptr;
  }
  static void depend_on(Node& node, std::string_view id) {
    if (std::find(node.depends_nodes.begin(), node.depends_nodes.end(), id) ==
        node.depends_nodes.end()) {
      node.depends_nodes.push_back(id);
    }
  }
  std::vector<std::string_view> inputs_of(const Node& node) const {
    const Data params = node.body.get("type_params");
    std::vector<std::string_view> out;
    for (const char* key : {"numerator", "denominator"}) {
      const Data name = params.get(key).get("name");
      if (name.is_text()) out.push_back(name.text());
    }
    for (const auto& item : params.get("metrics").items()) out.push_back(item.get("name").text());
    return out;
  }

  void resolve_metric(Node& node) {
    const Data measure = node.body.get("type_params").get("measure");
    if (measure.is_map()) {
      const std::string_view name = measure.get("name").text();
      const Node* model = semantic_model_of(name);
      if (model == nullptr) {
        project_.report(Severity::Error, "metric",
                        fmt::format("in metric {}: a semantic model having a measure `{}` does not "
                                    "exist but was referenced",
                                    node.name, name),
                        node.file, node.line);
        return;
      }
      depend_on(node, model->unique_id);
    }
    for (const auto name : inputs_of(node)) {
      const Node* metric = metric_named(name);
      if (metric == nullptr) {
        project_.report(Severity::Error, "metric",
                        fmt::format("in metric {}: the metric `{}` does not exist but was "
                                    "referenced",
                                    node.name, name),
                        node.file, node.line);
        continue;
      }
      depend_on(node, metric->unique_id);
    }
  }

  void collect_measures(const Node& node, std::vector<Data>& out, int depth) const {
    if (depth > 50) return;
    const Data measure = node.body.get("type_params").get("measure");
    if (measure.is_map()) out.push_back(measure);
    for (const auto name : inputs_of(node)) {
      if (const Node* metric = metric_named(name)) collect_measures(*metric, out, depth + 1);
    }
  }

  void set_input_measures(Node& node) {
    std::vector<Data> measures;
    collect_measures(node, measures, 0);
    MapBuilder params(node.body.get("type_params"));
    params.set("input_measures", make_list(arena_, measures));
    MapBuilder body(node.body);
    body.set("type_params", params.build(arena_));
    node.body = body.build(arena_);
  }

  void resolve_saved_query(Node& node) {
    for (const auto& item : node.body.get("query_params").get("metrics").items()) {
      const Node* metric = metric_named(item.text());
      if (metric != nullptr) {
        depend_on(node, metric->unique_id);
        continue;
      }
      project_.report(Severity::Error, "saved-query",
                      fmt::format("in saved query {}: the metric `{}` does not exist but was "
                                  "referenced",
                                  node.name, item.text()),
                      node.file, node.line);
    }
  }

  Project& project_;
  Arena& arena_;
};

}  // namespace

void load_semantics(LoadState& state) {
  SemanticReader reader(state);
  for (const auto& patch : state.patch_store) {
    Result<void> added;
    if (patch.section == "semantic_models") added = reader.add_model(patch);
    if (patch.section == "metrics") added = reader.add_metric(patch);
    if (patch.section == "saved_queries") added = reader.add_saved_query(patch);
    if (!added) report_entry(state, patch, "semantics", added.error());
  }
}

void resolve_metrics(Project& project) { MetricResolver(project).run(); }

void set_node_relation(Project& project, Node& node, const Node& model) {
  Arena& arena = project.arena();
  MapBuilder body(node.body);
  body.set(
      "node_relation",
      Data(arena.copy(std::vector<Member>{
          {"alias", model.alias},
          {"schema_name", model.schema},
          {"database", model.database},
          {"relation_name", model.relation_name.empty() ? Data() : Data(model.relation_name)}})));
  node.body = body.build(arena);
}

}  // namespace tarn::project
