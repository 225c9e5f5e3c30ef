// SPDX-License-Identifier: Apache-2.0
// migrate, and what other commands do about tarn.yml.
#include <boost/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/lake_access.h"
#include "cli/lakehouse_access.h"
#include "cli/terminal.h"
#include "lakehouse/check.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

json::object step_json(const lakehouse::CheckStep& step) {
  json::object object;
  object["catalog"] = step.catalog;
  object["subject"] = step.subject;
  object["ok"] = !step.error;
  object["detail"] = step.error ? mask_secrets(describe(*step.error)) : step.detail;
  if (!step.hint.empty()) object["hint"] = step.hint;
  return object;
}

void show_step(const Invocation& call, const lakehouse::CheckStep& step) {
  Terminal& terminal = call.terminal;
  const std::string name = step.catalog.empty() ? step.subject : step.catalog + ' ' + step.subject;
  if (!step.error) {
    terminal.out(
        fmt::format("{}  {}: {}\n", terminal.paint("ok   ", Style::Green), name, step.detail));
    return;
  }
  terminal.out(fmt::format("{}  {}: {}\n", terminal.paint("error", Style::Red), name,
                           mask_secrets(describe(*step.error))));
  if (!step.hint.empty()) terminal.out(fmt::format("       {}\n", step.hint));
}

}  // namespace

Result<int> init_lakehouse(const Invocation& call, const std::string& folder) {
  const std::string path = folder + "/" + lakehouse::kConfigFileName;
  if (path_exists(path)) return already_exists("`{}` is there already", path);
  TRY(make_directories(folder));
  TRY(write_file(path, lakehouse::config_template()));
  call.terminal.note(fmt::format("wrote {}\n", path));
  return 0;
}

Result<int> debug_lakehouse(const Invocation& call) {
  auto lakehouse = TRY(open_lakehouse(call));
  const auto& config = lakehouse->config();
  if (!wants_json(call)) {
    call.terminal.note(config.file.empty() ? "no tarn.yml: the lake is in ./lake\n"
                                           : fmt::format("{}\n", config.file));
  }
  const auto steps = lakehouse::check_lakehouse(*lakehouse, call.cancel);
  bool has_errors = false;
  json::array list;
  for (const auto& step : steps) {
    has_errors = has_errors || step.error.has_value();
    if (wants_json(call)) {
      list.push_back(step_json(step));
    } else {
      show_step(call, step);
    }
  }
  if (wants_json(call)) print_json(call, list);
  return has_errors ? 1 : 0;
}

std::vector<Command> lakehouse_commands() {
  return {
      Command{
          .name = "migrate",
          .summary = "Copy tables of Postgres into a lake",
          .description =
              "Reads tables in parallel from one consistent state of the source and writes each of "
              "them as an\nIceberg table, by one commit. A type that has no counterpart, or values "
              "that do not fit, are told\nbefore anything is read (--dry-run) and counted after.",
          .examples =
              {"tarn migrate postgres://reader@db/shop --table public.orders --into lake.shop",
               "tarn migrate shop --schema 'sales*' --dry-run",
               "tarn migrate shop --table burst_bank.customer --into lake.burst_bank "
               "--partition-by 'month(registration_date)' --sort-by custkey --verify"},
          .positionals = {{.name = "source",
                           .arity = Arity::One,
                           .value_name = "SOURCE",
                           .help = "a URL, or a catalog of type postgres in tarn.yml",
                           .required = true}},
          .options = migrate_options(),
          .run = run_migrate,
          .group = "Lakehouse",
      },
  };
}

}  // namespace tarn::cli
