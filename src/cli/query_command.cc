// SPDX-License-Identifier: Apache-2.0
// query.
#include <unistd.h>

#include <cstdio>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/lake_access.h"
#include "cli/lakehouse_access.h"
#include "cli/query_session.h"
#include "cli/terminal.h"

namespace tarn::cli {
namespace {

std::string read_standard_input() {
  std::string text;
  char buffer[65536];
  for (std::size_t size; (size = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;) {
    text.append(buffer, size);
  }
  return text;
}

Result<int> run_query(const Invocation& call) {
  const bool has_text = call.arguments.given("sql");
  const bool has_file = call.arguments.given("file");
  if (has_text && has_file) {
    return invalid_input("the statements are given twice: as text and with --file");
  }
  std::string text;
  if (has_file) text = TRY(read_file(call.arguments.text("file")));
  auto session = TRY(QuerySession::open(call));
  session->output().timing = call.arguments.flag("timing");
  if (has_text) {
    text = call.arguments.text("sql");
  } else if (!has_file) {
    if (::isatty(STDIN_FILENO) != 0) return run_prompt(call, *session);
    text = read_standard_input();
  }
  const bool done = session->run_all(text, call.cancel);
  if (!done && call.cancel.requested()) return kExitInterrupted;
  return done ? 0 : 1;
}

}  // namespace

std::vector<Command> query_commands() {
  std::vector<std::string> formats = result_formats();
  formats.emplace_back("parquet");
  return {Command{
      .name = "query",
      .summary = "Run statements of Trino SQL over the catalogs of the lakehouse",
      .description =
          "Statements come from the command line, from --file or from standard input, separated\n"
          "by semicolons; the first that fails ends the command with exit code 1, Ctrl-C with\n"
          "130. On a terminal without any of these a prompt reads them, with history, completion\n"
          "and \\? for help.",
      .examples = {"tarn query \"select * from sales.orders limit 10\"",
                   "tarn query --output csv -f report.sql > report.csv",
                   "tarn query --catalog shop --schema public"},
      .positionals = {{.name = "sql",
                       .arity = Arity::One,
                       .value_name = "SQL",
                       .help = "one or more statements"}},
      .options = {{.name = "file",
                   .letter = 'f',
                   .arity = Arity::One,
                   .value_name = "FILE",
                   .help = "read the statements from a file"},
                  {.name = "output",
                   .letter = 'o',
                   .arity = Arity::One,
                   .value_name = "FORMAT",
                   .help = "how rows are written",
                   .default_text = "table",
                   .choices = std::move(formats)},
                  {.name = "catalog",
                   .arity = Arity::One,
                   .value_name = "NAME",
                   .help = "the catalog of names without one"},
                  {.name = "schema",
                   .arity = Arity::One,
                   .value_name = "NAME",
                   .help = "the schema of names without one"},
                  {.name = "session",
                   .arity = Arity::Many,
                   .value_name = "NAME=VALUE",
                   .help = "properties of the session"},
                  {.name = "timezone",
                   .arity = Arity::One,
                   .value_name = "ZONE",
                   .help = "the time zone of the session, else UTC"},
                  {.name = "timing", .help = "show how long each statement takes"},
                  lakehouse_option(),
                  lake_option()},
      .run = run_query,
      .group = "Lakehouse"}};
}

}  // namespace tarn::cli
