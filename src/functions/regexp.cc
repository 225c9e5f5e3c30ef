// SPDX-License-Identifier: Apache-2.0
// regexp_…: search, extraction and replacement by regular expressions.
#include <algorithm>

#include "base/text.h"
#include "functions/java_regex.h"
#include "functions/lists.h"
#include "functions/text_padding.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

Result<std::optional<RegexMatch>> find_match(const Regex& regex, std::string_view text,
                                             std::size_t from) {
  if (from > text.size()) return std::optional<RegexMatch>();
  auto match = regex.find(text, from);
  if (!match) return invalid_argument("{}", match.error().message);
  return match;
}

// Where the search goes on: behind an empty match one character further.
std::size_t next_start(std::string_view text, const RegexMatch& match) {
  if (match.end != match.begin) return match.end;
  std::size_t at = match.end;
  if (at >= text.size()) return at + 1;
  next_code_point(text, at);
  return at;
}

// Calls `visit` for each match, in order.
template <typename Visit>
Result<void> for_each_match(std::string_view text, std::string_view pattern, const Visit& visit) {
  const auto regex = TRY(find_java_regex(pattern));
  for (std::size_t from = 0;;) {
    const auto match = TRY(find_match(*regex, text, from));
    if (!match) return ok();
    from = next_start(text, *match);
    TRY(visit(*match));
  }
}

Value group_value(const RegexMatch& match, std::size_t group) {
  const auto& text = match.groups[group];
  return text ? Value(std::string(*text)) : Value();
}

Result<std::size_t> group_index(const Regex& regex, Arguments values) {
  const std::int64_t group = values.size() > 2 ? values[2].as_int() : 0;
  if (group < 0) return invalid_argument("Group cannot be negative");
  if (group > static_cast<std::int64_t>(regex.group_count())) {
    return invalid_argument("Pattern has {} groups. Cannot access group {}", regex.group_count(),
                            group);
  }
  return static_cast<std::size_t>(group);
}

Result<Value> regexp_like(Arguments values) {
  const auto regex = TRY(find_java_regex(values[1].as_text()));
  return Value(TRY(find_match(*regex, values[0].as_text(), 0)).has_value());
}

BoundFunction bind_char_regexp_like(const CallSignature& signature) {
  const types::TypeKind kinds[] = {Char, RegularExpression};
  if (!has_kinds(signature, kinds)) return {};
  return {.call = [length = signature.arguments[0].precision](Arguments values) -> Result<Value> {
    const auto regex = TRY(find_java_regex(values[1].as_text()));
    return Value(TRY(find_match(*regex, padded(values[0].as_text(), length), 0)).has_value());
  }};
}

Result<Value> regexp_count(Arguments values) {
  std::int64_t count = 0;
  TRY(for_each_match(values[0].as_text(), values[1].as_text(), [&](const RegexMatch&) {
    ++count;
    return ok();
  }));
  return Value(count);
}

Result<Value> regexp_extract(Arguments values) {
  const auto regex = TRY(find_java_regex(values[1].as_text()));
  const std::size_t group = TRY(group_index(*regex, values));
  const auto match = TRY(find_match(*regex, values[0].as_text(), 0));
  return match ? group_value(*match, group) : Value();
}

Result<Value> regexp_extract_all(Arguments values) {
  const auto regex = TRY(find_java_regex(values[1].as_text()));
  const std::size_t group = TRY(group_index(*regex, values));
  std::vector<Value> out;
  TRY(for_each_match(values[0].as_text(), values[1].as_text(), [&](const RegexMatch& match) {
    out.push_back(group_value(match, group));
    return ok();
  }));
  return Value(std::move(out));
}

Result<Value> regexp_split(Arguments values) {
  const std::string& text = values[0].as_text();
  std::vector<Value> out;
  std::size_t last_end = 0;
  TRY(for_each_match(text, values[1].as_text(), [&](const RegexMatch& match) {
    out.emplace_back(text.substr(last_end, match.begin - last_end));
    last_end = match.end;
    return ok();
  }));
  out.emplace_back(text.substr(last_end));
  return Value(std::move(out));
}

Result<Value> regexp_position(Arguments values) {
  const std::string_view text = values[0].as_text();
  const std::int64_t start = values.size() > 2 ? values[2].as_int() : 1;
  std::int64_t occurrence = values.size() > 3 ? values[3].as_int() : 1;
  if (start < 1) return invalid_argument("start position cannot be smaller than 1");
  if (occurrence < 1) return invalid_argument("occurrence cannot be smaller than 1");
  const auto regex = TRY(find_java_regex(values[1].as_text()));
  std::size_t from = utf8_prefix(text, static_cast<std::size_t>(start - 1)).size();
  if (from == text.size()) return Value(-1);
  while (true) {
    const auto match = TRY(find_match(*regex, text, from));
    if (!match) return Value(-1);
    if (--occurrence == 0) {
      return Value(static_cast<std::int64_t>(count_code_points(text.substr(0, match->begin))) + 1);
    }
    from = next_start(text, *match);
  }
}

