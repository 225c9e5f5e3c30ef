// SPDX-License-Identifier: Apache-2.0
// Iceberg types and values as DuckDB's and back: one table of correspondence for reading and
// writing. Internal: shows DuckDB's types.
//
//   Iceberg        DuckDB                     Iceberg         DuckDB
//   boolean        BOOLEAN                    timestamp       TIMESTAMP
//   int            INTEGER                    timestamptz     TIMESTAMP WITH TIME ZONE
//   long           BIGINT                     timestamp_ns    TIMESTAMP_NS
//   float          FLOAT                      string          VARCHAR
//   double         DOUBLE                     uuid            UUID
//   decimal(p, s)  DECIMAL(p, s)              binary, fixed   BLOB
//   date           DATE                       struct          STRUCT
//   time           TIME                       list            LIST
//   unknown        "NULL"                     map             MAP
//
// Refused: timestamptz_ns, variant, geometry, geography; for writing also fixed and unknown
// (DuckDB writes no fixed-length bytes).
#pragma once

#include "duckdb/native.h"
#include "iceberg/schema.h"
#include "iceberg/type.h"
#include "iceberg/value.h"

namespace tarn::duckdb {

// ErrorCode::Unsupported names the type.
Result<dk::LogicalType> to_native_type(const iceberg::Type& type);
// The Iceberg type that holds every value of a DuckDB type, for CREATE TABLE. Field ids are 0.
// Unsigned integers go to the next wider signed type; what has no counterpart (hugeint, interval,
// time with time zone, …) is ErrorCode::Unsupported with advice to cast.
Result<iceberg::Type> from_native_type(const dk::LogicalType& type);

// ErrorCode::Unsupported if the type or one inside it cannot be written to data files.
Result<void> check_writable(const iceberg::Field& field);

// Values of primitive types. `type` says how to read integers, bytes and timestamps.
dk::Value to_native_value(const iceberg::Value& value, const iceberg::Type& type);
// `value` is null or of the DuckDB type for `type`, or castable to it.
Result<iceberg::Value> from_native_value(const dk::Value& value, const iceberg::Type& type);

// A column for DuckDB's reader: matched by field id, nested, with initial defaults.
Result<dk::MultiFileColumnDefinition> to_reader_column(const iceberg::Field& field);

// The value of the option FIELD_IDS of DuckDB's Parquet writer.
dk::Value field_ids_option(const std::vector<iceberg::Field>& fields);

}  // namespace tarn::duckdb
