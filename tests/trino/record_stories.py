#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks a real Trino the statements of recorded stories anew and writes its answers into them:

  TARN_TEST_TRINO=… tests/trino/record_stories.py tests/interop/trino_scripts/*.jsonl

Each story runs twice, in schemas of its own; statements whose answers differ, and those that end in
an internal error, are left out."""
import json
import pathlib
import re
import sys
import urllib.parse
import urllib.request

import psycopg2
import trino

CAPABILITIES = "PATH,PARAMETRIC_DATETIME,SESSION_AUTHORIZATION"


class Session:
    def __init__(self, server: trino.Server, schema: str):
        self.server, self.catalog, self.schema = server, "lake", schema
        self.properties: dict[str, str] = {}
        self.prepared: dict[str, str] = {}
        self.transaction = "NONE"

    def headers(self) -> dict:
        headers = {"X-Trino-User": "recorder", "X-Trino-Time-Zone": "UTC", "X-Trino-Catalog": self.catalog,
                   "X-Trino-Schema": self.schema, "X-Trino-Client-Capabilities": CAPABILITIES,
                   "X-Trino-Transaction-Id": self.transaction}  # fmt: skip
        quoted = urllib.parse.quote
        if self.properties:
            pairs = (f"{key}={quoted(value)}" for key, value in self.properties.items())
            headers["X-Trino-Session"] = ",".join(pairs)
        if self.prepared:
            pairs = (f"{quoted(key)}={quoted(value)}" for key, value in self.prepared.items())
            headers["X-Trino-Prepared-Statement"] = ",".join(pairs)
        return headers

    def follow(self, name: str, value: str) -> None:
        plain = urllib.parse.unquote_plus
        key, _, text = value.partition("=")
        match name.lower():
            case "x-trino-set-session":
                self.properties[key] = plain(text)
            case "x-trino-clear-session":
                self.properties.pop(value, None)
            case "x-trino-set-catalog":
                self.catalog = value
            case "x-trino-set-schema":
                self.schema = value
            case "x-trino-added-prepare":
                self.prepared[plain(key)] = plain(text)
            case "x-trino-deallocated-prepare":
                self.prepared.pop(plain(value), None)
            case "x-trino-started-transaction-id":
                self.transaction = value
            case "x-trino-clear-transaction-id":
                self.transaction = "NONE"

    def run(self, sql: str) -> dict:
        request = urllib.request.Request(
            self.server.uri + "/v1/statement", data=sql.encode(), headers=self.headers(), method="POST"
        )
        whole: dict = {"rows": [], "columns": None}
        while True:
            with urllib.request.urlopen(request) as response:
                for name, value in response.headers.items():
                    self.follow(name, value)
                page = json.loads(response.read(), parse_float=lambda text: {"$float": text})
            whole["rows"] += page.get("data") or []
            for key in ("columns", "updateType", "updateCount", "error"):
                if page.get(key) is not None:
                    whole[key] = page[key]
            if "error" in page or "nextUri" not in page:
                return whole
            request = urllib.request.Request(page["nextUri"], headers=self.headers())


def expectation(sql: str, answer: dict) -> dict:
    if "error" in answer:
        message = re.sub(r"^line \d+:\d+: ", "", answer["error"]["message"])
        return {"error": {"name": answer["error"]["errorName"], "message": message}}
    columns = answer["columns"]
    kind = answer.get("updateType")
    if columns is None or (kind and [column["name"] for column in columns] in (["rows"], ["result"])):
        count = answer.get("updateCount")
        return {"updateType": kind} | ({} if count is None else {"updateCount": count})
    types = [column["type"] for column in columns]
    if sql.upper().startswith(("SHOW CREATE", "EXPLAIN")):
        types = [re.sub(r"^varchar\(\d+\)$", "varchar", text) for text in types]
    shows = sql.upper().startswith(("SHOW CREATE", "SHOW COL", "DESC", "EXPLAIN"))
    ordered = shows or "order by" in sql.lower()
    names = [column["name"] for column in columns]
    return {"types": types, "names": names, "rows": answer["rows"], "ordered": ordered}


def masked(expect: dict, schema: str, captured: dict) -> dict:
    text = json.dumps(expect)
    for name, value in captured.items():
        text = re.sub(rf"(?<![\d\w]){value}(?![\d\w])", json.dumps({"var": name}), text)
    text = re.sub(r"location = 'file[^']*'", "location = '${location}'", text)
    text = text.replace(schema, "${schema}").replace("recorder", "${user}")
    text = re.sub(r"\blake\.", "${catalog}.", text)
    text = re.sub(r"\bshop\.\$", "${pgcatalog}.$", text)
    return json.loads(text.replace('"lake"', '"${catalog}"').replace("'lake'", "'${catalog}'"))


def play(server: trino.Server, story: dict, schema: str) -> list[dict]:
    session = Session(server, "")
    session.run(f"CREATE SCHEMA lake.{schema}")
    session.schema = schema
    connection = psycopg2.connect(server.database("shop"))
    connection.autocommit = True
    postgres = connection.cursor()
    postgres.execute(f"CREATE SCHEMA {schema}")
    for sql in story.get("pg_setup", []):
        postgres.execute(sql.replace("${pgschema}", schema))
    filled = {"schema": schema, "catalog": "lake", "pgcatalog": "shop", "pgschema": schema, "user": "recorder"}  # fmt: skip
    captured: dict = {}
    steps = []
    for step in story["statements"]:
        sql = step["sql"]
        for name, value in (filled | captured).items():
            sql = sql.replace("${" + name + "}", str(value))
        answer = session.run(sql)
        for name, (row, column) in step.get("capture", {}).items():
            captured[name] = answer["rows"][row][column]
        expect = masked(expectation(step["sql"], answer), schema, captured)
        steps.append({"sql": step["sql"], "expect": expect} | {k: step[k] for k in ("capture",) if k in step})
    Session(server, "").run(f"DROP SCHEMA lake.{schema} CASCADE")
    postgres.execute(f"DROP SCHEMA {schema} CASCADE")
    return steps


def main() -> None:
    server = trino.server()
    for path in map(pathlib.Path, sys.argv[1:]):
        lines = []
        for number, text in enumerate(path.read_text().splitlines()):
            story = json.loads(text)
            first, second = (play(server, story, f"story{number}{letter}") for letter in "ab")
            story["statements"] = [
                step for step, again in zip(first, second)
                if step == again and step["expect"].get("error", {}).get("name") != "GENERIC_INTERNAL_ERROR"
            ]  # fmt: skip
            lines.append(json.dumps(story, ensure_ascii=False) + "\n")
        path.write_text("".join(lines))


if __name__ == "__main__":
    main()
