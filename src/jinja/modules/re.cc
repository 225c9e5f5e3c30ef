// SPDX-License-Identifier: Apache-2.0
// Python's re module over the regular expressions of base.
#include <algorithm>
#include <map>
#include <mutex>

#include "base/regex.h"
#include "base/text.h"
#include "jinja/methods.h"
#include "jinja/modules.h"

namespace tarn::jinja {

namespace {

constexpr std::int64_t kIgnoreCase = 2, kMultiLine = 8, kDotAll = 16, kVerbose = 64, kAscii = 256;
constexpr std::size_t kPatternsMax = 512;

using Found = std::optional<Value>;

// What Python writes otherwise: `\Z` is the very end, `{,n}` starts at 0.
std::string translate(std::string_view pattern) {
  std::string out;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      ++i;
      out.push_back('\\');
      out.push_back(pattern[i] == 'Z' && !in_class ? 'z' : pattern[i]);
      continue;
    }
    if (c == '[' && !in_class) {
      in_class = true;
      out.push_back(c);
      // A bracket that stands first is a member of the class.
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') out.push_back(pattern[++i]);
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') {
        out += "\\]";
        ++i;
      }
      continue;
    }
    if (in_class && c == '[') {
      // Not the start of a POSIX class, as it would be in Perl's syntax.
      out += "\\[";
      continue;
    }
    if (c == ']') in_class = false;
    out.push_back(c);
    if (c == '{' && !in_class && pattern.substr(i + 1).starts_with(',')) {
      std::size_t end = i + 2;
      while (end < pattern.size() && pattern[end] >= '0' && pattern[end] <= '9') ++end;
      if (end > i + 2 && end < pattern.size() && pattern[end] == '}') out.push_back('0');
    }
  }
  return out;
}

class Pattern final : public Object {
 public:
  // How a search may start and end.
  enum class Mode { Search, Match, FullMatch, Advance };

  static Result<Ref<Pattern>> compile(std::string_view source, std::int64_t flags) {
    auto pattern = make_ref<Pattern>();
    pattern->source_ = source;
    pattern->flags_ = flags;
    RegexOptions options;
    options.ignore_case = (flags & kIgnoreCase) != 0;
    options.multi_line = (flags & kMultiLine) != 0;
    options.dot_matches_all = (flags & kDotAll) != 0;
    options.ascii_classes = (flags & kAscii) != 0;
    const bool verbose = (flags & kVerbose) != 0;
    const std::string body = (verbose ? "(?x)" : "") + translate(source) + (verbose ? "\n" : "");
    const std::string forms[] = {body, "\\G(?:" + body + ")", "\\G(?:" + body + ")\\z",
                                 "(?:" + body + ")(?!\\G)"};
    for (const auto& form : forms) {
      auto regex = Regex::compile(form, options);
      if (!regex) return fail(kRegexError, "{}", regex.error().message);
      pattern->forms_.push_back(*std::move(regex));
    }
    return pattern;
  }

  Result<std::optional<RegexMatch>> find(Runtime& runtime, std::string_view subject,
                                         std::size_t from, Mode mode) const {
    TRY(runtime.charge(1 + (subject.size() - std::min(from, subject.size())) / 64));
    auto match = forms_[static_cast<std::size_t>(mode)].find(subject, from);
    if (!match) return fail(kRegexError, "{}", match.error().message);
    return match;
  }
  std::size_t group_count() const { return forms_[0].group_count(); }
  const std::vector<std::string>& group_names() const { return forms_[0].group_names(); }
  const std::string& source() const { return source_; }
  std::int64_t flags() const { return flags_; }

  std::string_view type_name() const override { return "Pattern"; }
  std::string object_type_name() const override { return "re.Pattern object"; }
  Result<std::string> to_repr(Runtime& runtime) const override {
    return "re.compile(" + TRY(jinja::to_repr(runtime, Value(source_))) + ")";
  }
  bool equals(const Object& other) const override {
    const auto* pattern = dynamic_cast<const Pattern*>(&other);
    return pattern != nullptr && pattern->source_ == source_ && pattern->flags_ == flags_;
  }
  Result<std::uint64_t> hash() const override { return hash_of_text(source_); }
  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override;

 private:
  std::string source_;
  std::int64_t flags_ = 0;
  std::vector<Regex> forms_;
};

