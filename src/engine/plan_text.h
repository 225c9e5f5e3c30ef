// SPDX-License-Identifier: Apache-2.0
// The plan of a query for people: its operators as a tree with the names that the statement uses,
// and what each table's source says about how it will be read. Pure.
#pragma once

#include <string>

#include "analysis/typed_tree.h"
#include "engine/scan_source.h"

namespace tarn::engine {

std::string plan_text(const analysis::TypedQuery& query, const ScanNotes& notes);

}  // namespace tarn::engine
