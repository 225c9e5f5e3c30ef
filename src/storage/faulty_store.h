// SPDX-License-Identifier: Apache-2.0
// For tests: a store around another one that counts operations and lets chosen ones go wrong. A
// test runs once to count, then once for every n with the n-th operation faulty.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "storage/store.h"

namespace tarn::storage {

enum class OperationKind {
  Read,
  ReadRange,
  Info,
  OpenWrite,
  StreamWrite,
  Finish,
  Write,
  List,
  Remove
};

struct Operation {
  OperationKind kind = OperationKind::Read;
  std::string location;
};

enum class FaultKind {
  Fail,       // nothing happens, the caller gets the error
  LoseReply,  // the operation is done, and the caller gets the error all the same
  Tear,       // writes: half of the bytes become visible, and the caller gets the error;
              // reads: half of the bytes and no error; others as Fail
  Delay       // the operation is done after `delay_micros` of the clock
};

struct Fault {
  std::uint64_t first = 0;  // the number of the operation, from 0
  std::uint64_t count = 1;  // how many in a row; kForEver: as if the machine were gone
  FaultKind kind = FaultKind::Fail;
  ErrorCode code = ErrorCode::Unavailable;
  std::int64_t delay_micros = 0;

  static constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();
};

// Thread-safe if the hook is.
class FaultyStore final : public Store {
 public:
  // Both must outlive the store.
  explicit FaultyStore(Store& inner, Clock& clock = system_clock())
      : inner_(inner), clock_(clock) {}

  void add_fault(const Fault& fault);
  void clear_faults();
  // Called before each operation, such as one in which another writer is to come first. It may use
  // the inner store, not this one.
  void set_hook(std::function<void(const Operation&)> hook);

  // All operations until now, the faulty ones among them.
  std::vector<Operation> operations() const;
  std::uint64_t operation_count() const;
  void clear_operations();  // the next one has number 0

  Result<std::string> read(const std::string& location) override;
  Result<std::string> read_range(const std::string& location, std::uint64_t offset,
                                 std::size_t size) override;
  Result<ObjectInfo> info(const std::string& location) override;
  Result<std::unique_ptr<WriteStream>> open_write(const std::string& location,
                                                  WriteMode mode) override;
  Result<void> write(const std::string& location, std::string_view data, WriteMode mode) override;
  Result<void> list(const std::string& prefix, const Visit& visit) override;
  Result<void> remove(const std::string& location) override;

 private:
  friend class FaultyWriteStream;

  // Counts the operation and gives its fault, Delay already done; null if it goes well.
  std::optional<Fault> begin_operation(OperationKind kind, const std::string& location);

  Store& inner_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
  std::vector<Operation> operations_;
  std::function<void(const Operation&)> hook_;
};

}  // namespace tarn::storage
