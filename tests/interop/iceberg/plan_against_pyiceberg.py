# SPDX-License-Identifier: Apache-2.0
"""Tables that PyIceberg wrote, planned file by file by both sides, with many filters.

usage: plan_against_pyiceberg.py LAKE_TOOL
"""
import datetime
import json
import math
import subprocess
import sys
import tempfile
from decimal import Decimal
from types import SimpleNamespace

import pyarrow as pa
from pyiceberg import expressions as ex
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import visitors
from pyiceberg.io.pyarrow import ArrowScan
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table.sorting import SortField, SortOrder
from pyiceberg.transforms import parse_transform
from pyiceberg.types import (
    BinaryType, BooleanType, DateType, DecimalType, DoubleType, FloatType, IntegerType, LongType,
    NestedField, StringType, TimestampType, TimestamptzType, TimeType,
)

# Residual filters do not change which files are planned, and computing them fails on null
# partition values in this version.
visitors.residual_evaluator_of = lambda **_: SimpleNamespace(residual_for=lambda _: ex.AlwaysTrue())

UTC = datetime.timezone.utc
COLUMNS = [
    ("b", BooleanType(), pa.bool_()),
    ("i", IntegerType(), pa.int32()),
    ("l", LongType(), pa.int64()),
    ("f", FloatType(), pa.float32()),
    ("d", DoubleType(), pa.float64()),
    ("dec", DecimalType(12, 2), pa.decimal128(12, 2)),
    ("day", DateType(), pa.date32()),
    ("t", TimeType(), pa.time64("us")),
    ("ts", TimestampType(), pa.timestamp("us")),
    ("tz", TimestamptzType(), pa.timestamp("us", tz="UTC")),
    ("s", StringType(), pa.large_string()),
    ("bin", BinaryType(), pa.large_binary()),
]
TRANSFORMS = {
    "i": ["identity", "bucket[7]", "truncate[10]", "void"],
    "l": ["identity", "bucket[16]", "truncate[100]"],
    "dec": ["identity", "bucket[5]", "truncate[50]"],
    "day": ["identity", "year", "month", "day", "bucket[3]"],
    "ts": ["year", "month", "day", "hour", "bucket[4]"],
    "tz": ["year", "month", "day", "hour"],
    "s": ["identity", "bucket[8]", "truncate[2]"],
    "b": ["identity"],
    "bin": ["bucket[6]"],
}
TEXTS = ["amber", "Ärger", "blue", "blå", "𝔘nicode", "", "zebra"]
NEGATIVE = ("!=", "not_in", "not_starts_with", "not_nan")


def rows(start, count):
    """Rows with nulls, negative numbers, dates before 1970 and names beyond ASCII."""
    out = []
    for n in range(start, start + count):
        null = n % 11 == 5
        moment = datetime.datetime(1969, 11, 20, 22, 30) + datetime.timedelta(hours=n * 31, microseconds=n)
        row = {
            "b": n % 3 == 0,
            "i": n - 40,
            "l": (n - 40) * 1_000_000_007,
            "f": math.nan if n % 13 == 3 else (n - 40) / 4,
            "d": math.nan if n % 17 == 4 else (n - 40) / 8,
            "dec": Decimal(n * 37 - 900).scaleb(-2),
            "day": moment.date(),
            "t": moment.time(),
            "ts": moment,
            "tz": moment.replace(tzinfo=UTC),
            "s": TEXTS[n % 7] + str(n % 5),
            "bin": bytes([n % 256, 255 - n % 256]),
        }
        out.append({name: None if null else value for name, value in row.items()})
    return out


def arrow_table(start, count):
    data = rows(start, count)
    fields = [(name, arrow) for name, _, arrow in COLUMNS]
    return pa.table({n: pa.array([r[n] for r in data], a) for n, a in fields}, schema=pa.schema(fields))


def schema():
    return Schema(*[NestedField(i + 1, name, kind, required=False) for i, (name, kind, _) in enumerate(COLUMNS)])


