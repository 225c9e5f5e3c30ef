// SPDX-License-Identifier: Apache-2.0
#include "run/lineage_text.h"

#include <doctest/doctest.h>

namespace tarn::run {

namespace {

LineageGraph example() {
  LineageGraph out;
  out.nodes = {{"source.s.bank.customer",
                "bank.customer",
                "source",
                "\"pg\".\"b\".\"customer\"",
                {"custkey", "name"},
                {}},
               {"model.s.consume", "consume", "incremental", "", {"custkey", "full_name"}, {}},
               {"exposure.s.report", "report", "exposure", "", {}, "no <query>"}};
  out.edges = {{0, 1}, {1, 2}};
  out.columns = {{0, "custkey", 1, "custkey", ColumnEdgeKind::PassedThrough},
                 {0, "name", 1, "full_name", ColumnEdgeKind::Derived},
                 {0, "name", 1, "", ColumnEdgeKind::FilterOnly}};
  out.focus = 1;
  return out;
}

}  // namespace

TEST_CASE("lineage as a tree") {
  CHECK(lineage_tree(example(), true) ==
        "consume (incremental)\n"
        "└─ bank.customer (source, pg.b.customer)\n"
        "\n"
        "read by\n"
        "└─ report (exposure)\n"
        "\n"
        "columns\n"
        "  custkey ← bank.customer.custkey  (passed through)\n"
        "  full_name ← bank.customer.name  (derived)\n"
        "\n"
        "only decide about rows\n"
        "  bank.customer.name\n"
        "\n"
        "not traced: report: no <query>\n");
}

TEST_CASE("lineage for programs and pictures") {
  const std::string json = lineage_json(example());
  CHECK(json.find("\"to_column\": null") != std::string::npos);
  CHECK(lineage_mermaid(example(), false) ==
        "graph LR\n  n0[\"bank.customer<br/>source\"]\n  n1[\"consume<br/>incremental\"]\n"
        "  n2[\"report<br/>exposure\"]\n  n0 --> n1\n  n1 --> n2\n");
  const std::string svg = lineage_svg(example(), true);
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.find("class=\"derived\"") != std::string::npos);
}

}  // namespace tarn::run
