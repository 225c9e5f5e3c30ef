# SPDX-License-Identifier: Apache-2.0
"""One catalog database, SQLite and Postgres, used by PyIceberg and by us in turn and at once.

usage: against_pyiceberg.py CATALOG_TOOL
"""
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import CommitFailedException, NamespaceAlreadyExistsError

TOOL = sys.argv[1]
SERVICE = pathlib.Path(__file__).resolve().parents[2] / "services" / "postgres.sh"
ROWS = pa.schema([pa.field("id", pa.int64(), nullable=False), pa.field("name", pa.string())])


def rows(*ids):
    return pa.table({"id": list(ids), "name": [f"n{i}" for i in ids]}, schema=ROWS)


class Lake:
    """The same database and warehouse, seen from both sides."""

    def __init__(self, folder, target, uri):
        self.target = target
        self.warehouse = f"file://{folder}/warehouse"
        self.uri = uri

    def command(self, *words):
        return [TOOL, self.target, self.warehouse, *words]

    def ours(self, *words):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return json.loads(done.stdout)

    def fails(self, code, *words):
        try:
            self.ours(*words)
        except RuntimeError as error:
            assert str(error).startswith(code), error
            return
        raise AssertionError(f"{words} should have failed with {code}")

    def theirs(self):
        return SqlCatalog("lake", uri=self.uri, warehouse=self.warehouse)


def check_namespaces(lake):
    py = lake.theirs()
    lake.ours("create-namespace", "raw", "owner", "anna")
    lake.ours("create-namespace", "a.b.c")
    py.create_namespace("mart", {"owner": "bert"})
    py.create_namespace("deep.down")
    assert sorted(lake.ours("namespaces")) == ["a", "deep", "mart", "raw"]
    assert sorted(py.list_namespaces()) == [("a",), ("deep",), ("mart",), ("raw",)]
    assert lake.ours("namespaces", "deep") == ["deep.down"]
    assert py.list_namespaces("a") == [("a", "b")]
    assert py.load_namespace_properties("raw")["owner"] == "anna"
    assert lake.ours("properties", "mart") == {"owner": "bert"}
    assert py.namespace_exists("a.b")
    try:
        py.create_namespace("a.b")
        raise AssertionError("a.b exists by what is below it")
    except NamespaceAlreadyExistsError:
        pass
    lake.fails("already_exists", "create-namespace", "deep")
    lake.ours("drop-namespace", "deep.down")
    py.drop_namespace("a.b.c")
    assert sorted(lake.ours("namespaces")) == ["mart", "raw"]


def check_tables(lake):
    py = lake.theirs()
    made = lake.ours("create-table", "raw.ours")
    table = py.load_table("raw.ours")
    assert table.metadata_location == made["metadata_location"]
    assert str(table.metadata.table_uuid) == made["uuid"]
    assert [(f.field_id, f.name) for f in table.schema().fields] == [(1, "id"), (2, "name")]
    table.append(rows(1, 2))
    shown = lake.ours("show", "raw.ours")
    assert shown["snapshot"] == table.current_snapshot().snapshot_id
    lake.ours("set", "raw.ours", "comment", "from us")
    # Theirs holds the former state: it must come on top of ours, not in place of it.
    table.append(rows(3))
    shown = lake.ours("show", "raw.ours")
    assert shown["properties"]["comment"] == "from us"
    assert shown["snapshots"] == 2
    assert py.load_table("raw.ours").scan().to_arrow().num_rows == 3

    theirs = py.create_table("mart.theirs", ROWS)
    theirs.append(rows(4))
    shown = lake.ours("show", "mart.theirs")
    assert shown["metadata_location"] == theirs.metadata_location
    assert shown["columns"] == [{"id": 1, "name": "id", "type": "long"},
                                {"id": 2, "name": "name", "type": "string"}]
    lake.fails("already_exists", "create-table", "mart.theirs")
    lake.ours("rename-table", "mart.theirs", "raw.moved")
    py.rename_table("raw.ours", "mart.moved")
    assert lake.ours("tables", "raw") == ["raw.moved"]
    assert py.list_tables("mart") == [("mart", "moved")]
    assert py.load_table("raw.moved").scan().to_arrow().num_rows == 1
    py.drop_table("raw.moved")
    lake.fails("not_found", "show", "raw.moved")
    location = lake.ours("show", "mart.moved")["location"]
    lake.ours("drop-table", "mart.moved")
    assert not py.table_exists("mart.moved")
    left = [f for _, _, files in os.walk(location.removeprefix("file://")) for f in files]
    assert left == [], left


