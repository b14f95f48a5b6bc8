"""Pack the tables of the newsroom as this version makes them: ``python tests/tables/make.py``.

Run once a schema version, before the number is raised. Beside the archive lie the digests of its tables.
"""

from __future__ import annotations

import datetime as dt
import json
import runpy
import tarfile
import tempfile
from pathlib import Path

from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.schema import SCHEMA_VERSION
from pipeline.store.tables import Store

HERE = Path(__file__).parent


def main() -> None:
    """Write ``version-N.tar.gz`` and ``version-N.json``."""
    write_pages = runpy.run_path(str(HERE.parent / "conftest.py"))["write_pages"]
    with tempfile.TemporaryDirectory() as folder:
        clean = Path(folder) / "clean"
        raw = write_pages(Path(folder) / "raw")
        run([str(raw)], clean, Settings.load(workers=1), dt.date(2026, 3, 10))
        with tarfile.open(HERE / f"version-{SCHEMA_VERSION}.tar.gz", "w:gz") as archive:
            archive.add(clean, "clean")
        found = dict(digests(Store.open(clean, create=False).snapshot()))
    (HERE / f"version-{SCHEMA_VERSION}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
