// SPDX-License-Identifier: Apache-2.0
#include "cli/query_completion.h"

#include <algorithm>

#include "base/text.h"

namespace tarn::cli {
namespace {

constexpr std::string_view kCommands[] = {"\\?", "\\d", "\\dn", "\\dt",     "\\i",
                                          "\\l", "\\o", "\\q",  "\\timing", "\\x"};

const std::vector<std::string>& keywords() {
  static const std::vector<std::string> kWords = {
      "ALTER",     "ANALYZE",     "AND",     "BETWEEN",     "CASE",     "CAST",   "COMMENT",
      "COMMIT",    "CREATE",      "CROSS",   "DELETE",      "DESCRIBE", "DESC",   "DISTINCT",
      "DROP",      "ELSE",        "END",     "EXCEPT",      "EXECUTE",  "EXISTS", "EXPLAIN",
      "FALSE",     "FROM",        "FULL",    "GROUP BY",    "HAVING",   "INNER",  "INSERT",
      "INTERSECT", "INTERVAL",    "INTO",    "IS NOT NULL", "IS NULL",  "JOIN",   "LEFT",
      "LIKE",      "LIMIT",       "MERGE",   "NOT",         "NULL",     "OFFSET", "ORDER BY",
      "OVER",      "PARTITION",   "REFRESH", "RIGHT",       "ROLLBACK", "SCHEMA", "SCHEMAS",
      "SELECT",    "SESSION",     "SET",     "SHOW",        "START",    "TABLE",  "TABLES",
      "THEN",      "TRANSACTION", "TRUE",    "TRUNCATE",    "UNION",    "UNNEST", "UPDATE",
      "USE",       "USING",       "VALUES",  "VIEW",        "WHEN",     "WHERE",  "WITH"};
  return kWords;
}

// Names that need no quotes.
bool is_plain_name(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

std::string as_name(const std::string& name) {
  return is_plain_name(name) ? name : quote(name, '"');
}

bool has_keyword(std::string_view text, std::string_view word) {
  return equals_ignore_case(text, word);
}

// Whether a table's name follows the text.
bool wants_table(std::string_view before) {
  const std::string_view text = trim(before);
  const std::size_t start = text.find_last_of(" \n\t(,");
  const std::string_view word = start == std::string_view::npos ? text : text.substr(start + 1);
  constexpr std::string_view kWords[] = {"from", "join", "into", "update", "table", "describe"};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view each) { return equals_ignore_case(word, each); });
}

// Names after FROM, JOIN, INTO, UPDATE, as far as they are plain.
std::vector<std::string> table_names(std::string_view statement) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : statement) {
    if (c == ' ' || c == '\n' || c == '\t' || c == ',' || c == '(' || c == ')') {
      if (!word.empty()) words.push_back(std::exchange(word, std::string()));
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(word);
  std::vector<std::string> names;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const bool names_follow = has_keyword(words[i], "from") || has_keyword(words[i], "join") ||
                              has_keyword(words[i], "into") || has_keyword(words[i], "update");
    if (!names_follow) continue;
    const auto parts = split(words[i + 1], '.');
    const bool plain = std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
      return is_plain_name(to_lower(part));
    });
    if (plain && parts.size() <= 3) names.push_back(words[i + 1]);
  }
  return names;
}

// Those that go on from the word, each once, in order.
std::vector<std::string> matching(std::vector<std::string> all, std::string_view word) {
  std::erase_if(all, [&](const std::string& name) { return !name.starts_with(word); });
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

const std::vector<std::string>& QueryCompletion::names(const std::string& sql) {
  const auto found = names_.find(sql);
  if (found != names_.end()) return found->second;
  return names_[sql] = session_.names(sql);
}

std::vector<std::string> QueryCompletion::qualified(std::string_view word) {
  const std::size_t point = word.rfind('.');
  const std::string before(word.substr(0, point));
  std::vector<std::string> out;
  if (before.find('.') == std::string::npos) {
    const auto& catalogs = names("SHOW CATALOGS");
    if (std::find(catalogs.begin(), catalogs.end(), before) != catalogs.end()) {
      for (const auto& schema : names("SHOW SCHEMAS FROM " + before)) {
        out.push_back(before + "." + as_name(schema) + ".");
      }
    }
  }
  for (const auto& table : names("SHOW TABLES FROM " + before)) {
    out.push_back(before + "." + as_name(table));
  }
  if (out.empty()) {
    for (const auto& column : names("DESCRIBE " + before)) {
      out.push_back(before + "." + as_name(column));
    }
  }
  return out;
}

std::vector<std::string> QueryCompletion::columns_of(std::string_view statement) {
  std::vector<std::string> out;
  for (const auto& table : table_names(statement)) {
    for (const auto& column : names("DESCRIBE " + table)) out.push_back(as_name(column));
  }
  return out;
}

std::vector<std::string> QueryCompletion::complete(std::string_view word, std::string_view before) {
  if (word.starts_with('\\')) {
    return matching({std::begin(kCommands), std::end(kCommands)}, word);
  }
  if (word.find('.') != std::string_view::npos) return matching(qualified(word), word);
  std::vector<std::string> all = columns_of(before);
  const auto& options = session_.session().options();
  if (options.schema) {
    for (const auto& table : names("SHOW TABLES")) all.push_back(as_name(table));
  }
  if (options.catalog) {
    for (const auto& schema : names("SHOW SCHEMAS")) all.push_back(as_name(schema) + ".");
  }
  for (const auto& catalog : names("SHOW CATALOGS")) all.push_back(as_name(catalog) + ".");
  std::vector<std::string> out = matching(std::move(all), word);
  if (word.empty() || (wants_table(before) && !out.empty())) return out;
  // Keywords in the letters that were begun with.
  const bool lower = word.front() >= 'a' && word.front() <= 'z';
  const std::string upper = to_upper(word);
  for (const auto& keyword : keywords()) {
    if (keyword.starts_with(upper)) out.push_back(lower ? to_lower(keyword) : keyword);
  }
  return out;
}

}  // namespace tarn::cli
