// SPDX-License-Identifier: Apache-2.0
#include "yaml/construct.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace tarn::yaml {

namespace {

std::string_view shape_name(Shape shape) {
  switch (shape) {
    case Shape::Scalar:
      return "scalar";
    case Shape::List:
      return "sequence";
    case Shape::Map:
      return "mapping";
  }
  return "";
}

// More keys than this are looked up by hash.
constexpr std::size_t kLinearMax = 12;

std::size_t hash_key(const Value& key) {
  switch (key.kind) {
    case Kind::Text:
    case Kind::Bytes:
      return std::hash<std::string_view>{}(key.text);
    case Kind::Date:
      return std::hash<std::int64_t>{}(key.integer);
    default:
      return 7;  // numbers, null, date-times: rare as keys, and equal across kinds
  }
}

class Constructor {
 public:
  Constructor(std::string_view text, LoadMode mode, Document& document)
      : text_(text), mode_(mode), document_(document), arena_(*document.arena) {}

  Result<void> build(Node& node);

 private:
  TextSpan place(const Node& node) const {
    return span_at(text_, node.value.line, node.value.column);
  }
  template <typename T>
  std::span<T> copy(const std::vector<T>& items) {
    if (items.empty()) return {};
    auto* data = static_cast<T*>(arena_.allocate(sizeof(T) * items.size(), alignof(T)));
    std::copy(items.begin(), items.end(), data);
    return {data, items.size()};
  }

  Result<void> flatten(Node& node);
  Result<void> build_scalar(Node& node);
  Result<void> build_list(Node& node);
  Result<void> build_map(Node& node);
  Result<void> build_set(Node& node);
  Result<void> build_pairs(Node& node);
  Result<void> build_inner(Node& node);

