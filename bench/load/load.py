# SPDX-License-Identifier: Apache-2.0
"""Wall time, CPU time of the client and peak memory of a load, as ratios against its peers."""
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import psycopg2

URL, TARN, ROWS = sys.argv[1], sys.argv[2], int(sys.argv[3])
EXTENSIONS = pathlib.Path(TARN).resolve().parents[1] / "lib/extensions"
SETUP = """
CREATE UNLOGGED TABLE lineitem (
  l_orderkey bigint, l_partkey int, l_suppkey int, l_linenumber int, l_quantity numeric(12,2),
  l_extendedprice numeric(12,2), l_discount numeric(12,2), l_tax numeric(12,2), l_returnflag char(1),
  l_linestatus char(1), l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct char(25),
  l_shipmode char(10), l_comment varchar(44));
INSERT INTO lineitem
SELECT i / 4, i::bigint * 7919 % 200000, i::bigint * 104729 % 10000, i % 7 + 1, i % 50 + 1,
       (i::bigint * 31 % 10000000) / 100.0, (i % 11) / 100.0, (i % 9) / 100.0,
       substr('ANR', i % 3 + 1, 1), substr('OF', i % 2 + 1, 1),
       date '1992-01-01' + i % 9125, date '1992-01-31' + i % 9125, date '1992-02-10' + i % 9125,
       (ARRAY['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'])[i % 4 + 1],
       (ARRAY['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'])[i % 7 + 1],
       substr(md5(i::text) || md5((i * 3)::text), 1, 20 + i % 24)
FROM generate_series(1, {rows}) i;
ANALYZE lineitem;
"""
DRAIN = """
import os, sys
import psycopg2
class Nowhere:
    def write(self, data): return len(data)
connection = psycopg2.connect(sys.argv[1])
connection.cursor().copy_expert("COPY lineitem TO STDOUT (FORMAT binary)", Nowhere(), size=1 << 20)
"""
SCANNER = """
import duckdb, sys
url, extensions, target = sys.argv[1:]
connection = duckdb.connect(config={"allow_unsigned_extensions": "false", "threads": "2",
                                    "memory_limit": "1GB"})
connection.execute("SET autoinstall_known_extensions = false")
connection.execute(f"LOAD '{extensions}/postgres_scanner.duckdb_extension'")
connection.execute(f"ATTACH '{url}' AS pg (TYPE postgres, READ_ONLY)")
connection.execute(f"COPY (SELECT * FROM pg.public.lineitem) TO '{target}' (FORMAT parquet, COMPRESSION zstd, PER_THREAD_OUTPUT)")
"""


def measure(command: list[str], cwd: str) -> tuple[float, float, float]:
    """Seconds, CPU seconds, peak MB of a child process."""
    start = time.monotonic()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             env={**os.environ, "TARN_LAKEHOUSE": ""})
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    if status != 0:
        sys.exit(f"{command[:2]} failed:\n{output.decode()}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def best(command_of, times: int = 3) -> tuple[float, float, float]:
    runs = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "tarn.yml").write_text(
                "catalogs: {lake: {type: iceberg, catalog: 'sqlite:///c.db', warehouse: w}}\n"
                "limits: {memory: 250MB, threads: 2}\n"
            )
            runs.append(measure(command_of(folder), folder))
    return min(r[0] for r in runs), min(r[1] for r in runs), max(r[2] for r in runs)


def main() -> None:
    with psycopg2.connect(URL) as connection:
        connection.cursor().execute(SETUP.replace("{rows}", str(ROWS)))
    connection.close()
    migrate = [TARN, "migrate", URL, "--table", "lineitem", "--into", "lake.bench", "--jobs", "2"]
    month = ["--partition-by", "month(l_shipdate)"]
    cases = {
        "COPY binary, drained by one client": lambda f: [sys.executable, "-c", DRAIN, URL],
        "tarn migrate, 2 workers": lambda f: migrate,
        "tarn migrate, 300 month partitions": lambda f: migrate + month,
        "tarn migrate, sorted by l_partkey": lambda f: migrate + ["--sort-by", "l_partkey"],
        "DuckDB postgres extension to Parquet": lambda f: [
            sys.executable, "-c", SCANNER, URL, str(EXTENSIONS), f + "/out"],
    }  # fmt: skip
    base = None
    print(f"{ROWS} rows x 16 columns, best of 3\n")
    print(f"{'':40} {'wall s':>8} {'ratio':>6} {'CPU us/row':>11} {'peak MB':>8}")
    for name, command in cases.items():
        wall, cpu, peak = best(command)
        base = base or wall
        print(f"{name:40} {wall:8.2f} {wall / base:6.2f} {cpu / ROWS * 1e6:11.2f} {peak:8.0f}", flush=True)


if __name__ == "__main__":
    main()
