// SPDX-License-Identifier: Apache-2.0
// Stands in for libFuzzer with compilers that have none: runs the fuzz function once on each file
// named on the command line and on all files below each folder.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "base/file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

bool replay(const std::string& path) {
  const auto data = tarn::read_file(path);
  if (!data) {
    std::fprintf(stderr, "%s\n", tarn::describe(data.error()).c_str());
    return false;
  }
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(data->data()), data->size());
  return true;
}

}  // namespace

int main(int argument_count, char** arguments) {
  std::size_t replayed = 0;
  for (int i = 1; i < argument_count; ++i) {
    const std::string path = arguments[i];
    std::vector<std::string> files = {path};
    if (const auto entries = tarn::list_files(path)) {
      files.clear();
      for (const auto& entry : *entries) files.push_back(path + "/" + entry.path);
    }
    for (const auto& file : files) {
      if (!replay(file)) return 1;
      ++replayed;
    }
  }
  std::printf("%zu inputs replayed\n", replayed);
  return 0;
}