// A match; keeps its subject alive.
class Match final : public Object {
 public:
  Match(Ref<Pattern> pattern, Value subject, const RegexMatch& match)
      : pattern_(std::move(pattern)), subject_(std::move(subject)) {
    const char* base = subject_.text().data();
    for (const auto& group : match.groups) {
      if (group) {
        spans_.emplace_back(group->data() - base, group->data() - base + group->size());
      } else {
        spans_.emplace_back(SIZE_MAX, SIZE_MAX);
      }
    }
  }

  Value group(std::size_t index, const Value& missing = {}) const {
    const auto [begin, end] = spans_[index];
    if (begin == SIZE_MAX) return missing;
    return Value(subject_.text().substr(begin, end - begin));
  }
  std::size_t group_count() const { return spans_.size(); }
  const Pattern& pattern() const { return *pattern_; }

  // The number of a group from its number or name; kind `index` if there is none.
  Result<std::size_t> index_of(const Value& key) const {
    if (key.is_int64() && key.as_int() >= 0 &&
        key.as_int() < static_cast<std::int64_t>(spans_.size())) {
      return static_cast<std::size_t>(key.as_int());
    }
    if (key.is_text()) {
      const auto& names = pattern_->group_names();
      const auto found = std::find(names.begin(), names.end(), key.text());
      if (found != names.end() && !key.text().empty()) {
        return static_cast<std::size_t>(found - names.begin());
      }
    }
    return fail(kIndexError, "no such group");
  }

  // Bounds of a group in characters; -1 if it took no part.
  std::pair<std::int64_t, std::int64_t> span(std::size_t index) const {
    const auto [begin, end] = spans_[index];
    if (begin == SIZE_MAX) return {-1, -1};
    const std::string_view text = subject_.text();
    const auto first = static_cast<std::int64_t>(count_code_points(text.substr(0, begin)));
    return {first,
            first + static_cast<std::int64_t>(count_code_points(text.substr(begin, end - begin)))};
  }

  std::string_view type_name() const override { return "Match"; }
  std::string object_type_name() const override { return "re.Match object"; }
  Result<std::string> to_repr(Runtime& runtime) const override {
    const auto [begin, end] = span(0);
    return fmt::format("<re.Match object; span=({}, {}), match={}>", begin, end,
                       TRY(jinja::to_repr(runtime, group(0))));
  }
  Result<std::optional<Value>> get_item(Runtime&, const Value& key) override {
    return Found(group(TRY(index_of(key))));
  }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "string") return Found(subject_);
    if (name == "re") return Found(Value(pattern_));
    if (name == "pos") return Found(Value(0));
    if (name == "endpos") return Found(Value(subject_.text_object().code_points()));
    if (name == "lastindex" || name == "lastgroup") {
      std::size_t last = spans_.size() - 1;
      while (last > 0 && spans_[last].first == SIZE_MAX) --last;
      if (last == 0) return Found(Value::none());
      if (name == "lastindex") return Found(Value(last));
      const auto& group_name = pattern_->group_names()[last];
      return Found(group_name.empty() ? Value::none() : Value(group_name));
    }
    static constexpr std::string_view kMethods[] = {"group", "groups", "groupdict", "start",
                                                    "end",   "span",   "expand"};
    if (std::find(std::begin(kMethods), std::end(kMethods), name) == std::end(kMethods)) {
      return Found();
    }
    Ref<Match> self(this);
    return Found(make_function(
        name, [self, method = std::string(name)](Runtime& runtime, const Arguments& arguments) {
          return self->method(runtime, method, arguments);
        }));
  }
  Result<std::string> expand(std::string_view replacement) const;

 private:
  Result<Value> method(Runtime&, std::string_view name, const Arguments& arguments) const {
    if (name == "group") {
      if (arguments.positional.empty()) return group(0);
      std::vector<Value> groups;
      for (const auto& key : arguments.positional) groups.push_back(group(TRY(index_of(key))));
      return groups.size() == 1 ? std::move(groups[0]) : Value::tuple(std::move(groups));
    }
    if (name == "groups" || name == "groupdict") {
      static const Signature kSignature("groups", {{"default", Value::none()}});
      const Value missing = TRY(kSignature.bind(arguments))[0];
      std::vector<Value> groups;
      auto dict = make_ref<Dict>();
      for (std::size_t i = 1; i < spans_.size(); ++i) {
        groups.push_back(group(i, missing));
        const auto& group_name = pattern_->group_names()[i];
        if (!group_name.empty()) dict->set(group_name, groups.back());
      }
      if (name == "groupdict") return Value(dict);
      return Value::tuple(std::move(groups));
    }
    if (name == "expand") {
      TRY(expect_arguments("expand", arguments, 1, 1));
      return Value(TRY(expand(TRY(text_argument(arguments.positional[0], "expand", 1)))));
    }
    TRY(expect_arguments(name, arguments, 0, 1));
    const std::size_t index =
        arguments.positional.empty() ? 0 : TRY(index_of(arguments.positional[0]));
    const auto [begin, end] = span(index);
    if (name == "start") return Value(begin);
    if (name == "end") return Value(end);
    return Value::tuple({Value(begin), Value(end)});
  }

  Ref<Pattern> pattern_;
  Value subject_;
  std::vector<std::pair<std::size_t, std::size_t>> spans_;
};

