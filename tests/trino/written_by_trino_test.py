# SPDX-License-Identifier: Apache-2.0
"""What a real Trino wrote is read by us row for row: types, partitions, position deletes of DELETE,
UPDATE and MERGE, evolved schemas and partitions, earlier states, maintained tables, views."""
from both import Ours, check, compare, connect, fresh_schema, trino

TYPES = {
    "id": "integer", "b": "boolean", "l": "bigint", "r": "real", "d": "double", "dec": "decimal(20, 4)",
    "v": "varchar", "bin": "varbinary", "dt": "date", "tm": "time(6)", "ts": "timestamp(6)",
    "tz": "timestamp(6) with time zone", "u": "uuid", "arr": "array", "m": "map", "rw": "row",
}  # fmt: skip
COLUMNS = """id integer NOT NULL, b boolean, l bigint, r real, d double, dec decimal(20, 4), v varchar,
 bin varbinary, dt date, tm time(6), ts timestamp(6), tz timestamp(6) with time zone, u uuid,
 arr array(integer), m map(varchar, bigint), rw row(x integer, y varchar, z row(q double))"""
ROWS = """SELECT CAST(n AS integer), n % 2 = 0, n * 1000000007, CAST(n AS real) / 3, n / 7e0,
 CAST(n AS decimal(20, 4)) / 8 - 100, IF(n % 5 > 0, 'text ü ' || CAST(n % 11 AS varchar)),
 to_utf8(CAST(n AS varchar)), DATE '1969-12-01' + n % 70 * INTERVAL '1' DAY,
 TIME '00:00:00.000001' + n * INTERVAL '61' SECOND, TIMESTAMP '1969-12-01 00:00:00.000001' + n * INTERVAL '7' HOUR,
 TIMESTAMP '1969-12-01 00:00:00.000009 UTC' + n * INTERVAL '5' HOUR,
 CAST('12151fd2-7586-11e9-8f9e-2a86e40' || lpad(CAST(n AS varchar), 5, '0') AS uuid),
 IF(n % 4 > 0, ARRAY[CAST(n AS integer), NULL, 7]), IF(n % 3 > 0, MAP(ARRAY['k', 'ü'], ARRAY[n, NULL])),
 IF(n % 6 > 0, CAST(ROW(n, 'y', ROW(n / 2e0)) AS row(x integer, y varchar, z row(q double))))
FROM TABLE(sequence({}, {})) AS t(n)"""
LAYOUTS = [
    "", "year(ts)", "month(dt)", "day(tz)", "hour(ts)", "bucket(id, 4)", "bucket(v, 3)", "truncate(v, 6)",
    "truncate(l, 1000000)", "b", "bucket(u, 3)", "bucket(dec, 3)', 'b", "truncate(dec, 100)", "dt",
]  # fmt: skip


def layouts(server: trino.Server, ours: Ours, schema: str) -> None:
    for number, layout in enumerate(LAYOUTS):
        properties = f"partitioning = ARRAY['{layout}']" if layout else "sorted_by = ARRAY['v', 'id DESC']"
        table = f"{schema}.layout{number}"
        server.query(f"CREATE TABLE lake.{table} ({COLUMNS}) WITH ({properties}, format_version = 2)")
        server.query(f"INSERT INTO lake.{table} {ROWS.format(1, 150)}")
        server.query(f"INSERT INTO lake.{table} (id) VALUES 0")
        before = server.query(f'SELECT snapshot_id FROM lake.{schema}."layout{number}$snapshots" ORDER BY committed_at DESC LIMIT 1')[0][0]
        server.query(f"DELETE FROM lake.{table} WHERE id % 7 = 3")
        server.query(f"UPDATE lake.{table} SET l = -l, v = 'changed' WHERE id % 10 = 4")
        server.query(
            f"MERGE INTO lake.{table} t USING (SELECT CAST(n AS integer) n FROM TABLE(sequence(140, 170)) AS s(n)) s ON t.id = s.n "
            "WHEN MATCHED AND s.n % 2 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET d = 0.5 "
            "WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.n, 'merged')"
        )
        count = compare(server, ours, table, TYPES)
        check(count > 130, f"{layout}: {count} rows")
        check(compare(server, ours, table, TYPES, (f" FOR VERSION AS OF {before}", f" AT (VERSION => {before})")) == 151,
              f"{layout}: the earlier state")  # fmt: skip
        deletes = server.query(f'SELECT count(*) FROM lake.{schema}."layout{number}$files" WHERE content = 1')
        check(deletes[0][0] > 0, f"{layout}: Trino wrote no position deletes")
        # What our pruning leaves away must not matter.
        for probe in ("id = 17", "v = 'changed'", "b", "v IS NULL", "l < 0", "dt = DATE '1969-12-24'",
                      "dec > 12.5", "ts < TIMESTAMP '1970-01-01 00:00:00'"):  # fmt: skip
            sql = f"SELECT count(*), CAST(sum(id) AS varchar) FROM lake.{table} WHERE {probe}"
            theirs = server.query(sql)[0] if number < 3 else None
            mine = ours.rows(sql)[0]
            if theirs:
                check([str(theirs[0]), theirs[1]] == mine, f"{layout}: {probe}: {theirs}, ours {mine}")


