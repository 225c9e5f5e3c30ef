// SPDX-License-Identifier: Apache-2.0
// Templates: an Environment knows filters, tests, global functions and block tags, and compiles
// text; a Template is immutable and may be rendered by many threads at once; a Render is one run.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jinja/error.h"
#include "jinja/limits.h"
#include "jinja/names.h"
#include "jinja/object.h"
#include "jinja/runtime.h"
#include "jinja/value.h"

namespace tarn::jinja {

struct TemplateTree;  // tree.h

// A block `{% tag name … %} … {% endtag %}` that defines a macro, such as dbt's `materialization`.
struct BlockTag {
  enum class Header {
    Name,        // {% docs name %}
    Parameters,  // {% test name(a, b=1) %}
    Options,     // {% materialization name, adapter='x', default %}
  };
  struct Option {
    std::string name;
    Value value;  // a constant, or True where only the name stands
  };
  std::string tag;
  std::string end_tag;
  Header header = Header::Name;
  // The name that the macro gets; an error fails the compilation.
  std::function<Result<std::string>(std::string_view name, const std::vector<Option>& options)>
      macro_name;
  // Parameters that the macro has besides those of its header, with constant defaults.
  std::vector<std::pair<std::string, Value>> extra_parameters;
};

using Filter = std::function<Result<Value>(Runtime&, const Value&, const Arguments&)>;

struct EnvironmentOptions {
  bool native = false;             // values keep their types, see Render::value
  std::string macro_prefix = "";   // dbt: macros defined in a template are named `dbt_macro__x`
  bool swallow_undefined = false;  // parse mode of dbt
};

// Fill it, then share it. Thread-safe while it is not changed.
class Environment {
 public:
  // With all filters, tests and globals of Jinja.
  explicit Environment(EnvironmentOptions options = {});
  ~Environment();
  Environment(Environment&&) noexcept;

  void add_filter(std::string_view name, Filter filter);
  void add_test(std::string_view name, Filter test);
  void add_global(std::string_view name, Value value);
  void add_block_tag(BlockTag tag);

  // `name` is printed in messages. Failures have kind `syntax` and Error::where.
  Result<std::shared_ptr<const class Template>> compile(std::string_view text,
                                                        std::string_view name) const;
  const EnvironmentOptions& options() const;
  const Filter* find_filter(std::string_view name) const;
  const Filter* find_test(std::string_view name) const;
  const BlockTag* find_block_tag(std::string_view name) const;
  const NameTable& globals() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Template {
 public:
  explicit Template(std::unique_ptr<const TemplateTree> tree);
  ~Template();
  const std::string& name() const;
  const std::string& text() const;
  // Macros defined at the top, under the names they have inside (with the prefix).
  std::vector<std::string> macro_names() const;
  const TemplateTree& tree() const { return *tree_; }

 private:
  std::unique_ptr<const TemplateTree> tree_;
};

struct MacroParameter {
  std::string name;
  bool has_default = false;
  std::string annotation;  // `dict[str, int]`, as written; empty if there is none
};

// A macro of the project as a callable value: runs with the names of the render that calls it, and
// is where `return()` ends. Immutable, shared by all renders.
class Macro final : public Object {
 public:
  // `inner_name` is the macro in the template (`dbt_macro__x`); not there: ErrorCode::NotFound.
  static Result<Ref<Macro>> make(std::shared_ptr<const Template> source,
                                 std::string_view inner_name, std::string name,
                                 std::string unique_id);
  const std::string& name() const { return name_; }
  const std::string& unique_id() const { return unique_id_; }
  const Template& source() const { return *source_; }
  std::vector<MacroParameter> parameters() const;
  const void* node() const { return node_; }

  std::string_view type_name() const override { return "MacroGenerator"; }
  bool is_callable() const override { return true; }
  Result<Value> call(Runtime& runtime, const Arguments& arguments) override;

 private:
  template <typename T, typename... Args>
  friend Ref<T> make_ref(Args&&... args);
  Macro(std::shared_ptr<const Template> source, const void* node, std::string name,
        std::string unique_id)
      : source_(std::move(source)),
        node_(node),
        name_(std::move(name)),
        unique_id_(std::move(unique_id)) {}
  std::shared_ptr<const Template> source_;
  const void* node_;
  std::string name_;
  std::string unique_id_;
};

struct MadeText;

// Which part of the template made which part of the output. Pieces are in order of output; text
// that a macro made points to its call.
struct SourcePiece {
  std::size_t output_offset = 0;
  std::uint32_t source_offset = 0;
  std::uint32_t source_length = 0;
  bool verbatim = false;  // template text, copied: offsets run in parallel
  // Of printed text that a macro or a `set` block made; nullptr: of anything else.
  std::shared_ptr<const MadeText> made = {};
};
class SourceMap {
 public:
  void add(SourcePiece piece) { pieces_.push_back(std::move(piece)); }
  const std::vector<SourcePiece>& pieces() const { return pieces_; }
  // The place in `template_text` that made the output byte at `offset`; nullopt in empty maps.
  std::optional<TextSpan> locate(std::string_view template_text, std::size_t offset) const;
  // The same through the macros that made the text: their places, innermost first, then the one in
  // `source`. The innermost spans at most `length` bytes and has an excerpt. REQUIRES: `source` and
  // the templates of the macros live. Empty for empty maps.
  Trace trace(const Template& source, std::size_t offset, std::size_t length) const;

 private:
  const SourcePiece* piece_at(std::size_t offset) const;
  void add_frames(const TemplateTree& tree, std::string_view macro, std::size_t offset,
                  std::size_t length, Trace& out) const;
  std::vector<SourcePiece> pieces_;
};

// A text that was made while rendering and kept in a value.
struct MadeText {
  const TemplateTree* tree = nullptr;  // where it was made
  std::string_view macro;              // empty: by a `set` block at the top
  SourceMap map;
};

struct RenderOptions {
  Host* host = nullptr;
  Limits limits;
  bool keep_source_map = false;
};

// One run of one template on one thread.
class Render {
 public:
  // `names` and `environment` must outlive it.
  Render(const Environment& environment, const NameTable& names, RenderOptions options = {});
  ~Render();
  Render(const Render&) = delete;
  Render& operator=(const Render&) = delete;

  Result<std::string> text(const Template& source);
  // Native: one expression keeps its type, several pieces become text.
  Result<Value> value(const Template& source);
  // Calls a macro with these names, as `run-operation` does.
  Result<Value> call(const Macro& macro, const Arguments& arguments);
  // Where the last failure happened.
  const Trace& trace() const;
  const SourceMap& source_map() const;
  Runtime& runtime();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// True if the text holds any of `{{`, `{%`, `{#`, `#}`, `%}`, `}}`: dbt renders only such texts
// and returns others unchanged.
bool has_render_marks(std::string_view text);

// An expression of Python literals only (numbers, texts, lists, tuples, dicts, sets, True, False,
// None); kind `value` if it is anything else.
Result<Value> literal_eval(std::string_view text);

}  // namespace tarn::jinja
