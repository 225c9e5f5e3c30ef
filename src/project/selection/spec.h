// SPDX-License-Identifier: Apache-2.0
// What a user asked for with --select, --exclude and selectors.yml, as a tree of criteria.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/data.h"

namespace tarn::project {

enum class IndirectSelection : std::uint8_t { Eager, Cautious, Buildable, Empty };
// `eager`, `cautious`, `buildable`, `empty`, in any letter case.
Result<IndirectSelection> parse_indirect_selection(std::string_view text);

// `@`, `2+`, `method.argument:value`, `+3`.
struct Criterion {
  std::string raw;
  std::string method;
  std::vector<std::string> arguments;
  std::string value;
  Data typed_value;  // of selectors.yml, where it may be no text; Null: `value`
  bool childrens_parents = false;
  bool parents = false;
  std::optional<std::uint32_t> parents_depth;
  bool children = false;
  std::optional<std::uint32_t> children_depth;
};

struct Spec {
  enum class Kind : std::uint8_t { Criterion, Union, Intersection, Difference };
  Kind kind = Kind::Criterion;
  Criterion criterion;
  std::vector<Spec> parts;     // Difference: the first without all others
  bool expect_exists = false;  // warn if nothing is found
  std::string raw;
  IndirectSelection indirect = IndirectSelection::Eager;
};

// One word of a command line without blanks and commas.
Result<Criterion> parse_criterion(std::string_view text);

// `include` and `exclude` as given on a command line; empty `include` is everything.
Result<Spec> parse_spec(const std::vector<std::string>& include,
                        const std::vector<std::string>& exclude, IndirectSelection indirect);

struct NamedSelector {
  std::string name;
  std::string description;
  bool is_default = false;
  Spec spec;
  Data definition;  // as the manifest shows it
};

// selectors.yml after its templates were rendered. Errors name the key or selector.
// `indirect` is used where a definition says nothing.
Result<std::vector<NamedSelector>> parse_selectors(const Data& document, Arena& arena,
                                                   IndirectSelection indirect);

}  // namespace tarn::project
