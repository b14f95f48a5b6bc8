"""Every documented way to read a table counts the same rows and ends its process well."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pipeline.store.tables import Store

RECIPES = {
    "duckdb glob": """
        import duckdb
        found = duckdb.sql(f"SELECT * FROM read_parquet('{root}/date=*/*.parquet', hive_partitioning=true)")
        rows, dates = len(found.fetchall()), sorted(str(row[0]) for row in found.select("date").distinct().fetchall())
    """,
    "duckdb over file_uris": """
        import duckdb
        from deltalake import DeltaTable
        found = duckdb.read_parquet(DeltaTable(root).file_uris(), hive_partitioning=True)
        rows, dates = len(found.fetchall()), sorted(str(row[0]) for row in found.select("date").distinct().fetchall())
    """,
    "polars scan_delta": """
        import polars as pl
        found = pl.scan_delta(root).collect()
        rows, dates = found.height, sorted(map(str, found["date"].unique()))
    """,
    "polars glob": """
        import polars as pl
        found = pl.read_parquet(f"{root}/date=*/*.parquet", hive_partitioning=True)
        rows, dates = found.height, sorted(map(str, found["date"].unique()))
    """,
    "pandas folder": """
        import pandas as pd
        found = pd.read_parquet(root)
        rows, dates = len(found), sorted(map(str, found["date"].unique()))
    """,
    "pyarrow folder": """
        import pyarrow.dataset as ds
        found = ds.dataset(root, format="parquet", partitioning="hive").to_table()
        rows, dates = found.num_rows, sorted(map(str, found["date"].unique().to_pylist()))
    """,
    "pyarrow read_table": """
        import pyarrow.parquet as pq
        found = pq.read_table(root)
        rows, dates = found.num_rows, sorted(map(str, found["date"].unique().to_pylist()))
    """,
    "deltalake to_pandas over our file system": """
        from deltalake import DeltaTable
        from pyarrow.fs import LocalFileSystem, SubTreeFileSystem
        files = SubTreeFileSystem(root, LocalFileSystem())
        found = DeltaTable(root).to_pandas(filesystem=files)
        rows, dates = len(found), sorted(map(str, found["date"].unique()))
    """,
    "deltalake dataset over our file system": """
        from deltalake import DeltaTable
        from pyarrow.fs import LocalFileSystem, SubTreeFileSystem
        files = SubTreeFileSystem(root, LocalFileSystem())
        found = DeltaTable(root).to_pyarrow_dataset(filesystem=files).to_table()
        rows, dates = found.num_rows, sorted(map(str, found["date"].unique().to_pylist()))
    """,
}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recipes") / "clean"


RECIPES["spark folder"] = """
    from pyspark.sql import SparkSession
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    found = spark.read.parquet(root)
    rows, dates = found.count(), sorted(str(row["date"]) for row in found.select("date").distinct().collect())
    spark.stop()
"""
NO_SPARK = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None,
    reason="half a gigabyte: install pyspark 4 and Java 17 to try it",
)


@pytest.mark.parametrize("recipe", [pytest.param(name, marks=NO_SPARK if "spark" in name else ()) for name in RECIPES])
def test_recipe_reads_all_rows_and_dates(clean: Path, newsroom: Any, recipe: str) -> None:
    store = Store.open(clean)
    if not store.snapshot().count("runs"):
        with store.locked("test"):
            newsroom.publish_day(store, 1)
            newsroom.publish_day(store, 2)
    lines = [line.strip() for line in RECIPES[recipe].strip().splitlines()]
    program = "\n".join([f"root = {str(clean / 'articles')!r}", *lines, "print(rows, *dates)"])

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout.split()) == (0, ["8", "2026-03-02", "2026-03-03"]), ran.stderr
