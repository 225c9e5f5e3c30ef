// SPDX-License-Identifier: Apache-2.0
#include "project/macro_calls.h"

#include <algorithm>

namespace tarn::project {

namespace {

struct Token {
  enum class Kind : std::uint8_t { Name, Text, Symbol } kind;
  std::string_view text;  // of Text: without marks
};

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_char(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

// Tokens inside one tag.
std::vector<Token> scan_tag(std::string_view text) {
  std::vector<Token> out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '\'' || c == '"') {
      std::size_t end = at + 1;
      while (end < text.size() && text[end] != c) end += text[end] == '\\' ? 2 : 1;
      end = std::min(end, text.size());
      out.push_back({Token::Kind::Text, text.substr(at + 1, end - at - 1)});
      at = end + 1;
    } else if (is_name_start(c)) {
      std::size_t end = at;
      while (end < text.size() && is_name_char(text[end])) ++end;
      out.push_back({Token::Kind::Name, text.substr(at, end - at)});
      at = end;
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      ++at;
    } else if (c >= '0' && c <= '9') {
      while (at < text.size() && (is_name_char(text[at]) || text[at] == '.')) ++at;
      out.push_back({Token::Kind::Symbol, "0"});
    } else {
      out.push_back({Token::Kind::Symbol, text.substr(at, 1)});
      ++at;
    }
  }
  return out;
}

bool is_symbol(const std::vector<Token>& tokens, std::size_t at, std::string_view symbol) {
  return at < tokens.size() && tokens[at].kind == Token::Kind::Symbol && tokens[at].text == symbol;
}
bool is_word(const std::vector<Token>& tokens, std::size_t at, std::string_view word) {
  return at < tokens.size() && tokens[at].kind == Token::Kind::Name && tokens[at].text == word;
}

constexpr std::string_view kNotCalls[] = {"if",
                                          "elif",
                                          "else",
                                          "for",
                                          "in",
                                          "not",
                                          "and",
                                          "or",
                                          "is",
                                          "set",
                                          "do",
                                          "ref",
                                          "source",
                                          "config",
                                          "var",
                                          "env_var",
                                          "return",
                                          "log",
                                          "print",
                                          "call",
                                          "macro",
                                          "test",
                                          "materialization",
                                          "snapshot",
                                          "filter",
                                          "range",
                                          "dict",
                                          "namespace",
                                          "caller",
                                          "tojson",
                                          "fromjson",
                                          "toyaml",
                                          "fromyaml",
                                          "zip",
                                          "load_result",
                                          "store_result",
                                          "write",
                                          "super",
                                          "lipsum",
                                          "cycler",
                                          "joiner"};

// Name and namespace of `adapter.dispatch('x', macro_namespace='y')`, from the token behind `(`.
MacroCall read_dispatch(const std::vector<Token>& tokens, std::size_t at) {
  MacroCall call;
  call.is_dispatch = true;
  int depth = 1;
  for (std::size_t place = 0; at < tokens.size() && depth > 0; ++at) {
    const Token& token = tokens[at];
    if (token.kind == Token::Kind::Symbol) {
      if (token.text == "(") ++depth;
      if (token.text == ")") --depth;
      if (token.text == "," && depth == 1) ++place;
      continue;
    }
    if (token.kind != Token::Kind::Text || depth != 1) continue;
    const bool named = is_symbol(tokens, at - 1, "=") && at >= 2;
    if (named ? is_word(tokens, at - 2, "macro_name") : place == 0) call.name = token.text;
    if (named ? is_word(tokens, at - 2, "macro_namespace") : place == 1) call.package = token.text;
  }
  return call;
}

void find_in_tag(const std::vector<Token>& tokens, std::vector<MacroCall>& out) {
  const auto add = [&](MacroCall call) {
    if (std::find(out.begin(), out.end(), call) == out.end()) out.push_back(std::move(call));
  };
  std::size_t begin = 0;
  // The name of a definition is no call.
  if (!tokens.empty() && tokens[0].kind == Token::Kind::Name) {
    for (const char* word : {"macro", "test", "materialization", "snapshot", "data_test"}) {
      if (tokens[0].text == word) begin = 2;
    }
  }
  for (std::size_t i = begin; i + 1 < tokens.size(); ++i) {
    if (tokens[i].kind != Token::Kind::Name || !is_symbol(tokens, i + 1, "(")) continue;
    const std::string_view name = tokens[i].text;
    if (i > 0 && (is_symbol(tokens, i - 1, "|") || is_word(tokens, i - 1, "is") ||
                  is_word(tokens, i - 1, "filter") ||
                  (is_word(tokens, i - 1, "not") && i > 1 && is_word(tokens, i - 2, "is")))) {
      continue;
    }
    if (i > 0 && is_symbol(tokens, i - 1, ".")) {
      if (i < 2 || tokens[i - 2].kind != Token::Kind::Name) continue;
      if (i > 2 && is_symbol(tokens, i - 3, ".")) continue;
      const std::string_view owner = tokens[i - 2].text;
      if (owner == "adapter" && name == "dispatch") {
        add(read_dispatch(tokens, i + 2));
      } else {
        add({std::string(owner), std::string(name), false});
      }
      continue;
    }
    if (std::find(std::begin(kNotCalls), std::end(kNotCalls), name) != std::end(kNotCalls))
      continue;
    add({"", std::string(name), false});
  }
}

}  // namespace

