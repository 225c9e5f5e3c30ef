// SPDX-License-Identifier: Apache-2.0
// Judge of the pack `trino-scripts`: stories of several statements in one session, on a lake in a
// temporary folder, a Postgres server of the tests and the data of TPC-H. Steps that differ on
// purpose are in deliberate.jsonl, each with its reason; they are run, but not counted.
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>

#include "base/file.h"
#include "base/json.h"
#include "base/temporary_folder.h"
#include "base/text.h"
#include "catalog/open_lake.h"
#include "conformance/judge.h"
#include "duckdb/lake.h"
#include "engine/session.h"
#include "postgres/testing.h"
#include "types/error_name.h"
#include "types/number_text.h"
#include "types/type_text.h"
#include "types/wire.h"

namespace tarn::conformance {

namespace {

namespace json = boost::json;

// The catalogs `lake`, `pg` (if there is a server) and `tpch`.
class ScriptCatalogs final : public engine::CatalogSet {
 public:
  static Result<std::unique_ptr<ScriptCatalogs>> open(const std::string& folder) {
    auto out = std::unique_ptr<ScriptCatalogs>(new ScriptCatalogs);
    out->instance_ = TRY(duckdb::Instance::open(
        {.memory_limit_bytes = 1'000'000'000, .threads = 2, .temp_folder = folder + "/spill"}));
    auto lake = std::make_shared<catalog::Lake>(TRY(catalog::open_lake(
        folder + "/lake", {.name = "lake", .setup = catalog::CatalogSetup::CreateIfMissing})));
    engine::LakeCatalog handle;
    handle.name = "lake";
    handle.warehouse = folder + "/lake/warehouse";
    handle.store = lake->store;
    handle.catalog = std::shared_ptr<catalog::SqlCatalog>(lake, lake->catalog.get());
    handle.intents = std::shared_ptr<iceberg::WriteIntents>(lake, lake->intents.get());
    TRY(duckdb::attach_lake(*out->instance_, {.name = "lake",
                                              .catalog = handle.catalog,
                                              .store = handle.store,
                                              .intents = handle.intents,
                                              .summary = {{"engine-name", "tarn"}},
                                              .durability = Durability::Fast}));
    out->handles_.emplace("lake", std::move(handle));
    out->handles_.emplace("tpch", engine::TpchCatalog{"tpch", sample_folder()});
    const std::string url = postgres::TestServer::url();
    if (!url.empty()) {
      engine::PostgresCatalog server{"pg", {}};
      server.options.target = url;
      out->handles_.emplace("pg", std::move(server));
    }
    return out;
  }
  ~ScriptCatalogs() override {
    auto detached = duckdb::detach_lake(*instance_, "lake");
    (void)detached;
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> out;
    for (const auto& [name, handle] : handles_) out.push_back(name);
    return out;
  }
  Result<const engine::CatalogHandle*> find(std::string_view name) override {
    const auto found = handles_.find(name);
    if (found == handles_.end()) return not_found("there is no catalog `{}`", name);
    return &found->second;
  }
  duckdb::Instance& instance() override { return *instance_; }
  bool has_postgres() const { return handles_.contains("pg"); }

 private:
  ScriptCatalogs() = default;
  static std::string sample_folder() {
    const char* packs = std::getenv("TARN_CONFORMANCE");
    return std::string(packs == nullptr ? "." : packs) + "/trino-sql/tpch_tiny";
  }

  std::unique_ptr<duckdb::Instance> instance_;
  std::map<std::string, engine::CatalogHandle, std::less<>> handles_;
};

// What a step gave.
struct StepAnswer {
  std::vector<std::string> types;
  std::vector<std::string> names;
  json::array rows;
  std::string update_type;
  std::optional<std::int64_t> update_count;
  bool has_rows = false;
};

Result<StepAnswer> run_step(engine::Session& session, const std::string& sql) {
  auto answer = TRY(session.execute(sql));
  StepAnswer out;
  out.update_type = answer.update_type;
  out.update_count = answer.update_count;
  out.has_rows = answer.rows != nullptr;
  for (const auto& column : answer.columns) {
    out.types.push_back(types::to_sql_text(column.type));
    out.names.push_back(column.name);
  }
  std::string text = "[";
  for (const auto& row : TRY(engine::read_all(answer))) {
    text += text.size() == 1 ? "[" : ",[";
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += ',';
      if (row[i].is_null()) {
        text += "null";
      } else {
        types::append_wire_json(text, answer.columns[i].type, row[i]);
      }
    }
    text += ']';
  }
  out.rows = TRY(parse_json(text + "]")).as_array();
  return out;
}

// Values captured in a script, and what its placeholders mean.
struct ScriptValues {
  std::map<std::string, json::value> captured;
  std::map<std::string, std::string> names;

  std::string fill(std::string text) const {
    for (const auto& [name, value] : names) text = replace_all(text, "${" + name + "}", value);
    for (const auto& [name, value] : captured) {
      const std::string shown =
          value.is_string() ? std::string(value.as_string()) : json::serialize(value);
      text = replace_all(text, "${" + name + "}", shown);
    }
    return text;
  }
};

const json::value* only_member(const json::value& value, std::string_view key) {
  if (!value.is_object() || value.as_object().size() != 1) return nullptr;
  return value.as_object().if_contains(key);
}

double number_of(const json::value& value) {
  if (value.is_double()) return value.as_double();
  if (value.is_int64()) return static_cast<double>(value.as_int64());
  if (value.is_string()) return types::parse_java_double(value.as_string()).value_or(0);
  return 0;
}

bool same_double(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b && (a != 0 || std::signbit(a) == std::signbit(b));
}

bool same_cell(const json::value& expected, const json::value& ours, const ScriptValues& values) {
  if (const auto* any = only_member(expected, "any"); any != nullptr) return !ours.is_null();
  if (const auto* pattern = only_member(expected, "regex")) {
    std::string text(pattern->as_string());
    if (text.starts_with("(?s)")) text = replace_all(text.substr(4), ".*", "[\\s\\S]*");
    return ours.is_string() &&
           std::regex_match(std::string(ours.as_string()), std::regex(values.fill(text)));
  }
  if (const auto* name = only_member(expected, "var")) {
    const auto found = values.captured.find(std::string(name->as_string()));
    return found != values.captured.end() && found->second == ours;
  }
  if (const auto* text = only_member(expected, "$float")) {
    return (ours.is_number() || ours.is_string()) &&
           same_double(types::parse_java_double(text->as_string()).value_or(0), number_of(ours));
  }
  if (expected.is_string() && ours.is_string()) {
    static const std::regex location("location = '[^']*'");
    std::string actual(ours.as_string());
    const std::string wanted(expected.as_string());
    if (wanted.find("${location}") != std::string::npos) {
      actual = std::regex_replace(actual, location, "location = '$${location}'");
    }
    return values.fill(wanted) == values.fill(actual);
  }
  if (expected.is_array() && ours.is_array()) {
    const auto& a = expected.as_array();
    const auto& b = ours.as_array();
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](const auto& x, const auto& y) { return same_cell(x, y, values); });
  }
  if (expected.is_object() && ours.is_object()) {
    const auto& b = ours.as_object();
    if (expected.as_object().size() != b.size()) return false;
    for (const auto& [key, value] : expected.as_object()) {
      const auto* other = b.if_contains(key);
      if (other == nullptr || !same_cell(value, *other, values)) return false;
    }
    return true;
  }
  return expected == ours;
}

bool same_rows(const json::array& expected, const json::array& ours, bool ordered,
               const ScriptValues& values) {
  if (expected.size() != ours.size()) return false;
  std::vector<bool> used(ours.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    bool found = false;
    for (std::size_t j = ordered ? i : 0; !found && j < (ordered ? i + 1 : ours.size()); ++j) {
      if (used[j] || !same_cell(expected[i], ours[j], values)) continue;
      used[j] = found = true;
    }
    if (!found) return false;
  }
  return true;
}

std::string joined(const json::array& texts) {
  std::string out;
  for (const auto& text : texts) {
    out += (out.empty() ? "" : ", ") + std::string(text.as_string());
  }
  return out;
}

std::string text_of(const json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

Verdict judge_rows(const json::object& expect, const StepAnswer& answer,
                   const ScriptValues& values) {
  if (const auto* names = expect.if_contains("names")) {
    const std::string wanted = values.fill(joined(names->as_array()));
    if (wanted != join(answer.names, ", ")) {
      return Verdict::wrong(
          fmt::format("names {} instead of {}", join(answer.names, ", "), wanted));
    }
  }
  const std::string types = joined(expect.at("types").as_array());
  if (types != join(answer.types, ", ")) {
    return Verdict::wrong(fmt::format("types {} instead of {}", join(answer.types, ", "), types));
  }
  const auto* rows = expect.if_contains("rows");
  if (rows == nullptr) return Verdict::passed();
  const auto* ordered = expect.if_contains("ordered");
  const bool in_order = ordered != nullptr && ordered->is_bool() && ordered->as_bool();
  if (same_rows(rows->as_array(), answer.rows, in_order, values)) return Verdict::passed();
  return Verdict::wrong(fmt::format("{}\n      instead of {}",
                                    json::serialize(answer.rows).substr(0, 900),
                                    values.fill(json::serialize(*rows).substr(0, 900))));
}

Verdict judge_failure(const json::object& expect, const Error& error, const ScriptValues& values) {
  const types::NamedError ours = types::split_error(error);
  const std::string shown = ours.name + ": " + ours.message;
  const auto* wanted = expect.if_contains("error");
  if (wanted == nullptr) {
    return ours.name == "NOT_SUPPORTED" ? Verdict::refused(shown) : Verdict::wrong(shown);
  }
  const auto& object = wanted->as_object();
  const std::string name = text_of(object, "name");
  const std::string theirs = name + ": " + values.fill(text_of(object, "message"));
  if (ours.name != name) return Verdict::refused(shown + " instead of " + theirs);
  const std::string part = values.fill(text_of(object, "message_contains"));
  if (ours.message.find(part) == std::string::npos) {
    return Verdict::refused(shown + " instead of " + theirs);
  }
  return Verdict::passed();
}

Verdict judge_step(const json::object& expect, const Result<StepAnswer>& answer,
                   const ScriptValues& values) {
  if (!answer) return judge_failure(expect, answer.error(), values);
  if (const auto* error = expect.if_contains("error")) {
    return Verdict::wrong("answers, but must fail: " + values.fill(json::serialize(*error)));
  }
  if (expect.contains("ok")) return Verdict::passed();
  const std::string update_type = text_of(expect, "updateType");
  if (!update_type.empty() && update_type != answer->update_type) {
    return Verdict::wrong(
        fmt::format("update type `{}` instead of `{}`", answer->update_type, update_type));
  }
  if (const auto* count = expect.if_contains("updateCount")) {
    if (answer->update_count != count->to_number<std::int64_t>()) {
      return Verdict::wrong(fmt::format("count {} instead of {}", answer->update_count.value_or(-1),
                                        count->to_number<std::int64_t>()));
    }
  }
  if (!expect.contains("types")) return Verdict::passed();
  return judge_rows(expect, *answer, values);
}

// Differences on purpose, by script and step.
struct Deliberate {
  std::map<std::pair<std::string, std::int64_t>, json::object> steps;

  static Result<Deliberate> read(const std::string& file) {
    Deliberate out;
    if (!path_exists(file)) return out;
    TRY(for_each_line(file, [&](const json::object& item) {
      const std::string id(item.at("id").as_string());
      for (const auto& step : item.at("steps").as_array()) {
        out.steps.emplace(std::pair(id, step.to_number<std::int64_t>()), item);
      }
    }));
    return out;
  }
  const json::object* find(const std::string& id, std::size_t step) const {
    const auto found = steps.find({id, static_cast<std::int64_t>(step)});
    return found == steps.end() ? nullptr : &found->second;
  }
};

class ScriptsJudge {
 public:
  ScriptsJudge(ScriptCatalogs& catalogs, Deliberate deliberate, Report& report)
      : catalogs_(catalogs), deliberate_(std::move(deliberate)), report_(report) {}

  Result<void> judge(const json::object& script) {
    const std::string id(script.at("id").as_string());
    const std::string area(script.at("area").as_string());
    const std::string whole = json::serialize(script);
    const bool wants_postgres = whole.find("${pg") != std::string::npos;
    if (wants_postgres && !catalogs_.has_postgres()) {
      fmt::print(stderr, "SKIPPED: {} needs PostgreSQL\n", id);
      return {};
    }
    ScriptValues values;
    const std::string schema = fmt::format("s{}", ++schemas_);
    values.names = {{"catalog", "lake"},
                    {"schema", schema},
                    {"pgcatalog", "pg"},
                    {"pgschema", schema},
                    {"user", "tarn"}};
    engine::SessionOptions options;
    options.catalog = "lake";
    options.schema = schema;
    auto session = TRY(engine::Session::open(catalogs_, options));
    TRY(session->execute("CREATE SCHEMA lake." + schema));
    if (wants_postgres) TRY(set_up_postgres(script, values));
    run_steps(script, id, area, *session, values);
    return {};
  }

 private:
  Result<void> set_up_postgres(const json::object& script, const ScriptValues& values) {
    postgres::ConnectionOptions options;
    options.target = postgres::TestServer::url();
    auto connection = TRY(postgres::Connection::connect(options));
    TRY(connection.execute("CREATE SCHEMA " + values.fill("${pgschema}")));
    if (const auto* setup = script.if_contains("pg_setup")) {
      for (const auto& statement : setup->as_array()) {
        TRY(connection.execute(values.fill(std::string(statement.as_string()))));
      }
    }
    return {};
  }

  void capture(const json::object& where, const StepAnswer& answer, ScriptValues& values) {
    for (const auto& [name, place] : where) {
      const auto row = place.as_array().at(0).to_number<std::size_t>();
      const auto column = place.as_array().at(1).to_number<std::size_t>();
      if (row >= answer.rows.size()) continue;
      values.captured[std::string(name)] = answer.rows[row].as_array().at(column);
    }
  }

  void run_steps(const json::object& script, const std::string& id, const std::string& area,
                 engine::Session& session, ScriptValues& values) {
    std::string refused_at;
    const auto& steps = script.at("statements").as_array();
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto& step = steps[i].as_object();
      const std::string name = fmt::format("{} {}", id, i);
      const std::string sql = values.fill(std::string(step.at("sql").as_string()));
      const auto answer = run_step(session, sql);
      const json::object* difference = deliberate_.find(id, i);
      const json::object* captures = nullptr;
      if (difference != nullptr && difference->contains("capture")) {
        captures = &difference->at("capture").as_object();
      } else if (step.contains("capture")) {
        captures = &step.at("capture").as_object();
      }
      if (captures != nullptr && answer) capture(*captures, *answer, values);
      if (!report_.wants(name) || difference != nullptr) continue;
      Verdict verdict = judge_step(step.at("expect").as_object(), answer, values);
      if (!refused_at.empty() && verdict.outcome == Outcome::Wrong) {
        verdict = Verdict::refused("after " + refused_at + ": " + verdict.note);
      }
      if (verdict.outcome == Outcome::Refused && refused_at.empty() &&
          !step.at("expect").as_object().contains("error")) {
        refused_at = std::to_string(i);
      }
      verdict.note += "\n    " + sql.substr(0, 400);
      report_.add(area, name, verdict);
    }
  }

  ScriptCatalogs& catalogs_;
  Deliberate deliberate_;
  Report& report_;
  int schemas_ = 0;
};

Result<void> judge_trino_scripts(const std::string& path, const Options& options, Report& report) {
  const auto folder = TRY(TemporaryFolder::make());
  const auto catalogs = TRY(ScriptCatalogs::open(folder.path()));
  ScriptsJudge judge(*catalogs,
                     TRY(Deliberate::read(TARN_SOURCE_DIR "/tests/conformance/deliberate.jsonl")),
                     report);
  for (const auto& file : TRY(find_cases(path, ".jsonl"))) {
    std::vector<json::object> scripts;
    TRY(for_each_line(file, [&](const json::object& item) { scripts.push_back(item); }));
    for (const auto& script : scripts) {
      const std::string id(script.at("id").as_string());
      if (!report.wants(id) && !options.only.starts_with(id + " ")) continue;
      TRY(judge.judge(script));
    }
  }
  return ok();
}

const Registration registration("trino-scripts", judge_trino_scripts);

}  // namespace

}  // namespace tarn::conformance
