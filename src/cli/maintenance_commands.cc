// SPDX-License-Identifier: Apache-2.0
// expire-snapshots, remove-orphan-files: both list what they would do and act only on --yes.
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/clock.h"
#include "base/text.h"
#include "base/time.h"
#include "catalog/table_maintenance.h"
#include "cli/lake_access.h"
#include "cli/lake_command_list.h"
#include "cli/lakehouse_access.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/reachable_files.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

// `5d`, `12h`, `30m`, `90s`, or a date or time in UTC; the moment in microseconds.
Result<std::int64_t> parse_moment(const std::string& text, std::int64_t now_micros) {
  if (text.size() >= 2) {
    std::int64_t unit = 0;
    switch (text.back()) {
      case 'd':
        unit = kMicrosPerDay;
        break;
      case 'h':
        unit = kMicrosPerHour;
        break;
      case 'm':
        unit = 60 * kMicrosPerSecond;
        break;
      case 's':
        unit = kMicrosPerSecond;
        break;
      default:
        break;
    }
    auto count = parse_int64(text.substr(0, text.size() - 1));
    if (unit != 0 && count && *count >= 0 && *count < 1'000'000) return now_micros - *count * unit;
  }
  if (auto days = parse_date(text)) return *days * kMicrosPerDay;
  if (auto micros = parse_timestamp_micros(text)) return *micros;
  return invalid_input("--older-than takes an age as 5d, 12h, 30m or a UTC time, not `{}`", text);
}

void report_expired(const Invocation& call, const iceberg::TableMetadata& metadata,
                    const iceberg::Expiration& expired, const iceberg::ReachableFiles& files) {
  bool act = call.arguments.flag("yes");
  if (wants_json(call)) {
    json::array snapshots;
    for (auto id : expired.snapshots) snapshots.emplace_back(id.value);
    json::array refs;
    for (const auto& name : expired.refs) refs.emplace_back(name);
    print_json(call, json::object{{"expired", act},
                                  {"snapshots", std::move(snapshots)},
                                  {"refs", std::move(refs)},
                                  {"files", files.size()}});
  } else {
    TextTable rows{{{"snapshot", Align::Right}, {"time"}, {"operation"}}, {}};
    for (auto id : expired.snapshots) {
      const auto* snapshot = metadata.find_snapshot(id);
      rows.add({std::to_string(id.value), show_time(snapshot->timestamp_ms), snapshot->operation});
    }
    if (!rows.rows.empty()) call.terminal.out(format_table(rows, call.terminal));
  }
  std::string text =
      fmt::format("{} of {} snapshots, {} references, {} files", expired.snapshots.size(),
                  metadata.snapshots.size(), expired.refs.size(), files.size());
  if (expired.snapshots.empty() && expired.refs.empty()) {
    call.terminal.note("nothing to expire\n");
  } else {
    call.terminal.note(act ? fmt::format("expired {}\n", text)
                           : fmt::format("dry run: {}; --yes expires them\n", text));
  }
}

Result<iceberg::ExpireOptions> read_expire_options(const Invocation& call, std::int64_t now) {
  iceberg::ExpireOptions options;
  if (auto text = call.arguments.optional("older-than")) {
    options.older_than_ms = floor_divide(TRY(parse_moment(*text, now)), 1000);
  }
  if (call.arguments.given("retain-last")) {
    options.retain_last = static_cast<int>(TRY(call.arguments.number("retain-last", 1, 1 << 30)));
  }
  for (const auto& text : call.arguments.list("snapshot")) {
    auto id = parse_int64(text);
    if (!id) return invalid_input("--snapshot takes a snapshot id, not `{}`", text);
    options.ids.emplace_back(*id);
  }
  return options;
}

Result<int> run_expire_snapshots(const Invocation& call) {
  const std::int64_t now = system_clock().now_micros();
  const iceberg::ExpireOptions options = TRY(read_expire_options(call, now));
  catalog::Lake lake = TRY(open_lake(call));
  auto table = TRY(load_named_table(lake, call.arguments.text("table")));
  iceberg::ManifestCache cache;
  const auto report = TRY(catalog::expire_table_snapshots(
      commit_environment(call, lake, cache), table, options,
      call.arguments.flag("yes") ? catalog::Act::Do : catalog::Act::Plan));
  report_expired(call, *table.metadata, report.expired, report.files);
  return 0;
}

