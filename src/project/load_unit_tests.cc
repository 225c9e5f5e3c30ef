// SPDX-License-Identifier: Apache-2.0
// Unit tests: one node for each version of the tested model.
#include <fmt/core.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/text.h"
#include "project/config.h"
#include "project/load.h"
#include "project/node_basics.h"
#include "project/properties.h"

namespace tarn::project {

namespace {

bool names_version(const Data& list, const Data& version) {
  return std::any_of(list.items().begin(), list.items().end(),
                     [&](const Data& item) { return to_python(item) == to_python(version); });
}

std::string repr(const Data& data) {
  std::string out;
  append_repr(out, data);
  return out;
}

std::string format_repr(const Data& format) {
  const std::string_view text = format.text();
  const char* name = text == "csv" ? "CSV" : text == "sql" ? "SQL" : "Dict";
  return fmt::format("<UnitTestFormat.{}: '{}'>", name, text);
}

// Python's repr of the dataclasses that dbt hashes.
std::string unit_test_checksum(std::string_view model, const Data& versions, const Data& given,
                               const Data& expect, const Data& overrides) {
  std::string text(model);
  text += '-';
  text += versions.is_null()
              ? std::string("None")
              : fmt::format("UnitTestNodeVersions(include={}, exclude={})",
                            repr(versions.get("include")), repr(versions.get("exclude")));
  text += "-[";
  std::string fixtures;
  for (std::size_t i = 0; i < given.items().size(); ++i) {
    const Data& item = given.items()[i];
    if (i != 0) text += ", ";
    text += fmt::format("UnitTestInputFixture(input={}, rows={}, format={}, fixture={})",
                        repr(item.get("input")), repr(item.get("rows")),
                        format_repr(item.get("format")), repr(item.get("fixture")));
    if (!item.get("fixture").is_null()) fixtures += "-" + repr(item.get("rows"));
  }
  text += fmt::format("]-UnitTestOutputFixture(rows={}, format={}, fixture={})-",
                      repr(expect.get("rows")), format_repr(expect.get("format")),
                      repr(expect.get("fixture")));
  text += overrides.is_null()
              ? std::string("None")
              : fmt::format("UnitTestOverrides(macros={}, vars={}, env_vars={})",
                            repr(overrides.get("macros")), repr(overrides.get("vars")),
                            repr(overrides.get("env_vars")));
  return to_hex(sha256(text + fixtures));
}

class UnitTestReader {
 public:
  explicit UnitTestReader(LoadState& state)
      : state_(state), project_(state.project), arena_(state.project.arena()) {}

  Result<void> add(const Patch& patch);

 private:
  Result<Data> fixture(const Patch& patch, const Data& item, bool is_input);
  std::vector<const Node*> tested_models(const Patch& patch, std::string_view name) const;
  Result<void> add_for(const Patch& patch, const Node& model, const Data& body);

