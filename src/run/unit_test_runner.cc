// SPDX-License-Identifier: Apache-2.0
// Unit tests: the model's SQL over common table expressions that hold the given rows, compared with
// the expected rows, whatever their order.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "jinja/object.h"
#include "jinja/runtime.h"
#include "project/compile.h"
#include "project/context/table.h"
#include "project/seed_table.h"
#include "project/session.h"
#include "run/materialize.h"
#include "run/test_runner.h"

namespace tarn::run {

using jinja::Arguments;
using jinja::Value;
using project::Data;
using project::Node;

namespace {

using Names = std::vector<std::pair<std::string, Value>>;

// `ref:package.name.version`: the same for the input's text and the call in the model.
std::string call_key(std::string_view function, const Arguments& arguments) {
  std::string out(function);
  const auto add = [&](const Value& value) {
    out += ':';
    if (value.is_text()) {
      out += value.text();
    } else if (value.is_int64()) {
      out += std::to_string(value.as_int());
    }
  };
  for (const auto& value : arguments.positional) add(value);
  for (const auto& named : arguments.named) add(named.value);
  return out;
}

// ref() and source() that give what `answer` says of their key.
Names input_functions(const std::function<Result<Value>(const std::string&)>& answer) {
  Names out;
  for (const char* name : {"ref", "source"}) {
    out.emplace_back(name, jinja::make_function(
                               name, [name, answer](jinja::Runtime&, const Arguments& arguments) {
                                 return answer(call_key(name, arguments));
                               }));
  }
  return out;
}

struct Input {
  std::string key;
  std::string cte;  // name of the common table expression
  std::string sql;
};

class UnitTest {
 public:
  UnitTest(const RunContext& context, const Node& node, NodeResult& result)
      : context_(context), node_(node), result_(result) {}

  Result<void> run() {
    model_ = TRY(find_model());
    TRY(read_inputs());
    const std::string sql = TRY(compile_model());
    result_.compiled = true;
    result_.compiled_code = sql;
    TRY(compare(sql));
    return {};
  }

 private:
  Result<const Node*> find_model() const {
    for (const auto id : node_.depends_nodes) {
      auto found = context_.project.nodes_by_id.find(id);
      if (found != context_.project.nodes_by_id.end() && found->second->is_model()) {
        return found->second;
      }
    }
    return not_found("the model of the unit test `{}` is not there or not enabled", node_.name);
  }

  project::SessionOptions options_for(const Node& node) const {
    auto out = session_options(context_, node, result_);
    out.compiled_code.clear();
    return out;
  }

  // The key of an input such as `ref('orders')` or `this`.
  Result<std::string> key_of(std::string_view input) const {
    if (trim(input) == "this") return std::string("this");
    auto options = options_for(*model_);
    options.names =
        input_functions([](const std::string& key) { return Result<Value>(Value(key)); });
    project::Session session(context_.project, context_.adapter, context_.cache,
                             std::move(options));
    return std::string(trim(TRY(session.render(fmt::format("{{{{ {} }}}}", input)))));
  }

  // The node that an input stands for; the model itself for `this`.
  Result<const Node*> input_node(std::string_view input) const {
    if (trim(input) == "this") return model_;
    project::Session session(context_.project, context_.adapter, context_.cache,
                             options_for(*model_));
    const std::string relation{trim(TRY(session.render(fmt::format("{{{{ {} }}}}", input))))};
    for (const auto id : model_->depends_nodes) {
      auto found = context_.project.nodes_by_id.find(id);
      if (found == context_.project.nodes_by_id.end()) continue;
      const Node& parent = *found->second;
      if (relation == project::relation_of(context_.project, parent).render() ||
          relation == fmt::format("__dbt__cte__{}", parent.name)) {
        return &parent;
      }
    }
    return invalid_input("the input `{}` of the unit test is nothing that `{}` reads", input,
                         model_->name);
  }

  // Rows as a list of dictionaries, for the macros.
  Result<Value> rows_value(const Data& fixture) const {
    const Data rows = fixture.get("rows");
    if (rows.is_list() || rows.is_null()) {
      std::vector<Value> out;
      for (const Data& row : rows.items()) out.push_back(project::to_template(row));
      return Value::list(std::move(out));
    }
    return csv_rows(rows.text());
  }

