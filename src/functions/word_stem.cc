// SPDX-License-Identifier: Apache-2.0
// word_stem: Snowball's English stemmer (Porter2). Other languages that Trino has are refused.
#include <algorithm>
#include <array>
#include <optional>

#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

bool is_vowel(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

struct Rule {
  std::string_view suffix;
  std::string_view replacement;
};

class EnglishStemmer {
 public:
  explicit EnglishStemmer(std::string word) : word_(std::move(word)) {}

  std::string run() {
    static constexpr Rule kExceptions[] = {
        {"skis", "ski"},    {"skies", "sky"},   {"dying", "die"},    {"lying", "lie"},
        {"tying", "tie"},   {"idly", "idl"},    {"gently", "gentl"}, {"ugly", "ugli"},
        {"early", "earli"}, {"only", "onli"},   {"singly", "singl"}, {"sky", "sky"},
        {"news", "news"},   {"howe", "howe"},   {"atlas", "atlas"},  {"cosmos", "cosmos"},
        {"bias", "bias"},   {"andes", "andes"},
    };
    for (const Rule& rule : kExceptions) {
      if (word_ == rule.suffix) return std::string(rule.replacement);
    }
    if (word_.size() <= 2) return word_;
    mark_consonants();
    find_regions();
    remove_possessive();
    remove_plural();
    static constexpr std::string_view kFinished[] = {"inning",  "outing",  "canning", "herring",
                                                     "earring", "proceed", "exceed",  "succeed"};
    if (std::find(std::begin(kFinished), std::end(kFinished), word_) == std::end(kFinished)) {
      remove_verb_ending();
      replace_final_y();
      shorten_double_suffix();
      shorten_suffix();
      remove_suffix();
      remove_final_letter();
    }
    std::replace(word_.begin(), word_.end(), 'Y', 'y');
    return word_;
  }

 private:
  bool ends(std::string_view suffix) const { return word_.ends_with(suffix); }
  void cut(std::size_t count) { word_.resize(word_.size() - count); }
  bool in_first(std::size_t suffix) const { return word_.size() - suffix >= first_; }
  bool in_second(std::size_t suffix) const { return word_.size() - suffix >= second_; }
  bool has_vowel(std::size_t end) const {
    return std::any_of(word_.begin(), word_.begin() + static_cast<std::ptrdiff_t>(end), is_vowel);
  }

  // The longest suffix of the list that the word has.
  template <std::size_t count>
  const Rule* longest(const Rule (&rules)[count]) const {
    const Rule* found = nullptr;
    for (const Rule& rule : rules) {
      if (ends(rule.suffix) && (found == nullptr || rule.suffix.size() > found->suffix.size())) {
        found = &rule;
      }
    }
    return found;
  }
  void replace(const Rule& rule) {
    cut(rule.suffix.size());
    word_ += rule.replacement;
  }

  // A y that is no vowel becomes Y.
  void mark_consonants() {
    if (word_.starts_with('\'')) word_.erase(0, 1);
    for (std::size_t i = 0; i < word_.size(); ++i) {
      if (word_[i] == 'y' && (i == 0 || is_vowel(word_[i - 1]))) word_[i] = 'Y';
    }
  }

  // Behind the first consonant that follows a vowel.
  std::size_t region_from(std::size_t at) const {
    while (at < word_.size() && !is_vowel(word_[at])) ++at;
    while (at < word_.size() && is_vowel(word_[at])) ++at;
    return std::min(at + 1, word_.size());
  }

  void find_regions() {
    first_ = region_from(0);
    for (const std::string_view begin : {"gener", "commun", "arsen"}) {
      if (word_.starts_with(begin)) first_ = begin.size();
    }
    second_ = region_from(first_);
  }

  void remove_possessive() {
    for (const std::string_view suffix : {"'s'", "'s", "'"}) {
      if (!ends(suffix)) continue;
      cut(suffix.size());
      return;
    }
  }

  void remove_plural() {
    if (ends("sses")) {
      cut(2);
    } else if (ends("ied") || ends("ies")) {
      cut(word_.size() > 4 ? 2 : 1);
    } else if (ends("s") && !ends("us") && !ends("ss") && word_.size() >= 2 &&
               has_vowel(word_.size() - 2)) {
      cut(1);
    }
  }

  // A vowel between consonants, the last not w, x or Y; or a vowel that begins the word.
  bool ends_in_short_syllable() const {
    const std::size_t size = word_.size();
    if (size < 2) return false;
    const char last = word_[size - 1];
    if (is_vowel(last) || !is_vowel(word_[size - 2])) return false;
    if (size == 2) return true;
    return !is_vowel(word_[size - 3]) && last != 'w' && last != 'x' && last != 'Y';
  }

  void remove_verb_ending() {
    static constexpr Rule kRules[] = {{"eed", "ee"}, {"eedly", "ee"}, {"ed", ""},
                                      {"edly", ""},  {"ing", ""},     {"ingly", ""}};
    const Rule* rule = longest(kRules);
    if (rule == nullptr) return;
    if (!rule->replacement.empty()) {
      if (in_first(rule->suffix.size())) replace(*rule);
      return;
    }
    if (!has_vowel(word_.size() - rule->suffix.size())) return;
    cut(rule->suffix.size());
    if (ends("at") || ends("bl") || ends("iz")) {
      word_ += 'e';
      return;
    }
    const std::size_t size = word_.size();
    const bool is_double =
        size >= 2 && word_[size - 1] == word_[size - 2] &&
        std::string_view("bdfgmnprt").find(word_[size - 1]) != std::string_view::npos;
    if (is_double) {
      cut(1);
    } else if (first_ >= size && ends_in_short_syllable()) {
      word_ += 'e';
    }
  }

  void replace_final_y() {
    const std::size_t size = word_.size();
    if (size > 2 && (word_.back() == 'y' || word_.back() == 'Y') && !is_vowel(word_[size - 2])) {
      word_.back() = 'i';
    }
  }

  void shorten_double_suffix() {
    static constexpr Rule kRules[] = {
        {"tional", "tion"}, {"enci", "ence"},   {"anci", "ance"},   {"abli", "able"},
        {"entli", "ent"},   {"izer", "ize"},    {"ization", "ize"}, {"ational", "ate"},
        {"ation", "ate"},   {"ator", "ate"},    {"alism", "al"},    {"aliti", "al"},
        {"alli", "al"},     {"fulness", "ful"}, {"ousli", "ous"},   {"ousness", "ous"},
        {"iveness", "ive"}, {"iviti", "ive"},   {"biliti", "ble"},  {"bli", "ble"},
        {"ogi", "og"},      {"fulli", "ful"},   {"lessli", "less"}, {"li", ""}};
    const Rule* rule = longest(kRules);
    if (rule == nullptr || !in_first(rule->suffix.size())) return;
    const std::size_t rest = word_.size() - rule->suffix.size();
    const char before = rest > 0 ? word_[rest - 1] : ' ';
    if (rule->suffix == "ogi" && before != 'l') return;
    if (rule->suffix == "li" &&
        std::string_view("cdeghkmnrt").find(before) == std::string_view::npos) {
      return;
    }
    replace(*rule);
  }

  void shorten_suffix() {
    static constexpr Rule kRules[] = {{"tional", "tion"}, {"ational", "ate"}, {"alize", "al"},
                                      {"icate", "ic"},    {"iciti", "ic"},    {"ical", "ic"},
                                      {"ful", ""},        {"ness", ""},       {"ative", ""}};
    const Rule* rule = longest(kRules);
    if (rule == nullptr || !in_first(rule->suffix.size())) return;
    if (rule->suffix == "ative" && !in_second(rule->suffix.size())) return;
    replace(*rule);
  }

  void remove_suffix() {
    static constexpr Rule kRules[] = {
        {"al", ""},   {"ance", ""}, {"ence", ""},  {"er", ""},   {"ic", ""},  {"able", ""},
        {"ible", ""}, {"ant", ""},  {"ement", ""}, {"ment", ""}, {"ent", ""}, {"ism", ""},
        {"ate", ""},  {"iti", ""},  {"ous", ""},   {"ive", ""},  {"ize", ""}, {"ion", ""}};
    const Rule* rule = longest(kRules);
    if (rule == nullptr || !in_second(rule->suffix.size())) return;
    if (rule->suffix == "ion") {
      const std::size_t rest = word_.size() - 3;
      if (rest == 0 || (word_[rest - 1] != 's' && word_[rest - 1] != 't')) return;
    }
    cut(rule->suffix.size());
  }

  void remove_final_letter() {
    if (ends("e")) {
      if (in_second(1)) {
        cut(1);
      } else if (in_first(1)) {
        word_.pop_back();
        if (ends_in_short_syllable()) word_ += 'e';
      }
    } else if (ends("ll") && in_second(1)) {
      cut(1);
    }
  }

  std::string word_;
  std::size_t first_ = 0;   // where R1 begins
  std::size_t second_ = 0;  // where R2 begins
};

Result<Value> stem(Arguments values) {
  static constexpr std::string_view kOthers[] = {"ca", "da", "de", "es", "eu", "fi", "fr",
                                                 "hu", "hy", "ir", "it", "lt", "nl", "no",
                                                 "pt", "ro", "ru", "sv", "tr"};
  if (values.size() > 1 && values[1].as_text() != "en") {
    const std::string& language = values[1].as_text();
    if (std::find(std::begin(kOthers), std::end(kOthers), language) != std::end(kOthers)) {
      return types::named_error("NOT_SUPPORTED", {}, "word_stem is not supported for language {}",
                                language);
    }
    return invalid_argument("Unknown stemmer language: {}", language);
  }
  return Value(EnglishStemmer(values[0].as_text()).run());
}

constexpr FunctionEntry kWordStemFunctions[] = {
    {"word_stem", takes<stem, Varchar>},
    {"word_stem", takes<stem, Varchar, Varchar>},
};

}  // namespace

FunctionList word_stem_functions() { return kWordStemFunctions; }

}  // namespace tarn::functions
