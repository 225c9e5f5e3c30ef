#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records which statements dbt sends for each node of `project`, with an imitation of Trino.

usage: record.py OUT.jsonl   (Python with dbt-core and dbt-trino, pinned in dependencies/)

"""
import json
import multiprocessing
import os
import re
import shutil
import sys
import tempfile

import trino.dbapi
from dbt.cli.main import dbtRunner

DEFAULT = [["id", "integer"], ["name", "varchar(20)"], ["updated_at", "timestamp(6)"]]
SNAPSHOT = [["dbt_scd_id", "varchar"], ["dbt_updated_at", "timestamp(6)"],
            ["dbt_valid_from", "timestamp(6)"], ["dbt_valid_to", "timestamp(6)"]]
RENAMED = [["scd", "varchar"], ["changed", "timestamp(6)"], ["valid_from", "timestamp(6)"],
           ["valid_to", "timestamp(6)"], ["gone", "varchar"]]
DELETED = [["dbt_is_deleted", "varchar"]]
STAGING = [["dbt_change_type", "varchar(6)"], ["dbt_unique_key", "integer"]]
LISTED = [["dbt_change_type", "varchar(6)"], ["dbt_unique_key_1", "integer"],
          ["dbt_unique_key_2", "varchar(20)"]]
WIDE = [["id", "integer"], ["name", "varchar(50)"], ["updated_at", "timestamp(6)"],
        ["added", "decimal(10,2)"]]
COLUMNS = {
    "s_time": DEFAULT + SNAPSHOT,
    "s_time__dbt_tmp": STAGING[:1] + WIDE + STAGING[1:] + SNAPSHOT,
    "s_check": DEFAULT + SNAPSHOT + DELETED,
    "s_check__dbt_tmp": STAGING[:1] + DEFAULT + STAGING[1:] + SNAPSHOT + DELETED,
    "s_columns": DEFAULT + SNAPSHOT,
    "s_columns__dbt_tmp": LISTED[:1] + DEFAULT + LISTED[1:] + SNAPSHOT,
    "s_current": DEFAULT + RENAMED,
    "s_current__dbt_tmp": LISTED[:1] + DEFAULT + LISTED[1:] + RENAMED,
    "i_sync": [["id", "bigint"], ["name", "varchar(20)"], ["old", "date"]],
    "i_sync__dbt_tmp": WIDE,
    "i_new_columns__dbt_tmp": WIDE,
}
NAME = r'("[^"]+"(?:\."[^"]+")*)'


class Warehouse:
    """Relations by (schema, name), changed by the statements it is given."""

    def __init__(self):
        self.relations = {}

    def answer(self, sql):
        text = " ".join(re.sub(r"/\*.*?\*/", " ", sql, flags=re.S).split())
        lower = text.lower()
        if "information_schema.tables t" in lower:
            schema = re.search(r"where t\.table_schema = '([^']*)'", lower).group(1)
            rows = [["lake", n, s, t] for (s, n), t in sorted(self.relations.items()) if s == schema]
            return [["database", "varchar"], ["name", "varchar"], ["schema", "varchar"],
                    ["table_type", "varchar"]], rows
        if "information_schema.columns" in lower and lower.startswith("select column_name"):
            name = re.search(r"table_name = '([^']*)'", lower).group(1)
            rows = [list(c) for c in COLUMNS.get(name, DEFAULT)]
            return [["column_name", "varchar"], ["data_type", "varchar"]], rows
        if "table_privileges" in lower:
            return ([["grantee", "varchar"], ["privilege_type", "varchar"]],
                    [["eve", "select"], ["old", "insert"]])
        if "as dbt_snapshot_time" in lower:
            return [["dbt_snapshot_time", "timestamp(6) with time zone"]], []
        if "__dbt_sbq" in lower:
            names = COLUMNS["s_current"] if "as changed" in lower else DEFAULT + SNAPSHOT
            return (names if "dbt_scd_id" in lower or "as scd" in lower else DEFAULT), []
        if "dbt_internal_test" in lower:
            return ([["failures", "bigint"], ["should_warn", "boolean"], ["should_error", "boolean"]],
                    [[0, False, False]])
        if "dbt_internal_unit_test_actual" in lower:
            return DEFAULT[:2] + [["actual_or_expected", "varchar"]], []
        if "as max_loaded_at" in lower:
            return [["max_loaded_at", "timestamp(6)"], ["snapshotted_at", "timestamp(6)"]], \
                [["2025-01-01 00:00:00", "2025-01-01 10:00:00"]]
        self.change(text)
        return [], []

    def change(self, text):
        made = re.match(r"create (?:or replace )?(table|view|materialized view)(?: if not exists)? " + NAME,
                        text, re.I)
        if made:
            self.relations[self.key(made[2])] = made[1].lower().replace(" ", "_")
        gone = re.match(r"drop (?:table|view|materialized view) if exists " + NAME, text, re.I)
        if gone:
            self.relations.pop(self.key(gone[1]), None)
        moved = re.match(r"alter (?:table|view|materialized view) " + NAME + " rename to " + NAME, text, re.I)
        if moved:
            self.relations[self.key(moved[2])] = self.relations.pop(self.key(moved[1]), "table")

    @staticmethod
    def key(name):
        parts = [p.strip('"').lower() for p in name.split(".")]
        return parts[-2], parts[-1]


class Recorder:
    def __init__(self, out):
        self.out, self.warehouse = out, Warehouse()
        self.step, self.node, self.before, self.statements = "", None, {}, []

    def flush(self):
        if self.node and self.statements:
            before = [[s, n, t] for (s, n), t in sorted(self.before.items())]
            self.out.write(json.dumps({"step": self.step, "node": self.node, "relations": before,
                                       "statements": self.statements}) + "\n")
        self.node, self.statements = None, []

    def execute(self, sql, params):
        # Rows of seeds, and all but the first of several statements, come without a comment.
        node = self.node
        if sql.lstrip().startswith("/*"):
            found = re.search(r'"node_id": "([^"]+)"', sql)
            node = found.group(1) if found else None
        if node != self.node:
            self.flush()
            self.node, self.before = node, dict(self.warehouse.relations)
        columns, rows = self.warehouse.answer(sql)
        plain = re.sub(r"^\s*/\*.*?\*/", "", sql, count=1, flags=re.S).strip()
        one = {"sql": plain, "columns": columns, "rows": rows}
        if params is not None:
            one["bindings"] = [None if p is None else str(p) for p in params]
        self.statements.append(one)
        return columns, rows


recorder = None


class Cursor:
    update_type, rowcount, query, query_id = "SUCCESS", -1, "", "q"

    def __init__(self):
        self.columns, self.rows = [], []

    def execute(self, sql, params=None):
        self.columns, self.rows = recorder.execute(sql, params)
        return self

    def fetchall(self):
        return [tuple(r) for r in self.rows]

    @property
    def description(self):
        return [(n, t, None, None, None, None, None) for n, t in self.columns]


class Connection:
    def cursor(self):
        return Cursor()

    def close(self):
        pass


BATCHES = ["--event-time-start", "2025-01-01", "--event-time-end", "2025-01-03"]
STEPS = [
    ("first", [["seed"], ["run"] + BATCHES, ["snapshot"], ["test"]]),
    ("again", [["seed"], ["run"] + BATCHES, ["snapshot"], ["test"]]),
    ("full", [["seed", "--full-refresh"], ["run", "--full-refresh", "--exclude", "i_batches"]]),
    ("other", [["source", "freshness"]]),
]


def run_one(folder, step, command, state, out_path):
    """One command in a process of its own, with the warehouse of those before."""
    global recorder
    trino.dbapi.connect = lambda **_: Connection()
    with open(out_path, "a") as out:
        recorder = Recorder(out)
        recorder.step = step
        if os.path.exists(state):
            with open(state) as file:
                recorder.warehouse.relations = {(s, n): t for s, n, t in json.load(file)}
        if step == "again" and command[0] == "run":
            recorder.warehouse.relations[("main", "i_was_view")] = "view"
        result = dbtRunner().invoke(command + ["--project-dir", folder, "--profiles-dir", folder,
                                               "--threads", "1", "--quiet"])
        recorder.flush()
        with open(state, "w") as file:
            json.dump([[s, n, t] for (s, n), t in recorder.warehouse.relations.items()], file)
    if result.exception is not None:
        print(f"{step} {command}: {result.exception}", file=sys.stderr)
    for one in getattr(result.result, "results", []):
        if str(one.status) in ("error", "fail", "runtime error"):
            print(f"{step} {command[0]} {one.node.unique_id}: {one.message}", file=sys.stderr)
    sys.stderr.flush()
    os._exit(0)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    open(sys.argv[1], "w").close()
    with tempfile.TemporaryDirectory() as work:
        folder = os.path.join(work, "project")
        shutil.copytree(os.path.join(here, "project"), folder)
        for step, commands in STEPS:
            for command in commands:
                child = multiprocessing.Process(
                    target=run_one, args=(folder, step, command, os.path.join(work, "state"), sys.argv[1]))
                child.start()
                child.join(120)
                if child.is_alive():
                    child.kill()
                    sys.exit(f"{step} {command}: no end")


if __name__ == "__main__":
    main()