  // Values stay texts: the macros cast them to the columns' types.
  static Result<Value> csv_rows(std::string_view csv) {
    const auto names = TRY(project::parse_seed(csv, {})).names;
    project::SeedOptions options;
    for (const auto& name : names) options.text_columns.push_back(name);
    const project::TableData table = TRY(project::parse_seed(csv, options));
    std::vector<Value> out;
    for (const auto& row : table.rows) {
      Value item = Value::dict();
      for (std::size_t i = 0; i < names.size(); ++i) {
        item.dict_items().set(std::string(trim(names[i])), row[i]);
      }
      out.push_back(std::move(item));
    }
    return Value::list(std::move(out));
  }

  Result<void> read_inputs() {
    for (const Data& given : node_.body.get("given").items()) {
      const std::string_view input = given.get("input").text();
      const Node* source = TRY(input_node(input));
      Input out;
      out.key = TRY(key_of(input));
      out.cte = fmt::format("__dbt__cte__{}", source->name);
      if (given.get("format").text() == "sql") {
        out.sql = given.get("rows").text();
      } else {
        project::Session session(context_.project, context_.adapter, context_.cache,
                                 options_for(*source));
        out.sql =
            TRY(session.call_text("get_fixture_sql", {TRY(rows_value(given)), Value::none()}));
      }
      inputs_.push_back(std::move(out));
    }
  }

  Result<Value> cte_of(const std::string& key) const {
    for (const Input& input : inputs_) {
      if (input.key != key) continue;
      project::RelationParts parts;
      parts.identifier = input.cte;
      parts.type = "cte";
      parts.include_database = parts.include_schema = false;
      parts.quote_identifier = false;
      return project::relation_value(parts);
    }
    return invalid_input("the unit test gives no rows for `{}`, which `{}` reads", key,
                         model_->name);
  }

  Result<Names> override_names() const {
    Names out;
    const Data overrides = node_.body.get("overrides");
    for (const auto& macro : overrides.get("macros").members()) {
      if (macro.key.find('.') != std::string_view::npos) {
        return unsupported("overriding the macro `{}` of a package in a unit test is not built yet",
                           macro.key);
      }
      const Value answer = project::to_template(macro.value);
      out.emplace_back(macro.key,
                       jinja::make_function(macro.key, [answer](jinja::Runtime&, const Arguments&) {
                         return Result<Value>(answer);
                       }));
    }
    std::map<std::string, Value> vars;
    for (const auto& var : overrides.get("vars").members()) {
      vars.emplace(var.key, project::to_template(var.value));
    }
    if (vars.empty()) return out;
    const auto& project = context_.project;
    const std::uint32_t package = model_->package;
    out.emplace_back("var",
                     jinja::make_function(
                         "var",
                         [vars, &project, package](jinja::Runtime&,
                                                   const Arguments& arguments) -> Result<Value> {
                           if (arguments.positional.empty() || !arguments.positional[0].is_text()) {
                             return invalid_input("var() needs a name");
                           }
                           const std::string name(arguments.positional[0].text());
                           if (auto found = vars.find(name); found != vars.end())
                             return found->second;
                           if (const Data* data = project::find_var(project, package, name)) {
                             return project::to_template(*data);
                           }
                           if (arguments.positional.size() > 1) return arguments.positional[1];
                           return not_found("required var `{}` not found in config", name);
                         }));
    return out;
  }

  Result<std::string> compile_model() {
    auto options = options_for(*model_);
    options.names = input_functions([this](const std::string& key) { return cte_of(key); });
    for (auto& name : TRY(override_names())) options.names.push_back(std::move(name));
    if (auto own = cte_of("this")) options.names.emplace_back("this", *own);
    project::Session session(context_.project, context_.adapter, context_.cache,
                             std::move(options));
    auto sql = session.render(model_->raw_code);
    tell(context_, node_, session.logs(), session.warnings());
    std::vector<std::pair<std::string_view, std::string>> ctes;
    for (const Input& input : inputs_) {
      ctes.emplace_back(input.cte, fmt::format(" {} as (\n{}\n)", input.cte, input.sql));
    }
    return project::inject_ctes(TRY(sql), ctes);
  }

