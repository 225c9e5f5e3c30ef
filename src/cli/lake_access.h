// SPDX-License-Identifier: Apache-2.0
// What the lake commands share: opening the lake that the options name, names of tables, formats.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/open_lake.h"
#include "cli/command.h"
#include "cli/text_table.h"
#include "iceberg/catalog.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/manifest_cache.h"

namespace boost::json {
class value;
}

namespace tarn::cli {

// `--lake PATH`.
Option lake_option();
// `--output table|json`.
Option output_option();
// The positional TABLE.
Option table_argument();

bool wants_json(const Invocation& call);
void print_json(const Invocation& call, const boost::json::value& value);

// Opens the lake of `--lake`, or the catalog of tarn.yml that the command's table or schema names,
// or the default one. A lake that does not exist is ErrorCode::NotFound.
Result<catalog::Lake> open_lake(const Invocation& call);

// `orders` needs a schema; `sales.orders`, `lake.sales.orders`, `"my schema"."a.b"`. A leading
// `lake.` is the catalog's name unless the first level is quoted.
Result<iceberg::TableIdentifier> parse_table_name(std::string_view text,
                                                  std::string_view catalog_name);
// The levels of a schema's name, by the same rules.
Result<iceberg::Namespace> parse_schema_name(std::string_view text, std::string_view catalog_name);
// Quoted where parse_table_name() needs it.
std::string show_name(const iceberg::TableIdentifier& table);
std::string show_name(const iceberg::Namespace& space);

// Loads the table that the command names; when it is missing, with a suggestion of one that is
// there.
Result<iceberg::LoadedTable> load_named_table(const catalog::Lake& lake, std::string_view text);

// `2026-11-01 10:00:00.123 UTC`
std::string show_time(std::int64_t millis);

// A count from a snapshot's summary.
std::optional<std::int64_t> summary_count(const iceberg::Snapshot& snapshot, std::string_view key);
// Rows of a snapshot: those of its data files without the deleted ones, by its summary. nullopt
// with equality deletes, whose rows nobody has counted.
std::optional<std::int64_t> live_rows(const iceberg::Snapshot& snapshot);
std::optional<std::string> show_count(std::optional<std::int64_t> count);
std::optional<std::string> show_bytes(std::optional<std::int64_t> bytes);

// What a command commits with; snapshots will name program, version, user, command and run id.
iceberg::CommitEnvironment commit_environment(const Invocation& call, const catalog::Lake& lake,
                                              iceberg::ManifestCache& cache);

// Asks `question` on a terminal; without one, or with --yes, answers by the flag.
Result<bool> confirm(const Invocation& call, std::string_view question);

}  // namespace tarn::cli
