// SPDX-License-Identifier: Apache-2.0
#include "project/properties.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/text.h"
#include "jinja/environment.h"
#include "project/config.h"
#include "project/context/contexts.h"

namespace tarn::project {

const DocBlock* find_doc(const Project& project, std::uint32_t package, std::string_view in_package,
                         std::string_view name) {
  const DocBlock* any = nullptr;
  const DocBlock* in_root = nullptr;
  for (const auto& doc : project.docs) {
    if (doc.name != name) continue;
    if (!in_package.empty()) {
      if (doc.package_name == in_package) return &doc;
      continue;
    }
    if (doc.package_name == project.packages[package]->name) return &doc;
    if (doc.package_name == project.root().name) in_root = &doc;
    any = &doc;
  }
  return in_root != nullptr ? in_root : any;
}

namespace {

// `{{ doc('x') }}` or `{{ doc('p', 'x') }}` at `at`; gives the end, or npos for anything else.
std::size_t read_doc_call(std::string_view text, std::size_t at, std::string_view& package,
                          std::string_view& name) {
  const auto close = text.find("}}", at);
  if (close == std::string_view::npos) return std::string_view::npos;
  std::string_view inside = trim(text.substr(at + 2, close - at - 2));
  if (!inside.starts_with("doc(") || !inside.ends_with(")")) return std::string_view::npos;
  inside = inside.substr(4, inside.size() - 5);
  std::vector<std::string_view> arguments;
  for (const auto part : split(inside, ',')) {
    const std::string_view one = trim(part);
    if (one.size() < 2 || (one[0] != '\'' && one[0] != '"') || one.back() != one[0]) {
      return std::string_view::npos;
    }
    const std::string_view literal = one.substr(1, one.size() - 2);
    if (literal.find_first_of("'\"\\") != std::string_view::npos) return std::string_view::npos;
    arguments.push_back(literal);
  }
  if (arguments.empty() || arguments.size() > 2) return std::string_view::npos;
  name = arguments.back();
  package = arguments.size() == 2 ? arguments[0] : std::string_view();
  return close + 2;
}

Error missing_doc(std::string_view owner, std::string_view name) {
  return invalid_input("documentation for `{}` depends on doc `{}`, which was not found", owner,
                       name);
}

Result<Description> render_by_template(const Project& project, std::uint32_t package,
                                       std::string_view owner, std::string_view text,
                                       Arena& arena) {
  Description out;
  jinja::NameTable names(std::shared_ptr<const jinja::NameTable>(std::shared_ptr<void>(),
                                                                 &project.contexts->yaml_names()));
  names.set("doc", jinja::make_function(
                       "doc",
                       [&](jinja::Runtime& runtime,
                           const jinja::Arguments& arguments) -> Result<jinja::Value> {
                         const auto& given = arguments.positional;
                         if (given.empty() || given.size() > 2) {
                           return jinja::type_error("doc() takes one or two arguments");
                         }
                         const std::string name = TRY(jinja::to_text(runtime, given.back()));
                         const std::string from =
                             given.size() == 2 ? TRY(jinja::to_text(runtime, given[0])) : "";
                         const auto* doc = find_doc(project, package, from, name);
                         if (doc == nullptr) return missing_doc(owner, name);
                         out.doc_blocks.push_back(doc->unique_id);
                         return jinja::Value(doc->contents);
                       }));
  const auto& environment = project.contexts->run_environment();
  const auto source = TRY(environment.compile(text, owner));
  RenderHost host(project, package);
  host.is_yaml = true;
  host.var_owner = owner;
  jinja::RenderOptions options;
  options.host = &host;
  jinja::Render render(environment, names, options);
  out.text = arena.copy(TRY(render.text(*source)));
  return out;
}

}  // namespace

Result<Description> render_description(const Project& project, std::uint32_t package,
                                       std::string_view owner, const Data& data, Arena& arena) {
  Description out;
  if (data.is_null()) return out;
  const std::string_view text = data.is_text() ? data.text() : arena.copy(to_python(data));
  if (!jinja::has_render_marks(text)) {
    out.text = text;
    return out;
  }
  std::string rendered;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = text.find("{{", at);
    const std::string_view plain = text.substr(at, open - at);
    if (jinja::has_render_marks(plain)) {
      return render_by_template(project, package, owner, text, arena);
    }
    rendered += plain;
    if (open == std::string_view::npos) break;
    std::string_view in_package;
    std::string_view name;
    at = read_doc_call(text, open, in_package, name);
    if (at == std::string_view::npos) {
      return render_by_template(project, package, owner, text, arena);
    }
    const auto* doc = find_doc(project, package, in_package, name);
    if (doc == nullptr) return missing_doc(owner, name);
    out.doc_blocks.push_back(doc->unique_id);
    rendered += doc->contents;
  }
  if (rendered.ends_with('\n') && text.ends_with('\n')) rendered.pop_back();
  out.text = arena.copy(rendered);
  return out;
}

