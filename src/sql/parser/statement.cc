// SPDX-License-Identifier: Apache-2.0
// The first word of a statement decides; also statements that show, describe and explain.
#include "base/text.h"
#include "sql/parser/grammar.h"

namespace tarn::sql {
namespace {

// What a statement may begin with besides a query, for the list of what was expected.
constexpr Token kStatementWords[] = {
    Token::KwAlter,    Token::KwAnalyze,    Token::KwCall,    Token::KwComment, Token::KwCommit,
    Token::KwCreate,   Token::KwDeallocate, Token::KwDelete,  Token::KwDeny,    Token::KwDesc,
    Token::KwDescribe, Token::KwDrop,       Token::KwExecute, Token::KwExplain, Token::KwGrant,
    Token::KwInsert,   Token::KwMerge,      Token::KwPrepare, Token::KwRefresh, Token::KwReset,
    Token::KwRevoke,   Token::KwRollback,   Token::KwSet,     Token::KwShow,    Token::KwStart,
    Token::KwTruncate, Token::KwUpdate,     Token::KwUse};

}  // namespace

Result<StatementPtr> Grammar::statement() {
  Nest nest(*this);
  TRY(check_depth());
  switch (cursor_.peek()) {
    case Token::KwInsert:
      return insert();
    case Token::KwDelete:
      return delete_rows();
    case Token::KwUpdate:
      return update();
    case Token::KwMerge:
      return merge();
    case Token::KwTruncate:
      return truncate();
    case Token::KwCreate:
      return create();
    case Token::KwDrop:
      return drop();
    case Token::KwAlter:
      return alter();
    case Token::KwComment:
      return comment_on();
    case Token::KwAnalyze:
      return analyze();
    case Token::KwRefresh:
      return refresh();
    case Token::KwCall:
      return call_statement();
    case Token::KwGrant:
      return grant();
    case Token::KwRevoke:
      return revoke();
    case Token::KwDeny:
      return deny();
    case Token::KwUse:
      return use();
    case Token::KwSet:
      return set();
    case Token::KwReset:
      return reset();
    case Token::KwStart:
      return start_transaction();
    case Token::KwCommit:
      return end_transaction(true);
    case Token::KwRollback:
      return end_transaction(false);
    case Token::KwPrepare:
      return prepare();
    case Token::KwDeallocate:
      return deallocate();
    case Token::KwExecute:
      return execute();
    case Token::KwExplain:
      return explain();
    case Token::KwShow:
      return show();
    case Token::KwDescribe:
    case Token::KwDesc:
      return describe();
    default:
      break;
  }
  for (Token token : kStatementWords) cursor_.note(token);
  cursor_.enter_rule("<query>");
  return query_statement();
}

Result<StatementPtr> Grammar::query_statement() {
  std::size_t begin = cursor_.position();
  auto node = std::make_unique<QueryStatement>();
  node->query = TRY(root_query());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::create() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  bool or_replace = cursor_.take(Token::KwOr);
  if (or_replace) TRY(cursor_.expect(Token::KwReplace));
  StatementPtr node;
  if (cursor_.at(Token::KwTable)) {
    node = TRY(create_table(or_replace));
  } else if (cursor_.at(Token::KwView)) {
    node = TRY(create_view(or_replace));
  } else if (cursor_.at(Token::KwMaterialized)) {
    node = TRY(create_materialized_view(or_replace));
  } else if (cursor_.at(Token::KwFunction)) {
    node = TRY(create_function(or_replace));
  } else if (cursor_.at_word("BRANCH")) {
    node = TRY(create_branch(or_replace));
  } else if (!or_replace && cursor_.at(Token::KwSchema)) {
    node = TRY(create_schema());
  } else if (!or_replace && cursor_.at(Token::KwCatalog)) {
    node = TRY(create_catalog());
  } else if (!or_replace && cursor_.at(Token::KwRole)) {
    node = TRY(create_role());
  } else {
    if (!or_replace) cursor_.note(Token::KwOr);
    return cursor_.unexpected();
  }
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::drop() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  if (cursor_.at(Token::KwRole)) return finish(TRY(drop_role()), begin);
  if (cursor_.take(Token::KwFunction)) {
    auto node = std::make_unique<DropFunction>();
    node->if_exists = TRY(if_exists());
    node->signature = TRY(function_signature());
    return finish(std::move(node), begin);
  }
  if (cursor_.take_word("BRANCH")) {
    auto node = std::make_unique<BranchStatement>();
    node->action = BranchStatement::Action::Drop;
    node->if_exists = TRY(if_exists());
    node->branch = TRY(identifier());
    TRY(cursor_.expect(Token::KwIn));
    TRY(cursor_.expect(Token::KwTable));
    node->table = TRY(qualified_name());
    return finish(std::move(node), begin);
  }
  auto node = std::make_unique<Drop>();
  if (cursor_.take(Token::KwTable)) {
    node->object = ObjectKind::Table;
  } else if (cursor_.take(Token::KwView)) {
    node->object = ObjectKind::View;
  } else if (cursor_.take(Token::KwMaterialized)) {
    TRY(cursor_.expect(Token::KwView));
    node->object = ObjectKind::MaterializedView;
  } else if (cursor_.take(Token::KwSchema)) {
    node->object = ObjectKind::Schema;
  } else {
    TRY(cursor_.expect(Token::KwCatalog));
    node->object = ObjectKind::Catalog;
  }
  node->if_exists = TRY(if_exists());
  if (node->object == ObjectKind::Catalog) {
    node->name.parts.push_back(TRY(identifier()));
    node->name.span = node->name.parts[0].span;
  } else {
    node->name = TRY(qualified_name());
  }
  if (node->object == ObjectKind::Schema || node->object == ObjectKind::Catalog) {
    node->cascade = cursor_.take(Token::KwCascade);
    if (!node->cascade) cursor_.take(Token::KwRestrict);
  }
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::alter() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  if (cursor_.at(Token::KwTable)) return finish(TRY(alter_table()), begin);
  if (cursor_.at(Token::KwView)) return finish(TRY(alter_view()), begin);
  if (cursor_.at(Token::KwMaterialized)) return finish(TRY(alter_materialized_view()), begin);
  if (cursor_.at(Token::KwSchema)) return finish(TRY(alter_schema()), begin);
  if (cursor_.at_word("BRANCH")) return finish(TRY(alter_branch()), begin);
  return cursor_.unexpected();
}

Result<StatementPtr> Grammar::comment_on() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  TRY(cursor_.expect(Token::KwOn));
  auto node = std::make_unique<CommentOn>();
  if (cursor_.take(Token::KwView)) {
    node->object = ObjectKind::View;
  } else if (cursor_.take(Token::KwColumn)) {
    node->object = ObjectKind::Column;
  } else {
    TRY(cursor_.expect(Token::KwTable));
  }
  node->name = TRY(qualified_name());
  TRY(cursor_.expect(Token::KwIs));
  if (!cursor_.take(Token::KwNull)) node->comment = TRY(string());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::analyze() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  auto node = std::make_unique<Analyze>();
  node->table = TRY(qualified_name());
  node->properties = TRY(optional_properties());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::refresh() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  TRY(cursor_.expect(Token::KwMaterialized, Token::KwView));
  auto node = std::make_unique<Refresh>();
  node->name = TRY(qualified_name());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::call_statement() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  auto node = std::make_unique<Call>();
  node->name = TRY(qualified_name());
  node->arguments = TRY(call_arguments());
  return finish(std::move(node), begin);
}

