// SPDX-License-Identifier: Apache-2.0
// Judges functions by recorded.jsonl beside this file and by the recorded expressions of the packs:
// counts by group, then the total. GROUP=text takes only groups with that text in the name;
// VERBOSE=1 shows wrong answers, VERBOSE=2 also other errors than Trino's, VERBOSE=3 also what is
// not supported.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "base/text.h"
#include "functions/evaluate.h"
#include "types/error_name.h"
#include "types/number_text.h"
#include "types/type_text.h"
#include "types/wire.h"

namespace tarn::functions_test {
namespace {

namespace json = boost::json;

constexpr std::size_t kWrongMax = 3;

struct Tally {
  std::size_t passed = 0, unsupported = 0, other_error = 0, wrong = 0;
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Floating-point numbers of the pack are `{"$float": "1.0E10"}`.
const json::string* float_text(const json::value& value) {
  if (!value.is_object() || value.as_object().size() != 1) return nullptr;
  const json::value* text = value.as_object().if_contains("$float");
  return text == nullptr ? nullptr : text->if_string();
}

double number_of(const json::value& value) {
  if (value.is_double()) return value.as_double();
  if (value.is_int64()) return static_cast<double>(value.as_int64());
  if (value.is_string()) return types::parse_java_double(value.as_string()).value_or(0);
  return 0;
}

struct Comparison {
  double tolerance = 0;  // relative

  bool same_number(double a, double b) const {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
    if (a == b) return a != 0 || std::signbit(a) == std::signbit(b);
    // Boost.JSON reads some numbers one unit of their last place off.
    return std::abs(a - b) <= std::max(tolerance, 2.3e-16) * std::max(std::abs(a), std::abs(b));
  }

  bool same(const json::value& expected, const json::value& ours) const {
    if (const json::string* text = float_text(expected)) {
      return (ours.is_number() || ours.is_string()) &&
             same_number(types::parse_java_double(*text).value_or(0), number_of(ours));
    }
    if (expected.is_array() && ours.is_array()) {
      const auto& a = expected.as_array();
      const auto& b = ours.as_array();
      return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                        [&](const auto& x, const auto& y) { return same(x, y); });
    }
    if (expected.is_object() && ours.is_object()) {
      const auto& b = ours.as_object();
      if (expected.as_object().size() != b.size()) return false;
      for (const auto& [key, value] : expected.as_object()) {
        const json::value* other = b.if_contains(key);
        if (other == nullptr || !same(value, *other)) return false;
      }
      return true;
    }
    return expected == ours;
  }
};

std::string types_text(const Answer& answer) {
  std::string out;
  for (const types::Type& type : answer.types) out += types::to_sql_text(type) + "|";
  return out;
}

std::string rows_text(const Answer& answer) {
  std::string out = "[";
  for (const auto& row : answer.rows) {
    out += out.size() == 1 ? "[" : ",[";
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ',';
      if (row[i].is_null()) {
        out += "null";
      } else {
        types::append_wire_json(out, answer.types[i], row[i]);
      }
    }
    out += ']';
  }
  return out + "]";
}

class Judge {
 public:
  void judge(const json::object& line) {
    const std::string group(line.at("group").as_string());
    if (group.find(only_) == std::string::npos) return;
    Tally& tally = groups_[group];
    const std::string sql(line.at("sql").as_string());
    const auto answer = evaluate_statement(sql);
    if (line.contains("error")) {
      judge_error(tally, group, sql, line.at("error").as_object(), answer);
    } else {
      judge_answer(tally, group, sql, line, answer);
    }
  }

  // True if there are no more wrong answers.
  bool print(std::size_t wrong_max) const {
    Tally total;
    for (const auto& [group, tally] : groups_) {
      print_line(group, tally);
      total.passed += tally.passed;
      total.unsupported += tally.unsupported;
      total.other_error += tally.other_error;
      total.wrong += tally.wrong;
    }
    print_line("total", total);
    return total.wrong <= wrong_max;
  }

