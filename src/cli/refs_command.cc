// SPDX-License-Identifier: Apache-2.0
// Branches, tags and properties of a table: shown, and changed by one commit each.
#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/inspect.h"
#include "cli/lake_access.h"
#include "cli/lake_command_list.h"
#include "cli/lakehouse_access.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

Result<iceberg::LoadedTable> commit_updates(const catalog::Lake& lake,
                                            const iceberg::LoadedTable& table,
                                            std::vector<iceberg::TableRequirement> requirements,
                                            std::vector<iceberg::TableUpdate> updates) {
  iceberg::TableChange change{table.identifier, std::move(requirements), std::move(updates)};
  change.requirements.push_back(iceberg::require_uuid(table.metadata->uuid));
  return TRY(lake.catalog->commit({&change, 1})).front();
}

std::optional<iceberg::SnapshotId> current_target(const iceberg::TableMetadata& metadata,
                                                  const std::string& name) {
  auto found = metadata.refs.find(name);
  if (found == metadata.refs.end()) return std::nullopt;
  return found->second.snapshot_id;
}

Result<iceberg::SnapshotId> target_snapshot(const Invocation& call,
                                            const iceberg::TableMetadata& metadata) {
  if (auto text = call.arguments.optional("snapshot")) {
    auto number = parse_int64(*text);
    if (!number || metadata.find_snapshot(iceberg::SnapshotId(*number)) == nullptr) {
      return not_found("the table has no snapshot `{}`: `tarn history` lists them", *text);
    }
    return iceberg::SnapshotId(*number);
  }
  if (!metadata.current_snapshot_id) {
    return invalid_input("the table is empty: there is no snapshot to name");
  }
  return *metadata.current_snapshot_id;
}

Result<void> create_ref(const Invocation& call, const catalog::Lake& lake,
                        const iceberg::LoadedTable& table, const std::string& name,
                        iceberg::RefKind kind) {
  if (table.metadata->refs.contains(name)) {
    return already_exists("the table has a reference `{}` already", name);
  }
  iceberg::SnapshotRef ref{.snapshot_id = TRY(target_snapshot(call, *table.metadata)),
                           .kind = kind};
  TRY(commit_updates(lake, table, {iceberg::require_ref(name, std::nullopt)},
                     {iceberg::set_snapshot_ref(name, ref)}));
  call.terminal.note(
      fmt::format("{} `{}` → snapshot {}\n", ref_kind_text(ref), name, ref.snapshot_id.value));
  return {};
}

Result<void> drop_ref(const Invocation& call, const catalog::Lake& lake,
                      const iceberg::LoadedTable& table, const std::string& name) {
  auto target = current_target(*table.metadata, name);
  if (!target) {
    std::vector<std::string> names;
    for (const auto& [other, ref] : table.metadata->refs) names.push_back(other);
    return not_found("the table has no reference `{}`{}", name, did_you_mean(name, names));
  }
  if (name == iceberg::kMainBranch) return invalid_input("the branch `main` cannot be dropped");
  TRY(commit_updates(lake, table, {iceberg::require_ref(name, target)},
                     {iceberg::remove_snapshot_ref(name)}));
  call.terminal.note(fmt::format("dropped reference `{}`\n", name));
  return {};
}

void print_refs(const Invocation& call, const iceberg::TableMetadata& metadata) {
  if (wants_json(call)) {
    json::array list;
    for (const auto& [name, ref] : metadata.refs) {
      list.push_back(
          {{"name", name}, {"type", ref_kind_text(ref)}, {"snapshot_id", ref.snapshot_id.value}});
    }
    print_json(call, list);
    return;
  }
  TextTable rows{{{"name"}, {"type"}, {"snapshot", Align::Right}, {"time"}}, {}};
  for (const auto& [name, ref] : metadata.refs) {
    const auto* snapshot = metadata.find_snapshot(ref.snapshot_id);
    std::optional<std::string> time;
    if (snapshot != nullptr) time = show_time(snapshot->timestamp_ms);
    rows.add({name, ref_kind_text(ref), std::to_string(ref.snapshot_id.value), time});
  }
  if (rows.rows.empty()) {
    call.terminal.note("the table has no references: nothing was written yet\n");
    return;
  }
  call.terminal.out(format_table(rows, call.terminal));
}

Result<int> run_refs(const Invocation& call) {
  catalog::Lake lake = TRY(open_lake(call));
  auto table = TRY(load_named_table(lake, call.arguments.text("table")));
  int actions = 0;
  for (const char* option : {"create-branch", "create-tag", "drop"}) {
    actions += call.arguments.given(option) ? 1 : 0;
  }
  if (actions > 1) return invalid_input("--create-branch, --create-tag and --drop exclude another");
  if (auto name = call.arguments.optional("create-branch")) {
    TRY(create_ref(call, lake, table, *name, iceberg::RefKind::Branch));
  } else if (auto tag = call.arguments.optional("create-tag")) {
    TRY(create_ref(call, lake, table, *tag, iceberg::RefKind::Tag));
  } else if (auto dropped = call.arguments.optional("drop")) {
    TRY(drop_ref(call, lake, table, *dropped));
  } else {
    print_refs(call, *table.metadata);
  }
  return 0;
}

