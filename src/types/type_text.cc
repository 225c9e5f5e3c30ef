// SPDX-License-Identifier: Apache-2.0
#include "types/type_text.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "types/json_text.h"

namespace tarn::types {
namespace {

// Sorted.
constexpr std::array<std::string_view, 82> kReservedWords = {
    "alter",        "and",
    "as",           "between",
    "by",           "case",
    "cast",         "constraint",
    "create",       "cross",
    "cube",         "current_catalog",
    "current_date", "current_path",
    "current_role", "current_schema",
    "current_time", "current_timestamp",
    "current_user", "deallocate",
    "delete",       "describe",
    "distinct",     "drop",
    "else",         "end",
    "escape",       "except",
    "execute",      "exists",
    "extract",      "false",
    "for",          "from",
    "full",         "group",
    "grouping",     "having",
    "in",           "inner",
    "insert",       "intersect",
    "into",         "is",
    "join",         "json_array",
    "json_exists",  "json_object",
    "json_query",   "json_table",
    "json_value",   "left",
    "like",         "listagg",
    "localtime",    "localtimestamp",
    "natural",      "normalize",
    "not",          "null",
    "on",           "or",
    "order",        "outer",
    "prepare",      "recursive",
    "right",        "rollup",
    "select",       "skip",
    "table",        "then",
    "trim",         "true",
    "uescape",      "union",
    "unnest",       "using",
    "values",       "when",
    "where",        "with",
};

enum class Form { Display, Sql, Legacy };

void append_type(std::string& out, const Type& type, Form form);

void append_fields(std::string& out, const Type& type, Form form) {
  out += '(';
  bool first = true;
  for (const TypeField& field : type.fields) {
    if (!first) out += type.is(TypeKind::Function) && form == Form::Display ? "," : ", ";
    first = false;
    if (field.name) {
      out += form == Form::Display ? *field.name : sql_identifier(*field.name);
      out += ' ';
    }
    append_type(out, field.type, form);
  }
  out += ')';
}

void append_time_type(std::string& out, const Type& type, Form form) {
  const bool zoned =
      type.is(TypeKind::TimeWithTimeZone) || type.is(TypeKind::TimestampWithTimeZone);
  const bool time = type.is(TypeKind::Time) || type.is(TypeKind::TimeWithTimeZone);
  out += time ? "time" : "timestamp";
  if (form != Form::Legacy) out += fmt::format("({})", type.precision);
  if (zoned) out += " with time zone";
}

void append_type(std::string& out, const Type& type, Form form) {
  switch (type.kind) {
    case TypeKind::Decimal:
      out += fmt::format("decimal({}{}{})", type.precision, form == Form::Display ? "," : ", ",
                         type.scale);
      return;
    case TypeKind::Varchar:
      out += type.precision == kUnboundedLength ? "varchar"
                                                : fmt::format("varchar({})", type.precision);
      return;
    case TypeKind::Char:
      out += fmt::format("char({})", type.precision);
      return;
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      append_time_type(out, type, form);
      return;
    case TypeKind::IntervalDayToSecond:
    case TypeKind::IntervalYearToMonth:
      out += form == Form::Display ? std::string(base_name(type.kind))
                                   : to_upper(base_name(type.kind));
      return;
    default:
      out += base_name(type.kind);
      if (!type.fields.empty()) append_fields(out, type, form);
  }
}

void append_long_arguments(std::string& out, const Type& type) {
  switch (type.kind) {
    case TypeKind::Decimal:
      out += fmt::format(R"({{"kind":"LONG","value":{}}},{{"kind":"LONG","value":{}}})",
                         type.precision, type.scale);
      return;
    case TypeKind::Varchar:
    case TypeKind::Char:
    case TypeKind::Time:
    case TypeKind::TimeWithTimeZone:
    case TypeKind::Timestamp:
    case TypeKind::TimestampWithTimeZone:
      out += fmt::format(R"({{"kind":"LONG","value":{}}})", type.precision);
      return;
    default:
      return;
  }
}

}  // namespace

std::string to_string(const Type& type) {
  std::string out;
  append_type(out, type, Form::Display);
  return out;
}

std::string to_sql_text(const Type& type) {
  std::string out;
  append_type(out, type, Form::Sql);
  return out;
}

std::string to_legacy_sql_text(const Type& type) {
  std::string out;
  append_type(out, type, Form::Legacy);
  return out;
}

void append_type_signature(std::string& out, const Type& type) {
  out += R"({"rawType":")";
  out += base_name(type.kind);
  out += R"(","arguments":[)";
  append_long_arguments(out, type);
  bool first = true;
  for (const TypeField& field : type.fields) {
    if (!first) out += ',';
    first = false;
    if (type.is(TypeKind::Row)) {
      out += R"({"kind":"NAMED_TYPE","value":{)";
      if (field.name) {
        out += R"("fieldName":{"name":)";
        append_json_text(out, *field.name);
        out += "},";
      }
      out += R"("typeSignature":)";
      append_type_signature(out, field.type);
      out += "}}";
    } else {
      out += R"({"kind":"TYPE","value":)";
      append_type_signature(out, field.type);
      out += '}';
    }
  }
  out += "]}";
}

bool is_reserved_word(std::string_view word) {
  return std::binary_search(kReservedWords.begin(), kReservedWords.end(), to_lower(word));
}

std::string sql_identifier(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool plain =
      !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
      });
  return plain && !is_reserved_word(name) ? std::string(name) : quote(name, '"');
}

}  // namespace tarn::types
