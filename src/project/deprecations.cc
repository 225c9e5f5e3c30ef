// SPDX-License-Identifier: Apache-2.0
// Warnings of models with a `deprecation_date` and of models that refer to them.
#include <fmt/core.h>

#include "base/text.h"
#include "base/time.h"
#include "project/load.h"

namespace tarn::project {

namespace {

Result<std::int64_t> micros_of_date(const Data& date) {
  if (date.kind == DataKind::Date) return TRY(parse_date(date.text())) * kMicrosPerDay;
  return parse_timestamp_micros(date.text());
}

std::string date_text(const Data& date) {
  return date.kind == DataKind::Date ? fmt::format("{}T00:00:00+00:00", date.text())
                                     : std::string(date.text());
}

// `orders` or `orders.v2`
std::string versioned_name(const Node& model) {
  return model.version.is_null() ? std::string(model.name)
                                 : fmt::format("{}.v{}", model.name, to_python(model.version));
}

std::string reference_text(const Node& child, const Node& model, bool is_past) {
  std::string out =
      fmt::format("while compiling '{}': found a reference to {}, which {} on '{}'", child.name,
                  versioned_name(model), is_past ? "was deprecated" : "is slated for deprecation",
                  date_text(model.deprecation_date));
  if (!model.version.is_null() && to_python(model.version) != to_python(model.latest_version)) {
    out +=
        fmt::format(". A new version of '{1}' is available: {{{{ ref('{0}', '{1}', v='{2}') }}}}",
                    model.package_name, model.name, to_python(model.latest_version));
  }
  return out;
}

}  // namespace

void report_deprecations(Project& project) {
  std::unordered_map<std::string_view, bool> past;  // by unique id of the model
  for (const auto& node : project.nodes) {
    if (!node.is_model() || node.deprecation_date.is_null()) continue;
    const auto date = micros_of_date(node.deprecation_date);
    if (!date) {
      project.report(Severity::Error, "deprecation-date",
                     fmt::format("`{}` is no deprecation date of model `{}`",
                                 to_python(node.deprecation_date), node.name),
                     node.file, node.line);
      continue;
    }
    const bool is_past = *date < project.options.now_micros;
    past.emplace(node.unique_id, is_past);
    if (!is_past) continue;
    project.report(Severity::Warning, "deprecated-model",
                   fmt::format("model {} has passed its deprecation date of {}; it should be "
                               "disabled or removed",
                               versioned_name(node), date_text(node.deprecation_date)),
                   nullptr);
  }
  if (past.empty()) return;
  for (const auto& child : project.nodes) {
    if (!child.is_model()) continue;
    for (const auto id : child.depends_nodes) {
      const auto found = past.find(id);
      if (found == past.end()) continue;
      project.report(Severity::Warning,
                     found->second ? "deprecated-reference" : "upcoming-reference-deprecation",
                     reference_text(child, *project.nodes_by_id.at(id), found->second), nullptr);
    }
  }
}

}  // namespace tarn::project
