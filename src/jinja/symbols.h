// SPDX-License-Identifier: Apache-2.0
// Which variable a name means, by the rules of Jinja's compiler; private to the folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/tree.h"

namespace tarn::jinja {

// A function while its slots are handed out.
struct FunctionScope {
  explicit FunctionScope(FunctionScope* outer_function = nullptr) : outer(outer_function) {}
  // One slot per name and level of frames: frames beside each other share them.
  std::uint32_t slot_for(std::uint32_t level, std::string_view name);
  FunctionScope* outer;
  std::uint32_t slot_count = 0;
  bool captures = false;
  bool holds_macros = false;

 private:
  struct Slot {
    std::uint32_t level;
    std::string_view name;
    std::uint32_t slot;
  };
  std::vector<Slot> slots_;
};

// The names of one frame.
class Symbols {
 public:
  // The first frame of a function, or one within it. `test` keeps the slots of a loop's condition
  // apart from those of its body.
  Symbols(FunctionScope& function, const Symbols* parent, bool test = false);

  void load(std::string_view name);
  void store(std::string_view name);
  std::uint32_t declare_parameter(std::string_view name);
  // Joins the frames of the branches of an `if`.
  void merge_branches(const std::vector<Symbols>& branches);

  std::optional<SlotRef> find(std::string_view name) const;
  // REQUIRES that the name was seen. Notes captures of outer slots.
  SlotRef use(std::string_view name) const;
  Frame frame() const;
  FunctionScope& function() const { return *function_; }
  // All names from here outward, the nearest of each.
  std::vector<std::pair<std::string_view, SlotRef>> visible() const;

 private:
  struct Reference {
    std::string_view name;
    std::uint32_t slot;
  };
  struct Load {
    std::uint32_t slot;
    SlotLoad::Action action;
    std::string_view name;
    SlotRef from;
  };
  const Reference* own(std::string_view name) const;
  void define(std::string_view name, SlotLoad::Action action, SlotRef from = {});
  void set_load(const Load& load);
  void note_capture(SlotRef slot) const;
  bool stored(std::string_view name) const;

  FunctionScope* function_;
  const Symbols* parent_;
  std::uint32_t level_;
  std::vector<Reference> references_;
  std::vector<Load> loads_;
  std::vector<std::string_view> stores_;
};

// Adds what the statements of a frame load and store, without looking into inner frames.
void collect_symbols(Symbols& symbols, const Body& body);
void collect_symbols(Symbols& symbols, const Expr* expr);
// Which of the names are read somewhere inside, before they are stored there.
std::vector<std::string_view> find_undeclared(const std::vector<const Body*>& bodies,
                                              std::vector<std::string_view> names);

}  // namespace tarn::jinja
