// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "cli/command_line.h"

int main(int argc, char** argv) {
  return tarn::cli::run_program(std::vector<std::string>(argv + 1, argv + argc));
}
