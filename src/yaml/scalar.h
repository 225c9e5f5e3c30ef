// SPDX-License-Identifier: Apache-2.0
// Scalars of YAML 1.1: which type a plain text has (PyYAML's resolver) and its value (PyYAML's
// constructors). Not for use outside the folder.
#pragma once

#include <memory_resource>
#include <string_view>

#include "base/result.h"
#include "yaml/value.h"

namespace tarn::yaml {

enum class Tag : std::uint8_t {
  Null,
  Bool,
  Int,
  Float,
  Timestamp,
  Text,
  Binary,
  Merge,
  ValueKey,
  Set,
  List,
  Map,
  OrderedMap,
  Pairs,
  Unknown,
};

// The tag of a plain scalar without an explicit one.
Tag resolve_plain(std::string_view text);

// Fills `value` (kind and payload) from `text`, which must outlive it. REQUIRES: `tag` is one of
// the scalar types. Errors carry no place: the real loader gives none for most of them.
Result<void> construct_scalar(Tag tag, std::string_view text, std::pmr::memory_resource& arena,
                              Value& value);

// A copy of `text` that lives in the arena.
std::string_view copy_text(std::pmr::memory_resource& arena, std::string_view text);

}  // namespace tarn::yaml
