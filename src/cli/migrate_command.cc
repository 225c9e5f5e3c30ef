// SPDX-License-Identifier: Apache-2.0
// migrate.
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <thread>

#include "base/text.h"
#include "base/time.h"
#include "cli/lake_access.h"
#include "cli/lakehouse_access.h"
#include "cli/migrate_progress.h"
#include "cli/terminal.h"
#include "migrate/migration.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

// `a=b` of an option that may be repeated.
Result<std::vector<std::pair<std::string, std::string>>> pairs_of(const Invocation& call,
                                                                  std::string_view option) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& text : call.arguments.list(option)) {
    for (const std::string_view part : split(text, ';')) {
      const std::size_t equals = part.find('=');
      if (equals == std::string_view::npos || equals == 0) {
        return invalid_input("--{} takes NAME=VALUE, not `{}`", option, part);
      }
      pairs.emplace_back(trim(part.substr(0, equals)), trim(part.substr(equals + 1)));
    }
  }
  return pairs;
}

migrate::IfExists if_exists_of(const std::string& text) {
  if (text == "replace") return migrate::IfExists::Replace;
  if (text == "append") return migrate::IfExists::Append;
  if (text == "skip") return migrate::IfExists::Skip;
  return migrate::IfExists::Fail;
}

// The name of a schema alone stands without its catalog; it is suspicious if it looks like one.
Result<void> check_is_schema(const lakehouse::Config& config, const std::string& into) {
  const auto lakes = config.names(lakehouse::CatalogType::Iceberg);
  const auto parts = TRY(parse_schema_name(into, "")).levels;
  const std::string& first = parts.front();
  if (const auto* other = config.find(first)) {
    return invalid_input("--into names the catalog `{}`, which is of type {}; of type iceberg: {}",
                         first, to_string(other->type), join(lakes, ", "));
  }
  const auto near = nearest_name(first, lakes);
  if (parts.size() == 1 && !near) return {};
  return not_found("--into names `{}`, which is no catalog: there {} {}{}", first,
                   lakes.size() == 1 ? "is" : "are", join(lakes, ", "),
                   parts.size() > 1 ? ""
                                    : fmt::format("; a schema of that name is {}.{}",
                                                  config.default_catalog, into));
}

// `lake.schema`, `lake`, `schema` or, for one table, `lake.schema.table`.
Result<void> read_target(const Invocation& call, const lakehouse::Config& config,
                         std::string& lake_name, migrate::PlanOptions& options) {
  const std::string into = call.arguments.text("into");
  if (into.empty()) return {};
  lake_name = catalog_of_name(config, into);
  if (lake_name == into) return {};
  if (lake_name.empty()) TRY(check_is_schema(config, into));
  const std::string& shown = lake_name.empty() ? config.default_catalog : lake_name;
  auto space = TRY(parse_schema_name(into, shown));
  if (space.levels.size() > 1) {
    options.name = space.levels.back();
    space.levels.pop_back();
  }
  options.into = std::move(space);
  return {};
}

Result<migrate::PlanOptions> read_options(const Invocation& call) {
  migrate::PlanOptions options;
  const Arguments& arguments = call.arguments;
  options.selection.tables = arguments.list("table");
  options.selection.schemas = arguments.list("schema");
  options.selection.whole_database = arguments.flag("all");
  options.selection.excluded = arguments.list("exclude");
  if (options.selection.tables.empty() && options.selection.schemas.empty() &&
      !options.selection.whole_database) {
    Error error = invalid_input("say what to migrate: --table, --schema or --all");
    error.kind = kUsageError;
    return error;
  }
  options.partition_by = arguments.list("partition-by");
  options.sort_by = arguments.list("sort-by");
  for (const std::string& text : arguments.list("columns")) {
    for (const std::string_view name : split(text, ',')) options.columns.emplace_back(trim(name));
  }
  options.where = arguments.text("where");
  options.format_version = static_cast<int>(TRY(arguments.number("format-version", 2, 3)));
  options.if_exists = if_exists_of(arguments.text("if-exists"));
  options.policies = TRY(pairs_of(call, "type-policy"));
  for (auto& [name, value] : TRY(pairs_of(call, "property"))) options.properties[name] = value;
  return options;
}

