// SPDX-License-Identifier: Apache-2.0
// COMMENT ON TABLE, VIEW, COLUMN.
#include "base/text.h"
#include "engine/lake_change.h"
#include "engine/statements.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::named_error;

namespace {

Result<void> comment_on_table(StatementRun& run, const LakeCatalog& lake,
                              const iceberg::LoadedTable& table,
                              const std::optional<std::string>& comment) {
  TRY(change_table(run, lake, table, [&](iceberg::TableTransaction& change) {
    if (comment) {
      change.set_properties({{kCommentProperty, *comment}});
    } else {
      change.remove_properties({kCommentProperty});
    }
  }));
  return {};
}

Result<void> comment_on_view(const LakeCatalog& lake, const iceberg::LoadedView& view,
                             const std::optional<std::string>& comment) {
  iceberg::ViewMetadata next = *view.metadata;
  if (comment) {
    next.properties[kCommentProperty] = *comment;
  } else {
    next.properties.erase(kCommentProperty);
  }
  TRY(lake.catalog->replace_view_metadata(view, std::move(next)));
  return {};
}

Result<void> comment_on_view_column(const LakeCatalog& lake, const iceberg::LoadedView& view,
                                    const std::string& column,
                                    const std::optional<std::string>& comment) {
  iceberg::ViewDefinition definition{view.metadata->schema(), view.metadata->current_version()};
  for (auto& field : definition.schema.fields) {
    if (equals_ignore_case(field.name, column)) field.doc = comment.value_or("");
  }
  TRY(lake.catalog->replace_view(view, definition));
  return {};
}

const iceberg::Field* find_top(const iceberg::Schema& schema, const std::string& name) {
  for (const auto& field : schema.fields) {
    if (equals_ignore_case(field.name, name)) return &field;
  }
  return nullptr;
}

Result<Answer> comment_on_column(StatementRun& run, const sql::CommentOn& statement,
                                 const LakeCatalog& lake, LakeObject object,
                                 const std::string& column) {
  const iceberg::Schema& schema =
      object.view ? object.view->metadata->schema() : object.table->metadata->schema();
  const auto* field = find_top(schema, column);
  if (field == nullptr) {
    return named_error("COLUMN_NOT_FOUND", statement.span, "Column does not exist: {}", column);
  }
  if (object.view) {
    TRY(comment_on_view_column(lake, *object.view, column, statement.comment));
    return make_update("COMMENT");
  }
  const std::string name = field->name;
  TRY(change_table(run, lake, *object.table, [&](iceberg::TableTransaction& table) {
    table.update_schema([&](iceberg::UpdateSchema& update) {
      return update.set_doc({name}, statement.comment.value_or(""));
    });
  }));
  return make_update("COMMENT");
}

}  // namespace

Result<Answer> run_comment(StatementRun& run, const sql::CommentOn& statement) {
  sql::QualifiedName name;
  name.span = statement.name.span;
  const bool is_column = statement.object == sql::ObjectKind::Column;
  const std::size_t count = statement.name.parts.size() - (is_column ? 1 : 0);
  if (count == 0) {
    return named_error("MISSING_TABLE", statement.span, "Table must be specified");
  }
  name.parts.assign(statement.name.parts.begin(),
                    statement.name.parts.begin() + static_cast<std::ptrdiff_t>(count));
  const auto id = TRY(run.resolve(name));
  if (auto answer = TRY(run_in_postgres(run, statement, id))) return *std::move(answer);
  const CatalogHandle* handle = TRY(run.handle(id.catalog));
  if (handle == nullptr || !std::holds_alternative<LakeCatalog>(*handle)) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "This connector does not support setting {} comments",
                       is_column ? "column" : "table");
  }
  const auto& lake = std::get<LakeCatalog>(*handle);
  auto object = TRY(find_lake_object(lake, id));
  const bool wants_view = statement.object == sql::ObjectKind::View;
  if (!object) {
    return named_error("TABLE_NOT_FOUND", statement.span, "{} does not exist: {}",
                       wants_view ? "View" : "Table", to_string(id));
  }
  TRY(run.check_autocommit(id.catalog));
  if (is_column) {
    return comment_on_column(run, statement, lake, *std::move(object),
                             to_lower(statement.name.parts.back().value));
  }
  const bool is_view = object->kind == RelationKind::View;
  if (is_view != wants_view) {
    return named_error("TABLE_NOT_FOUND", statement.span,
                       "{} '{}' does not exist, but a {} with that name exists. Did you mean "
                       "COMMENT ON {} {} IS ...?",
                       wants_view ? "View" : "Table", to_string(id), to_string(object->kind),
                       to_upper(to_string(object->kind)), to_string(id));
  }
  if (is_view) {
    TRY(comment_on_view(lake, *object->view, statement.comment));
  } else {
    TRY(comment_on_table(run, lake, *object->table, statement.comment));
  }
  return make_update("COMMENT");
}

}  // namespace tarn::engine
