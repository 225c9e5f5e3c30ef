// SPDX-License-Identifier: Apache-2.0
// Pointers of a SQL catalog that one process has moved for itself alone, to be published together:
// what SqlCatalog keeps between begin_staging() and publish_staged().
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "catalog/sql_statements.h"
#include "iceberg/catalog.h"
#include "iceberg/write_intent.h"

namespace tarn::catalog {

struct StagedEntry {
  std::string location;  // of the metadata file
  EntryKind kind = EntryKind::Table;
  bool operator==(const StagedEntry&) const = default;
};

// A name that was touched: what the database says, and what the process sees. nullopt: nothing.
struct StagedName {
  std::optional<StagedEntry> base;
  std::optional<StagedEntry> now;
};

// A table that was dropped with its files: they go once the drop is published.
struct StagedPurge {
  std::shared_ptr<const iceberg::TableMetadata> metadata;
  std::string metadata_location;
};

struct Staging {
  explicit Staging(iceberg::WriteIntents& the_intents) : intents(the_intents) {}

  iceberg::WriteIntents& intents;
  std::mutex mutex;  // guards all below
  std::map<iceberg::TableIdentifier, StagedName> names;
  std::vector<std::string> intent_ids;
  std::vector<std::string> written;  // metadata files of commits
  std::vector<StagedPurge> purges;
  std::vector<std::string> removals;  // other files that are of no use once it is published
};

}  // namespace tarn::catalog