bool is_target_text(std::string_view source) {
  return source.find("://") != std::string_view::npos || source.find('=') != std::string_view::npos;
}

// A URL, or a catalog with its policies.
Result<postgres::ConnectionOptions> read_source(const Invocation& call,
                                                const lakehouse::Lakehouse& lakehouse,
                                                migrate::PlanOptions& options) {
  const std::string source = call.arguments.text("source");
  postgres::ConnectionOptions connection;
  if (is_target_text(source)) {
    const bool is_url = source.find("://") != std::string::npos;
    if (is_url && !source.starts_with("postgres://") && !source.starts_with("postgresql://")) {
      return invalid_input(
          "SOURCE is postgres://… or the name of a catalog of type postgres in tarn.yml, not `{}`",
          mask_secrets(source));
    }
    connection.target = source;
  } else {
    connection = TRY(lakehouse.postgres_options(source));
    const auto& settings = lakehouse.config().find(source)->postgres;
    std::vector<std::pair<std::string, std::string>> policies(settings.policies.all.begin(),
                                                              settings.policies.all.end());
    policies.insert(policies.end(), options.policies.begin(), options.policies.end());
    options.policies = std::move(policies);
    options.column_policies = settings.policies.columns;
  }
  connection.cancel = &call.cancel;
  return connection;
}

// What was not copied, at the end, where it is seen.
void show_failures(const Invocation& call, const std::vector<migrate::TableFailure>& failures,
                   std::size_t table_count) {
  if (failures.empty()) return;
  std::string text = fmt::format("\n{} of {} tables failed:\n", failures.size(), table_count);
  for (const auto& failure : failures) {
    text += fmt::format("  {}: {}\n", migrate::show_name(failure.source),
                        mask_secrets(describe(failure.error)));
  }
  call.terminal.note(text);
}

void show_plans(const Invocation& call, const std::vector<migrate::TablePlan>& plans) {
  std::string text;
  std::uint64_t bytes = 0;
  for (const auto& plan : plans) {
    text += migrate::describe_plan(plan) + '\n';
    bytes += plan.source.bytes;
  }
  text += fmt::format("{} {}, {} in the source; nothing was read or written\n", plans.size(),
                      plans.size() == 1 ? "table" : "tables", human_bytes(bytes));
  call.terminal.out(text);
}

json::object losses_json(const migrate::TableReport& report) {
  json::object columns;
  for (std::size_t i = 0; i < report.losses.size(); ++i) {
    json::object counts;
    for (std::size_t k = 0; k < postgres::kLossCount; ++k) {
      if (report.losses[i][k] == 0) continue;
      counts[migrate::policy_name(static_cast<postgres::Loss>(k))] = report.losses[i][k];
    }
    if (!counts.empty()) columns[report.plan->columns[i].name] = std::move(counts);
  }
  return columns;
}

json::object report_json(const migrate::TableReport& report) {
  json::object object;
  object["source"] = migrate::show_name(report.plan->source.id);
  object["table"] = show_name(report.plan->target);
  object["rows"] = report.rows;
  object["files"] = report.file_count;
  object["file_bytes"] = report.file_bytes;
  object["copy_bytes"] = report.copy_bytes;
  object["seconds"] = static_cast<double>(report.micros) / 1e6;
  object["verified"] = report.is_verified;
  object["changed_values"] = losses_json(report);
  return object;
}

