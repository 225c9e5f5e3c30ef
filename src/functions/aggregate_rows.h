// SPDX-License-Identifier: Apache-2.0
// The rows of a group as `$final_…` functions get them (lambda.h): a list of the arguments, of rows
// where there are several. Internal to this folder.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "functions/registry.h"

namespace tarn::functions {

class GroupRows {
 public:
  // NULL is a group without rows. `many`: each item is a row of arguments.
  GroupRows(const types::Value& list, bool many) : many_(many) {
    if (!list.is_null()) items_ = list.as_list();
  }

  std::size_t size() const { return items_.size(); }
  std::span<const types::Value> operator[](std::size_t index) const {
    const types::Value& item = items_[index];
    if (many_) return item.as_list();
    return {&item, 1};
  }

 private:
  std::span<const types::Value> items_;
  bool many_;
};

// `compute` takes GroupRows and gives Result<Value>.
template <typename Compute>
BoundFunction over_rows(bool many, Compute compute) {
  return {.call = [many, compute = std::move(compute)](std::span<const types::Value> arguments)
              -> Result<types::Value> { return compute(GroupRows(arguments[0], many)); },
          .sees_nulls = true};
}

// The type of argument `index` of an aggregate with several.
inline const types::Type& aggregate_argument(const CallSignature& signature, std::size_t index) {
  return signature.arguments[0].element().fields[index].type;
}

}  // namespace tarn::functions
