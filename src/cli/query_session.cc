// SPDX-License-Identifier: Apache-2.0
#include "cli/query_session.h"

#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "base/temporary_folder.h"
#include "base/text.h"
#include "cli/lakehouse_access.h"
#include "cli/pager.h"
#include "cli/terminal.h"
#include "engine/computed_table.h"
#include "engine/scan_source.h"
#include "sql/parser.h"
#include "types/error_name.h"

namespace tarn::cli {

namespace {

std::optional<std::string> optional_text(const Invocation& call, const char* name) {
  return call.arguments.optional(name);
}

// The schema that names without one mean, where nothing is said: the only one, or none.
std::string setting_value(std::string_view value) {
  const bool plain = parse_double(value) || value == "true" || value == "false";
  return plain ? std::string(value) : quote(value, '\'');
}

}  // namespace

Result<std::unique_ptr<QuerySession>> QuerySession::open(const Invocation& call) {
  auto out = std::unique_ptr<QuerySession>(new QuerySession(call));
  out->output_.format = call.arguments.text("output");
  out->lakehouse_ = TRY(open_lakehouse(call));
  out->catalogs_ = TRY(warehouse::LakehouseCatalogs::open(*out->lakehouse_));
  engine::SessionOptions options;
  options.catalog = optional_text(call, "catalog");
  const std::string& fallback = out->lakehouse_->config().default_catalog;
  if (!options.catalog && !fallback.empty()) options.catalog = fallback;
  options.schema = optional_text(call, "schema");
  if (auto zone = optional_text(call, "timezone")) {
    options.time_zone = TRY(types::find_time_zone(*zone));
  }
  const char* user = std::getenv("USER");
  if (user != nullptr && *user != '\0') options.user = user;
  out->session_ = TRY(engine::Session::open(*out->catalogs_, std::move(options)));
  for (const auto& setting : call.arguments.list("session")) {
    const std::size_t sign = setting.find('=');
    if (sign == std::string::npos) {
      return invalid_input("--session takes name=value, not `{}`", setting);
    }
    TRY(out->session_->execute(fmt::format("SET SESSION {} = {}", setting.substr(0, sign),
                                           setting_value(setting.substr(sign + 1)))));
  }
  return out;
}

void QuerySession::show_error(std::string_view sql, const Error& error) {
  const types::NamedError named = types::split_error(error);
  Error shown = error;
  shown.message = named.name + ": " + named.message;
  shown.where.reset();
  call_.terminal.flush();
  call_.terminal.error(shown);
  if (error.where && error.where->end() <= sql.size()) {
    call_.terminal.note(excerpt(sql, *error.where));
  }
}

Result<void> QuerySession::write(engine::Answer& answer, std::int64_t& rows) {
  if (output_.format == "parquet") return write_parquet(answer, rows);
  auto first = TRY(answer.rows->next());
  std::optional<Pager> pager;
  if (output_.paged) pager.emplace(call_.terminal);
  const TextSink sink = [&](std::string_view text) {
    if (pager) {
      pager->write(text);
    } else {
      call_.terminal.out(text);
    }
  };
  auto writer = make_result_writer(output_.format, sink, call_.terminal);
  writer->begin(answer.columns);
  while (!first.empty()) {
    rows += static_cast<std::int64_t>(first.size());
    writer->rows(first);
    first = TRY(answer.rows->next());
  }
  writer->end();
  return {};
}

// Through a file of its own: the format needs to know where its parts are.
Result<void> QuerySession::write_parquet(engine::Answer& answer, std::int64_t& rows) {
  auto all = TRY(engine::read_all(answer));
  rows = static_cast<std::int64_t>(all.size());
  engine::KeepAlive alive;
  auto& instance = catalogs_->instance();
  const std::string table =
      TRY(engine::values_text(instance, answer.columns, std::move(all), alive));
  std::string list;
  for (std::size_t i = 0; i < answer.columns.size(); ++i) {
    const engine::ScanColumn column{fmt::format("c{}", i), engine::ColumnForm::Physical};
    list += fmt::format("{}{} AS {}", i == 0 ? "" : ", ",
                        engine::to_stored(answer.columns[i].type, column),
                        quote(answer.columns[i].name, '"'));
  }
  const auto folder = TRY(TemporaryFolder::make());
  const std::string file = folder.file("answer.parquet");
  auto connection = TRY(instance.connect());
  TRY(connection.execute(fmt::format("COPY (SELECT {} FROM {}) TO {} (FORMAT parquet)", list, table,
                                     quote(file, '\''))));
  call_.terminal.out(TRY(read_file(file)));
  return {};
}

bool QuerySession::run(std::string_view sql, const Cancel& cancel) {
  const auto start = std::chrono::steady_clock::now();
  std::int64_t rows = 0;
  auto answer = session_->execute(sql, &cancel);
  Result<void> written;
  if (answer && answer->rows) written = write(*answer, rows);
  if (!answer || !written) {
    show_error(sql, answer ? written.error() : answer.error());
    return false;
  }
  std::string note;
  if (!answer->rows) {
    note = answer->update_type;
    if (answer->update_count) {
      note += fmt::format(": {} {}", human_count(*answer->update_count),
                          *answer->update_count == 1 ? "row" : "rows");
    }
  } else if (output_.format == "table" || output_.format == "vertical") {
    note = fmt::format("({} {})", human_count(rows), rows == 1 ? "row" : "rows");
  }
  if (output_.timing) {
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    note += fmt::format("{}{:.1f} ms", note.empty() ? "" : ", ", took.count());
  }
  call_.terminal.flush();
  if (!note.empty()) call_.terminal.note(note + "\n");
  return true;
}

bool QuerySession::run_all(std::string_view text, const Cancel& cancel) {
  auto statements = sql::parse_statements(text);
  if (!statements) {
    const bool later = statements.error().code == ErrorCode::Unsupported;
    show_error(text, types::with_name(statements.error(), later ? "NOT_SUPPORTED" : "SYNTAX_ERROR",
                                      statements.error().where.value_or(TextSpan{})));
    return false;
  }
  for (const auto& statement : *statements) {
    if (!run(text.substr(statement->span.offset, statement->span.length), cancel)) return false;
  }
  return true;
}

std::vector<std::string> QuerySession::names(const std::string& sql) {
  std::vector<std::string> out;
  auto answer = session_->execute(sql);
  if (!answer) return out;
  auto rows = engine::read_all(*answer);
  if (!rows) return out;
  for (const auto& row : *rows) {
    if (!row.empty() && !row[0].is_null())
      out.push_back(value_text(answer->columns[0].type, row[0]));
  }
  return out;
}

}  // namespace tarn::cli