std::string loss_lines(const migrate::TableReport& report) {
  std::string out;
  for (std::size_t i = 0; i < report.losses.size(); ++i) {
    const auto& column = report.plan->columns[i];
    for (std::size_t k = 0; k < postgres::kLossCount; ++k) {
      const auto count = static_cast<std::int64_t>(report.losses[i][k]);
      if (count == 0) continue;
      const auto loss = static_cast<postgres::Loss>(k);
      const char* values = count == 1 ? "value" : "values";
      if (loss == postgres::Loss::FarTime) {
        out += fmt::format(
            "  {}: {} {} before the year 1 or after 9999, kept; some programs "
            "cannot read them\n",
            column.name, human_count(count), values);
      } else {
        out +=
            fmt::format("  {}: {} {} changed by policy {}={}\n", column.name, human_count(count),
                        values, migrate::policy_name(loss), migrate::to_string(column.policies[k]));
      }
    }
  }
  return out;
}

json::object failure_json(const migrate::TableFailure& failure) {
  json::object object;
  object["source"] = migrate::show_name(failure.source);
  object["error"] = mask_secrets(describe(failure.error));
  return object;
}

void show_summary(const Invocation& call, const std::string& lake_name,
                  const migrate::MigrationOutcome& outcome, std::int64_t micros) {
  if (wants_json(call)) {
    json::array list;
    for (const auto& report : outcome.reports) list.push_back(report_json(report));
    for (const auto& failure : outcome.failures) list.push_back(failure_json(failure));
    print_json(call, list);
    return;
  }
  TextTable table{{{"table"},
                   {"rows", Align::Right},
                   {"files", Align::Right},
                   {"size", Align::Right},
                   {"time", Align::Right},
                   {"rows/s", Align::Right}},
                  {}};
  std::int64_t rows = 0;
  std::string losses;
  for (const auto& report : outcome.reports) {
    rows += report.rows;
    const std::int64_t rate = report.micros > 0 ? report.rows * 1'000'000 / report.micros : 0;
    table.add({lake_name + '.' + show_name(report.plan->target), human_count(report.rows),
               human_count(report.file_count), human_bytes(report.file_bytes),
               show_duration(report.micros), human_count(rate)});
    const std::string lines = loss_lines(report);
    if (!lines.empty()) losses += show_name(report.plan->target) + '\n' + lines;
  }
  call.terminal.out(format_table(table, call.terminal));
  if (!losses.empty()) call.terminal.out("\n" + losses);
  call.terminal.out(fmt::format("\n{} {}, {} in {}\n", outcome.reports.size(),
                                outcome.reports.size() == 1 ? "table" : "tables", count_rows(rows),
                                show_duration(micros)));
}

void show_beginning(const Invocation& call, const migrate::MigrationPlan& plan) {
  for (const auto& table : plan.tables) {
    for (const std::string& warning : table.warnings) {
      call.terminal.warning(migrate::show_name(table.source.id) + ": " + warning);
    }
    if (table.action != migrate::TableAction::Skip) continue;
    call.terminal.note(fmt::format("{}: skipped, {} is there\n",
                                   migrate::show_name(table.source.id), show_name(table.target)));
  }
  for (const auto& failure : plan.failures) call.terminal.note(failure_line(failure));
}

// A failure of the only table is the command's.
Result<void> fail_alone(const std::vector<migrate::TableFailure>& failures,
                        std::size_t table_count) {
  if (table_count != 1 || failures.empty()) return {};
  const auto& failure = failures.front();
  return Error(failure.error).with_context("in table " + migrate::show_name(failure.source));
}

Result<int> migrate_tables(const Invocation& call, lakehouse::Lakehouse& lakehouse,
                           const std::string& lake_name, migrate::SourceSnapshot& snapshot,
                           const migrate::MigrationPlan& plan, int jobs) {
  const std::size_t table_count = plan.tables.size() + plan.failures.size();
  auto lake = TRY(lakehouse.lake(lake_name, lakehouse::Missing::IsCreated));
  show_beginning(call, plan);
  EventStream events;
  MigrateProgress progress(call.terminal, plan.tables, system_clock());
  progress.listen(events);
  migrate::MigrationOptions options;
  options.jobs = jobs;
  options.verify = call.arguments.flag("verify");
  options.events = &events;
  migrate::MigrationOutcome outcome{.failures = plan.failures};
  const std::int64_t start = system_clock().now_micros();
  auto done = migrate::run_migration(lakehouse, *lake, snapshot, plan.tables, options, call.cancel,
                                     outcome);
  if (done) TRY(fail_alone(outcome.failures, table_count));
  if (!outcome.reports.empty() || done) {
    show_summary(call, lake->name, outcome, system_clock().now_micros() - start);
  }
  show_failures(call, outcome.failures, table_count);
  if (!done) return done.error();
  return outcome.failures.empty() ? 0 : 1;
}

}  // namespace