  LoadState& state_;
  Project& project_;
  Arena& arena_;
};

// Rows of `fixture:` come from a file in the test folders.
Result<Data> UnitTestReader::fixture(const Patch& patch, const Data& item, bool is_input) {
  std::vector<Member> out;
  if (is_input) {
    if (!item.get("input").is_text()) return invalid_input("an entry of `given` needs `input`");
    out.push_back({"input", item.get("input")});
  }
  Data rows = item.get("rows");
  const Data format = member_or(item, "format", "dict");
  const Data name = item.get("fixture");
  if (name.is_text()) {
    const Package& package = *project_.packages[patch.package];
    const std::string ending = format.text() == "sql" ? ".sql" : ".csv";
    const SourceFile* found = nullptr;
    for (const auto& file : package.files) {
      if (file.kind == FileKind::Fixture &&
          file.source.path.ends_with("/" + std::string(name.text()) + ending)) {
        found = &file.source;
      }
    }
    if (found == nullptr) {
      return invalid_input("could not find fixture file `{}` for the unit test", name.text());
    }
    rows = std::string_view(found->text);
  }
  if (rows.is_null() && format.text() == "dict") rows = Data(std::span<const Data>());
  out.push_back({"rows", rows});
  out.push_back({"format", format});
  out.push_back({"fixture", name});
  return Data(arena_.copy(out));
}

std::vector<const Node*> UnitTestReader::tested_models(const Patch& patch,
                                                       std::string_view name) const {
  std::vector<const Node*> out;
  const std::string_view package = project_.packages[patch.package]->name;
  const Data versions = patch.data.get("versions");
  for (const auto* list : {&project_.nodes, &project_.disabled}) {
    for (const auto& node : *list) {
      if (!node.is_model() || node.name != name || node.package_name != package) continue;
      if (!node.version.is_null()) {
        const Data include = versions.get("include");
        const Data exclude = versions.get("exclude");
        if (!include.is_null() && !names_version(include, node.version)) continue;
        if (!exclude.is_null() && names_version(exclude, node.version)) continue;
      }
      out.push_back(&node);
    }
  }
  return out;
}

Result<void> UnitTestReader::add_for(const Patch& patch, const Node& model, const Data& body) {
  Node node = basic_node(project_, patch, ResourceType::UnitTest, arena_);
  node.fqn.insert(node.fqn.end() - 1, model.name);
  std::string id = fmt::format("unit_test.{}.{}.{}", node.package_name, model.name, patch.name);
  if (!model.version.is_null()) id += "_v" + to_python(model.version);
  node.unique_id = arena_.copy(id);
  node.version = model.version;
  node.schema = model.schema;
  TRY(apply_entry_config(project_, node, patch, arena_));
  node.tags.clear();
  if (!model.enabled) node.enabled = false;
  const auto description = TRY(render_description(project_, node.package, node.unique_id,
                                                  patch.data.get("description"), arena_));
  node.description = description.text;
  node.depends_nodes = {model.unique_id};
  node.body = body;
  node.checksum =
      arena_.copy(unit_test_checksum(model.name, body.get("versions"), body.get("given"),
                                     body.get("expect"), body.get("overrides")));
  add_node(project_, std::move(node));
  return ok();
}

Result<void> UnitTestReader::add(const Patch& patch) {
  const Data& data = patch.data;
  const Data model = data.get("model");
  if (!model.is_text()) return invalid_input("`model` is a required property");
  if (data.find("expect") == nullptr) return invalid_input("`expect` is a required property");
  std::vector<Data> given;
  for (const auto& item : data.get("given").items()) {
    given.push_back(TRY(fixture(patch, item, true)));
  }
  const Data expect = TRY(fixture(patch, data.get("expect"), false));
  const Data empty = Data(std::span<const Member>());
  const Data overrides = data.get("overrides");
  const Data versions = data.get("versions");
  const Data body = Data(arena_.copy(std::vector<Member>{
      {"model", model},
      {"given", make_list(arena_, given)},
      {"expect", expect},
      {"overrides",
       overrides.is_null()
           ? overrides
           : with_defaults(overrides, {{"macros", empty}, {"vars", empty}, {"env_vars", empty}},
                           arena_)},
      {"versions",
       versions.is_null()
           ? versions
           : with_defaults(versions, {{"include", Data()}, {"exclude", Data()}}, arena_)}}));
  const auto models = tested_models(patch, model.text());
  if (models.empty()) {
    return invalid_input("unable to find model `{}.{}` for unit test `{}` in {}",
                         project_.packages[patch.package]->name, model.text(), patch.name,
                         patch.file->path);
  }
  for (const auto* one : models) TRY(add_for(patch, *one, body));
  return ok();
}

}  // namespace

void load_unit_tests(LoadState& state) {
  UnitTestReader reader(state);
  for (const auto& patch : state.patch_store) {
    if (patch.section != "unit_tests") continue;
    if (auto added = reader.add(patch); !added) {
      report_entry(state, patch, "unit-test", added.error());
    }
  }
}

}  // namespace tarn::project
