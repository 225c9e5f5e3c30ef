// SPDX-License-Identifier: Apache-2.0
#include "engine/tpch_table.h"

#include "base/text.h"

namespace tarn::engine {
namespace {

constexpr TpchColumn kCustomer[] = {{"custkey", "bigint"},         {"name", "varchar(25)"},
                                    {"address", "varchar(40)"},    {"nationkey", "bigint"},
                                    {"phone", "varchar(15)"},      {"acctbal", "double"},
                                    {"mktsegment", "varchar(10)"}, {"comment", "varchar(117)"}};

constexpr TpchColumn kLineitem[] = {{"orderkey", "bigint"},       {"partkey", "bigint"},
                                    {"suppkey", "bigint"},        {"linenumber", "integer"},
                                    {"quantity", "double"},       {"extendedprice", "double"},
                                    {"discount", "double"},       {"tax", "double"},
                                    {"returnflag", "varchar(1)"}, {"linestatus", "varchar(1)"},
                                    {"shipdate", "date"},         {"commitdate", "date"},
                                    {"receiptdate", "date"},      {"shipinstruct", "varchar(25)"},
                                    {"shipmode", "varchar(10)"},  {"comment", "varchar(44)"}};

constexpr TpchColumn kNation[] = {{"nationkey", "bigint"},
                                  {"name", "varchar(25)"},
                                  {"regionkey", "bigint"},
                                  {"comment", "varchar(152)"}};

constexpr TpchColumn kOrders[] = {
    {"orderkey", "bigint"},   {"custkey", "bigint"},       {"orderstatus", "varchar(1)"},
    {"totalprice", "double"}, {"orderdate", "date"},       {"orderpriority", "varchar(15)"},
    {"clerk", "varchar(15)"}, {"shippriority", "integer"}, {"comment", "varchar(79)"}};

constexpr TpchColumn kPart[] = {
    {"partkey", "bigint"},        {"name", "varchar(55)"},   {"mfgr", "varchar(25)"},
    {"brand", "varchar(10)"},     {"type", "varchar(25)"},   {"size", "integer"},
    {"container", "varchar(10)"}, {"retailprice", "double"}, {"comment", "varchar(23)"}};

constexpr TpchColumn kPartsupp[] = {{"partkey", "bigint"},
                                    {"suppkey", "bigint"},
                                    {"availqty", "integer"},
                                    {"supplycost", "double"},
                                    {"comment", "varchar(199)"}};

constexpr TpchColumn kRegion[] = {
    {"regionkey", "bigint"}, {"name", "varchar(25)"}, {"comment", "varchar(152)"}};

constexpr TpchColumn kSupplier[] = {{"suppkey", "bigint"},      {"name", "varchar(25)"},
                                    {"address", "varchar(40)"}, {"nationkey", "bigint"},
                                    {"phone", "varchar(15)"},   {"acctbal", "double"},
                                    {"comment", "varchar(101)"}};

constexpr TpchTable kTables[] = {{"customer", "c_", kCustomer}, {"lineitem", "l_", kLineitem},
                                 {"nation", "n_", kNation},     {"orders", "o_", kOrders},
                                 {"part", "p_", kPart},         {"partsupp", "ps_", kPartsupp},
                                 {"region", "r_", kRegion},     {"supplier", "s_", kSupplier}};

}  // namespace

std::span<const TpchTable> tpch_tables() { return kTables; }

std::optional<double> tpch_scale(std::string_view schema) {
  if (schema == "tiny") return 0.01;
  if (!schema.starts_with("sf")) return std::nullopt;
  const auto scale = parse_double(schema.substr(2));
  if (!scale || !(*scale > 0)) return std::nullopt;
  return scale;
}

}  // namespace tarn::engine
