// SPDX-License-Identifier: Apache-2.0
#include "project/relation_cache.h"

#include "base/text.h"

namespace tarn::project {

namespace {

std::string relation_key(const RelationParts& relation) {
  return to_lower(relation.identifier.value_or(""));
}

}  // namespace

RelationCache::SchemaKey RelationCache::key_of(const RelationParts& relation) {
  return {to_lower(relation.database.value_or("")), to_lower(relation.schema.value_or(""))};
}

bool RelationCache::has_schema(const RelationParts& schema) const {
  const std::lock_guard lock(mutex_);
  return schemas_.contains(key_of(schema));
}

Result<void> RelationCache::fill(const RelationParts& schema, const Lister& list) {
  if (has_schema(schema)) return ok();
  set_schema(schema, TRY(list()));
  return ok();
}

void RelationCache::set_schema(const RelationParts& schema, std::vector<RelationParts> relations) {
  const std::lock_guard lock(mutex_);
  auto& entries = schemas_[key_of(schema)];
  for (auto& relation : relations) entries.emplace(relation_key(relation), std::move(relation));
}

std::optional<RelationParts> RelationCache::find(const RelationParts& relation) const {
  const std::lock_guard lock(mutex_);
  const auto schema = schemas_.find(key_of(relation));
  if (schema == schemas_.end()) return std::nullopt;
  const auto found = schema->second.find(relation_key(relation));
  if (found == schema->second.end()) return std::nullopt;
  return found->second;
}

std::vector<RelationParts> RelationCache::list(const RelationParts& schema) const {
  const std::lock_guard lock(mutex_);
  std::vector<RelationParts> out;
  const auto found = schemas_.find(key_of(schema));
  if (found == schemas_.end()) return out;
  for (const auto& [name, relation] : found->second) out.push_back(relation);
  return out;
}

void RelationCache::add(const RelationParts& relation) {
  const std::lock_guard lock(mutex_);
  const auto schema = schemas_.find(key_of(relation));
  if (schema != schemas_.end()) schema->second[relation_key(relation)] = relation;
}

void RelationCache::drop(const RelationParts& relation) {
  const std::lock_guard lock(mutex_);
  const auto schema = schemas_.find(key_of(relation));
  if (schema != schemas_.end()) schema->second.erase(relation_key(relation));
}

void RelationCache::rename(const RelationParts& from, const RelationParts& to) {
  RelationParts renamed = to;
  {
    const std::lock_guard lock(mutex_);
    const auto schema = schemas_.find(key_of(from));
    if (schema != schemas_.end()) {
      const auto found = schema->second.find(relation_key(from));
      if (found != schema->second.end()) {
        if (renamed.type.empty()) renamed.type = found->second.type;
        schema->second.erase(found);
      }
    }
  }
  if (renamed.type.empty()) renamed.type = from.type;
  add(renamed);
}

void RelationCache::drop_schema(const RelationParts& schema) {
  const std::lock_guard lock(mutex_);
  const auto found = schemas_.find(key_of(schema));
  if (found != schemas_.end()) found->second.clear();
}

}  // namespace tarn::project