def check_views(lake):
    py = lake.theirs()
    lake.ours("create-view", "mart.v", "SELECT 1 AS n")
    assert py.list_tables("mart") == []
    assert not py.table_exists("mart.v")
    assert lake.ours("views", "mart") == ["mart.v"]


def check_conflicts(lake):
    py = lake.theirs()
    lake.ours("create-table", "raw.contested")
    stale = subprocess.Popen(lake.command("commit-stale", "raw.contested"), text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
    assert stale.stdout.readline() == "loaded\n"
    py.load_table("raw.contested").append(rows(1))
    _, error = stale.communicate("go\n")
    assert stale.returncode == 1 and error.startswith("conflict"), error

    commits = 40
    both = [subprocess.Popen(lake.command("bump", "raw.contested", prefix, str(commits)),
                             stdout=subprocess.DEVNULL) for prefix in ("left", "right")]
    appended = 0
    while appended < 10:
        try:
            py.load_table("raw.contested").append(rows(appended))
            appended += 1
        except CommitFailedException:
            pass
    assert [process.wait() for process in both] == [0, 0]
    shown = lake.ours("show", "raw.contested")
    assert shown["snapshots"] == 11, shown
    names = {f"{prefix}{i}" for prefix in ("left", "right") for i in range(commits)}
    assert names <= set(shown["properties"]), names - set(shown["properties"])
    assert py.load_table("raw.contested").scan().to_arrow().num_rows == 11


def check_old_layout(folder):
    """A database without the column iceberg_type, as programs before views made it."""
    path = f"{folder}/old.db"
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace "
            "VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL, metadata_location "
            "VARCHAR(1000), previous_metadata_location VARCHAR(1000), PRIMARY KEY (catalog_name, "
            "table_namespace, table_name))")
        database.execute(
            "CREATE TABLE iceberg_namespace_properties (catalog_name VARCHAR(255) NOT NULL, "
            "namespace VARCHAR(255) NOT NULL, property_key VARCHAR(255) NOT NULL, property_value "
            "VARCHAR(1000) NOT NULL, PRIMARY KEY (catalog_name, namespace, property_key))")
    lake = Lake(folder, f"sqlite:{path}", f"sqlite:///{path}")
    lake.ours("create-namespace", "raw")
    lake.ours("create-table", "raw.t")
    lake.theirs().load_table("raw.t").append(rows(1))
    lake.theirs().create_table("raw.u", ROWS)
    assert lake.ours("show", "raw.t")["snapshots"] == 1
    assert lake.ours("tables", "raw") == ["raw.t", "raw.u"]


def check(lake):
    check_namespaces(lake)
    check_tables(lake)
    check_views(lake)
    check_conflicts(lake)


def check_sqlite():
    for first in ("ours", "theirs"):
        with tempfile.TemporaryDirectory() as folder:
            lake = Lake(folder, f"sqlite:{folder}/catalog.db", f"sqlite:///{folder}/catalog.db")
            if first == "theirs":
                lake.theirs()
            check(lake)
    with tempfile.TemporaryDirectory() as folder:
        check_old_layout(folder)


def check_postgres(url):
    import sqlalchemy
    admin = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg2:"),
                                     isolation_level="AUTOCOMMIT")
    for first in ("ours", "theirs"):
        name = f"tarn_interop_{os.getpid()}_{first}"
        with admin.connect() as connection:
            connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
        target = url.rsplit("/", 1)[0] + "/" + name
        with tempfile.TemporaryDirectory() as folder:
            lake = Lake(folder, target, target.replace("postgresql:", "postgresql+psycopg2:"))
            if first == "theirs":
                lake.theirs()
            check(lake)
        with admin.connect() as connection:
            connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))


def main():
    check_sqlite()
    print("SQLite: both sides agree")
    url = os.environ.get("TARN_TEST_POSTGRES")
    if url:
        check_postgres(url)
    else:
        with subprocess.Popen([SERVICE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as server:
            url = server.stdout.readline().strip()
            if not url:
                print("SKIPPED: the Postgres part (the server could not be started)")
                return 1 if "TARN_REQUIRE_SERVICES" in os.environ else 0
            check_postgres(url)
            server.stdin.close()
    print("Postgres: both sides agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
