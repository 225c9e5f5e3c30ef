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
#include "cli/query_completion.h"
#include "cli/query_session.h"
#include "cli/terminal.h"
#include "sql/parser.h"

namespace tarn::cli {

namespace {

constexpr std::string_view kHelp =
    "Statements end with a semicolon. Commands:\n"
    "  \\l            catalogs\n"
    "  \\dn [catalog] schemas\n"
    "  \\d [schema]   tables of a schema (also \\dt)\n"
    "  \\d table      columns of a table\n"
    "  \\x            each row as a list of its values, on and off\n"
    "  \\o FORMAT     table, vertical, csv, tsv, json, jsonl, markdown\n"
    "  \\timing       show how long statements take, on and off\n"
    "  \\i FILE       run the statements of a file\n"
    "  \\q            leave (also Ctrl-D)\n"
    "A statement that ends with \\G shows each row as a list of its values.\n"
    "Tab completes names, the arrows and Ctrl-R go through what was entered before.\n"
    "Ctrl-C stops the statement that runs.\n";

std::atomic<Cancel*> current_statement{nullptr};

void stop_statement(int) {
  if (Cancel* cancel = current_statement.load()) {
    if (cancel->requested()) _exit(kExitInterrupted);
    cancel->request();
  }
}

// What SIGTERM did before.
void (*ask_program_to_end)(int) = nullptr;

void on_terminate(int signal) {
  if (Cancel* cancel = current_statement.load()) cancel->request();
  if (ask_program_to_end != nullptr) ask_program_to_end(signal);
}

// Ctrl-C goes to the statement that runs as long as this lives, SIGTERM to the program as well.
class StatementSignals {
 public:
  StatementSignals() {
    struct sigaction action {};
    action.sa_handler = stop_statement;
    sigaction(SIGINT, &action, &interrupt_before_);
    sigaction(SIGTERM, nullptr, &terminate_before_);
    const auto handler = terminate_before_.sa_handler;
    ask_program_to_end = handler == SIG_DFL || handler == SIG_IGN ? nullptr : handler;
    action.sa_handler = on_terminate;
    sigaction(SIGTERM, &action, nullptr);
  }
  ~StatementSignals() {
    sigaction(SIGINT, &interrupt_before_, nullptr);
    sigaction(SIGTERM, &terminate_before_, nullptr);
  }
  StatementSignals(const StatementSignals&) = delete;
  StatementSignals& operator=(const StatementSignals&) = delete;

 private:
  struct sigaction interrupt_before_ {};
  struct sigaction terminate_before_ {};
};

// The end of a statement: `;`, or `\\G` for its rows as lists of their values.
struct StatementEnd {
  std::size_t at = std::string_view::npos;  // npos: there is none yet
  std::size_t size = 1;
  bool vertical = false;
  bool has_text = false;  // something before it is no blank and no comment
};

// Outside of texts, names and comments.
StatementEnd find_statement_end(std::string_view text) {
  StatementEnd end;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::size_t skip = i;
    if (c == '\'' || c == '"') {
      end.has_text = true;
      skip = text.find(c, i + 1);
    } else if (text.substr(i, 2) == "--") {
      skip = text.find('\n', i);
    } else if (text.substr(i, 2) == "/*") {
      skip = text.find("*/", i + 2);
      if (skip != std::string_view::npos) ++skip;
    } else if (c == ';' || text.substr(i, 2) == "\\G") {
      end.at = i;
      end.vertical = c != ';';
      end.size = end.vertical ? 2 : 1;
      return end;
    } else if (c != ' ' && c != '\n' && c != '\t') {
      end.has_text = true;
    }
    if (skip == std::string_view::npos) return end;
    i = skip;
  }
  return end;
}

class Prompt {
 public:
  Prompt(const Invocation& call, QuerySession& session)
      : call_(call), session_(session), editor_(history_file()) {
    editor_.set_complete([this](std::string_view word, std::string_view before) {
      return completion_.complete(word, pending_ + std::string(before));
    });
    editor_.set_stop([this] { return call_.cancel.requested(); });
  }

