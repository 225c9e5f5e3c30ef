// SPDX-License-Identifier: Apache-2.0
// Tests what tarn.yml names, one finding for each thing that was tried.
#pragma once

#include <string>
#include <vector>

#include "base/cancel.h"
#include "lakehouse/lakehouse.h"

namespace tarn::lakehouse {

struct CheckStep {
  std::string catalog;  // "" for what concerns all
  std::string subject;  // `catalog`, `warehouse`, `connection`, `engine`
  std::string detail;   // what was found: `SQLite, 3 schemas`; never with a secret
  std::optional<Error> error;
  std::string hint;  // what may help
};

// Opens every catalog; in each warehouse an object is written, read and removed, which also tells
// a read-only one. Does not stop at errors. A lake that does not exist yet is no error.
std::vector<CheckStep> check_lakehouse(Lakehouse& lakehouse, const Cancel& cancel);

}  // namespace tarn::lakehouse