def json_value(value):
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


OPERATIONS = {"<": ex.LessThan, "<=": ex.LessThanOrEqual, ">": ex.GreaterThan, ">=": ex.GreaterThanOrEqual,
              "=": ex.EqualTo, "!=": ex.NotEqualTo, "starts_with": ex.StartsWith,
              "not_starts_with": ex.NotStartsWith}
UNARY = {"is_null": ex.IsNull, "not_null": ex.NotNull, "is_nan": ex.IsNaN, "not_nan": ex.NotNaN}


class Filter:
    """One filter in both forms."""

    def __init__(self, theirs, ours):
        self.theirs, self.ours = theirs, ours

    def __and__(self, other):
        return Filter(ex.And(self.theirs, other.theirs), {"op": "and", "args": [self.ours, other.ours]})

    def __or__(self, other):
        return Filter(ex.Or(self.theirs, other.theirs), {"op": "or", "args": [self.ours, other.ours]})


def or_null(op, column, ours):
    """Negative predicates hold for null in PyIceberg, and as in SQL do not in Tarn."""
    if op not in NEGATIVE:
        return ours
    return {"op": "or", "args": [ours, {"op": "is_null", "column": column}]}


def compare(op, column, value):
    ours = {"op": op, "column": column, "value": json_value(value)}
    return Filter(OPERATIONS[op](column, value), or_null(op, column, ours))


def among(op, column, values):
    kind = ex.In if op == "in" else ex.NotIn
    ours = {"op": op, "column": column, "values": [json_value(v) for v in values]}
    return Filter(kind(column, values), or_null(op, column, ours))


def unary(op, column):
    return Filter(UNARY[op](column), or_null(op, column, {"op": op, "column": column}))


def is_nan(value):
    return isinstance(value, float) and math.isnan(value)


def column_filters(column, sample):
    kinds = ["=", "!="] if column == "b" else list(OPERATIONS)[:6]
    out = [compare(op, column, row[column]) for row in (sample[0], sample[37], sample[-1])
           if not is_nan(row[column]) for op in kinds]
    if column != "b":
        values = [r[column] for r in sample[5:30:8] if not is_nan(r[column])]
        out += [among("in", column, values), among("not_in", column, values)]
    out += [unary("is_null", column), unary("not_null", column)]
    if column in ("f", "d"):
        out += [unary("is_nan", column), unary("not_nan", column)]
    if column == "s":
        out += [compare("starts_with", "s", p) for p in ("b", "bl", "blue1", "Ä", "𝔘")]
        out += [compare("not_starts_with", "s", p) for p in ("b", "blue1")]
    return out


def filters(columns):
    sample = [r for r in rows(0, 120) if r["i"] is not None]
    out = [Filter(ex.AlwaysTrue(), {"op": "true"})]
    for column in columns:
        out += column_filters(column, sample)
    pairs = list(zip(out[1::5], out[3::7]))
    return out + [a & b for a, b in pairs] + [a | b for a, b in pairs]


def scan_rows(table, path, row_filter):
    """How many rows of one data file match, by reading it."""
    scan = table.scan(row_filter=row_filter)
    tasks = [task for task in scan.plan_files() if task.file.file_path == path]
    reader = ArrowScan(table.metadata, table.io, scan.projection(), row_filter)
    return reader.to_table(tasks).num_rows


