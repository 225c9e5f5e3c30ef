// SPDX-License-Identifier: Apache-2.0
// Opening the lakehouse that the options of a command name.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/command.h"
#include "lakehouse/lakehouse.h"

namespace tarn::cli {

// `--lakehouse PATH`.
Option lakehouse_option();

// By `--lake` and `--lakehouse`, as far as the command declares them. Findings in tarn.yml are
// printed.
Result<std::unique_ptr<lakehouse::Lakehouse>> open_lakehouse(const Invocation& call);

// The catalog of type iceberg that `name` (`catalog.schema.table`, `catalog.schema`) begins with;
// "" if it begins with none: the default one.
std::string catalog_of_name(const lakehouse::Config& config, std::string_view name);

bool declares(const Command& command, std::string_view option);

// Writes a commented tarn.yml into `folder`.
Result<int> init_lakehouse(const Invocation& call, const std::string& folder);
// Tests every connection that tarn.yml names.
Result<int> debug_lakehouse(const Invocation& call);

std::vector<Option> migrate_options();
Result<int> run_migrate(const Invocation& call);

}  // namespace tarn::cli
