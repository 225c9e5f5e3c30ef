// SPDX-License-Identifier: Apache-2.0
// Names that a template sees: tables in a chain, the nearest first. Tables are filled once and then
// read by many threads; a node has a small table of its own over the shared ones.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace tarn::jinja {

class NameTable {
 public:
  explicit NameTable(std::shared_ptr<const NameTable> parent = nullptr)
      : parent_(std::move(parent)) {}

  void set(std::string_view name, Value value);
  // Computed at the first look-up, at most once (thread-safe).
  void set_lazy(std::string_view name, std::function<Value()> make);
  // nullptr if neither this table nor its parents have it. `hash` is hash_of_text(name).
  const Value* find(std::string_view name, std::uint64_t hash) const;
  const Value* find(std::string_view name) const { return find(name, hash_of_text(name)); }
  const NameTable* parent() const { return parent_.get(); }
  // Names of this table alone, in the order in which they were set.
  std::vector<std::string_view> own_names() const;

 private:
  struct Lazy {
    std::once_flag once;
    std::function<Value()> make;
  };
  struct Entry {
    std::string name;
    std::uint64_t hash = 0;
    mutable Value value;
    std::shared_ptr<Lazy> lazy;
  };
  Entry& entry(std::string_view name);
  void rebuild(std::size_t capacity);

  std::shared_ptr<const NameTable> parent_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> index_;
};

}  // namespace tarn::jinja
