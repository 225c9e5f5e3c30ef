#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The recorded walk: a bank's customers through snapshots and incremental models, on the embedded
engine or on a real Trino, compared with what dbt and Trino made of the same data.

  walk_test.py TARN [local|trino]
"""
import csv
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/migrate"), str(ROOT / "tests/trino")]
import psycopg2  # noqa: E402
import local_lake  # noqa: E402
import services  # noqa: E402

TARGET = sys.argv[2] if len(sys.argv) > 2 else "local"
PACK = pathlib.Path(os.environ.get("TARN_CONFORMANCE", "")) / "walk"
CUSTOMER = (
    "('99999999','Commander','Bun Bun','123 Street','Candyland','MA','02108','US','999-999-9999',"
    "'2001-01-01','M','N','123-45-6789','N',51299.55,850,'1966-09-08'"
)
SNAPSHOTS = {
    "postgres_burst_bank_customer_snapshot": "dl_customer_consume",
    "customer_ts_snapshot": "ts_customer_consume",
}


class Place:
    """Where the project runs: its lakehouse, its source database."""

    def __init__(self, work: pathlib.Path):
        self.work = work
        if TARGET == "trino":
            import trino

            self.server = trino.server()
            self.source = self.server.database("shop")
            self.schema = f"walk_{os.getpid()}"
            port = self.server.uri.rsplit(":", 1)[1]
            output = f"{{type: trino, method: none, host: 127.0.0.1, port: {port}, user: walk"
            (work / "tarn.yml").write_text(self.server.lakehouse())
        else:
            self.source = services.postgres()
            self.schema = "walk"
            output = "{type: tarn"
            (work / "tarn.yml").write_text(local_lake.lakehouse(work, shop=self.source))
        output += f", database: lake, schema: {self.schema}, threads: 2}}"
        (work / "profiles.yml").write_text(
            f"burst_bank:\n  target: place\n  outputs:\n    place: {output}\n"
        )

    def psql(self, *arguments: str, text: str | None = None) -> None:
        program = shutil.which("psql") or sorted(
            map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))
        )[-1]
        subprocess.run(
            [program, "-q", "-v", "ON_ERROR_STOP=1", self.source, *arguments],
            input=text, text=True, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def rows_read(self) -> int:
        """Of the sources; backends have reported them when they have ended."""
        connection = psycopg2.connect(self.source)
        connection.autocommit = True
        cursor = connection.cursor()
        others = 1
        while others and TARGET == "local":
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            others = cursor.fetchone()[0]
        cursor.execute(
            "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_user_tables"
            " WHERE schemaname = 'burst_bank'"
        )
        read = int(cursor.fetchone()[0])
        connection.close()
        return read

    def tarn(self, *arguments: str, expect: int = 0) -> str:
        return services.run(*arguments, cwd=self.work, expect=expect)

    def rows(self, sql: str) -> list[dict]:
        done = subprocess.run(
            [services.TARN, "show", "--inline", sql, "--limit", "-1", "--output", "json"],
            cwd=self.work, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        if done.returncode != 0:
            print(done.stdout, done.stderr)
            sys.exit(1)
        return json.loads(done.stdout)["show"]


def generate(rows: int, *options: str) -> str:
    return subprocess.run(
        [sys.executable, PACK / "gen_customers.py", "--rows", str(rows), "--seed", "7", *options],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


def golden(name: str) -> list[dict]:
    with open(PACK / "golden" / "walk_10000" / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def text(value) -> str:
    """A value as the recorded files have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def compare(found: list[dict], wanted: list[dict], what: str) -> None:
    columns = list(wanted[0])
    ours = [[text(row[column]) for column in columns] for row in found]
    theirs = [[row[column] for column in columns] for row in wanted]
    if ours == theirs:
        return
    print(f"FAILED: {what}")
    for a, b in zip(ours, theirs):
        if a != b:
            print("  ours  ", a)
            print("  theirs", b)
    print(len(ours), "rows, wanted", len(theirs))
    sys.exit(1)


def keys() -> str:
    return ", ".join(f"'{row['custkey']}'" for row in golden("consume_three_keys.csv"))


