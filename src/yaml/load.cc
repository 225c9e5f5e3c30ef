// SPDX-License-Identifier: Apache-2.0
#include "yaml/load.h"

#include <yaml.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "base/text.h"
#include "yaml/construct.h"
#include "yaml/scalar.h"

namespace tarn::yaml {

namespace {

TextSpan place_of(std::string_view text, const yaml_mark_t& mark) {
  return span_at(text, static_cast<std::uint32_t>(mark.line + 1),
                 static_cast<std::uint32_t>(mark.column + 1));
}

// Owns one event of libyaml.
struct Event {
  yaml_event_t raw{};
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&raw); }
};

struct Parser {
  yaml_parser_t raw{};
  Parser() { yaml_parser_initialize(&raw); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { yaml_parser_delete(&raw); }
};

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

Tag named_tag(std::string_view tag) {
  if (!tag.starts_with(kTagPrefix)) return Tag::Unknown;
  const std::string_view name = tag.substr(kTagPrefix.size());
  constexpr std::pair<std::string_view, Tag> kNames[] = {
      {"null", Tag::Null},       {"bool", Tag::Bool},     {"int", Tag::Int},
      {"float", Tag::Float},     {"binary", Tag::Binary}, {"timestamp", Tag::Timestamp},
      {"omap", Tag::OrderedMap}, {"pairs", Tag::Pairs},   {"set", Tag::Set},
      {"str", Tag::Text},        {"seq", Tag::List},      {"map", Tag::Map},
      {"merge", Tag::Merge},     {"value", Tag::ValueKey}};
  for (const auto& [known, value] : kNames) {
    if (name == known) return value;
  }
  return Tag::Unknown;
}

// Builds the tree of nodes; values are made from it afterwards (construct.cc).
class Composer {
 public:
  Composer(std::string_view text, const LoadOptions& options, std::pmr::memory_resource& arena)
      : text_(text), options_(options), arena_(arena), allocator_(&arena) {
    yaml_parser_set_input_string(&parser_.raw, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }

  // nullptr for an empty stream.
  Result<Node*> compose();

 private:
  struct Open {
    Node* node;
    std::size_t begin;  // first child in children_
  };

  Result<void> next(Event& event);
  Result<Node*> begin_node(const yaml_event_t& event, const yaml_char_t* anchor,
                           const yaml_char_t* tag, Tag fallback);
  Result<Node*> add_scalar(const yaml_event_t& event);
  Result<Node*> find_alias(const yaml_event_t& event);
  Result<void> close(const Open& open);
  Result<Node*> compose_document();
  Error parser_error() const;

  std::string_view text_;
  const LoadOptions& options_;
  std::pmr::memory_resource& arena_;
  std::pmr::polymorphic_allocator<std::byte> allocator_;
  Parser parser_;
  std::vector<Open> open_;
  std::vector<Node*> children_;
  std::unordered_map<std::string, Node*> anchors_;
  std::uint64_t expanded_ = 0;
};

Error Composer::parser_error() const {
  const auto& raw = parser_.raw;
  const std::string problem = raw.problem != nullptr ? raw.problem : "cannot read the text";
  if (raw.error == YAML_READER_ERROR) {
    return invalid_input("unacceptable character #x{:04x}: {}", raw.problem_value, problem);
  }
  Error error = raw.context != nullptr ? invalid_input("{}: {}", raw.context, problem)
                                       : invalid_input("{}", problem);
  if (raw.error == YAML_MEMORY_ERROR) return error;
  return std::move(error).at(place_of(text_, raw.problem_mark));
}

Result<void> Composer::next(Event& event) {
  yaml_event_delete(&event.raw);
  event.raw = yaml_event_t{};
  if (yaml_parser_parse(&parser_.raw, &event.raw) == 0) return parser_error();
  return ok();
}

Result<Node*> Composer::begin_node(const yaml_event_t& event, const yaml_char_t* anchor,
                                   const yaml_char_t* tag, Tag fallback) {
  Node* node = allocator_.new_object<Node>();
  node->value.line = static_cast<std::uint32_t>(event.start_mark.line + 1);
  node->value.column = static_cast<std::uint32_t>(event.start_mark.column + 1);
  node->tag = fallback;
  if (tag != nullptr && std::strcmp(reinterpret_cast<const char*>(tag), "!") != 0) {
    const std::string_view name = reinterpret_cast<const char*>(tag);
    node->tag = named_tag(name);
    if (node->tag == Tag::Unknown) node->tag_name = copy_text(arena_, name);
  }
  if (anchor != nullptr) {
    const auto [found, fresh] = anchors_.emplace(reinterpret_cast<const char*>(anchor), node);
    if (!fresh) {
      return invalid_input("found duplicate anchor `{}`; first on line {}", found->first,
                           found->second->value.line)
          .at(place_of(text_, event.start_mark));
    }
  }
  if (++expanded_ > options_.expanded_values_max) {
    return invalid_input("the document has more than {} values", options_.expanded_values_max);
  }
  return node;
}

Result<Node*> Composer::add_scalar(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
  Node* node = TRY(begin_node(event, scalar.anchor, scalar.tag, Tag::Text));
  node->shape = Shape::Scalar;
  node->text = copy_text(arena_, text);
  switch (scalar.style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      node->value.style = ScalarStyle::Quoted;
      break;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
      node->value.style = ScalarStyle::Block;
      break;
    default:
      break;
  }
  if (scalar.tag == nullptr && scalar.plain_implicit != 0) node->tag = resolve_plain(text);
  return node;
}

Result<Node*> Composer::find_alias(const yaml_event_t& event) {
  const auto found = anchors_.find(reinterpret_cast<const char*>(event.data.alias.anchor));
  if (found == anchors_.end()) {
    return invalid_input("found undefined alias `{}`",
                         reinterpret_cast<const char*>(event.data.alias.anchor))
        .at(place_of(text_, event.start_mark));
  }
  expanded_ += found->second->expanded;
  if (expanded_ > options_.expanded_values_max) {
    return invalid_input("aliases expand to more than {} values", options_.expanded_values_max)
        .at(place_of(text_, event.start_mark));
  }
  return found->second;
}

Result<void> Composer::close(const Open& open) {
  const std::size_t count = children_.size() - open.begin;
  auto** copy = static_cast<Node**>(
      arena_.allocate(sizeof(Node*) * std::max<std::size_t>(count, 1), alignof(Node*)));
  std::copy(children_.begin() + static_cast<std::ptrdiff_t>(open.begin), children_.end(), copy);
  children_.resize(open.begin);
  open.node->children = {copy, count};
  std::uint64_t expanded = 1;
  for (const Node* child : open.node->children) expanded += child->expanded;
  open.node->expanded = expanded;
  return ok();
}

Result<Node*> Composer::compose_document() {
  Event event;
  for (;;) {
    TRY(next(event));
    Node* node = nullptr;
    switch (event.raw.type) {
      case YAML_SCALAR_EVENT:
        node = TRY(add_scalar(event.raw));
        break;
      case YAML_ALIAS_EVENT:
        node = TRY(find_alias(event.raw));
        break;
      case YAML_SEQUENCE_START_EVENT:
      case YAML_MAPPING_START_EVENT: {
        const bool is_list = event.raw.type == YAML_SEQUENCE_START_EVENT;
        const auto& list = event.raw.data.sequence_start;
        const auto& map = event.raw.data.mapping_start;
        Node* opened =
            TRY(begin_node(event.raw, is_list ? list.anchor : map.anchor,
                           is_list ? list.tag : map.tag, is_list ? Tag::List : Tag::Map));
        opened->shape = is_list ? Shape::List : Shape::Map;
        if (open_.size() >= options_.depth_max) {
          return invalid_input("nested deeper than {} levels", options_.depth_max)
              .at(place_of(text_, event.raw.start_mark));
        }
        open_.push_back({opened, children_.size()});
        continue;
      }
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        TRY(close(open_.back()));
        node = open_.back().node;
        open_.pop_back();
        break;
      default:
        return internal("unexpected event of the YAML parser");
    }
    if (open_.empty()) return node;
    children_.push_back(node);
  }
}

Result<Node*> Composer::compose() {
  Event event;
  TRY(next(event));  // stream start
  TRY(next(event));
  if (event.raw.type == YAML_STREAM_END_EVENT) return nullptr;
  const auto first = event.raw.start_mark;
  Node* root = TRY(compose_document());
  TRY(next(event));  // document end
  TRY(next(event));
  if (event.raw.type != YAML_STREAM_END_EVENT) {
    return invalid_input(
               "expected a single document in the stream (it begins on line {}), but found another",
               first.line + 1)
        .at(place_of(text_, event.raw.start_mark));
  }
  return root;
}

}  // namespace

TextSpan span_at(std::string_view text, std::uint32_t line, std::uint32_t column) {
  std::size_t offset = 0;
  for (std::uint32_t at = 1; at < line && offset < text.size(); ++at) {
    const auto end = text.find_first_of("\r\n", offset);
    if (end == std::string_view::npos) {
      offset = text.size();
      break;
    }
    offset = end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
  }
  for (std::uint32_t at = 1; at < column && offset < text.size(); ++at) {
    next_code_point(text, offset);
  }
  return {static_cast<std::uint32_t>(offset), offset < text.size() ? 1U : 0U, line, column};
}

Result<Document> load(std::string_view text, const LoadOptions& options) {
  if (text.size() > options.size_max) {
    return invalid_input("the text is larger than {}", human_bytes(options.size_max));
  }
  Document document;
  document.arena = std::make_unique<std::pmr::monotonic_buffer_resource>(
      std::max<std::size_t>(1024, text.size() * 4));
  Composer composer(text, options, *document.arena);
  Node* root = TRY(composer.compose());
  TRY(construct(root, text, options.mode, document));
  return document;
}

}  // namespace tarn::yaml