def evolution(server: trino.Server, ours: Ours, schema: str) -> None:
    table = f"{schema}.evolved"
    run = lambda sql: server.query(sql.replace("$t", f"lake.{table}"))  # noqa: E731
    run("CREATE TABLE $t (a integer, b varchar, c row(x integer, y real), d decimal(5, 2)) WITH (format_version = 2)")
    run("INSERT INTO $t VALUES (1, 'one', ROW(1, REAL '1.5'), 1.25), (2, 'two', NULL, NULL)")
    run("ALTER TABLE $t ADD COLUMN e bigint")
    run("ALTER TABLE $t RENAME COLUMN b TO name")
    run("ALTER TABLE $t ADD COLUMN b varchar")
    run("ALTER TABLE $t ADD COLUMN c.z varchar")
    run("ALTER TABLE $t ALTER COLUMN a SET DATA TYPE bigint")
    run("ALTER TABLE $t ALTER COLUMN c.y SET DATA TYPE double")
    run("ALTER TABLE $t ALTER COLUMN d SET DATA TYPE decimal(12, 2)")
    run("INSERT INTO $t VALUES (3000000000, 'three', ROW(3, 3.5e0, 'z'), 1234567890.12, 33, 'b')")
    columns = {"a": "bigint", "name": "varchar", "c": "row", "d": "decimal", "e": "bigint", "b": "varchar"}
    check(compare(server, ours, table, columns) == 3, "added, renamed, widened")
    run("ALTER TABLE $t SET PROPERTIES partitioning = ARRAY['bucket(name, 2)']")
    run("INSERT INTO $t (a, name) VALUES (4, 'four'), (5, 'five'), (6, NULL)")
    run("ALTER TABLE $t SET PROPERTIES partitioning = ARRAY['truncate(name, 2)', 'd']")
    run("INSERT INTO $t (a, name, d) VALUES (7, 'seven', 7), (8, 'eight', NULL)")
    run("DELETE FROM $t WHERE name IN ('two', 'five', 'seven')")
    run("ALTER TABLE $t DROP COLUMN e")
    run("ALTER TABLE $t DROP COLUMN c.x")
    del columns["e"]
    check(compare(server, ours, table, columns) == 5, "partitions changed, columns dropped")
    run("ALTER TABLE $t EXECUTE optimize")
    run("ANALYZE $t")
    run("ALTER TABLE $t EXECUTE expire_snapshots(retention_threshold => '0s')")
    check(compare(server, ours, table, columns) == 5, "maintained")
    server.query(f"ALTER TABLE lake.{table} RENAME TO lake.{schema}.renamed")
    check(compare(server, ours, f"{schema}.renamed", columns) == 5, "renamed")
    check("does not exist" in ours.error(f"SELECT * FROM lake.{table}"), "the former name")


def other_forms(server: trino.Server, ours: Ours, schema: str) -> None:
    server.query(f"CREATE TABLE lake.{schema}.v1 WITH (format_version = 1) AS SELECT * FROM tpch.tiny.nation")
    columns = {"nationkey": "bigint", "name": "varchar", "regionkey": "bigint", "comment": "varchar"}
    check(compare(server, ours, f"{schema}.v1", columns) == 25, "format version 1")
    # A whole partition goes without delete files; a table of a table.
    server.query(f"CREATE TABLE lake.{schema}.parts WITH (partitioning = ARRAY['regionkey']) AS SELECT * FROM tpch.tiny.nation")
    server.query(f"DELETE FROM lake.{schema}.parts WHERE regionkey = 2")
    server.query(f"ALTER TABLE lake.{schema}.parts EXECUTE optimize_manifests")
    check(compare(server, ours, f"{schema}.parts", columns) == 20, "a whole partition deleted")
    server.query(f"TRUNCATE TABLE lake.{schema}.parts")
    check(compare(server, ours, f"{schema}.parts", columns) == 0, "truncated")
    server.query(f"CREATE OR REPLACE TABLE lake.{schema}.parts AS SELECT regionkey, name FROM tpch.tiny.region")
    check(compare(server, ours, f"{schema}.parts", {"regionkey": "bigint", "name": "varchar"}) == 5, "replaced")
    for form in ("ORC", "AVRO"):
        server.query(f"CREATE TABLE lake.{schema}.{form.lower()} WITH (format = '{form}') AS SELECT 1 a")
        message = ours.error(f"SELECT * FROM lake.{schema}.{form.lower()}")
        check(form in message.upper(), f"{form}: {message}")
    server.query(f"CREATE VIEW lake.{schema}.seen AS SELECT 1 a")
    listed = {line.split()[0]: line.split()[-1] for line in ours.tarn("tables").splitlines()[1:]}
    check(listed[f"{schema}.renamed"] == "v2" and listed[f"{schema}.v1"] == "v1", f"{listed}")
    check(listed[f"{schema}.seen"] == "view", f"{listed}")
    check("view" in ours.tarn("describe", f"lake.{schema}.seen", expect=1), "a view is told from a table")
    connection = connect(server, "lake")
    cursor = connection.cursor()
    cursor.execute("SELECT count(*) FROM iceberg_tables WHERE table_namespace = %s AND iceberg_type IS NULL", (schema,))
    check(cursor.fetchone()[0] == 0, "entries of Trino have a type")


def main() -> None:
    server = trino.server()
    ours = Ours(server)
    schema = fresh_schema(server, "written")
    server.query(f"CREATE SCHEMA lake.{schema}")
    evolution(server, ours, schema)
    other_forms(server, ours, schema)
    layouts(server, ours, schema)
    print(f"ok: {len(LAYOUTS)} layouts")


if __name__ == "__main__":
    main()
