// SPDX-License-Identifier: Apache-2.0
// parse-bench PROJECT TARGET: CPU seconds of the command `parse` with manifest.json written: from
// nothing, with nothing changed, with one model changed.
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/file.h"
#include "project/parse_stamp.h"

namespace {

using tarn::Result;

Result<int> parse_once(const std::string& folder, const std::string& target) {
  tarn::project::LoadOptions options;
  options.project_dir = folder;
  options.profiles_dir = folder;
  options.target = target;
  options.parse_threads = 2;
  const auto output = TRY(tarn::project::run_parse_if_changed(options, tarn::project::disk_files(),
                                                              tarn::project::system_environment()));
  for (const auto& finding : output.findings) {
    if (finding.severity == tarn::Severity::Error) {
      fmt::print(stderr, "{}", tarn::format_diagnostic(finding));
    }
  }
  return output.exit_code;
}

// CPU seconds of one run in a process of its own.
double measure(const std::string& folder, const std::string& target) {
  const pid_t child = fork();
  if (child == 0) {
    const auto code = parse_once(folder, target);
    if (!code) fmt::print(stderr, "{}\n", tarn::describe(code.error()));
    _exit(code && *code == 0 ? 0 : 1);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (status != 0) {
    fmt::print(stderr, "the run failed with status {}\n", status);
    return -1;
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) {  // one run in this process, for a profiler
    const auto code = parse_once(argv[1], argv[2]);
    return code ? *code : 1;
  }
  if (argc < 4) {
    fmt::print(stderr, "usage: parse-bench PROJECT TARGET [MODEL_FILE]\n");
    return 2;
  }
  const std::string folder = argv[1];
  const std::string target = argv[2];
  std::string ignored = "rm -rf '" + folder + "/target'";
  if (std::system(ignored.c_str()) != 0) return 1;
  sleep(3);  // files that were just written are not trusted
  fmt::print("from nothing     {:.3f} CPU s\n", measure(folder, target));
  fmt::print("nothing changed  {:.3f} CPU s\n", measure(folder, target));
  const std::string file = folder + "/" + argv[3];
  const auto text = tarn::read_file(file);
  if (!text) return 1;
  if (!tarn::write_file(file, *text + "-- changed\n")) return 1;
  fmt::print("one file changed {:.3f} CPU s\n", measure(folder, target));
  if (!tarn::write_file(file, *text)) return 1;
  return 0;
}
