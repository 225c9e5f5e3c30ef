// SPDX-License-Identifier: Apache-2.0
#include "cli/project_warehouse.h"

#include "cli/lakehouse_access.h"
#include "cli/project_options.h"

namespace tarn::cli {

lakehouse::OpenOptions lakehouse_options(const Invocation& call, const project::Project& project) {
  lakehouse::OpenOptions out;
  out.lakehouse = call.arguments.text("lakehouse");
  out.lake_folder = call.arguments.text("lake");
  out.start_folder = project.options.project_dir;
  return out;
}

Result<std::unique_ptr<warehouse::Warehouse>> warehouse_of(const Invocation& call,
                                                           const project::Project& project) {
  Diagnostics findings;
  auto opened = run::open_warehouse(project.profile, lakehouse_options(call, project), findings);
  show_findings(call, findings.items());
  return opened;
}

Result<project::StatementResult> LazyAdapter::execute(const project::Statement& statement) {
  {
    std::lock_guard lock(mutex_);
    if (adapter_ == nullptr) {
      warehouse_ = TRY(warehouse_of(call_, project_));
      comment_ = TRY(run::QueryComment::make(project_));
      adapter_ = std::make_unique<run::WarehouseAdapter>(
          *warehouse_, run::adapter_options(project_, *comment_, &call_.cancel));
    }
  }
  return adapter_->execute(statement);
}

}  // namespace tarn::cli
