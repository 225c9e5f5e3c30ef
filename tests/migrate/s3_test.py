# SPDX-License-Identifier: Apache-2.0
"""A lake on S3: the demo's migration, wrong keys, a missing bucket, a server that dies midway."""
import pathlib
import tempfile

import services
from services import check

import psycopg2
from pyiceberg.catalog.sql import SqlCatalog

CONFIG = """
catalogs:
  lake:
    type: iceberg
    catalog: sqlite:///catalog.db
    warehouse: s3://{bucket}/house
    s3: {{endpoint: "http://{endpoint}", path_style: true, region: us-east-1, credentials: environment}}
  source: {{type: postgres, url: "{url}"}}
"""


def main() -> None:
    url = services.postgres()
    connection = psycopg2.connect(url)
    connection.autocommit = True
    connection.cursor().execute(
        "CREATE TABLE t AS SELECT i AS id, md5(i::text) AS a, date '2024-01-01' + i % 90 AS d "
        "FROM generate_series(1, 50000) i"
    )
    endpoint, key, secret = services.s3("--auth")
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "tarn.yml"
        keys = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}

        def write_config(bucket: str, where: str) -> None:
            config.write_text(CONFIG.format(bucket=bucket, endpoint=where, url=url))

        def migrate(env: dict, expect: int = 0) -> str:
            return services.run(
                "migrate", "source", "--table", "t", "--into", "lake.s", "--partition-by", "month(d)",
                "--sort-by", "id", "--verify", cwd=folder, env=env, expect=expect,
            )  # fmt: skip

        write_config("lake", endpoint)
        wrong = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "hush-hush-hush"}
        message = migrate(wrong, expect=1)
        check("hush" not in message and "denied" in message.lower(), f"wrong keys: {message}")
        message = services.run("debug", cwd=folder, env=wrong, expect=1)
        check("hush" not in message and "check the keys" in message, f"wrong keys: {message}")
        write_config("no-such-bucket", endpoint)
        message = migrate(keys, expect=1)
        check("no-such-bucket" in message, f"missing bucket: {message}")
        write_config("lake", endpoint)
        for number in (4, 12):
            dying, dying_key, dying_secret = services.s3(f"--die-after={number}")
            write_config("lake", dying)
            migrate(
                {"AWS_ACCESS_KEY_ID": dying_key, "AWS_SECRET_ACCESS_KEY": dying_secret}, expect=1
            )
            write_config("lake", endpoint)
            check("t" not in services.run("tables", cwd=folder, env=keys).split(), "no table")
        migrate(keys)
        services.run("describe", "lake.s.t", cwd=folder, env=keys)
        catalog = SqlCatalog(
            "lake", uri=f"sqlite:///{folder}/catalog.db", warehouse="s3://lake/house",
            **{"s3.endpoint": f"http://{endpoint}", "s3.access-key-id": key,
               "s3.secret-access-key": secret, "s3.region": "us-east-1"},
        )  # fmt: skip
        rows = catalog.load_table("s.t").scan().to_arrow()
        check(rows.num_rows == 50000, f"{rows.num_rows} rows")
        check(sum(rows["id"].to_pylist()) == 50000 * 50001 // 2, "the sum of ids")
    print("ok")


if __name__ == "__main__":
    main()
