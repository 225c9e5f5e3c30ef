// SPDX-License-Identifier: Apache-2.0
#include "jinja/environment.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "jinja/builtins.h"
#include "jinja/interpreter.h"
#include "jinja/tree.h"

namespace tarn::jinja {

struct Environment::Impl {
  EnvironmentOptions options;
  std::map<std::string, Filter, std::less<>> filters;
  std::map<std::string, Filter, std::less<>> tests;
  std::map<std::string, BlockTag, std::less<>> block_tags;
  NameTable globals;
};

Environment::Environment(EnvironmentOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  add_text_filters(*this);
  add_html_filters(*this);
  add_sequence_filters(*this);
  add_selection_filters(*this);
  add_number_filters(*this);
  add_mapping_filters(*this);
  add_tests(*this);
  add_globals(*this);
}

Environment::~Environment() = default;
Environment::Environment(Environment&&) noexcept = default;

void Environment::add_filter(std::string_view name, Filter filter) {
  impl_->filters.insert_or_assign(std::string(name), std::move(filter));
}

void Environment::add_test(std::string_view name, Filter test) {
  impl_->tests.insert_or_assign(std::string(name), std::move(test));
}

void Environment::add_global(std::string_view name, Value value) {
  impl_->globals.set(name, std::move(value));
}

void Environment::add_block_tag(BlockTag tag) {
  std::string name = tag.tag;
  impl_->block_tags.insert_or_assign(std::move(name), std::move(tag));
}

const EnvironmentOptions& Environment::options() const { return impl_->options; }
const NameTable& Environment::globals() const { return impl_->globals; }

const Filter* Environment::find_filter(std::string_view name) const {
  const auto found = impl_->filters.find(name);
  return found == impl_->filters.end() ? nullptr : &found->second;
}

const Filter* Environment::find_test(std::string_view name) const {
  const auto found = impl_->tests.find(name);
  return found == impl_->tests.end() ? nullptr : &found->second;
}

const BlockTag* Environment::find_block_tag(std::string_view name) const {
  const auto found = impl_->block_tags.find(name);
  return found == impl_->block_tags.end() ? nullptr : &found->second;
}

Result<std::shared_ptr<const Template>> Environment::compile(std::string_view text,
                                                             std::string_view name) const {
  auto tree = TRY(parse_template(*this, std::string(text), name));
  tree->native = impl_->options.native;
  TRY(resolve_names(*this, *tree));
  if (tree->native || tree->has_slices) fold_constants(*this, *tree);
  return std::make_shared<const Template>(std::move(tree));
}

void add_filter(Environment& environment, std::string_view name,
                std::vector<Signature::Parameter> parameters, FilterBody body) {
  Signature signature("do_" + std::string(name), std::move(parameters));
  environment.add_filter(
      name,
      [signature = std::move(signature), body](Runtime& runtime, const Value& subject,
                                               const Arguments& arguments) -> Result<Value> {
        return body(runtime, subject, TRY(signature.bind(arguments)));
      });
}

Template::Template(std::unique_ptr<const TemplateTree> tree) : tree_(std::move(tree)) {}
Template::~Template() = default;
const std::string& Template::name() const { return tree_->name; }
const std::string& Template::text() const { return tree_->text; }

std::vector<std::string> Template::macro_names() const {
  std::vector<std::string> names;
  for (const auto* macro : tree_->macros) names.push_back(macro->macro.name);
  return names;
}

Result<Ref<Macro>> Macro::make(std::shared_ptr<const Template> source, std::string_view inner_name,
                               std::string name, std::string unique_id) {
  const auto& macros = source->tree().macros;
  // The last definition of a name counts.
  const auto found = std::find_if(macros.rbegin(), macros.rend(), [&](const MacroStmt* macro) {
    return macro->macro.name == inner_name;
  });
  if (found == macros.rend()) {
    return not_found("{} defines no macro `{}`", source->name(), inner_name);
  }
  const void* node = *found;
  return make_ref<Macro>(std::move(source), node, std::move(name), std::move(unique_id));
}

std::vector<MacroParameter> Macro::parameters() const {
  const auto& macro = static_cast<const MacroStmt*>(node_)->macro;
  const std::size_t required = macro.parameters.size() - macro.defaults.size();
  std::vector<MacroParameter> parameters;
  for (std::size_t i = 0; i < macro.parameters.size(); ++i) {
    parameters.push_back({macro.parameters[i]->name.text, i >= required, macro.annotations[i]});
  }
  return parameters;
}

Result<Value> Macro::call(Runtime& runtime, const Arguments& arguments) {
  const Ref<Macro> held(this);
  return static_cast<Interpreter&>(runtime).call_project_macro(*this, arguments);
}

namespace {

constexpr int kFramesMax = 50;

// Up to `length` bytes of what the piece shows of its template.
TextSpan span_of(std::string_view template_text, const SourcePiece& piece, std::size_t offset,
                 std::size_t length) {
  if (!piece.verbatim) {
    return make_text_span(template_text, piece.source_offset, piece.source_length);
  }
  const std::size_t inside =
      std::min<std::size_t>(offset - piece.output_offset, piece.source_length);
  return make_text_span(template_text, piece.source_offset + inside,
                        std::min<std::size_t>(length, piece.source_length - inside));
}

}  // namespace

const SourcePiece* SourceMap::piece_at(std::size_t offset) const {
  const auto after = std::upper_bound(
      pieces_.begin(), pieces_.end(), offset,
      [](std::size_t value, const SourcePiece& piece) { return value < piece.output_offset; });
  return after == pieces_.begin() ? nullptr : &*std::prev(after);
}

std::optional<TextSpan> SourceMap::locate(std::string_view template_text,
                                          std::size_t offset) const {
  const SourcePiece* piece = piece_at(offset);
  if (piece == nullptr) return std::nullopt;
  return span_of(template_text, *piece, offset, 1);
}

void SourceMap::add_frames(const TemplateTree& tree, std::string_view macro, std::size_t offset,
                           std::size_t length, Trace& out) const {
  const SourcePiece* piece = piece_at(offset);
  if (piece == nullptr || out.size() >= kFramesMax) return;
  TraceFrame& frame = out.emplace_back();
  frame.template_name = tree.name;
  frame.macro = macro;
  frame.where = span_of(tree.text, *piece, offset, length);
  if (piece->made == nullptr || piece->verbatim) {
    frame.excerpt = excerpt(tree.text, frame.where);
    return;
  }
  const std::size_t depth = out.size();
  piece->made->map.add_frames(*piece->made->tree, piece->made->macro, offset - piece->output_offset,
                              length, out);
  if (out.size() == depth) out.back().excerpt = excerpt(tree.text, out.back().where);
}

Trace SourceMap::trace(const Template& source, std::size_t offset, std::size_t length) const {
  Trace out;
  add_frames(source.tree(), {}, offset, length, out);
  std::reverse(out.begin(), out.end());
  return out;
}

struct Render::Impl {
  Impl(const Environment& environment, const NameTable& names, const RenderOptions& options)
      : interpreter(environment, names, options) {}
  Interpreter interpreter;
};

Render::Render(const Environment& environment, const NameTable& names, RenderOptions options)
    : impl_(std::make_unique<Impl>(environment, names, options)) {}
Render::~Render() = default;

Result<std::string> Render::text(const Template& source) {
  return impl_->interpreter.render_text(source.tree());
}
Result<Value> Render::value(const Template& source) {
  return impl_->interpreter.render_value(source.tree());
}
Result<Value> Render::call(const Macro& macro, const Arguments& arguments) {
  return impl_->interpreter.call_project_macro(macro, arguments);
}
const Trace& Render::trace() const { return impl_->interpreter.trace(); }
const SourceMap& Render::source_map() const { return impl_->interpreter.source_map(); }
Runtime& Render::runtime() { return impl_->interpreter; }

bool has_render_marks(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const char a = text[i];
    const char b = text[i + 1];
    if (a == '{' && (b == '{' || b == '%' || b == '#')) return true;
    if (b == '}' && (a == '}' || a == '%' || a == '#')) return true;
  }
  return false;
}

std::string format_failure(const Error& error, const Trace& trace) {
  std::string text = error.message;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const auto& frame = trace[i];
    text += fmt::format("\n  {} {}:{}:{}", i == 0 ? "-->" : "called from", frame.template_name,
                        frame.where.line, frame.where.column);
    if (!frame.macro.empty()) text += fmt::format(" (in macro {})", frame.macro);
    if (!frame.excerpt.empty()) text += "\n" + frame.excerpt;
    while (text.ends_with('\n')) text.pop_back();
  }
  return text;
}

}  // namespace tarn::jinja
