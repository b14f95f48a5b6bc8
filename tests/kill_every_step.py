"""Kill the finishing of a decided publication at each step of it, look, finish it, look again. Usage: FOLDER.

``FOLDER/decided`` is a clean folder whose last publication has its manifest and nothing more. Prints for each step
whether the process died, and the rows a reader sees before and after the recovery. Started in a process of its own;
each look is a child, because a table opened before a fork leaves the child threads that are not there.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from pipeline.store.digest import table_digest
from pipeline.store.tables import Store
from tests.dying import child, recover

TABLES = ("articles", "duplicates", "clusters", "records")


def look(clean: Path, target: Path) -> None:
    """Write down the digests that a reader sees."""
    snapshot = Store.open(clean, create=False).snapshot()
    target.write_text(json.dumps([table_digest(snapshot, table) for table in TABLES]))


def finish(clean: Path, target: Path) -> None:
    """Look, finish, look again."""
    look(clean, target / "between")
    recover(clean)
    look(clean, target / "after")


def history(folder: Path, clean: Path, step: int) -> dict[str, object]:
    """Kill at ``step``, look, finish; return what was seen."""
    shutil.copytree(folder / "decided", clean)
    died = os.WIFSIGNALED(child(lambda: recover(clean, step)))
    status = child(lambda: finish(clean, folder))
    looks = {name: json.loads((folder / name).read_bytes()) for name in ("between", "after")}
    files = sum(1 for table in TABLES for _ in (clean / table).glob("date=*/*.parquet"))
    shutil.rmtree(clean)
    return {"died": died, "status": status, "files": files, **looks}


def main(folder: Path) -> None:
    """Try every step until the recovery outlives its killer."""
    found: list[dict[str, object]] = []
    while not found or found[-1]["died"]:
        found.append(history(folder, folder / "try", len(found)))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
