#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Trino on loopback over a throw-away Postgres and a lake in a folder, for tests.

  trino.py serve          starts it, prints one line of JSON, stops it when standard input ends
  trino.py start STATE    starts it in the background and writes that line to the file STATE; it ends
                          when the program that called this ends, or when STATE is removed
  trino.py stop STATE     ends it
  trino.py lakehouse STATE  prints a tarn.yml with the same catalogs
  trino.py sql 'SELECT …' asks the server of $TARN_TEST_TRINO and prints the rows, for a look by hand

Catalogs of the server: `lake` (iceberg; its catalog is the database `lake` of the Postgres, its
catalog_name `lake`, files below `warehouse`), `shop` (the Postgres database `shop`), `tpch`, `memory`;
for the example project `demo_aws_s3` (as `lake`, by that catalog_name) and `onsite_postgres` (`shop`).
A test calls server(): that of $TARN_TEST_TRINO (a STATE file) if it runs, else one of its own. Exit
code 77: there is no JDK, or `./dev deps trino` has not brought the server.
"""
import atexit
import base64
import ctypes
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = pathlib.Path(os.environ.get("TARN_CACHE") or pathlib.Path.home() / ".cache/tarn") / "trino-476"
HEAP_MB = int(os.environ.get("TARN_TRINO_HEAP_MB", "900"))  # more for recordings in bulk
START_SECONDS_MAX = 400  # 20 on a machine that has nothing else to do


class Skipped(Exception):
    pass


@dataclasses.dataclass
class Server:
    uri: str
    postgres: str  # URL without a database
    warehouse: str  # of the catalog `lake`; an absolute folder

    def database(self, name: str) -> str:
        return f"{self.postgres}/{name}"

    def lakehouse(self) -> str:
        """The text of a tarn.yml with the same catalogs."""
        return (
            "catalogs:\n"
            f"  lake: {{type: iceberg, catalog: '{self.database('lake')}',"
            f" warehouse: 'file://{self.warehouse}'}}\n"
            f"  shop: {{type: postgres, url: '{self.database('shop')}'}}\n"
        )

    def query(self, sql: str, **session) -> list[list]:
        return self.answer(sql, **session)[1]

    def answer(self, sql: str, catalog: str = "lake", schema: str = "", user: str = "test"):
        """Names of columns and rows; a failed statement is a RuntimeError with Trino's name."""
        headers = {"X-Trino-User": user, "X-Trino-Catalog": catalog, "X-Trino-Source": "judge",
                   "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME"}  # fmt: skip
        if schema:
            headers["X-Trino-Schema"] = schema
        request = urllib.request.Request(
            self.uri + "/v1/statement", data=sql.encode(), headers=headers, method="POST"
        )
        names, rows = [], []
        while True:
            with urllib.request.urlopen(request, timeout=180) as response:
                page = json.load(response)
            if "error" in page:
                raise RuntimeError(f"{page['error']['errorName']}: {page['error']['message']}\n{sql}")
            names = [column["name"] for column in page.get("columns", [])] or names
            rows += page.get("data", [])
            if "nextUri" not in page:
                return names, rows
            request = urllib.request.Request(page["nextUri"], headers=headers)


# --- the server -----------------------------------------------------------------------------------

CATALOG_TABLES = """
CREATE TABLE iceberg_tables (catalog_name varchar(255) NOT NULL, table_namespace varchar(255) NOT NULL,
  table_name varchar(255) NOT NULL, metadata_location varchar(1000),
  previous_metadata_location varchar(1000), iceberg_type varchar(5),
  PRIMARY KEY (catalog_name, table_namespace, table_name));
CREATE TABLE iceberg_namespace_properties (catalog_name varchar(255) NOT NULL,
  namespace varchar(255) NOT NULL, property_key varchar(255), property_value varchar(1000),
  PRIMARY KEY (catalog_name, namespace, property_key));
"""


