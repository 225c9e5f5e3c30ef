// SPDX-License-Identifier: Apache-2.0
#include "functions/java_regex.h"

#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

constexpr std::size_t kPatternsKept = 64;

Error regex_not_supported(std::string_view what) {
  return types::named_error("NOT_SUPPORTED", {}, "regular expression: {} is not supported", what);
}

class RegexTranslator {
 public:
  explicit RegexTranslator(std::string_view pattern) : pattern_(pattern) {}

  Result<std::string> run() {
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (c == '\\') {
        TRY(escape());
      } else if (c == '[') {
        TRY(character_class());
      } else if (c == '(') {
        TRY(group());
      } else {
        out_ += c;
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  bool next_is(std::string_view text) const { return pattern_.substr(at_).starts_with(text); }

  void take(std::size_t count) {
    out_ += pattern_.substr(at_, count);
    at_ += count;
  }

  Result<void> group() {
    if (next_is("(*")) {
      return invalid_argument("target of repeat operator is not specified");
    }
    if (!next_is("(?")) {
      take(1);
      return ok();
    }
    const std::string_view rest = pattern_.substr(at_ + 2);
    if (rest.starts_with('#')) return skip_comment();
    const bool known = rest.starts_with(':') || rest.starts_with('=') || rest.starts_with('!') ||
                       rest.starts_with('>') || rest.starts_with('<') || rest.starts_with('-') ||
                       (!rest.empty() && rest[0] >= 'a' && rest[0] <= 'z');
    if (!known) return invalid_argument("undefined group option");
    take(2);
    return ok();
  }

  Result<void> skip_comment() {
    const std::size_t end = pattern_.find(')', at_);
    if (end == std::string_view::npos) return invalid_argument("end pattern in group");
    at_ = end + 1;
    return ok();
  }

  // At a backslash, inside of a set or not.
  Result<void> escape() {
    if (at_ + 1 >= pattern_.size()) {
      return invalid_argument("end pattern at escape");
    }
    const char c = pattern_[at_ + 1];
    switch (c) {
      case 'Q': {
        const std::size_t end = std::min(pattern_.find("\\E", at_ + 2), pattern_.size());
        quote(pattern_.substr(at_ + 2, end - at_ - 2));
        at_ = std::min(end + 2, pattern_.size());
        return ok();
      }
      case 'E':
        at_ += 2;
        return ok();
      case 'u':
        return unicode_escape();
      case 'v':
        out_ += "\\x0B";
        at_ += 2;
        return ok();
      case 'p':
      case 'P':
        return property();
      case 'w':
      case 'W':
      case 'd':
      case 'D':
      case 's':
      case 'S':
        ascii_class(c);
        return ok();
      case 'h':
      case 'H':
      case 'K':
      case 'N':
      case 'V':
      case 'X':
      case 'C':
      case 'L':
      case 'l':
      case 'U':
      case 'g':
      case 'R':
      case 'o':
        return regex_not_supported(pattern_.substr(at_, 2));
      default:
        if (static_cast<unsigned char>(c) >= 0x80) {
          ++at_;  // an escaped letter of several bytes is itself
          return ok();
        }
        // Letters without a meaning stand for themselves.
        if (std::string_view("ijmqyFIJMOTY_").find(c) != std::string_view::npos) {
          out_ += c;
          at_ += 2;
          return ok();
        }
        take(2);
        return ok();
    }
  }

  // Words, digits and spaces are those of ASCII; \b knows all letters.
  void ascii_class(char letter) {
    struct Ranges {
      char letter;
      std::string_view inside;
      std::string_view outside;
    };
    static constexpr Ranges kRanges[] = {
        {'w', "0-9A-Z_a-z", "\\x00-/:-@\\[-\\^`{-\\x{10FFFF}"},
        {'d', "0-9", "\\x00-/:-\\x{10FFFF}"},
        {'s', "\\t-\\r ", "\\x00-\\x08\\x0E-\\x1F!-\\x{10FFFF}"},
    };
    const bool negated = letter >= 'A' && letter <= 'Z';
    const char lower = static_cast<char>(letter | 0x20);
    for (const Ranges& ranges : kRanges) {
      if (ranges.letter != lower) continue;
      const std::string_view set = negated ? ranges.outside : ranges.inside;
      if (in_set_) {
        out_ += set;
      } else {
        out_ += '[';
        out_ += set;
        out_ += ']';
      }
    }
    at_ += 2;
  }

  void quote(std::string_view text) {
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < 0x80 && c != '_' &&
          std::string_view("0123456789").find(c) == std::string_view::npos &&
          !((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
        out_ += '\\';
      }
      out_ += c;
    }
  }

  Result<void> unicode_escape() {
    const std::string_view digits = pattern_.substr(at_ + 2, 4);
    if (digits.size() < 4 ||
        digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
      return invalid_argument("too short digit string");
    }
    out_ += "\\x{";
    out_ += digits;
    out_ += '}';
    at_ += 6;
    return ok();
  }

  // Names of POSIX and Java that PCRE2 does not take.
  Result<void> property() {
    const bool negated = pattern_[at_ + 1] == 'P';
    if (at_ + 2 >= pattern_.size() || pattern_[at_ + 2] != '{') {
      return regex_not_supported("a property without braces");
    }
    const std::size_t end = pattern_.find('}', at_);
    if (end == std::string_view::npos) return invalid_argument("invalid character property name");
    std::string_view name = pattern_.substr(at_ + 3, end - at_ - 3);
    at_ = end + 1;
    bool inverse = negated;
    if (name.starts_with('^')) {
      inverse = !inverse;
      name.remove_prefix(1);
    }
    static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"alpha", "L"}, {"lower", "Ll"},  {"upper", "Lu"}, {"digit", "Nd"}, {"alnum", "Xan"},
        {"punct", "P"}, {"space", "Xsp"}, {"cntrl", "Cc"}, {"word", "Xwd"},
    };
    std::string_view known = name;
    for (const auto& [java, pcre] : kNames) {
      if (equals_ignore_case(name, java)) known = pcre;
    }
    if (known == name && equals_ignore_case(name.substr(0, 2), "is")) {
      return regex_not_supported("this property of characters");
    }
    out_ += inverse ? "\\P{" : "\\p{";
    out_ += known;
    out_ += '}';
    return ok();
  }

