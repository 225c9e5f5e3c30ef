// SPDX-License-Identifier: Apache-2.0
// Views of the SQL catalog: rows of type VIEW that point to Iceberg view metadata.
#include <utility>

#include "base/uuid.h"
#include "catalog/sql_catalog.h"
#include "iceberg/metadata_io.h"

namespace tarn::catalog {

namespace {

Error no_views(const std::string& database) {
  return unsupported(
      "the {} was made by an old program and cannot hold views: open it once with "
      "`add_type_column`",
      database);
}

}  // namespace

Result<std::vector<iceberg::TableIdentifier>> SqlCatalog::list_views(
    const iceberg::Namespace& space) {
  return list_entries(space, EntryKind::View);
}

Result<iceberg::LoadedView> SqlCatalog::load_view(const iceberg::TableIdentifier& view) {
  const auto entry = TRY(need_entry(view, EntryKind::View));
  auto metadata = views_.find(view, entry.location);
  if (metadata == nullptr) {
    auto read = with_context(iceberg::read_view_metadata(*store_, entry.location),
                             fmt::format("while loading view `{}`", to_string(view)));
    if (!read) {
      auto error = std::move(read).error();
      if (error.code == ErrorCode::NotFound) error.code = ErrorCode::Corrupt;
      return error;
    }
    metadata = std::make_shared<const iceberg::ViewMetadata>(std::move(*read));
    views_.keep(view, entry.location, metadata);
  }
  return iceberg::LoadedView{view, std::move(metadata), entry.location};
}

Result<iceberg::LoadedView> SqlCatalog::create_view(
    const iceberg::TableIdentifier& view, const iceberg::ViewDefinition& definition,
    const std::map<std::string, std::string>& properties) {
  if (!schema_.has_type) return no_views(database_->description());
  TRY(check_new_name(view));
  auto metadata = std::make_shared<const iceberg::ViewMetadata>(TRY(
      iceberg::make_view_metadata(definition, TRY(new_location(view, std::nullopt)),
                                  to_string(make_uuid4(*options_.random)), properties, now_ms())));
  const auto write_id =
      TRY(begin_staged_write(view, metadata->location, iceberg::metadata_folder(*metadata)));
  const auto location = iceberg::new_metadata_location(*metadata, "", *options_.random, write_id);
  TRY(settle_write(location, iceberg::write_view_metadata(*store_, location, *metadata)));
  TRY(insert_new(view, EntryKind::View, location));
  views_.keep(view, location, metadata);
  return iceberg::LoadedView{view, std::move(metadata), location};
}

Result<iceberg::LoadedView> SqlCatalog::replace_view(const iceberg::LoadedView& base,
                                                     const iceberg::ViewDefinition& definition) {
  return replace_view_metadata(
      base, TRY(iceberg::replace_view_version(*base.metadata, definition, now_ms())));
}

Result<iceberg::LoadedView> SqlCatalog::replace_view_metadata(const iceberg::LoadedView& base,
                                                              iceberg::ViewMetadata next) {
  auto metadata = std::make_shared<const iceberg::ViewMetadata>(std::move(next));
  if (*metadata == *base.metadata) return base;
  const auto write_id = TRY(
      begin_staged_write(base.identifier, metadata->location, iceberg::metadata_folder(*metadata)));
  const auto location =
      iceberg::new_metadata_location(*metadata, base.metadata_location, *options_.random, write_id);
  TRY(settle_write(location, iceberg::write_view_metadata(*store_, location, *metadata)));
  auto outcome =
      swap_pointers({{base.identifier, EntryKind::View, base.metadata_location, location}});
  if (!outcome && outcome.error().code == ErrorCode::UnknownOutcome) {
    return std::move(outcome).error();
  }
  if (!outcome || *outcome == SwapOutcome::Lost) {
    static_cast<void>(store_->remove(location));
    if (!outcome) return std::move(outcome).error();
    TRY(need_entry(base.identifier, EntryKind::View));
    return conflict("view `{}` was changed by another program", to_string(base.identifier));
  }
  views_.keep(base.identifier, location, metadata);
  return iceberg::LoadedView{base.identifier, std::move(metadata), location};
}

Result<void> SqlCatalog::drop_view(const iceberg::TableIdentifier& view) {
  const auto entry = TRY(need_entry(view, EntryKind::View));
  TRY(delete_entry(view, EntryKind::View, entry.location));
  views_.forget(view);
  if (const auto staging = this->staging()) {
    std::lock_guard lock(staging->mutex);
    staging->removals.push_back(entry.location);
    return {};
  }
  // The name is free already; the text of a view is no data.
  static_cast<void>(store_->remove(entry.location));
  return {};
}

Result<void> SqlCatalog::rename_view(const iceberg::TableIdentifier& from,
                                     const iceberg::TableIdentifier& to) {
  if (!schema_.has_type) return no_views(database_->description());
  TRY(rename_entry(from, to, EntryKind::View));
  views_.forget(from);
  return {};
}

}  // namespace tarn::catalog
