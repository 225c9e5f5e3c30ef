// SPDX-License-Identifier: Apache-2.0
#include "postgres/type_mapping.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace tarn::postgres {
namespace {

constexpr int kNestingMax = 8;

struct BuiltInType {
  std::string_view name;
  std::uint32_t oid;
  std::uint32_t array_oid;
  DecodeOp op;
};

constexpr BuiltInType kBuiltInTypes[] = {
#define PG_TYPE(name, oid, array_oid, op) {name, oid, array_oid, DecodeOp::op},
#include "postgres/type_oids.def"
};

constexpr std::pair<std::uint32_t, std::uint32_t> kRangeSubtypes[] = {
    {3904, 23}, {3906, 1700}, {3908, 1114}, {3910, 1184}, {3912, 1082}, {3926, 20}};

const BuiltInType* find_built_in(std::uint32_t oid) {
  for (const BuiltInType& type : kBuiltInTypes) {
    if (type.oid == oid) return &type;
  }
  return nullptr;
}

const BuiltInType* find_built_in_array(std::uint32_t oid) {
  for (const BuiltInType& type : kBuiltInTypes) {
    if (type.array_oid == oid) return &type;
  }
  return nullptr;
}

struct OpTarget {
  ColumnKind kind;
  std::string_view type;
};

OpTarget target_of(DecodeOp op) {
  switch (op) {
    case DecodeOp::Boolean:
      return {ColumnKind::Boolean, "boolean"};
    case DecodeOp::Int2:
    case DecodeOp::Int4:
      return {ColumnKind::Int32, "int"};
    case DecodeOp::Int8:
    case DecodeOp::Oid:
      return {ColumnKind::Int64, "long"};
    case DecodeOp::Float4:
      return {ColumnKind::Float32, "float"};
    case DecodeOp::Float8:
      return {ColumnKind::Float64, "double"};
    case DecodeOp::Bytes:
      return {ColumnKind::Bytes, "binary"};
    case DecodeOp::Date:
      return {ColumnKind::Date, "date"};
    case DecodeOp::Time:
      return {ColumnKind::Time, "time"};
    case DecodeOp::Timestamp:
      return {ColumnKind::Timestamp, "timestamp"};
    case DecodeOp::TimestampTz:
      return {ColumnKind::TimestampTz, "timestamptz"};
    case DecodeOp::Uuid:
      return {ColumnKind::Uuid, "uuid"};
    case DecodeOp::Hstore:
      return {ColumnKind::Map, "map<string,string>"};
    case DecodeOp::IntervalStruct:
      return {ColumnKind::Struct, "struct<months:int,days:int,micros:long>"};
    default:
      return {ColumnKind::Text, "string"};
  }
}

class ColumnPlanner {
 public:
  ColumnPlanner(const TypeTable& types, const TypePolicy& policy)
      : types_(types), policy_(policy) {}

  Result<ColumnPlan> plan(std::string_view name, std::uint32_t oid, std::int32_t modifier,
                          int level) const {
    if (level > kNestingMax) {
      return unsupported("column `{}` is nested deeper than {} levels", name, kNestingMax);
    }
    ColumnPlan plan = TRY(plan_type(name, oid, modifier, level));
    plan.name = name;
    plan.policies = policy_.losses;
    return plan;
  }

 private:
  Result<ColumnPlan> plan_type(std::string_view name, std::uint32_t oid, std::int32_t modifier,
                               int level) const {
    if (const BuiltInType* type = find_built_in(oid)) return plan_built_in(*type, modifier, level);
    if (const BuiltInType* element = find_built_in_array(oid)) {
      return plan_array(name, element->oid, modifier, fmt::format("{}[]", element->name), level);
    }
    const auto found = types_.find(oid);
    if (found == types_.end()) return cast_to_text(fmt::format("type {}", oid), "unknown type");
    const TypeRow& type = found->second;
    switch (type.kind) {
      case 'e':
        return with_op(DecodeOp::Text, type.name);
      case 'd': {
        const std::int32_t own = type.modifier >= 0 ? type.modifier : modifier;
        ColumnPlan base = TRY(plan(name, type.element, own, level + 1));
        base.source_type = type.name;
        return base;
      }
      case 'c':
        return plan_composite(type, level);
      case 'r':
        return plan_range(type.name, type.element, level);
      default:
        break;
    }
    if (type.is_array) return plan_array(name, type.element, modifier, type.name, level);
    // Types of extensions, with or without their schema.
    const std::string_view name_alone =
        std::string_view(type.name).substr(type.name.rfind('.') + 1);
    if (name_alone == "hstore") return with_op(DecodeOp::Hstore, type.name);
    if (name_alone == "citext") return with_op(DecodeOp::Text, type.name);
    if (name_alone == "geometry" || name_alone == "geography") {
      ColumnPlan geometry = with_op(DecodeOp::Bytes, type.name);
      geometry.note = "as EWKB";
      return geometry;
    }
    return cast_to_text(type.name, "");
  }

