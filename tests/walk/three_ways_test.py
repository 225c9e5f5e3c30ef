#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The example project by Tarn in its own process, by Tarn on a real Trino, and by dbt on that Trino:
the same rows in every round. Tables that one of them began are continued by the others: also the same.

  three_ways_test.py TARN DBT
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/migrate"), str(ROOT / "tests/trino")]
import services  # noqa: E402
import trino  # noqa: E402
from services import check  # noqa: E402

DBT = pathlib.Path(sys.argv[2])
EXAMPLE = ROOT / "examples/burst_bank"
SOURCE = f"bank_{os.getpid()}"
CUSTOMERS = 200
# Who runs the project in each round. The first is the judge of all others.
PLACES = {
    "dbt": ["dbt"] * 4,
    "lake": ["lake"] * 4,
    "trino": ["trino"] * 4,
    "begun_by_dbt": ["dbt", "lake", "trino", "lake"],
    "begun_by_tarn": ["lake", "dbt", "lake", "dbt"],
}
HISTORY = "postgres_burst_bank_customer_snapshot"
# More of the same source: other strategies, other ways with deleted rows.
MORE = {
    "snapshots/customer_invalidate.sql": """{% snapshot customer_invalidate %}
{{ config(unique_key=['custkey', 'state'], strategy='check', check_cols=['city', 'fico', 'married'],
          hard_deletes='invalidate') }}
select custkey, state, city, fico, married from {{ source('onsite_postgres', 'customer') }}
{% endsnapshot %}
""",
    "snapshots/customer_record.sql": """{% snapshot customer_record %}
{{ config(unique_key='custkey', strategy='timestamp', updated_at='changed', hard_deletes='new_record') }}
select custkey, city, estimated_income, cast(phone as varchar) as phone,
       cast(from_unixtime(1700000000 + 3600 * fico) as timestamp(6)) as changed
from {{ source('onsite_postgres', 'customer') }}
{% endsnapshot %}
""",
    "models/customer_log.sql": """{{ config(materialized='incremental', incremental_strategy='append') }}
select custkey, city, estimated_income, dbt_valid_from from {{ ref("HISTORY") }}
""".replace("HISTORY", HISTORY)
    + """{% if is_incremental() %}
where dbt_valid_from > (select max(dbt_valid_from) from {{ this }})
{% endif %}
""",
    "models/customer_state.sql": """{{ config(materialized='incremental', incremental_strategy='merge',
          unique_key=['custkey', 'state']) }}
select custkey, state, city, fico, married, dbt_valid_from, dbt_valid_to
from (
  select *, row_number() over (partition by custkey, state order by dbt_valid_from desc) as version
  from {{ ref('customer_invalidate') }}
  {% if is_incremental() %}
  where coalesce(dbt_valid_to, dbt_valid_from) > (
    select max(coalesce(dbt_valid_to, dbt_valid_from)) from {{ this }})
  {% endif %}
)
where version = 1
""",
}
SNAPSHOTS = {
    HISTORY: "_dbt_snapshots",
    "customer_invalidate": "",
    "customer_record": "",
}
MODELS = ("dl_customer_consume", "customer_log", "customer_state")
# Which model has exactly the open versions of which history.
CURRENT = {"dl_customer_consume": HISTORY, "customer_state": "customer_invalidate"}
CLOCK = {"dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"}
NEW_CUSTOMER = (
    "('99999999', 'Commander', 'Bun Bun', '123 Street', 'Candyland', 'MA', '02108', 'US', '999-999-9999',"
    " '2001-01-01', 'male', false, '123-45-6789', false, 51299.55, 850, '1966-09-08')"
)
# What happens to the source before each round. Between the parts of one round only snapshots are
# taken: the models meet customers who changed twice.
ROUNDS = [
    [[]],
    [[f"INSERT INTO customer VALUES {NEW_CUSTOMER}",
      "UPDATE customer SET city = 'Nowhere', fico = fico + 1 WHERE custkey::int % 10 = 1",
      "UPDATE customer SET street = NULL WHERE custkey::int % 10 = 2",
      "UPDATE customer SET married = true, fico = fico - 2 WHERE married IS NULL"],
     ["UPDATE customer SET city = 'Starburst', fico = fico + 1 WHERE custkey::int % 10 IN (1, 3, 9)",
      "DELETE FROM customer WHERE custkey::int % 10 = 4"]],
    [[]],
    [["UPDATE customer SET street = 'found again' WHERE street IS NULL",
      "UPDATE customer SET city = 'Zürich', estimated_income = -0.01, fico = fico + 3"
      " WHERE custkey::int % 10 = 5",
      "DELETE FROM customer WHERE custkey = '99999999'"],
     [f"INSERT INTO customer VALUES {NEW_CUSTOMER}",
      "UPDATE customer SET fico = 860 WHERE custkey = '99999999'",
      "UPDATE customer SET city = 'Paris', fico = fico + 1 WHERE custkey::int % 10 = 5"]],
]  # fmt: skip


