// SPDX-License-Identifier: Apache-2.0
// drop, rename.
#include <fmt/core.h>

#include "cli/lake_access.h"
#include "cli/lake_command_list.h"
#include "cli/lakehouse_access.h"

namespace tarn::cli {
namespace {

// Tables, views and schemas share the command: a name is looked for in this order.
Result<int> run_drop(const Invocation& call) {
  const std::string& text = call.arguments.text("name");
  catalog::Lake lake = TRY(open_lake(call));
  bool purge = call.arguments.flag("purge");
  if (call.arguments.flag("schema")) {
    auto space = TRY(parse_schema_name(text, lake.catalog->name()));
    TRY(lake.catalog->drop_namespace(space));
    call.terminal.note(fmt::format("dropped schema {}\n", show_name(space)));
    return 0;
  }
  auto table = TRY(parse_table_name(text, lake.catalog->name()));
  if (call.arguments.flag("view")) {
    TRY(lake.catalog->drop_view(table));
    call.terminal.note(fmt::format("dropped view {}\n", show_name(table)));
    return 0;
  }
  TRY(load_named_table(lake, text));
  std::string question = fmt::format("drop table {}{}?", show_name(table),
                                     purge ? " and delete all its files" : ", keeping its files");
  if (!TRY(confirm(call, question))) {
    call.terminal.note(fmt::format("nothing done: --yes drops {}\n", show_name(table)));
    return 1;
  }
  TRY(lake.catalog->drop_table(table,
                               purge ? iceberg::DropMode::Purge : iceberg::DropMode::Unregister));
  call.terminal.note(fmt::format("dropped table {}{}\n", show_name(table),
                                 purge ? " and its files" : "; its files are kept"));
  return 0;
}

Result<int> run_rename(const Invocation& call) {
  catalog::Lake lake = TRY(open_lake(call));
  auto from = TRY(parse_table_name(call.arguments.text("table"), lake.catalog->name()));
  auto to = TRY(parse_table_name(call.arguments.text("new-name"), lake.catalog->name()));
  if (call.arguments.flag("view")) {
    TRY(lake.catalog->rename_view(from, to));
  } else {
    TRY(load_named_table(lake, call.arguments.text("table")));
    TRY(lake.catalog->rename_table(from, to));
  }
  call.terminal.note(fmt::format("renamed {} to {}\n", show_name(from), show_name(to)));
  return 0;
}

Option view_flag() { return {.name = "view", .help = "the name is a view's"}; }

}  // namespace

std::vector<Command> change_commands() {
  return {
      Command{.name = "drop",
              .summary = "Drop a table, a view or an empty schema",
              .description =
                  "The files of a table are kept unless --purge is given. Nothing is done without\n"
                  "--yes, or a yes on the terminal.",
              .examples = {"tarn drop sales.orders --yes", "tarn drop sales.orders --purge --yes",
                           "tarn drop old --schema"},
              .positionals = {{.name = "name",
                               .arity = Arity::One,
                               .value_name = "NAME",
                               .help = "schema.table, or a schema with --schema",
                               .required = true}},
              .options = {{.name = "purge", .help = "delete the table's files too"},
                          {.name = "yes", .letter = 'y', .help = "do it without asking"},
                          {.name = "schema", .help = "the name is a schema's, which must be empty"},
                          view_flag(),
                          lake_option(),
                          lakehouse_option()},
              .run = run_drop,
              .group = "The lake"},
      Command{.name = "rename",
              .summary = "Rename a table or move it to another schema",
              .examples = {"tarn rename sales.orders sales.orders_old",
                           "tarn rename sales.orders archive.orders"},
              .positionals = {table_argument(),
                              {.name = "new-name",
                               .arity = Arity::One,
                               .value_name = "NEW-NAME",
                               .help = "its new name, as schema.table",
                               .required = true}},
              .options = {view_flag(), lake_option(), lakehouse_option()},
              .run = run_rename,
              .group = "The lake"},
  };
}

}  // namespace tarn::cli
