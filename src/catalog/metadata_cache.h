// SPDX-License-Identifier: Apache-2.0
// The last state that was read or written of each table. A metadata file never changes, so a state
// is current as long as the catalog points to its location.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "iceberg/catalog.h"

namespace tarn::catalog {

// Thread-safe. Keeps one state of each of up to `tables_max` tables.
template <typename Metadata>
class MetadataCache {
 public:
  using Pointer = std::shared_ptr<const Metadata>;

  explicit MetadataCache(std::size_t tables_max = 1'000) : tables_max_(tables_max) {}

  // nullptr unless the state at this very location is kept.
  Pointer find(const iceberg::TableIdentifier& table, const std::string& location) const {
    const std::lock_guard lock(mutex_);
    const auto found = states_.find(table);
    if (found == states_.end() || found->second.first != location) return nullptr;
    return found->second.second;
  }
  void keep(const iceberg::TableIdentifier& table, const std::string& location, Pointer metadata) {
    const std::lock_guard lock(mutex_);
    // Full: which one goes does not matter much, that the memory is bounded does.
    if (states_.size() >= tables_max_ && !states_.contains(table)) states_.erase(states_.begin());
    states_.insert_or_assign(table, std::pair(location, std::move(metadata)));
  }
  void forget(const iceberg::TableIdentifier& table) {
    const std::lock_guard lock(mutex_);
    states_.erase(table);
  }

 private:
  mutable std::mutex mutex_;
  std::size_t tables_max_;
  std::map<iceberg::TableIdentifier, std::pair<std::string, Pointer>> states_;
};

}  // namespace tarn::catalog
