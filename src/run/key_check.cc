// SPDX-License-Identifier: Apache-2.0
#include "run/key_check.h"

#include <fmt/format.h>

#include "base/text.h"
#include "project/config.h"
#include "run/sql_text.h"
#include "types/type_text.h"

namespace tarn::run {

Result<KeyCheck> key_check_of(const project::Node& node) {
  const std::string_view word =
      project::config_value(node.type, node.config, "tarn_key_check").text();
  if (word.empty() || word == "fail") return KeyCheck::Fail;
  if (word == "accept") return KeyCheck::Accept;
  return invalid_input("`{}` is no value of tarn_key_check: use fail or accept", word);
}

namespace {

bool has_telling_text(const types::Type& type) {
  switch (type.kind) {
    case types::TypeKind::Boolean:
    case types::TypeKind::TinyInt:
    case types::TypeKind::SmallInt:
    case types::TypeKind::Integer:
    case types::TypeKind::BigInt:
    case types::TypeKind::Decimal:
    case types::TypeKind::Date:
    case types::TypeKind::Varchar:
    case types::TypeKind::Timestamp:
    case types::TypeKind::Uuid:
      return true;
    default:
      return false;  // equal doubles, chars and instants may have different texts
  }
}

// The column that the key is, or nullptr: it may be any expression.
const project::ColumnInfo* find_key(std::string_view key,
                                    const std::vector<project::ColumnInfo>& columns) {
  if (key.size() > 2 && key.front() == '"' && key.back() == '"') {
    key = key.substr(1, key.size() - 2);
  }
  for (const auto& column : columns) {
    if (to_lower(column.name) == to_lower(key)) return &column;
  }
  return nullptr;
}

// One text for all keys of a row; that of another row differs.
std::string text_of(const std::vector<std::string>& keys) {
  std::string out;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string text = fmt::format("cast({} as varchar)", keys[i]);
    if (i + 1 == keys.size()) {
      out += text;
    } else {
      out += fmt::format("cast(length({0}) as varchar), ':', {0}, ", text);
    }
  }
  return keys.size() == 1 ? out : "concat(" + out + ")";
}

}  // namespace

KeySearch key_search(warehouse::Kind kind, const std::vector<std::string>& keys,
                     const std::vector<project::ColumnInfo>& columns) {
  if (kind != warehouse::Kind::Embedded) return KeySearch::Window;
  for (const auto& key : keys) {
    const auto* column = find_key(key, columns);
    if (column == nullptr) return KeySearch::Window;
    const auto type = types::parse_type(column->type);
    if (!type || !has_telling_text(*type)) return KeySearch::Window;
  }
  return KeySearch::FirstSeen;
}

std::string checked_query(const std::string& query, const std::vector<std::string>& keys,
                          std::string_view owner, const std::vector<std::string>& columns,
                          KeySearch search) {
  std::string list;
  std::string nulls;
  std::string shown;
  for (const auto& key : keys) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", key);
    nulls += fmt::format("{}({}) is null", nulls.empty() ? "" : " or ", key);
    shown += fmt::format("{}coalesce(cast({} as varchar), 'NULL')", shown.empty() ? "" : ", ', ', ",
                         key);
  }
  const auto failure = [&](std::string_view what) {
    return fmt::format("cast(fail(concat('the unique key of the {} {}: ', {}, '')) as boolean)",
                       owner, what, shown);
  };
  const std::string repeated = search == KeySearch::FirstSeen
                                   ? fmt::format("not tarn_first_seen({})", text_of(keys))
                                   : fmt::format("count(*) over (partition by {}) > 1", list);
  return fmt::format(
      "select {} from (\n  select *,\n    case when {} then {}\n      when {} then {}\n"
      "      else true end as dbt_key_is_good\n  from (\n{}\n  )\n)\nwhere dbt_key_is_good",
      quoted_list(columns), nulls, failure("is NULL"), repeated, failure("occurs more than once"),
      query);
}

}  // namespace tarn::run
