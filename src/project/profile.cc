// SPDX-License-Identifier: Apache-2.0
#include "project/profile.h"

#include <fmt/core.h>

#include "base/text.h"
#include "yaml/load.h"

namespace tarn::project {

namespace {

constexpr std::string_view kLocalTarget = "local";

Result<std::string> required_text(const Profile& profile, std::string_view key) {
  const Data* found = profile.values.find(key);
  if (found == nullptr || found->is_null()) {
    return invalid_input(
        "credentials in profile `{}`, target `{}` are invalid: `{}` is a "
        "required property",
        profile.name, profile.output_name, key);
  }
  if (!found->is_text() && found->kind != DataKind::Int) {
    return invalid_input(
        "credentials in profile `{}`, target `{}` are invalid: `{}` is not a text "
        "in `{}`",
        profile.name, profile.output_name, to_python(*found), key);
  }
  return to_python(*found);
}

Result<void> check_integer(const Profile& profile, std::string_view key) {
  const Data* found = profile.values.find(key);
  if (found == nullptr || found->kind == DataKind::Int) return ok();
  return invalid_input(
      "credentials in profile `{}`, target `{}` are invalid: `{}` is not of type "
      "integer in `{}`",
      profile.name, profile.output_name, to_python(*found), key);
}

Result<void> check_trino(const Profile& profile) {
  for (const char* key : {"host", "port"}) {
    if (profile.values.find(key) == nullptr) {
      return invalid_input(
          "credentials in profile `{}`, target `{}` are invalid: `{}` is a "
          "required property",
          profile.name, profile.output_name, key);
    }
  }
  return check_integer(profile, "port");
}

std::vector<std::string> names_of(const Data& map) {
  std::vector<std::string> out;
  for (const auto& member : map.members()) out.emplace_back(member.key);
  return out;
}

Result<Profile> fill(Profile profile) {
  const Data type = profile.values.get("type");
  if (!type.is_text()) {
    return invalid_input("required key `type` is missing in target `{}` of profile `{}`",
                         profile.output_name, profile.name);
  }
  profile.type = type.text();
  if (profile.type != "trino" && profile.type != "tarn" && !profile.is_local) {
    return invalid_input(
        "credentials in profile `{}`, target `{}` are invalid: there is no "
        "adapter type `{}`, only `trino` and `tarn`",
        profile.name, profile.output_name, profile.type);
  }
  const char* database = profile.values.find("database") == nullptr ? "catalog" : "database";
  if (profile.values.find(database) == nullptr) database = "database";
  if (profile.type == "tarn" && profile.values.find(database) == nullptr) {
    profile.database = "lake";
  } else {
    profile.database = TRY(required_text(profile, database));
  }
  profile.schema = TRY(required_text(profile, "schema"));
  if (profile.type == "trino" && !profile.is_local) TRY(check_trino(profile));
  if (profile.type == "tarn") profile.is_local = true;
  TRY(check_integer(profile, "threads"));
  if (const Data threads = profile.values.get("threads"); threads.kind == DataKind::Int) {
    profile.threads = threads.integer;
  }
  profile.user = to_python(profile.values.get("user"));
  return profile;
}

}  // namespace

Result<Profile> read_profile(std::string_view text, const std::string& file,
                             const ProfileRequest& request, const TextRenderer& render,
                             Arena& arena) {
  auto document = yaml::load(text);
  if (!document) return yaml_error(document.error(), text, file);
  const auto fail = [&](Error error) {
    return std::move(error).with_context(fmt::format("while reading {}", file));
  };
  if (!document->root->is_map() || document->root->entries.empty()) {
    return fail(invalid_input("the profiles file is empty"));
  }
  const Data all = copy_data(from_yaml(*document->root, arena), arena);
  const Data* chosen = all.find(request.profile);
  if (chosen == nullptr || !chosen->is_map()) {
    return fail(invalid_input("could not find profile named `{}`{}", request.profile,
                              did_you_mean(request.profile, names_of(all))));
  }
  const Data outputs = chosen->get("outputs");
  if (!outputs.is_map()) {
    return fail(invalid_input("outputs not specified in profile `{}`", request.profile));
  }
  Profile profile;
  profile.name = request.profile;
  const Data default_target = chosen->get("target");
  std::string own = "default";
  if (default_target.is_text()) {
    auto rendered = render(default_target.text());
    if (!rendered) return fail(rendered.error());
    own = to_python(*rendered);
  }
  profile.target_name = request.target.empty() ? own : request.target;
  profile.output_name = profile.target_name;
  const Data* output = outputs.find(profile.target_name);
  if (output == nullptr && profile.target_name == kLocalTarget) {
    // Every profile has this target: the lake of this machine with the names of the other one.
    profile.is_local = true;
    profile.output_name = own;
    output = outputs.find(own);
  }
  if (output == nullptr) {
    return fail(invalid_input(
        "the profile `{}` does not have a target named `{}`; the valid target names are: {}",
        request.profile, profile.output_name, join(names_of(outputs), ", ")));
  }
  if (!output->is_map()) {
    return fail(invalid_input("target `{}` of profile `{}` must be a mapping", profile.output_name,
                              profile.name));
  }
  auto values = render_data(*output, render, nullptr, arena);
  if (!values) return fail(values.error());
  profile.values = *values;
  auto filled = fill(std::move(profile));
  if (!filled) return fail(filled.error());
  if (request.threads > 0) filled->threads = request.threads;
  return filled;
}

std::vector<std::string> profile_folders(std::string_view option, std::string_view project_folder,
                                         std::string_view home) {
  if (!option.empty()) return {std::string(option)};
  std::vector<std::string> out{std::string(project_folder)};
  if (!home.empty()) out.push_back(std::string(home) + "/.dbt");
  return out;
}

}  // namespace tarn::project
