// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include "base/testing.h"
#include "base/text.h"

using namespace tarn;
using namespace tarn::cli;

namespace {

ParsedLine parsed(const std::vector<std::string>& words) {
  return CHECK_OK(parse_command_line(words));
}

void check_refused(const std::vector<std::string>& words, const char* text) {
  CHECK_ERROR(parse_command_line(words), ErrorCode::InvalidInput, text);
}

}  // namespace

TEST_CASE("variables stand in for options that are not given") {
  const auto parse = [](std::vector<std::string> words) {
    return CHECK_OK(parse_command_line(words)).arguments;
  };
  ::setenv("DBT_STATE", "old", 1);
  ::setenv("DBT_FAIL_FAST", "yes", 1);
  ::setenv("DBT_RESOURCE_TYPES", "model seed", 1);
  CHECK(parse({"run"}).text("state") == "old");
  CHECK(parse({"run", "--state", "own"}).text("state") == "own");
  CHECK(parse({"run"}).flag("fail-fast"));
  CHECK(parse({"run"}).list("resource-type") == std::vector<std::string>{"model", "seed"});
  ::setenv("DBT_ENGINE_STATE", "new", 1);
  ::setenv("DBT_FAIL_FAST", "off", 1);
  CHECK(parse({"run"}).text("state") == "new");
  CHECK(!parse({"run"}).flag("fail-fast"));
  ::setenv("DBT_FAIL_FAST", "maybe", 1);
  CHECK_ERROR(parse_command_line({"run"}), ErrorCode::InvalidInput, "true or false");
  for (const char* name :
       {"DBT_STATE", "DBT_ENGINE_STATE", "DBT_FAIL_FAST", "DBT_RESOURCE_TYPES"}) {
    ::unsetenv(name);
  }
}

TEST_CASE("commands, options and arguments are read") {
  auto line = parsed({"tables", "sales", "--lake", "/data", "-o", "json"});
  REQUIRE(line.command != nullptr);
  CHECK(line.command->name == "tables");
  CHECK(line.arguments.text("schema") == "sales");
  CHECK(line.arguments.text("lake") == "/data");
  CHECK(line.arguments.text("output") == "json");
  CHECK(parsed({"tables"}).arguments.text("output") == "table");
  CHECK(!parsed({"tables"}).arguments.given("schema"));
  CHECK(parsed({"tables", "--lake=/x"}).arguments.text("lake") == "/x");
  CHECK(parsed({"drop", "a.b", "--yes", "--purge"}).arguments.flag("purge"));
  CHECK(!parsed({"drop", "a.b"}).arguments.flag("yes"));
}

TEST_CASE("two arguments in a row go to two names") {
  auto line = parsed({"rename", "a.b", "c.d", "--view"});
  CHECK(line.arguments.text("table") == "a.b");
  CHECK(line.arguments.text("new-name") == "c.d");
}

TEST_CASE("options may repeat or take several values") {
  auto line = parsed({"properties", "a.b", "--set", "x=1", "y=2", "--set", "z=3"});
  CHECK(line.arguments.list("set") == std::vector<std::string>{"x=1", "y=2", "z=3"});
}

TEST_CASE("options may stand before the command; what stands behind it wins") {
  auto line = parsed({"--log-format", "json", "--no-use-colors", "-t", "dev", "run", "-t", "prod"});
  CHECK(line.command->name == "run");
  CHECK(line.arguments.text("log-format") == "json");
  CHECK(line.arguments.choice("use-colors") == false);
  CHECK(line.arguments.text("target") == "prod");
  line = parsed({"--project-dir=x", "-q", "source", "freshness", "--select", "a", "b"});
  CHECK(line.command->name == "source freshness");
  CHECK(line.arguments.text("project-dir") == "x");
  CHECK(line.arguments.list("select") == std::vector<std::string>{"a", "b"});
  CHECK(line.arguments.flag("quiet"));
  CHECK(parsed({"--lake", "x", "tables", "s"}).arguments.text("lake") == "x");
}