Result<std::string> Match::expand(std::string_view replacement) const {
  std::string out;
  const auto add = [&](std::size_t index) -> Result<void> {
    if (index >= spans_.size()) return fail(kRegexError, "invalid group reference {}", index);
    const Value value = group(index, Value(""));
    out += value.text();
    return {};
  };
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const char c = replacement[i];
    if (c != '\\') {
      out.push_back(c);
      continue;
    }
    if (++i >= replacement.size()) return fail(kRegexError, "bad escape (end of pattern)");
    const char escaped = replacement[i];
    constexpr std::string_view kMarks = "abfnrtv\\";
    constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\";
    if (const auto at = kMarks.find(escaped); at != std::string_view::npos) {
      out.push_back(kValues[at]);
    } else if (escaped == 'g') {
      const std::size_t end = replacement.find('>', i);
      if (i + 1 >= replacement.size() || replacement[i + 1] != '<' ||
          end == std::string_view::npos) {
        return fail(kRegexError, "missing <, or > in a group reference");
      }
      const std::string_view name = replacement.substr(i + 2, end - i - 2);
      const auto number = parse_int64(name);
      auto index = index_of(number ? Value(*number) : Value(name));
      if (!index) return fail(kRegexError, "unknown group name '{}'", name);
      TRY(add(*index));
      i = end;
    } else if (escaped >= '1' && escaped <= '9') {
      std::size_t index = static_cast<std::size_t>(escaped - '0');
      const char next = i + 1 < replacement.size() ? replacement[i + 1] : '\0';
      if (next >= '0' && next <= '9') {
        index = index * 10 + static_cast<std::size_t>(next - '0');
        ++i;
      }
      TRY(add(index));
    } else if (escaped == '0') {
      out.push_back('\0');
    } else if (std::isalpha(static_cast<unsigned char>(escaped)) != 0) {
      return fail(kRegexError, "bad escape \\{}", escaped);
    } else {
      out.push_back('\\');
      out.push_back(escaped);
    }
  }
  return out;
}

// Finds matches one after the other, with Python's rule for empty ones.
class Scanner {
 public:
  Scanner(Ref<Pattern> pattern, Value subject)
      : pattern_(std::move(pattern)), subject_(std::move(subject)) {}

  Result<std::optional<RegexMatch>> next(Runtime& runtime) {
    if (done_) return std::optional<RegexMatch>();
    auto match =
        TRY(pattern_->find(runtime, subject_.text(), position_,
                           must_advance_ ? Pattern::Mode::Advance : Pattern::Mode::Search));
    if (!match) {
      done_ = true;
      return match;
    }
    must_advance_ = match->end == match->begin;
    position_ = match->end;
    return match;
  }
  const Value& subject() const { return subject_; }
  const Ref<Pattern>& pattern() const { return pattern_; }

 private:
  Ref<Pattern> pattern_;
  Value subject_;
  std::size_t position_ = 0;
  bool must_advance_ = false;
  bool done_ = false;
};

Result<Value> subject_argument(const Value& value) {
  if (value.is_text()) return value;
  return type_error("expected string or bytes-like object, got '{}'", type_name(value));
}

Result<Value> find_one(Runtime& runtime, const Ref<Pattern>& pattern, const Value& text,
                       Pattern::Mode mode) {
  const Value subject = TRY(subject_argument(text));
  const auto match = TRY(pattern->find(runtime, subject.text(), 0, mode));
  if (!match) return Value::none();
  return Value(make_ref<Match>(pattern, subject, *match));
}