namespace {

Data make_constraint(const Data& source, bool of_model, Arena& arena) {
  const auto flag = [&](const char* key) {
    const Data* found = source.find(key);
    return found != nullptr ? *found : Data(true);
  };
  const auto list = [&](const char* key) {
    const Data* found = source.find(key);
    return found != nullptr && found->is_list() ? *found : Data(std::span<const Data>());
  };
  std::vector<Member> members{{"type", source.get("type")},
                              {"name", source.get("name")},
                              {"expression", source.get("expression")},
                              {"warn_unenforced", flag("warn_unenforced")},
                              {"warn_unsupported", flag("warn_unsupported")},
                              {"to", source.get("to")},
                              {"to_columns", list("to_columns")}};
  if (of_model) members.push_back({"columns", list("columns")});
  return Data(arena.copy(members));
}

Data make_constraints(const Data& list, bool of_model, Arena& arena) {
  std::vector<Data> out;
  for (const auto& item : list.items()) out.push_back(make_constraint(item, of_model, arena));
  return make_list(arena, out);
}

Data merged_meta(const Data& outer, const Data& inner, Arena& arena) {
  MapBuilder meta(outer);
  for (const auto& [key, value] : inner.members()) meta.set(key, value);
  return meta.build(arena);
}

Data text_list_of(const Data& value, Arena& arena) {
  if (value.is_text()) return make_list(arena, {value});
  return value.is_list() ? value : Data(std::span<const Data>());
}

Result<Data> make_column(const Project& project, std::uint32_t package, std::string_view owner,
                         const Data& column, Arena& arena) {
  const Data config = column.get("config");
  const Data meta = merged_meta(column.get("meta"), config.get("meta"), arena);
  std::vector<Data> tags;
  for (const Data& part :
       {text_list_of(column.get("tags"), arena), text_list_of(config.get("tags"), arena)}) {
    for (const auto& tag : part.items()) {
      if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
    }
  }
  const Data tag_list = make_list(arena, tags);
  const auto description =
      TRY(render_description(project, package, owner, column.get("description"), arena));
  MapBuilder column_config;
  column_config.add("meta", meta);
  column_config.add("tags", tag_list);
  for (const auto& [key, value] : config.members()) {
    if (key != "meta" && key != "tags") column_config.set(key, value);
  }
  return Data(arena.copy(std::vector<Member>{
      {"name", column.get("name")},
      {"description", description.text},
      {"meta", meta},
      {"data_type", column.get("data_type")},
      {"constraints", make_constraints(column.get("constraints"), false, arena)},
      {"quote", column.get("quote")},
      {"config", column_config.build(arena)},
      {"tags", tag_list},
      {"granularity", column.get("granularity")},
      {"doc_blocks", make_text_list(arena, description.doc_blocks)}}));
}

}  // namespace

Result<Data> make_columns(const Project& project, std::uint32_t package, std::string_view owner,
                          const Data& list, Arena& arena) {
  std::vector<Member> out;
  for (const auto& column : list.items()) {
    const Data name = column.get("name");
    if (!name.is_text()) {
      if (column.find("include") != nullptr) continue;
      return invalid_input("a column of `{}` has no name", owner);
    }
    const Data made = TRY(make_column(project, package, owner, column, arena));
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const Member& one) { return one.key == name.text(); });
    if (same == out.end()) {
      out.push_back({name.text(), made});
    } else {
      same->value = made;
    }
  }
  return Data(arena.copy(out));
}

