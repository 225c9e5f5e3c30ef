// SPDX-License-Identifier: Apache-2.0
// A command of the program as data: parsing, help, completion and the reference page in the
// documentation are all made from it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"

namespace tarn::cli {

enum class Arity {
  Flag,  // --yes
  One,   // --lake PATH
  Many,  // --select A B C, also repeated
};

struct Option {
  std::string name;  // long name without dashes; for positionals the name shown
  char letter = 0;   // short form, or 0
  Arity arity = Arity::Flag;
  std::string value_name = {};  // shown in help: PATH, N, …
  std::string help;
  std::string default_text = {};  // used when the option is not given; `true`: a flag that is on
  std::vector<std::string> choices = {};  // if not empty, the only values allowed
  bool required = false;
  // Variables that stand in for an option that is not given; the first that is set and not empty.
  std::vector<std::string> environment = {};
  std::vector<std::string> aliases = {};  // further long names
  bool has_opposite = false;              // of a flag: `--no-NAME` takes it back
  bool is_idle = false;                   // taken because dbt takes it; changes nothing here
  std::string refusal = {};               // why it cannot be had: known, but an error
};

// How help and completion name it: `no-print` for a flag that is on.
std::string shown_name(const Option& option);

class Arguments;
class Terminal;
struct Command;

// What a command gets.
struct Invocation {
  const Command& command;
  const Arguments& arguments;
  Terminal& terminal;
  const Cancel& cancel;
};

struct Command {
  std::string name;  // "refs", or "config show" for a command below another
  std::string summary;
  std::string description = {};
  std::vector<std::string> examples = {};
  std::vector<Option> positionals = {};
  std::vector<Option> options = {};
  // Exit code 0 done, 1 the request failed, 2 usage. An Error is `error_code`, or 2 if its kind is
  // kUsageError.
  std::function<Result<int>(const Invocation&)> run = {};
  int error_code = 1;
  std::string group = "Commands";
  bool hidden = false;  // from help, reference and completion
};

// The kind of errors in what was typed.
inline constexpr std::string_view kUsageError = "usage";

// Values by long name. Asking for a name that the command does not declare is a programmer error.
class Arguments {
 public:
  void declare(const Option& option);
  void add(const std::string& name, std::string value);

  // Whether a flag is on: the last of `--NAME` and `--no-NAME`, or its default.
  bool flag(std::string_view name) const;
  // The same, nullopt if neither was given.
  std::optional<bool> choice(std::string_view name) const;
  // The value, or the option's default, or "".
  const std::string& text(std::string_view name) const;
  std::optional<std::string> optional(std::string_view name) const;
  const std::vector<std::string>& list(std::string_view name) const;
  bool given(std::string_view name) const;
  // A whole number from `low` to `high`; a usage error if it is none.
  Result<std::int64_t> number(std::string_view name, std::int64_t low, std::int64_t high) const;

 private:
  struct Slot {
    std::vector<std::string> values;
    std::string default_text;
    bool given = false;
  };
  const Slot& slot(std::string_view name) const;
  std::map<std::string, Slot, std::less<>> slots_;
};

// All commands, in the order of the help page.
std::span<const Command> all_commands();
// Options that every command takes.
std::span<const Option> global_options();
const Command* find_command(std::string_view name);

}  // namespace tarn::cli