Result<Value> find_all(Runtime& runtime, const Ref<Pattern>& pattern, const Value& text) {
  Scanner scanner(pattern, TRY(subject_argument(text)));
  std::vector<Value> found;
  while (auto match = TRY(scanner.next(runtime))) {
    const auto text_of = [&](std::size_t index) {
      return Value(match->groups[index].value_or(std::string_view()));
    };
    if (match->groups.size() <= 2) {
      found.push_back(text_of(match->groups.size() - 1));
      continue;
    }
    std::vector<Value> groups;
    for (std::size_t i = 1; i < match->groups.size(); ++i) groups.push_back(text_of(i));
    found.push_back(Value::tuple(std::move(groups)));
  }
  return Value::list(std::move(found));
}

Result<Value> find_iterator(const Ref<Pattern>& pattern, const Value& text) {
  return make_generator([scanner = Scanner(pattern, TRY(subject_argument(text)))](
                            Runtime& runtime, Value& out) mutable -> Result<bool> {
    auto match = TRY(scanner.next(runtime));
    if (!match) return false;
    out = make_ref<Match>(scanner.pattern(), scanner.subject(), *match);
    return true;
  });
}

Result<Value> substitute(Runtime& runtime, const Ref<Pattern>& pattern,
                         const std::vector<Value>& values, bool with_count) {
  const Value& replacement = values[0];
  const Value subject = TRY(subject_argument(values[1]));
  const std::int64_t limit = TRY(int_argument(values[2]));
  Scanner scanner(pattern, subject);
  std::string out;
  std::size_t position = 0;
  std::int64_t count = 0;
  while (limit <= 0 || count < limit) {
    auto match = TRY(scanner.next(runtime));
    if (!match) break;
    out += subject.text().substr(position, match->begin - position);
    const auto object = make_ref<Match>(pattern, subject, *match);
    if (replacement.is_text()) {
      out += TRY(object->expand(replacement.text()));
    } else {
      const Value argument(object);
      const Value made = TRY(runtime.call(replacement, {{&argument, 1}, {}}));
      if (!made.is_text() && !made.is_none()) {
        return type_error("expected str instance, {} found", type_name(made));
      }
      if (made.is_text()) out += made.text();
    }
    TRY(check_size(runtime, out.size()));
    position = match->end;
    ++count;
  }
  out += subject.text().substr(position);
  if (with_count) return Value::tuple({Value(out), Value(count)});
  return Value(out);
}

Result<Value> split_text_by(Runtime& runtime, const Ref<Pattern>& pattern,
                            const std::vector<Value>& values) {
  const Value subject = TRY(subject_argument(values[0]));
  const std::int64_t limit = TRY(int_argument(values[1]));
  Scanner scanner(pattern, subject);
  std::vector<Value> parts;
  std::size_t position = 0;
  std::int64_t count = 0;
  while (limit <= 0 || count < limit) {
    auto match = TRY(scanner.next(runtime));
    if (!match) break;
    parts.push_back(Value(subject.text().substr(position, match->begin - position)));
    for (std::size_t i = 1; i < match->groups.size(); ++i) {
      parts.push_back(match->groups[i] ? Value(*match->groups[i]) : Value::none());
    }
    position = match->end;
    ++count;
  }
  parts.push_back(Value(subject.text().substr(position)));
  return Value::list(std::move(parts));
}

// The functions that patterns and the module share, by the parameters after the pattern.
struct Operation {
  std::string_view name;
  std::vector<Signature::Parameter> parameters;
  Result<Value> (*run)(Runtime&, const Ref<Pattern>&, const std::vector<Value>&);
};

const std::vector<Operation>& operations() {
  using Values = const std::vector<Value>&;
  using P = const Ref<Pattern>&;
  static const std::vector<Operation> kOperations = {
      {"match",
       {{"string", std::nullopt}},
       [](Runtime& r, P p, Values v) { return find_one(r, p, v[0], Pattern::Mode::Match); }},
      {"fullmatch",
       {{"string", std::nullopt}},
       [](Runtime& r, P p, Values v) { return find_one(r, p, v[0], Pattern::Mode::FullMatch); }},
      {"search",
       {{"string", std::nullopt}},
       [](Runtime& r, P p, Values v) { return find_one(r, p, v[0], Pattern::Mode::Search); }},
      {"findall",
       {{"string", std::nullopt}},
       [](Runtime& r, P p, Values v) { return find_all(r, p, v[0]); }},
      {"finditer",
       {{"string", std::nullopt}},
       [](Runtime&, P p, Values v) { return find_iterator(p, v[0]); }},
      {"sub",
       {{"repl", std::nullopt}, {"string", std::nullopt}, {"count", Value(0)}},
       [](Runtime& r, P p, Values v) { return substitute(r, p, v, false); }},
      {"subn",
       {{"repl", std::nullopt}, {"string", std::nullopt}, {"count", Value(0)}},
       [](Runtime& r, P p, Values v) { return substitute(r, p, v, true); }},
      {"split",
       {{"string", std::nullopt}, {"maxsplit", Value(0)}},
       [](Runtime& r, P p, Values v) { return split_text_by(r, p, v); }},
  };
  return kOperations;
}

