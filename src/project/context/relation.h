// SPDX-License-Identifier: Apache-2.0
// `this`, ref(), source(), api.Relation: a table's name as templates see it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jinja/object.h"

namespace tarn::project {

struct RelationParts {
  std::optional<std::string> database;
  std::optional<std::string> schema;
  std::optional<std::string> identifier;
  std::string type;  // `table`, `view`, `cte`, …; empty: not known
  bool include_database = true, include_schema = true, include_identifier = true;
  bool quote_database = true, quote_schema = true, quote_identifier = true;
  std::optional<std::int64_t> limit;  // --empty: 0
  std::string event_time_filter;      // text behind `where`, of microbatches and samples
  bool require_alias = true;

  bool operator==(const RelationParts&) const = default;
  // `"lake"."schema"."name"`
  std::string render() const;
  // With the sub-select that limit or filter ask for.
  std::string render_for_query() const;
};

class Relation final : public jinja::Object {
 public:
  explicit Relation(RelationParts parts) : parts_(std::move(parts)) {}
  const RelationParts& parts() const { return parts_; }

  std::string_view type_name() const override { return "TrinoRelation"; }
  std::string object_type_name() const override;
  Result<std::optional<jinja::Value>> get_attribute(jinja::Runtime& runtime,
                                                    std::string_view name) override;
  Result<std::optional<jinja::Value>> call_method(jinja::Runtime& runtime, std::string_view name,
                                                  const jinja::Arguments& arguments) override;
  Result<std::string> to_text(jinja::Runtime& runtime) const override;
  Result<std::string> to_repr(jinja::Runtime& runtime) const override;
  // dbt refuses to see a relation as a dictionary.
  Result<std::optional<jinja::Value>> iterate(jinja::Runtime& runtime) override;
  bool equals(const jinja::Object& other) const override;
  Result<std::uint64_t> hash() const override;

 private:
  RelationParts parts_;
};

jinja::Value make_relation(RelationParts parts);
// `api.Relation` (with `create`, `Table`, `View`, …).
jinja::Value make_relation_class();

}  // namespace tarn::project
