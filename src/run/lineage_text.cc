// SPDX-License-Identifier: Apache-2.0
#include "run/lineage_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/json.h"
#include "base/text.h"

namespace tarn::run {

namespace json = boost::json;

namespace {

std::vector<std::size_t> neighbours(const LineageGraph& graph, std::size_t node, bool above) {
  std::vector<std::size_t> out;
  for (const auto& edge : graph.edges) {
    if (above && edge.to == node) out.push_back(edge.from);
    if (!above && edge.from == node) out.push_back(edge.to);
  }
  return out;
}

std::string label(const LineageNode& node) {
  return fmt::format("{} ({}{})", node.name, node.kind,
                     node.relation.empty() ? "" : ", " + replace_all(node.relation, "\"", ""));
}

void append_branch(std::string& out, const LineageGraph& graph, std::size_t node, bool above,
                   const std::string& indent, std::set<std::size_t>& shown) {
  const auto next = neighbours(graph, node, above);
  for (std::size_t i = 0; i < next.size(); ++i) {
    const bool last = i + 1 == next.size();
    const bool again = !shown.insert(next[i]).second;
    out += fmt::format("{}{} {}{}\n", indent, last ? "└─" : "├─", label(graph.nodes[next[i]]),
                       again ? " …" : "");
    if (!again) {
      append_branch(out, graph, next[i], above, indent + (last ? "   " : "│  "), shown);
    }
  }
}

// `snapshot.city ← onsite_postgres.customer.city`, one line a way; `kind` of the weakest step.
void append_ways(std::string& out, const LineageGraph& graph, std::size_t node,
                 const std::string& column, const std::string& way, ColumnEdgeKind kind,
                 int depth) {
  bool found = false;
  for (const auto& edge : graph.columns) {
    if (edge.to != node || edge.to_column != column || depth > 20) continue;
    found = true;
    const auto next = std::max(kind, edge.kind);
    append_ways(out, graph, edge.from, edge.from_column,
                fmt::format("{} ← {}.{}", way, graph.nodes[edge.from].name, edge.from_column), next,
                depth + 1);
  }
  if (!found) {
    out += way;
    if (depth > 0) out += fmt::format("  ({})", to_string(kind));
    out += '\n';
  }
}

void append_columns(std::string& out, const LineageGraph& graph) {
  const LineageNode& focus = graph.nodes[graph.focus];
  out += "\ncolumns\n";
  for (const auto& column : focus.columns) {
    append_ways(out, graph, graph.focus, column, "  " + column, ColumnEdgeKind::PassedThrough, 0);
  }
  bool first = true;
  for (const auto& edge : graph.columns) {
    if (edge.to != graph.focus || edge.kind != ColumnEdgeKind::FilterOnly) continue;
    if (first) out += "\nonly decide about rows\n";
    first = false;
    out += fmt::format("  {}.{}\n", graph.nodes[edge.from].name, edge.from_column);
  }
  for (const auto& node : graph.nodes) {
    if (!node.problem.empty()) {
      out += fmt::format("\nnot traced: {}: {}\n", node.name, node.problem);
    }
  }
}

std::string escaped_xml(std::string_view text) {
  std::string out = replace_all(text, "&", "&amp;");
  out = replace_all(out, "<", "&lt;");
  return replace_all(out, "\"", "&quot;");
}

// The longest way from a node without parents.
std::vector<std::size_t> layers_of(const LineageGraph& graph) {
  std::vector<std::size_t> out(graph.nodes.size(), 0);
  // Nodes come after their parents.
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    for (std::size_t parent : neighbours(graph, node, true)) {
      out[node] = std::max(out[node], out[parent] + 1);
    }
  }
  return out;
}

struct Box {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

constexpr int kRowHeight = 18;
constexpr int kGap = 70;

std::vector<Box> place_boxes(const LineageGraph& graph, bool with_columns) {
  const auto layers = layers_of(graph);
  std::map<std::size_t, int> widths;
  std::vector<Box> boxes(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    std::size_t letters = std::max(graph.nodes[i].name.size(), graph.nodes[i].kind.size());
    if (with_columns) {
      for (const auto& column : graph.nodes[i].columns) letters = std::max(letters, column.size());
    }
    boxes[i].width = static_cast<int>(letters) * 8 + 24;
    boxes[i].height =
        44 + (with_columns ? static_cast<int>(graph.nodes[i].columns.size()) * kRowHeight : 0);
    widths[layers[i]] = std::max(widths[layers[i]], boxes[i].width);
  }
  std::map<std::size_t, int> next_y;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    int x = 20;
    for (const auto& [layer, width] : widths) {
      if (layer < layers[i]) x += width + kGap;
    }
    int& y = next_y.try_emplace(layers[i], 20).first->second;
    boxes[i].x = x;
    boxes[i].y = y;
    y += boxes[i].height + 24;
  }
  return boxes;
}

int column_y(const LineageNode& node, const Box& box, const std::string& column) {
  const auto at = std::find(node.columns.begin(), node.columns.end(), column);
  const auto row = static_cast<int>(at - node.columns.begin());
  return at == node.columns.end() ? box.y + 20 : box.y + 50 + row * kRowHeight;
}

void append_curve(std::string& out, int x1, int y1, int x2, int y2, std::string_view style) {
  const int middle = (x1 + x2) / 2;
  out += fmt::format("<path d=\"M{} {}C{} {} {} {} {} {}\" class=\"{}\"/>\n", x1, y1, middle, y1,
                     middle, y2, x2, y2, style);
}

}  // namespace

