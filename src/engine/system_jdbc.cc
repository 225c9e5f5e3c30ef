// SPDX-License-Identifier: Apache-2.0
// `system.jdbc`: the tables that the JDBC driver reads for DatabaseMetaData.
#include <algorithm>

#include "base/text.h"
#include "engine/relation_list.h"
#include "engine/session_state.h"
#include "engine/system_tables.h"
#include "types/type_text.h"

namespace tarn::engine {

namespace {

using Rows = std::vector<Row>;
using types::Type;
using types::TypeKind;
using types::Value;

// `name` is text, `name:n` a number, `name:f` a flag, `name:s` a small number.
std::vector<AnswerColumn> described(std::initializer_list<std::string_view> names) {
  std::vector<AnswerColumn> out;
  for (std::string_view name : names) {
    Type type = varchar_type();
    if (name.ends_with(":n")) type = bigint_type();
    if (name.ends_with(":f")) type = boolean_type();
    if (name.size() > 2 && name[name.size() - 2] == ':') name.remove_suffix(2);
    out.push_back({std::string(name), std::move(type)});
  }
  return out;
}

// java.sql.Types.
std::int64_t java_type(const Type& type) {
  switch (type.kind) {
    case TypeKind::Boolean:
      return 16;
    case TypeKind::TinyInt:
      return -6;
    case TypeKind::SmallInt:
      return 5;
    case TypeKind::Integer:
      return 4;
    case TypeKind::BigInt:
      return -5;
    case TypeKind::Real:
      return 7;
    case TypeKind::Double:
      return 8;
    case TypeKind::Decimal:
      return 3;
    case TypeKind::Varchar:
      return 12;
    case TypeKind::Char:
      return 1;
    case TypeKind::Varbinary:
      return -3;
    case TypeKind::Date:
      return 91;
    case TypeKind::Time:
      return 92;
    case TypeKind::TimeWithTimeZone:
      return 2013;
    case TypeKind::Timestamp:
      return 93;
    case TypeKind::TimestampWithTimeZone:
      return 2014;
    case TypeKind::Array:
      return 2003;
    default:
      return 2000;
  }
}

std::int64_t time_width(std::int64_t base, std::int32_t digits) {
  return base + (digits > 0 ? digits + 1 : 0);
}

Value column_size(const Type& type) {
  switch (type.kind) {
    case TypeKind::TinyInt:
      return Value(3);
    case TypeKind::SmallInt:
      return Value(5);
    case TypeKind::Integer:
      return Value(10);
    case TypeKind::BigInt:
      return Value(19);
    case TypeKind::Real:
      return Value(24);
    case TypeKind::Double:
      return Value(53);
    case TypeKind::Decimal:
    case TypeKind::Char:
      return Value(type.precision);
    case TypeKind::Varchar:
      return types::is_unbounded_varchar(type) ? Value(1073741824) : Value(type.precision);
    case TypeKind::Varbinary:
      return Value(1073741824);
    case TypeKind::Date:
      return Value(14);
    case TypeKind::Time:
      return Value(time_width(8, type.precision));
    case TypeKind::TimeWithTimeZone:
      return Value(time_width(14, type.precision));
    case TypeKind::Timestamp:
      return Value(time_width(25, type.precision));
    case TypeKind::TimestampWithTimeZone:
      return Value(time_width(59, type.precision));
    default:
      return {};
  }
}

std::vector<std::string> wanted_catalogs(StatementRun& run, const ColumnBounds& bounds) {
  auto names = show_catalogs(run).value_or(std::vector<std::string>());
  if (const auto* wanted = find_bound(bounds, 0)) {
    std::erase_if(names, [&](const std::string& name) {
      return std::find(wanted->begin(), wanted->end(), name) == wanted->end();
    });
  }
  return names;
}

ComputedTable jdbc_catalogs(StatementRun& run) {
  ComputedTable table;
  table.columns = described({"table_cat"});
  table.rows = [&run](const ColumnBounds& bounds) -> Result<Rows> {
    Rows rows;
    for (auto& name : wanted_catalogs(run, bounds)) rows.push_back({text_value(std::move(name))});
    return rows;
  };
  return table;
}

ComputedTable jdbc_schemas(StatementRun& run) {
  ComputedTable table;
  table.columns = described({"table_schem", "table_catalog"});
  table.rows = [&run](const ColumnBounds&) -> Result<Rows> {
    Rows rows;
    for (const auto& catalog : TRY(show_catalogs(run))) {
      auto schemas = all_schemas(run, catalog);
      if (!schemas) continue;  // not reachable: it has none
      for (auto& schema : *schemas) rows.push_back({text_value(schema), text_value(catalog)});
    }
    return rows;
  };
  return table;
}

ComputedTable jdbc_tables(StatementRun& run) {
  ComputedTable table;
  table.columns =
      described({"table_cat", "table_schem", "table_name", "table_type", "remarks", "type_cat",
                 "type_schem", "type_name", "self_referencing_col_name", "ref_generation"});
  table.rows = [&run](const ColumnBounds& bounds) -> Result<Rows> {
    Rows rows;
    const RelationBounds wanted{find_bound(bounds, 1), find_bound(bounds, 2)};
    for (const auto& catalog : wanted_catalogs(run, bounds)) {
      auto walked = for_each_name(
          run, catalog, wanted, [&](const std::string& schema, const ListedRelation& listed) {
            const bool view = listed.kind == RelationKind::View;
            rows.push_back({text_value(catalog), text_value(schema), text_value(listed.name),
                            text_value(view ? "VIEW" : "TABLE"), Value(), Value(), Value(), Value(),
                            Value(), Value()});
            return ok();
          });
      if (!walked && find_bound(bounds, 0) != nullptr) return std::move(walked).error();
    }
    return rows;
  };
  return table;
}

Row jdbc_column(const std::string& catalog, const std::string& schema, const std::string& name,
                const analysis::TableColumn& column, const std::optional<std::string>& comment,
                std::int64_t position) {
  const Type& type = column.type;
  const bool is_text = type.is(TypeKind::Varchar) || type.is(TypeKind::Char);
  const bool has_digits = types::is_numeric(type);
  return {
      text_value(catalog),
      text_value(schema),
      text_value(name),
      text_value(column.name),
      Value(java_type(type)),
      text_value(types::to_string(type)),
      column_size(type),
      Value(),
      type.is(TypeKind::Decimal) ? Value(type.scale) : Value(),
      has_digits ? Value(type.is(TypeKind::Real) || type.is(TypeKind::Double) ? 2 : 10) : Value(),
      Value(column.nullable ? 1 : 0),
      optional_text(comment),
      Value(),
      Value(),
      Value(),
      is_text ? column_size(type) : Value(),
      Value(position),
      text_value(column.nullable ? "YES" : "NO"),
      Value(),
      Value(),
      Value(),
      Value(),
      Value(),
      Value()};
}

ComputedTable jdbc_columns(StatementRun& run) {
  ComputedTable table;
  table.columns = described(
      {"table_cat",          "table_schem",        "table_name",         "column_name",
       "data_type:n",        "type_name",          "column_size:n",      "buffer_length:n",
       "decimal_digits:n",   "num_prec_radix:n",   "nullable:n",         "remarks",
       "column_def",         "sql_data_type:n",    "sql_datetime_sub:n", "char_octet_length:n",
       "ordinal_position:n", "is_nullable",        "scope_catalog",      "scope_schema",
       "scope_table",        "source_data_type:n", "is_autoincrement",   "is_generatedcolumn"});
  table.rows = [&run](const ColumnBounds& bounds) -> Result<Rows> {
    Rows rows;
    const RelationBounds wanted{find_bound(bounds, 1), find_bound(bounds, 2)};
    for (const auto& catalog : wanted_catalogs(run, bounds)) {
      auto walked = for_each_relation(
          run, catalog, wanted,
          [&](const std::string& schema, const std::string& name, const Relation& relation) {
            std::int64_t position = 0;
            const auto& columns = relation.info->columns;
            for (std::size_t i = 0; i < columns.size(); ++i) {
              if (columns[i].hidden) continue;
              const auto comment = i < relation.column_comments.size()
                                       ? relation.column_comments[i]
                                       : std::optional<std::string>();
              rows.push_back(jdbc_column(catalog, schema, name, columns[i], comment, ++position));
            }
            return ok();
          });
      if (!walked && find_bound(bounds, 0) != nullptr) return std::move(walked).error();
    }
    return rows;
  };
  return table;
}

ComputedTable jdbc_table_types() {
  ComputedTable table;
  table.columns = described({"table_type"});
  table.rows = [](const ColumnBounds&) -> Result<Rows> {
    return Rows{{text_value("TABLE")}, {text_value("VIEW")}};
  };
  return table;
}

ComputedTable jdbc_types() {
  ComputedTable table;
  table.columns = described(
      {"type_name", "data_type:n", "precision:n", "literal_prefix", "literal_suffix",
       "create_params", "nullable:n", "case_sensitive:f", "searchable:n", "unsigned_attribute:f",
       "fixed_prec_scale:f", "auto_increment:f", "local_type_name", "minimum_scale:n",
       "maximum_scale:n", "sql_data_type:n", "sql_datetime_sub:n", "num_prec_radix:n"});
  table.rows = [](const ColumnBounds&) -> Result<Rows> {
    Rows rows;
    for (const TypeKind kind : {TypeKind::Boolean, TypeKind::BigInt, TypeKind::Integer,
                                TypeKind::SmallInt, TypeKind::TinyInt, TypeKind::Real,
                                TypeKind::Double, TypeKind::Varbinary, TypeKind::Date}) {
      const Type type = types::make_type(kind);
      rows.push_back({text_value(types::to_string(type)), Value(java_type(type)), column_size(type),
                      Value(), Value(), Value(), Value(1), Value(false), Value(3), Value(false),
                      Value(false), Value(), Value(), Value(), Value(), Value(), Value(), Value()});
    }
    return rows;
  };
  return table;
}

struct EmptyTable {
  const char* name;
  std::initializer_list<std::string_view> columns;
};
const EmptyTable kEmptyTables[] = {
    {"attributes",
     {"type_cat",
      "type_schem",
      "type_name",
      "attr_name",
      "data_type:n",
      "attr_type_name",
      "attr_size:n",
      "decimal_digits:n",
      "num_prec_radix:n",
      "nullable:n",
      "remarks",
      "attr_def",
      "sql_data_type:n",
      "sql_datetime_sub:n",
      "char_octet_length:n",
      "ordinal_position:n",
      "is_nullable",
      "scope_catalog",
      "scope_schema",
      "scope_table",
      "source_data_type:n"}},
    {"procedure_columns",
     {"procedure_cat",
      "procedure_schem",
      "procedure_name",
      "column_name",
      "column_type:n",
      "data_type:n",
      "type_name",
      "precision:n",
      "length:n",
      "scale:n",
      "radix:n",
      "nullable:n",
      "remarks",
      "column_def",
      "sql_data_type:n",
      "sql_datetime_sub:n",
      "char_octet_length:n",
      "ordinal_position:n",
      "is_nullable",
      "specific_name"}},
    {"procedures",
     {"procedure_cat", "procedure_schem", "procedure_name", "remarks", "procedure_type:n",
      "specific_name"}},
    {"pseudo_columns",
     {"table_cat", "table_schem", "table_name", "column_name", "data_type:n", "column_size:n",
      "decimal_digits:n", "num_prec_radix:n", "column_usage", "remarks", "char_octet_length:n",
      "is_nullable"}},
    {"super_tables", {"table_cat", "table_schem", "table_name", "supertable_name"}},
    {"super_types",
     {"type_cat", "type_schem", "type_name", "supertype_cat", "supertype_schem", "supertype_name"}},
    {"udts",
     {"type_cat", "type_schem", "type_name", "class_name", "data_type:n", "remarks",
      "base_type:n"}}};

}  // namespace

std::optional<ComputedTable> find_jdbc_table(StatementRun& run, const std::string& name) {
  if (name == "catalogs") return jdbc_catalogs(run);
  if (name == "schemas") return jdbc_schemas(run);
  if (name == "tables") return jdbc_tables(run);
  if (name == "columns") return jdbc_columns(run);
  if (name == "table_types") return jdbc_table_types();
  if (name == "types") return jdbc_types();
  for (const EmptyTable& empty : kEmptyTables) {
    if (name != empty.name) continue;
    ComputedTable table;
    table.columns = described(empty.columns);
    table.rows = [](const ColumnBounds&) { return Rows(); };
    return table;
  }
  return std::nullopt;
}

std::vector<std::string> jdbc_table_names() {
  std::vector<std::string> names = {"catalogs",    "columns", "schemas",
                                    "table_types", "tables",  "types"};
  for (const EmptyTable& empty : kEmptyTables) names.emplace_back(empty.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::span<const PropertyHelp> lake_property_help() {
  static constexpr PropertyHelp kHelp[] = {
      {"table", "compression_codec", "", "varchar", "Compression codec to use when writing files"},
      {"table", "data_location", "", "varchar", "File system location URI for the data files"},
      {"table", "delete_after_commit_enabled", "", "boolean",
       "Whether to delete old tracked metadata files after each table commit"},
      {"table", "extra_properties", "", "map(varchar,varchar)", "Extra table properties"},
      {"table", "format", "PARQUET", "varchar", "File format for the table"},
      {"table", "format_version", "2", "integer", "Iceberg table format version"},
      {"table", "location", "", "varchar", "File system location URI for the table"},
      {"table", "max_commit_retry", "4", "integer",
       "Number of times to retry a commit before failing"},
      {"table", "max_previous_versions", "", "integer", "The number of old metadata files to keep"},
      {"table", "object_store_layout_enabled", "false", "boolean",
       "Set to true to enable Iceberg object store file layout"},
      {"table", "orc_bloom_filter_columns", "[]", "array(varchar)", "ORC Bloom filter columns"},
      {"table", "orc_bloom_filter_fpp", "0.05", "double",
       "ORC Bloom filter false positive probability"},
      {"table", "parquet_bloom_filter_columns", "[]", "array(varchar)",
       "Parquet Bloom filter columns"},
      {"table", "partitioning", "[]", "array(varchar)", "Partition transforms"},
      {"table", "sorted_by", "[]", "array(varchar)", "Sorted columns"},
      {"schema", "location", "", "varchar", "Base file system location URI"},
      {"materialized view", "storage_schema", "", "varchar",
       "Schema for creating materialized views storage table"}};
  return kHelp;
}

}  // namespace tarn::engine
