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
    {
        "dbt",
        "macros/functions.sql",
#include "project/builtin/dbt/functions.sql"
    },
    {
        "dbt",
        "macros/relations.sql",
#include "project/builtin/dbt/relations.sql"
    },
    {
        "dbt",
        "macros/incremental.sql",
#include "project/builtin/dbt/incremental.sql"
    },
    {
        "dbt_trino",
        "macros/functions.sql",
#include "project/builtin/trino/functions.sql"
    },
    {
        "dbt_trino",
        "macros/relations.sql",
#include "project/builtin/trino/relations.sql"
    },
    {
        "dbt_trino",
        "macros/incremental.sql",
#include "project/builtin/trino/incremental.sql"
    },
};

}  // namespace

std::span<const BuiltinFile> builtin_macro_files() { return kFiles; }

}  // namespace tarn::project