std::string lineage_tree(const LineageGraph& graph, bool with_columns) {
  std::string out = label(graph.nodes[graph.focus]) + "\n";
  std::set<std::size_t> shown = {graph.focus};
  append_branch(out, graph, graph.focus, true, "", shown);
  if (!neighbours(graph, graph.focus, false).empty()) {
    out += "\nread by\n";
    append_branch(out, graph, graph.focus, false, "", shown);
  }
  if (with_columns) append_columns(out, graph);
  return out;
}

std::string lineage_json(const LineageGraph& graph) {
  json::array nodes;
  for (const auto& node : graph.nodes) {
    json::array columns;
    for (const auto& column : node.columns) columns.emplace_back(column);
    json::object entry{{"unique_id", node.id},
                       {"name", node.name},
                       {"kind", node.kind},
                       {"relation", node.relation},
                       {"columns", std::move(columns)}};
    if (!node.problem.empty()) entry["problem"] = node.problem;
    nodes.push_back(std::move(entry));
  }
  json::array edges;
  for (const auto& edge : graph.edges) {
    edges.push_back(
        json::object{{"from", graph.nodes[edge.from].id}, {"to", graph.nodes[edge.to].id}});
  }
  json::array columns;
  for (const auto& edge : graph.columns) {
    columns.push_back(json::object{
        {"from", graph.nodes[edge.from].id},
        {"from_column", edge.from_column},
        {"to", graph.nodes[edge.to].id},
        {"to_column", edge.to_column.empty() ? json::value(nullptr) : json::value(edge.to_column)},
        {"kind", to_string(edge.kind)}});
  }
  return write_json_pretty(json::object{{"focus", graph.nodes[graph.focus].id},
                                        {"nodes", std::move(nodes)},
                                        {"edges", std::move(edges)},
                                        {"column_edges", std::move(columns)}}) +
         "\n";
}

std::string lineage_mermaid(const LineageGraph& graph, bool with_columns) {
  std::string out = "graph LR\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    out += fmt::format("  n{}[\"{}<br/>{}\"]\n", i, escaped_xml(graph.nodes[i].name),
                       graph.nodes[i].kind);
  }
  if (!with_columns) {
    for (const auto& edge : graph.edges) out += fmt::format("  n{} --> n{}\n", edge.from, edge.to);
    return out;
  }
  for (const auto& edge : graph.columns) {
    out += fmt::format("  n{} {}|\"{} → {}\"| n{}\n", edge.from,
                       edge.kind == ColumnEdgeKind::FilterOnly ? "-.->" : "-->",
                       escaped_xml(edge.from_column),
                       edge.to_column.empty() ? "rows" : escaped_xml(edge.to_column), edge.to);
  }
  return out;
}

std::string lineage_svg(const LineageGraph& graph, bool with_columns) {
  const auto boxes = place_boxes(graph, with_columns);
  int width = 40;
  int height = 40;
  for (const auto& box : boxes) {
    width = std::max(width, box.x + box.width + 20);
    height = std::max(height, box.y + box.height + 20);
  }
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\">\n<style>text{{font:13px sans-serif}}.kind{{fill:#777;font-size:11px}}"
      "rect{{fill:#fff;stroke:#888}}.focus{{stroke:#06c;stroke-width:2}}path{{fill:none;stroke:#"
      "999}}"
      ".through{{stroke:#06c}}.derived{{stroke:#c60}}.filter{{stroke:#999;stroke-dasharray:4 3}}"
      "</style>\n",
      width, height);
  if (with_columns) {
    for (const auto& edge : graph.columns) {
      const Box& from = boxes[edge.from];
      const Box& to = boxes[edge.to];
      append_curve(out, from.x + from.width,
                   column_y(graph.nodes[edge.from], from, edge.from_column), to.x,
                   column_y(graph.nodes[edge.to], to, edge.to_column),
                   edge.kind == ColumnEdgeKind::PassedThrough ? "through"
                   : edge.kind == ColumnEdgeKind::Derived     ? "derived"
                                                              : "filter");
    }
  } else {
    for (const auto& edge : graph.edges) {
      const Box& from = boxes[edge.from];
      const Box& to = boxes[edge.to];
      append_curve(out, from.x + from.width, from.y + 22, to.x, to.y + 22, "through");
    }
  }
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Box& box = boxes[i];
    const LineageNode& node = graph.nodes[i];
    out += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"{}/>\n<text x=\"{}\" "
        "y=\"{}\">{}</text>\n<text class=\"kind\" x=\"{}\" y=\"{}\">{}</text>\n",
        box.x, box.y, box.width, box.height, i == graph.focus ? " class=\"focus\"" : "", box.x + 10,
        box.y + 18, escaped_xml(node.name), box.x + 10, box.y + 34, escaped_xml(node.kind));
    if (!with_columns) continue;
    for (const auto& column : node.columns) {
      out += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", box.x + 10,
                         column_y(node, box, column) + 4, escaped_xml(column));
    }
  }
  return out + "</svg>\n";
}

}  // namespace tarn::run
