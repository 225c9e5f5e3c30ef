# SPDX-License-Identifier: Apache-2.0
"""What PyIceberg sees of the migrated table. Argument: the folder of the lake."""
import sys
import warnings

warnings.filterwarnings("ignore")
from pyiceberg.catalog.sql import SqlCatalog  # noqa: E402

folder = sys.argv[1]
catalog = SqlCatalog("lake", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}/warehouse")
table = catalog.load_table("burst_bank.customer")
rows = table.scan().to_arrow()
print(f"{rows.num_rows} rows, {rows.num_columns} columns, {len(table.inspect.files())} files")
print("partitioned by", ", ".join(f"{field.name}" for field in table.spec().fields))
print("identified by", ", ".join(table.schema().identifier_field_names()))
march = table.scan(
    row_filter="registration_date >= '2023-03-01' and registration_date < '2023-04-01'",
    selected_fields=("custkey", "registration_date"),
)
print(f"March 2023: {march.to_arrow().num_rows} rows from {len(list(march.plan_files()))} of the files")
