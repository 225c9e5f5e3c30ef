// SPDX-License-Identifier: Apache-2.0
#include "avro/layout.h"

#include <algorithm>
#include <limits>
#include <map>

namespace tarn::avro {

namespace {

// More schemas than any lake has; beyond it the cache starts afresh.
constexpr std::size_t kLayoutsCachedMax = 1'000;

std::uint64_t add_sizes(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::uint64_t>::max() : sum;
}

}  // namespace

class LayoutBuilder {
 public:
  explicit LayoutBuilder(Layout& layout) : layout_(layout) {}

  Result<const Type*> build(const Schema& schema) {
    if (schema.kind == Kind::Reference) {
      const auto found = names_.find(schema.name);
      if (found == names_.end()) return corrupt("the Avro type `{}` is not defined", schema.name);
      return found->second;
    }
    Type& type = layout_.types_.emplace_back();
    type.kind = schema.kind;
    type.logical = schema.logical;
    type.adjust_to_utc = schema.adjust_to_utc;
    type.size = schema.size;
    type.precision = schema.precision;
    type.scale = schema.scale;
    type.name = schema.name;
    type.symbols = schema.symbols;
    // Known before its fields are built, so that they may refer to it. Of types defined twice, as
    // some writers do, the nearest counts.
    if (!schema.name.empty()) names_[schema.name] = &type;
    TRY(build_parts(schema, type));
    return &type;
  }

 private:
  Result<void> build_parts(const Schema& schema, Type& type) {
    switch (schema.kind) {
      case Kind::Null:
        return set_size(type, 0);
      case Kind::Boolean:
        return set_size(type, 1);
      case Kind::Float:
        return set_size(type, 4);
      case Kind::Double:
        return set_size(type, 8);
      case Kind::Fixed:
        if (schema.size < 0) return corrupt("fixed `{}` has {} bytes", schema.name, schema.size);
        return set_size(type, static_cast<std::uint64_t>(schema.size));
      case Kind::Enum:
        if (schema.symbols.empty()) return corrupt("enum `{}` has no symbols", schema.name);
        type.size_min = 1;
        return {};
      case Kind::Record:
        return build_record(schema, type);
      case Kind::Union:
        return build_union(schema, type);
      case Kind::Array:
      case Kind::Map:
        if (schema.items.size() != 1) return corrupt("an Avro list without a type of its items");
        type.size_min = 1;
        type.element = TRY(build(schema.items[0]));
        return {};
      case Kind::Int:
      case Kind::Long:
      case Kind::Bytes:
      case Kind::String:
      case Kind::Reference:
        type.size_min = 1;
        return {};
    }
    return {};
  }

  static Result<void> set_size(Type& type, std::uint64_t size) {
    type.size_min = size;
    type.size_is = size;
    return {};
  }

  Result<void> build_record(const Schema& schema, Type& type) {
    type.fields.reserve(schema.fields.size());
    std::uint64_t size_min = 0;
    bool same_size = true;
    for (const auto& field : schema.fields) {
      // A field of the record's own type has size 0 here: a lower bound still.
      const Type* field_type = TRY(build(field.type));
      size_min = add_sizes(size_min, field_type->size_min);
      same_size = same_size && field_type->size_is.has_value();
      type.fields.push_back({field.field_id.value_or(-1), field.name, field_type});
    }
    type.size_min = size_min;
    if (same_size) type.size_is = size_min;
    return {};
  }

  Result<void> build_union(const Schema& schema, Type& type) {
    if (schema.items.empty()) return corrupt("an Avro union without branches");
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (const auto& branch : schema.items) {
      if (branch.kind == Kind::Union) return corrupt("an Avro union directly in a union");
      type.branches.push_back(TRY(build(branch)));
      least = std::min(least, type.branches.back()->size_min);
    }
    type.size_min = add_sizes(least, 1);
    return {};
  }

  Layout& layout_;
  std::map<std::string, const Type*> names_;
};

const TypeField* Type::find(std::int32_t field_id) const {
  for (const auto& field : fields) {
    if (field.id == field_id) return &field;
  }
  return nullptr;
}

bool Type::has_null() const {
  return kind == Kind::Null ||
         std::any_of(branches.begin(), branches.end(),
                     [](const Type* branch) { return branch->kind == Kind::Null; });
}

const Type& Type::without_null() const {
  if (branches.size() != 2) return *this;
  if (branches[0]->kind == Kind::Null) return *branches[1];
  return branches[1]->kind == Kind::Null ? *branches[0] : *this;
}

Result<Layout> Layout::make(const Schema& schema) {
  Layout layout;
  layout.root_ = TRY(LayoutBuilder(layout).build(schema));
  return layout;
}

Result<std::shared_ptr<const Layout>> LayoutCache::get(std::string_view schema_json) {
  std::string key(schema_json);
  {
    const std::lock_guard lock(mutex_);
    const auto found = layouts_.find(key);
    if (found != layouts_.end()) return found->second;
  }
  // Two threads may make the same layout; the second one is dropped.
  auto layout = std::make_shared<const Layout>(TRY(Layout::make(TRY(parse_schema(schema_json)))));
  const std::lock_guard lock(mutex_);
  if (layouts_.size() >= kLayoutsCachedMax) layouts_.clear();
  return layouts_.emplace(std::move(key), std::move(layout)).first->second;
}

}  // namespace tarn::avro
