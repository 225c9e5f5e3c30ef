# SPDX-License-Identifier: Apache-2.0
"""Tables that Tarn wrote, opened by PyIceberg and by DuckDB's Iceberg reader.

usage: pyiceberg_reads_ours.py LAKE_TOOL DUCKDB_EXTENSIONS
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg import expressions as ex
from pyiceberg.catalog.sql import SqlCatalog

COLUMNS = [("id", "long"), ("b", "boolean"), ("i", "int"), ("f", "float"), ("d", "double"), ("dec", "decimal(9, 2)"),
           ("day", "date"), ("t", "time"), ("ts", "timestamp"), ("tz", "timestamptz"), ("s", "string"), ("u", "uuid"),
           ("fx", "fixed[3]"), ("bin", "binary")]
ARROW = {"long": pa.int64(), "boolean": pa.bool_(), "int": pa.int32(), "float": pa.float32(), "double": pa.float64(),
         "decimal(9, 2)": pa.decimal128(9, 2), "date": pa.date32(), "time": pa.time64("us"), "timestamp": pa.timestamp("us"),
         "timestamptz": pa.timestamp("us", tz="UTC"), "string": pa.string(), "binary": pa.binary(),
         "uuid": pa.binary(16), "fixed[3]": pa.binary(3)}
# Transform → partition value of file k, in the JSON form of its result type.
TRANSFORMS = {
    ("i", "identity"): lambda k: k * 10, ("i", "bucket[4]"): lambda k: k, ("i", "truncate[10]"): lambda k: k * 10,
    ("id", "identity"): lambda k: k * 5_000_000_000, ("dec", "identity"): lambda k: f"{k}.50",
    ("dec", "truncate[50]"): lambda k: f"{k}.50", ("day", "day"): lambda k: f"1969-12-{28 + k}",
    ("day", "month"): lambda k: k - 2, ("ts", "year"): lambda k: 50 + k, ("ts", "hour"): lambda k: 420_000 + k,
    ("tz", "day"): lambda k: f"2024-02-{26 + k}", ("s", "identity"): lambda k: ["a/b", "ä ö", "", "plain"][k],
    ("s", "truncate[3]"): lambda k: ["abc", "äöü", "", "xyz"][k], ("b", "identity"): lambda k: k % 2 == 0,
    ("u", "identity"): lambda k: f"f79c3e09-677c-4bbd-a479-3f349cb785e{k}", ("fx", "identity"): lambda k: f"0{k}ff00",
    ("bin", "identity"): lambda k: f"{k}0", ("u", "bucket[8]"): lambda k: k, ("i", "void"): lambda k: None,
}


def schema_json():
    fields = [{"id": n + 1, "name": name, "required": name == "id", "type": kind, "doc": f"column {name}"}
              for n, (name, kind) in enumerate(COLUMNS)]
    nested = {"id": 20, "name": "nested", "required": False, "type": {"type": "struct", "fields": [
        {"id": 21, "name": "a", "required": False, "type": "int"},
        {"id": 22, "name": "list", "required": False, "type": {"type": "list", "element-id": 23, "element": "string", "element-required": False}},
        {"id": 24, "name": "map", "required": False, "type": {
            "type": "map", "key-id": 25, "key": "string", "value-id": 26, "value": "long", "value-required": False}}]}}
    return {"type": "struct", "schema-id": 0, "identifier-field-ids": [1], "fields": fields + [nested]}


class Lake:
    def __init__(self, tool, folder):
        self.tool, self.folder, self.failures, self.checks = tool, folder, [], 0

    def run(self, *steps):
        lines = "".join(json.dumps(step) + "\n" for step in steps)
        answer = subprocess.run([self.tool, "run", self.folder], input=lines, text=True, capture_output=True)
        if answer.returncode != 0:
            sys.exit(answer.stderr)

    def plan(self, name, filters):
        lines = "".join(json.dumps(f) + "\n" for f in filters)
        answer = subprocess.run([self.tool, "plan", self.folder, name], input=lines, text=True, capture_output=True)
        if answer.returncode != 0:
            sys.exit(answer.stderr)
        return [{f["path"] for f in json.loads(line)["files"]} for line in answer.stdout.splitlines()]

    def check(self, what, got, expected):
        self.checks += 1
        if got != expected:
            self.failures.append(what)
            print(f"WRONG {what}: {got!r} instead of {expected!r}")


def file_entry(path, rows=100, partition=(), metrics=None):
    return {"path": path, "rows": rows, "size": 1000 + rows, "partition": list(partition), "metrics": metrics or {}}


def judge_transforms(lake, catalog):
    for (column, transform), value in TRANSFORMS.items():
        name = "ours." + column + "_" + transform.replace("[", "_").replace("]", "")
        lake.run({"do": "create", "table": name, "schema": schema_json(),
                  "partition": [{"column": column, "transform": transform, "name": f"p.{column}"}]})
        files = [file_entry(f"file:///no/{k}.parquet", partition=[value(k)]) for k in range(4)]
        files.append(file_entry("file:///no/null.parquet", partition=[None]))
        lake.run({"do": "append", "table": name, "files": files})
        table = catalog.load_table(name)
        entries = {e.data_file.file_path: e.data_file.partition for m in table.current_snapshot().manifests(table.io)
                   for e in m.fetch_manifest_entry(table.io)}
        lake.check(f"{name}: files", len(entries), 5)
        again = sorted(entries)
        lake.check(f"{name}: plan", sorted(t.file.file_path for t in table.scan().plan_files()), again)
        if transform == "identity" and column not in ("fx", "bin", "u"):
            chosen = [ex.IsNull(column), ex.NotNull(column)]
            ours = lake.plan(name, [{"op": "is_null", "column": column}, {"op": "not_null", "column": column}])
            for expression, mine in zip(chosen, ours):
                theirs = {t.file.file_path for t in table.scan(row_filter=expression).plan_files()}
                lake.check(f"{name}: {expression}", mine, theirs)


def judge_evolution(lake, catalog):
    name = "ours.evolved"
    metrics = {"id": {"nulls": 0, "lower": -5, "upper": 5}, "s": {"nulls": 1, "lower": "a" * 40, "upper": "z" * 40},
               "d": {"nulls": 0, "nans": 3, "lower": -0.5, "upper": 1.5}}
    lake.run({"do": "create", "table": name, "schema": schema_json(), "partition": [], "sort": "id",
              "properties": {"owner": "anna"}},
             {"do": "append", "table": name, "files": [file_entry("file:///no/1.parquet", metrics=metrics)]},
             {"do": "evolve", "table": name, "steps": [
                 ["add", "later", "string"], ["drop", "t"], ["rename", "d", "real"], ["widen", "i", "long"],
                 ["widen", "f", "double"], ["widen", "dec", "decimal(18, 2)"], ["first", "later"],
                 ["doc", "s", "changed"], ["property", "colour", "blue"]]},
             {"do": "evolve", "table": name, "steps": [["add_partition", "ts", "month", "ts_month"]]},
             {"do": "append", "table": name, "fast": True, "files": [file_entry("file:///no/2.parquet", 7, [650])]},
             {"do": "evolve", "table": name, "steps": [["tag", "before"], ["branch", "work"]]},
             {"do": "evolve", "table": name, "steps": [["remove_partition", "ts_month"],
                                                       ["add_partition", "id", "bucket[3]", "id_bucket"]]},
             {"do": "overwrite", "table": name, "remove": ["file:///no/1.parquet"],
              "files": [file_entry("file:///no/3.parquet", 90, [2])]})
    table = catalog.load_table(name)
    schema = table.schema()
    lake.check("first column", schema.fields[0].name, "later")
    lake.check("dropped", schema.find_field("real").field_id, 5)
    lake.check("widened", [str(schema.find_field(c).field_type) for c in ("i", "f", "dec")], ["long", "double", "decimal(18, 2)"])
    lake.check("doc", schema.find_field("s").doc, "changed")
    lake.check("identifiers", schema.identifier_field_names(), {"id"})
    lake.check("id of the new column", schema.find_field("later").field_id, table.metadata.last_column_id)
    lake.check("properties", {k: table.properties[k] for k in ("owner", "colour")}, {"owner": "anna", "colour": "blue"})
    lake.check("specs", [len(s.fields) for s in table.specs().values()], [0, 1, 1])
    lake.check("sort order", table.sort_order().fields[0].source_id, 1)
    lake.check("refs", set(table.refs()), {"main", "before", "work"})
    lake.check("snapshots", [s.summary.operation.value for s in table.snapshots()], ["append", "append", "overwrite"])
    total = [s.summary.additional_properties["total-records"] for s in table.snapshots()]
    lake.check("total-records", total, ["100", "107", "97"])
    old = table.scan(snapshot_id=table.snapshots()[0].snapshot_id).plan_files()
    lake.check("first snapshot", [t.file.file_path for t in old], ["file:///no/1.parquet"])
    first = next(iter(old)).file
    lake.check("lower bound", first.lower_bounds[11], b"a" * 16)
    lake.check("upper bound", first.upper_bounds[11], b"z" * 15 + b"{")
    lake.check("nan count", first.nan_value_counts[5], 3)
    lake.check("now", sorted(t.file.file_path for t in table.scan().plan_files()), ["file:///no/2.parquet", "file:///no/3.parquet"])


def parquet_file(folder, name, start, count):
    schema = pa.schema([pa.field("id", pa.int64(), nullable=False, metadata={"PARQUET:field_id": "1"}),
                        pa.field("s", pa.string(), metadata={"PARQUET:field_id": "2"})])
    table = pa.table({"id": range(start, start + count), "s": [f"row {n}" for n in range(start, start + count)]}, schema=schema)
    path = f"{folder}/{name}.parquet"
    pq.write_table(table, path)
    return {"path": path, "rows": count, "size": pathlib.Path(path).stat().st_size, "partition": [],
            "metrics": {"id": {"nulls": 0, "lower": start, "upper": start + count - 1}}}


def judge_rows(lake, catalog, version, extensions):
    """Real data files, read row by row; in v3 with deletion vectors and row lineage."""
    name = f"ours.rows_v{version}"
    fields = [{"id": 1, "name": "id", "required": True, "type": "long"}, {"id": 2, "name": "s", "required": False, "type": "string"}]
    lake.run({"do": "create", "table": name, "schema": {"type": "struct", "schema-id": 0, "fields": fields}, "partition": [],
              "properties": {"format-version": str(version)}})
    files = [parquet_file(lake.folder, f"v{version}_{n}", n * 1000, 1000) for n in range(3)]
    lake.run({"do": "append", "table": name, "files": files[:2]}, {"do": "append", "table": name, "files": files[2:]})
    expected = set(range(3000))
    if version == 3:
        lake.run({"do": "delete_rows", "table": name, "path": files[0]["path"], "positions": [0, 5, 999]},
                 {"do": "delete_rows", "table": name, "path": files[0]["path"], "positions": [1, 5]},
                 {"do": "delete_rows", "table": name, "path": files[2]["path"], "positions": list(range(0, 1000, 2))})
        expected -= {0, 5, 999, 1} | {2000 + n for n in range(0, 1000, 2)}
    table = catalog.load_table(name)
    got = table.scan().to_arrow()
    lake.check(f"{name}: PyIceberg", set(got["id"].to_pylist()), expected)
    lake.check(f"{name}: filter", table.scan(row_filter=ex.LessThan("id", 10)).to_arrow().num_rows, len([n for n in expected if n < 10]))
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    for extension in ("avro", "iceberg"):
        connection.execute(f"LOAD '{extensions}/{extension}.duckdb_extension'")
    rows = connection.execute(f"SELECT id, s FROM iceberg_scan('{table.metadata_location.removeprefix('file://')}')").fetchall()
    lake.check(f"{name}: DuckDB", {r[0] for r in rows}, expected)
    lake.check(f"{name}: DuckDB's texts", all(r[1] == f"row {r[0]}" for r in rows), True)
    if version == 3:
        lake.check("next row id", table.metadata.next_row_id, 3000)
        lake.check("first row ids", [s.first_row_id for s in table.snapshots()][:2], [0, 2000])


def main():
    tool, extensions = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(tool, folder)
        lake.run({"do": "schema", "name": "ours"})
        catalog = SqlCatalog("lake", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}/warehouse")
        judge_transforms(lake, catalog)
        judge_evolution(lake, catalog)
        for version in (2, 3):
            judge_rows(lake, catalog, version, extensions)
    print(f"{lake.checks - len(lake.failures)} passed, {len(lake.failures)} failed")
    sys.exit(1 if lake.failures else 0)


main()