Result<int> run_remove_orphan_files(const Invocation& call) {
  std::int64_t now = system_clock().now_micros();
  std::int64_t before = TRY(parse_moment(call.arguments.text("older-than"), now));
  catalog::Lake lake = TRY(open_lake(call));
  auto table = TRY(load_named_table(lake, call.arguments.text("table")));
  bool act = call.arguments.flag("yes");
  iceberg::ManifestCache cache;
  const auto orphans =
      TRY(catalog::remove_table_orphans(commit_environment(call, lake, cache), table, before,
                                        act ? catalog::Act::Do : catalog::Act::Plan));
  std::uint64_t bytes = 0;
  std::vector<std::string> locations;
  json::array list;
  for (const auto& orphan : orphans) {
    bytes += orphan.size;
    locations.push_back(orphan.location);
    list.push_back({{"path", orphan.location},
                    {"bytes", orphan.size},
                    {"modified_ms", orphan.modified_micros / 1000}});
  }
  if (wants_json(call)) {
    print_json(call, json::object{{"removed", act}, {"files", std::move(list)}});
  } else {
    for (const auto& location : locations) call.terminal.out(location + "\n");
  }
  std::string files =
      fmt::format("{} orphan files, {}", human_count(static_cast<std::int64_t>(orphans.size())),
                  human_bytes(bytes));
  if (orphans.empty()) {
    call.terminal.note("no orphan files older than that\n");
  } else if (act) {
    call.terminal.note(fmt::format("removed {}\n", files));
  } else {
    call.terminal.note(fmt::format("dry run: {}; --yes removes them\n", files));
  }
  return 0;
}

}  // namespace

std::vector<Command> maintenance_commands() {
  return {
      Command{
          .name = "expire-snapshots",
          .summary = "Drop old snapshots and the files that only they need",
          .description =
              "Lists them without --yes. Without options the table's properties decide\n"
              "(history.expire.max-snapshot-age-ms, 5 days; history.expire.min-snapshots-to-keep,\n"
              "1). The snapshots that branches and tags name are kept.",
          .examples = {"tarn expire-snapshots sales.orders",
                       "tarn expire-snapshots sales.orders --older-than 7d --retain-last 10 --yes"},
          .positionals = {table_argument()},
          .options = {{.name = "older-than",
                       .arity = Arity::One,
                       .value_name = "AGE",
                       .help = "snapshots made before this: 5d, 12h or a UTC time"},
                      {.name = "retain-last",
                       .arity = Arity::One,
                       .value_name = "N",
                       .help = "keep at least the last N snapshots of each branch"},
                      {.name = "snapshot",
                       .arity = Arity::Many,
                       .value_name = "ID",
                       .help = "expire these snapshots whatever their age"},
                      {.name = "yes", .letter = 'y', .help = "expire them"},
                      lake_option(),
                      lakehouse_option(),
                      output_option()},
          .run = run_expire_snapshots,
          .group = "The lake"},
      Command{.name = "remove-orphan-files",
              .summary = "Remove files in a table's folder that nothing in the table names",
              .description =
                  "Lists them without --yes. Files of writes that are still going on look the\n"
                  "same, so only files older than 3 days are taken unless told otherwise.",
              .examples = {"tarn remove-orphan-files sales.orders",
                           "tarn remove-orphan-files sales.orders --older-than 7d --yes"},
              .positionals = {table_argument()},
              .options = {{.name = "older-than",
                           .arity = Arity::One,
                           .value_name = "AGE",
                           .help = "only files last changed before this: 5d, 12h or a UTC time",
                           .default_text = "3d"},
                          {.name = "yes", .letter = 'y', .help = "remove them"},
                          lake_option(),
                          lakehouse_option(),
                          output_option()},
              .run = run_remove_orphan_files,
              .group = "The lake"},
  };
}

}  // namespace tarn::cli
