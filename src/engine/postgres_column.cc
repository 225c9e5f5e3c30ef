// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_column.h"

#include "base/text.h"
#include "duckdb/physical_type.h"
#include "postgres/column_policies.h"
#include "postgres/struct_fields.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {
namespace {

using postgres::ColumnKind;
using postgres::ColumnPlan;
using postgres::DecodeOp;
using types::Type;
using types::TypeKind;

constexpr std::uint32_t kMoneyOid = 790;
constexpr int kDomainDepthMax = 32;

// Length of char(n) and varchar(n), or nullopt.
std::optional<std::int32_t> length_of(std::int32_t modifier) {
  if (modifier < 4) return std::nullopt;
  return modifier - 4;
}

Type text_type(const ColumnPlan& plan, std::int32_t modifier) {
  const auto length = length_of(modifier);
  if (plan.source_type == "json") return types::make_type(TypeKind::Json);
  if (plan.source_type == "varchar" && length) return types::make_varchar(*length);
  if (plan.source_type == "bpchar" && length && *length <= types::kCharLengthMax) {
    return types::make_char(*length);
  }
  return types::make_varchar();
}

int time_precision(std::int32_t modifier) { return modifier >= 0 && modifier <= 6 ? modifier : 6; }

Type trino_type(const ColumnPlan& plan, std::int32_t modifier) {
  switch (plan.kind) {
    case ColumnKind::Boolean:
      return types::make_type(TypeKind::Boolean);
    case ColumnKind::Int32:
      return types::make_type(plan.op == DecodeOp::Int2 ? TypeKind::SmallInt : TypeKind::Integer);
    case ColumnKind::Int64:
      return types::make_type(TypeKind::BigInt);
    case ColumnKind::Float32:
      return types::make_type(TypeKind::Real);
    case ColumnKind::Float64:
      return types::make_type(TypeKind::Double);
    case ColumnKind::Decimal:
      return types::make_decimal(plan.precision, plan.scale);
    case ColumnKind::Text:
      if (plan.op == DecodeOp::Jsonb) return types::make_type(TypeKind::Json);
      return plan.op == DecodeOp::Text && plan.cast.empty() ? text_type(plan, modifier)
                                                            : types::make_varchar();
    case ColumnKind::Bytes:
      return types::make_type(TypeKind::Varbinary);
    case ColumnKind::Date:
      return types::make_type(TypeKind::Date);
    case ColumnKind::Time:
      return types::make_time(time_precision(modifier));
    case ColumnKind::Timestamp:
      return types::make_timestamp(time_precision(modifier));
    case ColumnKind::TimestampTz:
      return types::make_timestamp_with_time_zone(time_precision(modifier));
    case ColumnKind::Uuid:
      return types::make_type(TypeKind::Uuid);
    case ColumnKind::List:
      return types::make_array(trino_type(plan.children.at(0), modifier));
    case ColumnKind::Map:
      return types::make_map(types::make_varchar(), types::make_varchar());
    case ColumnKind::Struct: {
      std::vector<types::TypeField> fields;
      for (const ColumnPlan& field : postgres::struct_fields(plan)) {
        fields.push_back({field.name, trino_type(field, -1)});
      }
      return types::make_row(std::move(fields));
    }
  }
  return types::make_varchar();
}

PushKind push_kind(const ColumnPlan& plan) {
  if (!plan.cast.empty()) return PushKind::None;
  // What a policy makes of values the server does not know, but for infinities it can be told.
  const bool is_moment = plan.op == DecodeOp::Date || plan.op == DecodeOp::Timestamp ||
                         plan.op == DecodeOp::TimestampTz;
  const bool changes_text = plan.kind == ColumnKind::Text &&
                            plan.policies[static_cast<std::size_t>(postgres::Loss::InvalidText)] !=
                                postgres::LossPolicy::Error;
  if (changes_text || (!is_moment && postgres::changes_values(plan))) return PushKind::Changed;
  switch (plan.op) {
    case DecodeOp::Boolean:
      return PushKind::Boolean;
    case DecodeOp::Int2:
    case DecodeOp::Int4:
    case DecodeOp::Int8:
    case DecodeOp::NumericDecimal:
      return PushKind::Number;
    case DecodeOp::Float4:
    case DecodeOp::Float8:
      return PushKind::Float;
    case DecodeOp::Date:
      return PushKind::Date;
    case DecodeOp::Timestamp:
      return PushKind::Timestamp;
    case DecodeOp::TimestampTz:
      return PushKind::TimestampTz;
    case DecodeOp::Uuid:
      return PushKind::Uuid;
    case DecodeOp::Text:
      if (plan.source_type == "text" || plan.source_type == "varchar") return PushKind::Text;
      return plan.source_type == "bpchar" ? PushKind::Char : PushKind::None;
    default:
      return PushKind::None;
  }
}

// Policies `clamp` give the last microsecond, which a type of fewer digits does not have.
struct LastMoments {
  explicit LastMoments(const ColumnPlan& plan)
      : infinity(is_clamped(plan, postgres::Loss::InfiniteTime)),
        end_of_day(is_clamped(plan, postgres::Loss::EndOfDay)) {}
  static bool is_clamped(const ColumnPlan& plan, postgres::Loss loss) {
    return plan.policies[static_cast<std::size_t>(loss)] == postgres::LossPolicy::Clamp;
  }

