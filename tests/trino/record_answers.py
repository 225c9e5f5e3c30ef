#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a real Trino the statements of files of recorded answers and writes its answers into them:

  TARN_TEST_TRINO=… tests/trino/record_answers.py tests/interop/trino_sql/*.jsonl

Session: catalog memory, schema default, time zone UTC, user recorder. Floating-point numbers keep
their text as {"$float": "1.0E10"}."""
import hashlib
import json
import pathlib
import sys
import urllib.request

import trino

HEADERS = {"X-Trino-User": "recorder", "X-Trino-Catalog": "memory", "X-Trino-Schema": "default",
           "X-Trino-Time-Zone": "UTC", "X-Trino-Client-Capabilities": "PATH,PARAMETRIC_DATETIME"}  # fmt: skip


def answer(server: trino.Server, sql: str) -> dict:
    request = urllib.request.Request(
        server.uri + "/v1/statement", data=sql.encode(), headers=HEADERS, method="POST"
    )
    rows: list = []
    columns: list = []
    while True:
        with urllib.request.urlopen(request) as response:
            page = json.loads(response.read(), parse_float=lambda text: {"$float": text})
        rows += page.get("data") or []
        columns = page.get("columns") or columns
        if "error" in page:
            failure = page["error"]
            place = failure.get("errorLocation") or {}
            error = {"name": failure["errorName"], "type": failure["errorType"]}
            error["message"] = failure["message"]
            if place:
                error |= {"line": place["lineNumber"], "column": place["columnNumber"]}
            return {"error": error}
        if "nextUri" not in page:
            names = [column["name"] for column in columns]
            return {"names": names, "types": [column["type"] for column in columns], "rows": rows}
        request = urllib.request.Request(page["nextUri"], headers=HEADERS)


def main() -> None:
    server = trino.server()
    for path in map(pathlib.Path, sys.argv[1:]):
        lines = []
        for line in path.read_text().splitlines():
            asked = json.loads(line)
            sql = asked["sql"]
            known = {"id": hashlib.md5(sql.encode()).hexdigest()[:16], "group": asked["group"]}
            known |= {"kind": "query", "sql": sql}
            lines.append(json.dumps(known | answer(server, sql), ensure_ascii=False) + "\n")
        path.write_text("".join(lines))


if __name__ == "__main__":
    main()