  int loop() {
    const StatementSignals signals;
    call_.terminal.note("Trino SQL over the lakehouse. \\? for help, \\q to leave.\n");
    for (;;) {
      if (call_.cancel.requested()) return kExitInterrupted;
      const auto input = editor_.read(prompt());
      if (input.end == LineEditor::End::EndOfInput) return 0;
      if (input.end == LineEditor::End::Interrupted) {
        pending_.clear();
        continue;
      }
      const std::string_view line = trim(input.line);
      if (pending_.empty()) {
        if (line.empty()) continue;
        if (is_command(line)) {
          editor_.add_history(std::string(line));
          if (!run_command(line)) return 0;
          continue;
        }
      }
      pending_ += input.line + "\n";
      run_complete_statements();
    }
  }

 private:
  static std::string history_file() {
    const char* home = std::getenv("HOME");
    return home == nullptr ? std::string() : std::string(home) + "/.tarn_history";
  }

  // Words that other programs know are understood, too.
  static bool is_command(std::string_view line) {
    return line.starts_with('\\') || line == "quit" || line == "exit" || line == "help" ||
           line == "quit;" || line == "exit;";
  }

  std::string prompt() const {
    const std::string first = first_prompt();
    if (pending_.empty()) return first;
    return std::string(display_width(first) - 3, ' ') + "-> ";
  }

  std::string first_prompt() const {
    const auto& options = session_.session().options();
    std::string name = options.catalog.value_or("tarn");
    if (options.schema) name += "." + *options.schema;
    return name + "> ";
  }

  void run_complete_statements() {
    for (;;) {
      const StatementEnd end = find_statement_end(pending_);
      if (end.at == std::string::npos) {
        if (!end.has_text) pending_.clear();
        return;
      }
      const std::string text = pending_.substr(0, end.at);
      const std::string statement(trim(text));
      const std::string sign = pending_.substr(end.at, end.size);
      pending_.erase(0, end.at + end.size);
      if (!end.has_text) continue;
      editor_.add_history(statement + sign);
      const std::string format = session_.output().format;
      if (end.vertical) session_.output().format = "vertical";
      run(statement);
      session_.output().format = format;
    }
  }

  void run(const std::string& statement) {
    Cancel cancel;
    current_statement.store(&cancel);
    session_.run_all(statement, cancel);
    current_statement.store(nullptr);
    completion_.forget();
  }

  // False to leave.
  bool run_command(std::string_view line) {
    const std::size_t blank = line.find(' ');
    const std::string_view name = line.substr(0, blank);
    const std::string rest(blank == std::string_view::npos ? std::string_view()
                                                           : trim(line.substr(blank)));
    if (name == "\\q" || !name.starts_with('\\')) {
      if (name != "help") return false;
      call_.terminal.note(kHelp);
    } else if (name == "\\?") {
      call_.terminal.note(kHelp);
    } else if (name == "\\l") {
      run("SHOW CATALOGS");
    } else if (name == "\\dn") {
      run(rest.empty() ? "SHOW SCHEMAS" : "SHOW SCHEMAS FROM " + rest);
    } else if (name == "\\dt") {
      run(rest.empty() ? "SHOW TABLES" : "SHOW TABLES FROM " + rest);
    } else if (name == "\\d") {
      describe(rest);
    } else if (name == "\\x") {
      const bool was_vertical = session_.output().format == "vertical";
      session_.output().format = was_vertical ? "table" : "vertical";
      call_.terminal.note(was_vertical ? "rows are lines of a table\n"
                                       : "rows are lists of their values\n");
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

  const Invocation& call_;
  QuerySession& session_;
  LineEditor editor_;
  QueryCompletion completion_{session_};
  std::string pending_;  // what was entered of a statement that has not ended
};

}  // namespace

Result<int> run_prompt(const Invocation& call, QuerySession& session) {
  session.output().paged = call.terminal.options().interactive_out;
  return Prompt(call, session).loop();
}

}  // namespace tarn::cli
