# SPDX-License-Identifier: Apache-2.0
"""The same statements, one after the other, in two schemas of one lake: a real Trino runs them in one,
`tarn query` in the other. Every answer and every error must be the same, and in the end each side
reads both schemas alike."""
import json
import re
import subprocess

from both import Ours, check, connect, fresh_schema, services, trino

SETUP = """
DROP SCHEMA IF EXISTS twins CASCADE;
CREATE SCHEMA twins;
CREATE TABLE twins.people (id bigint PRIMARY KEY, name varchar(20) NOT NULL, born date, pay numeric(10,2), seen timestamp);
INSERT INTO twins.people SELECT i, 'name ' || i % 17, date '1950-01-01' + i * 37, i * 11.25, timestamp '2024-01-01' + i * interval '7 hours'
  FROM generate_series(1, 200) i;
INSERT INTO twins.people VALUES (0, '', NULL, NULL, NULL);
"""
# `$s` is the schema. Lines that begin with `?` have rows in no order.
SCRIPT = """
CREATE TABLE $s.plain (id bigint NOT NULL COMMENT 'the key', name varchar, n decimal(12, 3), d date, ts timestamp(6), z timestamp(6) with time zone, ok boolean, x double) COMMENT 'for everyone' WITH (partitioning = ARRAY['bucket(id, 3)', 'month(d)'], sorted_by = ARRAY['name DESC NULLS LAST'])
CREATE TABLE $s.plain (a bigint)
CREATE TABLE IF NOT EXISTS $s.plain (a bigint)
INSERT INTO $s.plain VALUES (1, 'one', 1.5, DATE '2024-01-31', TIMESTAMP '2024-01-31 10:00:00.123456', TIMESTAMP '2024-01-31 10:00:00 Europe/Paris', true, 1e0), (2, NULL, NULL, NULL, NULL, NULL, NULL, nan())
INSERT INTO $s.plain (id, name) SELECT id, name FROM shop.twins.people WHERE id BETWEEN 3 AND 60
INSERT INTO $s.plain (name) VALUES ('no key')
INSERT INTO $s.plain (id, name) VALUES ('x', 'y')
INSERT INTO $s.plain (id, nope) VALUES (1, 2)
?SELECT * FROM $s.plain WHERE id < 12
?SELECT partition.d_month, sum(record_count) FROM $s."plain$partitions" GROUP BY 1
UPDATE $s.plain SET n = id / 3.0, d = DATE '2024-02-01' + id * INTERVAL '1' DAY WHERE id % 4 = 0
?SELECT id, n, d FROM $s.plain WHERE n IS NOT NULL
DELETE FROM $s.plain WHERE name = 'name 7' OR id = 2
MERGE INTO $s.plain t USING shop.twins.people s ON t.id = s.id WHEN MATCHED AND s.id % 5 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET n = s.pay, ts = s.seen WHEN NOT MATCHED AND s.id > 190 THEN INSERT (id, name, d) VALUES (s.id, upper(s.name), s.born)
?SELECT * FROM $s.plain
MERGE INTO $s.plain t USING (VALUES 1, 1) s(id) ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = 'twice'
SELECT count(*), sum(id), sum(n), min(d), max(ts), count(DISTINCT name) FROM $s.plain
?SELECT d, count(*), sum(n) OVER (ORDER BY d) FROM (SELECT d, avg(n) n FROM $s.plain GROUP BY d) GROUP BY d, n
?SELECT p.name, count(t.id), sum(p.pay) FROM shop.twins.people p LEFT JOIN $s.plain t ON t.id = p.id GROUP BY p.name HAVING count(*) > 3
SELECT id, name FROM $s.plain ORDER BY name DESC, id LIMIT 5
SELECT sum(record_count) FROM $s."plain$files" WHERE content = 0 AND false
DESCRIBE $s.plain
SHOW CREATE TABLE $s.plain
ALTER TABLE $s.plain ADD COLUMN more row(a integer, b varchar) COMMENT 'nested'
ALTER TABLE $s.plain ADD COLUMN more integer
ALTER TABLE $s.plain RENAME COLUMN name TO title
ALTER TABLE $s.plain DROP COLUMN x
ALTER TABLE $s.plain DROP COLUMN d
ALTER TABLE $s.plain ALTER COLUMN n SET DATA TYPE decimal(20, 3)
INSERT INTO $s.plain (id, n, more) VALUES (500, 12345678901234567.125, ROW(7, 'b'))
?SELECT id, title, n, more FROM $s.plain WHERE id IN (1, 500)
SELECT more.a, more.b FROM $s.plain WHERE more.a > 1
COMMENT ON COLUMN $s.plain.ok IS 'fine'
COMMENT ON TABLE $s.plain IS NULL
DESCRIBE $s.plain
CREATE TABLE $s.copy WITH (partitioning = ARRAY['ok']) AS SELECT id, title, ok, n FROM $s.plain WHERE id > 20
?SELECT * FROM $s.copy
CREATE TABLE $s.shaped (LIKE $s.copy, extra date)
DESCRIBE $s.shaped
CREATE VIEW $s.seen COMMENT 'a view' AS SELECT id, upper(title) AS title FROM $s.copy WHERE n > 10
?SELECT * FROM $s.seen
SHOW CREATE VIEW $s.seen
CREATE OR REPLACE VIEW $s.seen AS SELECT count(*) AS n FROM $s.copy
SELECT * FROM $s.seen
DROP TABLE $s.seen
DROP VIEW $s.copy
ALTER TABLE $s.shaped RENAME TO $s.formed
?SHOW TABLES FROM $s
?SELECT table_name, column_name, ordinal_position, data_type, is_nullable FROM lake.information_schema.columns WHERE table_schema = '$n'
DELETE FROM $s.copy WHERE ok
TRUNCATE TABLE $s.copy
SELECT count(*) FROM $s.copy
DROP TABLE $s.formed
DROP TABLE $s.formed
DROP SCHEMA $s
CREATE TABLE $s.t WITH (partitioning = ARRAY['truncate(name, 5)']) AS SELECT id, name, born, pay, seen FROM shop.twins.people
SHOW STATS FOR $s.t
?SELECT * FROM $s.t WHERE pay > (SELECT avg(pay) FROM $s.t) AND born IS NOT NULL
DELETE FROM $s.t WHERE id IN (SELECT id FROM shop.twins.people WHERE id % 6 = 0)
UPDATE $s.t SET pay = (SELECT max(pay) FROM shop.twins.people) WHERE born < DATE '1955-01-01'
?SELECT name, count(*), approx_distinct(id), avg(pay), stddev(pay), min_by(id, pay), array_agg(id ORDER BY id) FROM $s.t GROUP BY name
?SELECT id, row_number() OVER (PARTITION BY name ORDER BY pay DESC, id), lag(pay) OVER (PARTITION BY name ORDER BY id) FROM $s.t
?SELECT year(born), month(born), date_trunc('month', seen), date_diff('day', born, DATE '2024-01-01'), format_datetime(seen, 'yyyy-MM') FROM $s.t
SELECT name, grouping(name), sum(pay) FROM $s.t GROUP BY GROUPING SETS ((name), ()) ORDER BY name NULLS FIRST, 3
?SELECT a.id, b.id AS other FROM $s.t a JOIN $s.t b ON a.name = b.name AND a.id < b.id WHERE a.id < 20
?WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT r.n, t.name FROM r LEFT JOIN $s.t t ON t.id = r.n
?SELECT t.id, u.x FROM $s.t t CROSS JOIN UNNEST(sequence(1, t.id)) AS u(x) WHERE t.id < 6
?SELECT id FROM $s.t EXCEPT SELECT id FROM shop.twins.people WHERE id > 100
SELECT count(*) FROM $s.t WHERE seen BETWEEN TIMESTAMP '2024-01-05 00:00:00' AND TIMESTAMP '2024-01-20 12:30:00'
SELECT count(*) FROM $s.t WHERE regexp_like(name, '1[0-3]$')
CREATE TABLE shop.twins.$n (id bigint, v varchar(10), d date, n decimal(8, 2))
INSERT INTO shop.twins.$n VALUES (1, 'a', DATE '2024-01-01', 1.5), (2, NULL, NULL, NULL)
INSERT INTO shop.twins.$n SELECT id, substr(name, 1, 10), born, pay FROM $s.t WHERE id BETWEEN 10 AND 20
DELETE FROM shop.twins.$n WHERE id > 15
?SELECT * FROM shop.twins.$n
DESCRIBE shop.twins.$n
INSERT INTO $s.t (id, name) SELECT id, v FROM shop.twins.$n
SELECT count(*), count(DISTINCT id) FROM $s.t
DROP TABLE shop.twins.$n
ALTER TABLE $s.t SET PROPERTIES partitioning = ARRAY['bucket(id, 2)']
INSERT INTO $s.t (id, name) VALUES (900, 'after'), (901, 'after')
?SELECT * FROM $s.t WHERE id >= 900
ALTER TABLE $s.t EXECUTE optimize
SELECT count(*), sum(id) FROM $s.t
SELECT nope FROM $s.plain
SELECT id + title FROM $s.plain
SELECT 1 / 0 FROM $s.plain
SELECT * FROM $s.missing
"""


