// SPDX-License-Identifier: Apache-2.0
#include "run/snapshot_sql.h"

#include <fmt/format.h>

#include <string_view>

#include "run/sql_text.h"

namespace tarn::run {

namespace {

constexpr std::string_view kSource = "source_data";
constexpr std::string_view kOpen = "snapshotted_data";
// Marks rows of one side of the full join; a key may be NULL.
constexpr std::string_view kFromSource = "dbt_from_source";
constexpr std::string_view kFromTarget = "dbt_from_target";

std::string key_name(std::size_t index) { return fmt::format("dbt_unique_key_{}", index + 1); }

// `, (k) as dbt_unique_key_1`, indented.
std::string key_columns(const SnapshotStrategy& strategy) {
  std::string out;
  for (std::size_t i = 0; i < strategy.unique_key.size(); ++i) {
    out += fmt::format(",\n      {} as {}", strategy.unique_key[i], key_name(i));
  }
  return out;
}

// The source's rows; with checked keys one column more, which must be read to be checked.
std::string checked_source(const SnapshotStatement& statement) {
  if (statement.key_check == KeyCheck::Accept || statement.strategy.unique_key.empty()) {
    return fmt::format("snapshot_query as (\n{}\n  )", statement.source_sql);
  }
  return fmt::format("snapshot_query as (\n{}\n  )",
                     checked_query(statement.source_sql, statement.strategy.unique_key, "snapshot",
                                   statement.source_columns));
}

std::string open_condition(const SnapshotStatement& statement, std::string_view table) {
  const std::string column = fmt::format("{}.{}", table, statement.columns.valid_to);
  if (statement.valid_to_current.empty()) return fmt::format("{} is null", column);
  return fmt::format("({} = {} or {} is null)", column, statement.valid_to_current, column);
}

// The end of a version that is open, with the type of its start.
std::string open_end(const SnapshotStatement& statement) {
  const std::string& time = statement.strategy.updated_at;
  return fmt::format("coalesce(nullif({0}, {0}), {1})", time,
                     statement.valid_to_current.empty() ? "null" : statement.valid_to_current);
}

// `dbt_scd_id` of a deletion record, by the rule for all others.
std::string deletion_id(const SnapshotStatement& statement) {
  return fmt::format(
      "lower(to_hex(md5(to_utf8(concat(coalesce(cast({}.{} as varchar), ''), '|', "
      "coalesce(cast({} as varchar), ''))))))",
      kOpen, statement.columns.scd_id, statement.now);
}

std::string join_condition(const SnapshotStrategy& strategy) {
  std::string out;
  for (std::size_t i = 0; i < strategy.unique_key.size(); ++i) {
    out += fmt::format("{}{}.{} = {}.{}", out.empty() ? "" : " and ", kOpen, key_name(i), kSource,
                       key_name(i));
  }
  return out;
}

// Which changes a pair of the join stands for: one row of the numbers 1 to 3 each.
std::string change_condition(const SnapshotStatement& statement) {
  const auto& columns = statement.columns;
  const bool records = statement.strategy.hard_deletes == HardDeletes::NewRecord;
  std::string changed = fmt::format("({})", statement.strategy.row_changed);
  if (records) changed += fmt::format(" or {}.{} = 'True'", kOpen, columns.is_deleted);
  std::string out = fmt::format(
      "(dbt_changes.dbt_change = 'insert' and {0}.{2} is not null and ({1}.{3} is null or {4}))\n"
      "      or (dbt_changes.dbt_change = 'update' and {0}.{2} is not null and {1}.{3} is not null "
      "and ({4}))",
      kSource, kOpen, kFromSource, kFromTarget, changed);
  if (statement.strategy.hard_deletes != HardDeletes::Ignore) {
    std::string vanished = fmt::format("{}.{} is null", kSource, kFromSource);
    if (records) {
      vanished += fmt::format(" and coalesce({}.{}, 'False') <> 'True'", kOpen, columns.is_deleted);
    }
    out += fmt::format("\n      or (dbt_changes.dbt_change in ('delete'{}) and {})",
                       records ? ", 'record'" : "", vanished);
  }
  return out;
}

std::string changes(HardDeletes hard_deletes) {
  switch (hard_deletes) {
    case HardDeletes::Ignore:
      return "('insert'), ('update')";
    case HardDeletes::Invalidate:
      return "('insert'), ('update'), ('delete')";
    case HardDeletes::NewRecord:
      return "('insert'), ('update'), ('delete'), ('record')";
  }
  return "";
}

// `case dbt_changes.dbt_change when … end as name`
std::string by_change(std::string_view insert, std::string_view update, std::string_view remove,
                      std::string_view record, HardDeletes hard_deletes, std::string_view name) {
  std::string out = fmt::format(
      "case dbt_changes.dbt_change when 'insert' then {} when 'update' then {}", insert, update);
  if (hard_deletes != HardDeletes::Ignore) out += fmt::format(" when 'delete' then {}", remove);
  if (hard_deletes == HardDeletes::NewRecord) out += fmt::format(" when 'record' then {}", record);
  return out + fmt::format(" end as {}", name);
}

std::string staging_columns(const SnapshotStatement& statement) {
  const auto& names = statement.columns;
  const HardDeletes deletes = statement.strategy.hard_deletes;
  std::string out =
      "case dbt_changes.dbt_change when 'record' then 'insert' else dbt_changes.dbt_change end as "
      "dbt_change_type";
  for (const auto& column : statement.source_columns) {
    const std::string name = quoted_name(column);
    if (deletes == HardDeletes::NewRecord) {
      out += fmt::format(
          ",\n      case dbt_changes.dbt_change when 'record' then {}.{} else {}.{} end as {}",
          kOpen, name, kSource, name, name);
    } else {
      out += fmt::format(",\n      {}.{}", kSource, name);
    }
  }
  const std::string time = fmt::format("{}.{}", kSource, names.updated_at);
  const std::string old_id = fmt::format("{}.{}", kOpen, names.scd_id);
  const auto add = [&](std::string_view insert, std::string_view update, std::string_view remove,
                       std::string_view record, std::string_view name) {
    out += ",\n      " + by_change(insert, update, remove, record, deletes, name);
  };
  add(time, time, statement.now, statement.now, names.updated_at);
  add(time, time, statement.now, statement.now, names.valid_from);
  add(fmt::format("{}.{}", kSource, names.valid_to), time, statement.now,
      fmt::format("{}.{}", kOpen, names.valid_to), names.valid_to);
  add(fmt::format("{}.{}", kSource, names.scd_id), old_id, old_id, deletion_id(statement),
      names.scd_id);
  if (deletes == HardDeletes::NewRecord) {
    const std::string old = fmt::format("{}.{}", kOpen, names.is_deleted);
    add("'False'", old, old, "'True'", names.is_deleted);
  }
  return out;
}

std::vector<std::string> inserted_columns(const SnapshotStatement& statement) {
  std::vector<std::string> out;
  for (const auto& column : statement.source_columns) out.push_back(quoted_name(column));
  const auto& names = statement.columns;
  for (const auto& name : {names.updated_at, names.valid_from, names.valid_to, names.scd_id}) {
    out.push_back(name);
  }
  if (statement.strategy.hard_deletes == HardDeletes::NewRecord) out.push_back(names.is_deleted);
  return out;
}

}  // namespace

std::string snapshot_first_query(const SnapshotStatement& statement) {
  const auto& names = statement.columns;
  const auto& strategy = statement.strategy;
  std::string out = fmt::format(
      "with {}\n  select *,\n    {} as {},\n    {} as {},\n    {} as {},\n    {} as {}",
      checked_source(statement), strategy.scd_id, names.scd_id, strategy.updated_at,
      names.updated_at, strategy.updated_at, names.valid_from, open_end(statement), names.valid_to);
  if (strategy.hard_deletes == HardDeletes::NewRecord) {
    out += fmt::format(",\n    'False' as {}", names.is_deleted);
  }
  return out + "\n  from snapshot_query";
}

std::string snapshot_merge(const SnapshotStatement& statement) {
  const auto& names = statement.columns;
  const auto& strategy = statement.strategy;
  std::string inserted;
  std::string values;
  for (const auto& column : inserted_columns(statement)) {
    inserted += fmt::format("{}{}", inserted.empty() ? "" : ", ", column);
    values += fmt::format("{}DBT_INTERNAL_SOURCE.{}", values.empty() ? "" : ", ", column);
  }
  return fmt::format(
      "merge into {target} as DBT_INTERNAL_DEST\n"
      "using (\n"
      "  with {source},\n"
      "  {source_data} as (\n"
      "    select *{keys},\n"
      "      {updated} as {updated_name},\n"
      "      {end} as {valid_to},\n"
      "      {id} as {id_name},\n"
      "      1 as {from_source}\n"
      "    from snapshot_query\n"
      "  ),\n"
      "  {open_data} as (\n"
      "    select *{keys},\n"
      "      1 as {from_target}\n"
      "    from {target} as dbt_history\n"
      "    where {open}\n"
      "  )\n"
      "  select {columns}\n"
      "  from {source_data}\n"
      "  full outer join {open_data} on {join}\n"
      "  cross join (values {changes}) as dbt_changes (dbt_change)\n"
      "  where {condition}\n"
      ") as DBT_INTERNAL_SOURCE\n"
      "on DBT_INTERNAL_SOURCE.{id_name} = DBT_INTERNAL_DEST.{id_name}\n"
      "when matched and {dest_open} and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', "
      "'delete')\n"
      "  then update set {valid_to} = DBT_INTERNAL_SOURCE.{valid_to}\n"
      "when not matched and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'\n"
      "  then insert ({inserted})\n"
      "  values ({values})",
      fmt::arg("target", statement.target), fmt::arg("source", checked_source(statement)),
      fmt::arg("source_data", kSource), fmt::arg("open_data", kOpen),
      fmt::arg("keys", key_columns(strategy)), fmt::arg("updated", strategy.updated_at),
      fmt::arg("updated_name", names.updated_at), fmt::arg("end", open_end(statement)),
      fmt::arg("valid_to", names.valid_to), fmt::arg("id", strategy.scd_id),
      fmt::arg("id_name", names.scd_id), fmt::arg("from_source", kFromSource),
      fmt::arg("from_target", kFromTarget),
      fmt::arg("open", open_condition(statement, "dbt_history")),
      fmt::arg("columns", staging_columns(statement)), fmt::arg("join", join_condition(strategy)),
      fmt::arg("changes", changes(strategy.hard_deletes)),
      fmt::arg("condition", change_condition(statement)),
      fmt::arg("dest_open", open_condition(statement, "DBT_INTERNAL_DEST")),
      fmt::arg("inserted", inserted), fmt::arg("values", values));
}

std::string snapshot_key_report(const SnapshotStatement& statement) {
  std::string keys;
  std::string names;
  std::string nulls;
  for (std::size_t i = 0; i < statement.strategy.unique_key.size(); ++i) {
    keys +=
        fmt::format("cast({} as varchar) as {}, ", statement.strategy.unique_key[i], key_name(i));
    names += fmt::format("{}{}", names.empty() ? "" : ", ", key_name(i));
    nulls += fmt::format(" or {} is null", key_name(i));
  }
  return fmt::format(
      "select {0}, times\nfrom (\n  select {0}, count(*) as times\n  from (select {1}1 as one from "
      "(\n{2}\n))\n  group by {0}\n)\nwhere times > 1{3}\norder by {0} limit 5",
      names, keys, statement.source_sql, nulls);
}

}  // namespace tarn::run
