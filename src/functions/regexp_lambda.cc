// SPDX-License-Identifier: Apache-2.0
// regexp_replace with a lambda, in two steps around it (lambda.h): the groups of all matches, and
// the text with the results in place of the matches.
#include "base/text.h"
#include "functions/java_regex.h"
#include "functions/lambda.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::TypeKind;
using types::Value;

Result<std::vector<RegexMatch>> all_matches(std::string_view text, std::string_view pattern) {
  const auto regex = TRY(find_java_regex(pattern));
  std::vector<RegexMatch> out;
  for (std::size_t from = 0; from <= text.size();) {
    auto match = regex->find(text, from);
    if (!match) return invalid_argument("{}", match.error().message);
    if (!*match) break;
    from = (*match)->end;
    if ((*match)->begin == from) {
      if (from < text.size()) {
        next_code_point(text, from);
      } else {
        ++from;
      }
    }
    out.push_back(*std::move(*match));
  }
  return out;
}

// Groups from 1 on; NULL for one that took no part.
Result<Value> groups_of_matches(Arguments values) {
  std::vector<Value> out;
  for (const RegexMatch& match : TRY(all_matches(values[0].as_text(), values[1].as_text()))) {
    std::vector<Value> groups;
    for (std::size_t i = 1; i < match.groups.size(); ++i) {
      groups.push_back(match.groups[i] ? Value(std::string(*match.groups[i])) : Value());
    }
    out.push_back(Value(std::move(groups)));
  }
  return Value(std::move(out));
}

Result<Value> put_replacements(Arguments values) {
  const std::string_view text = values[0].as_text();
  const auto& replacements = values[2].as_list();
  const auto matches = TRY(all_matches(text, values[1].as_text()));
  if (matches.size() != replacements.size()) {
    return internal("{} results of a lambda over {} matches", replacements.size(), matches.size());
  }
  std::string out;
  std::size_t last_end = 0;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    if (replacements[i].is_null()) return Value();
    out += text.substr(last_end, matches[i].begin - last_end);
    out += replacements[i].as_text();
    last_end = matches[i].end;
  }
  out += text.substr(last_end);
  return Value(std::move(out));
}

constexpr FunctionEntry kRegexpLambdaFunctions[] = {
    {"$regexp_groups", takes<groups_of_matches, TypeKind::Varchar, TypeKind::RegularExpression>},
    {"$regexp_replace",
     takes<put_replacements, TypeKind::Varchar, TypeKind::RegularExpression, TypeKind::Array>},
};

}  // namespace

FunctionList regexp_lambda_functions() { return kRegexpLambdaFunctions; }

}  // namespace tarn::functions
