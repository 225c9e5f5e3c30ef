// SPDX-License-Identifier: Apache-2.0
// The functions of dbt that templates call. Each finds the state of its render through the
// Runtime, so one value serves all renders. Not for use outside the folder.
#pragma once

#include "jinja/environment.h"
#include "jinja/names.h"
#include "project/context/contexts.h"

namespace tarn::project {

// var, env_var, tojson, fromyaml, zip, log, modules, exceptions, …: for all templates.
void add_base_names(const Project& project, jinja::NameTable& names);
// ref, source, config, adapter, this, model, graph, …: for nodes.
void add_node_names(const Project& project, jinja::NameTable& names);
// Filters and functions that dbt adds to every environment.
void add_dbt_extensions(jinja::Environment& environment);

jinja::Value make_adapter();
jinja::Value make_config_object();
jinja::Value make_exceptions();

RenderHost& host_of(jinja::Runtime& runtime);
// Renders a text within a render, with the same names and host.
Result<std::string> render_nested(jinja::Runtime& runtime, std::string_view text);

// Kinds of errors, as jinja::Error kinds (see jinja/error.h).
inline constexpr std::string_view kMissingVar = "missing_var";
inline constexpr std::string_view kMissingEnvVar = "missing_env_var";

}  // namespace tarn::project
