// SPDX-License-Identifier: Apache-2.0
// Judge of the pack `trino-sql`: statements that a Trino answered, through the analyzer, the
// printer and the engine. TARN_SHOW_SQL=1 prints the statement of what is shown.
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdlib>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "conformance/judge.h"
#include "duckdb/instance.h"
#include "engine/query.h"
#include "sql/parser.h"
#include "sql/tree/visit.h"
#include "types/error_name.h"
#include "types/number_text.h"
#include "types/type_text.h"
#include "types/wire.h"

namespace tarn::conformance {

namespace {

namespace json = boost::json;

constexpr double kAggregateTolerance = 1e-12;

// The catalog `tpch` from a folder of Parquet files, and an empty catalog `memory`.
class RecordedTables final : public analysis::TableLookup {
 public:
  static Result<RecordedTables> open(const std::string& folder) {
    RecordedTables out;
    const auto text = read_file(folder + "/schema.json");
    if (!text) return out;  // a file of statements without the pack
    const json::value schema = TRY(parse_json(*text));
    for (const auto& [name, columns] : schema.as_object()) {
      auto table = std::make_shared<analysis::TableInfo>();
      table->id = {"tpch", "tiny", std::string(name)};
      for (const auto& column : columns.as_array()) {
        table->columns.push_back({std::string(column.at(0).as_string()),
                                  TRY(types::parse_type(column.at(1).as_string())), false, true});
      }
      table->columns.push_back(
          {"row_number", types::make_type(types::TypeKind::BigInt), true, true});
      const std::string path = quote(fmt::format("{}/{}.parquet", folder, table->id.table), '\'');
      table->handle = engine::make_stored_source(
          fmt::format("(SELECT *, file_row_number AS row_number FROM read_parquet({}, "
                      "file_row_number = true))",
                      path),
          *table);
      out.tables_.push_back(std::move(table));
    }
    return out;
  }

  Result<analysis::TableInfoPtr> find_table(const analysis::TableId& id,
                                            const std::optional<analysis::TableVersion>&) override {
    if (id.catalog != "tpch" && id.catalog != "memory") {
      return types::named_error("CATALOG_NOT_FOUND", {}, "Catalog '{}' not found", id.catalog);
    }
    if (id.catalog == "tpch" && id.schema.starts_with("sf")) {
      return types::named_error("NOT_SUPPORTED", {}, "the pack has the schema tiny only");
    }
    const bool known = id.schema == (id.catalog == "tpch" ? "tiny" : "default");
    if (!known) {
      return types::named_error("SCHEMA_NOT_FOUND", {}, "Schema '{}' does not exist", id.schema);
    }
    for (const auto& table : tables_) {
      if (table->id == id) return table;
    }
    return analysis::TableInfoPtr();
  }

 private:
  std::vector<analysis::TableInfoPtr> tables_;
};

// How values are compared.
struct ValueComparison {
  double tolerance = 0;  // relative, for floating-point numbers

  bool same_number(double a, double b) const {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
    if (a == b) return a != 0 || tolerance > 0 || std::signbit(a) == std::signbit(b);
    return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
  }

  bool same(const json::value& expected, const json::value& ours) const {
    if (const auto* text = float_text(expected)) {
      return (ours.is_number() || ours.is_string()) &&
             same_number(types::parse_java_double(*text).value_or(0), number_of(ours));
    }
    if (expected.is_array() && ours.is_array()) {
      const auto& a = expected.as_array();
      const auto& b = ours.as_array();
      return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                        [&](const auto& x, const auto& y) { return same(x, y); });
    }
    if (!expected.is_object() || !ours.is_object()) return expected == ours;
    const auto& b = ours.as_object();
    if (expected.as_object().size() != b.size()) return false;
    for (const auto& [key, value] : expected.as_object()) {
      const json::value* other = b.if_contains(key);
      if (other == nullptr || !same(value, *other)) return false;
    }
    return true;
  }

  // Floating-point numbers of the pack are `{"$float": "1.0E10"}`.
  static const json::string* float_text(const json::value& value) {
    if (!value.is_object() || value.as_object().size() != 1) return nullptr;
    const json::value* text = value.as_object().if_contains("$float");
    return text == nullptr ? nullptr : text->if_string();
  }

