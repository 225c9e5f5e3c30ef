// SPDX-License-Identifier: Apache-2.0
#include "duckdb/trino_error.h"

#include "types/error_name.h"

namespace tarn::duckdb {
namespace {

struct KindName {
  std::string_view kind;  // of `to_error` in error.cc
  std::string_view name;
};

constexpr KindName kNames[] = {
    {"out_of_range", "NUMERIC_VALUE_OUT_OF_RANGE"},    {"conversion", "INVALID_CAST_ARGUMENT"},
    {"invalid_argument", "INVALID_FUNCTION_ARGUMENT"}, {"subquery_rows", "SUBQUERY_MULTIPLE_ROWS"},
    {"out_of_memory", "EXCEEDED_LOCAL_MEMORY_LIMIT"},  {"refused", "GENERIC_INTERNAL_ERROR"},
};

}  // namespace

Error to_trino_error(Error error) {
  if (types::has_name(error)) return error;
  if (error.code == ErrorCode::Cancelled) {
    error.message = "USER_CANCELED: Query was canceled";
    return error;
  }
  for (const KindName& entry : kNames) {
    if (entry.kind != error.kind) continue;
    error.message = fmt::format("{}: {}", entry.name, error.message);
    error.code = entry.kind == "refused" ? ErrorCode::Internal : types::code_of_name(entry.name);
    break;
  }
  return error;
}

}  // namespace tarn::duckdb
