// SPDX-License-Identifier: Apache-2.0
// The record that a write is under way, kept beside the catalog, so that a crashed write's files
// can be told from all others and removed. A writer
//   1. makes an id (a UUID) and puts it into the name of every file that it will create,
//   2. calls begin() before the first file, heartbeat() from time to time during a long write and
//      once more right before the commit,
//   3. calls finish() once its commit has certainly landed, or has certainly failed and it has
//      removed its own files. With an unknown outcome it does not call finish().
// Who is dead, and the removal of a dead writer's files, is in catalog/intent_cleanup.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "iceberg/catalog.h"

namespace tarn::iceberg {

// A process, told apart from all others.
struct WriteOwner {
  // Machine, its boot and its process namespace: a process id means nothing outside of these.
  std::string host;
  std::int64_t process_id = 0;
  std::int64_t started = 0;  // clock ticks from the boot to the start of the process

  bool operator==(const WriteOwner&) const = default;
};

struct WriteIntent {
  std::string id;  // part of the name of each file of the write
  TableIdentifier table;
  std::string table_location;
  // Where the files are, at any depth: usually the table's data and metadata folders.
  std::vector<std::string> folders;
  // Set by begin().
  WriteOwner owner;
  std::int64_t created_ms = 0;
  std::int64_t heartbeat_ms = 0;

  bool operator==(const WriteIntent&) const = default;
};

// Thread-safe. Errors as of Catalog.
class WriteIntents {
 public:
  virtual ~WriteIntents() = default;

  // Durable when it returns. Fills in owner and times. AlreadyExists when the id is taken.
  virtual Result<void> begin(WriteIntent intent) = 0;
  // NotFound when somebody has taken the writer for dead and removed its files: the write must
  // fail.
  virtual Result<void> heartbeat(const std::string& id) = 0;
  // An intent that is not there counts as finished.
  virtual Result<void> finish(const std::string& id) = 0;
  // All that are open, of living and dead writers, oldest first.
  virtual Result<std::vector<WriteIntent>> list() = 0;
  // Marks the intent of a dead writer: should it live after all, its next heartbeat() fails. False:
  // the writer has shown a sign of life since `intent` was listed; leave its files alone.
  virtual Result<bool> condemn(const WriteIntent& intent) = 0;
};

}  // namespace tarn::iceberg
