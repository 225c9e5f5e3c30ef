# SPDX-License-Identifier: Apache-2.0
"""Both sides of one lake for a test: a real Trino, and ours (the program, and DuckDB SQL on the lake).

Arguments of every test: the program `tarn` and the program `lake_sql`."""
import atexit
import datetime
import decimal
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "migrate"))
import psycopg2
import services
import trino
from services import check

LAKE_SQL = sys.argv[2] if len(sys.argv) > 2 else ""


class Ours:
    """DuckDB SQL on the lake, through our reader and writer. The catalog's name in SQL is `lake`."""

    def __init__(self, server: trino.Server) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.config = pathlib.Path(self.folder.name) / "tarn.yml"
        self.config.write_text(server.lakehouse())
        self.process = None
        atexit.register(self.close)

    def close(self) -> None:
        if self.process:
            self.process.stdin.close()
            self.process.wait()
        self.folder.cleanup()

    def ask(self, sql: str) -> dict:
        if not self.process:
            self.process = subprocess.Popen(
                [LAKE_SQL, str(self.config), "lake"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                text=True,
            )  # fmt: skip
        self.process.stdin.write(" ".join(sql.split("\n")) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        check(line, f"our side ended at: {sql}")
        return json.loads(line)

    def rows(self, sql: str) -> list[list]:
        answer = self.ask(sql)
        check("rows" in answer, f"ours: {answer.get('error')}\n{sql}")
        return answer["rows"]

    def error(self, sql: str) -> str:
        answer = self.ask(sql)
        check("error" in answer, f"an error was expected: {sql}\n{answer}")
        return answer["error"]

    def tarn(self, *arguments: str, expect: int = 0) -> str:
        return services.run(
            *arguments, cwd=self.folder.name, env={"TARN_LAKEHOUSE": self.folder.name}, expect=expect
        )


def _time(text: str):
    """Dates and times of both sides: `2024-01-01 00:00:00.000000 UTC` is `2024-01-01 00:00:00+00`."""
    text = text.removesuffix(" UTC").removesuffix("+00")
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value, kind: str):
    """One form of a value that Trino sends as JSON and DuckDB as text."""
    if value is None:
        return None
    if kind.startswith(("timestamp", "time", "date")):
        return _time(value)
    if kind in ("double", "real"):
        return float(value) if kind == "double" else round(float(value), 4)
    if kind.startswith("decimal"):
        return decimal.Decimal(value)
    if kind == "json":
        return json.dumps(json.loads(value), sort_keys=True)
    return str(value).lower() if kind == "boolean" else str(value)


def _key(row: list):
    return [(value is not None, str(value)) for value in row]


def compare(there: trino.Server, here: Ours, table: str, columns: dict[str, str], at="") -> int:
    """The rows of both sides must be the same. `columns`: name → type, where `varbinary`, `array`,
    `row` and `map` are compared by hexadecimal digits or by JSON. `at`: (theirs, ours)."""
    def expression(name: str, kind: str, theirs: bool) -> str:
        if kind == "varbinary":
            return f"to_hex({name})" if theirs else f"hex({name})"
        if kind in ("array", "row", "map"):
            return f"json_format(CAST({name} AS json))" if theirs else f"to_json({name})"
        return name

    kinds = ["json" if k in ("array", "row", "map") else k for k in columns.values()]
    texts = []
    for theirs in (True, False):
        fields = ", ".join(expression(n, k, theirs) for n, k in columns.items())
        version = (at[0] if theirs else at[1]) if at else ""
        sql = f"SELECT {fields} FROM lake.{table}{version}"
        rows = there.query(sql) if theirs else here.rows(sql)
        texts.append(sorted(([plain(v, k) for v, k in zip(row, kinds)] for row in rows), key=_key))
    a, b = texts
    check(len(a) == len(b), f"{table}: {len(a)} rows by Trino, {len(b)} by us")
    for x, y in zip(a, b):
        check(x == y, f"{table}: Trino {x}\nours  {y}")
    return len(a)


def connect(server: trino.Server, database: str):
    connection = psycopg2.connect(server.database(database))
    connection.autocommit = True
    return connection


def fresh_schema(server: trino.Server, name: str) -> str:
    """An empty schema of the lake with that name, whatever an earlier run left in it."""
    with_tables = server.query(
        f"SELECT table_name, table_type FROM lake.information_schema.tables WHERE table_schema = '{name}'"
    )
    for table, kind in with_tables:
        server.query(f'DROP {"VIEW" if kind == "VIEW" else "TABLE"} lake.{name}."{table}"')
    server.query(f"DROP SCHEMA IF EXISTS lake.{name}")
    return name


__all__ = ["Ours", "check", "compare", "connect", "datetime", "fresh_schema", "os", "services", "trino"]
