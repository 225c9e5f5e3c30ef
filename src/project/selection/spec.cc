// SPDX-License-Identifier: Apache-2.0
#include "project/selection/spec.h"

#include <algorithm>

#include "base/text.h"

namespace tarn::project {

namespace {

constexpr std::string_view kMethods[] = {
    "fqn",       "tag",           "group",   "access",         "source",
    "path",      "file",          "package", "config",         "test_name",
    "test_type", "resource_type", "state",   "exposure",       "metric",
    "result",    "source_status", "version", "semantic_model", "saved_query",
    "unit_test"};

bool is_selector_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit_char(char c) { return c >= '0' && c <= '9'; }

std::optional<std::uint32_t> depth_of(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  const auto number = parse_int64(digits);
  return static_cast<std::uint32_t>(std::min<std::int64_t>(number.value_or(1'000'000), 1'000'000));
}

std::string default_method(std::string_view value) {
  if (value.find('/') != std::string_view::npos) return "path";
  const std::string lower = to_lower(value);
  if (lower.ends_with(".sql") || lower.ends_with(".py") || lower.ends_with(".csv")) return "file";
  return "fqn";
}

Result<void> set_method(Criterion& criterion, std::string_view method) {
  const auto parts = split(method, '.');
  if (std::find(std::begin(kMethods), std::end(kMethods), parts[0]) == std::end(kMethods)) {
    return invalid_input("`{}` is not a valid method name", parts[0]);
  }
  criterion.method = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) criterion.arguments.emplace_back(parts[i]);
  return ok();
}

}  // namespace

Result<IndirectSelection> parse_indirect_selection(std::string_view text) {
  const std::string lower = to_lower(text);
  if (lower == "eager") return IndirectSelection::Eager;
  if (lower == "cautious") return IndirectSelection::Cautious;
  if (lower == "buildable") return IndirectSelection::Buildable;
  if (lower == "empty") return IndirectSelection::Empty;
  return invalid_input("`{}` is not one of eager, cautious, buildable, empty", text);
}

// The pattern is `@? (\d*\+)? (method:)? value (\+\d*)?`, where the value takes as little as it
// can and the prefixes as much as they can.
Result<Criterion> parse_criterion(std::string_view text) {
  Criterion out;
  out.raw = text;
  std::string_view rest = text;
  if (rest.find('\n') != std::string_view::npos) {
    return invalid_input("invalid selector spec `{}`", text);
  }
  if (rest.starts_with('@')) {
    out.childrens_parents = true;
    rest.remove_prefix(1);
  }
  std::size_t digits = 0;
  while (digits < rest.size() && is_digit_char(rest[digits])) ++digits;
  if (digits < rest.size() && rest[digits] == '+') {
    out.parents = true;
    out.parents_depth = depth_of(rest.substr(0, digits));
    rest.remove_prefix(digits + 1);
  }
  std::size_t word = 0;
  while (word < rest.size() && (is_selector_word(rest[word]) || rest[word] == '.')) ++word;
  std::string_view method;
  if (word > 0 && word < rest.size() && rest[word] == ':') {
    method = rest.substr(0, word);
    rest.remove_prefix(word + 1);
  }
  // The first `+` that is followed by digits only ends the value.
  for (std::size_t at = rest.find('+'); at != std::string_view::npos; at = rest.find('+', at + 1)) {
    const std::string_view tail = rest.substr(at + 1);
    if (!std::all_of(tail.begin(), tail.end(), is_digit_char)) continue;
    out.children = true;
    out.children_depth = depth_of(tail);
    rest = rest.substr(0, at);
    break;
  }
  out.value = rest;
  if (method.empty()) {
    out.method = default_method(rest);
  } else {
    TRY(set_method(out, method));
  }
  if (out.childrens_parents && out.children) {
    return invalid_input("invalid node spec `{}`: prefix `@` and suffix `+` are incompatible",
                         text);
  }
  return out;
}

namespace {

Result<Spec> parse_union(const std::vector<std::string>& words, bool expect_exists,
                         IndirectSelection indirect) {
  Spec out;
  out.kind = Spec::Kind::Union;
  out.indirect = indirect;
  for (const auto& word : words) {
    for (const auto raw : split(word, ' ')) {
      Spec intersection;
      intersection.kind = Spec::Kind::Intersection;
      intersection.raw = raw;
      intersection.expect_exists = expect_exists;
      intersection.indirect = indirect;
      for (const auto part : split(raw, ',')) {
        Spec leaf;
        leaf.criterion = TRY(parse_criterion(part));
        leaf.raw = part;
        leaf.indirect = indirect;
        intersection.parts.push_back(std::move(leaf));
      }
      out.parts.push_back(std::move(intersection));
    }
  }
  return out;
}

const std::vector<std::string>& everything() {
  static const std::vector<std::string> words = {"fqn:*",      "source:*",         "exposure:*",
                                                 "metric:*",   "semantic_model:*", "saved_query:*",
                                                 "unit_test:*"};
  return words;
}

}  // namespace

