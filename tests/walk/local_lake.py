# SPDX-License-Identifier: Apache-2.0
"""A lake in a folder, with its catalog in SQLite, for projects on the embedded engine."""
import pathlib

from pyiceberg.catalog.sql import SqlCatalog


def lakehouse(work: pathlib.Path, shop: str = "") -> str:
    """The tarn.yml of the lake `lake` in `work`, and of the Postgres database `shop` if given."""
    text = (
        f"catalogs:\n  lake: {{type: iceberg, catalog: 'sqlite:///{work}/catalog.db',"
        f" warehouse: 'file://{work}/warehouse'}}\n"
    )
    return text + (f"  shop: {{type: postgres, url: '{shop}'}}\n" if shop else "")


def catalog(work: pathlib.Path) -> SqlCatalog:
    """The same lake as PyIceberg sees it."""
    return SqlCatalog(
        "lake", uri=f"sqlite:///{work}/catalog.db", warehouse=f"file://{work}/warehouse"
    )


def write_files(work: pathlib.Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
