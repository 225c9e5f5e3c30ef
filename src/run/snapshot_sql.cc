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
// Columns of the open version beside those of the source.
constexpr std::string_view kOpenId = "dbt_open_scd_id";
constexpr std::string_view kOpenEnd = "dbt_open_valid_to";
constexpr std::string_view kOpenDeleted = "dbt_open_is_deleted";

std::string key_name(std::size_t index) { return fmt::format("dbt_unique_key_{}", index + 1); }
std::string open_name(std::size_t index) { return fmt::format("dbt_open_{}", index + 1); }

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
                                   statement.source_columns, statement.key_search));
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
      "lower(to_hex(md5(to_utf8(concat(coalesce(cast({} as varchar), ''), '|', "
      "coalesce(cast({} as varchar), ''))))))",
      kOpenId, statement.now);
}

std::string join_condition(const SnapshotStrategy& strategy) {
  std::string out;
  for (std::size_t i = 0; i < strategy.unique_key.size(); ++i) {
    out += fmt::format("{}{}.{} = {}.{}", out.empty() ? "" : " and ", kOpen, key_name(i), kSource,
                       key_name(i));
  }
  return out;
}

// Pairs of the join that stand for any change at all: nearly all others are dropped here, before
// anything is computed for them.
std::string any_change(const SnapshotStatement& statement) {
  const bool records = statement.strategy.hard_deletes == HardDeletes::NewRecord;
  const std::string deleted = fmt::format("{}.{}", kOpen, statement.columns.is_deleted);
  std::string out = fmt::format("({0}.{2} is not null and ({1}.{3} is null or ({4}){5}))", kSource,
                                kOpen, kFromSource, kFromTarget, statement.strategy.row_changed,
                                records ? fmt::format(" or {} = 'True'", deleted) : "");
  if (statement.strategy.hard_deletes == HardDeletes::Ignore) return out;
  out += fmt::format("\n      or ({}.{} is null{})", kSource, kFromSource,
                     records ? fmt::format(" and coalesce({}, 'False') <> 'True'", deleted) : "");
  return out;
}

// Which statements a changed pair becomes: one row of the numbers 1 to 3 each.
std::string change_condition(HardDeletes hard_deletes) {
  std::string out = fmt::format(
      "(dbt_changes.dbt_change = 'insert' and {0} is not null)\n"
      "      or (dbt_changes.dbt_change = 'update' and {0} is not null and {1} is not null)",
      kFromSource, kFromTarget);
  if (hard_deletes == HardDeletes::Ignore) return out;
  return out + fmt::format("\n      or (dbt_changes.dbt_change in ('delete'{}) and {} is null)",
                           hard_deletes == HardDeletes::NewRecord ? ", 'record'" : "", kFromSource);
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

// What of the open version the statements need.
std::string open_columns(const SnapshotStatement& statement) {
  const auto& names = statement.columns;
  std::string out = fmt::format("{0}.{1} as {2},\n      {0}.{3} as {4},\n      {0}.{5}", kOpen,
                                names.scd_id, kOpenId, names.valid_to, kOpenEnd, kFromTarget);
  if (statement.strategy.hard_deletes != HardDeletes::NewRecord) return out;
  out += fmt::format(",\n      {}.{} as {}", kOpen, names.is_deleted, kOpenDeleted);
  for (std::size_t i = 0; i < statement.source_columns.size(); ++i) {
    out += fmt::format(",\n      {}.{} as {}", kOpen, quoted_name(statement.source_columns[i]),
                       open_name(i));
  }
  return out;
}

std::string staging_columns(const SnapshotStatement& statement) {
  const auto& names = statement.columns;
  const HardDeletes deletes = statement.strategy.hard_deletes;
  std::string out =
      "case dbt_changes.dbt_change when 'record' then 'insert' else dbt_changes.dbt_change end as "
      "dbt_change_type";
  for (std::size_t i = 0; i < statement.source_columns.size(); ++i) {
    const std::string name = quoted_name(statement.source_columns[i]);
    if (deletes == HardDeletes::NewRecord) {
      out +=
          fmt::format(",\n    case dbt_changes.dbt_change when 'record' then {} else {} end as {}",
                      open_name(i), name, name);
    } else {
      out += ",\n    " + name;
    }
  }
  const auto add = [&](std::string_view insert, std::string_view update, std::string_view remove,
                       std::string_view record, std::string_view name) {
    out += ",\n    " + by_change(insert, update, remove, record, deletes, name);
  };
  const std::string& time = names.updated_at;
  add(time, time, statement.now, statement.now, names.updated_at);
  add(time, time, statement.now, statement.now, names.valid_from);
  add(names.valid_to, time, statement.now, kOpenEnd, names.valid_to);
  add(statement.strategy.scd_id, kOpenId, kOpenId, deletion_id(statement), names.scd_id);
  if (deletes == HardDeletes::NewRecord) {
    add("'False'", kOpenDeleted, kOpenDeleted, "'True'", names.is_deleted);
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
      "      1 as {from_source}\n"
      "    from snapshot_query\n"
      "  ),\n"
      "  {open_data} as (\n"
      "    select *{keys},\n"
      "      1 as {from_target}\n"
      "    from {target} as dbt_history\n"
      "    where {open}\n"
      "  ),\n"
      "  dbt_changed as (\n"
      "    select {source_data}.*,\n"
      "      {open_columns}\n"
      "    from {source_data}\n"
      "    full outer join {open_data} on {join}\n"
      "    where {any_change}\n"
      "  )\n"
      "  select {columns}\n"
      "  from dbt_changed\n"
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
      fmt::arg("valid_to", names.valid_to), fmt::arg("id_name", names.scd_id),
      fmt::arg("from_source", kFromSource), fmt::arg("from_target", kFromTarget),
      fmt::arg("open", open_condition(statement, "dbt_history")),
      fmt::arg("columns", staging_columns(statement)), fmt::arg("join", join_condition(strategy)),
      fmt::arg("changes", changes(strategy.hard_deletes)),
      fmt::arg("open_columns", open_columns(statement)),
      fmt::arg("any_change", any_change(statement)),
      fmt::arg("condition", change_condition(strategy.hard_deletes)),
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