Result<Spec> parse_spec(const std::vector<std::string>& include,
                        const std::vector<std::string>& exclude, IndirectSelection indirect) {
  Spec out;
  out.kind = Spec::Kind::Difference;
  out.indirect = indirect;
  const bool has_include = !include.empty();
  out.parts.push_back(
      TRY(parse_union(has_include ? include : everything(), has_include, indirect)));
  out.parts.push_back(TRY(parse_union(exclude, !exclude.empty(), indirect)));
  return out;
}

namespace {

// Reads one selectors.yml; earlier selectors can be named by later ones.
class SelectorReader {
 public:
  SelectorReader(Arena& arena, IndirectSelection indirect) : arena_(arena), indirect_(indirect) {}
  Result<std::vector<NamedSelector>> read(const Data& document);

 private:
  // As the manifest shows them: every criterion as a mapping.
  Result<Data> describe_definition(const Data& definition);
  Result<Data> describe_selector(const Data& item, const NamedSelector& selector);
  Result<Spec> read_definition(const Data& definition, int depth);
  Result<Spec> read_list(Spec::Kind kind, const Data& items, int depth);
  Result<Spec> read_map(const Data& map, int depth);
  Result<Spec> read_criterion(const Data& map, int depth);
  Result<std::vector<Spec>> read_exclusions(const Data& map, int depth);
  static Spec without(Spec included, std::vector<Spec> excluded);

