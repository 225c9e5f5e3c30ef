// SPDX-License-Identifier: Apache-2.0
#include "project/generic_tests.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/text.h"
#include "jinja/environment.h"
#include "project/config.h"
#include "project/context/contexts.h"
#include "project/properties.h"
#include "project/static_scan.h"

namespace tarn::project {

namespace {

constexpr std::string_view kConfigKeys[] = {
    "severity", "tags",     "enabled",   "where",          "limit",
    "warn_if",  "error_if", "fail_calc", "store_failures", "store_failures_as",
    "meta",     "database", "schema",    "alias",          "sql_header"};

std::string clean_argument(std::string_view text) {
  std::string out;
  bool in_gap = false;
  for (const char c : text) {
    const bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (word) {
      out += c;
    } else if (!in_gap) {
      out += '_';
    }
    in_gap = !word;
  }
  return out;
}

// Everything but maps and lists becomes a text, keys sorted: what dbt hashes.
void append_hashable(std::string& out, const Data& data) {
  if (data.is_map()) {
    std::vector<Member> members(data.members().begin(), data.members().end());
    std::stable_sort(members.begin(), members.end(),
                     [](const Member& a, const Member& b) { return a.key < b.key; });
    out += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i != 0) out += ", ";
      append_text_repr(out, members[i].key);
      out += ": ";
      append_hashable(out, members[i].value);
    }
    out += '}';
  } else if (data.is_list()) {
    out += '[';
    for (std::size_t i = 0; i < data.items().size(); ++i) {
      if (i != 0) out += ", ";
      append_hashable(out, data.items()[i]);
    }
    out += ']';
  } else {
    append_text_repr(out, to_python(data));
  }
}

bool is_identifier(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// `ref('x')` and such stand for a call.
bool looks_like_call(std::string_view text) {
  text = trim(text);
  if (!text.ends_with(')')) return false;
  for (const char* name : {"env_var", "ref", "var", "source", "doc"}) {
    if (!text.starts_with(name)) continue;
    const std::string_view rest = trim_left(text.substr(std::string_view(name).size()));
    if (rest.starts_with('(') && rest.size() > 2) return true;
  }
  return false;
}

std::string config_text(const Data& config) {
  std::string out;
  for (const auto& [key, value] : config.members()) {
    if (!out.empty()) out += ',';
    out += key;
    out += '=';
    if (value.is_text()) {
      out += fmt::format("\"{}\"", replace_all(value.text(), "\"", "\\\""));
    } else {
      append_repr(out, value);
    }
  }
  return out.empty() ? out : fmt::format("{{{{ config({}) }}}}", out);
}

bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto is_word = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const auto end = at + word.size();
    if (begins && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

// True if running the macro while parsing could record or fail something.
bool must_run(const Project& project, const MacroDefinition& macro, int depth = 0) {
  if (macro.builtin) return false;
  if (depth > 20) return true;
  for (const char* word :
       {"ref", "source", "config", "metric", "function", "var", "env_var", "exceptions", "adapter",
        "graph", "builtins", "context", "this", "model.", "modules", "return"}) {
    if (has_word(macro.text, word)) return true;
  }
  for (const auto id : macro.depends_macros) {
    const auto found = project.macros_by_id.find(id);
    if (found != project.macros_by_id.end() && must_run(project, *found->second, depth + 1)) {
      return true;
    }
  }
  return false;
}

}  // namespace

TestNames synthesize_test_names(std::string_view type, std::string_view name, const Data& args) {
  std::vector<Member> sorted(args.members().begin(), args.members().end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Member& a, const Member& b) { return a.key < b.key; });
  std::string unique;
  bool first = true;
  const auto add = [&](const Data& part) {
    if (!first) unique += "__";
    first = false;
    unique += clean_argument(to_python(part));
  };
  for (const auto& [key, value] : sorted) {
    if (key == "model") continue;
    if (value.is_map()) {
      for (const auto& member : value.members()) add(member.value);
    } else if (value.is_list()) {
      for (const auto& item : value.items()) add(item);
    } else {
      add(value);
    }
  }
  const std::string identifier = fmt::format("{}_{}", type, name);
  TestNames out;
  out.full_name = fmt::format("{}_{}", identifier, unique);
  if (out.full_name.size() < 64) {
    out.short_name = out.full_name;
  } else {
    out.short_name = fmt::format("{}_{}", utf8_prefix(identifier, 30), to_hex(md5(out.full_name)));
  }
  return out;
}

