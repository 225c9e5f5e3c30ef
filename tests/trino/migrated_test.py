# SPDX-License-Identifier: Apache-2.0
"""What `tarn migrate` wrote is read by a real Trino: the same rows as its own connector reads from
Postgres, in every type and layout; files, partitions and pruning are as Trino's own."""
from both import Ours, check, connect, fresh_schema, trino

SETUP = """
DROP SCHEMA IF EXISTS migrated CASCADE;
CREATE SCHEMA migrated;
SET search_path = migrated;
SET TimeZone = 'UTC';
CREATE TABLE types (
  id int PRIMARY KEY, b bool, i2 int2, i8 int8, f4 float4, f8 float8, n numeric(12,2),
  n38 numeric(38,5), t text, v varchar(20), ba bytea, d date, tm time, ts timestamp, tz timestamptz,
  u uuid, un numeric, j jsonb, a int[], m money, c char(6));
INSERT INTO types (id) VALUES (1);
INSERT INTO types VALUES
 (2, true, -32768, -9223372036854775808, 'NaN', 'Infinity', -9999999999.99,
  -99999999999999999999999999999999.99999, '', 'ab', '\\x', '0001-01-01', '00:00', '0001-01-01',
  '0001-01-01 00:00:00+00', '00000000-0000-0000-0000-000000000000', 1e-9, '{"a": 1}', '{}', '-1.50', 'ab'),
 (3, false, 32767, 9223372036854775807, 1.5, -0.1, 9999999999.99,
  99999999999999999999999999999999.99999, 'ü😀''', 'ab ', '\\x00ff', '9999-12-31', '23:59:59.999999',
  '9999-12-31 23:59:59.999999', '2024-02-29 12:00:00.123456+00',
  'ffffffff-ffff-ffff-ffff-ffffffffffff', 'NaN', '[]', '{1,NULL,-2}', '12.34', 'abcdef');
CREATE TABLE layout (id int NOT NULL, at timestamptz, local timestamp, day date, name text, amount numeric(9,2), big bigint);
INSERT INTO layout
  SELECT i, timestamptz '1969-11-28 00:00+00' + i * interval '97 minutes',
         timestamp '1969-11-28 00:00' + i * interval '97 minutes', date '1969-11-01' + i % 100,
         CASE WHEN i % 13 <> 0 THEN 'name ü' || i % 50 END, i / 7.0 - 100, i * 1000
  FROM generate_series(1, 800) i;
INSERT INTO layout (id) VALUES (0);
"""
SAME = ["id", "b", "i2", "i8", "f8", "n", "n38", "t", "v", "ba", "d", "ts", "u"]
LAYOUTS = [
    [], ["year(at)"], ["month(local)"], ["day(day)"], ["hour(at)"], ["bucket(id, 7)"],
    ["bucket(name, 5)"], ["bucket(at, 3)"], ["bucket(day, 4)"], ["bucket(amount, 4)"],
    ["truncate(name, 6)"], ["truncate(big, 1000000)"], ["name"], ["day"],
    ["bucket(big, 3)", "month(day)"],
]  # fmt: skip


def differences(server: trino.Server, here: str, there: str) -> int:
    return server.query(
        f"SELECT count(*) FROM (({here} EXCEPT ALL {there}) UNION ALL ({there} EXCEPT ALL {here}))"
    )[0][0]


def types(server: trino.Server, ours: Ours, schema: str, version: str) -> None:
    table = f"types{version}"
    ours.tarn("migrate", "shop", "--table", "migrated.types", "--into", f"lake.{schema}.{table}", "--verify",
              "--format-version", version)  # fmt: skip
    columns = ", ".join(SAME)
    wrong = differences(
        server, f"SELECT {columns} FROM lake.{schema}.{table}", f"SELECT {columns} FROM shop.migrated.types"
    )
    check(wrong == 0, f"types: {wrong} rows differ")
    rows = server.query(
        "SELECT id, f4, to_iso8601(tz), CAST(tm AS varchar), un, j, a, m, c "
        f"FROM lake.{schema}.{table} ORDER BY id"
    )
    check(rows[0] == [1] + [None] * 8, f"{rows[0]}")
    check(rows[1][1:4] == ["NaN", "0001-01-01T00:00:00.000000Z", "00:00:00.000000"], f"{rows[1]}")
    check(rows[1][5:7] == ['{"a": 1}', []] and float(rows[1][7]) == -1.5, f"{rows[1]}")
    check(rows[2][1:4] == [1.5, "2024-02-29T12:00:00.123456Z", "23:59:59.999999"], f"{rows[2]}")
    check(rows[2][5:7] == ["[]", [1, None, -2]] and float(rows[2][7]) == 12.34, f"{rows[2]}")


