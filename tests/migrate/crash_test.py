# SPDX-License-Identifier: Apache-2.0
"""A migration of several tables is killed at random moments: each table is whole or absent, and a
rerun finishes and leaves no file of the dead ones. Second argument: how often (default 8)."""
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import services
from services import check

import psycopg2
from pyiceberg.catalog.sql import SqlCatalog

ROWS = {"one": 60000, "two": 90000, "three": 120000, "four": 1}


def tables_in_lake(folder: str):
    if not (pathlib.Path(folder) / "lake/catalog.db").exists():
        return {}
    catalog = SqlCatalog(
        "lake", uri=f"sqlite:///{folder}/lake/catalog.db", warehouse=f"file://{folder}/lake/warehouse"
    )
    try:
        names = catalog.list_tables("s")
    except Exception:  # the namespace or the catalog is not there yet
        return {}
    return {name[-1]: catalog.load_table(name) for name in names}


def unknown_files(folder: str, tables) -> list[str]:
    """Files of the warehouse that no table names."""
    named = set()
    for table in tables.values():
        named.add(table.metadata_location)
        named.update(entry.metadata_file for entry in table.metadata.metadata_log)
        for snapshot in table.snapshots():
            named.add(snapshot.manifest_list)
            for manifest in snapshot.manifests(table.io):
                named.add(manifest.manifest_path)
                named.update(e.data_file.file_path for e in manifest.fetch_manifest_entry(table.io))
    named = {name.removeprefix("file://") for name in named}
    root = pathlib.Path(folder) / "lake/warehouse"
    files = [p for p in root.rglob("*") if p.is_file()]
    return sorted(str(p) for p in files if str(p) not in named)


def main() -> None:
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    url = services.postgres()
    connection = psycopg2.connect(url)
    connection.autocommit = True
    for name, rows in ROWS.items():
        connection.cursor().execute(
            f"CREATE TABLE {name} AS SELECT i AS id, md5(i::text) AS a, date '2024-01-01' + i % 300 AS d "
            f"FROM generate_series(1, {rows}) i"
        )
    command = [
        services.TARN, "migrate", url, "--all", "--into", "lake.s", "--if-exists", "skip",
        "--partition-by", "month(d)", "--sort-by", "id",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        whole = time.monotonic() - start
    chance = random.Random(7)
    killed = 0
    for round_number in range(times):
        with tempfile.TemporaryDirectory() as folder:
            child = subprocess.Popen(
                command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                child.wait(timeout=chance.uniform(0.02, whole))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                child.wait()
                killed += 1
            for name, table in tables_in_lake(folder).items():
                count = table.scan().to_arrow().num_rows
                check(count == ROWS[name], f"round {round_number}: {name} has {count} rows")
            services.run(*command[1:], cwd=folder)
            tables = tables_in_lake(folder)
            check(sorted(tables) == sorted(ROWS), f"round {round_number}: {sorted(tables)}")
            for name, table in tables.items():
                count = table.scan().to_arrow().num_rows
                check(count == ROWS[name], f"round {round_number}: then {name} has {count} rows")
            left = unknown_files(folder, tables)
            check(not left, f"round {round_number}: files of the dead run are left: {left}")
    print(f"ok: killed {killed} of {times} runs of about {whole:.1f} s")


if __name__ == "__main__":
    main()