Result<std::vector<CallArgument>> Grammar::call_arguments() {
  TRY(cursor_.expect(Token::LeftParen));
  std::vector<CallArgument> arguments;
  if (cursor_.take(Token::RightParen)) return arguments;
  arguments = TRY((list<CallArgument>(&Grammar::call_argument)));
  TRY(cursor_.expect(Token::RightParen));
  return arguments;
}

Result<CallArgument> Grammar::call_argument() {
  CallArgument argument;
  std::size_t begin = cursor_.position();
  if (can_be_identifier(cursor_.peek()) && cursor_.peek(1) == Token::FatArrow) {
    argument.name = TRY(identifier());
    cursor_.advance();
  }
  argument.value = TRY(expression());
  argument.span = cursor_.span_from(begin);
  return argument;
}

// DESCRIBE INPUT name, DESCRIBE OUTPUT name, DESCRIBE table, DESC table.
Result<StatementPtr> Grammar::describe() {
  std::size_t begin = cursor_.position();
  bool full_word = cursor_.peek() == Token::KwDescribe;
  cursor_.advance();
  Token word = cursor_.peek();
  if (full_word && (word == Token::KwInput || word == Token::KwOutput) &&
      can_be_identifier(cursor_.peek(1))) {
    cursor_.advance();
    auto node = std::make_unique<DescribePrepared>();
    node->output = word == Token::KwOutput;
    node->name = TRY(identifier());
    return finish(std::move(node), begin);
  }
  auto node = std::make_unique<Show>();
  node->what = Show::What::Columns;
  node->from = TRY(qualified_name());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::explain() {
  std::size_t begin = cursor_.position();
  cursor_.advance();
  auto node = std::make_unique<Explain>();
  if (cursor_.take(Token::KwAnalyze)) {
    node->analyze = true;
    node->verbose = cursor_.take(Token::KwVerbose);
  } else if (cursor_.peek() == Token::LeftParen &&
             (cursor_.peek(1) == Token::KwFormat || cursor_.peek(1) == Token::KwType)) {
    cursor_.advance();
    do {
      if (cursor_.take(Token::KwFormat)) {
        node->format = cursor_.take(Token::KwText)       ? Explain::Format::Text
                       : cursor_.take(Token::KwGraphviz) ? Explain::Format::Graphviz
                                                         : Explain::Format::Json;
        if (node->format == Explain::Format::Json) TRY(cursor_.expect(Token::KwJson));
      } else {
        TRY(cursor_.expect(Token::KwType));
        node->type = cursor_.take(Token::KwLogical)       ? Explain::Type::Logical
                     : cursor_.take(Token::KwDistributed) ? Explain::Type::Distributed
                     : cursor_.take(Token::KwValidate)    ? Explain::Type::Validate
                                                          : Explain::Type::Io;
        if (node->type == Explain::Type::Io) TRY(cursor_.expect(Token::KwIo));
      }
    } while (cursor_.take(Token::Comma));
    TRY(cursor_.expect(Token::RightParen));
  }
  node->statement = TRY(statement());
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::show() {
  using What = Show::What;
  std::size_t begin = cursor_.position();
  cursor_.advance();
  StatementPtr node;
  if (cursor_.take(Token::KwTables)) {
    node = TRY(show_listing(What::Tables, true));
  } else if (cursor_.take(Token::KwSchemas)) {
    node = TRY(show_listing(What::Schemas, true));
  } else if (cursor_.take(Token::KwCatalogs)) {
    node = TRY(show_listing(What::Catalogs, true));
  } else if (cursor_.take(Token::KwColumns)) {
    node = TRY(show_listing(What::Columns, true));
  } else if (cursor_.take(Token::KwFunctions)) {
    node = TRY(show_listing(What::Functions, true));
  } else if (cursor_.take(Token::KwSession)) {
    node = TRY(show_listing(What::Session, true));
  } else if (cursor_.take_word("BRANCHES")) {
    node = TRY(show_listing(What::Branches, false));
  } else if (cursor_.take(Token::KwRoles)) {
    node = TRY(show_listing(What::Roles, false));
  } else if (cursor_.take(Token::KwCurrent)) {
    TRY(cursor_.expect(Token::KwRoles));
    node = TRY(show_listing(What::CurrentRoles, false));
  } else if (cursor_.take(Token::KwRole)) {
    TRY(cursor_.expect(Token::KwGrants));
    node = TRY(show_listing(What::RoleGrants, false));
  } else if (cursor_.take(Token::KwCreate)) {
    node = TRY(show_create());
  } else if (cursor_.take(Token::KwStats)) {
    node = TRY(show_stats());
  } else {
    TRY(cursor_.expect(Token::KwGrants));
    auto grants = std::make_unique<ShowGrants>();
    if (cursor_.take(Token::KwOn)) grants->object = TRY(grant_object());
    node = std::move(grants);
  }
  return finish(std::move(node), begin);
}

Result<StatementPtr> Grammar::show_listing(Show::What what, bool with_like) {
  using What = Show::What;
  auto node = std::make_unique<Show>();
  node->what = what;
  bool needs_from = what == What::Columns || what == What::Branches;
  if (what != What::Catalogs && what != What::Session) {
    bool from = cursor_.take(Token::KwFrom);
    if (!from) from = cursor_.take(Token::KwIn);
    if (needs_from && !from) return cursor_.unexpected();
    bool from_table = what == What::Branches && from && cursor_.take(Token::KwTable);
    if (from || from_table) {
      bool single = what == What::Schemas || what == What::Roles || what == What::CurrentRoles ||
                    what == What::RoleGrants;
      if (single) {
        QualifiedName name;
        name.parts.push_back(TRY(identifier()));
        name.span = name.parts[0].span;
        node->from = std::move(name);
      } else {
        node->from = TRY(qualified_name());
      }
    }
  }
  if (with_like && cursor_.take(Token::KwLike)) {
    LikePattern like;
    like.pattern = TRY(string());
    if (cursor_.take(Token::KwEscape)) like.escape = TRY(string());
    node->like = std::move(like);
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::show_create() {
  auto node = std::make_unique<ShowCreate>();
  if (cursor_.take(Token::KwTable)) {
    node->object = ObjectKind::Table;
  } else if (cursor_.take(Token::KwView)) {
    node->object = ObjectKind::View;
  } else if (cursor_.take(Token::KwMaterialized)) {
    TRY(cursor_.expect(Token::KwView));
    node->object = ObjectKind::MaterializedView;
  } else if (cursor_.take(Token::KwSchema)) {
    node->object = ObjectKind::Schema;
  } else {
    TRY(cursor_.expect(Token::KwFunction));
    node->object = ObjectKind::Function;
  }
  node->name = TRY(qualified_name());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> Grammar::show_stats() {
  TRY(cursor_.expect(Token::KwFor));
  auto node = std::make_unique<ShowStats>();
  if (cursor_.take(Token::LeftParen)) {
    node->query = TRY(root_query());
    TRY(cursor_.expect(Token::RightParen));
  } else {
    node->table = TRY(qualified_name());
  }
  return StatementPtr(std::move(node));
}

}  // namespace tarn::sql
