// SPDX-License-Identifier: Apache-2.0
// The warehouse that is a Trino or Starburst cluster: statements go out over its client protocol.
// Errors are those of trino/client.h; UnknownOutcome means that a change may have been carried out.
#pragma once

#include <memory>

#include "base/result.h"
#include "trino/client.h"
#include "trino/session.h"
#include "warehouse/warehouse.h"

namespace tarn::warehouse {

struct TrinoOptions {
  trino::ClientOptions client;
  // What every connection starts with: catalog, schema, properties, roles, tags.
  trino::Session session;
};

// Nothing is sent before the first statement. InvalidInput for options that contradict each other.
// Connections must not outlive the warehouse.
Result<std::unique_ptr<Warehouse>> make_trino_warehouse(TrinoOptions options);

}  // namespace tarn::warehouse
