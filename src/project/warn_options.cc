// SPDX-License-Identifier: Apache-2.0
#include "project/warn_options.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "project/project_file.h"
#include "yaml/load.h"

namespace tarn::project {

namespace {

constexpr std::string_view kDeprecations = "Deprecations";

constexpr std::string_view kEventNames[] = {
#include "project/event_names.def"
};

constexpr std::pair<std::string_view, std::string_view> kFindings[] = {
    {"duplicate-key", "DuplicateYAMLKeysDeprecation"},
    {"deprecated-model", "DeprecatedModel"},
    {"deprecated-reference", "DeprecatedReference"},
    {"exposure-name", "ExposureNameDeprecation"},
    {"missing-reference", "NodeNotFoundOrDisabled"},
    {"unknown-section", "CustomTopLevelKeyDeprecation"},
    {"unused-config", "UnusedResourceConfigPath"},
    {"unused-properties", "NoNodeForYamlKey"},
    {"upcoming-reference-deprecation", "UpcomingReferenceDeprecation"},
};

bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Deprecations by dbt's code of the event, whose names do not end in that word.
constexpr std::string_view kOtherDeprecations[] = {"AdapterDeprecationWarning",
                                                   "BehaviorChangeEvent",
                                                   "CollectFreshnessReturnSignature",
                                                   "DeprecationsSummary",
                                                   "GetMetaKeyWarning",
                                                   "MetricAttributesRenamed",
                                                   "EnvironmentVariableRenamed",
                                                   "SourceFreshnessProjectHooksNotRun"};

bool is_deprecation(std::string_view event) {
  if (event.ends_with("Deprecation")) return event != "UpcomingReferenceDeprecation";
  return std::find(std::begin(kOtherDeprecations), std::end(kOtherDeprecations), event) !=
         std::end(kOtherDeprecations);
}

Result<void> take_names(const Data& data, std::string_view key, std::vector<std::string>& out) {
  if (data.is_null()) return ok();
  if (!data.is_list()) {
    return invalid_input("`{}` of warn-error-options must be a list of names, not `{}`", key,
                         to_python(data));
  }
  const auto names = event_names();
  for (const auto& item : data.items()) {
    const std::string name = to_python(item);
    if (!std::binary_search(names.begin(), names.end(), name)) {
      const std::vector<std::string> known(names.begin(), names.end());
      return invalid_input("{} is not a valid dbt error name{}", name, did_you_mean(name, known));
    }
    out.push_back(name);
  }
  return ok();
}

// The value of a key or of its older name; both at once are a mistake.
Result<Data> value_of(const Data& data, std::string_view key, std::string_view old_key) {
  const Data value = data.get(key);
  const Data old_value = data.get(old_key);
  if (value.truthy() && old_value.truthy()) {
    return invalid_input("only `{}` or `{}` can be specified in `warn_error_options`, not both",
                         old_key, key);
  }
  return data.find(old_key) != nullptr ? old_value : value;
}

}  // namespace

std::span<const std::string_view> event_names() { return kEventNames; }

std::string_view event_of_finding(std::string_view code) {
  for (const auto& [known, event] : kFindings) {
    if (known == code) return event;
  }
  return {};
}

Verdict WarnOptions::verdict(std::string_view event) const {
  if (warn_error) return Verdict::Error;
  if (has(silence, event)) return Verdict::Silence;
  if (has(warn, event)) return Verdict::Warn;
  if (has(error, event)) return Verdict::Error;
  if (is_deprecation(event)) {
    if (has(silence, kDeprecations)) return Verdict::Silence;
    if (has(warn, kDeprecations)) return Verdict::Warn;
    if (has(error, kDeprecations)) return Verdict::Error;
  }
  return error_all ? Verdict::Error : Verdict::Warn;
}

std::string WarnOptions::to_text() const {
  return fmt::format("{}{} {}|{}|{}", warn_error, error_all, join(error, ","), join(warn, ","),
                     join(silence, ","));
}

Result<WarnOptions> read_warn_options(const Data& data) {
  WarnOptions out;
  if (data.is_null()) return out;
  if (!data.is_map()) {
    return invalid_input("warn-error-options must be a mapping of `error`, `warn` and `silence`");
  }
  const Data error = TRY(value_of(data, "error", "include"));
  if (error.is_text()) {
    if (error.text() != "all" && error.text() != "*") {
      return invalid_input("`error` of warn-error-options must be `all`, `*` or a list, not `{}`",
                           error.text());
    }
    out.error_all = true;
  } else {
    TRY(take_names(error, "error", out.error));
  }
  TRY(take_names(TRY(value_of(data, "warn", "exclude")), "warn", out.warn));
  TRY(take_names(data.get("silence"), "silence", out.silence));
  if (!out.warn.empty() && !out.error_all && !has(out.error, kDeprecations) &&
      !has(out.silence, kDeprecations)) {
    return invalid_input(
        "`warn` of warn-error-options can only be given if `error` is `all` or `*`, or "
        "`Deprecations` is in `error` or `silence`");
  }
  return out;
}

Result<WarnOptions> parse_warn_options(std::string_view text) {
  const auto document = yaml::load(text, {.mode = yaml::LoadMode::Plain});
  if (!document) return yaml_error(document.error(), text, "--warn-error-options");
  Arena arena;
  return read_warn_options(from_yaml(*document->root, arena));
}

}  // namespace tarn::project
