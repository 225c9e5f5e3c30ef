# SPDX-License-Identifier: Apache-2.0
"""Wall time, CPU time and peak memory of changes to a big table, as ratios against a peer."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

TARN, ROWS = sys.argv[1], int(sys.argv[2])
ROUNDS = 3
MEMORY = os.environ.get("BENCH_MEMORY", "1GB")
LAYOUTS = {
    "plain": "",
    "sorted": "sorted_by = ARRAY['id']",
    "bucketed": "partitioning = ARRAY['bucket(id, 16)']",
    "bucketed, sorted": "partitioning = ARRAY['bucket(id, 16)'], sorted_by = ARRAY['id']",
}
# Ids are spread over the rows as they are written, so that only a sort order brings them together.
TABLE = """
CREATE TABLE lake.s.big WITH ({options}) AS
SELECT id, id * 7919 % 100003 AS customer, date '2020-01-01' + interval '1' day * (id % 2000) AS day,
       CAST(id * 31 % 1000003 / 100.0 AS decimal(12, 2)) AS price,
       element_at(ARRAY['new', 'paid', 'sent', 'done'], CAST(id % 4 + 1 AS integer)) AS status,
       timestamp '2024-01-01 00:00:00.000000' + interval '1' second * (id % 10000000) AS changed,
       to_hex(md5(to_utf8(CAST(id AS varchar)))) AS note
FROM (SELECT (a * 1000 + b) * 1000003 % {rows} AS id
      FROM UNNEST(sequence(0, {rows} / 1000 - 1)) AS x(a) CROSS JOIN UNNEST(sequence(0, 999)) AS y(b));
"""
CHANGES = """
CREATE OR REPLACE TABLE lake.s.changes AS
SELECT * FROM (
  SELECT ((i * 3 + {round}) * 331) % {rows} AS id, {round} AS customer, date '2025-01-01' AS day,
         CAST(i AS decimal(12, 2)) AS price, 'changed' AS status,
         timestamp '2025-01-01 00:00:00.000000' AS changed, 'n' || CAST(i AS varchar) AS note
  FROM UNNEST(sequence(1, 10000)) AS x(i)
  UNION ALL
  SELECT {rows} + {round} * 1000 + i, {round}, date '2025-01-01', CAST(i AS decimal(12, 2)), 'new',
         timestamp '2025-01-01 00:00:00.000000', 'n' || CAST(i AS varchar)
  FROM UNNEST(sequence(1, 500)) AS x(i));
"""
MERGE = """
MERGE INTO lake.s.big AS t USING lake.s.changes AS s ON t.id = s.id
WHEN MATCHED THEN UPDATE SET customer = s.customer, day = s.day, price = s.price,
  status = s.status, changed = s.changed, note = s.note
WHEN NOT MATCHED THEN INSERT (id, customer, day, price, status, changed, note)
  VALUES (s.id, s.customer, s.day, s.price, s.status, s.changed, s.note)
"""
# The other columns are those of the table.
MERGE_SOME = """
MERGE INTO lake.s.big AS t USING lake.s.changes AS s ON t.id = s.id
WHEN MATCHED AND t.price <> s.price THEN UPDATE SET price = s.price, status = s.status
WHEN MATCHED AND s.id % 10 = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET day = s.day
"""
UPDATE = "UPDATE lake.s.big SET price = price + 1, status = 'more' WHERE customer % 100 = {round}"
DELETE = "DELETE FROM lake.s.big WHERE customer % 100 = {round} + 50"
SNAPSHOTS = 'SELECT count(*) FROM lake.s."big$snapshots"'
PEER = """
import sys, duckdb
connection = duckdb.connect(config={"threads": "2", "memory_limit": "1GB"})
files, changes, target = sys.argv[1].split("\\n"), sys.argv[2].split("\\n"), sys.argv[3]
connection.execute("SET preserve_insertion_order = false")
connection.execute(f'''COPY (
  SELECT t.* FROM read_parquet({files}, hive_partitioning = false) t
  ANTI JOIN read_parquet({changes}) s USING (id)
  UNION ALL SELECT * FROM read_parquet({changes}))
  TO '{target}' (FORMAT parquet, COMPRESSION zstd, PER_THREAD_OUTPUT)''')