  static ColumnPlan with_op(DecodeOp op, std::string_view source_type) {
    ColumnPlan plan;
    plan.op = op;
    const OpTarget target = target_of(op);
    plan.kind = target.kind;
    plan.target_type = target.type;
    plan.source_type = source_type;
    return plan;
  }

  static ColumnPlan cast_to_text(std::string_view source_type, std::string_view note) {
    ColumnPlan plan = with_op(DecodeOp::Text, source_type);
    plan.cast = "text";
    plan.note = note;
    return plan;
  }

  static ColumnPlan as_decimal(DecodeOp op, std::string_view source_type, int precision,
                               int scale) {
    ColumnPlan plan = with_op(op, source_type);
    plan.kind = ColumnKind::Decimal;
    plan.precision = precision;
    plan.scale = scale;
    plan.target_type = fmt::format("decimal({},{})", precision, scale);
    return plan;
  }

  Result<ColumnPlan> plan_built_in(const BuiltInType& type, std::int32_t modifier,
                                   int level) const {
    switch (type.op) {
      case DecodeOp::NumericText:
        return plan_numeric(modifier);
      case DecodeOp::Money: {
        ColumnPlan plan = as_decimal(type.op, type.name, 19, policy_.money_scale);
        plan.note = "the currency of lc_monetary is not kept";
        return plan;
      }
      case DecodeOp::Xid8:
        return as_decimal(type.op, type.name, 20, 0);
      case DecodeOp::Date:
      case DecodeOp::Timestamp:
      case DecodeOp::TimestampTz: {
        if (policy_.infinity_as_text) return cast_to_text(type.name, "");
        ColumnPlan plan = with_op(type.op, type.name);
        plan.may_lose = {Loss::InfiniteTime, Loss::FarTime};
        return plan;
      }
      case DecodeOp::Time: {
        if (policy_.end_of_day_as_text) return cast_to_text(type.name, "");
        ColumnPlan plan = with_op(type.op, type.name);
        plan.may_lose = {Loss::EndOfDay};
        return plan;
      }
      case DecodeOp::IntervalText: {
        if (!policy_.interval_as_struct) return with_op(type.op, type.name);
        ColumnPlan plan = with_op(DecodeOp::IntervalStruct, type.name);
        plan.may_lose = {Loss::InfiniteTime};
        return plan;
      }
      case DecodeOp::Uuid:
        return with_op(policy_.uuid_as_text ? DecodeOp::UuidText : type.op, type.name);
      case DecodeOp::ServerText:
        for (const auto& [range, subtype] : kRangeSubtypes) {
          if (range == type.oid) return plan_range(type.name, subtype, level);
        }
        return cast_to_text(type.name, "");
      default:
        return with_op(type.op, type.name);
    }
  }

  ColumnPlan plan_numeric(std::int32_t modifier) const {
    std::string name = "numeric";
    int precision = 0;
    int scale = 0;
    if (modifier >= 4) {
      const std::int32_t bits = modifier - 4;
      precision = (bits >> 16) & 0xffff;
      scale = ((bits & 0x7ff) ^ 1024) - 1024;  // eleven bits with sign
      name = fmt::format("numeric({},{})", precision, scale);
      // numeric(3,-2) holds 99900, numeric(2,4) holds 0.0099.
      if (scale < 0) precision -= scale;
      if (scale < 0) scale = 0;
      precision = std::max(precision, scale);
    }
    const bool bounded = precision > 0 && precision <= kDecimalPrecisionMax;
    if (policy_.numeric_special_as_text) return with_op(DecodeOp::NumericText, name);
    if (bounded) {
      ColumnPlan plan = as_decimal(DecodeOp::NumericDecimal, name, precision, scale);
      plan.may_lose = {Loss::NumericSpecial};
      return plan;
    }
    if (!policy_.unbounded_numeric) return with_op(DecodeOp::NumericText, name);
    ColumnPlan plan = as_decimal(DecodeOp::NumericDecimal, name,
                                 static_cast<int>(policy_.unbounded_numeric->unscaled),
                                 policy_.unbounded_numeric->scale);
    plan.may_lose = {Loss::NumericSpecial, Loss::NumericOverflow, Loss::NumericScale};
    return plan;
  }

  Result<ColumnPlan> plan_array(std::string_view name, std::uint32_t element, std::int32_t modifier,
                                std::string source_type, int level) const {
    if (policy_.arrays_as_text) return cast_to_text(source_type, "");
    ColumnPlan child = TRY(plan(name, element, modifier, level + 1));
    child.name = "element";
    ColumnPlan list;
    list.op = DecodeOp::Array;
    list.kind = ColumnKind::List;
    list.source_type = std::move(source_type);
    // An array of what only the server can print is cast element by element. Deeper down a cast
    // has no place: an outer value makes all of it a text.
    if (child.cast == "text") list.cast = "text[]";
    if (child.cast == "text[]") return cast_to_text(list.source_type, "");
    child.cast.clear();
    list.target_type = fmt::format("list<{}>", child.target_type);
    list.may_lose = {Loss::ArrayShape, Loss::ArrayBounds};
    list.may_lose.insert(list.may_lose.end(), child.may_lose.begin(), child.may_lose.end());
    list.children.push_back(std::move(child));
    return list;
  }

