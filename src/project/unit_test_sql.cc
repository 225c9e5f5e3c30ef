// SPDX-License-Identifier: Apache-2.0
#include "project/unit_test_sql.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "jinja/environment.h"
#include "project/config.h"
#include "project/node_parse.h"
#include "project/reference.h"
#include "project/seed_table.h"
#include "project/static_scan.h"

namespace tarn::project {

using jinja::Value;

const std::string* UnitTestScope::find(std::string_view unique_id) const {
  for (const auto& [id, name] : inputs) {
    if (id == unique_id) return &name;
  }
  return nullptr;
}

namespace {

// Cells of a CSV are texts, as dbt reads them; empty ones are NULL.
Result<Value> csv_rows(std::string_view text) {
  SeedOptions options;
  auto names = TRY(parse_seed(text, options)).names;
  options.text_columns.assign(names.begin(), names.end());
  const TableData table = TRY(parse_seed(text, options));
  std::vector<Value> rows;
  for (const auto& row : table.rows) {
    auto dict = jinja::make_ref<jinja::Dict>();
    for (std::size_t i = 0; i < names.size(); ++i) dict->set(names[i], row[i]);
    rows.emplace_back(dict);
  }
  return Value::list(std::move(rows));
}

Result<Value> rows_value(const Data& fixture) {
  const Data rows = fixture.get("rows");
  if (fixture.get("format").text() == "csv" && rows.is_text()) return csv_rows(rows.text());
  return to_template(rows);
}

class UnitTestCompiler {
 public:
  UnitTestCompiler(const Project& project, const Node& test, Adapter& adapter, RelationCache& cache,
                   const std::map<std::string, RelationParts>* defer)
      : project_(project), test_(test), adapter_(adapter), cache_(cache), defer_(defer) {}

  Result<CompiledUnitTest> compile() {
    out_.arena = std::make_unique<Arena>();
    const auto found = test_.depends_nodes.empty()
                           ? project_.nodes_by_id.end()
                           : project_.nodes_by_id.find(test_.depends_nodes[0]);
    if (found == project_.nodes_by_id.end()) {
      return invalid_input("the model of unit test `{}` is not there", test_.name);
    }
    tested_ = found->second;
    for (const auto& given : test_.body.get("given").items()) TRY(add_input(given));
    const Data overrides = test_.body.get("overrides");
    scope_.vars = overrides.get("vars");
    scope_.env_vars = overrides.get("env_vars");
    TRY(render_model(overrides.get("macros")));
    make_node();
    const Data expect = test_.body.get("expect");
    const bool is_sql = expect.get("format").text() == "sql";
    out_.config.emplace_back("expected_rows", is_sql ? Value::list({}) : TRY(rows_value(expect)));
    out_.config.emplace_back("expected_sql",
                             is_sql ? to_template(expect.get("rows")) : Value::none());
    return std::move(out_);
  }

 private:
  struct Input {
    const Node* node;
    Data fixture;
    std::string name;  // of the CTE
  };

  Result<const Node*> find_input(std::string_view text) {
    if (trim(text) == "this") return tested_;
    ParseRecord record(*out_.arena);
    const auto expression = out_.arena->copy(fmt::format("{{{{ {} }}}}", text));
    Found found;
    if (scan_static(expression, record)) {
      if (!record.refs.empty()) found = find_ref(project_, tested_->package, record.refs[0]);
      if (!record.sources.empty()) {
        found = find_source(project_, tested_->package, record.sources[0]);
      }
    }
    if (found.node != nullptr) return found.node;
    return invalid_input("unit test '{}' had an input ({}) which was not found in the manifest",
                         test_.name, text);
  }

  Result<void> add_input(const Data& given) {
    Input input;
    input.node = TRY(find_input(given.get("input").text()));
    input.fixture = given;
    const Node& node = *input.node;
    input.name =
        node.type == ResourceType::Source
            ? fmt::format("__dbt__cte__{}__{}", node.body.get("source_name").text(), node.name)
            : fmt::format("__dbt__cte__{}", node.alias);
    scope_.inputs.emplace_back(node.unique_id, input.name);
    inputs_.push_back(std::move(input));
    return ok();
  }

