// SPDX-License-Identifier: Apache-2.0
#include "iceberg/scan/delete_index.h"

#include "base/testing.h"

using namespace tarn;
using namespace tarn::iceberg;

namespace {

// Spec 0 is unpartitioned, spec 1 by one value.
TableMetadata two_specs() {
  TableMetadata metadata;
  metadata.specs.push_back({.spec_id = 0});
  PartitionField field{.source_id = 1, .field_id = 1000, .name = "p"};
  metadata.specs.push_back({.spec_id = 1, .fields = {field}});
  return metadata;
}

struct File {
  FileContent content = FileContent::Data;
  const char* path = "";
  std::int64_t sequence = 1;
  int spec = 0;
  std::optional<int> partition = std::nullopt;
  const char* referenced = nullptr;
  const char* lower = nullptr;
  const char* upper = nullptr;
  FileFormat format = FileFormat::Parquet;
};

SharedEntry entry_of(const File& file) {
  auto entry = std::make_shared<ManifestEntry>();
  entry->sequence_number = file.sequence;
  entry->file.content = file.content;
  entry->file.path = file.path;
  entry->file.format = file.format;
  entry->file.spec_id = file.spec;
  if (file.partition) entry->file.partition.values.push_back(int_value(*file.partition));
  if (file.referenced != nullptr) entry->file.referenced_data_file = file.referenced;
  if (file.lower != nullptr) entry->file.lower_bounds.set(kDeleteFilePathId, file.lower);
  if (file.upper != nullptr) entry->file.upper_bounds.set(kDeleteFilePathId, file.upper);
  return entry;
}

constexpr auto kPositions = FileContent::PositionDeletes;
constexpr auto kEquality = FileContent::EqualityDeletes;

}  // namespace

TEST_CASE("deletes apply by sequence number, partition and path") {
  struct Case {
    const char* what;
    File deletes;
    File data;
    bool applies;
  };
  const Case cases[] = {
      {"position deletes reach data of the same commit",
       {kPositions, "d", 3},
       {.sequence = 3},
       true},
      {"and older data", {kPositions, "d", 3}, {.sequence = 1}, true},
      {"but not newer data", {kPositions, "d", 3}, {.sequence = 4}, false},
      {"equality deletes do not reach data of the same commit",
       {kEquality, "d", 3},
       {.sequence = 3},
       false},
      {"but strictly older data", {kEquality, "d", 3}, {.sequence = 2}, true},
      {"unpartitioned equality deletes reach every partition",
       {kEquality, "d", 3},
       {.sequence = 2, .spec = 1, .partition = 7},
       true},
      {"partitioned equality deletes their own",
       {kEquality, "d", 3, 1, 7},
       {.sequence = 2, .spec = 1, .partition = 7},
       true},
      {"and no other",
       {kEquality, "d", 3, 1, 8},
       {.sequence = 2, .spec = 1, .partition = 7},
       false},
      {"position deletes reach their own partition only",
       {kPositions, "d", 3, 1, 8},
       {.sequence = 2, .spec = 1, .partition = 7},
       false},
      {"and their own spec only", {kPositions, "d", 3}, {.spec = 1, .partition = 7}, false},
      {"a referenced file is met by path",
       {kPositions, "d", 3, 1, 7, "a"},
       {.path = "a", .spec = 1, .partition = 7},
       true},
      {"others are not",
       {kPositions, "d", 3, 1, 7, "a"},
       {.path = "b", .spec = 1, .partition = 7},
       false},
      {"equal bounds of paths are a reference",
       {kPositions, "d", 3, 0, {}, nullptr, "a", "a"},
       {.path = "b"},
       false},
      {"bounds of paths exclude",
       {kPositions, "d", 3, 0, {}, nullptr, "a", "c"},
       {.path = "d"},
       false},
      {"or not", {kPositions, "d", 3, 0, {}, nullptr, "a", "c"}, {.path = "b"}, true},
  };
  for (const auto& test : cases) {
    CAPTURE(test.what);
    auto index = CHECK_OK(DeleteIndex::build({entry_of(test.deletes)}, two_specs()));
    CHECK(index.deletes_of(*entry_of(test.data)).size() == (test.applies ? 1 : 0));
  }
}

TEST_CASE("a deletion vector replaces position deletes, not equality deletes") {
  auto vector = entry_of({kPositions, "v", 5, 0, {}, "a", nullptr, nullptr, FileFormat::Puffin});
  auto positions = entry_of({kPositions, "p", 4, 0, {}, "a"});
  auto equality = entry_of({kEquality, "e", 6});
  auto index = CHECK_OK(DeleteIndex::build({equality, positions, vector}, two_specs()));
  auto found = index.deletes_of(*entry_of({.path = "a", .sequence = 1}));
  REQUIRE(found.size() == 2);
  CHECK(found[0] == vector);
  CHECK(found[1] == equality);
  CHECK(index.deletes_of(*entry_of({.path = "a", .sequence = 6})).empty());
}

TEST_CASE("two deletion vectors for one file are refused") {
  File file{kPositions, "v", 5, 0, {}, "a", nullptr, nullptr, FileFormat::Puffin};
  CHECK_ERROR(DeleteIndex::build({entry_of(file), entry_of(file)}, two_specs()), ErrorCode::Corrupt,
              "data file `a` has two deletion vectors");
}