  Arena& arena_;
  IndirectSelection indirect_;
  std::vector<NamedSelector> done_;
};

Spec SelectorReader::without(Spec included, std::vector<Spec> excluded) {
  if (excluded.empty()) return included;
  Spec out;
  out.kind = Spec::Kind::Difference;
  out.parts.push_back(std::move(included));
  for (auto& part : excluded) out.parts.push_back(std::move(part));
  return out;
}

bool is_flag_set(const Data& value) {
  if (value.is_text()) {
    const std::string lower = to_lower(value.text());
    return lower == "true" || lower == "yes" || lower == "on" || lower == "1";
  }
  return value.truthy();
}

Result<std::vector<Spec>> SelectorReader::read_exclusions(const Data& map, int depth) {
  std::vector<Spec> out;
  const Data* exclude = map.find("exclude");
  if (exclude == nullptr) return out;
  if (!exclude->is_list()) return invalid_input("invalid value for key `exclude`: expected a list");
  Spec parts = TRY(read_list(Spec::Kind::Union, *exclude, depth + 1));
  out.push_back(std::move(parts));
  return out;
}

Result<Spec> SelectorReader::read_list(Spec::Kind kind, const Data& items, int depth) {
  Spec out;
  out.kind = kind;
  std::vector<Spec> excluded;
  for (const auto& item : items.items()) {
    const bool is_exclusion = item.is_map() && item.size == 1 && item.find("exclude") != nullptr;
    if (!is_exclusion) {
      out.parts.push_back(TRY(read_definition(item, depth + 1)));
      continue;
    }
    if (!excluded.empty()) return invalid_input("only one `exclude` is allowed in a list");
    excluded = TRY(read_exclusions(item, depth + 1));
  }
  return without(std::move(out), std::move(excluded));
}

Result<Spec> SelectorReader::read_criterion(const Data& map, int depth) {
  const Data method = map.get("method");
  const Data value = map.get("value");
  if (!method.is_text()) return invalid_input("a selector definition has no `method`");
  if (map.find("value") == nullptr) return invalid_input("a selector definition has no `value`");
  if (method.text() == "selector") {
    const auto found = std::find_if(done_.begin(), done_.end(), [&](const NamedSelector& one) {
      return one.name == value.text();
    });
    if (found == done_.end()) {
      return invalid_input("existing selector definition for `{}` not found", to_python(value));
    }
    Spec base = found->spec;
    return without(std::move(base), TRY(read_exclusions(map, depth)));
  }
  Spec out;
  out.indirect = indirect_;
  Criterion& criterion = out.criterion;
  TRY(set_method(criterion, method.text()));
  criterion.value = to_python(value);
  if (!value.is_text()) criterion.typed_value = value;
  const auto flag = [&](const char* key) { return is_flag_set(map.get(key)); };
  const auto depth_value = [&](const char* key) -> Result<std::optional<std::uint32_t>> {
    const Data found = map.get(key);
    if (found.is_null()) return std::optional<std::uint32_t>();
    const auto number = parse_int64(to_python(found));
    if (!number || *number < 0) return invalid_input("`{}` is not a number", key);
    return std::optional(static_cast<std::uint32_t>(std::min<std::int64_t>(*number, 1'000'000)));
  };
  criterion.childrens_parents = flag("childrens_parents");
  criterion.parents = flag("parents");
  criterion.children = flag("children");
  criterion.parents_depth = TRY(depth_value("parents_depth"));
  criterion.children_depth = TRY(depth_value("children_depth"));
  criterion.raw = criterion.method + ":" + criterion.value;
  if (criterion.childrens_parents && criterion.children) {
    return invalid_input("invalid node spec `{}`: `@` prefix and `+` suffix are incompatible",
                         to_python(map));
  }
  if (const Data* indirect = map.find("indirect_selection")) {
    out.indirect = TRY(parse_indirect_selection(indirect->text()));
  }
  out.raw = criterion.raw;
  return without(std::move(out), TRY(read_exclusions(map, depth)));
}

Result<Spec> SelectorReader::read_map(const Data& map, int depth) {
  for (const auto& [key, kind] : {std::pair{"union", Spec::Kind::Union},
                                  std::pair{"intersection", Spec::Kind::Intersection}}) {
    const Data* items = map.find(key);
    if (items == nullptr) continue;
    if (map.size != 1)
      return invalid_input("a selector definition has more than the key `{}`", key);
    if (!items->is_list()) return invalid_input("invalid value for key `{}`: expected a list", key);
    return read_list(kind, *items, depth + 1);
  }
  if (map.find("method") != nullptr) return read_criterion(map, depth);
  if (map.size != 1) {
    return invalid_input("could not parse the selector definition `{}`", to_python(map));
  }
  const Member& only = map.members()[0];
  if (only.value.is_map() || only.value.is_list()) {
    return invalid_input("invalid value for key `{}` in a selector definition", only.key);
  }
  Spec out;
  out.indirect = indirect_;
  TRY(set_method(out.criterion, only.key));
  out.criterion.value = to_python(only.value);
  out.criterion.raw = std::string(only.key) + ":" + out.criterion.value;
  out.raw = out.criterion.raw;
  return out;
}

Result<Spec> SelectorReader::read_definition(const Data& definition, int depth) {
  if (depth > 100) return invalid_input("a selector definition is nested too deeply");
  if (definition.is_text()) {
    Spec out;
    out.indirect = indirect_;
    out.criterion = TRY(parse_criterion(definition.text()));
    out.raw = definition.text();
    return out;
  }
  if (definition.is_map()) return read_map(definition, depth);
  return invalid_input("a selector definition must be a text or a mapping, not `{}`",
                       to_python(definition));
}

Result<Data> SelectorReader::describe_definition(const Data& definition) {
  MapBuilder out;
  if (definition.is_text()) {
    const Criterion one = TRY(parse_criterion(definition.text()));
    if (one.childrens_parents) out.add("childrens_parents", true);
    if (one.parents) out.add("parents", true);
    if (one.parents_depth) out.add("parents_depth", static_cast<std::int64_t>(*one.parents_depth));
    if (one.children) out.add("children", true);
    if (one.children_depth) {
      out.add("children_depth", static_cast<std::int64_t>(*one.children_depth));
    }
    std::string method = one.method;
    for (const auto& argument : one.arguments) method += "." + argument;
    out.add("method", arena_.copy(method));
    out.add("value", arena_.copy(one.value));
    return out.build(arena_);
  }
  if (definition.get("method").text() == "selector" && definition.size == 2) {
    for (const auto& done : done_) {
      if (done.name == definition.get("value").text()) return done.definition.get("definition");
    }
  }
  const bool is_short = definition.size == 1 && definition.find("method") == nullptr &&
                        !definition.members()[0].value.is_list();
  if (is_short) {
    out.add("method", definition.members()[0].key);
    out.add("value", definition.members()[0].value);
    return out.build(arena_);
  }
  for (const auto& [key, value] : definition.members()) {
    if (!value.is_list()) {
      out.add(key, value);
      continue;
    }
    std::vector<Data> items;
    for (const auto& item : value.items()) items.push_back(TRY(describe_definition(item)));
    out.add(key, make_list(arena_, items));
  }
  return out.build(arena_);
}

Result<Data> SelectorReader::describe_selector(const Data& item, const NamedSelector& selector) {
  (void)selector;
  MapBuilder out(item);
  out.set("definition", TRY(describe_definition(item.get("definition"))));
  return out.build(arena_);
}

Result<std::vector<NamedSelector>> SelectorReader::read(const Data& document) {
  const Data* list = document.find("selectors");
  if (list == nullptr || !list->is_list() || document.size > 2) {
    return invalid_input("could not parse the selector file: expected a list `selectors`");
  }
  for (const auto& item : list->items()) {
    const Data name = item.get("name");
    const Data* definition = item.find("definition");
    if (!name.is_text() || definition == nullptr) {
      return invalid_input("a selector needs `name` and `definition`");
    }
    NamedSelector selector;
    selector.name = name.text();
    selector.description = item.get("description").text();
    selector.is_default = item.get("default").truthy();
    selector.spec = TRY(read_definition(*definition, 0));
    selector.definition = TRY(describe_selector(item, selector));
    // The last of a name wins, at the place of the first.
    const auto same = std::find_if(done_.begin(), done_.end(), [&](const NamedSelector& one) {
      return one.name == selector.name;
    });
    if (same == done_.end()) {
      done_.push_back(std::move(selector));
    } else {
      *same = std::move(selector);
    }
  }
  return std::move(done_);
}

}  // namespace

Result<std::vector<NamedSelector>> parse_selectors(const Data& document, Arena& arena,
                                                   IndirectSelection indirect) {
  return SelectorReader(arena, indirect).read(document);
}

}  // namespace tarn::project