std::vector<Option> migrate_options() {
  const auto one = [](const char* name, const char* value, const char* help,
                      const char* fallback = "") {
    return Option{.name = name,
                  .arity = Arity::One,
                  .value_name = value,
                  .help = help,
                  .default_text = fallback};
  };
  const auto many = [](const char* name, const char* value, const char* help) {
    return Option{.name = name, .arity = Arity::Many, .value_name = value, .help = help};
  };
  Option if_exists = one("if-exists", "ACTION", "when a table is in the lake already", "fail");
  if_exists.choices = {"fail", "replace", "append", "skip"};
  Option lake = one("lake", "PATH", "folder of the lake, instead of the catalogs of tarn.yml");
  return {
      many("table", "PATTERN", "tables, as schema.table; `*` and `?` match"),
      many("schema", "PATTERN", "all tables of these schemas"),
      {.name = "all", .help = "all tables of the database"},
      many("exclude", "PATTERN", "but not these tables, as in --table"),
      one("into", "LAKE.SCHEMA", "catalog and schema of the lake (default: the source's schema)"),
      many("partition-by", "TRANSFORM", "such as month(created), bucket(id, 16), country"),
      many("sort-by", "COLUMN", "order inside of the files, such as id or `id desc`"),
      many("columns", "NAME", "only these columns"),
      one("where", "SQL", "only rows that meet this condition of the source"),
      if_exists,
      many("type-policy", "NAME=VALUE", "what becomes of values that do not fit the lake"),
      many("property", "NAME=VALUE", "properties of new tables"),
      one("format-version", "N", "Iceberg format version of new tables, 2 or 3", "2"),
      one("jobs", "N", "connections that read at once (default: one for each core)"),
      {.name = "verify", .help = "compare each column with the source before it is published"},
      {.name = "dry-run", .help = "show what would be done, read nothing"},
      lake,
      lakehouse_option(),
      output_option()};
}

Result<int> run_migrate(const Invocation& call) {
  migrate::PlanOptions options = TRY(read_options(call));
  auto lakehouse = TRY(open_lakehouse(call));
  std::string lake_name;
  TRY(read_target(call, lakehouse->config(), lake_name, options));
  auto connection = TRY(read_source(call, *lakehouse, options));
  int jobs = static_cast<int>(std::max(std::thread::hardware_concurrency(), 2U));
  if (call.arguments.given("jobs")) {
    jobs = static_cast<int>(TRY(call.arguments.number("jobs", 1, 256)));
  }
  // What is in the lake, if there is one.
  auto lake = lakehouse->lake(lake_name);
  if (!lake && lake.error().code != ErrorCode::NotFound) return lake.error();
  if (!lake)
    TRY(lakehouse->find_catalog(lake_name.empty() ? lakehouse->config().default_catalog
                                                  : lake_name));
  auto snapshot = TRY(migrate::SourceSnapshot::open(std::move(connection), options.selection));
  const auto plan =
      TRY(migrate::plan_migration(*snapshot, lake ? (*lake)->catalog.get() : nullptr, options));
  const std::size_t table_count = plan.tables.size() + plan.failures.size();
  TRY(fail_alone(plan.failures, table_count));
  if (call.arguments.flag("dry-run")) {
    show_plans(call, plan.tables);
    show_failures(call, plan.failures, table_count);
    return plan.failures.empty() ? 0 : 1;
  }
  return migrate_tables(call, *lakehouse, lake_name, *snapshot, plan, jobs);
}

}  // namespace tarn::cli