def _configuration(
    folder: pathlib.Path, port: int, postgres: str, s3: tuple[str, str, str], heap_mb: int
) -> None:
    host = postgres.rpartition("@")[2]
    secret = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
    endpoint, key, secret_key = s3
    query_mb, headroom_mb = heap_mb * 4 // 9, heap_mb // 6
    files = {
        "config.properties": {
            "coordinator": "true", "node-scheduler.include-coordinator": "true",
            "http-server.http.port": port, "discovery.uri": f"http://127.0.0.1:{port}",
            "node.internal-address": "127.0.0.1", "node.bind-ip": "127.0.0.1",
            "query.min-expire-age": "10s",
            "query.max-memory": f"{query_mb}MB", "query.max-memory-per-node": f"{query_mb}MB",
            "memory.heap-headroom-per-node": f"{headroom_mb}MB", "catalog.management": "static",
            "web-ui.enabled": "false", "task.concurrency": 2, "task.max-worker-threads": 4,
            "protocol.spooling.enabled": "true", "protocol.spooling.shared-secret-key": secret,
            "protocol.spooling.retrieval-mode": "coordinator_proxy",
        },
        "spooling-manager.properties": {
            "spooling-manager.name": "filesystem", "fs.s3.enabled": "true",
            "fs.location": "s3://lake/spooled/", "fs.segment.encryption": "false",
            "s3.endpoint": f"http://{endpoint}", "s3.region": "us-east-1",
            "s3.path-style-access": "true", "s3.aws-access-key": key, "s3.aws-secret-key": secret_key,
        },
        # The names of the example project stand for the same databases.
        **{f"catalog/{name}.properties": {
            "connector.name": "iceberg", "iceberg.catalog.type": "jdbc",
            "iceberg.jdbc-catalog.catalog-name": name, "iceberg.jdbc-catalog.schema-version": "V1",
            "iceberg.jdbc-catalog.driver-class": "org.postgresql.Driver",
            "iceberg.jdbc-catalog.connection-url": f"jdbc:postgresql://{host}/lake",
            "iceberg.jdbc-catalog.connection-user": "postgres",
            "iceberg.jdbc-catalog.connection-password": "postgres",
            "iceberg.jdbc-catalog.default-warehouse-dir": f"file://{folder}/warehouse",
            "iceberg.register-table-procedure.enabled": "true",
            "iceberg.expire-snapshots.min-retention": "0s",
            "iceberg.remove-orphan-files.min-retention": "0s", "fs.hadoop.enabled": "true",
        } for name in ("lake", "demo_aws_s3")},
        **{f"catalog/{name}.properties": {
            "connector.name": "postgresql", "connection-url": f"jdbc:postgresql://{host}/shop",
            "connection-user": "postgres", "connection-password": "postgres",
        } for name in ("shop", "onsite_postgres")},
        "catalog/tpch.properties": {"connector.name": "tpch", "tpch.splits-per-node": 2},
        "catalog/memory.properties": {"connector.name": "memory"},
        "log.properties": {"io.trino": "WARN", "io.airlift": "WARN", "org.apache": "WARN"},
    }  # fmt: skip
    (folder / "etc/catalog").mkdir(parents=True)
    (folder / "warehouse").mkdir()
    for name, properties in files.items():
        text = "".join(f"{key}={value}\n" for key, value in properties.items())
        (folder / "etc" / name).write_text(text)


def _command(folder: pathlib.Path, jdk: str, heap_mb: int) -> list[str]:
    # Tests want a small server that is soon there; a benchmark gives it more and its best code.
    compiler = ["-XX:ReservedCodeCacheSize=96m", "-XX:TieredStopAtLevel=1"]
    if heap_mb > HEAP_MB:
        compiler = ["-XX:ReservedCodeCacheSize=512m"]
    return [
        f"{jdk}/bin/java", f"-Xmx{heap_mb}m", f"-Xms{heap_mb // 2}m", "-XX:+UseG1GC",
        *compiler, "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError", "-XX:+EnableDynamicAgentLoading", "-Dfile.encoding=UTF-8",
        "-Djdk.attach.allowAttachSelf=true", "-Djdk.nio.maxCachedBufferSize=2000000",
        "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dnode.environment=test", "-Dnode.id=judge", f"-Dnode.data-dir={folder}/data",
        f"-Dconfig={folder}/etc/config.properties", f"-Dlog.levels-file={folder}/etc/log.properties",
        f"-Dcatalog.config-dir={folder}/etc/catalog", f"-Dplugin.dir={HOME}/plugin",
        f"-Dsecretstore.plugin.dir={HOME}/secrets-plugin",
        f"-Dspooling-manager.config-file={folder}/etc/spooling-manager.properties",
        "-cp", f"{HOME}/lib/*", "io.trino.server.TrinoServer",
    ]  # fmt: skip


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _service(command: list[str]) -> tuple[subprocess.Popen, str]:
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    line = child.stdout.readline().strip()
    if not line:
        child.wait()
        raise Skipped(f"{command[-1]} could not be started")
    return child, line


