// SPDX-License-Identifier: Apache-2.0
#include "project/builtin_macros.h"

namespace tarn::project {

namespace {

// Each file is one raw text literal, so that it is embedded here and still reads as a template.
constexpr BuiltinFile kFiles[] = {
    {
        "dbt",
        "macros/contracts.sql",
#include "project/builtin/dbt/contracts.sql"
    },
    {
        "dbt",
        "macros/dates.sql",
#include "project/builtin/dbt/dates.sql"
    },
    {
        "dbt",
        "macros/functions.sql",
#include "project/builtin/dbt/functions.sql"
    },
    {
        "dbt",
        "macros/generic_tests.sql",
#include "project/builtin/dbt/generic_tests.sql"
    },
    {
        "dbt",
        "macros/grants.sql",
#include "project/builtin/dbt/grants.sql"
    },
    {
        "dbt",
        "macros/incremental.sql",
#include "project/builtin/dbt/incremental.sql"
    },
    {
        "dbt",
        "macros/materializations.sql",
#include "project/builtin/dbt/materializations.sql"
    },
    {
        "dbt",
        "macros/metadata.sql",
#include "project/builtin/dbt/metadata.sql"
    },
    {
        "dbt",
        "macros/names.sql",
#include "project/builtin/dbt/names.sql"
    },
    {
        "dbt",
        "macros/python_models.sql",
#include "project/builtin/dbt/python_models.sql"
    },
    {
        "dbt",
        "macros/relation_sql.sql",
#include "project/builtin/dbt/relation_sql.sql"
    },
    {
        "dbt",
        "macros/relations.sql",
#include "project/builtin/dbt/relations.sql"
    },
    {
        "dbt",
        "macros/schema_changes.sql",
#include "project/builtin/dbt/schema_changes.sql"
    },
    {
        "dbt",
        "macros/seeds.sql",
#include "project/builtin/dbt/seeds.sql"
    },
    {
        "dbt",
        "macros/snapshots.sql",
#include "project/builtin/dbt/snapshots.sql"
    },
    {
        "dbt",
        "macros/statements.sql",
#include "project/builtin/dbt/statements.sql"
    },
    {
        "dbt",
        "macros/unit_tests.sql",
#include "project/builtin/dbt/unit_tests.sql"
    },
    {
        "dbt",
        "macros/user_functions.sql",
#include "project/builtin/dbt/user_functions.sql"
    },
    {
        "dbt_trino",
        "macros/catalog.sql",
#include "project/builtin/trino/catalog.sql"
    },
    {
        "dbt_trino",
        "macros/functions.sql",
#include "project/builtin/trino/functions.sql"
    },
    {
        "dbt_trino",
        "macros/incremental.sql",
#include "project/builtin/trino/incremental.sql"
    },
    {
        "dbt_trino",
        "macros/insert_overwrite.sql",
#include "project/builtin/trino/insert_overwrite.sql"
    },
    {
        "dbt_trino",
        "macros/materializations.sql",
#include "project/builtin/trino/materializations.sql"
    },
    {
        "dbt_trino",
        "macros/metadata.sql",
#include "project/builtin/trino/metadata.sql"
    },
    {
        "dbt_trino",
        "macros/relations.sql",
#include "project/builtin/trino/relations.sql"
    },
    {
        "dbt_trino",
        "macros/seeds.sql",
#include "project/builtin/trino/seeds.sql"
    },
    {
        "dbt_trino",
        "macros/snapshots.sql",
#include "project/builtin/trino/snapshots.sql"
    },
};

}  // namespace

std::span<const BuiltinFile> builtin_macro_files() { return kFiles; }

}  // namespace tarn::project