  // `text` of a time or timestamp.
  std::string cut(const Type& type, const std::string& text) const {
    const bool is_time = type.is(TypeKind::Time);
    if (type.precision >= 6 || !(is_time ? end_of_day : infinity)) return text;
    std::string last = is_time ? "23:59:59" : "9999-12-31 23:59:59";
    const std::string whole = last + ".999999";
    if (type.precision > 0)
      last += '.' + std::string(static_cast<std::size_t>(type.precision), '9');
    const char* own = is_time ? "TIME" : type.is(TypeKind::Timestamp) ? "TIMESTAMP" : "TIMESTAMPTZ";
    const char* zone = type.is(TypeKind::TimestampWithTimeZone) ? "+00" : "";
    return fmt::format("CASE WHEN {0} = {1} '{2}{4}' THEN {1} '{3}{4}' ELSE {0} END", text, own,
                       whole, last, zone);
  }

  bool infinity;
  bool end_of_day;
};

// The value of a cell that the engine holds as `text`, in the physical form.
std::string convert_cell(const Type& type, const std::string& text, int depth,
                         const LastMoments& last) {
  switch (type.kind) {
    case TypeKind::SmallInt:
      return "CAST(" + text + " AS SMALLINT)";
    case TypeKind::Char:
      return "rtrim(" + text + ", ' ')";
    case TypeKind::Json:
      return "tarn_call('json_parse(varchar) -> json', " + text + ")";
    case TypeKind::Time:
    case TypeKind::Timestamp:
      return last.cut(type, text);
    case TypeKind::TimestampWithTimeZone:
      return fmt::format("CASE WHEN {} IS NOT NULL THEN {{'t': {}, 'z': CAST(0 AS INTEGER)}} END",
                         text, last.cut(type, text));
    case TypeKind::Array: {
      const std::string name = fmt::format("n{}", depth);
      const std::string item = convert_cell(type.element(), name, depth + 1, last);
      if (item == name) return text;
      return fmt::format("list_transform({}, lambda {}: {})", text, name, item);
    }
    case TypeKind::Row: {
      std::string fields;
      for (std::size_t i = 0; i < type.fields.size(); ++i) {
        const std::string field =
            fmt::format("struct_extract({}, {})", text, quote(*type.fields[i].name, '\''));
        fields += (i > 0 ? ", " : "") + quote(duckdb::row_field_name(type, i), '\'') + ": " +
                  convert_cell(type.fields[i].type, field, depth + 1, last);
      }
      return fmt::format("CASE WHEN {} IS NOT NULL THEN {{{}}} END", text, fields);
    }
    default:
      return text;
  }
}

}  // namespace