std::string test_hash(std::string_view name, std::string_view test_namespace,
                      std::string_view test_name, const Data& kwargs) {
  std::string text(name);
  text += "{'kwargs': ";
  append_hashable(text, kwargs);
  text += ", 'name': ";
  append_text_repr(text, test_name);
  text += ", 'namespace': ";
  append_text_repr(text, test_namespace.empty() ? std::string_view("None") : test_namespace);
  text += '}';
  const std::string hash = to_hex(md5(text));
  return hash.substr(hash.size() - 10);
}

struct TestBuilder::Parts {
  std::string_view test_namespace;
  std::string_view name;
  std::string_view custom_name;
  MapBuilder args;  // with column_name, without model
  MapBuilder config;
  Data description;
  Data kwargs;
  Data static_config;
  std::string raw_code;
  const MacroDefinition* macro = nullptr;
};

Result<TestBuilder::Parts> TestBuilder::read_entry(const TestTarget& target,
                                                   const TestEntry& entry) {
  Parts parts;
  Data name;
  Data given;
  if (entry.test.is_text()) {
    name = entry.test;
  } else if (entry.test.is_map() && entry.test.find("test_name") != nullptr) {
    name = entry.test.get("test_name");
    MapBuilder rest(entry.test);
    rest.erase("test_name");
    given = rest.build(arena_);
  } else if (entry.test.is_map()) {
    if (entry.test.size != 1) {
      return invalid_input(
          "invalid test config for `{}`: a test definition must have exactly one key, found {}",
          target.name, entry.test.size);
    }
    name = entry.test.members()[0].key;
    given = entry.test.members()[0].value;
  } else {
    return invalid_input("invalid test config for `{}`: a test must be a text or a mapping",
                         target.name);
  }
  if (!given.is_null() && !given.is_map()) {
    return invalid_input("invalid test config for `{}`: the arguments of `{}` must be a mapping",
                         target.name, name.text());
  }
  const auto dot = name.text().find('.');
  parts.name = dot == std::string_view::npos ? name.text() : name.text().substr(dot + 1);
  if (dot != std::string_view::npos) parts.test_namespace = name.text().substr(0, dot);
  if (!is_identifier(parts.name)) {
    return invalid_input("invalid test name `{}` at `{}`", name.text(), target.name);
  }
  if (!entry.column.empty()) parts.args.add("column_name", entry.column);
  for (const auto& [key, value] : given.members()) {
    if (key == "arguments" && value.is_map()) {
      for (const auto& argument : value.members()) parts.args.set(argument.key, argument.value);
    } else if (key == "name") {
      parts.custom_name = arena_.copy(to_python(value));
    } else if (key == "description") {
      parts.description = value;
    } else if (key != "config") {
      const bool is_config =
          std::find(std::begin(kConfigKeys), std::end(kConfigKeys), key) != std::end(kConfigKeys);
      (is_config ? parts.config : parts.args).set(key, value);
    }
  }
  for (const auto& [key, value] : given.get("config").members()) {
    if (parts.config.find(key) != nullptr) {
      return invalid_input("test `{}` of `{}` has `{}` both in `config` and beside it", name.text(),
                           target.name, key);
    }
    parts.config.set(key, value);
  }
  // dbt takes known configs in an order of its own.
  MapBuilder ordered;
  for (const auto key : kConfigKeys) {
    if (const Data* found = parts.config.find(key)) ordered.add(key, *found);
  }
  for (const auto& [key, value] : parts.config.members()) ordered.set(key, value);
  parts.config = ordered;
  return parts;
}

