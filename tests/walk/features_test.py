#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A project whose profiles.yml knows only `type: trino` runs in this process by `--target local`, and
its commands do what dbt's do: --defer, clone, --sample, --empty, warnings as errors, insert_overwrite,
comments, contracts, stored failures. The same on a real Trino, where dbt's query comment is seen.

  features_test.py TARN [local|trino]
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/migrate"), str(ROOT / "tests/trino")]
import local_lake  # noqa: E402
import services  # noqa: E402

PLACE = sys.argv[2] if len(sys.argv) > 2 else "local"

FILES = {
    "dbt_project.yml": """
name: shop
version: '1.0'
profile: shop
""",
    "seeds/orders.csv": """id,customer,amount,day
1,ann,10.5,2024-01-01
2,bob,,2024-01-01
3,cid,7.25,2024-01-02
4,ann,1.0,2024-02-03
""",
    "snapshots/order_history.yml": """
snapshots:
  - name: order_history
    relation: ref('orders')
    description: versions of orders
    config: {unique_key: id, strategy: check, check_cols: [customer, amount],
             persist_docs: {relation: true, columns: true}}
    columns: [{name: id, description: number of the order}]
""",
    "models/stg_orders.sql": """
{{ config(materialized='view') }}
select id, customer, cast(amount as decimal(10, 2)) as amount, cast(day as timestamp(6)) as at
from {{ ref('orders') }}
""",
    "models/big.sql": "{{ config(materialized='ephemeral') }} "
    "select * from {{ ref('stg_orders') }} where amount > 5",
    "models/totals.sql": """
{{ config(materialized='incremental', unique_key='customer', incremental_strategy='merge') }}
select customer, sum(amount) as amount, max(id) as last_id from {{ ref('stg_orders') }}
{% if is_incremental() %}
where id > (select max(last_id) from {{ this }})
{% endif %}
group by customer
""",
    "models/daily.sql": """
{{ config(materialized='incremental', incremental_strategy='insert_overwrite',
          on_schema_change='append_new_columns',
          properties={'partitioning': "ARRAY['day(at)', 'customer']"}) }}
select id, customer, amount, at {{ var('more', '') }} from {{ ref('stg_orders') }}
{% if var('only', none) %} where {{ var('only') }} {% endif %}
""",
    "models/strict.sql": """
{{ config(materialized='table') }}
select cast(id as bigint) as id, {{ var('name', 'customer') }} as customer from {{ ref('big') }}
""",
    "models/schema.yml": """
models:
  - name: stg_orders
    description: the orders, typed
    config: {event_time: at, persist_docs: {relation: true, columns: true}}
    columns:
      - {name: id, description: "the order's number", data_tests: [unique, not_null]}
      - name: amount
        data_tests:
          - not_null: {name: amount_known, config: {severity: warn, store_failures: true}}
          - not_null: {name: amount_later, config: {where: id > 2}}
  - name: totals
    description: it's the sum
    config: {persist_docs: {relation: true, columns: true}}
    columns: [{name: customer, description: who bought, data_tests: [unique, not_null]}]
  - name: strict
    config: {contract: {enforced: true}, persist_docs: {relation: true}}
    description: only what was agreed
    columns:
      - {name: id, data_type: bigint, constraints: [{type: not_null}]}
      - {name: customer, data_type: varchar}
""",
    "seeds/schema.yml": """
seeds:
  - name: orders
    description: what was sold
    config: {persist_docs: {relation: true, columns: true}}
    columns: [{name: id, description: its number}]
""",
    "models/sampled.sql": "{{ config(materialized='table') }} select * from {{ ref('stg_orders') }}",
}


