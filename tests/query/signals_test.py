# SPDX-License-Identifier: Apache-2.0
"""`tarn query` without a terminal: SIGINT stops it at once and leaves nothing behind, a reader who
leaves ends it quietly.

usage: signals_test.py TARN
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "migrate"))
import services  # noqa: E402

TARN = os.path.abspath(sys.argv[1])
LIMIT_S = float(os.environ.get("TARN_CANCEL_SECONDS", "1"))
CROSS = "select count(*) from tpch.tiny.lineitem a, tpch.tiny.lineitem b where a.comment < b.comment"


def start(folder, sql, **options):
    file = pathlib.Path(folder, "statement.sql")
    file.write_text(sql + ";\n")
    return subprocess.Popen([TARN, "query", "-f", str(file)], cwd=folder, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **options)


def interrupt(folder, name, sql, after):
    child = start(folder, sql)
    time.sleep(after)
    if child.poll() is not None:
        services.check(False, f"{name}: ended before it was interrupted: {sql}\n{child.communicate()}")
    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    took = time.monotonic() - began
    services.check(child.returncode == 130, f"{name}: exit code {child.returncode}\n{err}")
    services.check("USER_CANCELED" in err, f"{name}: {err}")
    services.check(out == "", f"{name}: {out}")
    print(f"{name}: {1000 * took:.0f} ms")
    services.check(took < LIMIT_S, f"{name}: cancelled too late, {took:.2f} s")


def query(folder, sql):
    return services.run("query", "-o", "csv", sql, cwd=folder).splitlines()[1:]


def files(folder):
    return sorted(str(path) for path in pathlib.Path(folder, "lake/warehouse").rglob("*") if path.is_file())


def main():
    services.TARN = TARN
    url = services.postgres()
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        pathlib.Path(folder, "tarn.yml").write_text(f"""catalogs:
  lake: {{type: iceberg, catalog: sqlite:///lake/catalog.db, warehouse: lake/warehouse}}
  tpch: {{type: tpch}}
  pg: {{type: postgres, url: "{url}"}}
""")
        services.run("query", "create schema lake.s; create table lake.s.t as select 1 as a; "
                     "call pg.system.execute(query => 'create table big as select g, md5(g::text) as m from "
                     "generate_series(1, 3000000) g')", cwd=folder)
        before = files(folder)
        interrupt(folder, "cross join", CROSS, 6)
        interrupt(folder, "Postgres read", "select max(length(m || 'x')) from pg.public.big a, unnest(sequence(1, 5000)) u(n)"
                  " where length(m) > 3", 1.5)
        interrupt(folder, "Postgres computes",
                  "select * from table(pg.system.query(query => 'select pg_sleep(60)::text as a'))", 1.5)
        interrupt(folder, "create table as",
                  "create table lake.s.c as select a.g, a.m, b.n from pg.public.big a, unnest(sequence(1, 5000)) b(n)", 3)
        interrupt(folder, "insert", "insert into lake.s.t select a.g from pg.public.big a, unnest(sequence(1, 5000)) b(n)", 3)
        services.check(files(folder) == before, f"files left: {set(files(folder)) - set(before)}")
        services.check(query(folder, "show tables from lake.s") == ["t"], "a table was left")
        services.check(query(folder, "select count(*) from lake.s.\"t$snapshots\"") == ["1"], "a commit was left")
        services.check(query(folder, "select count(*) from lake.s.t") == ["1"], "rows were left")

        # A reader who leaves: no message, and not for ever.
        child = start(folder, "select * from pg.public.big")
        child.stdout.close()
        child.stdout = None
        err = child.communicate(timeout=120)[1]
        services.check(err == "" and child.returncode == 0, f"closed pipe: {child.returncode} {err}")
        done = subprocess.run(f"'{TARN}' query -o csv 'select * from tpch.tiny.orders' | head -n 2 | wc -l", shell=True,
                              cwd=folder, capture_output=True, text=True)
        services.check((done.stdout.strip(), done.stderr) == ("2", ""), f"head: {done.stdout} {done.stderr}")
        # A full disk is an error.
        with open("/dev/full", "w") as full:
            done = subprocess.run([TARN, "query", "select 1"], cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True)
        services.check(done.returncode == 1 and "cannot be written" in done.stderr, f"full disk: {done.returncode}")
    print("ok")


if __name__ == "__main__":
    main()