TEST_CASE("flags with an opposite: the last one counts") {
  CHECK(parsed({"run"}).arguments.flag("print"));
  CHECK_FALSE(parsed({"run", "--no-print"}).arguments.flag("print"));
  CHECK(parsed({"run", "--no-print", "--print"}).arguments.flag("print"));
  CHECK_FALSE(parsed({"run", "--defer", "--no-defer"}).arguments.flag("defer"));
  CHECK_FALSE(parsed({"run"}).arguments.choice("defer"));
  ::setenv("DBT_WRITE_JSON", "false", 1);
  CHECK_FALSE(parsed({"run"}).arguments.flag("write-json"));
  CHECK(parsed({"run", "--write-json"}).arguments.flag("write-json"));
  ::unsetenv("DBT_WRITE_JSON");
}

TEST_CASE("options of dbt are taken, or refused with a reason") {
  for (const char* command :
       {"run", "build", "test", "seed", "snapshot", "compile", "ls", "parse"}) {
    CAPTURE(command);
    const auto line = parsed({command, "--no-partial-parse", "--cache-selected-only", "--log-path",
                              "x", "--no-send-anonymous-usage-stats", "--log-level-file", "none",
                              "--no-version-check", "--no-upload-to-artifacts-ingest-api"});
    CHECK_FALSE(line.arguments.flag("partial-parse"));
  }
  CHECK(parsed({"test", "--resource-types", "unit_test"}).arguments.list("resource-type").size() ==
        1);
  CHECK(parsed({"list", "--no-defer", "-q"}).command->name == "ls");
  CHECK_ERROR(parse_command_line({"run", "-r", "x"}), ErrorCode::Unsupported,
              "--record-timing-info is not taken");
  CHECK(command_help(*find_command("run")).find("--[no-]cache-selected-only") != std::string::npos);
}

TEST_CASE("help and version win") {
  CHECK(parsed({"--version"}).version);
  CHECK(parsed({"-h"}).help);
  CHECK(parsed({"drop", "--help"}).help);
  CHECK(parsed({"help", "drop"}).command->name == "drop");
  CHECK(parsed({}).command == nullptr);
}

TEST_CASE("mistakes are named with a suggestion") {
  check_refused({"tabels"}, "there is no command `tabels`, did you mean `tables`?");
  check_refused({"tables", "--ouput", "json"}, "no option `--ouput`, did you mean `--output`?");
  check_refused({"tables", "--output", "jsn"}, "--output takes table, json, not `jsn`");
  check_refused({"describe"}, "`tarn describe` needs TABLE");
  check_refused({"tables", "a", "b"}, "takes no further argument `b`");
  check_refused({"--lakke", "x", "tables"}, "no command has an option `--lakke`");
  check_refused({"--lake", "x"}, "there is no command behind `--lake x`");
  check_refused({"--select", "x", "run"}, "it goes behind the command");
}

TEST_CASE("every command has help with a usage line, and completion names it") {
  std::string bash = CHECK_OK(completion_script("bash"));
  std::string fish = CHECK_OK(completion_script("fish"));
  std::string reference = commands_reference();
  for (const auto& command : all_commands()) {
    CAPTURE(command.name);
    if (command.hidden) continue;
    CHECK(command_help(command).find("usage: tarn " + command.name) != std::string::npos);
    for (const auto word : split(command.name, ' ')) {
      CHECK(bash.find(word) != std::string::npos);
      CHECK(fish.find(word) != std::string::npos);
    }
    CHECK(reference.find("## tarn " + command.name) != std::string::npos);
    CHECK(static_cast<bool>(command.run));
  }
  CHECK_ERROR(completion_script("tcsh"), ErrorCode::InvalidInput, "bash, zsh or fish");
}

TEST_CASE("numbers of options are checked") {
  auto line = parsed({"history", "a.b", "--limit", "x"});
  CHECK_ERROR(line.arguments.number("limit", 1, 10), ErrorCode::InvalidInput,
              "--limit takes a whole number from 1 to 10, not `x`");
  CHECK(CHECK_OK(parsed({"history", "a.b"}).arguments.number("limit", 1, 100)) == 20);
}
