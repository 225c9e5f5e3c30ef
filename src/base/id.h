// SPDX-License-Identifier: Apache-2.0
// Strong ids: two neighboring integers in a signature cannot be exchanged by mistake.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace tarn {

// `struct SnapshotIdTag; using SnapshotId = Id<std::int64_t, SnapshotIdTag>;`
template <typename T, typename Tag>
struct Id {
  T value{};

  constexpr Id() = default;
  constexpr explicit Id(T id) : value(id) {}
  auto operator<=>(const Id&) const = default;
};

}  // namespace tarn

template <typename T, typename Tag>
struct std::hash<tarn::Id<T, Tag>> {
  std::size_t operator()(const tarn::Id<T, Tag>& id) const { return std::hash<T>{}(id.value); }
};
