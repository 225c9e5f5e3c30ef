// SPDX-License-Identifier: Apache-2.0
// What the judges of recorded answers share: reading cases, counting outcomes, printing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace boost::json {
class value;
class object;
}  // namespace boost::json

namespace tarn::conformance {

enum class Outcome { Passed, Refused, Wrong };

struct Verdict {
  Outcome outcome = Outcome::Passed;
  std::string note;  // why, for --show-wrong

  static Verdict passed() { return {}; }
  static Verdict wrong(std::string note) { return {Outcome::Wrong, std::move(note)}; }
  static Verdict refused(std::string note) { return {Outcome::Refused, std::move(note)}; }
  // Refused if the error says "unsupported", wrong otherwise.
  static Verdict failed(const Error& error);
};

struct Options {
  bool show_wrong = false;
  bool show_refused = false;
  std::string only;  // judge only cases whose id contains this
  // Cases whose answer is left to chance, the clock or an order nobody asked for: they are judged
  // and counted as any other, but no rate depends on them.
  std::set<std::string, std::less<>> undetermined;
};

// Collects outcomes by group. Thread-safe where noted.
class Report {
 public:
  explicit Report(const Options& options) : options_(options) {}

  bool wants(std::string_view id) const {
    return options_.only.empty() || id.find(options_.only) != std::string_view::npos;
  }
  // Thread-safe.
  void add(std::string_view group, std::string_view id, const Verdict& verdict);
  // Groups, then `total: P passed, R refused, W wrong of N`.
  void print() const;

  struct Counts {
    std::size_t passed = 0, refused = 0, wrong = 0;
    void add(Outcome outcome);
    std::size_t total() const { return passed + refused + wrong; }
  };
  Counts total() const;
  // Without the undetermined cases.
  Counts determined() const;

 private:
  const Options& options_;
  std::map<std::string, Counts> groups_;
  Counts undetermined_;
};

// Calls `body` for every JSON line of a file.
Result<void> for_each_line(const std::string& path,
                           const std::function<void(const boost::json::object&)>& body);
// The files below `path` (or the file itself) whose name ends so, sorted.
Result<std::vector<std::string>> find_cases(const std::string& path, std::string_view ending);

// One kind of pack. `path` is a file or folder that the user named.
using Judge = Result<void> (*)(const std::string& path, const Options& options, Report& report);

struct Kind {
  std::string_view name;
  Judge judge;
};
// Registers a judge; one static object for each kind's file.
struct Registration {
  Registration(std::string_view name, Judge judge);
};
const std::vector<Kind>& kinds();

}  // namespace tarn::conformance
