// SPDX-License-Identifier: Apache-2.0
// Reading .tar.gz files: what packages are shipped as.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::project {

struct ArchivedFile {
  std::string path;  // relative, without `..`
  std::string text;
};

// Regular files of an archive in ustar or pax form. Links and devices are left out; paths that lead
// outside are ErrorCode::InvalidInput, and so are archives that grow beyond `size_max` bytes.
Result<std::vector<ArchivedFile>> read_tar_gz(std::string_view data, std::size_t size_max);

}  // namespace tarn::project
