// SPDX-License-Identifier: Apache-2.0
// The prompt of `tarn query`: statements end with `;`, commands begin with a backslash.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "cli/line_editor.h"
#include "cli/query_session.h"
#include "cli/terminal.h"
#include "sql/parser.h"

namespace tarn::cli {

namespace {

constexpr std::string_view kHelp =
    "Statements end with a semicolon. Commands:\n"
    "  \\l            catalogs\n"
    "  \\dn [catalog] schemas\n"
    "  \\d [schema]   tables of a schema\n"
    "  \\d table      columns of a table\n"
    "  \\x            each row as a list of its values, on and off\n"
    "  \\o FORMAT     table, vertical, csv, tsv, json, jsonl, markdown\n"
    "  \\timing       show how long statements take, on and off\n"
    "  \\i FILE       run the statements of a file\n"
    "  \\q            leave (also Ctrl-D)\n"
    "Ctrl-C stops the statement that runs.\n";

std::atomic<Cancel*> current_statement{nullptr};

void on_interrupt(int) {
  if (Cancel* cancel = current_statement.load()) {
    if (cancel->requested()) _exit(2);
    cancel->request();
  }
}

// Ctrl-C goes to the statement that runs as long as this lives.
class StatementSignals {
 public:
  StatementSignals() {
    struct sigaction action {};
    action.sa_handler = on_interrupt;
    sigaction(SIGINT, &action, &before_);
  }
  ~StatementSignals() { sigaction(SIGINT, &before_, nullptr); }
  StatementSignals(const StatementSignals&) = delete;
  StatementSignals& operator=(const StatementSignals&) = delete;

 private:
  struct sigaction before_ {};
};

// Where a statement's `;` is, outside of texts, names and comments; npos if there is none yet.
std::size_t find_semicolon(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'' || c == '"') {
      const std::size_t end = text.find(c, i + 1);
      if (end == std::string_view::npos) return end;
      i = end;
    } else if (text.substr(i, 2) == "--") {
      const std::size_t end = text.find('\n', i);
      if (end == std::string_view::npos) return end;
      i = end;
    } else if (text.substr(i, 2) == "/*") {
      const std::size_t end = text.find("*/", i + 2);
      if (end == std::string_view::npos) return end;
      i = end + 1;
    } else if (c == ';') {
      return i;
    }
  }
  return std::string_view::npos;
}

const std::vector<std::string>& keywords() {
  static const std::vector<std::string> kWords = {
      "ALTER",  "ANALYZE",     "AND",      "BETWEEN",   "CASE",     "CAST",     "COMMENT",
      "COMMIT", "CREATE",      "CROSS",    "DELETE",    "DESCRIBE", "DISTINCT", "DROP",
      "ELSE",   "EXECUTE",     "EXISTS",   "EXPLAIN",   "FROM",     "FULL",     "GROUP",
      "HAVING", "INNER",       "INSERT",   "INTO",      "JOIN",     "LEFT",     "LIMIT",
      "MERGE",  "NULL",        "ORDER",    "PARTITION", "REFRESH",  "RIGHT",    "ROLLBACK",
      "SCHEMA", "SELECT",      "SESSION",  "SHOW",      "START",    "TABLE",    "TABLES",
      "THEN",   "TRANSACTION", "TRUNCATE", "UNION",     "UNNEST",   "UPDATE",   "USING",
      "VALUES", "VIEW",        "WHEN",     "WHERE",     "WITH"};
  return kWords;
}

class Prompt {
 public:
  Prompt(const Invocation& call, QuerySession& session)
      : call_(call), session_(session), editor_(history_file()) {
    editor_.set_complete([this](std::string_view word) { return complete(word); });
  }

  int loop() {
    const StatementSignals signals;
    call_.terminal.note("Trino SQL over the lakehouse. \\? for help, \\q to leave.\n");
    std::string pending;
    for (;;) {
      const auto input = editor_.read(pending.empty() ? prompt() : "    -> ");
      if (input.end == LineEditor::End::EndOfInput) return 0;
      if (input.end == LineEditor::End::Interrupted) {
        pending.clear();
        continue;
      }
      if (pending.empty() && trim(input.line).starts_with('\\')) {
        editor_.add_history(std::string(trim(input.line)));
        if (!run_command(trim(input.line))) return 0;
        continue;
      }
      if (pending.empty() && trim(input.line).empty()) continue;
      pending += input.line + "\n";
      run_complete_statements(pending);
    }
  }

