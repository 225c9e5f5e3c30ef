# SPDX-License-Identifier: Apache-2.0
"""A throw-away Postgres or S3 for a test, and the program under test. All ends with the test."""
import atexit
import os
import pathlib
import subprocess
import sys
import warnings

warnings.filterwarnings("ignore")
ROOT = pathlib.Path(__file__).resolve().parents[2]
TARN = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "dist/bin/tarn")


def _start(command: list[str]) -> str:
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    line = child.stdout.readline().strip()
    if not line:
        child.wait()
        print(f"SKIPPED: {command[0]} could not be started")
        sys.exit(1 if os.environ.get("TARN_REQUIRE_SERVICES") else 77)

    def stop() -> None:
        child.stdin.close()
        child.wait()

    atexit.register(stop)
    return line


def postgres() -> str:
    """The URL of an empty database of a server of its own."""
    return _start([str(ROOT / "tests/services/postgres.sh")])


def s3(*options: str) -> tuple[str, str, str]:
    """Endpoint, access key, secret key; the bucket is `lake`."""
    endpoint, key, secret = _start(
        [sys.executable, str(ROOT / "tests/services/s3.py"), *options]
    ).split()
    return endpoint, key, secret


def run(*arguments: str, cwd, env: dict | None = None, expect: int = 0) -> str:
    """Runs the program and gives both its outputs; another exit code than expected is a failure."""
    full = {**os.environ, "TARN_LAKEHOUSE": "", **(env or {})}
    done = subprocess.run(
        [TARN, *arguments], cwd=cwd, env=full, capture_output=True, text=True, timeout=600
    )
    if done.returncode != expect:
        print(f"{arguments}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
        sys.exit(1)
    return done.stdout + done.stderr


def check(condition: bool, what: str) -> None:
    if not condition:
        print(f"FAILED: {what}")
        sys.exit(1)
