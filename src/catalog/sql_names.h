// SPDX-License-Identifier: Apache-2.0
// Which names a SQL catalog can store.
#pragma once

#include "base/result.h"
#include "iceberg/catalog.h"

namespace tarn::catalog {

// At least one level, none of them empty or with a dot, 255 characters in all.
Result<void> check_namespace(const iceberg::Namespace& space);

}  // namespace tarn::catalog
