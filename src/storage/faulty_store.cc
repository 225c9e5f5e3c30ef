// SPDX-License-Identifier: Apache-2.0
#include "storage/faulty_store.h"

#include <optional>
#include <utility>

namespace tarn::storage {

namespace {

Error fault_error(const Fault& fault, std::string_view location) {
  Error error = unavailable("a fault of the test at `{}`", location);
  error.code = fault.code;
  return error;
}

// What the caller sees of an operation that was done or torn.
template <typename T>
Result<T> reply(const std::optional<Fault>& fault, std::string_view location, Result<T> result) {
  if (fault && fault->kind == FaultKind::LoseReply) return fault_error(*fault, location);
  return result;
}

Result<std::string> reply_bytes(const std::optional<Fault>& fault, std::string_view location,
                                Result<std::string> bytes) {
  if (fault && fault->kind == FaultKind::Tear && bytes) bytes->resize(bytes->size() / 2);
  return reply(fault, location, std::move(bytes));
}

bool is_refused(const std::optional<Fault>& fault) {
  return fault && fault->kind == FaultKind::Fail;
}

bool is_torn(const std::optional<Fault>& fault) { return fault && fault->kind == FaultKind::Tear; }

}  // namespace

class FaultyWriteStream final : public WriteStream {
 public:
  FaultyWriteStream(FaultyStore& store, std::string location, WriteMode mode,
                    std::unique_ptr<WriteStream> inner)
      : store_(store), location_(std::move(location)), mode_(mode), inner_(std::move(inner)) {}

  Result<void> write(std::string_view data) override {
    const auto fault = store_.begin_operation(OperationKind::StreamWrite, location_);
    if (is_refused(fault)) return fault_error(*fault, location_);
    if (is_torn(fault)) return tear(*fault, std::string(data.substr(0, data.size() / 2)));
    data_ += data;
    return reply(fault, location_, inner_->write(data));
  }

  Result<void> finish() override {
    const auto fault = store_.begin_operation(OperationKind::Finish, location_);
    if (is_refused(fault)) return fault_error(*fault, location_);
    if (is_torn(fault)) {
      data_.resize(data_.size() / 2);
      return tear(*fault, {});
    }
    return reply(fault, location_, inner_->finish());
  }

  std::uint64_t size() const override { return inner_->size(); }

 private:
  Result<void> tear(const Fault& fault, const std::string& last) {
    inner_.reset();
    TRY(store_.inner_.write(location_, data_ + last, mode_));
    inner_ = TRY(store_.inner_.open_write(location_, WriteMode::Replace));
    return fault_error(fault, location_);
  }

  FaultyStore& store_;
  std::string location_;
  WriteMode mode_;
  std::unique_ptr<WriteStream> inner_;
  std::string data_;
};

void FaultyStore::add_fault(const Fault& fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(fault);
}

void FaultyStore::clear_faults() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

void FaultyStore::set_hook(std::function<void(const Operation&)> hook) {
  const std::lock_guard lock(mutex_);
  hook_ = std::move(hook);
}

std::vector<Operation> FaultyStore::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

std::uint64_t FaultyStore::operation_count() const {
  const std::lock_guard lock(mutex_);
  return operations_.size();
}

void FaultyStore::clear_operations() {
  const std::lock_guard lock(mutex_);
  operations_.clear();
}

std::optional<Fault> FaultyStore::begin_operation(OperationKind kind, const std::string& location) {
  const Operation operation{kind, location};
  std::function<void(const Operation&)> hook;
  std::optional<Fault> found;
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t number = operations_.size();
    operations_.push_back(operation);
    hook = hook_;
    for (const auto& fault : faults_) {
      if (number >= fault.first && number - fault.first < fault.count) found = fault;
    }
  }
  if (hook) hook(operation);
  if (!found || found->kind != FaultKind::Delay) return found;
  clock_.sleep_micros(found->delay_micros);
  return std::nullopt;
}

Result<std::string> FaultyStore::read(const std::string& location) {
  const auto fault = begin_operation(OperationKind::Read, location);
  if (is_refused(fault)) return fault_error(*fault, location);
  return reply_bytes(fault, location, inner_.read(location));
}

Result<std::string> FaultyStore::read_range(const std::string& location, std::uint64_t offset,
                                            std::size_t size) {
  const auto fault = begin_operation(OperationKind::ReadRange, location);
  if (is_refused(fault)) return fault_error(*fault, location);
  return reply_bytes(fault, location, inner_.read_range(location, offset, size));
}

Result<ObjectInfo> FaultyStore::info(const std::string& location) {
  const auto fault = begin_operation(OperationKind::Info, location);
  if (is_refused(fault) || is_torn(fault)) return fault_error(*fault, location);
  return reply(fault, location, inner_.info(location));
}

Result<std::unique_ptr<WriteStream>> FaultyStore::open_write(const std::string& location,
                                                             WriteMode mode) {
  const auto fault = begin_operation(OperationKind::OpenWrite, location);
  if (fault) return fault_error(*fault, location);
  auto inner = TRY(inner_.open_write(location, mode));
  return std::unique_ptr<WriteStream>(
      std::make_unique<FaultyWriteStream>(*this, location, mode, std::move(inner)));
}

Result<void> FaultyStore::write(const std::string& location, std::string_view data,
                                WriteMode mode) {
  const auto fault = begin_operation(OperationKind::Write, location);
  if (is_refused(fault)) return fault_error(*fault, location);
  if (is_torn(fault)) {
    TRY(inner_.write(location, data.substr(0, data.size() / 2), mode));
    return fault_error(*fault, location);
  }
  return reply(fault, location, inner_.write(location, data, mode));
}

Result<void> FaultyStore::list(const std::string& prefix, const Visit& visit) {
  const auto fault = begin_operation(OperationKind::List, prefix);
  if (is_refused(fault) || is_torn(fault)) return fault_error(*fault, prefix);
  return reply(fault, prefix, inner_.list(prefix, visit));
}

Result<void> FaultyStore::remove(const std::string& location) {
  const auto fault = begin_operation(OperationKind::Remove, location);
  if (is_refused(fault) || is_torn(fault)) return fault_error(*fault, location);
  return reply(fault, location, inner_.remove(location));
}

}  // namespace tarn::storage
