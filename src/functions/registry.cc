// SPDX-License-Identifier: Apache-2.0
#include "functions/registry.h"

#include <string>
#include <unordered_map>
#include <vector>

#include "functions/lists.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using EntriesByName = std::unordered_map<std::string_view, std::vector<const FunctionEntry*>>;

const EntriesByName& entries_by_name() {
  static const EntriesByName entries = [] {
    EntriesByName out;
    for (FunctionList list : all_function_lists()) {
      for (const FunctionEntry& entry : list) out[entry.name].push_back(&entry);
    }
    return out;
  }();
  return entries;
}

}  // namespace

Result<BoundFunction> bind_function(const CallSignature& signature) {
  auto found = entries_by_name().find(signature.name);
  if (found != entries_by_name().end()) {
    for (const FunctionEntry* entry : found->second) {
      BoundFunction bound = entry->bind(signature);
      if (bound.call) return bound;
    }
  }
  return types::named_error("NOT_SUPPORTED", {}, "function {} is not supported yet",
                            to_text(signature));
}

}  // namespace tarn::functions