class Judge:
    def __init__(self, tool, folder):
        self.tool, self.folder = tool, folder
        self.checked = self.wrong = self.better = 0

    def ours(self, name, chosen):
        lines = "".join(json.dumps(f.ours) + "\n" for f in chosen)
        answer = subprocess.run([self.tool, "plan", self.folder, name], input=lines, text=True, capture_output=True)
        if answer.returncode != 0:
            sys.exit(f"{name}: {answer.stderr}")
        return [json.loads(line) for line in answer.stdout.splitlines()]

    def table(self, name, table, chosen):
        for chosen_filter, plan in zip(chosen, self.ours(name, chosen), strict=True):
            scan = table.scan(row_filter=chosen_filter.theirs)
            theirs = {t.file.file_path: sorted(d.file_path for d in t.delete_files) for t in scan.plan_files()}
            mine = {f["path"]: sorted(f["deletes"]) for f in plan["files"]}
            missing, more = theirs.keys() - mine.keys(), mine.keys() - theirs.keys()
            # Pruning more than PyIceberg is right as long as no row is lost.
            lost = {path for path in missing if scan_rows(table, path, chosen_filter.theirs) > 0}
            same = all(mine[path] == theirs[path] for path in mine.keys() & theirs.keys())
            self.checked += 1
            self.better += bool(missing - lost)
            if lost or more or not same:
                self.wrong += 1
                print(f"WRONG {name}: {json.dumps(chosen_filter.ours)}: {len(lost)} lost, {len(more)} more")


def partition_spec(table_schema, column, transform):
    field = table_schema.find_field(column)
    return PartitionSpec(PartitionField(field.field_id, 1000, parse_transform(transform), f"p_{column}"))


def judge_transforms(judge, catalog):
    for column, transforms in TRANSFORMS.items():
        for transform in transforms:
            name = "py." + column + "_" + transform.replace("[", "_").replace("]", "")
            made = schema()
            table = catalog.create_table(name, made, partition_spec=partition_spec(made, column, transform))
            table.append(arrow_table(0, 60))
            table.append(arrow_table(60, 60))
            judge.table(name, table, filters([column] if column != "bin" else ["i"]))


def evolved_rows(start, count):
    data = arrow_table(start, count)
    data = data.rename_columns(["renamed" if n == "d" else n for n in data.column_names])
    for name, kind in (("f", pa.float64()), ("dec", pa.decimal128(20, 2))):
        index = data.column_names.index(name)
        data = data.set_column(index, name, data[name].cast(kind))
    return data.append_column("extra", pa.array(["x"] * count, pa.large_string()))


def judge_evolution(judge, catalog):
    order = SortOrder(SortField(source_id=2, transform=parse_transform("identity")))
    table = catalog.create_table("py.evolved", schema(), sort_order=order)
    table.append(arrow_table(0, 30))
    with table.update_spec() as update:
        update.add_field("ts", parse_transform("month"), "ts_month")
    table.append(arrow_table(30, 30))
    with table.update_spec() as update:
        update.add_field("i", parse_transform("bucket[4]"), "i_bucket")
        update.remove_field("ts_month")
    with table.update_schema() as update:
        update.rename_column("d", "renamed")
        update.add_column("extra", StringType(), "added later")
        update.update_column("f", field_type=DoubleType())
        update.update_column("dec", field_type=DecimalType(20, 2))
    table.append(evolved_rows(60, 30))
    chosen = filters(["i", "ts", "s", "f", "dec"])
    chosen += [unary("is_null", "extra"), unary("not_null", "extra"), compare(">", "renamed", 3.5)]
    judge.table("py.evolved", table, chosen)
    table.delete(ex.EqualTo("i", 3))
    judge.table("py.evolved", table, chosen)


def main():
    with tempfile.TemporaryDirectory() as folder:
        catalog = SqlCatalog("lake", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}/warehouse")
        catalog.create_namespace("py")
        judge = Judge(sys.argv[1], folder)
        table = catalog.create_table("py.plain", schema())
        for start in (0, 20, 40, 60, 90):
            table.append(arrow_table(start, 20))
        judge.table("py.plain", table, filters([n for n, _, _ in COLUMNS if n != "bin"]))
        judge_transforms(judge, catalog)
        judge_evolution(judge, catalog)
    print(f"{judge.better} filters pruned more than PyIceberg, without loss")
    print(f"{judge.checked - judge.wrong} passed, {judge.wrong} failed")
    sys.exit(1 if judge.wrong else 0)


main()
