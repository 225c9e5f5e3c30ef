// SPDX-License-Identifier: Apache-2.0
#include "project/builtin_macros.h"

namespace tarn::project {

namespace {

// Each file is one raw text literal, so that it is embedded here and still reads as a template.
constexpr BuiltinFile kFiles[] = {
    {
        "dbt",
        "macros/generic_tests.sql",
#include "project/builtin/dbt/generic_tests.sql"
    },
    {
        "dbt",
        "macros/names.sql",
#include "project/builtin/dbt/names.sql"
    },
    {
        "dbt",
        "macros/statements.sql",
#include "project/builtin/dbt/statements.sql"
    },
};

}  // namespace

std::span<const BuiltinFile> builtin_macro_files() { return kFiles; }

}  // namespace tarn::project
