// SPDX-License-Identifier: Apache-2.0
// The relations that a run knows about: one for all nodes of a run, filled schema by schema and
// kept current by what macros create, drop and rename. Names compare without letter case, as
// Trino's do.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "project/context/relation.h"

namespace tarn::project {

// Thread-safe.
class RelationCache {
 public:
  using Lister = std::function<Result<std::vector<RelationParts>>()>;

  // Fills a schema if it is not known yet; `list` may be called by several threads at once.
  Result<void> fill(const RelationParts& schema, const Lister& list);
  bool has_schema(const RelationParts& schema) const;
  // What a run learned at its start.
  void set_schema(const RelationParts& schema, std::vector<RelationParts> relations);

  std::optional<RelationParts> find(const RelationParts& relation) const;
  std::vector<RelationParts> list(const RelationParts& schema) const;
  // Schemas that were never filled are not touched by these.
  void add(const RelationParts& relation);
  void drop(const RelationParts& relation);
  void rename(const RelationParts& from, const RelationParts& to);
  void drop_schema(const RelationParts& schema);

 private:
  using SchemaKey = std::pair<std::string, std::string>;
  static SchemaKey key_of(const RelationParts& relation);
  mutable std::mutex mutex_;
  std::map<SchemaKey, std::map<std::string, RelationParts>> schemas_;
};

}  // namespace tarn::project
