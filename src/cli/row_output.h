// SPDX-License-Identifier: Apache-2.0
// Rows of a warehouse for people and for programs.
#pragma once

#include <string>

#include "cli/terminal.h"
#include "warehouse/warehouse.h"

namespace tarn::cli {

std::string rows_table(const warehouse::Answer& answer, const Terminal& terminal);
// `{"node": name, "show": [{column: value}, …]}`, as dbt prints it.
std::string rows_json(const std::string& name, const warehouse::Answer& answer);

}  // namespace tarn::cli