class Project:
    def __init__(self, work: pathlib.Path):
        self.work = work
        for name, text in FILES.items():
            self.write(name, text)
        self.server = None
        self.schema = "features"
        host = "trino.example, port: 443, http_scheme: https, method: ldap, password: secret"
        if PLACE == "trino":
            import trino

            self.server = trino.server()
            self.schema = f"features_{os.getpid()}"
            port = self.server.uri.rsplit(":", 1)[1]
            host = f"127.0.0.1, port: {port}, method: none, http_headers: {{X-Place: here}}"
            host += ", session_properties: {query_max_run_time: 10m}, prepared_statements_enabled: false"
            self.write("tarn.yml", self.server.lakehouse())
        else:
            self.write("tarn.yml", local_lake.lakehouse(work))
        outputs = "".join(
            f"    {name}: {{type: trino, host: {host}, user: anna, database: lake,"
            f" schema: {self.schema}{suffix}, threads: 2}}\n"
            for name, suffix in (("prod", ""), ("dev", "_dev"))
        )
        self.write("profiles.yml", f"shop:\n  target: prod\n  outputs:\n{outputs}")

    def write(self, name: str, text: str) -> None:
        path = self.work / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def tarn(self, *arguments: str, expect: int = 0, dev: bool = False, env=None) -> str:
        if PLACE == "trino":
            arguments += ("--target", "dev" if dev else "prod")
        elif dev:
            # `local` has the names of the output that is the profile's own.
            text = (self.work / "profiles.yml").read_text()
            self.write("profiles.yml", text.replace("target: prod", "target: dev"))
            out = services.run(*arguments, "--target", "local", cwd=self.work, expect=expect, env=env)
            self.write("profiles.yml", text)
            return out
        else:
            arguments += ("--target", "local")
        return services.run(*arguments, cwd=self.work, expect=expect, env=env)

    def rows(self, relation: str, columns: str = "*", dev: bool = False) -> list[list]:
        name = f"lake.{self.schema}{'_dev' if dev else ''}.{relation}"
        return self.ask(f"select {columns} from {name} order by 1")

    def ask(self, sql: str) -> list[list]:
        done = subprocess.run(
            [services.TARN, "show", "--inline", sql, "--limit", "-1", "--output", "json",
             *(["--target", "local"] if PLACE == "local" else [])],
            cwd=self.work, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        if done.returncode != 0:
            print(sql, done.stdout, done.stderr)
            sys.exit(1)
        return [list(row.values()) for row in json.loads(done.stdout)["show"]]

    def results(self) -> dict[str, dict]:
        text = (self.work / "target/run_results.json").read_text()
        return {item["unique_id"].split(".")[2]: item for item in json.loads(text)["results"]}


def equal(found, wanted, what: str) -> None:
    if found != wanted:
        print(f"FAILED: {what}\n  found  {found}\n  wanted {wanted}")
        sys.exit(1)


def check_comments_of(project: Project) -> None:
    schema = f"catalog_name = 'lake' and schema_name = '{project.schema}' and comment is not null"
    equal(
        dict(project.ask(f"select table_name, comment from system.metadata.table_comments where {schema}")),
        {
            "order_history": "versions of orders",
            "orders": "what was sold",
            "stg_orders": "the orders, typed",
            "strict": "only what was agreed",
            "totals": "it's the sum",
        },
        "comments of relations",
    )
    found = project.ask(
        "select table_name || '.' || column_name, comment from lake.information_schema.columns"
        f" where table_schema = '{project.schema}' and comment is not null"
    )
    wanted = {
        "order_history.id": "number of the order",
        "orders.id": "its number",
        "stg_orders.id": "the order's number",
        "totals.customer": "who bought",
    }
    equal(dict(found), wanted, "comments of columns")


def check_build(project: Project) -> None:
    project.tarn("build")
    results = project.results()
    equal(results["amount_known"]["status"], "warn", "a test of severity warn")
    equal(results["amount_known"]["failures"], 1, "failures")
    equal(results["amount_later"]["status"], "pass", "a test with `where`")
    equal(
        project.rows("totals"),
        [["ann", "11.50", 4], ["bob", None, 2], ["cid", "7.25", 3]],
        "the incremental model",
    )
    equal(project.rows("strict"), [[1, "ann"], [3, "cid"]], "the model with a contract")
    check_comments_of(project)
    audit = f"lake.{project.schema}_dbt_test__audit.amount_known"
    equal(project.ask(f"select id from {audit}"), [[2]], "stored failures")
    # The next day: one order is new, one has changed.
    orders = FILES["seeds/orders.csv"].replace("3,cid,7.25", "3,cid,8") + "5,dora,2,2024-02-03\n"
    project.write("seeds/orders.csv", orders)
    project.tarn("build", "--exclude", "daily")
    equal(
        project.rows("totals", "customer, last_id"),
        [["ann", 4], ["bob", 2], ["cid", 3], ["dora", 5]],
        "the next run",
    )
    equal(
        project.ask(
            "select id, count(*), count(dbt_valid_to) from "
            f"lake.{project.schema}.order_history group by id order by id"
        ),
        [[1, 1, 0], [2, 1, 0], [3, 2, 1], [4, 1, 0], [5, 1, 0]],
        "versions of the snapshot",
    )


def check_contract(project: Project) -> None:
    said = project.tarn("run", "-s", "strict", "--vars", "{name: 'id + 1'}", expect=1)
    services.check("enforced contract that failed" in said, said)
    equal(project.rows("strict"), [[1, "ann"], [3, "cid"]], "a broken contract changes nothing")
    said = project.tarn("show", "--inline", "select 1 as one", "--output", "json")
    services.check('"one": 1' in said, said)


def commits(project: Project, table: str) -> int:
    if PLACE == "trino":
        return len(project.ask(f'select snapshot_id from lake.{project.schema}."{table}$snapshots"'))
    return len(project.ask(f'select snapshot_id from lake.{project.schema}."{table}$snapshots"'))


def check_overwrite(project: Project) -> None:
    project.tarn("run", "-s", "daily", "--full-refresh")
    before = commits(project, "daily")
    project.write(
        "seeds/orders.csv",
        "id,customer,amount,day\n11,ann,100,2024-01-01\n12,eve,200,2024-01-01\n13,,300,2024-01-03\n",
    )
    project.tarn("seed", "--full-refresh")
    project.tarn("run", "-s", "daily")
    equal(commits(project, "daily"), before + 1, "one commit")
    # ann's partition of the first day is replaced, bob's and the other days stay.
    wanted = [[2, "bob"], [3, "cid"], [4, "ann"], [5, "dora"], [11, "ann"], [12, "eve"], [13, None]]
    equal(project.rows("daily", "id, customer"), wanted, "insert_overwrite")
    project.tarn("run", "-s", "daily", "--vars", '{more: ", id * 2 as twice", only: id = 13}')
    wanted = [[11, None], [12, None], [13, 26]]
    equal(project.rows("daily", "id, twice")[4:], wanted, "a column is added")
    project.tarn("run", "-s", "daily", "--vars", "{only: 'false'}")
    equal(len(project.rows("daily")), 7, "no rows, no partitions")
    project.write("seeds/orders.csv", FILES["seeds/orders.csv"])
    project.tarn("seed", "--full-refresh")


def check_defer(project: Project) -> None:
    state = project.work / "state"
    project.tarn("parse")
    (project.work / "target/manifest.json").rename(state.with_suffix(".json"))
    state.mkdir()
    state.with_suffix(".json").rename(state / "manifest.json")
    project.tarn("run", "-s", "strict", dev=True, expect=1)
    project.tarn("build", "-s", "strict", "--defer", "--state", "state", dev=True)
    equal(project.rows("strict", dev=True), [[1, "ann"], [3, "cid"]], "deferred")
    query = "select * from {{ ref('big') }}"
    said = project.tarn("show", "--inline", query, "--defer", dev=True, env={"DBT_STATE": "state"})
    services.check("cid" in said, said)
    # What is there counts, unless the state is preferred.
    project.tarn("seed", "--full-refresh", dev=True)
    project.tarn("run", "-s", "stg_orders", "--empty", dev=True)
    project.tarn("run", "-s", "strict", "--defer", "--state", "state", dev=True)
    equal(project.rows("strict", dev=True), [], "what is there counts")
    project.tarn(
        "run", "-s", "strict", "--defer", "--favor-state", "--defer-state", "state", dev=True
    )
    equal(len(project.rows("strict", dev=True)), 2, "the state is preferred")
    said = project.tarn("run", "--defer", dev=True, expect=2)
    services.check("--defer needs --state" in said, said)


def check_clone(project: Project) -> None:
    said = project.tarn("clone", "--state", "state", dev=True)
    services.check(said.count("already exists") == 3, said)
    # orders, stg_orders and strict were there.
    equal(project.rows("stg_orders", dev=True), [], "what is there stays")
    equal(project.rows("totals", dev=True), project.rows("totals"), "a clone")
    kinds = dict(
        project.ask(
            "select table_name, table_type from lake.information_schema.tables"
            f" where table_schema = '{project.schema}_dev'"
        )
    )
    equal(kinds["totals"], "VIEW", "a clone is a view")
    project.tarn("clone", "--state", "state", "--full-refresh", "-s", "stg_orders", dev=True)
    equal(len(project.rows("stg_orders", dev=True)), 4, "--full-refresh replaces")
    said = project.tarn("clone", dev=True, expect=2)
    services.check("needs --state" in said, said)
    # A run makes it a table of its own.
    project.tarn("run", "-s", "totals", "--defer", "--state", "state", dev=True)
    equal(project.rows("totals", dev=True)[0], ["ann", "11.50", 4], "after the clone")


def check_sample(project: Project) -> None:
    window = "{'start': '2024-01-02', 'end': '2024-02-03'}"
    project.tarn("run", "-s", "sampled", "--sample", window)
    equal(project.rows("sampled", "id"), [[3]], "--sample with bounds")
    project.tarn("run", "-s", "sampled", env={"DBT_SAMPLE": "3 days"})
    equal(project.rows("sampled"), [], "--sample of the last days")
    project.tarn("run", "-s", "sampled", "--empty")
    equal(project.rows("sampled"), [], "--empty")
    project.tarn("run", "-s", "sampled", expect=2, env={"DBT_SAMPLE": "3 weeks"})
    # What was a view becomes a table, and a view again.
    text = FILES["models/sampled.sql"]
    for kind in ("view", "table"):
        project.write("models/sampled.sql", text.replace("'table'", f"'{kind}'"))
        project.tarn("run", "-s", "sampled")
    equal(len(project.rows("sampled")), 4, "without a sample")


def check_warnings(project: Project) -> None:
    def status(*options: str, expect: int, env=None) -> str:
        project.tarn("test", "-s", "amount_known", *options, expect=expect, env=env)
        return project.results()["amount_known"]["status"]

    equal(status(expect=0), "warn", "a warning")
    equal(status("--warn-error", expect=1), "fail", "--warn-error")
    equal(status(expect=1, env={"DBT_WARN_ERROR": "1"}), "fail", "DBT_WARN_ERROR")
    options = "{error: [LogTestResult]}"
    equal(status("--warn-error-options", options, expect=1), "fail", "--warn-error-options")
    options = "{error: all, warn: [LogTestResult]}"
    equal(status("--warn-error-options", options, expect=0), "warn", "error all, but")
    project.write("dbt_project.yml", FILES["dbt_project.yml"] + "flags: {warn_error: true}\n")
    equal(status(expect=1), "fail", "a flag of dbt_project.yml")
    project.write("dbt_project.yml", FILES["dbt_project.yml"] + "models: {shop: {none: {+tags: x}}}\n")
    project.tarn("parse")
    unused = ("parse", "--warn-error-options", "{error: [UnusedResourceConfigPath]}")
    services.check("none" in project.tarn(*unused, expect=2), "an unused path is an error")
    project.tarn("parse", "--warn-error-options", "{error: all, silence: [UnusedResourceConfigPath]}")
    project.write("dbt_project.yml", FILES["dbt_project.yml"])
    project.tarn("run", "-s", "nothing")
    project.tarn("run", "-s", "nothing", "--warn-error", expect=2)
    said = project.tarn("run", "--warn-error-options", "{error: [NoSuchThing]}", expect=2)
    services.check("NoSuchThing is not a valid dbt error name" in said, said)


def check_comments(project: Project) -> None:
    def seen(words: str) -> int:
        if PLACE != "trino":
            return 1
        return project.ask(
            "select count(*) from system.runtime.queries where query like "
            f"'%{words}%' and query not like '%runtime.queries%' and query like '%{project.schema}%'"
        )[0][0]

    services.check(seen('"app": "dbt"%"node_id": "model.shop.sampled"} */') > 0, "dbt's comment")
    comment = "query-comment: {comment: 'asked by {{ node.name }}', append: true}\n"
    project.write("dbt_project.yml", FILES["dbt_project.yml"] + comment)
    project.tarn("run", "-s", "sampled")
    services.check(seen("/* asked by sampled */") > 0, "a comment of the project")
    project.write("dbt_project.yml", FILES["dbt_project.yml"] + "query-comment: 'a */ b'\n")
    said = project.tarn("run", "-s", "sampled", expect=2)
    services.check("illegal value" in said, said)
    project.write("dbt_project.yml", FILES["dbt_project.yml"])


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tarn-features-") as folder:
        project = Project(pathlib.Path(folder))
        steps = sys.argv[3:] or [
            "build", "contract", "overwrite", "defer", "clone", "sample", "warnings", "comments",
        ]  # fmt: skip
        for step in steps:
            globals()["check_" + step](project)
        if project.server:
            for suffix in ("", "_dev", "_dbt_test__audit", "_dev_dbt_test__audit"):
                project.server.query(f"DROP SCHEMA IF EXISTS lake.{project.schema}{suffix} CASCADE")
    print("the project does on this engine what dbt does")


main()
