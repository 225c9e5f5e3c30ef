// SPDX-License-Identifier: Apache-2.0
// Objects that stand for what surrounds a template: `graph`, `context`, `validation`, and the class
// of columns.
#pragma once

#include "jinja/object.h"

namespace tarn::project {

// The nodes of the project by kind and unique id, once `execute` is true.
jinja::Value make_graph();
// All names of the template, as a mapping.
jinja::Value make_context();
// `validation.any['a', 'b']`: a check of a config's value.
jinja::Value make_validation();
// `api.Column` and `column`: a class that can be called.
jinja::Value make_column_class();

}  // namespace tarn::project