  // A query that gives the rows of a fixture, with the types of the node's columns.
  Result<std::string> fixture_sql(const Input& input) {
    Node node = *input.node;
    SessionOptions options;
    options.node = &node;
    if (defer_ != nullptr) {
      const auto earlier = defer_->find(std::string(node.unique_id));
      if (earlier != defer_->end()) options.defer_relation = earlier->second;
    }
    Session session(project_, adapter_, cache_, std::move(options));
    if (input.fixture.get("format").text() == "sql") {
      return session.render(input.fixture.get("rows").text());
    }
    return session.call_text("get_fixture_sql", {TRY(rows_value(input.fixture)), Value::none()});
  }

  Result<void> render_model(const Data& macros) {
    Node node = *tested_;
    RenderHost host(project_, node.package);
    host.node = &node;
    host.execute = true;
    host.adapter = &adapter_;
    host.cache = &cache_;
    host.unit_test = &scope_;
    host.var_owner = test_.name;
    const auto names = node_table(project_, node, true);
    if (const std::string* own = scope_.find(tested_->unique_id)) {
      RelationParts cte;
      cte.identifier = *own;
      cte.quote_identifier = false;
      cte.type = "cte";
      names->set("this", make_relation(std::move(cte)));
      host.ephemerals.push_back(tested_->unique_id);
    }
    for (const auto& [name, value] : macros.members()) {
      const Value answer = to_template(value);
      names->set(name,
                 jinja::make_function(name, [answer](jinja::Runtime&, const jinja::Arguments&) {
                   return Result<Value>(answer);
                 }));
    }
    const auto& environment = project_.contexts->run_environment();
    const auto source = TRY(environment.compile(node.raw_code, node.original_path));
    jinja::RenderOptions options;
    options.host = &host;
    jinja::Render render(environment, *names, options);
    auto text = render.text(*source);
    if (!text) {
      return std::move(text.error())
          .with_context(fmt::format("in unit test {} ({})", test_.name, test_.original_path));
    }
    std::vector<std::pair<std::string_view, std::string>> ctes;
    for (const auto id : host.ephemerals) {
      const bool known =
          std::any_of(ctes.begin(), ctes.end(), [&](const auto& cte) { return cte.first == id; });
      if (!known) TRY(add_cte(id, ctes));
    }
    out_.code = inject_ctes(*text, ctes);
    out_.logs = std::move(host.logs);
    out_.warnings = std::move(host.warnings);
    return ok();
  }

  Result<void> add_cte(std::string_view id,
                       std::vector<std::pair<std::string_view, std::string>>& ctes) {
    for (const auto& input : inputs_) {
      if (input.node->unique_id != id) continue;
      ctes.emplace_back(id, fmt::format(" {} as (\n{}\n)", input.name, TRY(fixture_sql(input))));
      return ok();
    }
    return internal("there is no fixture for {}", id);
  }

  void make_node() {
    out_.node = test_;
    out_.node.database = tested_->database;
    out_.node.schema = tested_->schema;
    out_.node.alias = test_.name;
    out_.node.raw_code = tested_->raw_code;
    out_.node.package = test_.package;
  }

  const Project& project_;
  const Node& test_;
  Adapter& adapter_;
  RelationCache& cache_;
  const std::map<std::string, RelationParts>* defer_;
  const Node* tested_ = nullptr;
  std::vector<Input> inputs_;
  UnitTestScope scope_;
  CompiledUnitTest out_;
};

}  // namespace

Result<CompiledUnitTest> compile_unit_test(const Project& project, const Node& test,
                                           Adapter& adapter, RelationCache& cache,
                                           const std::map<std::string, RelationParts>* defer) {
  return UnitTestCompiler(project, test, adapter, cache, defer).compile();
}

}  // namespace tarn::project
