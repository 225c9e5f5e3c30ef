// SPDX-License-Identifier: Apache-2.0
// Files of this machine as a Store. Locations are absolute paths or `file:` URIs. Folders are made
// as needed and never removed. A writer that dies may leave `<name>.tmp-<16 digits>` behind, which
// list() shows like any other object.
#pragma once

#include "base/clock.h"
#include "base/file.h"
#include "storage/store.h"

namespace tarn::storage {

class LocalStore final : public Store {
 public:
  // Durability::Fast leaves out all syncing, for tests. `random` names temporary files.
  explicit LocalStore(Durability durability = Durability::Durable, Random& random = system_random())
      : durability_(durability), random_(random) {}

  Result<std::string> read(const std::string& location) override;
  Result<std::string> read_range(const std::string& location, std::uint64_t offset,
                                 std::size_t size) override;
  Result<ObjectInfo> info(const std::string& location) override;
  Result<std::unique_ptr<WriteStream>> open_write(const std::string& location,
                                                  WriteMode mode) override;
  Result<void> list(const std::string& prefix, const Visit& visit) override;
  Result<void> remove(const std::string& location) override;

 private:
  Durability durability_;
  Random& random_;
};

}  // namespace tarn::storage
