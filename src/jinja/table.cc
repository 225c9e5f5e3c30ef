// SPDX-License-Identifier: Apache-2.0
// The hash table of dicts and sets, and the tables of names.
#include <algorithm>
#include <bit>

#include "jinja/names.h"
#include "jinja/value.h"

namespace tarn::jinja {

namespace {

constexpr std::size_t kLinearMax = 8;
constexpr std::size_t kAbsent = SIZE_MAX;

std::size_t capacity_for(std::size_t entries) { return std::bit_ceil(entries * 2 + 16); }

}  // namespace

Result<std::size_t> Table::locate(const Value& key, std::uint64_t hash) const {
  const auto matches = [&](std::size_t position) -> Result<bool> {
    const auto& entry = entries_[position];
    if (!entry.live || entry.hash != hash) return false;
    return entry.key.same(key) || TRY(equals(entry.key, key));
  };
  if (index_.empty()) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (TRY(matches(i))) return i;
    }
    return kAbsent;
  }
  const std::size_t mask = index_.size() - 1;
  for (std::size_t slot = hash & mask; index_[slot] != 0; slot = (slot + 1) & mask) {
    if (TRY(matches(index_[slot] - 1))) return index_[slot] - 1;
  }
  return kAbsent;
}

std::size_t Table::locate(std::string_view key, std::uint64_t hash) const {
  const auto matches = [&](const Entry& entry) {
    return entry.live && entry.hash == hash && entry.key.is_text() && entry.key.text() == key;
  };
  if (index_.empty()) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (matches(entries_[i])) return i;
    }
    return kAbsent;
  }
  const std::size_t mask = index_.size() - 1;
  for (std::size_t slot = hash & mask; index_[slot] != 0; slot = (slot + 1) & mask) {
    if (matches(entries_[index_[slot] - 1])) return index_[slot] - 1;
  }
  return kAbsent;
}

void Table::rebuild(std::size_t capacity) {
  if (size_ != entries_.size()) {
    std::erase_if(entries_, [](const Entry& entry) { return !entry.live; });
  }
  index_.clear();
  if (entries_.size() < kLinearMax && capacity <= kLinearMax) return;
  index_.assign(capacity_for(std::max(entries_.size(), capacity)), 0);
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t slot = entries_[i].hash & mask;
    while (index_[slot] != 0) slot = (slot + 1) & mask;
    index_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

void Table::append(Value key, Value value, std::uint64_t hash) {
  entries_.push_back({std::move(key), std::move(value), hash, true});
  ++size_;
  ++version_;
  const bool needs_index = index_.empty() && entries_.size() > kLinearMax;
  if (needs_index || (!index_.empty() && entries_.size() * 4 > index_.size() * 3)) {
    rebuild(entries_.size());
    return;
  }
  if (index_.empty()) return;
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = hash & mask;
  while (index_[slot] != 0) slot = (slot + 1) & mask;
  index_[slot] = static_cast<std::uint32_t>(entries_.size());
}

Result<Table::Entry*> Table::find(const Value& key) const {
  const std::size_t position = TRY(locate(key, TRY(hash_of(key))));
  return position == kAbsent ? nullptr : &entries_[position];
}

Value* Table::find(std::string_view key) const {
  const std::size_t position = locate(key, hash_of_text(key));
  return position == kAbsent ? nullptr : &entries_[position].value;
}

Result<void> Table::set(Value key, Value value) {
  const std::uint64_t hash = TRY(hash_of(key));
  const std::size_t position = TRY(locate(key, hash));
  if (position != kAbsent) {
    entries_[position].value = std::move(value);
  } else {
    append(std::move(key), std::move(value), hash);
  }
  return {};
}

void Table::set(std::string_view key, Value value) {
  const std::uint64_t hash = hash_of_text(key);
  const std::size_t position = locate(key, hash);
  if (position != kAbsent) {
    entries_[position].value = std::move(value);
  } else {
    append(Value(key), std::move(value), hash);
  }
}

void Table::erase_at(std::size_t position) {
  entries_[position].live = false;
  entries_[position].key = Value();
  entries_[position].value = Value();
  --size_;
  ++version_;
  if (size_ == 0) {
    clear();
  } else if (index_.empty() || entries_.size() > size_ * 2 + kLinearMax) {
    rebuild(size_);
  }
}

Result<std::optional<Table::Entry>> Table::take(const Value& key) {
  const std::size_t position = TRY(locate(key, TRY(hash_of(key))));
  if (position == kAbsent) return std::optional<Entry>();
  std::optional<Entry> taken(std::move(entries_[position]));
  erase_at(position);
  return taken;
}

void Table::clear() {
  auto entries = std::move(entries_);
  entries_.clear();
  index_.clear();
  size_ = 0;
  ++version_;
}

NameTable::Entry& NameTable::entry(std::string_view name) {
  const std::uint64_t hash = hash_of_text(name);
  if (!index_.empty()) {
    const std::size_t mask = index_.size() - 1;
    for (std::size_t slot = hash & mask; index_[slot] != 0; slot = (slot + 1) & mask) {
      auto& found = entries_[index_[slot] - 1];
      if (found.hash == hash && found.name == name) return found;
    }
  }
  entries_.emplace_back();
  auto& added = entries_.back();
  added.name = name;
  added.hash = hash;
  if (entries_.size() * 2 > index_.size()) rebuild(capacity_for(entries_.size()));
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = hash & mask;
  while (index_[slot] != 0 && index_[slot] != entries_.size()) slot = (slot + 1) & mask;
  index_[slot] = static_cast<std::uint32_t>(entries_.size());
  return added;
}

void NameTable::rebuild(std::size_t capacity) {
  index_.assign(capacity, 0);
  const std::size_t mask = capacity - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t slot = entries_[i].hash & mask;
    while (index_[slot] != 0) slot = (slot + 1) & mask;
    index_[slot] = static_cast<std::uint32_t>(i + 1);
  }
}

void NameTable::set(std::string_view name, Value value) {
  auto& target = entry(name);
  target.value = std::move(value);
  target.lazy.reset();
}

void NameTable::set_lazy(std::string_view name, std::function<Value()> make) {
  auto& target = entry(name);
  target.lazy = std::make_shared<Lazy>();
  target.lazy->make = std::move(make);
}

const Value* NameTable::find(std::string_view name, std::uint64_t hash) const {
  for (const NameTable* table = this; table != nullptr; table = table->parent_.get()) {
    if (table->index_.empty()) continue;
    const std::size_t mask = table->index_.size() - 1;
    for (std::size_t slot = hash & mask; table->index_[slot] != 0; slot = (slot + 1) & mask) {
      const auto& found = table->entries_[table->index_[slot] - 1];
      if (found.hash != hash || found.name != name) continue;
      if (found.lazy) {
        std::call_once(found.lazy->once, [&] { found.value = found.lazy->make(); });
      }
      return &found.value;
    }
  }
  return nullptr;
}

std::vector<std::string_view> NameTable::own_names() const {
  std::vector<std::string_view> names;
  names.reserve(entries_.size());
  for (const auto& item : entries_) names.push_back(item.name);
  return names;
}

}  // namespace tarn::jinja
