// SPDX-License-Identifier: Apache-2.0
// Statements. Where several statements differ in one word only, they share a struct.
#pragma once

#include "sql/tree/query.h"

namespace tarn::sql {

enum class StatementKind {
#define STATEMENT(name) name,
#include "sql/tree/statements.def"
#undef STATEMENT
};

std::string_view to_string(StatementKind kind);

struct Statement {
  explicit Statement(StatementKind kind) : kind(kind) {}
  virtual ~Statement() = default;
  StatementKind kind;
  TextSpan span;
};

template <StatementKind K>
struct StatementOf : Statement {
  static constexpr StatementKind kKind = K;
  StatementOf() : Statement(K) {}
};

// What a statement is about, where the grammar has one form for several of them.
enum class ObjectKind { Table, View, MaterializedView, Schema, Column, Function, Catalog, Branch };
// `TABLE`, `MATERIALIZED VIEW`, ….
std::string_view to_string(ObjectKind kind);

struct Property {
  TextSpan span;
  Identifier name;
  ExpressionPtr value;  // null: DEFAULT
  static auto fields(auto& self) { return std::tie(self.name, self.value); }
};

struct Principal {
  enum class Kind { Unspecified, User, Role, CurrentUser, CurrentRole };
  Kind kind = Kind::Unspecified;
  Identifier name;
  static auto fields(auto& self) { return std::tie(self.kind, self.name); }
};

struct ColumnDefinition {
  TextSpan span;
  QualifiedName name;
  DataType type;
  bool not_null = false;
  std::optional<std::string> comment;
  std::vector<Property> properties;
  static auto fields(auto& self) {
    return std::tie(self.name, self.type, self.not_null, self.comment, self.properties);
  }
};

// A column, or LIKE table [INCLUDING|EXCLUDING PROPERTIES].
struct TableElement {
  std::optional<ColumnDefinition> column;
  QualifiedName like;
  std::optional<bool> including_properties;
  static auto fields(auto& self) {
    return std::tie(self.column, self.like, self.including_properties);
  }
};

// One argument of CALL or ALTER TABLE … EXECUTE.
struct CallArgument {
  TextSpan span;
  std::optional<Identifier> name;
  ExpressionPtr value;
  static auto fields(auto& self) { return std::tie(self.name, self.value); }
};

struct LikePattern {
  std::string pattern;
  std::optional<std::string> escape;
  static auto fields(auto& self) { return std::tie(self.pattern, self.escape); }
};

// ---- Queries and rows

struct QueryStatement : StatementOf<StatementKind::QueryStatement> {
  QueryPtr query;
  static auto fields(auto& self) { return std::tie(self.query); }
};

struct Insert : StatementOf<StatementKind::Insert> {
  QualifiedName table;
  std::vector<Identifier> columns;
  QueryPtr query;
  static auto fields(auto& self) { return std::tie(self.table, self.columns, self.query); }
};

struct Delete : StatementOf<StatementKind::Delete> {
  QualifiedName table;
  ExpressionPtr where;  // may be null
  static auto fields(auto& self) { return std::tie(self.table, self.where); }
};

struct Assignment {
  TextSpan span;
  Identifier column;
  ExpressionPtr value;
  static auto fields(auto& self) { return std::tie(self.column, self.value); }
};

struct Update : StatementOf<StatementKind::Update> {
  QualifiedName table;
  std::vector<Assignment> assignments;
  ExpressionPtr where;  // may be null
  static auto fields(auto& self) { return std::tie(self.table, self.assignments, self.where); }
};

struct MergeCase {
  enum class Action { Update, Delete, Insert };  // Insert: WHEN NOT MATCHED
  TextSpan span;
  Action action = Action::Update;
  ExpressionPtr condition;  // may be null
  std::vector<Assignment> assignments;
  std::vector<Identifier> columns;
  std::vector<ExpressionPtr> values;
  static auto fields(auto& self) {
    return std::tie(self.action, self.condition, self.assignments, self.columns, self.values);
  }
};

struct Merge : StatementOf<StatementKind::Merge> {
  QualifiedName table;
  std::optional<Identifier> alias;
  RelationPtr source;
  ExpressionPtr on;
  std::vector<MergeCase> cases;
  static auto fields(auto& self) {
    return std::tie(self.table, self.alias, self.source, self.on, self.cases);
  }
};

struct Truncate : StatementOf<StatementKind::Truncate> {
  QualifiedName table;
  static auto fields(auto& self) { return std::tie(self.table); }
};

// ---- Tables, views, schemas, catalogs

struct CreateTable : StatementOf<StatementKind::CreateTable> {
  bool or_replace = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::vector<TableElement> elements;
  std::optional<std::string> comment;
  std::vector<Property> properties;
  static auto fields(auto& self) {
    return std::tie(self.or_replace, self.if_not_exists, self.name, self.elements, self.comment,
                    self.properties);
  }
};

struct CreateTableAs : StatementOf<StatementKind::CreateTableAs> {
  bool or_replace = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::vector<Identifier> columns;
  std::optional<std::string> comment;
  std::vector<Property> properties;
  QueryPtr query;
  bool with_data = true;
  static auto fields(auto& self) {
    return std::tie(self.or_replace, self.if_not_exists, self.name, self.columns, self.comment,
                    self.properties, self.query, self.with_data);
  }
};

struct CreateView : StatementOf<StatementKind::CreateView> {
  bool or_replace = false;
  QualifiedName name;
  std::optional<std::string> comment;
  std::optional<bool> security_invoker;  // SECURITY INVOKER or DEFINER
  QueryPtr query;
  static auto fields(auto& self) {
    return std::tie(self.or_replace, self.name, self.comment, self.security_invoker, self.query);
  }
};

struct CreateMaterializedView : StatementOf<StatementKind::CreateMaterializedView> {
  bool or_replace = false;
  bool if_not_exists = false;
  QualifiedName name;
  ExpressionPtr grace_period;        // an IntervalLiteral, or null
  std::optional<bool> stale_inline;  // WHEN STALE INLINE or FAIL
  std::optional<std::string> comment;
  std::vector<Property> properties;
  QueryPtr query;
  static auto fields(auto& self) {
    return std::tie(self.or_replace, self.if_not_exists, self.name, self.grace_period,
                    self.stale_inline, self.comment, self.properties, self.query);
  }
};

// REFRESH MATERIALIZED VIEW, or ALTER VIEW … REFRESH.
struct Refresh : StatementOf<StatementKind::Refresh> {
  ObjectKind object = ObjectKind::MaterializedView;
  QualifiedName name;
  static auto fields(auto& self) { return std::tie(self.object, self.name); }
};

// DROP TABLE, VIEW, MATERIALIZED VIEW, SCHEMA, CATALOG.
struct Drop : StatementOf<StatementKind::Drop> {
  ObjectKind object = ObjectKind::Table;
  bool if_exists = false;
  QualifiedName name;
  bool cascade = false;
  static auto fields(auto& self) {
    return std::tie(self.object, self.if_exists, self.name, self.cascade);
  }
};

// ALTER TABLE, VIEW, MATERIALIZED VIEW, SCHEMA … RENAME TO.
struct Rename : StatementOf<StatementKind::Rename> {
  ObjectKind object = ObjectKind::Table;
  bool if_exists = false;
  QualifiedName from;
  QualifiedName to;
  static auto fields(auto& self) {
    return std::tie(self.object, self.if_exists, self.from, self.to);
  }
};

// ALTER … SET AUTHORIZATION.
struct SetAuthorization : StatementOf<StatementKind::SetAuthorization> {
  ObjectKind object = ObjectKind::Table;
  QualifiedName name;
  Principal principal;
  static auto fields(auto& self) { return std::tie(self.object, self.name, self.principal); }
};

// ALTER TABLE or MATERIALIZED VIEW … SET PROPERTIES.
struct SetProperties : StatementOf<StatementKind::SetProperties> {
  ObjectKind object = ObjectKind::Table;
  QualifiedName name;
  std::vector<Property> properties;
  static auto fields(auto& self) { return std::tie(self.object, self.name, self.properties); }
};

struct AddColumn : StatementOf<StatementKind::AddColumn> {
  enum class Position { Unspecified, First, Last, After };
  bool table_if_exists = false;
  QualifiedName table;
  bool if_not_exists = false;
  ColumnDefinition column;
  Position position = Position::Unspecified;
  Identifier after;  // Position::After
  static auto fields(auto& self) {
    return std::tie(self.table_if_exists, self.table, self.if_not_exists, self.column,
                    self.position, self.after);
  }
};

struct RenameColumn : StatementOf<StatementKind::RenameColumn> {
  bool table_if_exists = false;
  QualifiedName table;
  bool if_exists = false;
  QualifiedName from;
  Identifier to;
  static auto fields(auto& self) {
    return std::tie(self.table_if_exists, self.table, self.if_exists, self.from, self.to);
  }
};

struct DropColumn : StatementOf<StatementKind::DropColumn> {
  bool table_if_exists = false;
  QualifiedName table;
  bool if_exists = false;
  QualifiedName column;
  static auto fields(auto& self) {
    return std::tie(self.table_if_exists, self.table, self.if_exists, self.column);
  }
};

// ALTER TABLE … ALTER COLUMN … SET DATA TYPE, or DROP NOT NULL.
struct AlterColumn : StatementOf<StatementKind::AlterColumn> {
  bool table_if_exists = false;
  QualifiedName table;
  QualifiedName column;
  std::optional<DataType> type;  // none: DROP NOT NULL
  static auto fields(auto& self) {
    return std::tie(self.table_if_exists, self.table, self.column, self.type);
  }
};

struct TableExecute : StatementOf<StatementKind::TableExecute> {
  ObjectKind object = ObjectKind::Table;
  QualifiedName table;
  Identifier procedure;
  std::vector<CallArgument> arguments;
  ExpressionPtr where;  // may be null
  static auto fields(auto& self) {
    return std::tie(self.object, self.table, self.procedure, self.arguments, self.where);
  }
};

// COMMENT ON TABLE, VIEW, COLUMN.
struct CommentOn : StatementOf<StatementKind::CommentOn> {
  ObjectKind object = ObjectKind::Table;
  QualifiedName name;
  std::optional<std::string> comment;  // none: IS NULL
  static auto fields(auto& self) { return std::tie(self.object, self.name, self.comment); }
};

struct Analyze : StatementOf<StatementKind::Analyze> {
  QualifiedName table;
  std::vector<Property> properties;
  static auto fields(auto& self) { return std::tie(self.table, self.properties); }
};

struct CreateSchema : StatementOf<StatementKind::CreateSchema> {
  bool if_not_exists = false;
  QualifiedName name;
  std::optional<Principal> authorization;
  std::vector<Property> properties;
  static auto fields(auto& self) {
    return std::tie(self.if_not_exists, self.name, self.authorization, self.properties);
  }
};

struct CreateCatalog : StatementOf<StatementKind::CreateCatalog> {
  bool if_not_exists = false;
  Identifier name;
  Identifier connector;
  std::optional<std::string> comment;
  std::optional<Principal> authorization;
  std::vector<Property> properties;
  static auto fields(auto& self) {
    return std::tie(self.if_not_exists, self.name, self.connector, self.comment, self.authorization,
                    self.properties);
  }
};

// CREATE, DROP or FAST FORWARD of a branch; of later Trino versions.
struct BranchStatement : StatementOf<StatementKind::BranchStatement> {
  enum class Action { Create, Drop, FastForward };
  Action action = Action::Create;
  bool or_replace = false;
  bool if_exists = false;  // IF NOT EXISTS when creating
  Identifier branch;
  QualifiedName table;
  std::vector<Property> properties;
  Identifier target;  // FROM when creating (may be empty), TO when forwarding
  static auto fields(auto& self) {
    return std::tie(self.action, self.or_replace, self.if_exists, self.branch, self.table,
                    self.properties, self.target);
  }
};

// ---- Routines

struct Call : StatementOf<StatementKind::Call> {
  QualifiedName name;
  std::vector<CallArgument> arguments;
  static auto fields(auto& self) { return std::tie(self.name, self.arguments); }
};

struct CreateFunction : StatementOf<StatementKind::CreateFunction> {
  bool or_replace = false;
  FunctionDefinition definition;
  static auto fields(auto& self) { return std::tie(self.or_replace, self.definition); }
};

struct DropFunction : StatementOf<StatementKind::DropFunction> {
  bool if_exists = false;
  FunctionSignature signature;
  static auto fields(auto& self) { return std::tie(self.if_exists, self.signature); }
};

// ---- Roles and privileges

struct CreateRole : StatementOf<StatementKind::CreateRole> {
  Identifier name;
  std::optional<Principal> admin;
  std::optional<Identifier> catalog;
  static auto fields(auto& self) { return std::tie(self.name, self.admin, self.catalog); }
};

struct DropRole : StatementOf<StatementKind::DropRole> {
  Identifier name;
  std::optional<Identifier> catalog;
  static auto fields(auto& self) { return std::tie(self.name, self.catalog); }
};

// GRANT or REVOKE of roles.
struct RoleGrant : StatementOf<StatementKind::RoleGrant> {
  bool revoke = false;
  bool admin_option = false;
  std::vector<Identifier> roles;
  std::vector<Principal> principals;
  std::optional<Principal> granted_by;
  std::optional<Identifier> catalog;
  static auto fields(auto& self) {
    return std::tie(self.revoke, self.admin_option, self.roles, self.principals, self.granted_by,
                    self.catalog);
  }
};

// [kind] name, as in ON TABLE t.
struct GrantObject {
  std::string kind;  // upper case; may be empty
  QualifiedName name;
  static auto fields(auto& self) { return std::tie(self.kind, self.name); }
};

// GRANT, REVOKE or DENY of privileges.
struct PrivilegeGrant : StatementOf<StatementKind::PrivilegeGrant> {
  enum class Action { Grant, Revoke, Deny };
  Action action = Action::Grant;
  bool grant_option = false;
  std::vector<Identifier> privileges;  // empty: ALL PRIVILEGES
  GrantObject object;
  Principal principal;
  static auto fields(auto& self) {
    return std::tie(self.action, self.grant_option, self.privileges, self.object, self.principal);
  }
};

struct SetRole : StatementOf<StatementKind::SetRole> {
  enum class Kind { All, None, Role };
  Kind role_kind = Kind::Role;
  Identifier role;
  std::optional<Identifier> catalog;
  static auto fields(auto& self) { return std::tie(self.role_kind, self.role, self.catalog); }
};

// ---- Session

struct Use : StatementOf<StatementKind::Use> {
  std::optional<Identifier> catalog;
  Identifier schema;
  static auto fields(auto& self) { return std::tie(self.catalog, self.schema); }
};

// SET SESSION name = value, RESET SESSION name.
struct SetSession : StatementOf<StatementKind::SetSession> {
  QualifiedName name;
  ExpressionPtr value;  // null: RESET
  static auto fields(auto& self) { return std::tie(self.name, self.value); }
};

// SET SESSION AUTHORIZATION user, RESET SESSION AUTHORIZATION.
struct SessionAuthorization : StatementOf<StatementKind::SessionAuthorization> {
  std::optional<std::string> user;  // none: RESET
  bool user_is_text = false;        // a string, else an identifier
  static auto fields(auto& self) { return std::tie(self.user, self.user_is_text); }
};

struct SetPath : StatementOf<StatementKind::SetPath> {
  std::vector<QualifiedName> elements;
  static auto fields(auto& self) { return std::tie(self.elements); }
};

struct SetTimeZone : StatementOf<StatementKind::SetTimeZone> {
  ExpressionPtr zone;  // null: LOCAL
  static auto fields(auto& self) { return std::tie(self.zone); }
};

struct StartTransaction : StatementOf<StatementKind::StartTransaction> {
  enum class Isolation { ReadUncommitted, ReadCommitted, RepeatableRead, Serializable };
  std::optional<Isolation> isolation;
  std::optional<bool> read_only;
  bool isolation_first = true;  // order in the text
  static auto fields(auto& self) { return std::tie(self.isolation, self.read_only); }
};

// COMMIT or ROLLBACK.
struct EndTransaction : StatementOf<StatementKind::EndTransaction> {
  bool commit = true;
  static auto fields(auto& self) { return std::tie(self.commit); }
};

struct Prepare : StatementOf<StatementKind::Prepare> {
  Identifier name;
  StatementPtr statement;
  static auto fields(auto& self) { return std::tie(self.name, self.statement); }
};

struct Deallocate : StatementOf<StatementKind::Deallocate> {
  Identifier name;
  static auto fields(auto& self) { return std::tie(self.name); }
};

struct Execute : StatementOf<StatementKind::Execute> {
  Identifier name;
  std::vector<ExpressionPtr> parameters;
  static auto fields(auto& self) { return std::tie(self.name, self.parameters); }
};

// The text is parsed by whoever executes it; shift_into gives places in the outer text.
struct ExecuteImmediate : StatementOf<StatementKind::ExecuteImmediate> {
  std::string text;
  TextSpan text_span;
  std::vector<ExpressionPtr> parameters;
  static auto fields(auto& self) { return std::tie(self.text, self.parameters); }
};

// DESCRIBE INPUT or OUTPUT of a prepared statement.
struct DescribePrepared : StatementOf<StatementKind::DescribePrepared> {
  bool output = false;
  Identifier name;
  static auto fields(auto& self) { return std::tie(self.output, self.name); }
};

// ---- Looking around

struct Explain : StatementOf<StatementKind::Explain> {
  enum class Format { Unspecified, Text, Graphviz, Json };
  enum class Type { Unspecified, Logical, Distributed, Validate, Io };
  Format format = Format::Unspecified;
  Type type = Type::Unspecified;
  bool analyze = false;
  bool verbose = false;
  StatementPtr statement;
  static auto fields(auto& self) {
    return std::tie(self.format, self.type, self.analyze, self.verbose, self.statement);
  }
};

// SHOW CREATE TABLE, VIEW, MATERIALIZED VIEW, SCHEMA, FUNCTION.
struct ShowCreate : StatementOf<StatementKind::ShowCreate> {
  ObjectKind object = ObjectKind::Table;
  QualifiedName name;
  static auto fields(auto& self) { return std::tie(self.object, self.name); }
};

// SHOW CATALOGS, SCHEMAS, TABLES, COLUMNS, FUNCTIONS, SESSION, BRANCHES, ROLES, ….
struct Show : StatementOf<StatementKind::Show> {
  enum class What {
    Catalogs,
    Schemas,
    Tables,
    Columns,
    Functions,
    Session,
    Branches,
    Roles,
    CurrentRoles,
    RoleGrants
  };
  What what = What::Tables;
  std::optional<QualifiedName> from;
  std::optional<LikePattern> like;
  static auto fields(auto& self) { return std::tie(self.what, self.from, self.like); }
};

struct ShowStats : StatementOf<StatementKind::ShowStats> {
  QualifiedName table;  // if there is no query
  QueryPtr query;
  static auto fields(auto& self) { return std::tie(self.table, self.query); }
};

struct ShowGrants : StatementOf<StatementKind::ShowGrants> {
  std::optional<GrantObject> object;
  static auto fields(auto& self) { return std::tie(self.object); }
};

}  // namespace tarn::sql