 private:
  static std::string history_file() {
    const char* home = std::getenv("HOME");
    return home == nullptr ? std::string() : std::string(home) + "/.tarn_history";
  }

  std::string prompt() const {
    const auto& options = session_.session().options();
    std::string name = options.catalog.value_or("tarn");
    if (options.schema) name += "." + *options.schema;
    return name + "> ";
  }

  void run_complete_statements(std::string& pending) {
    for (;;) {
      const std::size_t end = find_semicolon(pending);
      if (end == std::string::npos) return;
      const std::string statement(trim(std::string_view(pending).substr(0, end)));
      pending.erase(0, end + 1);
      if (!statement.empty()) {
        editor_.add_history(statement + ";");
        run(statement);
        names_.clear();
      }
      if (trim(pending).empty()) {
        pending.clear();
        return;
      }
    }
  }

  void run(const std::string& statement) {
    Cancel cancel;
    current_statement.store(&cancel);
    session_.run_all(statement, cancel);
    current_statement.store(nullptr);
  }

  // False to leave.
  bool run_command(std::string_view line) {
    const std::size_t blank = line.find(' ');
    const std::string_view name = line.substr(0, blank);
    const std::string rest(blank == std::string_view::npos ? std::string_view()
                                                           : trim(line.substr(blank)));
    if (name == "\\q") return false;
    if (name == "\\?") {
      call_.terminal.note(kHelp);
    } else if (name == "\\l") {
      run("SHOW CATALOGS");
    } else if (name == "\\dn") {
      run(rest.empty() ? "SHOW SCHEMAS" : "SHOW SCHEMAS FROM " + rest);
    } else if (name == "\\d") {
      describe(rest);
    } else if (name == "\\x") {
      session_.output().format = session_.output().format == "vertical" ? "table" : "vertical";
    } else if (name == "\\o") {
      set_format(rest);
    } else if (name == "\\timing") {
      session_.output().timing = !session_.output().timing;
      call_.terminal.note(session_.output().timing ? "timing is on\n" : "timing is off\n");
    } else if (name == "\\i") {
      auto text = read_file(rest);
      if (text) {
        run(*text);
      } else {
        call_.terminal.error(text.error());
      }
    } else {
      call_.terminal.note(fmt::format("there is no command `{}`; \\? lists them\n", name));
    }
    return true;
  }

  // A table if there is one of that name, else a schema.
  void describe(const std::string& name) {
    if (name.empty()) return run("SHOW TABLES");
    const bool is_table = !session_.names("DESCRIBE " + name).empty();
    run((is_table ? "DESCRIBE " : "SHOW TABLES FROM ") + name);
  }

  void set_format(const std::string& format) {
    const auto& all = result_formats();
    if (std::find(all.begin(), all.end(), format) == all.end()) {
      call_.terminal.note(
          fmt::format("there is no format `{}`{}\n", format, did_you_mean(format, all)));
      return;
    }
    session_.output().format = format;
  }

  std::vector<std::string> complete(std::string_view word) {
    if (names_.empty() && session_.session().options().schema) {
      names_ = session_.names("SHOW TABLES");
    }
    std::vector<std::string> out;
    for (const auto& name : names_) {
      if (name.starts_with(word)) out.push_back(name);
    }
    const std::string upper = to_upper(word);
    const bool lower = !word.empty() && word.front() >= 'a' && word.front() <= 'z';
    for (const auto& keyword : keywords()) {
      if (!word.empty() && keyword.starts_with(upper)) {
        out.push_back(lower ? to_lower(keyword) : keyword);
      }
    }
    return out;
  }

  const Invocation& call_;
  QuerySession& session_;
  LineEditor editor_;
  std::vector<std::string> names_;  // of tables, for completion
};

}  // namespace

Result<int> run_prompt(const Invocation& call, QuerySession& session) {
  session.output().paged = call.terminal.options().interactive_out;
  return Prompt(call, session).loop();
}

}  // namespace tarn::cli
