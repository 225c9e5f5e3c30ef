#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`--atomic`: a run is published as a whole or not at all, while others read; and Ctrl-C in the
middle of a run.

  atomic_test.py TARN
"""
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/migrate")]
import local_lake  # noqa: E402
import services  # noqa: E402
from services import check  # noqa: E402

FILES = {
    "dbt_project.yml": "name: shop\nversion: '1'\nprofile: here\nmodel-paths: [models]\n"
    "snapshot-paths: [snapshots]\nseed-paths: [seeds]\nmacro-paths: [macros]\n"
    "vars: {round: 0, breaks: false, slow: false}\n",
    "profiles.yml": "here: {target: lake, outputs: {lake: {type: tarn, database: lake, schema: k,"
    " threads: 3}}}\n",
    "seeds/codes.csv": "code,name\n1,one\n2,two\n",
    "snapshots/history.sql": "{% snapshot history %}{{ config(strategy='check', check_cols='all',"
    " unique_key='id') }}select 1 as id, {{ var('round') }} as round{% if var('wide', false) %}, 5 as extra{% endif %}"
    "{% endsnapshot %}",
    "models/a.sql": "{{ config(materialized='table') }} select {{ var('round') }} as round, h.id from"
    " {{ ref('history') }} h where dbt_valid_to is null",
    "models/b.sql": "{{ config(materialized='incremental', unique_key='id', incremental_strategy="
    "'merge') }} select id, round from {{ ref('a') }}",
    "models/v.sql": "select round, code from {{ ref('b') }} join {{ ref('codes') }} on code = id",
    "models/c.sql": "{{ config(materialized='table', on_table_exists='rename') }} select round,"
    " {% if var('breaks') %} 1 / (code - code) {% else %} code {% endif %} as code from"
    " {{ ref('v') }}",
    "models/slow.sql": "{{ config(materialized='table') }} select count(*) as n from {{ ref('c') }}"
    " cross join unnest(sequence(1, 10000)) a(x) cross join unnest(sequence(1,"
    " {{ 9000 if var('slow') else 2 }})) b(y) where (x * y) % 7 = 3",
    "models/wide.sql": "{{ config(materialized='incremental', unique_key='id', incremental_strategy="
    "'merge', on_schema_change='append_new_columns') }} select 1 as id{% if var('wide', false) %},"
    " {{ var('round') }} as extra{% endif %}",
    "models/schema.yml": "version: 2\nmodels:\n  - name: c\n    columns:\n      - name: round\n"
    "        data_tests: [not_null]\n",
}
TABLES = ["a", "b", "c", "codes", "history", "slow", "wide"]


class Place:
    def __init__(self, work: pathlib.Path):
        self.work = work
        local_lake.write_files(work, FILES)
        lakehouse = local_lake.lakehouse(work, shop="postgres://localhost:1/x")
        (work / "tarn.yml").write_text(lakehouse)

    def tarn(self, *words: str, expect: int = 0, **values) -> str:
        return services.run(*words, "--vars", json.dumps(values), cwd=self.work, expect=expect)

    def start(self, *words: str, **values) -> subprocess.Popen:
        return subprocess.Popen(
            [services.TARN, *words, "--vars", json.dumps(values)], cwd=self.work,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def tables(self) -> list[str]:
        return sorted(name[-1] for name in local_lake.catalog(self.work).list_tables("k"))

    def round_of(self, name: str) -> int:
        rows = local_lake.catalog(self.work).load_table(("k", name)).scan().to_arrow().to_pylist()
        return max(row["round"] for row in rows)

    def results(self) -> dict:
        found = json.loads((self.work / "target/run_results.json").read_text())["results"]
        return {entry["unique_id"].split(".")[2]: entry for entry in found}

    def files(self) -> set[str]:
        return {str(path) for path in (self.work / "warehouse").rglob("*") if path.is_file()}

    def last_run(self) -> dict:
        return json.loads(services.run("runs", "show", "--output", "json", cwd=self.work))


class Reader(threading.Thread):
    """Looks at the tables of one run all the time: they are of one round."""

    def __init__(self, place: Place):
        super().__init__()
        self.place, self.ends, self.looks, self.wrong = place, False, 0, []

    def run(self) -> None:
        catalog = local_lake.catalog(self.place.work)
        while not self.ends:
            with catalog.engine.connect() as connection:
                rows = connection.exec_driver_sql(
                    "select table_name, metadata_location from iceberg_tables where table_name in"
                    " ('a', 'b', 'c')"
                ).fetchall()
            rounds = {}
            for name, location in rows:
                table = catalog.load_table(("k", name))
                if table.metadata_location != location:
                    continue
                try:
                    rounds[name] = max(r["round"] for r in table.scan().to_arrow().to_pylist())
                except FileNotFoundError:  # dbt's way drops the table that was replaced
                    pass
            # Tables that moved on between the two questions are not judged.
            if len(rounds) == 3:
                self.looks += 1
                if len(set(rounds.values())) != 1:
                    self.wrong.append(rounds)
            time.sleep(0.002)


def check_rounds(place: Place) -> None:
    reader = None
    for number in range(1, 7):
        said = place.tarn("build", "--atomic", round=number)
        check("Published together." in said, said)
        check(place.tables() == TABLES, f"{place.tables()}")
        check([place.round_of(t) for t in "abc"] == [number] * 3, f"round {number}")
        if reader is None:
            reader = Reader(place)
            reader.start()
    reader.ends = True
    reader.join()
    check(reader.looks > 0 and not reader.wrong, f"{reader.looks} looks, wrong: {reader.wrong}")
    print(f"  a reader looked {reader.looks} times and saw whole runs only")


def check_failure(place: Place) -> None:
    before = place.files()
    said = place.tarn("build", "--atomic", round=7, breaks=True, expect=1)
    check("Nothing was published, since model.shop.c failed" in said, said)
    check("tarn retry" in said and "models/c.sql" in said, said)
    check([place.round_of(t) for t in "abc"] == [6] * 3, "a failed run has published something")
    check(place.files() == before, f"files are left: {place.files() - before}")
    results = place.results()
    check(results["c"]["status"] == "error", str(results["c"]))
    for name in ("a", "b", "v", "history", "codes"):
        check(results[name]["status"] == "skipped", f"{name}: {results[name]}")
        check("rolled back" in results[name]["message"], f"{name}: {results[name]}")
    check(place.last_run()["status"] == "error", "history")
    # All of it runs again, since nothing was published.
    said = place.tarn("retry", round=7)
    check("Published together." in said, said)
    check([place.round_of(t) for t in "abc"] == [7] * 3, "after the retry")
    print("  a failed run leaves nothing; the retry publishes all")


def check_views(place: Place) -> None:
    """A table becomes a view and back, with names that others see change at once."""
    path = place.work / "models/c.sql"
    table = path.read_text()
    path.write_text("{{ config(materialized='view') }} select round, code from {{ ref('v') }}")
    place.tarn("run", "--atomic", round=8)
    check("c" not in place.tables(), f"{place.tables()}")
    path.write_text(table)
    place.tarn("run", "--atomic", round=8)
    check(place.tables() == TABLES and place.round_of("c") == 8, f"{place.tables()}")
    place.tarn("run", "--atomic", "--as-dbt", round=9)
    check([place.round_of(t) for t in "abc"] == [9] * 3, "by dbt's own statements")
    print("  tables, views and dbt's renames")


def check_columns(place: Place) -> None:
    """New columns of a snapshot and of an incremental model, with and without --atomic."""

    def columns(name: str) -> list[str]:
        return [field.name for field in local_lake.catalog(place.work).load_table(("k", name)).schema().fields]

    place.tarn("build", "--atomic", round=9, wide=True, breaks=True, expect=1)
    check("extra" not in columns("wide") + columns("history"), "columns of a run that failed")
    place.tarn("build", "--atomic", round=9, wide=True)
    check("extra" in columns("wide") and "extra" in columns("history"), "columns are missing")
    (place.work / "models/again.sql").write_text(
        "{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge',"
        " on_schema_change='sync_all_columns') }} select 1 as id{% if var('wide', false) %},"
        " 'x' as more{% endif %}"
    )
    place.tarn("run", "--select", "again")
    place.tarn("run", "--select", "again", wide=True)
    check(columns("again") == ["id", "more"], str(columns("again")))
    (place.work / "models/again.sql").unlink()
    local_lake.catalog(place.work).purge_table(("k", "again"))
    # A column that is there must stay in the model.
    path = place.work / "dbt_project.yml"
    path.write_text(path.read_text().replace("vars: {", "vars: {wide: true, "))
    print("  new columns of tables that are continued")


def check_refusals(place: Place) -> None:
    path = place.work / "models/outside.sql"
    path.write_text("{{ config(materialized='table', database='shop') }} select 1 as a")
    said = place.tarn("run", "--atomic", "--select", "outside", expect=2)
    check("catalog `shop` is no lake" in said and "model.shop.outside" in said, said)
    said = place.tarn("run", "--atomic", expect=2)
    check("the nodes are in several: `lake` (" in said and "`shop` (model.shop" in said, said)
    path.unlink()
    text = (place.work / "profiles.yml").read_text()
    (place.work / "profiles.yml").write_text(
        "here: {target: t, outputs: {t: {type: trino, host: localhost, port: 1, user: u, database:"
        " lake, schema: k}}}\n"
    )
    said = place.tarn("run", "--atomic", "--target", "t", expect=2)
    check("--atomic needs a target that runs in this process" in said, said)
    (place.work / "profiles.yml").write_text(text)


def check_conflict(place: Place) -> None:
    """Somebody changes a table while the run is under way: nothing is published."""
    child = place.start("run", "--atomic", round=10, slow=True)
    lines = []
    for line in child.stdout:
        lines.append(line)
        if "START" in line and "k.slow" in line:
            break
    local_lake.catalog(place.work).load_table(("k", "a")).transaction().set_properties({"x": "1"}).commit_transaction()
    lines += child.stdout.readlines()
    child.wait()
    said = "".join(lines)
    check(child.returncode == 1, said)
    check("was changed by another commit" in said, said)
    check(place.round_of("b") == 9, "a part was published")
    print("  a table that others change meanwhile: nothing is published")


def interrupt(place: Place, *words: str) -> tuple[str, int]:
    child = place.start(*words, round=11, slow=True)
    lines = []
    for line in child.stdout:
        lines.append(line)
        if "START" in line and "k.slow" in line:
            break
    time.sleep(0.3)  # the statement runs
    started = time.monotonic()
    child.send_signal(signal.SIGINT)
    lines += child.stdout.readlines()
    child.wait()
    check(time.monotonic() - started < 10, "the statement was not stopped")
    return "".join(lines), child.returncode


def check_interrupt(place: Place) -> None:
    said, code = interrupt(place, "build")
    check(code == 2, f"{code}: {said}")
    check("Done." in said and "tarn retry" in said, said)
    results = place.results()
    check(results["slow"]["status"] == "error", str(results["slow"]))
    check(results["c"]["status"] == "success" and place.round_of("c") == 11, "c was made before")
    check(place.last_run()["status"] == "cancelled", str(place.last_run()))
    place.tarn("retry", round=11)

    before = place.files()
    said, code = interrupt(place, "run", "--atomic", "--full-refresh")
    check(code == 2, f"{code}: {said}")
    check("Nothing was published, since the run was cancelled" in said, said)
    check(place.files() == before, f"files are left: {place.files() - before}")
    print("  Ctrl-C: the statement stops, the rest is skipped, exit code 2")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tarn-atomic-") as folder:
        place = Place(pathlib.Path(folder) / "shop")
        check_rounds(place)
        check_failure(place)
        check_views(place)
        check_columns(place)
        check_refusals(place)
        check_conflict(place)
        check_interrupt(place)
    print("ok")


main()
