#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records the answers of a real Trino as src/trino/client_test.cc plays them back:

  TARN_TEST_TRINO=… tests/trino/record.py tests/interop/trino

One file per statement: every answer, status line and X-Trino headers first, with the server's own
address replaced by http://SERVER."""
import json
import pathlib
import sys
import urllib.request

import trino

TYPES = """SELECT true b, TINYINT '-128' ti, SMALLINT '7' si, -2147483648 i, 9223372036854775807 bi,
 REAL '1.5' r, DOUBLE '1e300' d, nan() n, -infinity() inf, DECIMAL '-123.45' dec, DECIMAL '12345678901234567890123456789012345678' dec38,
 'grün' v, CAST('ab' AS varchar(5)) v5, CAST('ab' AS char(4)) c, X'00ff' bin, DATE '0001-01-01' dt,
 TIME '12:34:56.789' t, TIME '01:02:03.123456+05:30' tz, TIMESTAMP '2024-02-29 23:59:59.123456789012' ts,
 TIMESTAMP '2024-02-29 12:00:00.123 Europe/Paris' tsz, INTERVAL '-3' DAY ids, INTERVAL '14' MONTH iym,
 JSON '{"a": [1, null]}' js, UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59' u, IPADDRESS '10.0.0.1' ip,
 ARRAY[1, NULL, 3] a, MAP(ARRAY['x', 'y'], ARRAY[1, NULL]) m, MAP(ARRAY[DATE '2024-01-01'], ARRAY[ARRAY[true]]) md,
 CAST(ROW(1, 'two', NULL) AS ROW(a bigint, "B c" varchar, d double)) rw, ROW(1, 2e0) anon, NULL nothing"""
STATEMENTS = {
    "types": TYPES,
    "no_rows": "SELECT 1 one WHERE false",
    "update": "CREATE TABLE memory.default.recorded AS SELECT 1 a UNION ALL SELECT 2",
    "drop": "DROP TABLE memory.default.recorded",
    "set_session": "SET SESSION lake.minimum_assigned_split_weight = 0.1",
    "prepare": "PREPARE \"my q\" FROM SELECT ? + 1",
    "use": "USE tpch.tiny",
    "start": "START TRANSACTION",
    "missing_table": "SELECT *\nFROM lake.\"nö\".missing m",
    "division": "SELECT 1 / (nationkey - 3) FROM tpch.tiny.nation",
}  # fmt: skip


def record(server: trino.Server, sql: str, encoding: str) -> str:
    headers = {"X-Trino-User": "recorder", "X-Trino-Catalog": "lake", "X-Trino-Transaction-Id": "NONE",
               "X-Trino-Client-Capabilities": "PATH,PARAMETRIC_DATETIME,SESSION_AUTHORIZATION"}  # fmt: skip
    if encoding:
        headers["X-Trino-Query-Data-Encoding"] = encoding
    request = urllib.request.Request(
        server.uri + "/v1/statement", data=sql.encode(), headers=headers, method="POST"
    )
    out = ""
    while True:
        with urllib.request.urlopen(request) as response:
            body = response.read().decode()
            out += f"HTTP {response.status}\n"
            for name, value in response.headers.items():
                if name.lower().startswith(("x-trino", "content-type")):
                    out += f"{name}: {value}\n"
        page = json.loads(body)
        if page.get("error", {}).get("failureInfo"):
            del page["error"]["failureInfo"]  # the server's stack
            body = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
        out += body.replace(server.uri, "http://SERVER") + "\n"
        if "nextUri" not in page:
            return out
        request = urllib.request.Request(page["nextUri"], headers=headers)


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    server = trino.server()
    for name, sql in STATEMENTS.items():
        (folder / f"{name}.txt").write_text(record(server, sql, ""))
    for encoding in ("json+zstd", "json+lz4"):
        name = encoding.replace("json+", "")
        (folder / f"types_{name}.txt").write_text(record(server, TYPES, encoding))
        sql = "SELECT custkey, name, acctbal FROM tpch.tiny.customer WHERE custkey <= 1000"
        (folder / f"customers_{name}.txt").write_text(record(server, sql, encoding))


if __name__ == "__main__":
    main()