Result<Node> TestBuilder::make_node(const TestTarget& target, const TestEntry& entry,
                                    Parts& parts) {
  const bool of_source = target.type == ResourceType::Source;
  std::string type(parts.name);
  if (of_source) type = "source_" + type;
  if (!parts.test_namespace.empty()) type = fmt::format("{}_{}", parts.test_namespace, type);
  std::string target_name(target.name);
  if (of_source) target_name = fmt::format("{}_{}", target.source, target.name);
  if (!target.version.is_null()) target_name += "_v" + to_python(target.version);
  TestNames names{std::string(parts.custom_name), std::string(parts.custom_name)};
  if (parts.custom_name.empty()) {
    names = synthesize_test_names(type, target_name, parts.args.build(arena_));
    if (names.short_name != names.full_name && parts.config.find("alias") == nullptr) {
      parts.config.set("alias", arena_.copy(names.short_name));
    }
  }
  std::string reference;
  if (of_source) {
    reference = fmt::format("source('{}', '{}')", target.source, target.name);
  } else if (!target.version.is_null()) {
    reference = fmt::format("ref('{}', version='{}')", target.name, to_python(target.version));
  } else {
    reference = fmt::format("ref('{}')", target.name);
  }
  MapBuilder kwargs = parts.args;
  kwargs.set("model", arena_.copy(fmt::format("{{{{ get_where_subquery({}) }}}}", reference)));
  parts.kwargs = kwargs.build(arena_);
  parts.static_config = parts.config.build(arena_);

  const std::uint32_t package = target.patch->package;
  Node node;
  node.type = ResourceType::Test;
  node.package = package;
  node.package_name = project_.packages[package]->name;
  node.file = target.patch->file;
  node.line = entry.value != nullptr ? entry.value->line : target.patch->value->line;
  node.name = arena_.copy(names.full_name);
  node.path = arena_.copy(names.short_name + ".sql");
  node.original_path = target.patch->file->path;
  node.checksum_kind = "none";
  node.unique_id = arena_.copy(
      fmt::format("test.{}.{}.{}", node.package_name, names.full_name,
                  test_hash(names.full_name, parts.test_namespace, parts.name, parts.kwargs)));
  node.fqn = make_fqn(arena_, node.package_name, target.patch->file->relative, node.name);
  const std::string macro_name = "test_" + std::string(parts.name);
  parts.raw_code =
      fmt::format("{{{{ {}{}(**_dbt_generic_test_kwargs) }}}}{}",
                  parts.test_namespace.empty() ? "" : std::string(parts.test_namespace) + ".",
                  macro_name, config_text(parts.static_config));
  node.raw_code = arena_.copy(parts.raw_code);
  parts.macro = project_.contexts->find_macro(parts.test_namespace, macro_name, package);
  auto* info = new (arena_.allocate(sizeof(TestInfo), alignof(TestInfo))) TestInfo();
  info->name = parts.name;
  info->package = parts.test_namespace;
  info->column = entry.column;
  info->file_key =
      arena_.copy(fmt::format("{}.{}", target.section, of_source ? target.source : target.name));
  info->attached = target.attached;
  info->tested = target.name;
  info->kwargs = parts.kwargs;
  node.test = info;
  return node;
}

namespace {

// Calls ref() and source() of one argument; anything else must run.
bool scan_argument(const Data& value, ParseRecord& record, bool is_column) {
  if (value.is_text()) {
    const std::string_view text = value.text();
    if (!is_column && looks_like_call(text)) {
      ParseRecord one(record.arena);
      if (!scan_static(record.arena.copy(fmt::format("{{{{ {} }}}}", text)), one)) return false;
      record.refs.insert(record.refs.end(), one.refs.begin(), one.refs.end());
      record.sources.insert(record.sources.end(), one.sources.begin(), one.sources.end());
      return true;
    }
    return !jinja::has_render_marks(text);
  }
  for (const auto& item : value.items()) {
    if (!scan_argument(item, record, false)) return false;
  }
  for (const auto& member : value.members()) {
    if (!scan_argument(member.value, record, false)) return false;
  }
  return true;
}

}  // namespace

Result<void> TestBuilder::render_arguments(const Node& node, const Parts& parts,
                                           ParseRecord& record) {
  RenderHost host(project_, node.package);
  host.node = &node;
  host.record = &record;
  host.var_owner = node.name;
  jinja::RenderOptions options;
  options.host = &host;
  const auto names = node_table(project_, node, false);
  auto kwargs = TRY(render_test_arguments(project_, *names, options, parts.kwargs));
  if (parts.macro == nullptr || !must_run(project_, *parts.macro)) return ok();
  names->set("_dbt_generic_test_kwargs", std::move(kwargs));
  const auto& environment = project_.contexts->parse_environment();
  const auto source = TRY(environment.compile(node.raw_code, node.original_path));
  jinja::Render render(environment, *names, options);
  TRY(render.text(*source));
  return ok();
}

Result<void> TestBuilder::find_references(Node& node, const TestTarget& target, const Parts& parts,
                                          ParseRecord& record) {
  if (parts.macro != nullptr) record.macros.push_back(parts.macro->unique_id);
  const auto add_target = [&] {
    if (target.type == ResourceType::Source) {
      record.sources.push_back({target.source, target.name});
    } else {
      record.refs.push_back({{}, target.name, target.version});
    }
  };
  // In the argument `model` the version is a text.
  const auto add_model_argument = [&] {
    add_target();
    if (!target.version.is_null() && target.type != ResourceType::Source) {
      record.refs.back().version = arena_.copy(to_python(target.version));
    }
  };
  const bool is_basic = parts.macro != nullptr && parts.macro->builtin &&
                        (parts.name == "not_null" || parts.name == "unique");
  if (is_basic) {
    add_target();
    return ok();
  }
  ParseRecord quick(record.arena);
  bool simple = parts.macro == nullptr || !must_run(project_, *parts.macro);
  const auto* where = project_.contexts->find_macro({}, "get_where_subquery", node.package);
  if (where == nullptr || !where->builtin) simple = false;
  for (const auto& [key, value] : parts.kwargs.members()) {
    if (!simple) break;
    if (key == "model") continue;
    simple = scan_argument(value, quick, key == "column_name");
  }
  if (!simple) return render_arguments(node, parts, record);
  record.refs = std::move(quick.refs);
  record.sources = std::move(quick.sources);
  add_model_argument();
  record.macros.push_back(where->unique_id);
  return ok();
}

