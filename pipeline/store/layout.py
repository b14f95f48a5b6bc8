"""Where everything lies under ``--clean``: the tables, and the private state in ``_state/`` beside them.

::

    CLEAN/articles/_delta_log/…  CLEAN/articles/date=2026-03-04/RUN_ID-0000.parquet      (and seven more tables)
    CLEAN/_state/lock            who runs
                /manifests/      00000007.json unfinished, 00000007.done.json finished
                /staging/RUN_ID/ files of a publication that is not yet decided
                /undo/RUN_ID/    files that publication RUN_ID took out of the tables
                /index/          signatures of the deduplication
                /known/          dump ids that were read before
                /scratch/        of no worth after a run
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StoreError

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths of one clean folder; nothing is opened or made."""

    clean: Path

    @property
    def state(self) -> Path:
        """Private state: never inside a table, so that no reader trips over it."""
        return self.clean / "_state"

    @property
    def lock(self) -> Path:
        """The file that a running publication locks."""
        return self.state / "lock"

    @property
    def manifests(self) -> Path:
        """Folder of publication manifests, done and undone."""
        return self.state / "manifests"

    @property
    def index(self) -> Path:
        """Folder of the deduplication index."""
        return self.state / "index"

    @property
    def known(self) -> Path:
        """Folder of the sorted dump ids."""
        return self.state / "known"

    @property
    def templates(self) -> Path:
        """Folder of what is known of the lines of each site."""
        return self.state / "templates"

    @property
    def scratch(self) -> Path:
        """Folder for whatever a run wants to forget; emptied by the next one."""
        return self.state / "scratch"

    @property
    def staging(self) -> Path:
        """Folder of staged files, a subfolder a publication."""
        return self.state / "staging"

    @property
    def undo(self) -> Path:
        """Folder of replaced files, a subfolder a publication."""
        return self.state / "undo"

    def table(self, name: str) -> Path:
        """Root of a table."""
        return self.clean / name

    def staged(self, run_id: str, table: str) -> Path:
        """Folder of the staged files of one table, laid out as the table itself."""
        return self.staging / checked_run_id(run_id) / table

    def undone(self, run_id: str, table: str) -> Path:
        """Folder of the files of one table that publication ``run_id`` took out."""
        return self.undo / checked_run_id(run_id) / table


def checked_run_id(run_id: str) -> str:
    """Return ``run_id`` if it can name a folder.

    Raises:
        StoreError: it is empty, too long, or has characters that could leave the folder.

    >>> checked_run_id("0000007-5f3a")
    '0000007-5f3a'
    """
    if not _RUN_ID.fullmatch(run_id):
        message = f"run id {run_id!r} cannot name a folder: expected letters, digits, '.', '_' and '-', at most 100"
        raise StoreError(message, run_id=run_id)
    return run_id