def layouts(server: trino.Server, ours: Ours, schema: str) -> None:
    columns = "id, at, local, day, name, amount, big"
    probes = ["id = 17", "day = DATE '1969-12-24'", "name = 'name ü7'", "name IS NULL", "at IS NULL",
              "local >= TIMESTAMP '1970-01-03 00:00:00'", "amount < -50.5", "big = 2000000",
              "at < TIMESTAMP '1970-01-01 00:00:00 UTC'"]  # fmt: skip
    def probe(name: str) -> list:
        # One statement, to be quick; each part has its own scan with its own filter.
        parts = [f"SELECT '{p.replace(chr(39), chr(34))}', count(*), sum(id) FROM {name} WHERE {p}" for p in probes]
        return sorted(server.query(" UNION ALL ".join(parts)))

    expected = probe("shop.migrated.layout")
    for number, layout in enumerate(LAYOUTS):
        table = f"layout{number}"
        options = ["--partition-by", ", ".join(layout)] if layout else ["--sort-by", "name, id desc"]
        ours.tarn("migrate", "shop", "--table", "migrated.layout", "--into", f"lake.{schema}.{table}", *options)
        name = f"lake.{schema}.{table}"
        # Postgres' own timestamptz has milliseconds for Trino's connector.
        wrong = differences(server, f"SELECT {columns} FROM {name}", f"SELECT {columns} FROM shop.migrated.layout")
        check(wrong == 0, f"{layout}: {wrong} rows differ")
        for found, answer in zip(probe(name), expected):
            check(found == answer, f"{layout}: {found} instead of {answer}")
        total = server.query(
            f'SELECT sum(record_count), count(*), count(DISTINCT file_path) FROM lake.{schema}."{table}$files"'
        )[0]
        check(total[0] == 801 and total[1] == total[2], f"{layout}: $files {total}")
        parts = server.query(f'SELECT sum(record_count), sum(file_count) FROM lake.{schema}."{table}$partitions"')
        check(parts == [[801, total[1]]], f"{layout}: $partitions {parts}")
        metadata = ("history", "snapshots", "manifests", "refs", "properties", "all_manifests")
        counts = server.query(
            " UNION ALL ".join(f'SELECT count(*) FROM lake.{schema}."{table}${m}"' for m in metadata)
        )
        check(all(count > 0 for (count,) in counts), f"{layout}: metadata tables {counts}")
        check(server.query(f"SELECT min(day), max(name), count(*) FROM {name}")
              == [["1969-11-01", "name ü9", 801]], f"{layout}: bounds")  # fmt: skip


def partitions(server: trino.Server, ours: Ours, schema: str) -> None:
    """Values of partitions are those that Trino computes from the rows."""
    for number, expression in ((3, "day"), (12, "name"), (13, "day")):
        name = LAYOUTS[number][0].strip("()").partition("(")
        field = f"{name[2]}_{name[0]}" if name[1] else name[0]
        wrong = differences(
            server,
            f'SELECT partition.{field}, record_count FROM lake.{schema}."layout{number}$partitions"',
            f"SELECT {expression}, count(*) FROM lake.{schema}.layout{number} GROUP BY 1",
        )
        check(wrong == 0, f"{LAYOUTS[number]}: {wrong} partitions differ")
    shown = server.query(f"SHOW CREATE TABLE lake.{schema}.layout14")[0][0]
    check("'bucket(big, 3)'" in shown and "'month(day)'" in shown, shown)


def goes_on(server: trino.Server, ours: Ours, schema: str) -> None:
    """Trino writes into migrated tables, and a further load of ours comes after it."""
    for number in (0, 3, 5, 14):
        name = f"lake.{schema}.layout{number}"
        server.query(f"INSERT INTO {name} (id, day, name, big) VALUES (5000, DATE '1970-01-07', 'name ü7', 1)")
        server.query(f"DELETE FROM {name} WHERE id % 3 = 1")
        server.query(f"UPDATE {name} SET amount = 0 WHERE id BETWEEN 30 AND 60")
        rows = server.query(f"SELECT count(*) FROM {name}")[0][0]
        facts = dict(line.split(None, 1) for line in ours.tarn("describe", name).splitlines()[:12] if line.strip())
        check(facts["rows"].strip() == str(rows), f"{name}: {rows} rows, and we say {facts['rows']}")
        ours.tarn("migrate", "shop", "--table", "migrated.layout", "--into", name, "--if-exists", "append",
                  "--where", "id < 100")  # fmt: skip
        found = server.query(f"SELECT count(*), sum(id), count_if(amount = 0) FROM {name}")
        check(found == [[635, 223550, 21]], f"{name}: {found}")


def main() -> None:
    server = trino.server()
    ours = Ours(server)
    schema = fresh_schema(server, "migrated")
    connect(server, "shop").cursor().execute(SETUP)
    types(server, ours, schema, "2")
    types(server, ours, schema, "3")
    layouts(server, ours, schema)
    partitions(server, ours, schema)
    goes_on(server, ours, schema)
    print(f"ok: {len(LAYOUTS)} layouts")


if __name__ == "__main__":
    main()
