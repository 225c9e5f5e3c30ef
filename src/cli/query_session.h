// SPDX-License-Identifier: Apache-2.0
// Statements of `tarn query`: run in one session, their answers written out.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "cli/command.h"
#include "cli/result_writer.h"
#include "engine/session.h"
#include "lakehouse/lakehouse.h"
#include "warehouse/lakehouse_catalogs.h"

namespace tarn::cli {

inline constexpr int kExitInterrupted = 130;  // as shells say it of SIGINT

struct QueryOutput {
  std::string format = "table";
  bool timing = false;
  bool paged = false;  // long tables go through a pager
};

class QuerySession {
 public:
  // By the options of the command: catalog, schema, session, timezone, lakehouse, lake.
  static Result<std::unique_ptr<QuerySession>> open(const Invocation& call);

  // One statement without a final `;`; false after an error, which is shown with its place.
  bool run(std::string_view sql, const Cancel& cancel);
  // All statements of a text, up to the first that fails. Nothing runs if one cannot be read.
  bool run_all(std::string_view text, const Cancel& cancel);

  QueryOutput& output() { return output_; }
  const engine::Session& session() const { return *session_; }
  // The first column of a statement's rows; empty if it fails.
  std::vector<std::string> names(const std::string& sql);

 private:
  explicit QuerySession(const Invocation& call) : call_(call) {}
  Result<void> write(engine::Answer& answer, std::int64_t& rows);
  Result<void> write_parquet(engine::Answer& answer, std::int64_t& rows);
  void show_error(std::string_view sql, const Error& error);

  const Invocation& call_;
  std::unique_ptr<lakehouse::Lakehouse> lakehouse_;
  std::unique_ptr<warehouse::LakehouseCatalogs> catalogs_;
  std::unique_ptr<engine::Session> session_;
  QueryOutput output_;
};

// Reads statements from the terminal until its end.
Result<int> run_prompt(const Invocation& call, QuerySession& session);

}  // namespace tarn::cli
