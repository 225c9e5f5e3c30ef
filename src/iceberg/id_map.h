// SPDX-License-Identifier: Apache-2.0
// A small map from field ids, kept as a sorted vector: metrics of data files.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

namespace tarn::iceberg {

template <typename T>
class IdMap {
 public:
  using Entry = std::pair<int, T>;

  IdMap() = default;
  IdMap(std::initializer_list<Entry> entries) {
    for (const auto& [id, value] : entries) set(id, value);
  }

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  void reserve(std::size_t count) { entries_.reserve(count); }
  void clear() { entries_.clear(); }

  // nullptr when missing. Valid until the next change.
  const T* find(int id) const {
    const auto at = position(id);
    return at != entries_.end() && at->first == id ? &at->second : nullptr;
  }
  // Inserts or replaces; constant time for ascending ids.
  void set(int id, T value) {
    if (entries_.empty() || entries_.back().first < id) {
      entries_.emplace_back(id, std::move(value));
      return;
    }
    const auto at = entries_.begin() + (position(id) - entries_.cbegin());
    if (at->first == id) {
      at->second = std::move(value);
    } else {
      entries_.insert(at, Entry(id, std::move(value)));
    }
  }
  void erase(int id) {
    const auto at = position(id);
    if (at != entries_.cend() && at->first == id) entries_.erase(at);
  }

  bool operator==(const IdMap&) const = default;

 private:
  auto position(int id) const {
    return std::lower_bound(entries_.cbegin(), entries_.cend(), id,
                            [](const Entry& entry, int key) { return entry.first < key; });
  }

  std::vector<Entry> entries_;
};

}  // namespace tarn::iceberg
