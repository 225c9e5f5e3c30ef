// SPDX-License-Identifier: Apache-2.0
// Column types, names and errors of the recorded statements. Runs where TARN_CONFORMANCE names the
// packs.
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "analysis/analyzer.h"
#include "base/testing.h"
#include "base/text.h"
#include "sql/parser.h"
#include "sql/tree/visit.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::analysis {
namespace {

namespace json = boost::json;

// The tpch catalog of the packs.
class PackTables : public TableLookup {
 public:
  explicit PackTables(const std::string& folder) {
    std::ifstream file(folder + "/trino-sql/tpch_tiny/schema.json");
    std::stringstream text;
    text << file.rdbuf();
    const json::value parsed = json::parse(text.str());
    for (const auto& [name, columns] : parsed.as_object()) {
      auto table = std::make_shared<TableInfo>();
      table->id = {"tpch", "tiny", std::string(name)};
      add_columns(*table, columns);
      table->columns.push_back(
          {"row_number", types::make_type(types::TypeKind::BigInt), true, true});
      tables_[std::string(name)] = std::move(table);
    }
  }

  Result<TableInfoPtr> find_table(const TableId& id, const std::optional<TableVersion>&) override {
    if (id.catalog != "tpch") {
      return types::named_error("CATALOG_NOT_FOUND", {}, "Catalog '{}' not found", id.catalog);
    }
    auto found = tables_.find(id.table);
    return found == tables_.end() ? nullptr : found->second;
  }

 private:
  static void add_column(TableInfo& table, const std::string& name, const std::string& type) {
    table.columns.push_back({to_lower(name), CHECK_OK(types::parse_type(type)), false, true});
  }
  static void add_columns(TableInfo& table, const json::value& columns) {
    if (columns.is_object()) {
      for (const auto& [name, type] : columns.as_object()) {
        add_column(table, std::string(name), std::string(type.as_string()));
      }
      return;
    }
    for (const auto& column : columns.as_array()) {
      if (column.is_array()) {
        add_column(table, std::string(column.at(0).as_string()),
                   std::string(column.at(1).as_string()));
      } else {
        add_column(table, std::string(column.at("name").as_string()),
                   std::string(column.at("type").as_string()));
      }
    }
  }

  std::map<std::string, TableInfoPtr> tables_;
};

struct Tally {
  int right = 0, refused = 0, wrong = 0, error_right = 0, error_later = 0, place_wrong = 0,
      name_wrong = 0;
};

// Errors that only running the statement can show.
bool is_runtime_error(std::string_view name) {
  constexpr std::string_view kNames[] = {"INVALID_FUNCTION_ARGUMENT",
                                         "INVALID_CAST_ARGUMENT",
                                         "NUMERIC_VALUE_OUT_OF_RANGE",
                                         "DIVISION_BY_ZERO",
                                         "INVALID_WINDOW_FRAME",
                                         "SUBQUERY_MULTIPLE_ROWS",
                                         "NOT_SUPPORTED",
                                         "GENERIC_USER_ERROR",
                                         "JSON_INPUT_CONVERSION_ERROR",
                                         "JSON_OUTPUT_CONVERSION_ERROR",
                                         "PATH_EVALUATION_ERROR",
                                         "JSON_VALUE_RESULT_ERROR"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

class Judge {
 public:
  explicit Judge(const std::string& folder) : tables_(folder) {}
  Tally tally;
  std::map<std::string, int> refusals;

  void judge(const json::object& line, const AnalyzerOptions& options) {
    std::string text(line.at("sql").as_string());
    auto statement = sql::parse_statement(text);
    if (!statement) return;
    const auto* query = sql::as<sql::QueryStatement>(**statement);
    if (!query) return;
    auto typed = analyze_query(*query->query, tables_, options);
    if (line.contains("error")) {
      judge_error(text, line.at("error").as_object(), typed);
    } else {
      judge_answer(text, line, typed);
    }
  }

 private:
  void judge_error(const std::string& text, const json::object& error,
                   const Result<TypedQuery>& typed) {
    std::string name(error.at("name").as_string());
    if (typed) {
      if (is_runtime_error(name)) {
        ++tally.error_later;
      } else {
        ++tally.wrong;
        show("no error", text, std::string(error.at("message").as_string()));
      }
      return;
    }
    types::NamedError ours = types::split_error(typed.error());
    if (ours.name == "NOT_SUPPORTED" && name != "NOT_SUPPORTED") {
      ++tally.refused;
      return;
    }
    if (ours.name != name) {
      ++tally.name_wrong;
      show("other error", text,
           ours.name + " " + ours.message + "\n     " + name + " " +
               std::string(error.at("message").as_string()));
      return;
    }
    ++tally.error_right;
    if (!error.contains("line") || !error.at("line").is_int64() || !typed.error().where) return;
    bool place = error.at("line").as_int64() == typed.error().where->line &&
                 error.at("column").as_int64() == typed.error().where->column;
    if (place) return;
    ++tally.place_wrong;
    show("other place", text,
         sql::show_error(text, typed.error()) + "     " +
             std::string(error.at("message").as_string()));
  }

  void judge_answer(const std::string& text, const json::object& line,
                    const Result<TypedQuery>& typed) {
    if (!typed) {
      types::NamedError ours = types::split_error(typed.error());
      if (ours.name == "NOT_SUPPORTED") {
        ++tally.refused;
        ++refusals[ours.message.substr(0, 60)];
        return;
      }
      ++tally.wrong;
      show("error", text, sql::show_error(text, typed.error()));
      return;
    }
    std::string expected;
    for (const auto& type : line.at("types").as_array())
      expected += std::string(type.as_string()) + "|";
    std::string given;
    for (const auto& output : typed->outputs) given += types::to_sql_text(output.type) + "|";
    std::string names;
    for (const auto& name : line.at("names").as_array())
      names += to_lower(std::string(name.as_string())) + "|";
    std::string given_names;
    for (const auto& output : typed->outputs) given_names += to_lower(output.name) + "|";
    if (expected == given && names == given_names) {
      ++tally.right;
      return;
    }
    // varchar(n) of a result is what Trino says; types are compared as printed.
    ++tally.wrong;
    show("other type or name", text,
         given + " " + given_names + "\n     " + expected + " " + names);
  }

  void show(std::string_view what, const std::string& text, const std::string& more) {
    if (!std::getenv("TARN_SHOW_ANALYSIS")) return;
    MESSAGE(what << ": " << text << "\n     " << more);
  }

  PackTables tables_;
};

TEST_CASE("types and errors of the packs") {
  const char* folder = std::getenv("TARN_CONFORMANCE");
  if (!folder) {
    MESSAGE("SKIPPED: TARN_CONFORMANCE is not set");
    return;
  }
  Judge judge(folder);
  AnalyzerOptions options;
  options.catalog = "tpch";
  options.schema = "tiny";
  for (const char* name : {"expressions", "tpch"}) {
    std::ifstream file(std::string(folder) + "/trino-sql/" + name + ".jsonl");
    for (std::string line; std::getline(file, line);) {
      judge.judge(json::parse(line).as_object(), options);
    }
  }
  const Tally& t = judge.tally;
  MESSAGE(t.right << " right, " << t.refused << " refused, " << t.wrong << " wrong; errors: "
                  << t.error_right << " right (" << t.place_wrong << " at another place), "
                  << t.error_later << " left to execution, " << t.name_wrong << " other names");
  for (const auto& [reason, count] : judge.refusals) MESSAGE(count << " refused: " << reason);
  CHECK(t.wrong <= 5);
}

}  // namespace
}  // namespace tarn::analysis
