#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs of a project that are killed at random moments: all tables stay readable and whole, and a
rerun gives the right rows and leaves no file of the dead run.

  kill_test.py TARN [--times N] [--seed N] [--atomic]

With --atomic the runs publish everything at their end: after a kill the tables are those of the run
before, all of them.
"""
import argparse
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/migrate")]
import local_lake  # noqa: E402
import services  # noqa: E402
from services import check  # noqa: E402

import psycopg2  # noqa: E402

ROWS = 20_000
FILES = {
    "dbt_project.yml": "name: kills\nversion: '1'\nprofile: here\nmodel-paths: [models]\n"
    "snapshot-paths: [snapshots]\nseed-paths: [seeds]\n",
    "profiles.yml": "here: {target: lake, outputs: {lake: {type: tarn, database: lake, schema: k,"
    " threads: 2}}}\n",
    "seeds/codes.csv": "code,name\n" + "".join(f"{i},name {i}\n" for i in range(500)),
    "snapshots/history.sql": "{% snapshot history %}{{ config(strategy='check', check_cols='all',"
    " unique_key='id', hard_deletes='invalidate') }}select id, name from shop.public.thing"
    "{% endsnapshot %}",
    "models/whole.sql": "{{ config(materialized='table', properties={'partitioning':"
    " \"ARRAY['bucket(id, 4)']\"}) }} select id, name from {{ ref('history') }} where dbt_valid_to is null",
    "models/latest.sql": "{{ config(materialized='incremental', incremental_strategy='merge',"
    " unique_key='id') }} select id, name, dbt_valid_from from {{ ref('history') }} where dbt_valid_to"
    " is null {% if is_incremental() %} and dbt_valid_from > (select max(dbt_valid_from) from"
    " {{ this }}) {% endif %}",
}


class Place:
    def __init__(self, work: pathlib.Path, url: str):
        self.work = work
        local_lake.write_files(work, FILES)
        (work / "tarn.yml").write_text(local_lake.lakehouse(work, shop=url))

    def tables(self) -> dict:
        if not (self.work / "catalog.db").exists():
            return {}
        catalog = local_lake.catalog(self.work)
        try:
            names = catalog.list_tables("k")
        except Exception:  # the namespace is not there yet
            return {}
        return {name[-1]: catalog.load_table(name) for name in names}

    def unknown_files(self) -> list[str]:
        """Files of the warehouse that no table of the catalog names."""
        named = set()
        for table in self.tables().values():
            named.add(table.metadata_location)
            named.update(entry.metadata_file for entry in table.metadata.metadata_log)
            for snapshot in table.snapshots():
                named.add(snapshot.manifest_list)
                for manifest in snapshot.manifests(table.io):
                    named.add(manifest.manifest_path)
                    entries = manifest.fetch_manifest_entry(table.io, discard_deleted=False)
                    named.update(entry.data_file.file_path for entry in entries)
        named = {name.removeprefix("file://") for name in named}
        files = [p for p in (self.work / "warehouse").rglob("*") if p.is_file()]
        return sorted(str(p) for p in files if str(p) not in named)

    def rows(self, sql: str) -> list[dict]:
        done = subprocess.run(
            [services.TARN, "show", "--inline", sql, "--limit", "-1", "--output", "json"],
            cwd=self.work, capture_output=True, text=True,
        )  # fmt: skip
        check(done.returncode == 0, done.stdout + done.stderr)
        return json.loads(done.stdout)["show"]

    def snapshots(self) -> dict:
        """The present snapshot of each table."""
        return {
            name: table.metadata.current_snapshot_id for name, table in self.tables().items()
        }

    def check_whole(self, moment: str) -> None:
        """What is there can be read, and no key has two open versions."""
        for name, table in self.tables().items():
            check(table.scan().to_arrow().num_rows >= 0, f"{moment}: {name}")
        if "history" in self.tables():
            found = self.rows(
                "select count(*) as n from (select id from {{ ref('history') }} where dbt_valid_to is"
                " null group by id having count(*) > 1)"
            )
            check(found[0]["n"] == 0, f"{moment}: several open versions")


def change(connection, round_number: int) -> int:
    cursor = connection.cursor()
    cursor.execute(
        "UPDATE thing SET name = %s WHERE id %% 37 = %s", (f"round {round_number}", round_number % 37)
    )
    cursor.execute("DELETE FROM thing WHERE id = %s", (round_number,))
    cursor.execute("SELECT count(*) FROM thing")
    return cursor.fetchone()[0]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("tarn")
    parser.add_argument("--times", type=int, default=8)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--atomic", action="store_true")
    options = parser.parse_args()
    times = options.times
    url = services.postgres()
    connection = psycopg2.connect(url)
    connection.autocommit = True
    connection.cursor().execute(
        f"CREATE TABLE thing AS SELECT i AS id, md5(i::text) AS name FROM generate_series(1, {ROWS}) i"
    )
    words = ["build", "--atomic"] if options.atomic else ["build"]
    chance = random.Random(options.seed)
    killed = published = 0
    with tempfile.TemporaryDirectory(prefix="tarn-kill-") as folder:
        trial = Place(pathlib.Path(folder) / "trial", url)
        start = time.monotonic()
        services.run(*words, cwd=trial.work)
        whole = time.monotonic() - start
        place = Place(pathlib.Path(folder) / "place", url)
        for round_number in range(times):
            count = change(connection, round_number)
            before = place.snapshots()
            child = subprocess.Popen(
                [services.TARN, *words], cwd=place.work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                child.wait(timeout=chance.uniform(0.05, whole))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                child.wait()
                killed += 1
                after = place.snapshots()
                changed = [name for name in after if after[name] != before.get(name)]
                published += bool(changed)
                # `codes` may stay as it is; the others change in every round.
                check(
                    not options.atomic or not changed or len(set(changed) | {"codes"}) == 4,
                    f"round {round_number}: a part of the run was published: {changed}",
                )
            place.check_whole(f"round {round_number}, killed")
            services.run(*words, cwd=place.work)
            place.check_whole(f"round {round_number}, again")
            numbers = place.rows(
                "select (select count(*) from {{ ref('history') }} where dbt_valid_to is null) as open,"
                " (select count(*) from {{ ref('whole') }}) as whole, (select count(*) from"
                " {{ ref('codes') }}) as codes, (select count(*) from shop.public.thing t join"
                " {{ ref('latest') }} l on l.id = t.id and l.name = t.name) as latest"
            )
            check(
                numbers == [{"open": count, "whole": count, "codes": 500, "latest": count}],
                f"round {round_number}: {numbers}, wanted {count}",
            )
            left = place.unknown_files()
            check(not left, f"round {round_number}: files of the dead run are left: {left}")
    print(
        f"ok: killed {killed} of {times} runs of about {whole:.1f} s; {published} of them had"
        " published something"
    )


main()