  static double number_of(const json::value& value) {
    if (value.is_double()) return value.as_double();
    if (value.is_int64()) return static_cast<double>(value.as_int64());
    if (value.is_string()) return types::parse_java_double(value.as_string()).value_or(0);
    return 0;
  }
};

// A text by which rows with the same values come together: numbers only roughly.
void append_sort_text(std::string& out, const json::value& value) {
  if (const auto* text = ValueComparison::float_text(value)) {
    out += fmt::format("{:.6e}", types::parse_java_double(*text).value_or(0));
  } else if (value.is_double()) {
    out += fmt::format("{:.6e}", value.as_double());
  } else if (value.is_array()) {
    out += '[';
    for (const auto& item : value.as_array()) append_sort_text(out, item), out += ',';
    out += ']';
  } else if (value.is_object()) {
    out += '{';
    std::vector<std::string> entries;
    for (const auto& [key, item] : value.as_object()) {
      std::string entry(key);
      append_sort_text(entry, item);
      entries.push_back(std::move(entry));
    }
    std::sort(entries.begin(), entries.end());
    out += join(entries, ",");
  } else {
    out += json::serialize(value);
  }
}

std::vector<const json::value*> in_sorted_order(const json::array& rows) {
  std::vector<std::pair<std::string, const json::value*>> keyed;
  for (const auto& row : rows) {
    auto& entry = keyed.emplace_back(std::string(), &row);
    append_sort_text(entry.first, row);
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const json::value*> out;
  for (const auto& [key, row] : keyed) out.push_back(row);
  return out;
}

bool same_bag(const json::array& expected, const json::array& ours, const ValueComparison& how) {
  if (expected.size() != ours.size()) return false;
  const auto a = in_sorted_order(expected);
  const auto b = in_sorted_order(ours);
  std::vector<bool> used(b.size());
  constexpr std::size_t kNear = 200;
  for (std::size_t i = 0; i < a.size(); ++i) {
    bool found = false;
    const std::size_t first = i < kNear ? 0 : i - kNear;
    for (std::size_t step = 0; !found && step < 2 * kNear; ++step) {
      const std::size_t j = step == 0 ? i : first + step - 1;
      if (j >= b.size() || used[j] || !how.same(*a[i], *b[j])) continue;
      used[j] = found = true;
    }
    if (!found) return false;
  }
  return true;
}

bool needs_tolerance(std::string_view group, const std::string& sql) {
  if (group == "math_functions") return true;
  constexpr std::string_view kNames[] = {"sum(",       "avg(",      "stddev",
                                         "var_",       "variance",  "corr(",
                                         "covar",      "regr_",     "geometric_mean(",
                                         "kurtosis(",  "skewness(", "approx_",
                                         "histogram(", "sin(",      "cos(",
                                         "tan(",       "exp(",      "ln(",
                                         "log",        "pow",       "sqrt(",
                                         "cbrt(",      "cosine",    "distance(",
                                         "quantile"};
  const std::string lower = to_lower(sql);
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view name) { return lower.find(name) != std::string::npos; });
}

// The outermost query of the statement has ORDER BY.
bool is_ordered(const sql::Query& query) {
  if (!query.order_by.empty()) return true;
  if (query.body->kind != sql::QueryBodyKind::NestedQuery) return false;
  return is_ordered(*static_cast<const sql::NestedQuery&>(*query.body).query);
}

Result<json::array> rows_of(engine::Answer& answer) {
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
  return TRY(parse_json(text + "]")).as_array();
}

struct Outputs {
  json::array rows;
  std::vector<std::string> types;
  bool ordered = false;
};

