// SPDX-License-Identifier: Apache-2.0
// Function calls, windows and SQL/JSON functions.
#include "base/text.h"
#include "sql/printer/writer.h"
#include "sql/tree/visit.h"

namespace tarn::sql {

void Writer::put(const SortItem& item) {
  put(item.key);
  if (item.direction == SortDirection::Descending) put(" DESC");
  if (item.nulls == NullOrder::First) put(" NULLS FIRST");
  if (item.nulls == NullOrder::Last) put(" NULLS LAST");
}

void Writer::put_order_by(const std::vector<SortItem>& items, std::string_view before) {
  if (items.empty()) return;
  puts(before, "ORDER BY ");
  put_list(items);
}

void Writer::put_frame_bound(const FrameBound& bound) {
  switch (bound.kind) {
    case FrameBound::Kind::UnboundedPreceding:
      put("UNBOUNDED PRECEDING");
      return;
    case FrameBound::Kind::UnboundedFollowing:
      put("UNBOUNDED FOLLOWING");
      return;
    case FrameBound::Kind::CurrentRow:
      put("CURRENT ROW");
      return;
    case FrameBound::Kind::Preceding:
    case FrameBound::Kind::Following:
      put(bound.distance);
      put(bound.kind == FrameBound::Kind::Preceding ? " PRECEDING" : " FOLLOWING");
      return;
  }
}

void Writer::put(const WindowSpecification& window) {
  std::size_t begin = out.size();
  auto space = [&] { return out.size() > begin ? " " : ""; };
  if (window.base) put(*window.base);
  if (!window.partition_by.empty()) {
    puts(space(), "PARTITION BY ");
    put_list(window.partition_by);
  }
  put_order_by(window.order_by, space());
  if (window.frame) {
    constexpr std::string_view kTypes[] = {"RANGE ", "ROWS ", "GROUPS "};
    puts(space(), kTypes[static_cast<int>(window.frame->type)]);
    if (window.frame->end) put("BETWEEN ");
    put_frame_bound(window.frame->start);
    if (window.frame->end) {
      put(" AND ");
      put_frame_bound(*window.frame->end);
    }
  }
}

void Writer::put_window(const Window& window) {
  if (window.name) {
    put(*window.name);
  } else {
    puts("(", window.specification, ")");
  }
}

void Writer::put_call_arguments(const FunctionCall& node) {
  if (node.star_of) puts(*node.star_of, ".");
  if (node.star) {
    put("*");
    return;
  }
  if (node.distinct) put("DISTINCT ");
  put_list(node.arguments);
  put_order_by(node.order_by, node.arguments.empty() ? "" : " ");
}

void Writer::print(const FunctionCall& node) {
  bool plain = node.name.parts.size() == 1 && !node.name.parts[0].quoted;
  if (plain && equals_ignore_case(node.name.parts[0].value, "normalize") &&
      node.arguments.size() == 2) {
    put("NORMALIZE(");
    put(*node.arguments[0], Binding::Concat);
    put(", ");
    if (const auto* form = as<StringLiteral>(*node.arguments[1])) put(form->value);
    put(")");
    return;
  }
  puts(node.name, "(");
  put_call_arguments(node);
  put(")");
  if (node.filter) puts(" FILTER (WHERE ", node.filter, ")");
  if (node.nulls == NullTreatment::Ignore) put(" IGNORE NULLS");
  if (node.nulls == NullTreatment::Respect) put(" RESPECT NULLS");
  if (node.over) {
    put(" OVER ");
    put_window(*node.over);
  }
}

void Writer::print(const Listagg& node) {
  put("LISTAGG(");
  if (node.distinct) put("DISTINCT ");
  put(node.value);
  if (!node.separator.empty()) {
    put(", ");
    put_string(node.separator);
  }
  if (node.truncate) {
    put(" ON OVERFLOW TRUNCATE ");
    if (node.filler) {
      put_string(*node.filler);
      put(" ");
    }
    put(node.with_count ? "WITH COUNT" : "WITHOUT COUNT");
  }
  put(") WITHIN GROUP (");
  put_order_by(node.order_by, "");
  put(")");
  if (node.filter) puts(" FILTER (WHERE ", node.filter, ")");
}

void Writer::put_json_format(JsonEncoding format) {
  constexpr std::string_view kFormats[] = {"", " FORMAT JSON", " FORMAT JSON ENCODING UTF8",
                                           " FORMAT JSON ENCODING UTF16",
                                           " FORMAT JSON ENCODING UTF32"};
  put(kFormats[static_cast<int>(format)]);
}

void Writer::put(const JsonInput& input) {
  put(input.value);
  put_json_format(input.format);
}

void Writer::put(const JsonArgument& argument) { puts(argument.input, " AS ", argument.name); }

void Writer::put(const JsonMember& member) { puts(member.key, " VALUE ", member.value); }

void Writer::put_json_path(const JsonPathCall& call) {
  puts(call.input, ", ");
  put_string(call.path);
  if (call.path_name) puts(" AS ", *call.path_name);
  if (!call.passing.empty()) {
    put(" PASSING ");
    put_list(call.passing);
  }
}

void Writer::put_json_output(const JsonOutput& output) {
  if (!output.type) return;
  puts(out.back() == '(' ? "" : " ", "RETURNING ", *output.type);
  put_json_format(output.format);
}

void Writer::put_json_nulls(JsonNulls nulls) {
  if (nulls == JsonNulls::Null) put(" NULL ON NULL");
  if (nulls == JsonNulls::Absent) put(" ABSENT ON NULL");
}

void Writer::put_json_wrapper(JsonWrapper wrapper, JsonQuotes quotes) {
  constexpr std::string_view kWrappers[] = {"", " WITHOUT WRAPPER", " WITH CONDITIONAL WRAPPER",
                                            " WITH UNCONDITIONAL WRAPPER"};
  put(kWrappers[static_cast<int>(wrapper)]);
  if (quotes == JsonQuotes::Keep) put(" KEEP QUOTES");
  if (quotes == JsonQuotes::Omit) put(" OMIT QUOTES");
}

void Writer::put_json_behavior(const JsonBehavior& behavior, std::string_view on) {
  constexpr std::string_view kKinds[] = {"",          " NULL",        " ERROR",
                                         " DEFAULT ", " EMPTY ARRAY", " EMPTY OBJECT",
                                         " TRUE",     " FALSE",       " UNKNOWN"};
  if (behavior.kind == JsonBehavior::Kind::Unspecified) return;
  put(kKinds[static_cast<int>(behavior.kind)]);
  if (behavior.value) put(behavior.value);
  puts(" ON ", on);
}

void Writer::print(const JsonExists& node) {
  put("JSON_EXISTS(");
  put_json_path(node.call);
  put_json_behavior(node.on_error, "ERROR");
  put(")");
}

void Writer::print(const JsonValue& node) {
  put("JSON_VALUE(");
  put_json_path(node.call);
  if (node.returning) puts(" RETURNING ", *node.returning);
  put_json_behavior(node.on_empty, "EMPTY");
  put_json_behavior(node.on_error, "ERROR");
  put(")");
}

void Writer::print(const JsonQuery& node) {
  put("JSON_QUERY(");
  put_json_path(node.call);
  put_json_output(node.output);
  put_json_wrapper(node.wrapper, node.quotes);
  put_json_behavior(node.on_empty, "EMPTY");
  put_json_behavior(node.on_error, "ERROR");
  put(")");
}

void Writer::print(const JsonObject& node) {
  put("JSON_OBJECT(");
  put_list(node.members);
  put_json_nulls(node.nulls);
  if (node.unique_keys) put(" WITH UNIQUE KEYS");
  put_json_output(node.output);
  put(")");
}

void Writer::print(const JsonArray& node) {
  put("JSON_ARRAY(");
  put_list(node.items);
  put_json_nulls(node.nulls);
  put_json_output(node.output);
  put(")");
}

void Writer::put(const JsonTableColumn& column) {
  using Kind = JsonTableColumn::Kind;
  if (column.kind == Kind::Nested) {
    put("NESTED PATH ");
    put_string(column.path.value_or(""));
    if (column.name) puts(" AS ", *column.name);
    put(" COLUMNS ");
    put_list_in_parens(column.nested);
    return;
  }
  if (column.name) put(*column.name);
  if (column.kind == Kind::Ordinality) {
    put(" FOR ORDINALITY");
    return;
  }
  if (column.type) puts(" ", *column.type);
  put_json_format(column.format);
  if (column.path) {
    put(" PATH ");
    put_string(*column.path);
  }
  put_json_wrapper(column.wrapper, column.quotes);
  put_json_behavior(column.on_empty, "EMPTY");
  put_json_behavior(column.on_error, "ERROR");
}

void Writer::put_json_plan(const JsonTablePlan& plan) {
  if (plan.kind == JsonTablePlan::Kind::Leaf) {
    put(plan.name);
    return;
  }
  constexpr std::string_view kWords[] = {"", " OUTER ", " INNER ", " UNION ", " CROSS "};
  bool first = true;
  for (const auto& part : plan.parts) {
    if (!first) put(kWords[static_cast<int>(plan.kind)]);
    first = false;
    bool leaf = part.kind == JsonTablePlan::Kind::Leaf;
    if (!leaf) put("(");
    put_json_plan(part);
    if (!leaf) put(")");
  }
}

void Writer::print(const JsonTable& node) {
  put("JSON_TABLE(");
  put_json_path(node.call);
  put(" COLUMNS ");
  put_list_in_parens(node.columns);
  if (node.plan) {
    put(" PLAN (");
    put_json_plan(*node.plan);
    put(")");
  } else if (node.default_plan) {
    puts(" PLAN DEFAULT (", node.default_inner ? "INNER" : "OUTER", ", ",
         node.default_cross ? "CROSS" : "UNION", ")");
  }
  if (node.error_on_error) puts(*node.error_on_error ? " ERROR" : " EMPTY", " ON ERROR");
  put(")");
}

}  // namespace tarn::sql
