// SPDX-License-Identifier: Apache-2.0
// Trino's types of columns in a lake, and back: what CREATE TABLE stores for a type and what a
// stored column is read as. Pure.
//
//   tinyint, smallint, integer  int         time(p)       time (micros)
//   varchar(n), char(n)         string      timestamp(p)  timestamp, timestamptz (micros)
//   array, map, row             list, map, struct; fields of rows need names
#pragma once

#include "base/result.h"
#include "iceberg/partition.h"
#include "iceberg/schema.h"
#include "iceberg/type.h"
#include "iceberg/value.h"
#include "types/value.h"

namespace tarn::engine {

// Field ids are 0. NOT_SUPPORTED names the type (`Type not supported for Iceberg: json`).
Result<iceberg::Type> to_lake_type(const types::Type& type);

// The type that a stored column has: NOT_SUPPORTED for variant, geometry, geography, unknown.
Result<types::Type> from_lake_type(const iceberg::Type& type);

// What a column of `type` becomes when it is stored: `varchar(3)` is `varchar`.
Result<types::Type> stored_type(const types::Type& type);

// A value of a primitive type. REQUIRES: from_lake_type(type) has succeeded.
types::Value from_lake_value(const iceberg::Value& value, const iceberg::Type& type);

// A scalar value as one of the lake's type; InvalidInput if it has no such form. Null stays null.
Result<iceberg::Value> to_lake_value(const types::Value& value, const types::Type& type,
                                     const iceberg::Type& lake_type);

// The row type of partition values; transforms that are not known give varchar.
Result<types::Type> partition_row_type(const iceberg::Type& partition);

}  // namespace tarn::engine
