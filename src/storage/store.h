// SPDX-License-Identifier: Apache-2.0
// Where the files of a lake are: whole objects under full locations, as on S3. No folders, no
// partial updates, no locks. Implementations: LocalStore, FaultyStore (tests); S3 comes from
// outside.
//
// Locations are full: `file:///data/lake/t/x.parquet`, `/data/lake/t/x.parquet`, `s3://bucket/key`.
// Errors: NotFound, AlreadyExists, Denied, Unavailable (retry may help), InvalidInput (a location
// that the store does not serve).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::storage {

// Without `file:` and its slashes, without doubled slashes in the path, `s3a:` and `s3n:` as `s3:`.
// Two locations of one object have one normal form; keys of object stores stay byte for byte.
//   file:///a//b → /a/b     file:/a → /a     s3a://b/k → s3://b/k
std::string normalize_location(std::string_view location);

// `s3` for `s3://bucket/key` (lower case), "" for local paths and `file:` locations.
std::string location_scheme(std::string_view location);

// One `/` between the two: (`s3://b/t/`, `metadata/x`) → `s3://b/t/metadata/x`.
std::string join_location(std::string_view folder, std::string_view name);

// The part behind the last `/`.
std::string_view location_name(std::string_view location);

struct ObjectInfo {
  std::string location;
  std::uint64_t size = 0;
  std::int64_t modified_micros = 0;  // since 1970 UTC
};

// What happens when an object of that name is there.
enum class WriteMode {
  Replace,         // it is replaced; readers see the old or the new object
  CreateExclusive  // AlreadyExists; of several writers exactly one succeeds
};

// An object being written. Not thread-safe. Nothing is visible under the location before finish()
// succeeds; destruction without it leaves nothing behind.
class WriteStream {
 public:
  virtual ~WriteStream() = default;
  virtual Result<void> write(std::string_view data) = 0;
  // Publishes the object, durably. The stream is over, also after an error. An error of code
  // UnknownOutcome means that the object may be there.
  virtual Result<void> finish() = 0;
  // Bytes given to write().
  virtual std::uint64_t size() const = 0;
};

// Thread-safe.
class Store {
 public:
  virtual ~Store() = default;

  virtual Result<std::string> read(const std::string& location) = 0;
  // Exactly the bytes [offset, offset + size), fewer only at the end of the object.
  virtual Result<std::string> read_range(const std::string& location, std::uint64_t offset,
                                         std::size_t size) = 0;
  // Size and time of one object; NotFound if there is none.
  virtual Result<ObjectInfo> info(const std::string& location) = 0;

  virtual Result<std::unique_ptr<WriteStream>> open_write(const std::string& location,
                                                          WriteMode mode) = 0;
  // Atomic and durable when it returns. The default goes through open_write().
  virtual Result<void> write(const std::string& location, std::string_view data, WriteMode mode);

  // Calls `visit` for every object whose location begins with `prefix` followed by the end or a `/`
  // (`t` lists `t/x` but not `t2/x`), in no order and with locations that begin as `prefix` does;
  // an error of `visit` stops the listing. Nothing there is not an error. Memory does not grow with
  // the number of objects.
  using Visit = std::function<Result<void>(const ObjectInfo&)>;
  virtual Result<void> list(const std::string& prefix, const Visit& visit) = 0;

  // An object that is not there counts as removed.
  virtual Result<void> remove(const std::string& location) = 0;
  // Tries all of them, also after errors; returns the first error. The default loops.
  virtual Result<void> remove_many(std::span<const std::string> locations);

  // False for NotFound; the other errors of info() pass.
  Result<bool> exists(const std::string& location);
  // list() as a vector, sorted by location.
  Result<std::vector<ObjectInfo>> list_all(const std::string& prefix);
};

}  // namespace tarn::storage
