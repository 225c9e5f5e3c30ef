// SPDX-License-Identifier: Apache-2.0
// Queries, rows, tables, views; what shows and explains.
#include <fmt/format.h>

#include "sql/printer/writer.h"
#include "sql/tree/visit.h"

namespace tarn::sql {

void Writer::put(const Statement& statement) {
  visit(statement, [&](const auto& node) { print(node); });
}

void Writer::put(const Property& property) {
  puts(property.name, " = ");
  if (property.value) {
    put(property.value);
  } else {
    put("DEFAULT");
  }
}

void Writer::put_properties(const std::vector<Property>& properties) {
  if (properties.empty()) return;
  put(" WITH ");
  put_list_in_parens(properties);
}

void Writer::put_comment(const std::optional<std::string>& comment) {
  if (!comment) return;
  put(" COMMENT ");
  put_string(*comment);
}

void Writer::put(const ColumnDefinition& column) {
  puts(column.name, " ", column.type);
  if (column.not_null) put(" NOT NULL");
  put_comment(column.comment);
  put_properties(column.properties);
}

void Writer::put(const TableElement& element) {
  if (element.column) {
    put(*element.column);
    return;
  }
  puts("LIKE ", element.like);
  if (element.including_properties) {
    put(*element.including_properties ? " INCLUDING PROPERTIES" : " EXCLUDING PROPERTIES");
  }
}

void Writer::put(const CallArgument& argument) {
  if (argument.name) puts(*argument.name, " => ");
  put(argument.value);
}

void Writer::put(const Assignment& assignment) { puts(assignment.column, " = ", assignment.value); }

void Writer::put(const MergeCase& merge_case) {
  using Action = MergeCase::Action;
  put(merge_case.action == Action::Insert ? " WHEN NOT MATCHED" : " WHEN MATCHED");
  if (merge_case.condition) puts(" AND ", merge_case.condition);
  switch (merge_case.action) {
    case Action::Update:
      put(" THEN UPDATE SET ");
      put_list(merge_case.assignments);
      return;
    case Action::Delete:
      put(" THEN DELETE");
      return;
    case Action::Insert:
      put(" THEN INSERT");
      put_columns(merge_case.columns);
      put(" VALUES ");
      put_list_in_parens(merge_case.values);
      return;
  }
}

void Writer::print(const QueryStatement& node) { put(node.query); }

void Writer::print(const Insert& node) {
  puts("INSERT INTO ", node.table);
  put_columns(node.columns);
  puts(" ", node.query);
}

void Writer::print(const Delete& node) {
  puts("DELETE FROM ", node.table);
  if (node.where) puts(" WHERE ", node.where);
}

void Writer::print(const Update& node) {
  puts("UPDATE ", node.table, " SET ");
  put_list(node.assignments);
  if (node.where) puts(" WHERE ", node.where);
}

void Writer::print(const Merge& node) {
  puts("MERGE INTO ", node.table);
  if (node.alias) puts(" AS ", *node.alias);
  put(" USING ");
  put(*node.source);
  puts(" ON ", node.on);
  put_list(node.cases, "");
}

void Writer::print(const Truncate& node) { puts("TRUNCATE TABLE ", node.table); }

void Writer::print(const CreateTable& node) {
  puts(node.or_replace ? "CREATE OR REPLACE TABLE " : "CREATE TABLE ",
       node.if_not_exists ? "IF NOT EXISTS " : "", node.name, " ");
  put_list_in_parens(node.elements);
  put_comment(node.comment);
  put_properties(node.properties);
}

void Writer::print(const CreateTableAs& node) {
  puts(node.or_replace ? "CREATE OR REPLACE TABLE " : "CREATE TABLE ",
       node.if_not_exists ? "IF NOT EXISTS " : "", node.name);
  put_columns(node.columns);
  put_comment(node.comment);
  put_properties(node.properties);
  puts(" AS (", node.query, ")");
  if (!node.with_data) put(" WITH NO DATA");
}

void Writer::print(const CreateView& node) {
  puts(node.or_replace ? "CREATE OR REPLACE VIEW " : "CREATE VIEW ", node.name);
  put_comment(node.comment);
  if (node.security_invoker) {
    put(*node.security_invoker ? " SECURITY INVOKER" : " SECURITY DEFINER");
  }
  puts(" AS ", node.query);
}

void Writer::print(const CreateMaterializedView& node) {
  puts(node.or_replace ? "CREATE OR REPLACE MATERIALIZED VIEW " : "CREATE MATERIALIZED VIEW ",
       node.if_not_exists ? "IF NOT EXISTS " : "", node.name);
  if (node.grace_period) puts(" GRACE PERIOD ", node.grace_period);
  if (node.stale_inline) puts(" WHEN STALE ", *node.stale_inline ? "INLINE" : "FAIL");
  put_comment(node.comment);
  put_properties(node.properties);
  puts(" AS ", node.query);
}

void Writer::print(const Refresh& node) {
  if (node.object == ObjectKind::View) {
    puts("ALTER VIEW ", node.name, " REFRESH");
  } else {
    puts("REFRESH MATERIALIZED VIEW ", node.name);
  }
}

void Writer::print(const Drop& node) {
  puts("DROP ", to_string(node.object), node.if_exists ? " IF EXISTS " : " ", node.name);
  if (node.cascade) put(" CASCADE");
}

void Writer::print(const Rename& node) {
  puts("ALTER ", to_string(node.object), node.if_exists ? " IF EXISTS " : " ", node.from,
       " RENAME TO ", node.to);
}

void Writer::print(const SetAuthorization& node) {
  puts("ALTER ", to_string(node.object), " ", node.name, " SET AUTHORIZATION ", node.principal);
}

void Writer::print(const SetProperties& node) {
  puts("ALTER ", to_string(node.object), " ", node.name, " SET PROPERTIES ");
  put_list(node.properties);
}

void Writer::print(const AddColumn& node) {
  puts("ALTER TABLE ", node.table_if_exists ? "IF EXISTS " : "", node.table, " ADD COLUMN ",
       node.if_not_exists ? "IF NOT EXISTS " : "", node.column);
  if (node.position == AddColumn::Position::First) put(" FIRST");
  if (node.position == AddColumn::Position::Last) put(" LAST");
  if (node.position == AddColumn::Position::After) puts(" AFTER ", node.after);
}

void Writer::print(const RenameColumn& node) {
  puts("ALTER TABLE ", node.table_if_exists ? "IF EXISTS " : "", node.table, " RENAME COLUMN ",
       node.if_exists ? "IF EXISTS " : "", node.from, " TO ", node.to);
}

void Writer::print(const DropColumn& node) {
  puts("ALTER TABLE ", node.table_if_exists ? "IF EXISTS " : "", node.table, " DROP COLUMN ",
       node.if_exists ? "IF EXISTS " : "", node.column);
}

void Writer::print(const AlterColumn& node) {
  puts("ALTER TABLE ", node.table_if_exists ? "IF EXISTS " : "", node.table, " ALTER COLUMN ",
       node.column);
  if (node.type) {
    puts(" SET DATA TYPE ", *node.type);
  } else {
    put(" DROP NOT NULL");
  }
}

void Writer::print(const TableExecute& node) {
  puts("ALTER ", to_string(node.object), " ", node.table, " EXECUTE ", node.procedure);
  if (!node.arguments.empty()) put_list_in_parens(node.arguments);
  if (node.where) puts(" WHERE ", node.where);
}

void Writer::print(const CommentOn& node) {
  puts("COMMENT ON ", to_string(node.object), " ", node.name, " IS ");
  if (node.comment) {
    put_string(*node.comment);
  } else {
    put("NULL");
  }
}

void Writer::print(const Analyze& node) {
  puts("ANALYZE ", node.table);
  put_properties(node.properties);
}

void Writer::print(const CreateSchema& node) {
  puts("CREATE SCHEMA ", node.if_not_exists ? "IF NOT EXISTS " : "", node.name);
  if (node.authorization) puts(" AUTHORIZATION ", *node.authorization);
  put_properties(node.properties);
}

void Writer::print(const CreateCatalog& node) {
  puts("CREATE CATALOG ", node.if_not_exists ? "IF NOT EXISTS " : "", node.name, " USING ",
       node.connector);
  put_comment(node.comment);
  if (node.authorization) puts(" AUTHORIZATION ", *node.authorization);
  put_properties(node.properties);
}

void Writer::print(const BranchStatement& node) {
  using Action = BranchStatement::Action;
  switch (node.action) {
    case Action::Create:
      puts(node.or_replace ? "CREATE OR REPLACE BRANCH " : "CREATE BRANCH ",
           node.if_exists ? "IF NOT EXISTS " : "", node.branch);
      put_properties(node.properties);
      puts(" IN TABLE ", node.table);
      if (!node.target.value.empty()) puts(" FROM ", node.target);
      return;
    case Action::Drop:
      puts("DROP BRANCH ", node.if_exists ? "IF EXISTS " : "", node.branch, " IN TABLE ",
           node.table);
      return;
    case Action::FastForward:
      puts("ALTER BRANCH ", node.branch, " IN TABLE ", node.table, " FAST FORWARD TO ",
           node.target);
      return;
  }
}

void Writer::print(const Call& node) {
  puts("CALL ", node.name);
  put_list_in_parens(node.arguments);
}

void Writer::print(const Explain& node) {
  put("EXPLAIN ");
  if (node.analyze) put(node.verbose ? "ANALYZE VERBOSE " : "ANALYZE ");
  constexpr std::string_view kFormats[] = {"", "FORMAT TEXT", "FORMAT GRAPHVIZ", "FORMAT JSON"};
  constexpr std::string_view kTypes[] = {"", "TYPE LOGICAL", "TYPE DISTRIBUTED", "TYPE VALIDATE",
                                         "TYPE IO"};
  bool format = node.format != Explain::Format::Unspecified;
  bool type = node.type != Explain::Type::Unspecified;
  if (format || type) {
    puts("(", kTypes[static_cast<int>(node.type)], format && type ? ", " : "",
         kFormats[static_cast<int>(node.format)], ") ");
  }
  put(*node.statement);
}

void Writer::print(const ShowCreate& node) {
  puts("SHOW CREATE ", to_string(node.object), " ", node.name);
}

void Writer::print(const Show& node) {
  constexpr std::string_view kWords[] = {"CATALOGS",      "SCHEMAS",    "TABLES",   "COLUMNS",
                                         "FUNCTIONS",     "SESSION",    "BRANCHES", "ROLES",
                                         "CURRENT ROLES", "ROLE GRANTS"};
  puts("SHOW ", kWords[static_cast<int>(node.what)]);
  if (node.from) puts(" FROM ", node.what == Show::What::Branches ? "TABLE " : "", *node.from);
  if (node.like) {
    put(" LIKE ");
    put_string(node.like->pattern);
    if (node.like->escape) {
      put(" ESCAPE ");
      put_string(*node.like->escape);
    }
  }
}

void Writer::print(const ShowStats& node) {
  put("SHOW STATS FOR ");
  if (node.query) {
    puts("(", node.query, ")");
  } else {
    put(node.table);
  }
}

void Writer::print(const ShowGrants& node) {
  put("SHOW GRANTS");
  if (node.object) puts(" ON ", *node.object);
}

}  // namespace tarn::sql
