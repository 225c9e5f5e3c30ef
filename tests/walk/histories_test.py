#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Snapshots of random histories: what Tarn's one statement makes against what dbt's own statements
make (`--as-dbt`), for every strategy, and rules that hold whatever happens to the source.

  histories_test.py TARN [SEED]
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/migrate")]
import local_lake  # noqa: E402
import services  # noqa: E402

SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
ROUNDS = 6
SNAPSHOTS = {
    "check_all": "strategy='check', check_cols='all', unique_key='id'",
    "check_invalidate": "strategy='check', check_cols='all', unique_key='id', hard_deletes='invalidate'",
    "check_record": "strategy='check', check_cols=['name', 'amount'], unique_key='id', hard_deletes='new_record'",
    "check_pair": "strategy='check', check_cols='all', unique_key=['id', 'part'], hard_deletes='invalidate'",
    "time_ignore": "strategy='timestamp', updated_at='changed', unique_key='id'",
    "time_invalidate": "strategy='timestamp', updated_at='changed', unique_key='id', hard_deletes='invalidate'",
    "time_record": "strategy='timestamp', updated_at='changed', unique_key='id', hard_deletes='new_record'",
    "renamed": "strategy='check', check_cols='all', unique_key='id', hard_deletes='invalidate',"
    " dbt_valid_to_current=\"timestamp '9999-12-31 00:00:00.000000 UTC'\","
    " snapshot_meta_column_names={'dbt_valid_from': 'began', 'dbt_valid_to': 'ended',"
    " 'dbt_scd_id': 'version_id', 'dbt_updated_at': 'seen_at'}",
}


def sql_value(value) -> str:
    return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"


class Source:
    """A table that changes at random; some keys vanish and come back."""

    def __init__(self, url: str, seed: int):
        self.url, self.random, self.rows, self.clock = url, random.Random(seed), {}, 0
        self.psql("CREATE TABLE thing (id int, part int, name text, amount numeric(10,2), changed timestamp)")

    def psql(self, sql: str) -> None:
        program = "/usr/lib/postgresql/15/bin/psql"
        subprocess.run([program, "-q", "-v", "ON_ERROR_STOP=1", self.url, "-c", sql], check=True)

    def row(self):
        self.clock += 1
        name = self.random.choice([None, "", "Ærø", "it's", "b", "c"])
        amount = self.random.choice([None, "0.00", "1.50", "-7.25"])
        return name, amount, f"2024-01-01 00:{self.clock // 60:02}:{self.clock % 60:02}"

    def change(self) -> None:
        for key in range(30):
            what = self.random.random()
            if key not in self.rows:
                if what < 0.5:
                    self.rows[key] = self.row()
            elif what < 0.15:
                del self.rows[key]
            elif what < 0.45:
                self.rows[key] = self.row()
            elif what < 0.55:  # a change that nobody stamped
                name, amount, changed = self.rows[key]
                self.rows[key] = ("silent", amount, changed)
        values = ", ".join(
            f"({key}, {key % 3}, {', '.join(map(sql_value, row))})" for key, row in self.rows.items()
        )
        self.psql("BEGIN; DELETE FROM thing; INSERT INTO thing VALUES " + values + "; COMMIT")


def make_project(work: pathlib.Path, url: str) -> None:
    (work / "snapshots").mkdir(parents=True)
    (work / "dbt_project.yml").write_text(
        "name: histories\nversion: '1'\nprofile: here\nsnapshot-paths: [snapshots]\n"
    )
    (work / "profiles.yml").write_text(
        "here: {target: lake, outputs: {lake: {type: tarn, database: lake, schema: h, threads: 2}}}\n"
    )
    (work / "tarn.yml").write_text(local_lake.lakehouse(work, shop=url))
    for name, config in SNAPSHOTS.items():
        (work / f"snapshots/{name}.sql").write_text(
            f"{{% snapshot {name} %}}\n{{{{ config({config}) }}}}\n"
            "select id, part, name, amount, cast(changed as timestamp(6)) as changed, part as change"
            " from shop.public.thing\n{% endsnapshot %}\n"
        )


def history(work: pathlib.Path, name: str) -> list[dict]:
    renamed = name == "renamed"
    start, end = ("began", "ended") if renamed else ("dbt_valid_from", "dbt_valid_to")
    deleted = ", dbt_is_deleted as gone" if name.endswith("_record") else ""
    sql = (
        f"select id, name, amount, changed, {start} as s, {end} as e{deleted}"
        f" from {{{{ ref('{name}') }}}} order by 1, 5, 6"
    )
    done = subprocess.run(
        [services.TARN, "show", "--inline", sql, "--limit", "-1", "--output", "json"],
        cwd=work, capture_output=True, text=True,
    )  # fmt: skip
    services.check(done.returncode == 0, done.stdout + done.stderr)
    return json.loads(done.stdout)["show"]


def without_clock(rows: list[dict]) -> list[tuple]:
    """Times of runs as their rank; both projects ran at other moments."""
    times = sorted({row[key] for row in rows for key in "se" if row[key]})
    ranks = {time: rank for rank, time in enumerate(times)}
    return sorted(
        (
            tuple(
                str(ranks[value]) if key in "se" and value in ranks else str(value)
                for key, value in row.items()
            )
            for row in rows
        ),
    )


def check_rules(rows: list[dict], name: str) -> None:
    """One open version a key at most; no version ends before it begins, none overlaps the next."""
    versions = {}
    for row in rows:
        versions.setdefault(row["id"], []).append(row)
    for key, list_ in versions.items():
        opened = [r for r in list_ if r["e"] is None or r["e"].startswith("9999")]
        services.check(len(opened) <= 1, f"{name}: several open versions of {key}: {list_}")
        if name.startswith("time_"):
            continue  # the source's own times, but the run's when a row vanishes: in no order
        for before, after in zip(list_, list_[1:]):
            services.check(before["e"] is not None, f"{name}: {before} is open before {after}")
            services.check(before["s"] <= before["e"] <= after["s"], f"{name}: {before}, {after}")


def main() -> None:
    url = services.postgres()
    source = Source(url, SEED)
    with tempfile.TemporaryDirectory(prefix="tarn-histories-") as folder:
        places = [pathlib.Path(folder) / "ours", pathlib.Path(folder) / "dbt"]
        for place in places:
            make_project(place, url)
        for _ in range(ROUNDS):
            source.change()
            services.run("snapshot", cwd=places[0])
            services.run("snapshot", "--as-dbt", cwd=places[1])
        services.run("snapshot", cwd=places[0])  # nothing has changed
        services.run("snapshot", "--as-dbt", cwd=places[1])
        for name in SNAPSHOTS:
            ours, theirs = (history(place, name) for place in places)
            a, b = without_clock(ours), without_clock(theirs)
            if a != b:
                print(f"FAILED: {name} (seed {SEED})")
                for row in sorted(set(a) ^ set(b)):
                    print("  ours  " if row in a else "  theirs", row)
                sys.exit(1)
            check_rules(ours, name)
            print(f"{name}: {len(ours)} versions")


main()
