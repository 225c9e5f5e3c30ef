# SPDX-License-Identifier: Apache-2.0
"""PyIceberg reads back, row for row, what was migrated: types, transforms, sort orders, replaces."""
import datetime
import decimal
import tempfile
import uuid

import services
from services import check

import psycopg2
import psycopg2.extras
from pyiceberg.catalog.sql import SqlCatalog

UTC = datetime.timezone.utc
SETUP = """
CREATE TABLE types (
  id int PRIMARY KEY, b bool, i2 int2, i8 int8, f4 float4, f8 float8, n numeric(12,2),
  n38 numeric(38,5), un numeric, t text, c char(6), ba bytea, d date, tm time, ts timestamp,
  tz timestamptz, u uuid, j jsonb, a int[], ta text[], m money);
INSERT INTO types (id) VALUES (1);
INSERT INTO types VALUES
 (2, true, -32768, -9223372036854775808, 'NaN', 'Infinity', -9999999999.99,
  -999999999999999999999999999999999.99999, 1e-20, '', 'ab', '\\x', '0001-01-01', '00:00',
  '0001-01-01', '0001-01-01 00:00:00+00', '00000000-0000-0000-0000-000000000000', '{"a": 1}', '{}',
  '{}', '-1.50'),
 (3, false, 32767, 9223372036854775807, 1.5, -0.1, 9999999999.99,
  999999999999999999999999999999999.99999, 'NaN', 'ü😀''', 'abcdef', '\\x00ff', '9999-12-31',
  '23:59:59.999999', '9999-12-31 23:59:59.999999', '2024-02-29 12:00:00.123456+00',
  'ffffffff-ffff-ffff-ffff-ffffffffffff', '[]', '{1,NULL,-2}', '{"a,b",NULL,""}', '12.34');
CREATE TABLE layout (id int NOT NULL, at timestamptz, day date, name text, amount numeric(9,2));
INSERT INTO layout
  SELECT i, timestamptz '2023-11-28 00:00+00' + i * interval '97 minutes', date '2023-11-01' + i % 100,
         CASE WHEN i % 13 <> 0 THEN 'name ' || i % 50 END, i / 7.0
  FROM generate_series(1, 3000) i;
INSERT INTO layout (id) VALUES (0);
CREATE TABLE many AS SELECT i, i % 5 AS k, md5(i::text) AS text FROM generate_series(1, 200000) i;
ANALYZE;
"""


def pyiceberg_rows(folder: str, name: str) -> tuple:
    catalog = SqlCatalog(
        "lake", uri=f"sqlite:///{folder}/lake/catalog.db", warehouse=f"file://{folder}/lake/warehouse"
    )
    table = catalog.load_table(name)
    return table, table.scan().to_arrow().to_pylist()


def plain(value):
    """One form for what the two sides give as different Python types."""
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, float) and value != value:
        return "nan"
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone(UTC)
    if isinstance(value, bytes) and len(value) == 16:
        return uuid.UUID(bytes=value)
    return value


def sorted_rows(rows: list) -> list:
    return sorted(rows, key=lambda row: str(row[0]).rjust(20))


def compare(cursor, folder: str, name: str, query: str) -> None:
    cursor.execute(query)
    there = sorted_rows([tuple(plain(v) for v in row) for row in cursor.fetchall()])
    table, found = pyiceberg_rows(folder, name)
    here = sorted_rows([tuple(plain(v) for v in row.values()) for row in found])
    check(len(there) == len(here), f"{name}: {len(there)} rows in Postgres, {len(here)} in the lake")
    for a, b in zip(there, here):
        check(a == b, f"{name}: Postgres {a}\nPyIceberg {b}")
    return table


def main() -> None:
    url = services.postgres()
    folder = tempfile.TemporaryDirectory()
    connection = psycopg2.connect(url)
    connection.autocommit = True
    psycopg2.extras.register_uuid()
    cursor = connection.cursor()
    cursor.execute("SET TimeZone = 'UTC'")
    cursor.execute(SETUP)

    def migrate(table: str, into: str, *options: str) -> str:
        return services.run(
            "migrate", url, "--table", table, "--into", f"lake.{into}", "--verify", *options,
            cwd=folder.name,
        )

    migrate("types", "s")
    compare(
        cursor, folder.name, "s.types",
        "SELECT id, b, i2, i8, f4, f8, n, n38, un::text, t, c, ba, d, tm, ts, tz, u, j::text, a, ta, "
        "m::numeric FROM types",
    )
    layouts = [
        [], ["--partition-by", "year(at)"], ["--partition-by", "month(day)", "--sort-by", "id desc"],
        ["--partition-by", "day(at)"], ["--partition-by", "hour(at)", "--sort-by", "name nulls last"],
        ["--partition-by", "bucket(id, 7)"], ["--partition-by", "truncate(name, 6)"],
        ["--partition-by", "name"], ["--partition-by", "bucket(name, 3), month(at)"],
        ["--sort-by", "day, amount desc"], ["--format-version", "3"],
    ]  # fmt: skip
    for number, layout in enumerate(layouts):
        migrate("layout", f"s.layout{number}", *layout)
        table = compare(cursor, folder.name, f"s.layout{number}", "SELECT * FROM layout")
        tasks = table.scan(row_filter="id = 17").plan_files()
        check(len(list(tasks)) >= 1, f"{layout}: the file with id 17 is found")
    migrate("layout", "s.layout2", "--if-exists", "replace", "--partition-by", "day(day)")
    compare(cursor, folder.name, "s.layout2", "SELECT * FROM layout")
    migrate("layout", "s.layout2", "--if-exists", "append", "--where", "id < 100")
    compare(cursor, folder.name, "s.layout2",
            "SELECT * FROM layout UNION ALL SELECT * FROM layout WHERE id < 100 ORDER BY 1")
    migrate("many", "s", "--jobs", "4", "--sort-by", "k, i")
    table = compare(cursor, folder.name, "s.many", "SELECT * FROM many")
    for task in table.scan(selected_fields=("k", "i")).plan_files():
        import pyarrow.parquet

        columns = pyarrow.parquet.read_table(task.file.file_path.removeprefix("file://"))
        keys = list(zip(columns["k"].to_pylist(), columns["i"].to_pylist()))
        check(keys == sorted(keys), "a sorted file is sorted")

    plan = services.run("migrate", url, "--all", "--into", "lake.x", "--dry-run", cwd=folder.name)
    check("about 200,000 rows" in plan and "3 tables" in plan, f"the plan: {plan}")
    check("does not exist" in services.run("describe", "x.types", cwd=folder.name, expect=1), "dry")
    message = services.run(
        "migrate", url.replace("postgres@", "postgres:hush@") + "x", "--all", cwd=folder.name, expect=1
    )
    check("hush" not in message, f"no password in {message}")
    print("ok")


if __name__ == "__main__":
    main()