Result<PostgresColumn> make_postgres_column(const postgres::SourceColumn& source,
                                            const postgres::TypeTable& types,
                                            const postgres::TypePolicy& policy) {
  std::uint32_t oid = source.type;
  std::int32_t modifier = source.modifier;
  for (int depth = 0; depth < kDomainDepthMax; ++depth) {
    const auto found = types.find(oid);
    if (found == types.end() || found->second.kind != 'd') break;
    if (found->second.modifier >= 0) modifier = found->second.modifier;
    oid = found->second.element;
  }
  PostgresColumn column;
  column.name = source.name;
  column.is_nullable = source.is_nullable;
  column.comment = source.comment;
  column.plan = TRY(postgres::plan_column(source.name, oid, modifier, types, policy));
  if (oid == kMoneyOid) {
    // Its text, as Trino shows it.
    column.plan = TRY(postgres::plan_column(source.name, 25, -1, types, {}));
    column.plan.cast = "text";
    column.plan.source_type = "money";
  }
  column.type = trino_type(column.plan, modifier);
  column.push = push_kind(column.plan);
  return column;
}

std::optional<postgres::LossPolicy> infinity_policy(const PostgresColumn& column) {
  switch (column.push) {
    case PushKind::Date:
    case PushKind::Timestamp:
    case PushKind::TimestampTz:
      break;
    default:
      return std::nullopt;
  }
  const auto policy = column.plan.policies[static_cast<std::size_t>(postgres::Loss::InfiniteTime)];
  if (policy == postgres::LossPolicy::Error) return std::nullopt;
  return policy;
}

ScanColumn read_postgres_column(const PostgresColumn& column, const std::string& text) {
  const LastMoments last(column.plan);
  if (column.type.is(TypeKind::TimestampWithTimeZone)) {
    return {last.cut(column.type, text), ColumnForm::UtcInstant};
  }
  return {convert_cell(column.type, text, 0, last), ColumnForm::Physical};
}

Result<std::string> postgres_type(const Type& type) {
  switch (type.kind) {
    case TypeKind::Boolean:
      return "boolean";
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
      return "smallint";
    case TypeKind::Integer:
      return "integer";
    case TypeKind::BigInt:
      return "bigint";
    case TypeKind::Real:
      return "real";
    case TypeKind::Double:
      return "double precision";
    case TypeKind::Decimal:
      return fmt::format("numeric({},{})", type.precision, type.scale);
    case TypeKind::Varchar:
      // Postgres' own bound of a length.
      if (types::is_unbounded_varchar(type) || type.precision > 10'485'760) return "text";
      return type.precision == 0 ? "text" : fmt::format("varchar({})", type.precision);
    case TypeKind::Char:
      return type.precision == 0 ? "text" : fmt::format("char({})", type.precision);
    case TypeKind::Varbinary:
      return "bytea";
    case TypeKind::Date:
      return "date";
    case TypeKind::Time:
      return fmt::format("time({})", std::min(type.precision, 6));
    case TypeKind::Timestamp:
      return fmt::format("timestamp({})", std::min(type.precision, 6));
    case TypeKind::TimestampWithTimeZone:
      return fmt::format("timestamp({}) with time zone", std::min(type.precision, 6));
    case TypeKind::Uuid:
      return "uuid";
    case TypeKind::Json:
      return "jsonb";
    case TypeKind::Array:
      if (!type.element().is(TypeKind::Array)) return TRY(postgres_type(type.element())) + "[]";
      break;
    default:
      break;
  }
  return types::named_error("NOT_SUPPORTED", {}, "Unsupported column type: {}",
                            types::to_string(type));
}

}  // namespace tarn::engine
