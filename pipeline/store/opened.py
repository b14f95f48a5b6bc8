"""Delta tables opened once for each state of their log.

To open one is to read its whole log, ten milliseconds of CPU after thirty publications; a run of a few dumps asked some
fifty times, mostly for what it had just been told.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from deltalake import DeltaTable

_COMMIT: Final = re.compile(r"\d{20}\.json")
_KEPT: Final = 32  # tables in some version: all of them at the start of a run, at its end, and some more


def opened(root: Path, version: int | None = None) -> DeltaTable:
    """Return the table at ``root`` in ``version`` (default: the newest), to read from: others may hold it too.

    Its log is not read again as long as the commit of that version is the same file.

    Raises:
        DeltaError: there is no such table or version, or its log cannot be read.
    """
    log = root / "_delta_log"
    try:
        newest = f"{version:020d}.json" if version is not None else max(filter(_COMMIT.fullmatch, _names(log)))
        found = (log / newest).stat()
    except (OSError, ValueError):  # a commit that a checkpoint stands for may be gone
        return DeltaTable(root, version=version)
    return _opened(root, int(newest[:20]), (found.st_ino, found.st_mtime_ns, found.st_size))


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@lru_cache(maxsize=_KEPT)
def _opened(root: Path, version: int, file: tuple[int, int, int]) -> DeltaTable:
    del file  # in the key alone: a table made anew at the same place has other ones
    return DeltaTable(root, version=version)