  Result<ColumnPlan> plan_composite(const TypeRow& type, int level) const {
    if (!policy_.composite_as_struct || type.fields.empty()) return cast_to_text(type.name, "");
    ColumnPlan composite;
    composite.op = DecodeOp::Composite;
    composite.kind = ColumnKind::Struct;
    composite.source_type = type.name;
    for (const TypeRow::Field& field : type.fields) {
      ColumnPlan child = TRY(plan(field.name, field.type, field.modifier, level + 1));
      if (!child.cast.empty()) {
        return cast_to_text(type.name, "a field has no binary form, so all of it is a text");
      }
      composite.target_type += composite.target_type.empty() ? "struct<" : ",";
      composite.target_type += fmt::format("{}:{}", child.name, child.target_type);
      add_losses(composite, child);
      composite.children.push_back(std::move(child));
    }
    composite.target_type += '>';
    return composite;
  }

  Result<ColumnPlan> plan_range(std::string_view name, std::uint32_t subtype, int level) const {
    if (!policy_.range_as_struct) return cast_to_text(name, "");
    ColumnPlan bound = TRY(plan("lower", subtype, -1, level + 1));
    if (!bound.cast.empty()) return cast_to_text(name, "");
    ColumnPlan range;
    range.op = DecodeOp::Range;
    range.kind = ColumnKind::Struct;
    range.source_type = name;
    range.target_type = fmt::format(
        "struct<lower:{0},upper:{0},lower_inclusive:boolean,upper_inclusive:boolean,"
        "is_empty:boolean>",
        bound.target_type);
    add_losses(range, bound);
    range.children.push_back(std::move(bound));
    return range;
  }

  static void add_losses(ColumnPlan& whole, const ColumnPlan& part) {
    for (const Loss loss : part.may_lose) {
      if (std::find(whole.may_lose.begin(), whole.may_lose.end(), loss) == whole.may_lose.end()) {
        whole.may_lose.push_back(loss);
      }
    }
  }

  const TypeTable& types_;
  const TypePolicy& policy_;
};

Result<std::int64_t> read_int(const TextRow& row, std::size_t column) {
  const auto value = row[column] ? parse_int64(*row[column]) : std::nullopt;
  if (!value) return corrupt("bad answer of the type query in column {}", column + 1);
  return *value;
}

}  // namespace

Result<ColumnPlan> plan_column(std::string_view name, std::uint32_t type, std::int32_t modifier,
                               const TypeTable& types, const TypePolicy& policy) {
  return ColumnPlanner(types, policy).plan(name, type, modifier, 0);
}

std::string_view type_table_query() {
  return R"(SELECT t.oid::int8, pg_catalog.format_type(t.oid, NULL), t.typtype,
       CASE WHEN t.typtype = 'd' THEN t.typbasetype
            WHEN t.typtype = 'r' THEN r.rngsubtype
            ELSE t.typelem END::int8,
       t.typcategory = 'A' AND t.typelem <> 0 AND t.typlen = -1 AND t.typtype = 'b',
       t.typtypmod, a.attname, a.atttypid::int8, a.atttypmod
FROM pg_catalog.pg_type t
LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_catalog.pg_attribute a
  ON t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
WHERE t.typnamespace NOT IN ('pg_catalog'::pg_catalog.regnamespace,
                             'information_schema'::pg_catalog.regnamespace)
ORDER BY t.oid, a.attnum)";
}

Result<TypeTable> read_type_table(std::span<const TextRow> rows) {
  TypeTable types;
  for (const TextRow& row : rows) {
    if (row.size() != 9 || !row[1] || !row[2] || row[2]->empty()) {
      return corrupt("bad answer of the type query");
    }
    const auto oid = static_cast<std::uint32_t>(TRY(read_int(row, 0)));
    TypeRow& type = types[oid];
    type.oid = oid;
    type.name = *row[1];
    type.kind = row[2]->front();
    type.element = static_cast<std::uint32_t>(TRY(read_int(row, 3)));
    type.is_array = row[4] == "t";
    type.modifier = static_cast<std::int32_t>(TRY(read_int(row, 5)));
    if (row[6]) {
      type.fields.push_back({*row[6], static_cast<std::uint32_t>(TRY(read_int(row, 7))),
                             static_cast<std::int32_t>(TRY(read_int(row, 8)))});
    }
  }
  return types;
}

std::string select_list(std::span<const ColumnPlan> columns) {
  std::string out;
  for (const ColumnPlan& column : columns) {
    if (!out.empty()) out += ", ";
    out += quote(column.name, '"');
    if (!column.cast.empty()) out += fmt::format("::{}", column.cast);
  }
  return out;
}

}  // namespace tarn::postgres