  bool has_passed_all() const {
    return std::all_of(groups_.begin(), groups_.end(), [](const auto& group) {
      return group.second.unsupported + group.second.other_error + group.second.wrong == 0;
    });
  }

 private:
  static void print_line(std::string_view name, const Tally& tally) {
    fmt::print("{:45} {:5} passed {:5} unsupported {:4} other errors {:4} wrong of {}\n", name,
               tally.passed, tally.unsupported, tally.other_error, tally.wrong,
               tally.passed + tally.unsupported + tally.other_error + tally.wrong);
  }

  void show(int level, std::string_view what, std::string_view group, std::string_view sql,
            std::string_view ours, std::string_view theirs) const {
    if (verbose_ < level) return;
    fmt::print("{} ({}): {}\n  ours   {}\n  trino  {}\n", what, group, sql, ours, theirs);
  }

  void judge_error(Tally& tally, const std::string& group, const std::string& sql,
                   const json::object& error, const Result<Answer>& answer) {
    const std::string name(error.at("name").as_string());
    const std::string theirs = name + " " + std::string(error.at("message").as_string());
    if (answer) {
      ++tally.wrong;
      show(1, "WRONG", group, sql, rows_text(*answer), theirs);
      return;
    }
    const types::NamedError ours = types::split_error(answer.error());
    if (ours.name == name) {
      ++tally.passed;
    } else if (ours.name == "NOT_SUPPORTED") {
      ++tally.unsupported;
      show(3, "unsupported", group, sql, ours.message, theirs);
    } else {
      ++tally.other_error;
      show(2, "other error", group, sql, ours.name + " " + ours.message, theirs);
    }
  }

  void judge_answer(Tally& tally, const std::string& group, const std::string& sql,
                    const json::object& line, const Result<Answer>& answer) {
    const std::string theirs = json::serialize(line.at("rows"));
    if (!answer) {
      const types::NamedError ours = types::split_error(answer.error());
      const bool refused = ours.name == "NOT_SUPPORTED";
      ++(refused ? tally.unsupported : tally.wrong);
      show(refused ? 3 : 1, refused ? "unsupported" : "WRONG", group, sql,
           ours.name + " " + ours.message, theirs);
      return;
    }
    std::string expected_types;
    for (const auto& type : line.at("types").as_array()) {
      expected_types += std::string(type.as_string()) + "|";
    }
    const std::string ours = rows_text(*answer);
    const Comparison comparison{group == "math_functions" ? 1e-12 : 0};
    std::error_code failed;
    const json::value parsed = json::parse(ours, failed);
    const bool same = !failed && comparison.same(line.at("rows"), parsed);
    if (same && expected_types == types_text(*answer)) {
      ++tally.passed;
      return;
    }
    ++tally.wrong;
    show(1, "WRONG", group, sql, ours + " " + types_text(*answer), theirs + " " + expected_types);
  }

  std::string only_ = environment("GROUP");
  int verbose_ = std::atoi(environment("VERBOSE").c_str());
  std::map<std::string, Tally> groups_;
};

// The answers recorded for this project: all must be the same.
bool judge_recorded() {
  std::ifstream file(TARN_FUNCTIONS_RECORDED);
  Judge judge;
  for (std::string line; std::getline(file, line);) judge.judge(json::parse(line).as_object());
  return judge.print(0) && judge.has_passed_all();
}

int run() {
  const std::string folder = environment("TARN_CONFORMANCE");
  std::ifstream file(folder + "/trino-sql/expressions.jsonl");
  if (!judge_recorded()) return 1;
  if (folder.empty() || !file) {
    fmt::print("SKIPPED: TARN_CONFORMANCE names no folder with recorded answers\n");
    return 77;
  }
  Judge judge;
  for (std::string line; std::getline(file, line);) judge.judge(json::parse(line).as_object());
  return judge.print(kWrongMax) ? 0 : 1;
}

}  // namespace
}  // namespace tarn::functions_test

int main() { return tarn::functions_test::run(); }
