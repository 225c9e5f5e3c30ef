// SPDX-License-Identifier: Apache-2.0
// tarn-conformance KIND PATH… [--show-wrong] [--show-refused] [--only TEXT] [--rates FILE]
// Judges files or folders of recorded answers. With --rates, fewer passed or more wrong than the
// file says for KIND is a failure (exit code 1); cases in undetermined.jsonl do not count there.
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <mutex>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "conformance/judge.h"

namespace tarn::conformance {

namespace {
std::mutex report_mutex;
std::vector<Kind>& kind_table() {
  static std::vector<Kind> table;
  return table;
}
}  // namespace

Registration::Registration(std::string_view name, Judge judge) {
  kind_table().push_back({name, judge});
}

const std::vector<Kind>& kinds() { return kind_table(); }

Verdict Verdict::failed(const Error& error) {
  const auto outcome = error.code == ErrorCode::Unsupported ? Outcome::Refused : Outcome::Wrong;
  return {outcome, describe(error)};
}

void Report::add(std::string_view group, std::string_view id, const Verdict& verdict) {
  const std::lock_guard lock(report_mutex);
  groups_[std::string(group)].add(verdict.outcome);
  if (options_.undetermined.contains(id)) undetermined_.add(verdict.outcome);
  if (verdict.outcome == Outcome::Refused && options_.show_refused) {
    fmt::print("refused {}: {}\n", id, verdict.note);
  }
  if (verdict.outcome == Outcome::Wrong && options_.show_wrong) {
    fmt::print("wrong {}: {}\n", id, verdict.note);
  }
}

void Report::Counts::add(Outcome outcome) {
  switch (outcome) {
    case Outcome::Passed:
      ++passed;
      return;
    case Outcome::Refused:
      ++refused;
      return;
    case Outcome::Wrong:
      ++wrong;
      return;
  }
}

Report::Counts Report::determined() const {
  const auto all = total();
  return {all.passed - undetermined_.passed, all.refused - undetermined_.refused,
          all.wrong - undetermined_.wrong};
}

Report::Counts Report::total() const {
  Counts sum;
  for (const auto& [name, counts] : groups_) {
    sum.passed += counts.passed;
    sum.refused += counts.refused;
    sum.wrong += counts.wrong;
  }
  return sum;
}

void Report::print() const {
  for (const auto& [name, counts] : groups_) {
    fmt::print("{}: {} passed, {} refused, {} wrong of {}\n", name, counts.passed, counts.refused,
               counts.wrong, counts.total());
  }
  const auto sum = total();
  fmt::print("total: {} passed, {} refused, {} wrong of {}\n", sum.passed, sum.refused, sum.wrong,
             sum.total());
}

Result<void> for_each_line(const std::string& path,
                           const std::function<void(const boost::json::object&)>& body) {
  const std::string text = TRY(read_file(path));
  std::size_t number = 0;
  for (const auto line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    auto value = with_context(parse_json(line), fmt::format("{}:{}", path, number));
    if (!value) return std::move(value).error();
    if (!value->is_object()) return corrupt("{}:{} is not an object", path, number);
    body(value->get_object());
  }
  return ok();
}

Result<std::vector<std::string>> find_cases(const std::string& path, std::string_view ending) {
  if (path.ends_with(ending)) return std::vector{path};
  std::vector<std::string> out;
  for (const auto& entry : TRY(list_files(path))) {
    if (entry.path.ends_with(ending)) out.push_back(path + "/" + entry.path);
  }
  if (out.empty()) return not_found("no file `*{}` in {}", ending, path);
  return out;
}

namespace {

// Lines of `KIND passed P wrong W`.
Result<bool> reaches_rates(const std::string& file, std::string_view kind,
                           const Report::Counts& counts) {
  const std::string text = TRY(read_file(file));
  for (const auto line : split(text, '\n')) {
    std::vector<std::string_view> words;
    for (const auto word : split(line, ' ')) {
      if (!word.empty()) words.push_back(word);
    }
    if (words.size() != 5 || words[0] != kind) continue;
    const auto passed = parse_int64(words[2]).value_or(0);
    const auto wrong = parse_int64(words[4]).value_or(0);
    if (static_cast<std::int64_t>(counts.passed) >= passed &&
        static_cast<std::int64_t>(counts.wrong) <= wrong) {
      return true;
    }
    fmt::print(stderr,
               "{}: {} passed and {} wrong, but {} passed and {} wrong were reached before\n", kind,
               counts.passed, counts.wrong, passed, wrong);
    return false;
  }
  return not_found("{} has no line for {}", file, kind);
}

int usage() {
  std::string names;
  for (const auto& kind : kinds()) names += fmt::format(" {}", kind.name);
  fmt::print(stderr,
             "usage: tarn-conformance KIND PATH... [--show-wrong] [--show-refused] [--only TEXT] "
             "[--rates FILE]\nkinds:{}\n",
             names);
  return 2;
}

int run(const std::vector<std::string>& arguments) {
  Options options;
  std::string rates;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& argument = arguments[i];
    const bool more = i + 1 < arguments.size();
    if (argument == "--show-wrong") {
      options.show_wrong = true;
    } else if (argument == "--show-refused") {
      options.show_refused = true;
    } else if (argument == "--only" && more) {
      options.only = arguments[++i];
    } else if (argument == "--rates" && more) {
      rates = arguments[++i];
    } else {
      words.push_back(argument);
    }
  }
  if (words.size() < 2) return usage();
  const auto kind = std::find_if(kinds().begin(), kinds().end(),
                                 [&](const Kind& known) { return known.name == words[0]; });
  if (kind == kinds().end()) return usage();
  const auto listed = for_each_line(TARN_SOURCE_DIR "/tests/conformance/undetermined.jsonl",
                                    [&](const boost::json::object& line) {
                                      options.undetermined.emplace(line.at("id").as_string());
                                    });
  if (!listed) {
    fmt::print(stderr, "tarn-conformance: {}\n", describe(listed.error()));
    return 2;
  }
  Report report(options);
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (auto judged = kind->judge(words[i], options, report); !judged) {
      fmt::print(stderr, "tarn-conformance: {}\n", describe(judged.error()));
      return 2;
    }
  }
  report.print();
  if (rates.empty()) return 0;
  const auto reached = reaches_rates(rates, words[0], report.determined());
  if (!reached) {
    fmt::print(stderr, "tarn-conformance: {}\n", describe(reached.error()));
    return 2;
  }
  return *reached ? 0 : 1;
}

}  // namespace

}  // namespace tarn::conformance

int main(int argc, char** argv) {
  return tarn::conformance::run(std::vector<std::string>(argv + 1, argv + argc));
}