  Result<void> character_class() {
    in_set_ = true;
    TRY(set_items());
    in_set_ = false;
    return ok();
  }

  Result<void> set_items() {
    take(1);
    if (next_is("^")) take(1);
    if (next_is("]")) {
      out_ += "\\]";
      ++at_;
    }
    while (at_ < pattern_.size() && pattern_[at_] != ']') {
      if (next_is("&&")) return regex_not_supported("an intersection of sets");
      if (next_is("[:")) {
        const std::size_t end = pattern_.find(":]", at_);
        if (end != std::string_view::npos) {
          take(end + 2 - at_);
          continue;
        }
      }
      if (pattern_[at_] == '[') return regex_not_supported("a set inside of a set");
      if (pattern_[at_] == '\\') {
        TRY(escape());
      } else {
        take(1);
      }
    }
    if (at_ >= pattern_.size()) return invalid_argument("premature end of char-class");
    take(1);
    return ok();
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  bool in_set_ = false;
  std::string out_;
};

using RegexPtr = std::shared_ptr<const Regex>;

Result<RegexPtr> compile_java_regex(std::string_view pattern) {
  auto compiled = Regex::compile(TRY(translate_java_regex(pattern)));
  if (!compiled) return invalid_argument("{}", compiled.error().message);
  return std::make_shared<const Regex>(std::move(*compiled));
}

}  // namespace

Result<std::string> translate_java_regex(std::string_view pattern) {
  return RegexTranslator(pattern).run();
}

Result<RegexPtr> find_java_regex(std::string_view pattern) {
  thread_local std::string last_pattern;
  thread_local RegexPtr last;
  if (last && last_pattern == pattern) return last;
  thread_local std::unordered_map<std::string, RegexPtr> known;
  std::string key(pattern);
  auto found = known.find(key);
  if (found == known.end()) {
    RegexPtr compiled = TRY(compile_java_regex(pattern));
    if (known.size() >= kPatternsKept) known.clear();
    found = known.emplace(key, std::move(compiled)).first;
  }
  last_pattern = std::move(key);
  last = found->second;
  return last;
}

}  // namespace tarn::functions