def same_text(value, schema: str):
    """What the two schemas and their files may differ in."""
    if not isinstance(value, str):
        return value
    value = value.replace(schema, "SCHEMA")
    return re.sub(r"(location = ')[^']*", r"\1…", value)


class Twin:
    def __init__(self, server: trino.Server, ours: Ours, schema: str) -> None:
        self.server, self.ours, self.schema = server, ours, schema

    def by_trino(self, sql: str):
        try:
            return self.server.query(sql)
        except RuntimeError as error:
            return str(error).partition(":")[0]

    def by_us(self, sql: str):
        done = subprocess.run(
            [services.TARN, "query", "--lakehouse", str(self.ours.config), "-o", "jsonl", sql],
            capture_output=True, text=True, cwd=self.ours.folder.name, timeout=300,
        )  # fmt: skip
        if done.returncode == 0:
            lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
            return [list(json.loads(line).values()) for line in lines]
        message = done.stderr.partition("error: ")[2]
        return message.partition(":")[0] if ":" in message else done.stderr

    def run(self, sql: str, ours: bool):
        sql = sql.replace("$s", f"lake.{self.schema}").replace("$n", self.schema)
        answer = self.by_us(sql) if ours else self.by_trino(sql)
        if isinstance(answer, str):
            return answer
        return [[same_text(value, self.schema) for value in row] for row in answer]


