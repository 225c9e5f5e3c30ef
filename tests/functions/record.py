#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records what a real Trino answers to expressions, as functions_conformance reads it:

  TARN_TEST_TRINO=… tests/functions/record.py < expressions > tests/functions/recorded.jsonl

One `group: expression` a line; what follows SELECT. The session's time zone is UTC. See
tests/trino/trino.py for the server."""
import json
import pathlib
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "trino"))
import trino

HEADERS = {"X-Trino-User": "recorder", "X-Trino-Time-Zone": "UTC",
           "X-Trino-Client-Capabilities": "PATH,PARAMETRIC_DATETIME"}  # fmt: skip


def page_of(request: urllib.request.Request) -> dict:
    with urllib.request.urlopen(request) as response:
        # Floating-point numbers keep their text.
        return json.loads(response.read().decode(), parse_float=lambda text: {"$float": text})


def record(uri: str, sql: str) -> dict:
    page = page_of(urllib.request.Request(uri + "/v1/statement", sql.encode(), HEADERS))
    columns, rows = [], []
    while True:
        columns = page.get("columns") or columns
        rows += page.get("data") or []
        if "error" in page:
            error = page["error"]
            return {"error": {"name": error["errorName"], "message": error["message"][:120]}}
        if "nextUri" not in page:
            return {"types": [column["type"] for column in columns], "rows": rows}
        page = page_of(urllib.request.Request(page["nextUri"], headers=HEADERS))


def main() -> None:
    uri = trino.server().uri
    for line in sys.stdin:
        group, _, expression = line.rstrip("\n").partition(": ")
        sql = "SELECT " + expression
        print(json.dumps({"group": group, "sql": sql, **record(uri, sql)}, ensure_ascii=False))


main()
