// SPDX-License-Identifier: Apache-2.0
#include "cli/lake_access.h"

#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "cli/lakehouse_access.h"
#include "cli/version.h"

namespace tarn::cli {
namespace {

struct NamePart {
  std::string text;
  bool quoted = false;
};

Result<NamePart> read_quoted_part(std::string_view text, std::size_t& at) {
  NamePart part{.quoted = true};
  for (++at; at < text.size(); ++at) {
    if (text[at] != '"') {
      part.text += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '"') {
      part.text += '"';
      ++at;
    } else {
      ++at;
      return part;
    }
  }
  return invalid_input("the name `{}` has an open quotation mark", text);
}

Result<std::vector<NamePart>> split_name(std::string_view text) {
  std::vector<NamePart> parts;
  std::size_t at = 0;
  while (true) {
    if (at < text.size() && text[at] == '"') {
      parts.push_back(TRY(read_quoted_part(text, at)));
    } else {
      std::size_t end = std::min(text.find('.', at), text.size());
      parts.push_back({std::string(text.substr(at, end - at)), false});
      at = end;
    }
    if (parts.back().text.empty()) return invalid_input("`{}` is not a name", text);
    if (at == text.size()) return parts;
    if (text[at] != '.') return invalid_input("`{}` is not a name", text);
    ++at;
  }
}

bool needs_quotes(std::string_view part) {
  return part.empty() || part.find_first_of(".\" ") != std::string_view::npos;
}

std::string show_part(std::string_view part) {
  return needs_quotes(part) ? quote(part, '"') : std::string(part);
}

iceberg::Namespace take_levels(std::vector<NamePart>& parts) {
  iceberg::Namespace space;
  for (auto& part : parts) space.levels.push_back(std::move(part.text));
  return space;
}

void drop_catalog_name(std::vector<NamePart>& parts, std::string_view catalog_name,
                       std::size_t parts_min) {
  if (parts.size() >= parts_min && !parts[0].quoted && parts[0].text == catalog_name) {
    parts.erase(parts.begin());
  }
}

std::string user_name() {
  const char* name = std::getenv("USER");
  if (name != nullptr && *name != '\0') return name;
  const passwd* entry = getpwuid(geteuid());
  return entry == nullptr ? std::to_string(geteuid()) : entry->pw_name;
}

Result<std::string> suggestion(iceberg::Catalog& catalog, const iceberg::TableIdentifier& table) {
  std::vector<std::string> names;
  for (const auto& space : TRY(catalog.list_all_namespaces())) {
    for (const auto& other : TRY(catalog.list_tables(space))) names.push_back(show_name(other));
  }
  return did_you_mean(show_name(table), names);
}

}  // namespace

Option lake_option() {
  return {.name = "lake",
          .arity = Arity::One,
          .value_name = "PATH",
          .help = "folder of the lake (else by tarn.yml, else ./lake)"};
}

Option output_option() {
  return {.name = "output",
          .letter = 'o',
          .arity = Arity::One,
          .value_name = "FORMAT",
          .help = "form of the output",
          .default_text = "table",
          .choices = {"table", "json"}};
}

Option table_argument() {
  return {.name = "table",
          .arity = Arity::One,
          .value_name = "TABLE",
          .help = "a table, as schema.table or lake.schema.table",
          .required = true};
}

bool wants_json(const Invocation& call) { return call.arguments.text("output") == "json"; }

void print_json(const Invocation& call, const boost::json::value& value) {
  call.terminal.out(write_json_pretty(value) + "\n");
}

Result<catalog::Lake> open_lake(const Invocation& call) {
  auto lakehouse = TRY(open_lakehouse(call));
  // The name that the command is about may begin with a catalog of tarn.yml.
  std::string catalog;
  for (const Option& positional : call.command.positionals) {
    if (positional.name != "table" && positional.name != "schema") continue;
    const auto name = call.arguments.optional(positional.name);
    if (name) catalog = catalog_of_name(lakehouse->config(), *name);
    break;
  }
  return lakehouse->open_separately(catalog);
}

Result<iceberg::TableIdentifier> parse_table_name(std::string_view text,
                                                  std::string_view catalog_name) {
  std::vector<NamePart> parts = TRY(split_name(text));
  drop_catalog_name(parts, catalog_name, 3);
  if (parts.size() < 2) {
    return invalid_input("`{}` names no schema: write schema.table or {}.schema.table", text,
                         catalog_name);
  }
  iceberg::TableIdentifier table;
  table.name = std::move(parts.back().text);
  parts.pop_back();
  table.space = take_levels(parts);
  return table;
}

Result<iceberg::Namespace> parse_schema_name(std::string_view text, std::string_view catalog_name) {
  std::vector<NamePart> parts = TRY(split_name(text));
  drop_catalog_name(parts, catalog_name, 2);
  return take_levels(parts);
}

std::string show_name(const iceberg::Namespace& space) {
  std::string text;
  for (const auto& level : space.levels) text += (text.empty() ? "" : ".") + show_part(level);
  return text;
}

std::string show_name(const iceberg::TableIdentifier& table) {
  return show_name(table.space) + "." + show_part(table.name);
}

Result<iceberg::LoadedTable> load_named_table(const catalog::Lake& lake, std::string_view text) {
  auto table = TRY(parse_table_name(text, lake.catalog->name()));
  auto loaded = lake.catalog->load_table(table);
  if (loaded || loaded.error().code != ErrorCode::NotFound) return loaded;
  auto hint = suggestion(*lake.catalog, table);
  if (hint) loaded.error().message += *hint;
  return loaded;
}

std::string show_time(std::int64_t millis) {
  std::string text = format_timestamp_micros(floor_divide(millis, 1000) * kMicrosPerSecond);
  return fmt::format("{}.{:03} UTC", replace_all(text, "T", " "), floor_modulo(millis, 1000));
}

std::optional<std::int64_t> summary_count(const iceberg::Snapshot& snapshot, std::string_view key) {
  auto found = snapshot.summary.find(std::string(key));
  if (found == snapshot.summary.end()) return std::nullopt;
  return parse_int64(found->second);
}

std::optional<std::int64_t> live_rows(const iceberg::Snapshot& snapshot) {
  const auto rows = summary_count(snapshot, "total-records");
  if (!rows || summary_count(snapshot, "total-equality-deletes").value_or(0) != 0) {
    return std::nullopt;
  }
  return *rows - summary_count(snapshot, "total-position-deletes").value_or(0);
}

std::optional<std::string> show_count(std::optional<std::int64_t> count) {
  if (!count) return std::nullopt;
  return human_count(*count);
}

std::optional<std::string> show_bytes(std::optional<std::int64_t> bytes) {
  if (!bytes) return std::nullopt;
  return human_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(*bytes, 0)));
}

iceberg::CommitEnvironment commit_environment(const Invocation& call, const catalog::Lake& lake,
                                              iceberg::ManifestCache& cache) {
  iceberg::CommitEnvironment environment;
  environment.catalog = lake.catalog.get();
  environment.store = lake.store.get();
  environment.cache = &cache;
  environment.intents = lake.intents.get();
  environment.cancel = &call.cancel;
  environment.summary = {{"engine-name", "tarn"},
                         {"engine-version", kVersion},
                         {"tarn.user", user_name()},
                         {"tarn.command", call.command.name},
                         {"tarn.run-id", to_string(make_uuid7(system_clock(), system_random()))}};
  return environment;
}

Result<bool> confirm(const Invocation& call, std::string_view question) {
  if (call.arguments.flag("yes")) return true;
  if (!call.terminal.options().interactive_err || !call.terminal.options().interactive_out) {
    return false;
  }
  call.terminal.note(fmt::format("{} [y/N] ", question));
  char answer[16] = {};
  if (std::fgets(answer, sizeof answer, stdin) == nullptr) return false;
  return answer[0] == 'y' || answer[0] == 'Y';
}

}  // namespace tarn::cli