std::vector<MacroCall> find_macro_calls(std::string_view text) {
  std::vector<MacroCall> out;
  for (std::size_t at = text.find('{'); at != std::string_view::npos && at + 1 < text.size();
       at = text.find('{', at)) {
    const char kind = text[at + 1];
    if (kind == '#') {
      const auto end = text.find("#}", at + 2);
      if (end == std::string_view::npos) break;
      at = end + 2;
      continue;
    }
    if (kind != '{' && kind != '%') {
      ++at;
      continue;
    }
    const std::string_view close = kind == '{' ? "}}" : "%}";
    // The end is outside of texts.
    std::size_t end = at + 2;
    char mark = 0;
    while (end < text.size()) {
      if (mark != 0) {
        if (text[end] == '\\') {
          ++end;
        } else if (text[end] == mark) {
          mark = 0;
        }
      } else if (text[end] == '\'' || text[end] == '"') {
        mark = text[end];
      } else if (text.substr(end, 2) == close) {
        break;
      }
      ++end;
    }
    if (end >= text.size()) break;
    std::string_view inside = text.substr(at + 2, end - at - 2);
    if (inside.starts_with('-') || inside.starts_with('+')) inside.remove_prefix(1);
    const auto tokens = scan_tag(inside);
    at = end + 2;
    if (is_word(tokens, 0, "raw")) {
      const auto stop = text.find("endraw", at);
      if (stop == std::string_view::npos) break;
      at = stop;
      continue;
    }
    find_in_tag(tokens, out);
  }
  return out;
}

std::vector<std::string_view> macro_dependencies(const Project& project, const Contexts& contexts,
                                                 const MacroDefinition& macro) {
  std::vector<std::string_view> out;
  const std::uint32_t from =
      macro.builtin ? static_cast<std::uint32_t>(project.packages.size()) : macro.package;
  for (const auto& call : find_macro_calls(macro.text)) {
    if (!call.is_dispatch && call.package.empty() && call.name == macro.name) continue;
    const MacroDefinition* found = nullptr;
    if (call.is_dispatch) {
      found = contexts.dispatch(call.name, call.package, from);
    } else {
      found = contexts.find_macro(call.package, call.name, from);
      if (found == nullptr && call.package.empty()) {
        // Macros of any package are found by name.
        for (const auto& package : project.packages) {
          if (found == nullptr) found = contexts.find_macro(package->name, call.name, from);
        }
      }
    }
    if (found == nullptr) continue;
    if (std::find(out.begin(), out.end(), found->unique_id) == out.end()) {
      out.push_back(found->unique_id);
    }
  }
  return out;
}

}  // namespace tarn::project
