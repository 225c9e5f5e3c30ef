// SPDX-License-Identifier: Apache-2.0
// From planned columns of Postgres to an Iceberg schema. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "iceberg/schema.h"
#include "migrate/source_catalog.h"
#include "postgres/column_plan.h"

namespace tarn::migrate {

iceberg::Type to_iceberg_type(const postgres::ColumnPlan& plan);

struct TargetSchema {
  iceberg::Schema schema;             // with fresh ids from 1 on
  std::vector<std::string> warnings;  // such as a key that cannot be one
};

// `plans` and `columns` are the same columns in the same order. NOT NULL columns are required
// unless a policy may put null into them; the primary key becomes the identifier fields if all of
// it is there, required and of types that Iceberg allows.
TargetSchema make_target_schema(std::span<const postgres::ColumnPlan> plans,
                                std::span<const SourceColumn> columns,
                                std::span<const std::string> primary_key);

// Whether a policy can turn a value of this column into null.
bool may_become_null(const postgres::ColumnPlan& plan);

}  // namespace tarn::migrate