Result<std::optional<Value>> Pattern::get_attribute(Runtime&, std::string_view name) {
  if (name == "pattern") return Found(Value(source_));
  if (name == "flags") return Found(Value(flags_ + ((flags_ & kAscii) != 0 ? 0 : 32)));
  if (name == "groups") return Found(Value(group_count()));
  if (name == "groupindex") {
    auto dict = make_ref<Dict>();
    for (std::size_t i = 1; i < group_names().size(); ++i) {
      if (!group_names()[i].empty()) dict->set(group_names()[i], Value(i));
    }
    return Found(Value(dict));
  }
  for (const auto& operation : operations()) {
    if (operation.name != name) continue;
    Ref<Pattern> self(this);
    return Found(make_function(
        Signature(std::string(name), operation.parameters),
        [self, &operation](Runtime& runtime, std::span<const Value> values) -> Result<Value> {
          return operation.run(runtime, self, {values.begin(), values.end()});
        }));
  }
  return Found();
}

Result<Ref<Pattern>> pattern_of(const Value& value, const Value& flags) {
  if (auto* pattern = value.as<Pattern>()) return Ref<Pattern>(pattern);
  if (!value.is_text()) return type_error("first argument must be string or compiled pattern");
  const std::int64_t bits = TRY(int_argument(flags));
  static std::mutex mutex;
  static std::map<std::pair<std::string, std::int64_t>, Ref<Pattern>> cache;
  const std::pair<std::string, std::int64_t> key(value.text(), bits);
  {
    const std::lock_guard lock(mutex);
    const auto found = cache.find(key);
    if (found != cache.end()) return found->second;
  }
  auto pattern = TRY(Pattern::compile(value.text(), bits));
  const std::lock_guard lock(mutex);
  if (cache.size() >= kPatternsMax) cache.clear();
  cache.emplace(key, pattern);
  return pattern;
}

Result<Value> escape_pattern(Runtime&, const Arguments& arguments) {
  TRY(expect_arguments("escape", arguments, 1, 1));
  const auto text = TRY(text_argument(arguments.positional[0], "escape", 1));
  constexpr std::string_view kSpecial = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f";
  std::string out;
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  return Value(out);
}

}  // namespace

Value make_re_module() {
  std::vector<std::pair<std::string_view, Value>> names;
  for (const auto& operation : operations()) {
    auto parameters = operation.parameters;
    parameters.insert(parameters.begin(), {"pattern", std::nullopt});
    parameters.push_back({"flags", Value(0)});
    names.emplace_back(
        operation.name,
        make_function(
            Signature(std::string(operation.name), std::move(parameters)),
            [&operation](Runtime& runtime, std::span<const Value> values) -> Result<Value> {
              const auto pattern = TRY(pattern_of(values.front(), values.back()));
              return operation.run(runtime, pattern, {values.begin() + 1, values.end() - 1});
            }));
  }
  names.emplace_back(
      "compile",
      make_function(Signature("compile", {{"pattern", std::nullopt}, {"flags", Value(0)}}),
                    [](Runtime&, std::span<const Value> values) -> Result<Value> {
                      return Value(TRY(pattern_of(values[0], values[1])));
                    }));
  names.emplace_back("escape", make_function("escape", escape_pattern));
  names.emplace_back("purge", make_function("purge", [](Runtime&, const Arguments&) {
                       return Result<Value>(Value::none());
                     }));
  static constexpr std::pair<std::string_view, std::int64_t> kFlags[] = {
      {"I", kIgnoreCase}, {"IGNORECASE", kIgnoreCase}, {"M", kMultiLine}, {"MULTILINE", kMultiLine},
      {"S", kDotAll},     {"DOTALL", kDotAll},         {"X", kVerbose},   {"VERBOSE", kVerbose},
      {"A", kAscii},      {"ASCII", kAscii},           {"U", 32},         {"UNICODE", 32},
      {"NOFLAG", 0}};
  for (const auto& [name, value] : kFlags) names.emplace_back(name, Value(value));
  return make_module("dict", names);
}

}  // namespace tarn::jinja
