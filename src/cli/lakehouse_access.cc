// SPDX-License-Identifier: Apache-2.0
#include "cli/lakehouse_access.h"

#include <algorithm>

#include "cli/terminal.h"
#include "cli/version.h"

namespace tarn::cli {

Option lakehouse_option() {
  return {.name = "lakehouse",
          .arity = Arity::One,
          .value_name = "PATH",
          .help = "tarn.yml, or the folder that holds it (else TARN_LAKEHOUSE, else upwards)"};
}

bool declares(const Command& command, std::string_view option) {
  const auto has_name = [&](const Option& other) { return other.name == option; };
  return std::any_of(command.options.begin(), command.options.end(), has_name) ||
         std::any_of(command.positionals.begin(), command.positionals.end(), has_name);
}

Result<std::unique_ptr<lakehouse::Lakehouse>> open_lakehouse(const Invocation& call) {
  lakehouse::OpenOptions options;
  const auto text = [&](std::string_view name) {
    return declares(call.command, name) ? call.arguments.text(name) : std::string();
  };
  options.lake_folder = text("lake");
  options.lakehouse = text("lakehouse");
  options.summary["engine-version"] = kVersion;
  options.summary["tarn.command"] = call.command.name;
  Diagnostics diagnostics;
  auto lakehouse = lakehouse::Lakehouse::open(options, diagnostics);
  for (const auto& item : diagnostics.items()) call.terminal.note(format_diagnostic(item));
  return lakehouse;
}

std::string catalog_of_name(const lakehouse::Config& config, std::string_view name) {
  const std::size_t dot = name.find('.');
  std::string first(name.substr(0, dot));
  if (first.size() > 1 && first.front() == '"') return "";
  const auto* found = config.find(first);
  return found != nullptr && found->type == lakehouse::CatalogType::Iceberg ? first : "";
}

}  // namespace tarn::cli