// The texts and groups of a replacement: `$1`, `${name}`, `\$`.
class ReplacementWriter {
 public:
  ReplacementWriter(const Regex& regex, std::string_view replacement)
      : regex_(regex), replacement_(replacement) {}

  Result<void> append(std::string& out, const RegexMatch& match) const {
    for (std::size_t at = 0; at < replacement_.size();) {
      if (replacement_[at] == '$') {
        if (const auto& group = match.groups[TRY(read_group(++at))]) out += *group;
        continue;
      }
      if (replacement_[at] == '\\' && ++at == replacement_.size()) return illegal();
      out += replacement_[at++];
    }
    return ok();
  }

 private:
  Error illegal() const {
    return invalid_argument("Illegal replacement sequence: {}", replacement_);
  }

  // At what follows the dollar. As many digits count as name a group.
  Result<std::size_t> read_group(std::size_t& at) const {
    if (at == replacement_.size()) return illegal();
    if (replacement_[at] == '{') {
      const std::size_t end = std::min(replacement_.find('}', at), replacement_.size());
      const std::string_view name = replacement_.substr(at + 1, end - at - 1);
      at = end + 1;
      const auto& names = regex_.group_names();
      const auto found = std::find(names.begin(), names.end(), name);
      if (name.empty() || found == names.end()) {
        return invalid_argument("Illegal replacement sequence: unknown group {{ {} }}", name);
      }
      return static_cast<std::size_t>(found - names.begin());
    }
    const auto digit = [&] {
      const char c = at < replacement_.size() ? replacement_[at] : 'x';
      return c >= '0' && c <= '9' ? c - '0' : -1;
    };
    if (digit() < 0) return illegal();
    auto group = static_cast<std::size_t>(digit());
    if (group > regex_.group_count()) {
      return invalid_argument("Illegal replacement sequence: unknown group {}", group);
    }
    for (++at; digit() >= 0; ++at) {
      const std::size_t longer = group * 10 + static_cast<std::size_t>(digit());
      if (longer > regex_.group_count()) break;
      group = longer;
    }
    return group;
  }

  const Regex& regex_;
  std::string_view replacement_;
};

Result<Value> replace_matches(std::string_view text, std::string_view pattern,
                              std::string_view replacement) {
  const auto regex = TRY(find_java_regex(pattern));
  const ReplacementWriter writer(*regex, replacement);
  std::string out;
  std::size_t last_end = 0;
  TRY(for_each_match(text, pattern, [&](const RegexMatch& match) -> Result<void> {
    out += text.substr(last_end, match.begin - last_end);
    last_end = match.end;
    TRY(writer.append(out, match));
    if (out.size() > kTextSizeMax) return text_too_large();
    return ok();
  }));
  out += text.substr(last_end);
  return Value(std::move(out));
}

Result<Value> regexp_remove(Arguments values) {
  return replace_matches(values[0].as_text(), values[1].as_text(), "");
}

Result<Value> regexp_replace(Arguments values) {
  return replace_matches(values[0].as_text(), values[1].as_text(), values[2].as_text());
}

// Casts to the types of compiled patterns: the value stays a text, that of a char(n) with its
// blanks.
BoundFunction bind_pattern_cast(const CallSignature& signature) {
  const types::Type& from = signature.arguments.at(0);
  const types::TypeKind to = signature.result.kind;
  if (to != RegularExpression && to != LikePattern && to != JsonPath && to != CodePoints) {
    return {};
  }
  if (from.is(Varchar)) {
    return {.call = [](Arguments values) -> Result<Value> { return values[0]; }};
  }
  if (!from.is(Char)) return {};
  return {.call = [length = from.precision](Arguments values) -> Result<Value> {
    return Value(padded(values[0].as_text(), length));
  }};
}

constexpr FunctionEntry kRegexpFunctions[] = {
    {"regexp_count", takes<regexp_count, Varchar, RegularExpression>},
    {"regexp_extract", takes<regexp_extract, Varchar, RegularExpression>},
    {"regexp_extract", takes<regexp_extract, Varchar, RegularExpression, BigInt>},
    {"regexp_extract_all", takes<regexp_extract_all, Varchar, RegularExpression>},
    {"regexp_extract_all", takes<regexp_extract_all, Varchar, RegularExpression, BigInt>},
    {"regexp_like", takes<regexp_like, Varchar, RegularExpression>},
    {"regexp_like", bind_char_regexp_like},
    {"regexp_position", takes<regexp_position, Varchar, RegularExpression>},
    {"regexp_position", takes<regexp_position, Varchar, RegularExpression, BigInt>},
    {"regexp_position", takes<regexp_position, Varchar, RegularExpression, BigInt, BigInt>},
    {"regexp_replace", takes<regexp_remove, Varchar, RegularExpression>},
    {"regexp_replace", takes<regexp_replace, Varchar, RegularExpression, Varchar>},
    {"regexp_split", takes<regexp_split, Varchar, RegularExpression>},
    {"$cast", bind_pattern_cast},
};

}  // namespace

FunctionList regexp_functions() { return kRegexpFunctions; }

}  // namespace tarn::functions