class Running:
    """A server of this process. Ends with close(), or with the process in whatever way."""

    def __init__(self, heap_mb: int = HEAP_MB) -> None:
        self.heap_mb = heap_mb
        self.children: list[subprocess.Popen] = []
        self.services: list[subprocess.Popen] = []
        self.folder = None
        jdk = subprocess.run(
            [ROOT / "tests/trino/jdk.sh"], capture_output=True, text=True
        ).stdout.strip()
        if not jdk:
            raise Skipped("the real Trino needs a JDK 24 or later (JAVA_HOME, or below /usr/lib/jvm)")
        if not list(HOME.glob(".stamp-*")):
            raise Skipped(f"the real Trino is not in {HOME}: run `./dev deps trino`")
        try:
            self.server = self._start(jdk)
        except BaseException:
            self.close()
            raise

    def _start(self, jdk: str) -> Server:
        postgres, url = _service([str(ROOT / "tests/services/postgres.sh")])
        self.services.append(postgres)
        s3, line = _service([sys.executable, str(ROOT / "tests/services/s3.py")])
        self.services.append(s3)
        url = url.rpartition("/")[0]
        import psycopg2

        for name, tables in (("lake", CATALOG_TABLES), ("shop", "")):
            connection = psycopg2.connect(f"{url}/postgres")
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {name}")
            connection.close()
            connection = psycopg2.connect(f"{url}/{name}")
            connection.autocommit = True
            if tables:
                connection.cursor().execute(tables)
            connection.close()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tarn-trino-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        _configuration(self.folder, port, url, tuple(line.split()), self.heap_mb)
        log = open(self.folder / "server.log", "w")
        java = subprocess.Popen(
            _command(self.folder, jdk, self.heap_mb), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
            stderr=subprocess.STDOUT, preexec_fn=_die_with_parent,
        )  # fmt: skip
        self.children.append(java)
        server = Server(f"http://127.0.0.1:{port}", url, f"{self.folder}/warehouse")
        self._wait_until_ready(server, java)
        return server

    def _wait_until_ready(self, server: Server, java: subprocess.Popen) -> None:
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end:
            if java.poll() is not None:
                break
            try:
                if server.query("SELECT count(*) FROM tpch.tiny.nation") == [[25]]:
                    return
            except (urllib.error.URLError, OSError, RuntimeError, ValueError):
                time.sleep(0.2)
        tail = (self.folder / "server.log").read_text()[-4000:]
        raise RuntimeError(f"the real Trino did not start:\n{tail}")

    def close(self) -> None:
        for child in self.children:
            child.kill()
            child.wait()
        for service in self.services:
            service.stdin.close()
            service.wait()
        self.children, self.services = [], []
        if self.folder and not os.environ.get("KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)


# --- for tests ------------------------------------------------------------------------------------


def skip(why) -> None:
    print(f"SKIPPED: {why}", flush=True)
    sys.exit(1 if os.environ.get("TARN_REQUIRE_TRINO") else 77)


def shared() -> Server | None:
    """The server that the environment names, if it still runs."""
    state = os.environ.get("TARN_TEST_TRINO")
    if not state or not pathlib.Path(state).exists():
        return None
    server = Server(**json.loads(pathlib.Path(state).read_text()))
    try:
        server.query("SELECT 1")
    except OSError:
        return None
    return server


def server() -> Server:
    found = shared()
    if found:
        return found
    try:
        running = Running()
    except Skipped as why:
        skip(why)
    atexit.register(running.close)
    return running.server


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _keep(state: pathlib.Path, owner: int) -> None:
    running = Running()
    try:
        new = state.with_suffix(".new")
        new.write_text(json.dumps(dataclasses.asdict(running.server)) + "\n")
        new.rename(state)
        while state.exists() and (owner == 0 or _is_alive(owner)):
            if running.children[0].poll() is not None:
                break
            time.sleep(0.5)
    finally:
        running.close()
        state.unlink(missing_ok=True)


def _start(state: pathlib.Path, owner: int) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    state.unlink(missing_ok=True)
    log = state.with_suffix(".log")
    keeper = subprocess.Popen(
        [sys.executable, __file__, "keep", str(state), str(owner)], start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=open(log, "w"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    while not state.exists():
        if keeper.poll() is not None:
            print(log.read_text(), end="")
            sys.exit(keeper.returncode)
        time.sleep(0.1)
    print(state.read_text(), end="")


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    verb = sys.argv[1]
    try:
        if verb == "serve":
            running = Running()
            atexit.register(running.close)
            print(json.dumps(dataclasses.asdict(running.server)), flush=True)
            sys.stdin.read()
        elif verb == "start":
            owner = 0 if "--forever" in sys.argv else os.getppid()
            _start(pathlib.Path(sys.argv[2]).absolute(), owner)
        elif verb == "keep":
            _keep(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
        elif verb == "stop":
            pathlib.Path(sys.argv[2]).unlink(missing_ok=True)
        elif verb == "lakehouse":
            print(Server(**json.loads(pathlib.Path(sys.argv[2]).read_text())).lakehouse(), end="")
        elif verb == "sql":
            names, rows = server().answer(sys.argv[2])
            print("\t".join(names))
            for row in rows:
                print("\t".join(json.dumps(value, ensure_ascii=False) for value in row))
        else:
            sys.exit(__doc__)
    except Skipped as why:
        skip(why)
    except RuntimeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