  std::string_view text_;
  LoadMode mode_;
  Document& document_;
  std::pmr::memory_resource& arena_;
};

// Puts the entries of merge keys in front, as PyYAML does, once per node.
Result<void> Constructor::flatten(Node& node) {
  const auto is_merge = [](const Node* key) { return key->tag == Tag::Merge; };
  bool any = false;
  for (std::size_t i = 0; i < node.children.size(); i += 2) {
    if (is_merge(node.children[i])) any = true;
    if (node.children[i]->tag == Tag::ValueKey) node.children[i]->tag = Tag::Text;
  }
  if (!any) return ok();
  if (node.flattening) {
    return invalid_input("a merge key refers to the mapping it is in").at(place(node));
  }
  node.flattening = true;
  std::vector<Node*> merged;
  std::vector<Node*> own;
  for (std::size_t i = 0; i < node.children.size(); i += 2) {
    Node* key = node.children[i];
    Node* value = node.children[i + 1];
    if (!is_merge(key)) {
      own.push_back(key);
      own.push_back(value);
      continue;
    }
    if (value->shape == Shape::Map) {
      TRY(flatten(*value));
      merged.insert(merged.end(), value->children.begin(), value->children.end());
    } else if (value->shape == Shape::List) {
      for (Node* part : value->children) {
        if (part->shape != Shape::Map) {
          return invalid_input(
                     "while constructing a mapping: expected a mapping for merging, but found {}",
                     shape_name(part->shape))
              .at(place(*part));
        }
        TRY(flatten(*part));
      }
      for (std::size_t k = value->children.size(); k-- > 0;) {
        const auto& part = value->children[k]->children;
        merged.insert(merged.end(), part.begin(), part.end());
      }
    } else {
      return invalid_input(
                 "while constructing a mapping: expected a mapping or list of mappings for "
                 "merging, but found {}",
                 shape_name(value->shape))
          .at(place(*value));
    }
    if (merged.size() > std::size_t{10'000'000}) {
      return invalid_input("merge keys expand to too many entries").at(place(node));
    }
  }
  merged.insert(merged.end(), own.begin(), own.end());
  node.children = copy(merged);
  node.flattening = false;
  return ok();
}

Result<void> Constructor::build_scalar(Node& node) {
  const Node* source = &node;
  // `!!str {=: x}` takes the value of the key `=`.
  for (int hops = 0; source->shape == Shape::Map && hops < 100; ++hops) {
    const Node* next = nullptr;
    for (std::size_t i = 0; i < source->children.size() && next == nullptr; i += 2) {
      if (source->children[i]->tag == Tag::ValueKey) next = source->children[i + 1];
    }
    if (next == nullptr) break;
    source = next;
  }
  if (source->shape != Shape::Scalar) {
    return invalid_input("expected a scalar node, but found {}", shape_name(source->shape))
        .at(place(*source));
  }
  auto result = construct_scalar(node.tag, source->text, arena_, node.value);
  if (!result && node.tag == Tag::Binary) return std::move(result.error()).at(place(node));
  return result;
}

Result<void> Constructor::build_list(Node& node) {
  if (node.shape != Shape::List) {
    return invalid_input("expected a sequence node, but found {}", shape_name(node.shape))
        .at(place(node));
  }
  node.value.kind = Kind::List;
  std::vector<Value*> items;
  items.reserve(node.children.size());
  for (Node* child : node.children) items.push_back(&child->value);
  node.value.items = copy(items);
  for (Node* child : node.children) TRY(build(*child));
  return ok();
}

Result<void> Constructor::build_map(Node& node) {
  if (node.shape != Shape::Map) {
    return invalid_input("expected a mapping node, but found {}", shape_name(node.shape))
        .at(place(node));
  }
  // dbt takes a mapping that begins with a merge key as one that overrides on purpose.
  const bool overrides = !node.children.empty() && node.children[0]->shape == Shape::Scalar &&
                         node.children[0]->text == "<<";
  TRY(flatten(node));
  node.value.kind = Kind::Map;
  std::vector<Entry> entries;
  entries.reserve(node.children.size() / 2);
  std::unordered_multimap<std::size_t, std::size_t> index;
  const bool hashed = node.children.size() / 2 > kLinearMax;
  for (std::size_t i = 0; i < node.children.size(); i += 2) {
    Node& key = *node.children[i];
    TRY(build(key));
    if (key.value.kind == Kind::List || key.value.kind == Kind::Map ||
        key.value.kind == Kind::Set) {
      return invalid_input("while constructing a mapping: found unhashable key").at(place(key));
    }
    Entry* same = nullptr;
    const std::size_t hash = hashed ? hash_key(key.value) : 0;
    if (hashed) {
      const auto [begin, end] = index.equal_range(hash);
      for (auto at = begin; at != end && same == nullptr; ++at) {
        if (keys_equal(*entries[at->second].key, key.value)) same = &entries[at->second];
      }
    } else {
      for (auto& entry : entries) {
        if (keys_equal(*entry.key, key.value)) same = &entry;
      }
    }
    if (same != nullptr) {
      if (mode_ == LoadMode::File && !overrides) {
        document_.duplicates.push_back(
            {to_python_text(key.value), key.value.line, key.value.column});
      }
      same->value = &node.children[i + 1]->value;
      continue;
    }
    if (hashed) index.emplace(hash, entries.size());
    entries.push_back({&key.value, &node.children[i + 1]->value});
  }
  node.value.entries = copy(entries);
  for (std::size_t i = 1; i < node.children.size(); i += 2) TRY(build(*node.children[i]));
  return ok();
}

Result<void> Constructor::build_set(Node& node) {
  TRY(build_map(node));
  std::vector<Value*> items;
  for (const auto& entry : node.value.entries) items.push_back(entry.key);
  node.value.kind = Kind::Set;
  node.value.entries = {};
  node.value.items = copy(items);
  return ok();
}

Result<void> Constructor::build_pairs(Node& node) {
  const std::string_view what = node.tag == Tag::Pairs ? "pairs" : "an ordered map";
  if (node.shape != Shape::List) {
    return invalid_input("while constructing {}: expected a sequence, but found {}", what,
                         shape_name(node.shape))
        .at(place(node));
  }
  node.value.kind = Kind::List;
  std::pmr::polymorphic_allocator<std::byte> allocator(&arena_);
  std::vector<Value*> items;
  for (Node* child : node.children) {
    if (child->shape != Shape::Map) {
      return invalid_input("while constructing {}: expected a mapping of length 1, but found {}",
                           what, shape_name(child->shape))
          .at(place(*child));
    }
    if (child->children.size() != 2) {
      return invalid_input(
                 "while constructing {}: expected a single mapping item, but found {} items", what,
                 child->children.size() / 2)
          .at(place(*child));
    }
    TRY(build(*child->children[0]));
    TRY(build(*child->children[1]));
    Value* pair = allocator.new_object<Value>();
    pair->kind = Kind::Pair;
    pair->line = child->value.line;
    pair->column = child->value.column;
    pair->items = copy(std::vector<Value*>{&child->children[0]->value, &child->children[1]->value});
    items.push_back(pair);
  }
  node.value.items = copy(items);
  return ok();
}

Result<void> Constructor::build_inner(Node& node) {
  switch (node.tag) {
    case Tag::List:
      return build_list(node);
    case Tag::Map:
      return build_map(node);
    case Tag::Set:
      return build_set(node);
    case Tag::OrderedMap:
    case Tag::Pairs:
      return build_pairs(node);
    case Tag::Unknown:
      return invalid_input("could not determine a constructor for the tag `{}`", node.tag_name)
          .at(place(node));
    case Tag::Merge:
    case Tag::ValueKey:
      return invalid_input("could not determine a constructor for the tag `tag:yaml.org,2002:{}`",
                           node.tag == Tag::Merge ? "merge" : "value")
          .at(place(node));
    default:
      return build_scalar(node);
  }
}

Result<void> Constructor::build(Node& node) {
  if (node.progress == Progress::Done) return ok();
  if (node.progress == Progress::Open) {
    if (mode_ == LoadMode::File) {
      return invalid_input("found unconstructable recursive node").at(place(node));
    }
    document_.recursive = true;
    return ok();
  }
  node.progress = Progress::Open;
  TRY(build_inner(node));
  node.progress = Progress::Done;
  return ok();
}

}  // namespace

Result<void> construct(Node* root, std::string_view text, LoadMode mode, Document& document) {
  std::pmr::polymorphic_allocator<std::byte> allocator(document.arena.get());
  if (root == nullptr) {
    document.root = allocator.new_object<Value>();
    return ok();
  }
  Constructor constructor(text, mode, document);
  TRY(constructor.build(*root));
  document.root = &root->value;
  return ok();
}

}  // namespace tarn::yaml
