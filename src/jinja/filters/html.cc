// SPDX-License-Identifier: Apache-2.0
// Filters about HTML and URLs.
#include <algorithm>
#include <array>

#include "base/regex.h"
#include "base/text.h"
#include "jinja/builtins.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

Result<Value> escape(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  return Value::markup(TRY(escape_value(runtime, subject)));
}

Result<Value> force_escape(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  return Value::markup(escape_html(TRY(to_text(runtime, subject))));
}

Result<Value> safe(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  return Value::markup(TRY(to_text(runtime, subject)));
}

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr std::array<Entity, 24> kEntities = {{
    {"amp", "&"},         {"lt", "<"},         {"gt", ">"},          {"quot", "\""},
    {"apos", "'"},        {"nbsp", "\u00A0"},  {"copy", "\u00A9"},   {"reg", "\u00AE"},
    {"euro", "\u20AC"},   {"pound", "\u00A3"}, {"yen", "\u00A5"},    {"cent", "\u00A2"},
    {"sect", "\u00A7"},   {"deg", "\u00B0"},   {"plusmn", "\u00B1"}, {"para", "\u00B6"},
    {"middot", "\u00B7"}, {"ndash", "\u2013"}, {"mdash", "\u2014"},  {"hellip", "\u2026"},
    {"laquo", "\u00AB"},  {"raquo", "\u00BB"}, {"times", "\u00D7"},  {"trade", "\u2122"},
}};

// Resolves numeric and the common named entities; unknown ones stay.
std::string unescape_html(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t mark = text.find('&', at);
    out += text.substr(at, mark - at);
    if (mark == std::string_view::npos) break;
    const std::size_t end = text.find(';', mark);
    const std::string_view name =
        end == std::string_view::npos ? std::string_view() : text.substr(mark + 1, end - mark - 1);
    std::optional<std::string> replacement;
    if (name.size() > 1 && name[0] == '#') {
      const bool hex = (name[1] | 0x20) == 'x';
      const auto number = parse_int_text(name.substr(hex ? 2 : 1), hex ? 16 : 10);
      if (number && number->is_int64() && number->as_int() > 0 && number->as_int() <= 0x10FFFF) {
        replacement.emplace();
        append_utf8(*replacement, static_cast<char32_t>(number->as_int()));
      }
    } else {
      const auto* found = std::find_if(kEntities.begin(), kEntities.end(),
                                       [&](const Entity& entity) { return entity.name == name; });
      if (found != kEntities.end()) replacement = found->text;
    }
    if (replacement) {
      out += *replacement;
      at = end + 1;
    } else {
      out += '&';
      at = mark + 1;
    }
  }
  return out;
}

void remove_between(std::string& text, std::string_view open, std::string_view close) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t start = text.find(open, at);
    const std::size_t end =
        start == std::string::npos ? std::string::npos : text.find(close, start);
    if (end == std::string::npos) break;
    out.append(text, at, start - at);
    at = end + close.size();
  }
  out.append(text, at);
  text = std::move(out);
}

Result<Value> strip_tags(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  std::string text = TRY(to_text(runtime, subject));
  remove_between(text, "<!--", "-->");
  remove_between(text, "<", ">");
  const Value words = TRY(call_method(runtime, Value(text), "split", {}));
  const Value joined = TRY(call_method(runtime, Value(" "), "join", {{&words, 1}, {}}));
  return Value(unescape_html(joined.text()));
}

