// SPDX-License-Identifier: Apache-2.0
// The lists of functions, one a file. Internal to this folder.
#pragma once

#include <vector>

#include "functions/registry.h"

namespace tarn::functions {

FunctionList cast_functions();
FunctionList array_access_functions();
FunctionList array_set_functions();
FunctionList array_sequence_functions();
FunctionList map_functions();
FunctionList lambda_functions();

// In the order in which they are asked.
std::vector<FunctionList> all_function_lists();

}  // namespace tarn::functions
