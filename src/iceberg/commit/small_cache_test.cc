// SPDX-License-Identifier: Apache-2.0
// Commits must not lean on the cache to keep what they look at.
#include "iceberg/commit/testing.h"

namespace tarn::iceberg {

TEST_CASE("a cache that keeps nothing") {
  TestLake lake;
  lake.create({{"commit.manifest.min-count-to-merge", "2"}});
  ManifestCache nothing(0);
  CommitEnvironment environment = lake.environment();
  environment.cache = &nothing;
  const auto commit = [&](const LoadedTable& base, SnapshotChange change) {
    Transaction transaction(environment);
    transaction.table(base).change(std::move(change));
    CHECK_OK(transaction.commit());
  };
  for (int i = 0; i < 4; ++i) {
    commit(lake.load(), append_files({data_file("f" + std::to_string(i), i)}));
  }
  const LoadedTable base = lake.load();
  const SharedEntry entry = lake.entry("f1");
  commit(base, row_delta({}, {delete_file("d", 2, "f2")}));
  commit(lake.load(), append_files({data_file("g", 8)}));
  Validation validation;
  validation.isolation = Isolation::Serializable;
  validation.filter = day_is(1);
  commit(base, overwrite_files({entry}, {data_file("f1b", 1)}, validation));
  CHECK(lake.files() == "f0 f1b f2[d] f3 g");
}

}  // namespace tarn::iceberg