std::optional<Node> TestBuilder::build(const TestTarget& target, const TestEntry& entry,
                                       NodeError& error) {
  const auto make = [&]() -> Result<Node> {
    Parts parts = TRY(read_entry(target, entry));
    Node node = TRY(make_node(target, entry, parts));
    ParseRecord record(arena_);
    auto found = find_references(node, target, parts, record);
    if (!found) {
      return std::move(found).error().with_context(
          fmt::format("in test {} ({})", node.name, node.original_path));
    }
    const bool is_basic = parts.macro != nullptr && parts.macro->builtin &&
                          (parts.name == "not_null" || parts.name == "unique");
    // dbt applies the configs of other tests twice: at once, and as the call in the raw code.
    Data calls = parts.static_config;
    if (!is_basic) {
      if (const Data* tags = calls.find("tags")) {
        MapBuilder doubled(calls);
        std::vector<Data> items;
        for (int turn = 0; turn < 2; ++turn) {
          if (tags->is_list()) {
            items.insert(items.end(), tags->items().begin(), tags->items().end());
          } else {
            items.push_back(*tags);
          }
        }
        doubled.set("tags", make_list(arena_, items));
        calls = doubled.build(arena_);
      }
    }
    std::set<std::string_view> first;
    for (const Data& list : {entry.column_tags, parts.static_config.get("tags")}) {
      if (list.is_text()) first.insert(list.text());
      for (const auto& tag : list.items()) first.insert(arena_.copy(to_python(tag)));
    }
    take_record(node, record);
    TRY(apply_config(project_, node, nullptr, &calls, arena_));
    std::vector<std::string_view> tags(first.begin(), first.end());
    for (const auto tag : node.tags) {
      if (!first.contains(tag)) tags.push_back(tag);
    }
    node.tags = std::move(tags);
    const auto description =
        TRY(render_description(project_, node.package, node.unique_id, parts.description, arena_));
    node.description = description.text;
    node.doc_blocks = description.doc_blocks;
    node.columns = Data(std::span<const Member>());
    return node;
  };
  auto made = make();
  if (made) return std::move(*made);
  error = {target.patch->file,
           entry.value != nullptr ? entry.value->line : target.patch->value->line,
           entry.value != nullptr ? entry.value->column : target.patch->value->column,
           describe(made.error()),
           {},
           "test"};
  return std::nullopt;
}

Result<jinja::Value> render_test_arguments(const Project& project, const jinja::NameTable& names,
                                           const jinja::RenderOptions& options,
                                           const Data& kwargs) {
  const auto& environment = project.contexts->native_environment();
  struct Renderer {
    const jinja::Environment& native;
    const jinja::Environment& plain;
    const jinja::NameTable& names;
    const jinja::RenderOptions& options;
    Result<jinja::Value> operator()(const Data& value, bool is_column) const {
      if (value.is_text()) {
        std::string text(value.text());
        if (!is_column && looks_like_call(text)) text = fmt::format("{{{{ {} }}}}", text);
        if (!jinja::has_render_marks(text)) return jinja::Value(text);
        const auto& environment = is_column ? plain : native;
        const auto source = TRY(environment.compile(text, "test arguments"));
        jinja::Render render(environment, names, options);
        if (is_column) return jinja::Value(TRY(render.text(*source)));
        return render.value(*source);
      }
      if (value.is_list()) {
        std::vector<jinja::Value> items;
        for (const auto& item : value.items()) items.push_back(TRY((*this)(item, false)));
        return jinja::Value::list(std::move(items));
      }
      if (value.is_map()) {
        auto dict = jinja::make_ref<jinja::Dict>();
        for (const auto& [key, item] : value.members()) dict->set(key, TRY((*this)(item, false)));
        return jinja::Value(dict);
      }
      return to_template(value);
    }
  };
  const Renderer render{environment, project.contexts->run_environment(), names, options};
  auto dict = jinja::make_ref<jinja::Dict>();
  for (const auto& [key, value] : kwargs.members()) {
    dict->set(key, TRY(render(value, key == "column_name")));
  }
  return jinja::Value(dict);
}

}  // namespace tarn::project
