// SPDX-License-Identifier: Apache-2.0
// Judge of the pack `yaml`: loading YAML text as dbt does.
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "conformance/judge.h"
#include "yaml/load.h"

namespace tarn::conformance {

namespace {

namespace json = boost::json;

json::value tagged(const char* tag, json::value value) {
  json::object out;
  out.emplace(tag, std::move(value));
  return out;
}

json::value to_json(const yaml::Value& value) {
  using yaml::Kind;
  json::array items;
  switch (value.kind) {
    case Kind::Null:
      return nullptr;
    case Kind::Bool:
      return value.boolean;
    case Kind::Text:
      return json::string(value.text);
    case Kind::Int:
      return tagged("int", json::string(yaml::to_python_text(value)));
    case Kind::Float:
      return tagged("float", json::string(yaml::to_python_text(value)));
    case Kind::Date:
      return tagged("date", json::string(yaml::to_python_text(value)));
    case Kind::DateTime:
      return tagged("datetime", json::string(yaml::to_python_text(value)));
    case Kind::Bytes:
      return tagged("bytes", json::string(to_base64(value.text)));
    case Kind::Map:
      for (const auto& entry : value.entries) {
        items.push_back(json::array{to_json(*entry.key), to_json(*entry.value)});
      }
      return tagged("map", std::move(items));
    default:
      for (const auto* item : value.items) items.push_back(to_json(*item));
      if (value.kind == Kind::Set) return tagged("set", std::move(items));
      if (value.kind == Kind::Pair) return tagged("tuple", std::move(items));
      return items;
  }
}

// Sets have no order.
json::value normalized(const json::value& value) {
  if (value.is_array()) {
    json::array out;
    for (const auto& item : value.get_array()) out.push_back(normalized(item));
    return out;
  }
  if (!value.is_object()) return value;
  json::object out;
  for (const auto& [key, inner] : value.get_object()) {
    auto part = normalized(inner);
    if (key == "set" && part.is_array()) {
      auto& items = part.get_array();
      std::sort(items.begin(), items.end(),
                [](const auto& a, const auto& b) { return write_json(a) < write_json(b); });
    }
    out.emplace(key, std::move(part));
  }
  return out;
}

Verdict judge_error(const json::object& expected, const Error& error) {
  if (error.code == ErrorCode::Unsupported) return Verdict::refused(describe(error));
  const auto number = [&](const char* name) -> std::int64_t {
    const auto* found = expected.if_contains(name);
    return found == nullptr ? 0 : found->to_number<std::int64_t>();
  };
  if (number("line") == 0) return Verdict::passed();
  if (!error.where) return Verdict::wrong("no place in: " + describe(error));
  if (error.where->line != number("line") || error.where->column != number("column")) {
    return Verdict::wrong(fmt::format("{}:{} instead of {}:{} in: {}", error.where->line,
                                      error.where->column, number("line"), number("column"),
                                      describe(error)));
  }
  return Verdict::passed();
}

// `Duplicate key 'b' in "<unicode string>", line 1, column 1` holds key and line.
Verdict judge_duplicates(const json::object& expect, const yaml::Document& document) {
  std::vector<std::string> expected;
  if (const auto* list = expect.if_contains("duplicates")) {
    for (const auto& item : list->as_array()) expected.emplace_back(item.as_string());
  }
  std::vector<std::string> actual;
  for (const auto& duplicate : document.duplicates) {
    actual.push_back(fmt::format("Duplicate key '{}' in \"<unicode string>\", line {}, column {}",
                                 duplicate.key, duplicate.line, duplicate.column));
  }
  std::sort(expected.begin(), expected.end());
  std::sort(actual.begin(), actual.end());
  if (expected == actual) return Verdict::passed();
  return Verdict::wrong(
      fmt::format("duplicates [{}] instead of [{}]", join(actual, "; "), join(expected, "; ")));
}

Verdict judge_load(std::string_view text, const json::object& expect, yaml::LoadMode mode) {
  const auto loaded = yaml::load(text, {.mode = mode});
  const auto* error = expect.if_contains("error");
  if (!loaded) {
    if (error != nullptr) return judge_error(error->as_object(), loaded.error());
    return Verdict::failed(loaded.error());
  }
  if (error != nullptr) return Verdict::wrong("loads, but must fail: " + write_json(*error));
  if (expect.contains("recursive")) {
    return loaded->recursive ? Verdict::passed() : Verdict::wrong("must contain itself");
  }
  if (loaded->recursive) return Verdict::wrong("must not contain itself");
  const auto actual = normalized(to_json(*loaded->root));
  const auto expected = normalized(expect.at("value"));
  if (actual != expected)
    return Verdict::wrong(write_json(actual) + " instead of " + write_json(expected));
  if (mode == yaml::LoadMode::Plain) return Verdict::passed();
  return judge_duplicates(expect, *loaded);
}

Verdict judge_case(const json::object& item) {
  const std::string_view text = item.at("text").as_string();
  const auto& expect = item.at("expect").as_object();
  auto verdict = judge_load(text, expect, yaml::LoadMode::File);
  if (verdict.outcome != Outcome::Passed) return verdict;
  const auto* plain = item.if_contains("safe_load");
  return judge_load(text, plain != nullptr ? plain->as_object() : expect, yaml::LoadMode::Plain);
}

Result<void> judge_yaml(const std::string& path, const Options&, Report& report) {
  for (const auto& file : TRY(find_cases(path, ".jsonl"))) {
    TRY(for_each_line(file, [&](const json::object& item) {
      const std::string_view id = item.at("id").as_string();
      if (!report.wants(id)) return;
      report.add(std::string_view(item.at("group").as_string()), id, judge_case(item));
    }));
  }
  return ok();
}

const Registration registration("yaml", judge_yaml);

}  // namespace

}  // namespace tarn::conformance
