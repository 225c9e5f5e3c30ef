// SPDX-License-Identifier: Apache-2.0
// A column of a lake gets another type, rows field by field. Pure.
#pragma once

#include "base/result.h"
#include "iceberg/update_schema.h"

namespace tarn::engine {

// ICEBERG_COMMIT_ERROR with Iceberg's words for what cannot be changed.
Result<void> change_field_type(iceberg::UpdateSchema& update, const iceberg::FieldPath& path,
                               const iceberg::Type& from, const iceberg::Type& to,
                               int format_version);

}  // namespace tarn::engine