Result<std::map<std::string, std::string>> parse_settings(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> settings;
  for (const auto& text : texts) {
    auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid_input("--set takes NAME=VALUE, not `{}`", text);
    }
    settings[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return settings;
}

void print_properties(const Invocation& call, const iceberg::TableMetadata& metadata) {
  if (wants_json(call)) {
    json::object object;
    for (const auto& [name, value] : metadata.properties) object.emplace(name, value);
    print_json(call, object);
    return;
  }
  TextTable rows{{{"property"}, {"value"}}, {}};
  for (const auto& [name, value] : metadata.properties) rows.add({name, value});
  if (rows.rows.empty()) {
    call.terminal.note("the table has no properties\n");
    return;
  }
  call.terminal.out(format_table(rows, call.terminal));
}

Result<int> run_properties(const Invocation& call) {
  auto settings = TRY(parse_settings(call.arguments.list("set")));
  const auto& removals = call.arguments.list("unset");
  catalog::Lake lake = TRY(open_lake(call));
  auto table = TRY(load_named_table(lake, call.arguments.text("table")));
  std::vector<iceberg::TableUpdate> updates;
  for (const auto& name : removals) {
    if (!table.metadata->properties.contains(name)) {
      std::vector<std::string> names;
      for (const auto& [other, value] : table.metadata->properties) names.push_back(other);
      return not_found("the table has no property `{}`{}", name, did_you_mean(name, names));
    }
  }
  if (!settings.empty()) updates.push_back(iceberg::set_properties(settings));
  if (!removals.empty()) updates.push_back(iceberg::remove_properties(removals));
  if (!updates.empty()) {
    table = TRY(commit_updates(lake, table, {}, std::move(updates)));
    call.terminal.note(fmt::format("{} set, {} removed\n", settings.size(), removals.size()));
  }
  print_properties(call, *table.metadata);
  return 0;
}

Command refs_command() {
  auto named = [](const char* name, const char* help) {
    return Option{.name = name, .arity = Arity::One, .value_name = "NAME", .help = help};
  };
  return {.name = "refs",
          .summary = "List, create or drop branches and tags of a table",
          .examples = {"tarn refs sales.orders",
                       "tarn refs sales.orders --create-tag end-of-2025 --snapshot 4358109",
                       "tarn refs sales.orders --drop end-of-2025"},
          .positionals = {table_argument()},
          .options = {named("create-branch", "create a branch"),
                      named("create-tag", "create a tag"),
                      named("drop", "drop a branch or tag"),
                      {.name = "snapshot",
                       .arity = Arity::One,
                       .value_name = "ID",
                       .help = "the snapshot that the new reference names (default: the current)"},
                      lake_option(),
                      lakehouse_option(),
                      output_option()},
          .run = run_refs,
          .group = "The lake"};
}

}  // namespace

std::vector<Command> inspect_commands() {
  return {
      Command{.name = "describe",
              .summary = "Show schema, partition spec, sort order, snapshots and sizes of a table",
              .examples = {"tarn describe lake.sales.orders",
                           "tarn describe sales.orders --output json"},
              .positionals = {table_argument()},
              .options = {lake_option(), lakehouse_option(), output_option()},
              .run = run_describe,
              .group = "The lake"},
      Command{.name = "history",
              .summary = "Show who wrote what and when: the snapshots of a table",
              .examples = {"tarn history sales.orders", "tarn history sales.orders --limit 5"},
              .positionals = {table_argument()},
              .options = {{.name = "limit",
                           .letter = 'n',
                           .arity = Arity::One,
                           .value_name = "N",
                           .help = "the newest N snapshots",
                           .default_text = "20"},
                          lake_option(),
                          lakehouse_option(),
                          output_option()},
              .run = run_history,
              .group = "The lake"},
      Command{.name = "files",
              .summary = "List the data and delete files of a table",
              .examples = {"tarn files sales.orders",
                           "tarn files sales.orders --ref end-of-2025 --output json"},
              .positionals = {table_argument()},
              .options = {{.name = "snapshot",
                           .arity = Arity::One,
                           .value_name = "ID",
                           .help = "files of this snapshot"},
                          {.name = "ref",
                           .arity = Arity::One,
                           .value_name = "NAME",
                           .help = "files of this branch or tag"},
                          lake_option(),
                          lakehouse_option(),
                          output_option()},
              .run = run_files,
              .group = "The lake"},
      refs_command(),
      Command{
          .name = "properties",
          .summary = "Show or change the properties of a table",
          .examples = {"tarn properties sales.orders",
                       "tarn properties sales.orders --set write.parquet.compression-codec=zstd",
                       "tarn properties sales.orders --unset owner"},
          .positionals = {table_argument()},
          .options = {{.name = "set",
                       .arity = Arity::Many,
                       .value_name = "NAME=VALUE",
                       .help = "set properties"},
                      {.name = "unset",
                       .arity = Arity::Many,
                       .value_name = "NAME",
                       .help = "remove properties"},
                      lake_option(),
                      lakehouse_option(),
                      output_option()},
          .run = run_properties,
          .group = "The lake"},
  };
}

}  // namespace tarn::cli
