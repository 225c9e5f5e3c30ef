// SPDX-License-Identifier: Apache-2.0
// Registers what every environment has; private to the folder.
#pragma once

#include "jinja/environment.h"

namespace tarn::jinja {

void add_text_filters(Environment& environment);
void add_html_filters(Environment& environment);
void add_sequence_filters(Environment& environment);
void add_selection_filters(Environment& environment);
void add_number_filters(Environment& environment);
void add_mapping_filters(Environment& environment);
void add_tests(Environment& environment);
// range, dict, namespace, cycler, joiner, lipsum.
void add_globals(Environment& environment);

// A filter with the parameters that come after its subject.
using FilterBody = Result<Value> (*)(Runtime&, const Value& subject,
                                     const std::vector<Value>& arguments);
void add_filter(Environment& environment, std::string_view name,
                std::vector<Signature::Parameter> parameters, FilterBody body);

}  // namespace tarn::jinja
