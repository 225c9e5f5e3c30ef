# SPDX-License-Identifier: Apache-2.0
"""What PyIceberg sees of the project's tables. Arguments: the catalog's database, the warehouse."""
import sys
import warnings

warnings.filterwarnings("ignore")
from pyiceberg.catalog.sql import SqlCatalog  # noqa: E402

database, warehouse = sys.argv[1:]
catalog = SqlCatalog(
    "demo_aws_s3",
    uri=database.replace("postgresql://", "postgresql+psycopg2://").replace(
        "postgres://", "postgresql+psycopg2://"
    ),
    warehouse=warehouse,
)
history = catalog.load_table("dbt_snapshots.postgres_burst_bank_customer_snapshot")
for row in (
    history.scan(
        row_filter="custkey == '99999999'",
        selected_fields=("custkey", "city", "dbt_valid_from", "dbt_valid_to"),
    )
    .to_arrow()
    .sort_by("dbt_valid_from")
    .to_pylist()
):
    print(", ".join(f"{key} {value}" for key, value in row.items()))
table = catalog.load_table("burst_bank.dl_customer_consume")
print("dl_customer_consume:", table.scan().count(), "rows in", len(table.inspect.files()), "files")
print("partition specs:", ", ".join(str(spec.fields[0].transform) for spec in table.specs().values()))