std::string_view patch_path(const Project& project, const Patch& patch, Arena& arena) {
  return arena.copy(
      fmt::format("{}://{}", project.packages[patch.package]->name, patch.file->path));
}

namespace {

Data make_time_spine(const Data& source, Arena& arena) {
  if (!source.is_map()) return {};
  const Data custom = source.get("custom_granularities");
  std::vector<Data> items;
  for (const auto& item : custom.items()) {
    items.push_back(Data(arena.copy(std::vector<Member>{
        {"name", item.get("name")}, {"column_name", item.get("column_name")}})));
  }
  return Data(arena.copy(std::vector<Member>{
      {"standard_granularity_column", source.get("standard_granularity_column")},
      {"custom_granularities", make_list(arena, items)}}));
}

std::string enum_name(std::string_view type) {
  return fmt::format("<ConstraintType.{}: '{}'>", type, type);
}

// Python's repr of the dataclass that dbt hashes.
void append_constraint_repr(std::string& out, const Data& constraint, bool of_model) {
  const auto field = [&](const char* name, bool first = false) {
    if (!first) out += ", ";
    out += name;
    out += '=';
    append_repr(out, constraint.get(name));
  };
  out += of_model ? "ModelLevelConstraint(type=" : "ColumnLevelConstraint(type=";
  out += enum_name(constraint.get("type").text());
  for (const char* name :
       {"name", "expression", "warn_unenforced", "warn_unsupported", "to", "to_columns"}) {
    field(name);
  }
  if (of_model) field("columns");
  out += ')';
}

std::string constraints_repr(const Data& list, bool of_model) {
  std::string out = "[";
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    if (i != 0) out += ", ";
    append_constraint_repr(out, list.items()[i], of_model);
  }
  return out + "]";
}

}  // namespace

std::string contract_checksum(const Node& node, bool with_constraints) {
  std::vector<Member> columns(node.columns.members().begin(), node.columns.members().end());
  std::sort(columns.begin(), columns.end(),
            [](const Member& a, const Member& b) { return a.key < b.key; });
  std::string state;
  for (const auto& [name, column] : columns) {
    state += fmt::format("|{}", name);
    state += to_python(column.get("data_type"));
    state += constraints_repr(column.get("constraints"), false);
  }
  if (with_constraints) {
    state += to_python(config_value(node.type, node.config, "materialized"));
    state += constraints_repr(node.constraints, true);
  }
  return to_hex(sha256(state));
}

std::optional<NodeError> apply_properties(const Project& project, Node& node, const Patch& patch,
                                          Arena& arena) {
  const auto fail = [&](const Error& error) {
    return NodeError{patch.file,
                     patch.value != nullptr ? patch.value->line : 0,
                     patch.value != nullptr ? patch.value->column : 1,
                     fmt::format("in {} {}: {}", to_string(node.type), node.name, describe(error)),
                     {},
                     "properties"};
  };
  const auto description = render_description(project, node.package, node.unique_id,
                                              patch.data.get("description"), arena);
  if (!description) return fail(description.error());
  node.description = description->text;
  node.doc_blocks = description->doc_blocks;
  const auto columns =
      make_columns(project, node.package, node.unique_id, patch.data.get("columns"), arena);
  if (!columns) return fail(columns.error());
  node.columns = *columns;
  node.patch_path = patch_path(project, patch, arena);
  node.line = patch.value != nullptr ? node.line : 1;
  if (node.type == ResourceType::Model) {
    node.constraints = make_constraints(patch.data.get("constraints"), true, arena);
    node.deprecation_date = patch.data.get("deprecation_date");
    node.time_spine = make_time_spine(patch.data.get("time_spine"), arena);
  }
  return std::nullopt;
}

}  // namespace tarn::project