def is_query(sql: str) -> bool:
    return sql.split()[0] in ("SELECT", "SHOW", "DESCRIBE", "WITH", "VALUES")


def known(sql: str, row: list) -> list:
    """Sizes in bytes and counts of distinct values are not the same on purpose."""
    return row[:1] + row[3:] if sql.startswith("SHOW STATS") else row


def compare(what: str, sql: str, theirs, ours, ordered: bool) -> list[str]:
    if isinstance(theirs, str) or isinstance(ours, str):
        same = theirs == ours
    elif not is_query(sql):
        same = True
    else:
        order = (lambda rows: rows) if ordered else (lambda rows: sorted(rows, key=json.dumps))
        theirs, ours = [known(sql, row) for row in theirs], [known(sql, row) for row in ours]
        # NaN differs from itself, its text does not.
        same = json.dumps(order(theirs)) == json.dumps(order(ours))
    return [] if same else [f"{what}: {sql}\n  Trino {str(theirs)[:600]}\n  ours  {str(ours)[:600]}"]


def main() -> None:
    server = trino.server()
    ours = Ours(server)
    if " query " not in ours.tarn("--help"):
        trino.skip("this program has no `query`")
    connect(server, "shop").cursor().execute(SETUP)
    twins = [Twin(server, ours, fresh_schema(server, name)) for name in ("twin_there", "twin_here")]
    for twin, ours_runs in zip(twins, (False, True)):
        answer = twin.run("CREATE SCHEMA $s", ours_runs)
        check(not isinstance(answer, str), f"CREATE SCHEMA: {answer}")
    different, count = [], 0
    for line in SCRIPT.strip().splitlines():
        ordered, sql = line[0] != "?", line.removeprefix("?")
        theirs, mine = twins[0].run(sql, False), twins[1].run(sql, True)
        different += compare("statement", sql, theirs, mine, ordered)
        count += 1
        if is_query(sql) and not isinstance(theirs, str):
            # Each side reads what the other one made.
            different += compare("Trino on ours", sql, theirs, twins[1].run(sql, False), ordered)
            different += compare("ours on Trino's", sql, theirs, twins[0].run(sql, True), ordered)
    check(not different, "\n".join(different))
    print(f"ok: {count} statements")


if __name__ == "__main__":
    main()