def check_history(place: Place, snapshot: str) -> None:
    """Intervals join, ids follow their rule, and one version is open at most."""
    rows = place.rows(
        "select custkey, dbt_scd_id, cast(dbt_updated_at as varchar) as updated,"
        " dbt_valid_from as start, dbt_valid_to as ending"
        f" from {{{{ ref('{snapshot}') }}}} order by custkey, dbt_valid_from"
    )
    before = None
    for row in rows:
        expected = hashlib.md5(f"{row['custkey']}|{row['updated']}".encode()).hexdigest()
        services.check(row["dbt_scd_id"] == expected, f"{snapshot}: dbt_scd_id of {row}")
        if before and before["custkey"] == row["custkey"]:
            services.check(before["ending"] == row["start"], f"{snapshot}: gap before {row}")
        before = row


def check_one_pass(place: Place) -> None:
    """A snapshot of unchanged rows reads them once and writes nothing."""
    before = place.rows_read()
    said = place.tarn("snapshot")
    services.check(said.count("MERGE (0 rows)") == len(SNAPSHOTS), said)
    read = place.rows_read() - before
    if TARGET == "local":
        services.check(read == 2 * 10001, f"{read} rows of the sources were read")


def check_end(place: Place, snapshot: str, consume: str) -> None:
    columns = [c for c in golden("history_three_keys.csv")[0] if c not in ("version", "is_open")]
    compare(
        place.rows(
            f"select {', '.join(columns)}, cast(row_number() over (partition by custkey order by"
            " dbt_valid_from) as integer) as version, dbt_valid_to is null as is_open"
            f" from {{{{ ref('{snapshot}') }}}} where custkey in ({keys()})"
            " order by custkey, dbt_valid_from"
        ),
        golden("history_three_keys.csv"),
        f"history of {snapshot}",
    )
    columns = list(golden("consume_three_keys.csv")[0])
    compare(
        place.rows(
            f"select {', '.join(columns)} from {{{{ ref('{consume}') }}}}"
            f" where custkey in ({keys()}) order by custkey"
        ),
        golden("consume_three_keys.csv"),
        f"rows of {consume}",
    )
    compare(
        place.rows(
            "select count(*) as snapshot_rows, count_if(dbt_valid_to is null) as open_rows,"
            f" (select count(*) from {{{{ ref('{consume}') }}}}) as consume_rows"
            f" from {{{{ ref('{snapshot}') }}}}"
        ),
        golden("counts.csv"),
        f"counts of {snapshot}",
    )
    check_history(place, snapshot)


def main() -> None:
    if not PACK.is_dir():
        print("SKIPPED: the recorded walk is not there (TARN_CONFORMANCE)")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="tarn-walk-") as folder:
        work = pathlib.Path(folder)
        for item in (PACK / "project").iterdir():
            (shutil.copytree if item.is_dir() else shutil.copy)(item, work / item.name)
        sources = work / "models/sources.yml"
        sources.write_text(sources.read_text().replace("database: postgresql", "database: shop"))
        place = Place(work)
        place.psql("-f", str(PACK / "schema.sql"))
        place.psql("-c", "copy burst_bank.customer from stdin csv", text=generate(10000))
        place.psql(
            "-c", "copy burst_bank.customer_ts from stdin csv", text=generate(10000, "--updated-at")
        )
        place.tarn("snapshot")
        place.tarn("run")
        place.psql(
            "-c", f"insert into burst_bank.customer values {CUSTOMER})",
            "-c", f"insert into burst_bank.customer_ts values {CUSTOMER},'2025-01-01 00:00:00')",
        )  # fmt: skip
        place.tarn("snapshot")
        place.tarn("run")
        for table, more in (("customer", ""), ("customer_ts", ", updated_at='2025-01-02'")):
            place.psql(
                "-c", f"update burst_bank.{table} set city='Starburst'{more} where custkey='99999999'"
            )
        place.tarn("snapshot")
        place.tarn("run")
        check_one_pass(place)
        for snapshot, consume in SNAPSHOTS.items():
            check_end(place, snapshot, consume)
        place.tarn("build")
    print("the walk is as recorded")


main()
