# SPDX-License-Identifier: Apache-2.0
"""Whole commands of Tarn and of dbt on a real Trino, as wall time, CPU time, peak memory and ratios.

  walk.py TARN ROWS…
"""
import dataclasses
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/trino")]
import trino  # noqa: E402

CACHE = pathlib.Path(os.environ.get("TARN_CACHE") or pathlib.Path.home() / ".cache/tarn")
DBT = CACHE / "dbt/bin/dbt"
TARN = str(pathlib.Path(sys.argv[1]).resolve())
REPEATS = int(os.environ.get("REPEATS", "3"))
TRINO_HEAP_MB = 6000
SNAPSHOT, MODEL = "postgres_burst_bank_customer_snapshot", "dl_customer_consume"
COLUMNS = (
    "custkey, first_name, last_name, registration_date, street, city, state, postcode, country, phone,"
    " dob, gender, married, ssn, paycheck_dd, estimated_income, fico"
)
PROFILES = """burst_bank:
  target: {target}
  outputs:
    lake: {{type: tarn, database: demo_aws_s3, schema: {schema}, threads: 2}}
    trino: {{type: trino, method: none, host: 127.0.0.1, port: {port}, http_scheme: http, user: walk,
            database: demo_aws_s3, schema: {schema}, threads: 2}}
"""
# The measured commands, in their order.
STEPS = (
    ("first snapshot", "snapshot"),
    ("first run", "run"),
    ("snapshot, nothing changed", "snapshot"),
    ("run, nothing changed", "run"),
    ("snapshot after a batch", "snapshot"),
    ("run after a batch", "run"),
)


@dataclasses.dataclass
class Cost:
    seconds: float
    cpu: float  # of all its processes, in seconds
    peak_mb: float  # of the command itself
    source_rows: int = 0  # that the command made Postgres read