"""


def measure(command: list[str], cwd: str) -> tuple[float, float, float, str]:
    """Seconds, CPU seconds, peak MB and output of a child process."""
    start = time.monotonic()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    if status != 0:
        sys.exit(f"{command[:2]} failed:\n{output}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output


class Lake:
    def __init__(self, folder: str):
        self.folder = folder
        (pathlib.Path(folder) / "tarn.yml").write_text(
            "catalogs: {lake: {type: iceberg, catalog: 'sqlite:///c.db', warehouse: w}}\n"
            f"limits: {{memory: {MEMORY}, threads: 2}}\n"
        )

    def run(self, sql: str) -> tuple[float, float, float, str]:
        return measure([TARN, "query", "--output", "tsv", sql], self.folder)

    def rows(self, sql: str) -> list[str]:
        return self.run(sql)[3].split("\n")[1:-1]

    def files(self, table: str) -> list[str]:
        return self.rows(f'SELECT file_path FROM lake.s."{table}$files" WHERE content = 0')


def show(name: str, runs: list[tuple[float, float, float, str]], base: tuple[float, float]) -> None:
    wall, cpu, peak = min(r[0] for r in runs), min(r[1] for r in runs), max(r[2] for r in runs)
    print(f"{name:34} {wall:8.2f} {wall / base[0]:6.2f} {cpu:8.2f} {cpu / base[1]:6.2f} {peak:8.0f}",
          flush=True)  # fmt: skip


def judge(lake: Lake, commits: int) -> None:
    """The changes of all rounds are there, once each, one commit for each statement."""
    wrong = []
    expected = str(ROUNDS * 500)
    if (got := lake.rows(f"SELECT count(*) FROM lake.s.big WHERE id >= {ROWS}")) != [expected]:
        wrong.append(f"new keys: {got} instead of {expected}")
    if (got := lake.rows("SELECT count(*), count(DISTINCT id) FROM lake.s.big")) != [
        f"{ROWS + ROUNDS * 500}\t{ROWS + ROUNDS * 500}"
    ]:
        wrong.append(f"rows and keys: {got}")
    sql = "SELECT count(*) FROM lake.s.big WHERE status = 'changed'"
    if (got := lake.rows(sql)) != [str(ROUNDS * 10000)]:
        wrong.append(f"changed rows: {got}")
    if (got := lake.rows(SNAPSHOTS)) != [str(commits)]:
        wrong.append(f"snapshots: {got} instead of {commits}")
    if wrong:
        sys.exit("wrong: " + "; ".join(wrong))


def bench(layout: str, options: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(folder)
        lake.run("CREATE SCHEMA lake.s")
        text = TABLE.replace(" WITH ({options})", "") if not options else TABLE
        made = lake.run(text.format(options=options, rows=ROWS))
        merges, some, peers, updates, deletes = [], [], [], [], []
        originals = lake.files("big")
        for number in range(ROUNDS):
            lake.run(CHANGES.format(rows=ROWS, round=number))
            changes = lake.files("changes")
            target = f"{folder}/peer{number}"
            peers.append(measure([sys.executable, "-c", PEER, "\n".join(originals),
                                  "\n".join(changes), target], folder))  # fmt: skip
            merges.append(lake.run(MERGE))
        judge(lake, 1 + ROUNDS)
        for number in range(ROUNDS):
            lake.run(CHANGES.format(rows=ROWS, round=number + ROUNDS))
            some.append(lake.run(MERGE_SOME))
            updates.append(lake.run(UPDATE.format(round=number)))
            deletes.append(lake.run(DELETE.format(round=number)))
        base = (min(r[0] for r in peers), min(r[1] for r in peers))
        print(f"\n{layout}: {len(originals)} files")
        show("DuckDB writes all files anew", peers, base)
        show("MERGE of 10,000 + 500 keys", merges, base)
        show("MERGE that changes two columns", some, base)
        show("UPDATE of 1 %", updates, base)
        show("DELETE of 1 %", deletes, base)
        show("(CREATE TABLE AS)", [made], base)


def main() -> None:
    wanted = sys.argv[3:] or list(LAYOUTS)
    print(f"{ROWS} rows x 7 columns, memory limit {MEMORY}, best of {ROUNDS}")
    print(f"{'':34} {'wall s':>8} {'ratio':>6} {'CPU s':>8} {'ratio':>6} {'peak MB':>8}")
    for layout in wanted:
        bench(layout, LAYOUTS[layout])


if __name__ == "__main__":
    main()