  Result<void> compare(const std::string& sql) {
    // The table that tells the model's types stands beside the model.
    Node beside = node_;
    beside.database = model_->database;
    beside.schema = model_->schema;
    beside.alias = node_.name;
    auto options = session_options(context_, beside, result_);
    options.compiled_code = sql;
    const Data expect = node_.body.get("expect");
    const bool by_sql = expect.get("format").text() == "sql";
    options.config.emplace_back("expected_rows",
                                by_sql ? Value::list({}) : TRY(rows_value(expect)));
    options.config.emplace_back("expected_sql",
                                by_sql ? Value(expect.get("rows").text()) : Value::none());
    project::Session session(context_.project, context_.adapter, context_.cache,
                             std::move(options));
    auto done = session.materialize("unit");
    tell(context_, node_, session.logs(), session.warnings());
    TRY(done);
    const project::StoredResult* main = session.result("main");
    const auto* table = main == nullptr ? nullptr : project::table_data(main->table);
    if (table == nullptr) return internal("the unit test did not answer");
    return judge(*table);
  }

  // One line a row; texts in quotes, so that they differ from numbers and NULL.
  Result<std::vector<std::string>> row_texts(const project::TableData& table,
                                             std::string_view side) const {
    std::vector<Value> rows;
    for (const auto& row : table.rows) {
      std::vector<Value> values;
      bool wanted = false;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (to_lower(table.names[i]) == "actual_or_expected") {
          wanted = row[i].is_text() && row[i].text() == side;
        } else {
          values.push_back(row[i]);
        }
      }
      if (wanted) rows.push_back(Value::list(std::move(values)));
    }
    auto options = options_for(*model_);
    options.names.emplace_back("dbt_rows", Value::list(std::move(rows)));
    project::Session session(context_.project, context_.adapter, context_.cache,
                             std::move(options));
    const std::string text = TRY(session.render(
        "{% for row in dbt_rows %}{% for c in row %}{{ \"'\" ~ c ~ \"'\" if c is string else "
        "('NULL' if c is none else c) }}{{ ', ' if not loop.last }}{% endfor %}\x1e{% endfor %}"));
    std::vector<std::string> out;
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t end = rest.find('\x1e');
      if (end == std::string_view::npos) break;
      out.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  Result<void> judge(const project::TableData& table) {
    const auto actual = TRY(row_texts(table, "actual"));
    const auto expected = TRY(row_texts(table, "expected"));
    result_.failures = actual == expected ? 0 : 1;
    result_.status = actual == expected ? NodeStatus::Pass : NodeStatus::Fail;
    if (actual != expected) result_.message = difference(table, actual, expected);
    return {};
  }

  static std::string difference(const project::TableData& table,
                                const std::vector<std::string>& actual,
                                const std::vector<std::string>& expected) {
    std::string names;
    for (const auto& name : table.names) {
      if (to_lower(name) == "actual_or_expected") continue;
      names += (names.empty() ? "" : ", ") + name;
    }
    std::vector<std::string> missing;
    std::vector<std::string> surplus;
    std::set_difference(expected.begin(), expected.end(), actual.begin(), actual.end(),
                        std::back_inserter(missing));
    std::set_difference(actual.begin(), actual.end(), expected.begin(), expected.end(),
                        std::back_inserter(surplus));
    std::string out = fmt::format("actual differs from expected ({})", names);
    for (const auto& line : missing) out += fmt::format("\n  - {}", line);
    for (const auto& line : surplus) out += fmt::format("\n  + {}", line);
    return out;
  }

  const RunContext& context_;
  const Node& node_;
  NodeResult& result_;
  const Node* model_ = nullptr;
  std::vector<Input> inputs_;
};

}  // namespace

Result<void> run_unit_test(const RunContext& context, const Node& node, NodeResult& result) {
  return UnitTest(context, node, result).run();
}

}  // namespace tarn::run