class Place:
    """A copy of the project with schemas of its own."""

    def __init__(self, work: pathlib.Path, server: trino.Server, name: str):
        self.name, self.server, self.folder = name, server, work / name
        self.schema = f"{SOURCE}_{name}"
        shutil.copytree(EXAMPLE, self.folder)
        (self.folder / "macros/generate_schema_name.sql").unlink()
        for path, text in MORE.items():
            (self.folder / path).write_text(text)
        sources = self.folder / "models/postgres_datalake_sources.yaml"
        sources.write_text(sources.read_text().replace("schema: burst_bank", f"schema: {SOURCE}"))
        profiles = self.folder / "profiles.yml"
        profiles.write_text(
            profiles.read_text().replace("schema: burst_bank", f"schema: {self.schema}")
        )
        self.environment = {
            "ONSITE_POSTGRES": server.database("shop"), "DEMO_CATALOG": server.database("lake"),
            "DEMO_WAREHOUSE": f"file://{server.warehouse}", "TRINO_HOST": "127.0.0.1",
            "TRINO_PORT": server.uri.rsplit(":", 1)[1], "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }  # fmt: skip

    def run(self, tool: str, *words: str) -> None:
        if tool != "dbt":
            services.run(*words, "--target", tool, cwd=self.folder, env=self.environment)
            return
        done = subprocess.run(
            [DBT, *words, "--target", "trino"], cwd=self.folder, env={**os.environ, **self.environment},
            capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        check(done.returncode == 0, f"dbt {words}:\n{done.stdout}{done.stderr}")

    def table(self, name: str) -> str:
        return f"demo_aws_s3.{self.schema}{SNAPSHOTS.get(name, '')}.{name}"

    def shape(self, name: str) -> list[list]:
        """Columns with types, in order, and what the table is made with."""
        made = self.server.query(f"SHOW CREATE TABLE {self.table(name)}")[0][0]
        lines = [line.strip() for line in made.splitlines()[1:]]
        return [[line] for line in lines if not line.startswith(("location", "max_commit_retry"))]

    def history(self, name: str) -> list[list]:
        """Versions of each key by number; of the clock's columns that they follow their rules."""
        columns = [row[0] for row in self.server.query(f"DESCRIBE {self.table(name)}")]
        data = ", ".join(column for column in columns if column not in CLOCK)
        version = "OVER (PARTITION BY custkey ORDER BY dbt_valid_from, dbt_valid_to)"
        return self.server.query(
            f"SELECT {data}, row_number() {version}, dbt_valid_to IS NULL,"
            f" dbt_valid_from = lag(dbt_valid_to) {version}, dbt_updated_at = dbt_valid_from,"
            " dbt_scd_id = lower(to_hex(md5(to_utf8(concat(coalesce(cast(custkey AS varchar), ''), '|',"
            " coalesce(cast(dbt_updated_at AS varchar), ''))))))"
            f" FROM {self.table(name)}"
        )

    def model(self, name: str) -> list[list]:
        columns = [row[0] for row in self.server.query(f"DESCRIBE {self.table(name)}")]
        data = ", ".join(column for column in columns if column not in CLOCK)
        more = ", dbt_valid_to IS NULL" if name in CURRENT else ""
        return self.server.query(f"SELECT {data}{more} FROM {self.table(name)}")

    def check_current(self, what: str) -> None:
        """Models over a history have its open versions, however often a row changed in between."""
        for name, history in CURRENT.items():
            columns = [row[0] for row in self.server.query(f"DESCRIBE {self.table(name)}")]
            rows = [
                self.server.query(
                    f"SELECT {', '.join(columns)} FROM {self.table(table)} WHERE dbt_valid_to IS NULL"
                )
                for table in (history, name)
            ]
            compare(*rows, f"{what}, {self.name}, {name} beside {history}")

    def drop(self) -> None:
        for suffix in ("", "_dbt_snapshots"):
            self.server.query(f"DROP SCHEMA IF EXISTS demo_aws_s3.{self.schema}{suffix} CASCADE")


def psql(server: trino.Server, *statements: str) -> None:
    program = shutil.which("psql") or sorted(
        map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))
    )[-1]
    text = f"SET search_path = {SOURCE};\n" + "".join(f"{statement};\n" for statement in statements)
    subprocess.run(
        [program, "-q", "-v", "ON_ERROR_STOP=1", "-v", f"customers={CUSTOMERS}",
         server.database("shop")],
        input=text, text=True, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def compare(judge: list[list], ours: list[list], what: str) -> None:
    a, b = sorted(map(repr, judge)), sorted(map(repr, ours))
    if a == b:
        return
    print(f"FAILED: {what}: {len(ours)} rows, wanted {len(judge)}")
    for row in sorted(set(a) ^ set(b))[:20]:
        print("  wanted" if row in a else "  found ", row)
    sys.exit(1)


def compare_all(places: dict[str, Place], number: int) -> None:
    judge, *others = places.values()
    for place in places.values():
        place.check_current(f"round {number + 1}")
    for reader, names in ((Place.history, SNAPSHOTS), (Place.model, MODELS), (Place.shape, MODELS),
                          (Place.shape, SNAPSHOTS)):  # fmt: skip
        for name in names:
            wanted = reader(judge, name)
            for place in others:
                what = f"round {number + 1}, {place.name}, {reader.__name__} of {name}"
                compare(wanted, reader(place, name), what)


def main() -> None:
    if not DBT.exists():
        trino.skip("dbt is not installed (./dev deps)")
    server = trino.server()
    generator = (EXAMPLE / "customer.sql").read_text().replace("burst_bank", SOURCE)
    psql(server, generator)
    with tempfile.TemporaryDirectory(prefix="tarn-ways-") as folder:
        places = {name: Place(pathlib.Path(folder), server, name) for name in PLACES}
        try:
            for number, parts in enumerate(ROUNDS):
                for index, statements in enumerate(parts):
                    psql(server, *statements)
                    words = ("build",) if index + 1 == len(parts) else ("snapshot",)
                    for name, place in places.items():
                        place.run(PLACES[name][number], *words)
                compare_all(places, number)
                print(f"round {number + 1}: equal", flush=True)
        finally:
            if "KEEP" not in os.environ:
                for place in places.values():
                    place.drop()
                psql(server, f"DROP SCHEMA {SOURCE} CASCADE")
    print(f"ok: {len(PLACES)} places, {len(ROUNDS)} rounds")


main()