class Bench:
    def __init__(self, work: pathlib.Path):
        self.running = trino.Running(TRINO_HEAP_MB)
        self.server = self.running.server
        self.source = self.server.database("shop")
        self.sides = {"tarn": Side(self, work, "tarn"), "dbt": Side(self, work, "dbt")}

    def server_cpu(self) -> float:
        fields = pathlib.Path(f"/proc/{self.running.children[0].pid}/stat").read_text()
        user, system = fields.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def settle(self) -> None:
        """Trino collects and compiles for a while after each query: waits for that, at most 10 s."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            before = self.server_cpu()
            time.sleep(0.5)
            if self.server_cpu() - before < 0.03:
                return

    def psql(self, *arguments: str) -> str:
        program = shutil.which("psql") or sorted(
            map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))
        )[-1]
        return subprocess.run(
            [program, "-qAt", "-v", "ON_ERROR_STOP=1", self.source, *arguments],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip

    def source_rows_read(self) -> int:
        """Backends report what they read when they end: at most when a second has passed."""
        others = ("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                  " AND pid <> pg_backend_pid()")  # fmt: skip
        end = time.monotonic() + 1
        while self.psql("-c", others).strip() != "0" and time.monotonic() < end:
            time.sleep(0.02)
        return int(self.psql("-c", "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0)"
                             " FROM pg_stat_user_tables WHERE schemaname = 'burst_bank'"))  # fmt: skip


class Side:
    """One of the two, with a copy of the project and schemas of its own."""

    def __init__(self, bench: Bench, work: pathlib.Path, name: str):
        self.bench, self.name, self.schema = bench, name, f"walk_{name}"
        self.folder = work / name
        shutil.copytree(ROOT / "examples/burst_bank", self.folder)
        # The schema of the snapshot is then walk_…_dbt_snapshots.
        (self.folder / "macros/generate_schema_name.sql").unlink()
        port = bench.server.uri.rsplit(":", 1)[1]
        (self.folder / "profiles.yml").write_text(
            PROFILES.format(target="lake" if name == "tarn" else "trino", schema=self.schema, port=port)
        )
        with open(self.folder / "dbt_project.yml", "a") as file:
            file.write("snapshots: {+hard_deletes: invalidate}\n")
        self.environment = {
            **os.environ, "TARN_LAKEHOUSE": "", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "ONSITE_POSTGRES": bench.source, "DEMO_CATALOG": bench.server.database("lake"),
            "DEMO_WAREHOUSE": f"file://{bench.server.warehouse}",
        }  # fmt: skip

    def table(self, name: str) -> str:
        return f"demo_aws_s3.{self.schema}{'_dbt_snapshots' if name == SNAPSHOT else ''}.{name}"

    def clear(self) -> None:
        for name in (SNAPSHOT, MODEL):
            try:
                self.bench.server.query(f"DROP TABLE IF EXISTS {self.table(name)}")
            except RuntimeError as error:
                if "SCHEMA_NOT_FOUND" not in str(error):
                    raise

    def run(self, verb: str) -> Cost:
        program = [TARN] if self.name == "tarn" else [str(DBT)]
        self.bench.settle()
        read, cpu, start = self.bench.source_rows_read(), self.bench.server_cpu(), time.monotonic()
        child = subprocess.Popen([*program, verb], cwd=self.folder, env=self.environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        seconds = time.monotonic() - start
        if status != 0:
            sys.exit(f"{self.name} {verb} failed:\n{output.decode()}")
        cost = Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
        if self.name == "dbt":
            cost.cpu += self.bench.server_cpu() - cpu
        cost.source_rows = self.bench.source_rows_read() - read
        return cost

    def commits(self) -> int:
        table = self.table(SNAPSHOT).replace(SNAPSHOT, f'"{SNAPSHOT}$snapshots"')
        return self.bench.server.query(f"SELECT count(*) FROM {table}")[0][0]


def compare(bench: Bench) -> None:
    """Both sides' rows without the clock's columns, by Trino: counts and order-free sums of hashes."""
    for name, more in ((SNAPSHOT, ", dbt_valid_to IS NULL"), (MODEL, "")):
        answers = [
            bench.server.query(
                f"SELECT count(*), count_if(dbt_valid_to IS NULL), checksum(ROW({COLUMNS}{more}))"
                f" FROM {side.table(name)}"
            )[0]
            for side in bench.sides.values()
        ]
        if answers[0] != answers[1]:
            sys.exit(f"the rows of {name} differ: {answers}")


def walk(bench: Bench, rows: int, number: int) -> list[dict[str, Cost]]:
    """One round: the cost of each step by side."""
    bench.psql("-c", "DROP SCHEMA IF EXISTS burst_bank CASCADE")
    bench.psql("-v", f"customers={rows}", "-f", str(ROOT / "examples/burst_bank/customer.sql"))
    order = list(bench.sides.values())
    for side in order:
        side.clear()
    costs = []
    for index, (_, verb) in enumerate(STEPS):
        if index == 4:
            bench.psql("-v", "batch=1", "-f", str(pathlib.Path(__file__).with_name("batch.sql")))
            bench.psql("-c", "ANALYZE burst_bank.customer")
        before = bench.sides["tarn"].commits() if index == 2 else 0
        if (number + index) % 2:
            order.reverse()  # who comes first changes
        costs.append({side.name: side.run(verb) for side in order})
        if index == 2 and bench.sides["tarn"].commits() != before:
            sys.exit("a snapshot without changes has made a commit")
        if verb == "run":
            compare(bench)
    return costs


def report(rows: int, rounds: list[list[dict[str, Cost]]]) -> None:
    print(f"\n{rows} rows x 17 columns, median of {len(rounds)}; CPU of dbt with that of Trino;"
          " passes over the source\n")  # fmt: skip
    print(f"{'':26} {'Tarn s':>8} {'CPU s':>6} {'peak MB':>8} {'passes':>7}"
          f" {'dbt s':>9} {'CPU s':>7} {'passes':>7} {'ratio s':>8} {'CPU':>6}")  # fmt: skip
    for index, (name, _) in enumerate(STEPS):
        def middle(side: str, what: str) -> float:
            return statistics.median(getattr(costs[index][side], what) for costs in rounds)

        ours, theirs = middle("tarn", "seconds"), middle("dbt", "seconds")
        our_cpu, their_cpu = middle("tarn", "cpu"), middle("dbt", "cpu")
        peak = max(costs[index]["tarn"].peak_mb for costs in rounds)
        print(f"{name:26} {ours:8.2f} {our_cpu:6.2f} {peak:8.0f}"
              f" {middle('tarn', 'source_rows') / rows:7.1f} {theirs:9.2f} {their_cpu:7.2f}"
              f" {middle('dbt', 'source_rows') / rows:7.1f} {theirs / ours:8.1f}"
              f" {their_cpu / our_cpu:6.1f}", flush=True)  # fmt: skip
    whole = {
        side: statistics.median(sum(step[side].seconds for step in costs) for costs in rounds)
        for side in ("tarn", "dbt")
    }
    print(f"{'the whole walk':26} {whole['tarn']:8.2f} {'':6} {'':8} {'':7} {whole['dbt']:9.2f}"
          f" {'':7} {'':7} {whole['dbt'] / whole['tarn']:8.1f}", flush=True)  # fmt: skip


def main() -> None:
    if not DBT.exists():
        trino.skip("dbt is not installed (./dev deps)")
    with tempfile.TemporaryDirectory(prefix="tarn-walk-") as folder:
        try:
            bench = Bench(pathlib.Path(folder))
        except trino.Skipped as why:
            trino.skip(why)
        try:
            walk(bench, 1000, 0)  # the server's code gets warm, the project is parsed once
            for rows in map(int, sys.argv[2:]):
                report(rows, [walk(bench, rows, number) for number in range(REPEATS)])
        finally:
            bench.running.close()


if __name__ == "__main__":
    main()
