// SPDX-License-Identifier: Apache-2.0
// From types of PostgreSQL to types of Iceberg: one default for each, with policies for values that
// do not fit. A column is never dropped; what has no type of its own becomes a string.
//
//   boolean                   boolean
//   smallint, integer         int
//   bigint, oid, xid, cid     long             xid8: decimal(20,0)
//   real, double precision    float, double    NaN and infinities are kept
//   numeric(p,s), p ≤ 38      decimal(p,s)     NaN and infinity by policy `numeric-special`
//   numeric, p > 38           string           decimal by policy `numeric=decimal(p,s)`
//   money                     decimal(19,2)
//   text, varchar, char, …    string           char keeps its padding
//   bytea                     binary
//   date, timestamp[tz]       date, timestamp, timestamptz   infinity by policy `infinity`
//   time                      time             24:00:00 by policy `end-of-day`
//   timetz                    string
//   interval                  string (ISO 8601), or struct<months,days,micros>
//   uuid                      uuid             or string
//   json, jsonb, xml, enums   string
//   arrays                    list<…>          other shapes by `array-shape`, `array-bounds`
//   composites, ranges        string           or struct<…>
//   hstore                    map<string,string>
//   PostGIS geometry          binary (EWKB)
//   domains                   as their base type
//   bit, inet, cidr, macaddr, pg_lsn, tid, everything else    string
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "postgres/column_plan.h"

namespace tarn::postgres {

// One row of pg_type, for types that are not built in; built-in ones are known.
struct TypeRow {
  std::uint32_t oid = 0;
  std::string name;  // as format_type(oid, null)
  char kind = 'b';   // typtype: b base, e enum, d domain, c composite, r range, m multirange
  std::uint32_t element = 0;   // of an array, of a range (its subtype), of a domain (its base type)
  bool is_array = false;       // typcategory = 'A' and typelem is its element
  std::int32_t modifier = -1;  // of a domain: typtypmod
  struct Field {
    std::string name;
    std::uint32_t type = 0;
    std::int32_t modifier = -1;
  };
  std::vector<Field> fields;  // of a composite, without dropped ones
};

using TypeTable = std::map<std::uint32_t, TypeRow>;

struct TypePolicy {
  LossPolicies losses{};  // all Error
  // Whole columns become strings where their values could be lost.
  bool infinity_as_text = false;
  bool end_of_day_as_text = false;
  bool numeric_special_as_text = false;
  bool arrays_as_text = false;
  // Numeric without precision, or with more than 38 digits.
  std::optional<Decimal> unbounded_numeric;  // `unscaled` is the precision
  bool interval_as_struct = false;
  bool range_as_struct = false;
  bool composite_as_struct = false;
  bool uuid_as_text = false;
  int money_scale = 2;  // digits of lc_monetary's currency
};

// Sets one policy from its text, as in `--type-policy infinity=clamp`. Names and values:
//   infinity, end-of-day         error | null | clamp | text
//   numeric-special              error | null | text
//   numeric-overflow             error | null
//   numeric-scale, array-bounds, invalid-text   error | null | clamp
//   array-shape                  error | null | text
//   numeric                      text | decimal(p,s)
//   interval, range, composite   text | struct
//   uuid                         uuid | text
// Others are ErrorCode::InvalidInput that lists what is possible.
Result<void> set_type_policy(TypePolicy& policy, std::string_view name, std::string_view value);
// What a policy for a loss can be instead of an error: `null, clamp or text`.
std::string policy_choices(Loss loss);
// The text that sets it again: `infinity=clamp;interval=struct`, without defaults.
std::string to_string(const TypePolicy& policy);

// Plans one column. `modifier` is atttypmod. ErrorCode::Unsupported only for nesting that is too
// deep; unknown types become strings by a cast at the server.
Result<ColumnPlan> plan_column(std::string_view name, std::uint32_t type, std::int32_t modifier,
                               const TypeTable& types, const TypePolicy& policy);

// The query that fills a TypeTable with all types that are not built in. Columns in the order of
// the struct; for composites one row a field (name, type, modifier at the end), in order.
std::string_view type_table_query();
// From the rows of that query, nulls as nullopt.
using TextRow = std::vector<std::optional<std::string>>;
Result<TypeTable> read_type_table(std::span<const TextRow> rows);

// SELECT list for COPY: quoted names, with casts where the plan needs them.
std::string select_list(std::span<const ColumnPlan> columns);

}  // namespace tarn::postgres