std::string quote_url(std::string_view text, bool query) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || c == '_' || c == '.' || c == '-' || c == '~' ||
                       (c == '/' && !query);
    if (plain) {
      out.push_back(c);
    } else if (c == ' ' && query) {
      out.push_back('+');
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

Result<Value> url_encode(Runtime& runtime, const Value& subject, const std::vector<Value>&) {
  const bool plain = subject.is_text() || is_numeric_value(subject) || subject.is_none();
  if (plain) return Value(quote_url(TRY(to_text(runtime, subject)), false));
  Value pairs = subject;
  if (subject.is_dict()) pairs = TRY(call_method(runtime, subject, "items", {}));
  auto iteration = Iteration::over(runtime, pairs);
  if (!iteration) return Value(quote_url(TRY(to_text(runtime, subject)), false));
  std::string out;
  Value pair;
  while (TRY(iteration->next(runtime, pair))) {
    const auto parts = TRY(collect(runtime, pair));
    if (parts.size() != 2) {
      return value_error("not enough values to unpack (expected 2, got {})", parts.size());
    }
    if (!out.empty()) out += "&";
    out += quote_url(TRY(to_text(runtime, parts[0])), true) + "=" +
           quote_url(TRY(to_text(runtime, parts[1])), true);
  }
  return Value(out);
}

Result<Value> xml_attributes(Runtime& runtime, const Value& subject,
                             const std::vector<Value>& arguments) {
  const bool space = TRY(truth(runtime, arguments[0]));
  std::string out;
  for (const auto& pair : TRY(mapping_pairs(runtime, subject))) {
    const Value& key = pair.items()[0];
    const Value& value = pair.items()[1];
    if (value.is_none() || value.is_undefined()) continue;
    const std::string_view name = TRY(text_argument(key, "search", 1));
    std::size_t offset = 0;
    while (offset < name.size()) {
      const char32_t c = next_code_point(name, offset);
      if (is_space(c) || c == '/' || c == '>' || c == '=') {
        return value_error("Invalid character in attribute name: {}", TRY(to_repr(runtime, key)));
      }
    }
    if (!out.empty()) out += " ";
    out += TRY(escape_value(runtime, key)) + "=\"" + TRY(escape_value(runtime, value)) + "\"";
  }
  if (space && !out.empty()) out = " " + out;
  return Value(out, runtime.autoescape() ? Flavor::Markup : Flavor::Plain);
}

// The patterns of urlize.
struct LinkPatterns {
  Regex http;
  Regex email;
};

Result<const LinkPatterns*> link_patterns() {
  static const Result<LinkPatterns> patterns = []() -> Result<LinkPatterns> {
    RegexOptions options;
    options.ignore_case = true;
    auto http = TRY(Regex::compile(
        R"(^((https?://|www\.)(([\w%-]+\.)+)?([a-z]{2,63}|xn--[\w%]{2,59}))"
        R"(|([\w%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil))"
        R"(|(https?://)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\])))"
        R"()(?::[\d]{1,5})?(?:[/?#]\S*)?$)",
        options));
    auto email = TRY(Regex::compile(R"(^\S+@\w[\w.-]*\.\w+$)", options));
    return LinkPatterns{std::move(http), std::move(email)};
  }();
  if (!patterns) return patterns.error();
  return &*patterns;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

class Linker {
 public:
  std::string rel;
  std::string target;
  std::optional<std::int64_t> shown_max;
  std::vector<std::string> schemes;

  Result<std::string> word(std::string_view word) const {
    std::string head, middle(word), tail;
    split_marks(head, middle, tail);
    const auto& patterns = *TRY(link_patterns());
    const auto link = [&](const std::string& url, const std::string& shown) {
      return fmt::format("<a href=\"{}\"{}{}>{}</a>", url, rel, target, shown);
    };
    if (TRY(patterns.http.find(middle)).has_value()) {
      const bool whole = middle.starts_with("https://") || middle.starts_with("http://");
      middle = link(whole ? middle : "https://" + middle, trimmed(middle));
    } else if (middle.starts_with("mailto:") &&
               TRY(patterns.email.find(std::string_view(middle).substr(7))).has_value()) {
      middle = fmt::format("<a href=\"{}\">{}</a>", middle, middle.substr(7));
    } else if (middle.find('@') != std::string::npos && !middle.starts_with("www.") &&
               !middle.starts_with("@") && middle.find(':') == std::string::npos &&
               TRY(patterns.email.find(middle)).has_value()) {
      middle = fmt::format("<a href=\"mailto:{}\">{}</a>", middle, middle);
    } else {
      for (const auto& scheme : schemes) {
        if (middle != scheme && middle.starts_with(scheme)) middle = link(middle, middle);
      }
    }
    return head + middle + tail;
  }

 private:
  std::string trimmed(const std::string& url) const {
    if (!shown_max || count_code_points(url) <= static_cast<std::size_t>(*shown_max)) return url;
    return std::string(utf8_prefix(url, static_cast<std::size_t>(*shown_max))) + "...";
  }

  // Brackets in front and punctuation behind do not belong to the link.
  static void split_marks(std::string& head, std::string& middle, std::string& tail) {
    std::size_t start = 0;
    while (start < middle.size()) {
      if (middle[start] == '(' || middle[start] == '<') {
        ++start;
      } else if (middle.compare(start, 4, "&lt;") == 0) {
        start += 4;
      } else {
        break;
      }
    }
    head = middle.substr(0, start);
    middle.erase(0, start);
    std::size_t end = middle.size();
    while (end > 0) {
      if (std::string_view(")>.,\n").find(middle[end - 1]) != std::string_view::npos) {
        --end;
      } else if (end >= 4 && middle.compare(end - 4, 4, "&gt;") == 0) {
        end -= 4;
      } else {
        break;
      }
    }
    tail = middle.substr(end);
    middle.erase(end);
    static constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
        {"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}};
    for (const auto& [open, close] : kPairs) {
      const std::size_t opened = count_of(middle, open);
      if (opened <= count_of(middle, close)) continue;
      for (std::size_t n = std::min(opened, count_of(tail, close)); n > 0; --n) {
        const std::size_t upto = tail.find(close) + close.size();
        middle += tail.substr(0, upto);
        tail.erase(0, upto);
      }
    }
  }
};

Result<Value> urlize(Runtime& runtime, const Value& subject, const std::vector<Value>& arguments) {
  Linker linker;
  if (!arguments[0].is_none()) linker.shown_max = TRY(int_argument(arguments[0]));
  std::vector<std::string> rels = {"noopener"};
  if (TRY(truth(runtime, arguments[1]))) rels.emplace_back("nofollow");
  if (!arguments[3].is_none()) {
    const std::string given = TRY(to_text(runtime, arguments[3]));
    for (const auto& part : split(given, ' ')) {
      if (!part.empty()) rels.emplace_back(part);
    }
  }
  std::sort(rels.begin(), rels.end());
  rels.erase(std::unique(rels.begin(), rels.end()), rels.end());
  linker.rel = fmt::format(" rel=\"{}\"", escape_html(join(rels, " ")));
  if (TRY(truth(runtime, arguments[2]))) {
    linker.target = fmt::format(" target=\"{}\"", TRY(escape_value(runtime, arguments[2])));
  }
  if (!arguments[4].is_none()) {
    for (const auto& scheme : TRY(collect(runtime, arguments[4]))) {
      linker.schemes.push_back(TRY(to_text(runtime, scheme)));
    }
  }
  const std::string text = TRY(escape_value(runtime, subject));
  TRY(runtime.charge(text.size()));
  std::string out;
  std::size_t offset = 0;
  std::size_t word_start = 0;
  while (offset <= text.size()) {
    const std::size_t at = offset;
    const bool at_end = at == text.size();
    const bool space = !at_end && is_space(next_code_point(text, offset));
    if (at_end || space) {
      out += TRY(linker.word(std::string_view(text).substr(word_start, at - word_start)));
      if (at_end) break;
      out += text.substr(at, offset - at);
      word_start = offset;
    }
  }
  return Value(out, runtime.autoescape() ? Flavor::Markup : Flavor::Plain);
}

}  // namespace

void add_html_filters(Environment& environment) {
  const auto add = [&](std::string_view name, std::vector<Signature::Parameter> parameters,
                       FilterBody body) {
    add_filter(environment, name, std::move(parameters), body);
  };
  add("e", {}, escape);
  add("escape", {}, escape);
  add("forceescape", {}, force_escape);
  add("safe", {}, safe);
  add("striptags", {}, strip_tags);
  add("urlencode", {}, url_encode);
  add("xmlattr", {{"autospace", Value(true)}}, xml_attributes);
  add("urlize",
      {{"trim_url_limit", Value::none()},
       {"nofollow", Value(false)},
       {"target", Value::none()},
       {"rel", Value::none()},
       {"extra_schemes", Value::none()}},
      urlize);
}

}  // namespace tarn::jinja