class TrinoSqlJudge {
 public:
  static Result<std::unique_ptr<TrinoSqlJudge>> open(const std::string& folder) {
    auto instance = TRY(duckdb::Instance::open({.memory_limit_bytes = 2'000'000'000}));
    auto connection = TRY(instance->connect());
    return std::unique_ptr<TrinoSqlJudge>(new TrinoSqlJudge(
        TRY(RecordedTables::open(folder)), std::move(instance), std::move(connection)));
  }

  Verdict judge(const json::object& line) {
    const std::string sql(line.at("sql").as_string());
    auto verdict = judge_statement(line, sql);
    if (std::getenv("TARN_SHOW_SQL")) verdict.note += "\n    " + sql;
    return verdict;
  }

 private:
  TrinoSqlJudge(RecordedTables tables, std::unique_ptr<duckdb::Instance> instance,
                duckdb::Connection connection)
      : tables_(std::move(tables)),
        instance_(std::move(instance)),
        connection_(std::move(connection)) {}

  Result<Outputs> run(const std::string& sql, bool is_tpch) {
    auto statement = sql::parse_statement(sql);
    if (!statement) {
      const bool later = statement.error().code == ErrorCode::Unsupported;
      return types::with_name(statement.error(), later ? "NOT_SUPPORTED" : "SYNTAX_ERROR", {});
    }
    const auto* query = sql::as<sql::QueryStatement>(**statement);
    if (!query) return types::named_error("NOT_SUPPORTED", {}, "not a query");
    analysis::AnalyzerOptions options;
    options.catalog = is_tpch ? "tpch" : "memory";
    options.schema = is_tpch ? "tiny" : "default";
    engine::SessionValues session;
    session.start_micros = tarn::system_clock().now_micros();
    session.user = "recorder";
    session.catalog = options.catalog;
    session.schema = options.schema;
    Outputs out;
    out.ordered = is_ordered(*query->query);
    auto answer =
        TRY(engine::run_query(*query->query, {tables_, options, session, connection_, nullptr}));
    for (const auto& column : answer.columns) {
      out.types.push_back(types::to_sql_text(column.type));
    }
    out.rows = TRY(rows_of(answer));
    return out;
  }

  Verdict judge_statement(const json::object& line, const std::string& sql) {
    const std::string_view kind = line.at("kind").as_string();
    const auto outputs = run(sql, kind == "tpch");
    const json::value* error = line.if_contains("error");
    if (error != nullptr) return judge_error(error->as_object(), outputs);
    if (!outputs) {
      const types::NamedError ours = types::split_error(outputs.error());
      const std::string note = ours.name + ": " + ours.message;
      return ours.name == "NOT_SUPPORTED" ? Verdict::refused(note) : Verdict::wrong(note);
    }
    std::vector<std::string> expected;
    for (const auto& type : line.at("types").as_array()) {
      expected.emplace_back(type.as_string());
    }
    if (expected != outputs->types) {
      return Verdict::wrong(
          fmt::format("types {} instead of {}", join(outputs->types, ", "), join(expected, ", ")));
    }
    const auto& rows = line.at("rows").as_array();
    ValueComparison how;
    if (needs_tolerance(std::string_view(line.at("group").as_string()), sql)) {
      how.tolerance = kAggregateTolerance;
    }
    const bool same =
        outputs->ordered ? how.same(rows, outputs->rows) : same_bag(rows, outputs->rows, how);
    if (same) return Verdict::passed();
    return Verdict::wrong(fmt::format("{}\n      instead of {}",
                                      json::serialize(outputs->rows).substr(0, 400),
                                      json::serialize(rows).substr(0, 400)));
  }

  static Verdict judge_error(const json::object& error, const Result<Outputs>& outputs) {
    const std::string name(error.at("name").as_string());
    const std::string theirs = name + ": " + std::string(error.at("message").as_string());
    if (outputs) {
      return Verdict::wrong(json::serialize(outputs->rows).substr(0, 200) + " instead of " +
                            theirs);
    }
    const types::NamedError ours = types::split_error(outputs.error());
    if (ours.name != name) {
      return Verdict::refused(ours.name + ": " + ours.message + " instead of " + theirs);
    }
    const auto number = [&](const char* key) {
      const json::value* value = error.if_contains(key);
      return value != nullptr && value->is_int64() ? value->as_int64() : 0;
    };
    const auto& where = outputs.error().where;
    if (number("line") == 0 || !where || where->line == 0) return Verdict::passed();
    if (where->line == number("line") && where->column == number("column")) {
      return Verdict::passed();
    }
    return Verdict::refused(fmt::format("{}:{} instead of {}:{} for {}", where->line, where->column,
                                        number("line"), number("column"), theirs));
  }

  RecordedTables tables_;
  std::unique_ptr<duckdb::Instance> instance_;
  duckdb::Connection connection_;
};

std::string tables_folder(const std::string& path) {
  const std::string beside = path + "/tpch_tiny";
  if (read_file(beside + "/schema.json")) return beside;
  const char* packs = std::getenv("TARN_CONFORMANCE");
  return std::string(packs == nullptr ? "." : packs) + "/trino-sql/tpch_tiny";
}

Result<void> judge_trino_sql(const std::string& path, const Options&, Report& report) {
  const auto judge = TRY(TrinoSqlJudge::open(tables_folder(path)));
  for (const auto& file : TRY(find_cases(path, ".jsonl"))) {
    TRY(for_each_line(file, [&](const json::object& item) {
      const std::string_view id = item.at("id").as_string();
      const std::string_view group = item.at("group").as_string();
      if (!report.wants(fmt::format("{} {}", group, id))) return;
      report.add(group, fmt::format("{} {}", group, id), judge->judge(item));
    }));
  }
  return ok();
}

const Registration registration("trino-sql", judge_trino_sql);

}  // namespace

}  // namespace tarn::conformance
